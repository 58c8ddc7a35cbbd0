import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

const ones = (shape: number[]): Tensor => ops.ones(shape);

class MLP extends keras.Model {
  dense1 = layers.Dense(64, { activation: "relu" });
  dense2 = layers.Dense(10);
  override call(inputs: Tensor) {
    return this.dense2(this.dense1(inputs));
  }
}

test("layers in fields are the model's, and the first call builds them", (t) => {
  const mlp = new MLP();
  t.regex(mlp.name, /^mlp/);
  t.is(mlp.layers.length, 2);
  t.deepEqual([...(mlp(ops.zeros([1, 32])) as Tensor).shape], [1, 10]);
  t.is(mlp.countParams(), 2762);
  t.regex(mlp.weights[0]!.path, /^mlp(_\d+)?\/dense(_\d+)?\/kernel$/);
});

test("it can be built by a shape, called on symbolic tensors, and be part of another", (t) => {
  const mlp = new MLP();
  mlp.build([null, 8]);
  t.is(mlp.countParams(), 8 * 64 + 64 + 650);
  const x = keras.Input([8]);
  const model = keras.Model(x, layers.Dense(1)(mlp(x)));
  t.deepEqual([...model(ones([3, 8])).shape], [3, 1]);
  t.is(model.weights.length, 6);
});

test("training reaches call and the layers inside", (t) => {
  class Dropped extends keras.Model {
    dropout = layers.Dropout(0.5, { seed: 1 });
    override call(x: Tensor, { training }: { training?: boolean } = {}) {
      t.is(typeof training, "boolean");
      return this.dropout(x);
    }
  }
  const model = new Dropped();
  const zeros = (y: Tensor): number =>
    y
      .tolist()
      .flat()
      .filter((v: number) => v === 0).length;
  t.is(zeros(model(ones([10, 10]))), 0);
  t.true(zeros(model(ones([10, 10]), { training: true })) > 10);
});

test("layers in arrays, maps, dicts and nested arrays", (t) => {
  class Many extends keras.Model {
    list = [layers.Dense(2), [layers.Dense(2)]] as const;
    map = new Map([["a", layers.Dense(2)]]);
    dict = { b: layers.Dense(2) };
    override call(x: Tensor) {
      return this.dict.b(this.map.get("a")!(this.list[1][0]!(this.list[0](x))));
    }
  }
  const model = new Many();
  model(ones([1, 2]));
  t.is(model.weights.length, 8);
});

test("a custom layer over a loop over time, with a functional model inside", (t) => {
  const [units, steps, size] = [32, 10, 5];
  const seq = keras.Input([null, units]);
  const classifier = keras.Model(seq, layers.Dense(1)(seq.mean(1)));
  class CustomRNN extends layers.Layer {
    projection1 = layers.Dense(units, { activation: "tanh" });
    projection2 = layers.Dense(units, { activation: "tanh" });
    classifier = classifier;
    override call(inputs: Tensor) {
      const outputs: Tensor[] = [];
      let state = ops.zeros([inputs.shape[0]!, units]);
      for (let i = 0; i < inputs.shape[1]!; i++) {
        const h = this.projection1(inputs.at(":", i, ":"));
        state = h.add(this.projection2(state));
        outputs.push(state);
      }
      return this.classifier(ops.stack(outputs, 1));
    }
  }
  const rnn = new CustomRNN();
  t.deepEqual([...rnn(ops.zeros([1, steps, size])).shape], [1, 1]);
  const inputs = keras.Input({ batchShape: [16, steps, size] });
  const functional = keras.Model(inputs, new CustomRNN()(layers.Dense(32)(inputs)));
  t.deepEqual([...functional(ops.zeros([16, steps, size])).shape], [16, 1]);
});

test("without call, and without a known input", (t) => {
  class Empty extends keras.Model {}
  t.throws(() => new Empty()(ones([1, 2])), {
    name: "NotImplementedError",
    message: /Empty does not have a `call\(\)`/,
  });
  t.throws(() => new MLP().input, { name: "StateError", message: /has no defined input/ });
  t.deepEqual(new MLP().inputs, []);
});
