import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;

test("sorting with ties and NaN", (t) => {
  const x = ops.array([3, Number.NaN, 1, 3, 2]);
  t.deepEqual(ops.argsort(x).tolist(), [2, 4, 0, 3, 1]);
  t.deepEqual(
    ops
      .sort(
        ops.array([
          [3, 1],
          [2, 5],
        ]),
        null,
      )
      .tolist(),
    [1, 2, 3, 5],
  );
  const [values, places] = ops.topK(ops.array([[1, 5, 5, 2]]), 3);
  t.deepEqual([values.tolist(), places.tolist()], [[[5, 5, 2]], [[1, 2, 3]]]);
  t.throws(() => ops.topK([1, 2], 3), { name: "ValueError", message: /at least k = 3/ });
  t.deepEqual(
    ops
      .inTopK(
        [1, 0],
        [
          [0.1, 0.9],
          [0.2, 0.8],
        ],
        1,
      )
      .tolist(),
    [true, false],
  );
  t.is(ops.argpartition([4, 1, 3], 1).at(1).item(), 2);
});

// numpy.nanquantile and its kind, of the same rows.
test("quantiles and running sums of what is left without NaN", (t) => {
  const x = ops.array([
    [1, Number.NaN, 4, 2],
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    [3, 5, Number.NaN, 1],
  ]);
  const close = (got: keras.Tensor, want: unknown) => t.deepEqual(ops.round(got, 5).tolist(), want);
  const none = Number.NaN;
  close(ops.nanmedian(x, 1), [2, none, 3]);
  t.is(ops.nanmedian(x).item(), 2.5);
  close(ops.nanquantile(x, [0.25, 1], { axis: 1 }), [
    [1.5, none, 2],
    [4, none, 5],
  ]);
  t.is(ops.nanquantile(x, 0.5, { axis: [0, 1] }).item(), 2.5);
  close(ops.nanpercentile(x, 40, { axis: 0, method: "lower" }), [1, 5, 4, 1]);
  const at = (method: "lower" | "higher" | "midpoint" | "nearest") => ops.nanquantile(x, 0.4, { axis: 1, method });
  close(at("lower"), [1, none, 1]);
  close(at("higher"), [2, none, 3]);
  close(at("midpoint"), [1.5, none, 2]);
  close(at("nearest"), [2, none, 3]);
  t.deepEqual(ops.nanquantile(x, 0.4, { axis: 1, keepdims: true }).shape, [3, 1]);
  t.deepEqual(ops.nanquantile(new keras.KerasTensor([null, 4]), [0.5], { axis: 1 }).shape, [1, null]);
  t.deepEqual(ops.nancumsum(x, 1).tolist(), [
    [1, 1, 5, 7],
    [0, 0, 0, 0],
    [3, 8, 8, 9],
  ]);
  t.deepEqual(ops.nancumprod(x).tolist(), [1, 1, 4, 8, 8, 8, 8, 8, 24, 120, 120, 120]);
});

test("quantiles between elements", (t) => {
  const x = ops.array([1, 2, 4, 8], "float32");
  const q = (method: "linear" | "lower" | "higher" | "midpoint" | "nearest") => ops.quantile(x, 0.4, { method }).item();
  t.true(Math.abs(Number(q("linear")) - 2.4) < 1e-6);
  t.deepEqual([q("lower"), q("higher"), q("midpoint"), q("nearest")], [2, 4, 3, 2]);
  t.deepEqual(ops.quantile(ops.ones([2, 3, 4]), [0.1, 0.5], { axis: [0, 2], keepdims: true }).shape, [2, 1, 3, 1]);
  t.deepEqual(
    ops
      .median(
        ops.array([
          [1, 2],
          [3, 9],
        ]),
        1,
      )
      .tolist(),
    [1.5, 6],
  );
  t.deepEqual(ops.median(ops.array([1, Number.NaN])).tolist(), Number.NaN);
  t.throws(() => ops.quantile(x, 2), { name: "ValueError", message: /from 0 to 1/ });
  t.deepEqual(ops.median(new keras.KerasTensor([null, 4]), 1).shape, [null]);
});

test("searching and counting", (t) => {
  t.deepEqual(ops.digitize([0.5, 3, 9], [1, 3, 5]).tolist(), [0, 2, 3]);
  t.deepEqual(ops.digitize([0.5, 3, 9], [5, 3, 1]).tolist(), [3, 1, 0]);
  t.deepEqual(ops.isin([1, 2, 7], [7, 1], { invert: true }).tolist(), [false, true, false]);
  t.deepEqual(ops.isin([1], ops.zeros([0])).tolist(), [false]);
  t.deepEqual(
    ops
      .bincount([
        [0, 1],
        [1, 1],
      ])
      .tolist(),
    [
      [1, 1],
      [0, 2],
    ],
  );
  t.throws(() => ops.bincount([-1]), { name: "ValueError", message: /non-negative/ });
  t.deepEqual(
    ops.unique([3, 1, 3], { returnIndex: true, returnInverse: true, returnCounts: true }).map((x) => x.tolist()),
    [
      [1, 3],
      [1, 0],
      [1, 0, 1],
      [1, 2],
    ],
  );
  t.deepEqual(
    ops
      .unique(
        [
          [2, 1],
          [1, 1],
          [2, 1],
        ],
        { axis: 0 },
      )
      .tolist(),
    [
      [1, 1],
      [2, 1],
    ],
  );
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
  const [counts, edges] = ops.histogram([0, 0.5, 1, 2], { bins: 2, range: [0, 1] });
  t.deepEqual(
    [counts.tolist(), edges.tolist()],
    [
      [1, 2],
      [0, 0.5, 1],
    ],
  );
});

test("scattering", (t) => {
  const x = ops.zeros([4]);
  t.deepEqual(ops.scatterUpdate(x, [[1], [1], [7]], [2, 3, 4]).tolist(), [0, 3, 0, 0]);
  t.deepEqual(ops.scatterUpdate(ops.ones([4]), [[1], [1]], [2, 3], { reduction: "mul" }).tolist(), [1, 6, 1, 1]);
  t.deepEqual(ops.scatterUpdate(ops.ones([4]), [[1], [-1]], [5, 0], { reduction: "max" }).tolist(), [1, 5, 1, 1]);
  t.deepEqual(ops.scatter([[0], [2], [0]], [1, 2, 3], [4]).tolist(), [4, 0, 2, 0]);
  t.deepEqual(ops.sliceUpdate(x, [9], [1, 2]).tolist(), [0, 0, 1, 2], "moved back");
  t.deepEqual(ops.segmentMax([1, 5, 2], [1, 1, 0]).tolist(), [2, 5]);
  t.deepEqual(
    ops
      .takeAlongAxis(
        [
          [1, 2],
          [3, 4],
        ],
        [[1]],
        1,
      )
      .tolist(),
    [[2], [4]],
  );
});
