import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;

test("different elements", (t) => {
  const all = ops.unique([3, 1, 3], { returnIndex: true, returnInverse: true, returnCounts: true });
  t.deepEqual(
    all.map((x) => x.tolist()),
    [
      [1, 3],
      [1, 0],
      [1, 0, 1],
      [1, 2],
    ],
  );
  const rows = [
    [2, 1],
    [1, 1],
    [2, 1],
  ];
  t.deepEqual(ops.unique(rows, { axis: 0 }).tolist(), [
    [1, 1],
    [2, 1],
  ]);
  t.deepEqual(ops.unique([2, 1], { size: 4, fillValue: 9 }).tolist(), [1, 2, 9, 9]);
  t.deepEqual(
    ops
      .nonzero([
        [0, 5],
        [6, 0],
      ])
      .map((x) => x.tolist()),
    [
      [0, 1],
      [1, 0],
    ],
  );
  const symbol = new keras.KerasTensor([3]) as never;
  t.throws(() => ops.unique(symbol), { name: "NotImplementedError", message: /depends on the data/ });
});

test("scattering and segments", (t) => {
  t.deepEqual(ops.scatter([[0], [2], [0], [-1], [9]], [1, 2, 3, 4, 5], [4]).tolist(), [4, 0, 2, 4]);
  t.deepEqual(ops.segmentSum([1, 5, 2], [1, 1, 0]).tolist(), [2, 6]);
  t.deepEqual(ops.segmentSum(new keras.KerasTensor([null, 2]), [0, 1], { numSegments: 3 }).shape, [3, 2]);
  t.throws(() => ops.scatter([[0, 0]], [1], [4]), { name: "ValueError", message: /up to 1 known axes/ });
});

test("correlations and powers", (t) => {
  t.deepEqual(ops.correlate([1, 2, 3], [0, 1], "full").tolist(), [1, 2, 3, 0]);
  t.deepEqual(ops.correlate([0, 1], [1, 2, 3], "full").tolist(), [0, 3, 2, 1]);
  t.deepEqual(ops.correlate([1, 2, 3], [1, 1, 1], "same").tolist(), [3, 6, 5]);
  t.deepEqual(ops.vander([2, 3], 3, { increasing: true }).tolist(), [
    [1, 2, 4],
    [1, 3, 9],
  ]);
  t.throws(() => ops.correlate([1], [1], "half" as never), { name: "ValueError", message: /mode/ });
});
