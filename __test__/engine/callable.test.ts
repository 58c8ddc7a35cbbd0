import test from "ava";
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
