import test from "ava";
import * as keras from "kerosene";
import { numpyShuffle, numpyShuffler, pythonShuffle } from "#kerosene/engine/mersenne-twister.js";

const { utils } = keras;
const { Dataset } = keras.data;
const range = (n: number, step = 1) => keras.tensor(Int32Array.from({ length: n }, (_, i) => i * step));

async function values(dataset: keras.data.Dataset): Promise<unknown[]> {
  return (await dataset.toArray()).map((element) =>
    Array.isArray(element) ? element.map((part) => part.tolist()) : element.tolist(),
  );
}

test("shuffles are NumPy's and Python's", (t) => {
  const list = (n: number) => Array.from({ length: n }, (_, i) => i);
  // a = np.arange(n); np.random.RandomState(seed).shuffle(a)
  const numpy: [number, number[]][] = [
    [0, [2, 0, 1, 3, 4]],
    [113, [9, 3, 6, 1, 0, 7, 4, 8, 2, 5]],
    [1337, [5, 3, 4, 0, 15, 11, 2, 12, 13, 1, 16, 17, 10, 14, 6, 9, 19, 18, 7, 8]],
    [2 ** 32 - 1, [1, 5, 0, 6, 4, 2, 3]],
  ];
  for (const [seed, want] of numpy) {
    const got = list(want.length);
    numpyShuffle(got, seed);
    t.deepEqual(got, want);
  }
  const shuffle = numpyShuffler(0); // of one RandomState, list after list
  const both = [list(5), list(5)];
  for (const part of both) shuffle(part);
  t.deepEqual(both, [
    [2, 0, 1, 3, 4],
    [0, 2, 1, 4, 3],
  ]);
  const many = list(25000);
  numpyShuffle(many, 113);
  t.deepEqual(many.slice(0, 8), [7798, 13226, 18078, 793, 17499, 23003, 574, 19638]);
  t.deepEqual(many.slice(-4), [16236, 22690, 4828, 14501]);
  // l = list(range(n)); random.seed(seed); random.shuffle(l)
  const python: [number, number[]][] = [
    [0, [2, 1, 0, 4, 3]],
    [-7, [8, 3, 1, 4, 7, 0, 9, 6, 2, 5]],
    [1337, [13, 1, 2, 9, 7, 8, 0, 18, 3, 14, 4, 16, 12, 15, 6, 10, 5, 11, 17, 19]],
    [2 ** 40 + 5, [1, 2, 3, 6, 7, 0, 5, 4]],
  ];
  for (const [seed, want] of python) {
    const got = list(want.length);
    pythonShuffle(got, seed);
    t.deepEqual(got, want);
  }
  t.throws(() => numpyShuffle([1, 2], -1), { instanceOf: keras.errors.ValueError });
  t.throws(() => pythonShuffle([1, 2], 0.5), { instanceOf: keras.errors.ValueError });
});

test("splitDataset as Keras splits", async (t) => {
  // utils.split_dataset(np.arange(10), left_size=.7, shuffle=True, seed=5)
  const [left, right] = await utils.splitDataset(range(10), { leftSize: 0.7, shuffle: true, seed: 5 });
  t.deepEqual(await values(left), [2, 3, 1, 0, 8, 7, 6]);
  t.deepEqual(await values(right), [5, 4, 9]);
  t.deepEqual([left.cardinality(), right.cardinality()], [7, 3]);
  // utils.split_dataset(np.arange(10), left_size=.25, right_size=.45)
  const [quarter, part] = await utils.splitDataset(range(10), { leftSize: 0.25, rightSize: 0.45 });
  t.deepEqual(
    [await values(quarter), await values(part)],
    [
      [0, 1],
      [6, 7, 8, 9],
    ],
  );
  // utils.split_dataset([np.arange(7), np.arange(7) * 10], right_size=2)
  const pairs = await utils.splitDataset([range(7), range(7, 10)], { rightSize: 2 });
  t.deepEqual(await values(pairs[0]), [
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 40],
  ]);
  t.deepEqual(await values(pairs[1]), [
    [5, 50],
    [6, 60],
  ]);
});

test("splitDataset of datasets; batches stay batches", async (t) => {
  const rows = Dataset.fromTensorSlices([range(7), range(7, 10)]);
  const [plain] = await utils.splitDataset(rows, { leftSize: 2 });
  t.deepEqual(await values(plain), [
    [0, 0],
    [1, 10],
  ]);
  const [left, right] = await utils.splitDataset(rows.batch(3), { leftSize: 4 });
  t.deepEqual(await values(left), [
    [
      [0, 1, 2],
      [0, 10, 20],
    ],
    [[3], [30]],
  ]);
  t.deepEqual(await values(right), [
    [
      [4, 5, 6],
      [40, 50, 60],
    ],
  ]);
  const dicts = Dataset.fromTensorSlices({ a: range(4), b: range(4) });
  const [first] = await utils.splitDataset(dicts, { rightSize: 0.5 });
  t.deepEqual(
    (await first.toArray()).map(({ a, b }) => [a.item(), b.item()]),
    [
      [0, 0],
      [1, 1],
    ],
  );
});

test("splitDataset refuses", async (t) => {
  const bad: [unknown, object, RegExp][] = [
    [range(10), {}, /At least one of the `leftSize` or `rightSize`/],
    [range(10), { leftSize: 10 }, /`leftSize` should be either a positive integer smaller than 10/],
    [range(10), { leftSize: 0 }, /`leftSize`/],
    [range(10), { rightSize: -1 }, /`rightSize`/],
    [range(10), { leftSize: 1.5 }, /`leftSize`/],
    [range(10), { leftSize: 0.8, rightSize: 0.4 }, /greater than 1/],
    [range(10), { leftSize: 8, rightSize: 4 }, /should be smaller than the 10/],
    [range(10), { leftSize: 0.01 }, /left side dataset split will be empty/],
    [range(10), { leftSize: "half" }, /Invalid `leftSize`/],
    [3, { leftSize: 1 }, /expected a Dataset or arrays/],
    [[range(3), range(4)], { leftSize: 1 }, /same number of samples/],
    [Dataset.range(0), { leftSize: 1 }, /empty/],
  ];
  for (const [data, options, message] of bad) {
    await t.throwsAsync(utils.splitDataset(data, options), { message, instanceOf: keras.errors.KeroseneError });
  }
});

test("timeseriesDatasetFromArray as Keras cuts", async (t) => {
  const [x, y] = [range(10), range(10, 10)];
  // utils.timeseries_dataset_from_array(np.arange(10), np.arange(10) * 10, 3, sequence_stride=2, sampling_rate=2, batch_size=2)
  const strided = utils.timeseriesDatasetFromArray(x, y, 3, { sequenceStride: 2, samplingRate: 2, batchSize: 2 });
  t.deepEqual(await values(strided), [
    [
      [
        [0, 2, 4],
        [2, 4, 6],
      ],
      [0, 20],
    ],
    [[[4, 6, 8]], [40]],
  ]);
  t.is(strided.cardinality(), 2);
  // (np.arange(20).reshape(10, 2), None, 4, sequence_stride=3, batch_size=3, start_index=1, end_index=9)
  const vectors = utils.timeseriesDatasetFromArray(range(20).reshape([10, 2]), null, 4, {
    sequenceStride: 3,
    batchSize: 3,
    startIndex: 1,
    endIndex: 9,
  });
  t.deepEqual(await values(vectors), [
    [
      [
        [2, 3],
        [4, 5],
        [6, 7],
        [8, 9],
      ],
      [
        [8, 9],
        [10, 11],
        [12, 13],
        [14, 15],
      ],
    ],
  ]);
  // (np.arange(10), np.arange(10) * 10, 3, start_index=2, end_index=8, batch_size=None)
  const single = utils.timeseriesDatasetFromArray(x, y, 3, { startIndex: 2, endIndex: 8, batchSize: null });
  t.deepEqual(await values(single), [
    [[2, 3, 4], 20],
    [[3, 4, 5], 30],
    [[4, 5, 6], 40],
    [[5, 6, 7], 50],
  ]);
  // (np.arange(10), np.arange(4), 3, batch_size=8)
  t.deepEqual(await values(utils.timeseriesDatasetFromArray(x, range(4), 3, { batchSize: 8 })), [
    [
      [
        [0, 1, 2],
        [1, 2, 3],
        [2, 3, 4],
        [3, 4, 5],
      ],
      [0, 1, 2, 3],
    ],
  ]);
});

test("timeseriesDatasetFromArray shuffles sequences together with their targets", async (t) => {
  const [x, y] = [range(50), range(50, 10)];
  const make = () => utils.timeseriesDatasetFromArray(x, y, 2, { shuffle: true, seed: 4, batchSize: 8 });
  const batches = (await values(make())) as [number[][], number[]][];
  const begins = batches.flatMap(([sequences, targets]) =>
    sequences.map(([first, second], i) => {
      t.is(second, (first as number) + 1);
      t.is(targets[i], (first as number) * 10);
      return first as number;
    }),
  );
  t.deepEqual(
    [...begins].sort((a, b) => a - b),
    Array.from({ length: 49 }, (_, i) => i),
  );
  t.notDeepEqual(
    begins,
    [...begins].sort((a, b) => a - b),
  );
  t.deepEqual(await values(make()), batches);
});

test("timeseriesDatasetFromArray refuses", (t) => {
  const bad: [number, object, RegExp][] = [
    [3, { startIndex: -1 }, /`startIndex`/],
    [3, { startIndex: 10 }, /`startIndex`.*lower than the length/],
    [3, { endIndex: 10 }, /`endIndex`/],
    [3, { startIndex: 5, endIndex: 5 }, /`endIndex` must be higher than `startIndex`/],
    [3, { samplingRate: 0 }, /`samplingRate`/],
    [3, { samplingRate: 10 }, /`samplingRate`/],
    [3, { sequenceStride: 0 }, /`sequenceStride`/],
    [0, {}, /`sequenceLength`/],
    [11, {}, /no sequence of 11 steps fits/],
  ];
  for (const [length, options, message] of bad) {
    t.throws(() => utils.timeseriesDatasetFromArray(range(10), null, length, options), {
      message,
      instanceOf: keras.errors.ValueError,
    });
  }
});
