import test from "ava";
import * as keras from "kerosene";
import { type KerasTensor, layers, ops, type StepData, type Tensor } from "kerosene";

class Split extends layers.Layer {
  override call(x: Tensor): [Tensor, Tensor] {
    return [x, x.multiply(2)];
  }
}

interface Moments {
  mean: Tensor;
  parts: Tensor[];
}

class Described extends layers.Layer {
  override call(x: Tensor): Moments {
    return { mean: ops.mean(x), parts: [x] };
  }
}

class Scored extends layers.Layer {
  override call(x: Tensor, values: Tensor, { scores = false }: { scores?: boolean } = {}): Tensor | [Tensor, Tensor] {
    return scores ? [x, values] : x;
  }
}

/** What must compile under `strict`; it is never run. */
function compiles(data: Tensor, input: KerasTensor): unknown[] {
  const [first, second]: [Tensor, Tensor] = new Split()(data);
  const pair: [KerasTensor, KerasTensor] = new Split()(input);
  const mean: Tensor = new Described()(data).mean;
  const parts: KerasTensor[] = new Described()(input).parts;
  const one: Tensor = new Scored()(data, data, { scores: false });
  const dense: Tensor = layers.Dense(1)(data);
  const recurrent: KerasTensor = layers.LSTM(2)(input);
  const anything: keras.Layer[] = [new Split(), new Described(), new Scored(), layers.Dense(1), new keras.Model()];
  const unknown: Tensor = anything[0]!(data);
  keras.Sequential([new Split(), layers.Dense(1)]);

  class Steps extends keras.Model {
    override trainStep(data: StepData) {
      const [x, y, sampleWeight] = keras.utils.unpackXYSampleWeight(data);
      return { ...super.trainStep([x, y, sampleWeight]), extra: ops.mean(x) };
    }
    override testStep([{ a, b }, y]: [{ a: Tensor; b: Tensor }, Tensor]) {
      return { loss: this.computeLoss({ x: a, y, yPred: b }) };
    }
    override predictStep([x]: [Tensor]) {
      return [x, { x }];
    }
    override get metrics() {
      return [keras.metrics.Mean()];
    }
  }
  return [first, second, pair, mean, parts, one, dense, recurrent, unknown, Steps];
}

/** What must not. */
function fails(data: Tensor): unknown[] {
  class Layer extends layers.Layer {
    // @ts-expect-error nothing is returned
    override call(x: Tensor) {
      x.multiply(2);
    }
  }
  class Async extends layers.Layer {
    // @ts-expect-error a call cannot wait
    override async call(x: Tensor) {
      return x;
    }
  }
  class Value extends layers.Layer {
    // @ts-expect-error a number is no tensor
    override call(x: Tensor) {
      return x.item();
    }
    // @ts-expect-error there is no such method to override
    override cal(x: Tensor) {
      return x;
    }
  }
  class Weights extends layers.Layer {
    override build() {
      // @ts-expect-error there is no such option
      this.addWeight({ shap: [1] });
      // @ts-expect-error a name of an initializer, not a number
      this.addWeight({ shape: [1], initializer: 3 });
    }
    // @ts-expect-error the mask of the outputs is asked for with two arguments at most
    override computeMask(inputs: Tensor, mask: Tensor, more: Tensor) {
      return inputs ?? mask ?? more;
    }
  }
  // @ts-expect-error a text is no input of a layer
  layers.Dense(1)("text");
  // @ts-expect-error one is no list
  const [a]: [Tensor] = layers.Dense(1)(data);

  class Steps extends keras.Model {
    // @ts-expect-error data comes as a list
    override trainStep(data: Tensor) {
      return { loss: data };
    }
    // @ts-expect-error logs have names
    override testStep([x]: StepData) {
      return ops.mean(x) as Tensor;
    }
    // @ts-expect-error the loss is a tensor
    override computeLoss() {
      return 3;
    }
    // @ts-expect-error metrics come in a list
    override get metrics() {
      return keras.metrics.Mean();
    }
  }
  class Loss extends keras.losses.Loss {
    // @ts-expect-error one tensor with a value a sample
    override call(yTrue: Tensor, yPred: Tensor) {
      return yTrue.subtract(yPred).item();
    }
  }
  class Metric extends keras.metrics.Metric {
    // @ts-expect-error a tensor, or tensors by name
    override result() {
      return 3;
    }
  }
  class Optimizer extends keras.optimizers.Optimizer {
    // @ts-expect-error the variable is no number
    override updateStep(_gradient: Tensor, _variable: number) {}
  }
  class Schedule extends keras.optimizers.schedules.LearningRateSchedule {
    // @ts-expect-error the step is a tensor
    override call(step: number) {
      return ops.ones([step]);
    }
  }
  // @ts-expect-error the values are missing
  class Initializer extends keras.initializers.Initializer {}
  class Callback extends keras.callbacks.Callback {
    // @ts-expect-error epochs are numbered
    override onEpochEnd(_epoch: string) {}
  }
  return [Layer, Async, Value, Weights, Steps, Loss, Metric, Optimizer, Schedule, Initializer, Callback, a];
}

test("types guide who writes layers, models, losses, metrics, optimizers", (t) => {
  t.is(typeof compiles, "function");
  t.is(typeof fails, "function");
});
