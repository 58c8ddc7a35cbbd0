import test from "ava";
import * as keras from "kerosene";

const { ops, random, errors } = keras;
const x = ops.ones([2, 3]);
const wrong = (value: unknown): never => value as never;

/** What a user may do wrong, and how the answer begins. None of it may end in anything but a typed error. */
const cases: [string, () => unknown, RegExp][] = [
  ["reshape to no shape", () => ops.reshape(x, wrong("x")), /^reshape: expected a shape/],
  ["reshape to another size", () => ops.reshape(x, [4, 2]), /^reshape: .*6 elements/],
  ["concatenate ranks", () => ops.concatenate([ops.ones([2]), x]), /^concatenate: /],
  ["stack shapes", () => ops.stack([ops.ones([2]), x]), /^stack: /],
  ["one-hot of -1 classes", () => ops.oneHot([1], -1), /^oneHot: .*-1/],
  ["one-hot without end", () => ops.oneHot([1], 1e15), /do not fit in memory/],
  ["take along no axis", () => ops.take(x, 0, 5), /axis 5 .*rank 2/],
  ["transpose with too few axes", () => ops.transpose(x, [0]), /^transpose: /],
  ["broadcast what does not fit", () => ops.broadcastTo(x, [1e9, 1e9]), /^broadcast_to: /],
  ["softmax along no axis", () => ops.softmax(x, 3), /^softmax: axis 3/],
  ["clip with crossed bounds", () => ops.clip(x, 2, 1), /^clip: expected xMin <= xMax/],
  ["where with one value", () => (ops.where as (...args: unknown[]) => unknown)(true, 1), /^where: expected both/],
  ["matmul of numbers", () => ops.matmul(1, 2), /^matmul: /],
  ["random without end", () => random.normal([1e12]), /do not fit in memory/],
  ["random without bounds", () => random.uniform([2], { minval: Number.NaN }), /^random.uniform: .*minval, got NaN/],
  ["negative padding", () => ops.pad(x, -1), /^pad: expected non-negative integers/],
  ["padding for too few axes", () => ops.pad(x, [[1, 1]]), /^pad: /],
  ["padding without end", () => ops.pad(x, 1e15), /^pad: /],
  ["slice outside", () => ops.slice(x, [1, 0], [5, 1]), /^slice: /],
  ["cast to no dtype", () => ops.cast(x, "float8"), /^cast: unknown dtype "float8"/],
  ["sum over a word", () => ops.sum(x, wrong("a")), /^axis: expected an integer.*"a"/],
  ["sum over half an axis", () => ops.sum(x, 0.5), /^axis: expected an integer.*0.5/],
  ["sum over an axis twice", () => ops.sum(x, [0, -2]), /^sum: .*twice/],
  ["expandDims at NaN", () => ops.expandDims(x, Number.NaN), /^expandDims: axis NaN/],
  ["full of words", () => ops.full([2], wrong("a")), /^full: expected a number.*"a"/],
  ["eye without end", () => ops.eye(1e9), /too many elements|do not fit/],
  ["arange without end", () => ops.arange(1e15), /^arange: .*do not fit/],
  ["arange of words", () => ops.arange(wrong("a")), /^arange: /],
  ["split into none", () => ops.split(x, 0), /^split: /],
  ["crossentropy of other shapes", () => ops.categoricalCrossentropy([[1, 0]], [[1, 0, 0]]), /one shape/],
  ["add of other shapes", () => x.add(ops.ones([4])), /^add: .*\(2, 3\) and \(4,\)/],
];

for (const [what, act, message] of cases) {
  test(what, (t) => {
    const error = t.throws(act, { instanceOf: errors.KeroseneError, message });
    // The stack begins in the caller's code.
    t.regex(error?.stack?.split("\n    at ")[1] ?? "", /bad-input\.test/);
  });
}
