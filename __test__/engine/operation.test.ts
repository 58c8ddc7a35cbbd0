import test from "ava";
import * as keras from "kerosene";
import { resetNames } from "#kerosene/engine/names.js";
import { Operation } from "#kerosene/engine/operation.js";

const { ops } = keras;

class Twice extends Operation {
  call(x: keras.Tensor): keras.Tensor {
    return x.multiply(2);
  }
}

test.before(resetNames);

test.serial("ops on symbolic tensors become nodes of the layer graph", (t) => {
  const x = new keras.KerasTensor([null, 3]);
  const y = x.add(1);
  const z = ops.matmul(y, ops.ones([3, 5]));
  t.true(z instanceof keras.KerasTensor);
  t.deepEqual(z.shape, [null, 5]);
  const { operation, nodeIndex, tensorIndex } = z.history ?? t.fail("no history") ?? ({} as never);
  t.deepEqual([operation.className, operation.name, nodeIndex, tensorIndex], ["Matmul", "matmul", 0, 0]);
  t.is(operation.inboundNodes[0]?.inputTensors[0], y);
  t.is(y.history?.operation.outboundNodes[0], operation.inboundNodes[0]);
  t.is(x.add(1).history?.operation.name, "add_1");
  t.is(x.at(":", 0).history?.operation.name, "get_item");
  t.is(ops.sum(x, 1).history?.operation.className, "Sum");
});

test("an op of the layer graph runs again on real tensors", (t) => {
  const x = new keras.KerasTensor([null, 3]);
  const y = ops.where(x.greater(1), x, 0).at(":", "::-1");
  const values = new Map<keras.KerasTensor, unknown>([[x, keras.tensor([[0.5, 2, 3]])]]);
  const compute = (k: keras.KerasTensor): unknown => {
    if (values.has(k)) return values.get(k);
    const node = k.history?.operation.inboundNodes[k.history.nodeIndex];
    const { args } = node?.fillIn(compute) ?? { args: [] };
    return node?.operation.call(...args);
  };
  t.deepEqual((compute(y) as keras.Tensor).tolist(), [[3, 2, 0]]);
});

test("an operation can be called on both kinds of tensors, several times", (t) => {
  const twice = new Twice() as Twice & ((x: unknown) => unknown);
  t.throws(() => twice.input, { name: "StateError", message: /never been called/ });
  const x = new keras.KerasTensor([4]);
  const y = twice(x) as keras.KerasTensor;
  t.deepEqual(y.shape, [4]);
  t.deepEqual((twice(keras.tensor([1])) as keras.Tensor).tolist(), [2]);
  twice(new keras.KerasTensor([5]));
  t.is(twice.inboundNodes.length, 2);
  t.is(twice.input, x);
  t.is(twice.output, y);
  t.deepEqual(twice.getConfig(), { name: twice.name });
  t.throws(() => new Twice("a/b"), { name: "ValueError" });
});

test("wrong shapes are found while the model is described", (t) => {
  t.throws(() => ops.matmul(new keras.KerasTensor([null, 3]), ops.ones([4, 5])), {
    name: "ValueError",
    message: /matmul/,
  });
  t.throws(() => new keras.KerasTensor([null, 3]).reshape([2, -1, -1]), { name: "ValueError" });
  t.throws(() => new keras.KerasTensor([2, 3]).at(2), { name: "IndexError", message: /out of range/ });
});
