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
