import { inspect } from "node:util";
import test from "ava";
import * as keras from "kerosene";
import { Callable, callable } from "#kerosene/engine/callable.js";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: instances are functions; the interface types the call.
class DoublerClass extends Callable {
  static from(times: number): DoublerClass {
    return new DoublerClass(times);
  }
  name = "doubler";
  constructor(readonly times = 2) {
    super();
  }
  call(x: number): number {
    return x * this.times;
  }
  invoke(...args: unknown[]): unknown {
    return this.call(args[0] as number);
  }
}
// biome-ignore lint/correctness/noUnusedVariables: it merges with the class.
interface DoublerClass {
  // biome-ignore lint/style/useShorthandFunctionType: a type alias would not merge.
  (x: number): number;
}
const Doubler = callable(DoublerClass);

class Tripler extends Doubler {
  override length = 7;
  constructor(readonly extra: number) {
    super(3);
  }
  override call(x: number): number {
    return super.call(x) + this.extra;
  }
}

test("classes work with and without new, instances are functions", (t) => {
  const made = Doubler(4);
  t.is(made(2), 8);
  t.is(new Doubler()(2), 4);
  t.true(made instanceof Doubler);
  t.true(made instanceof DoublerClass);
  t.is(Doubler.from(5)(1), 5);
  t.is(made.constructor.name, "DoublerClass");
});

test("a function's own name and length are out of the way", (t) => {
  const made = Doubler();
  t.is(made.name, "doubler");
  t.deepEqual(Object.keys(made).sort(), ["name", "times"]);
  t.is(new Tripler(1).length as number, 7);
});

test("user classes extend them; parameter properties and overrides work", (t) => {
  const made = new Tripler(1);
  t.is(made(2), 7);
  t.is(made.extra, 1);
  t.true(made instanceof Tripler && made instanceof Doubler);
  t.is(made.constructor.name, "Tripler");
});

test("objects print as what they are", (t) => {
  t.is(inspect(Doubler()), "<DoublerClass>");
  const variable = new keras.Variable([[1.5], [2]], { name: "v" });
  const printed: [unknown, string][] = [
    [keras.losses.MeanSquaredError(), "<MeanSquaredError name=mean_squared_error>"],
    [keras.metrics.Mean({ name: "m" }), "<Mean name=m>"],
    [keras.optimizers.Adam({ name: "a" }), "<Adam name=a>"],
    [keras.initializers.Zeros(), "<Zeros>"],
    [keras.initializers.Constant(3), "<Constant value=3>"],
    [keras.layers.Dense(4, { name: "d" }), "<Dense name=d, built=False>"],
    // as Keras: repr(keras.Variable([[1.5], [2.0]], name="v"))
    [variable, "<Variable path=v, shape=(2, 1), dtype=float32, value=[[1.5]\n [2. ]]>"],
  ];
  for (const [object, text] of printed) t.is(inspect(object), text);
});

/** What Keras takes by place and this library by name only: JavaScript would take the value apart and find no option in it. */
const byPlace: Record<string, () => unknown> = {
  "an axis": () => keras.layers.BatchNormalization(1 as never),
  "strides after sizes": () => keras.layers.Conv2D(2, 3, 2 as never),
  "an option of a loss": () => keras.losses.BinaryCrossentropy(true as never),
  "an option of a metric": () => keras.metrics.AUC(10 as never),
  "without a constructor of its own": () => keras.metrics.Recall(0.4 as never),
  "with new": () => new keras.layers.ReLU(6 as never),
  "numbers of an initializer": () => (keras.initializers.RandomNormal as (...args: unknown[]) => unknown)(0, 1),
  "a momentum after the learning rate": () => keras.optimizers.SGD(0.1, 0.9 as never),
};
for (const [name, make] of Object.entries(byPlace)) {
  test(`a bare value where options stand is refused: ${name}`, (t) => {
    t.throws(make, { name: "TypeError", message: /expected options by name/ });
  });
}

test("bare values that stand by place are taken", (t) => {
  t.is(keras.layers.Dropout(0.25).rate, 0.25);
  t.is(keras.regularizers.L1(0.5).l1, 0.5);
  t.is(keras.constraints.MaxNorm(3).maxValue, 3);
  t.is(keras.constraints.MaxNorm().maxValue, 2);
  t.is(keras.callbacks.TensorBoard().logDir, "logs");
});
