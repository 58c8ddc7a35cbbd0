import test from "ava";
import * as keras from "kerosene";
import { type KerasTensor, layers, type Tensor } from "kerosene";

class Scaled extends keras.Model {
  dense = layers.Dense(3);
  override call(x: Tensor) {
    return this.dense(x);
  }
}

class Doubled extends layers.Dense {
  override call(x: Tensor) {
    return super.call(x).multiply(2);
  }
}

/** What must compile under `strict`; it is never run. */
async function compiles(data: Tensor): Promise<void> {
  const a = keras.Input({ shape: [3] });
  const single = keras.Model(a, layers.Dense(1)(a));
  const input: KerasTensor = single.input;
  const output: KerasTensor = single.output;
  const one: Tensor = await single.predict(data);
  const symbolic: KerasTensor = single(a);

  const own = (yTrue: Tensor, yPred: Tensor) => yTrue.subtract(yPred).abs().mean(-1);
  single.compile({ loss: own, metrics: [own] });
  single.compile({ loss: { output: own }, metrics: { output: [own, "mae"] } });
  // @ts-expect-error a loss gives a tensor
  single.compile({ loss: (yTrue: Tensor) => yTrue.shape });

  const features = single.layers.map((layer) => layer.output as KerasTensor);
  const list = keras.Model(single.input, features);
  const several: Tensor[] = list(data);
  const predicted: Tensor[] = await list.predict([[1, 2, 3]]);

  const dict = keras.Model({ inputs: [a], outputs: { priority: output, department: output } });
  const { priority, department } = await dict.predict({ a: data });
  const both: Tensor[] = [priority, department];
  // @ts-expect-error there is no such output
  dict(data).nothing;

  let replaced = keras.Model({ inputs: a, outputs: output, name: "name" });
  replaced = await keras.models.loadModel("model.keras");
  const again = keras.Model.fromConfig(replaced.getConfig(), { customObjects: { Scaled } });
  again.summary({ expandNested: true });

  const sequential = keras.Sequential([keras.Input([3]), layers.Dense(1)]);
  const chained: Tensor = sequential(data);
  const custom: Tensor = new Scaled()(data);
  const units: number = new Doubled(3, { activation: "relu", name: "twice" }).units;
  const run = (model: keras.Model): Tensor => model(data);
  const anything: keras.Layer[] = [single, dict, sequential, new Scaled()];
  // @ts-expect-error outputs must be symbolic tensors
  keras.Model(a, 3);
  // @ts-expect-error there is no such option
  layers.Dense(3, { unit: 2 });
  console.log(input, one, symbolic, several, predicted, both, chained, custom, units, run(sequential), anything);
}

test("models, layers and their results have types", (t) => {
  t.is(typeof compiles, "function");
});
