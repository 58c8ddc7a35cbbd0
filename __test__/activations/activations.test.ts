import test from "ava";
import * as keras from "kerosene";

const { activations } = keras;

test("names, functions and nothing are activations", (t) => {
  t.is(activations.get("relu"), activations.relu as never);
  t.is(activations.get("hard_sigmoid"), activations.hardSigmoid as never);
  t.is(activations.get("swish"), activations.silu as never);
  t.is(activations.get(null), activations.linear as never);
  const mine = (x: keras.Tensor): keras.Tensor => x.multiply(2);
  t.is(activations.get(mine), mine);
  t.is(activations.get("mine", { mine }), mine);
});

test("built-in activations are known by name in configs", (t) => {
  t.is(activations.serialize(activations.relu as never), "relu");
  t.is(activations.serialize(activations.logSoftmax as never), "log_softmax");
  t.is(activations.serialize(activations.silu as never), "silu");
  const mine = (x: keras.Tensor): keras.Tensor => x;
  t.deepEqual(activations.serialize(mine), {
    module: "builtins",
    class_name: "function",
    config: "mine",
    registered_name: "function",
  });
  t.is(activations.deserialize(activations.serialize(mine) as never, { mine }), mine);
});

test("unknown activations are refused with the known ones", (t) => {
  t.throws(() => activations.get("rleu"), { name: "ValueError", message: /"rleu".*relu/ });
  t.throws(() => activations.get("constructor"), { name: "ValueError" });
  t.throws(() => activations.get(3 as never), { name: "TypeError" });
  t.throws(() => activations.relu([1], { maxValue: -1 }), { name: "ValueError" });
});
