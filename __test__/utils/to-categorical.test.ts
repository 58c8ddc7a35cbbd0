import test from "ava";
import * as keras from "kerosene";

const { toCategorical } = keras.utils;

test("one row a label, float32, one column a class", (t) => {
  const y = toCategorical([0, 2, 1], 3);
  t.is(y.dtype, "float32");
  t.deepEqual(y.tolist(), [
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
});

test("the classes are counted where they are not given", (t) => {
  t.deepEqual(toCategorical(Uint8Array.of(1, 3)).shape, [2, 4]);
  t.deepEqual(toCategorical(BigInt64Array.of(2n)).shape, [1, 3]);
  t.deepEqual(toCategorical([0, 1, 4], null).shape, [3, 5]);
});

test("shapes are Keras's", (t) => {
  t.deepEqual(toCategorical([[0], [1]], 2).shape, [2, 2]);
  t.deepEqual(toCategorical([1], 2).shape, [1, 2]);
  t.deepEqual(toCategorical([[0, 1, 1]], 2).shape, [1, 3, 2]);
  t.deepEqual(toCategorical(keras.tensor(1), 2).tolist(), [0, 1]);
  t.deepEqual(toCategorical(new Int32Array(), 4).shape, [0, 4]);
});

test("labels that are no classes are refused", (t) => {
  const bad: [() => unknown, RegExp][] = [
    [() => toCategorical([0, 3], 3), /from 0 to 2.*got 3 at position 1/],
    [() => toCategorical([-1], 3), /got -1/],
    [() => toCategorical([0.5], 3), /got 0\.5/],
    [() => toCategorical([Number.NaN]), /numClasses|NaN/],
    [() => toCategorical([0], 0), /numClasses/],
    [() => toCategorical([0], 1.5), /numClasses/],
    [() => toCategorical(new Int32Array()), /numClasses/],
    [() => toCategorical("abc" as never), /expected/],
  ];
  for (const [call, message] of bad) t.throws(call, { message, instanceOf: keras.errors.KeroseneError });
});
