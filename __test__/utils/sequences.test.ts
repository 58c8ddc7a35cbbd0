import test from "ava";
import * as keras from "kerosene";

const { utils } = keras;
const { ValueError } = keras.errors;

test("padSequences", (t) => {
  const sequences = [[1], [2, 3], [], [4, 5, 6]];
  // keras.utils.pad_sequences(sequences, ...)
  const cases: [Parameters<typeof utils.padSequences>[1], number[][]][] = [
    [
      {},
      [
        [0, 0, 1],
        [0, 2, 3],
        [0, 0, 0],
        [4, 5, 6],
      ],
    ],
    [
      { padding: "post", value: -1 },
      [
        [1, -1, -1],
        [2, 3, -1],
        [-1, -1, -1],
        [4, 5, 6],
      ],
    ],
    [
      { maxlen: 2 },
      [
        [0, 1],
        [2, 3],
        [0, 0],
        [5, 6],
      ],
    ],
    [
      { maxlen: 2, truncating: "post" },
      [
        [0, 1],
        [2, 3],
        [0, 0],
        [4, 5],
      ],
    ],
    [{ maxlen: 0 }, [[], [], [], []]],
  ];
  for (const [options, want] of cases) {
    const got = utils.padSequences(sequences, options);
    t.deepEqual(got.tolist(), want);
    t.is(got.dtype, "int32");
    t.deepEqual(got.shape[0], 4);
  }
});

test("padSequences of typed arrays, tensors, vectors and other dtypes", (t) => {
  const mixed = utils.padSequences([Float32Array.of(1.5, 2.5), keras.tensor([3]), [4, 5, 6]], {
    dtype: "float32",
    value: 0.5,
  });
  t.deepEqual(mixed.tolist(), [
    [0.5, 1.5, 2.5],
    [0.5, 0.5, 3],
    [4, 5, 6],
  ]);
  t.deepEqual(utils.padSequences([[1.9], [-1.9, 2]]).tolist(), [
    [0, 1],
    [-1, 2],
  ]);
  const vectors = utils.padSequences(
    [
      [[1, 2]],
      [
        [3, 4],
        [5, 6],
      ],
      [],
    ],
    { padding: "post" },
  );
  t.deepEqual(vectors.tolist(), [
    [
      [1, 2],
      [0, 0],
    ],
    [
      [3, 4],
      [5, 6],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ]);
  t.deepEqual(utils.padSequences([[7], []], { dtype: "int64", value: 9 }).tolist(), [[7], [9]]);
  t.deepEqual(utils.padSequences([]).shape, [0, 0]);
});

test("padSequences refuses", (t) => {
  const bad: [unknown, object, RegExp][] = [
    [3, {}, /must be a list/],
    [[1, 2], {}, /Found 1 at position 0/],
    [[[1], [[2, 3]]], {}, /Shape of sample \(2,\) of sequence at position 1 is different from expected shape \(\)/],
    [[[1]], { padding: "both" }, /Padding type "both" not understood/],
    [[[1]], { truncating: "both" }, /Truncating type "both" not understood/],
    [[[1]], { maxlen: -1 }, /`maxlen`/],
    [[[1e10]], {}, /does not fit int32/],
  ];
  for (const [sequences, options, message] of bad) {
    t.throws(() => utils.padSequences(sequences as never, options), { message, instanceOf: ValueError });
  }
  t.throws(() => utils.padSequences([[1]], { value: "0" as never }), { instanceOf: keras.errors.TypeError });
});

test("packing and unpacking x, y and weights", (t) => {
  const [x, y, w] = [keras.ops.ones([2, 1]), keras.ops.zeros([2]), keras.ops.ones([2])];
  t.is(utils.packXYSampleWeight(x), x);
  t.deepEqual(utils.packXYSampleWeight([x, x]), [[x, x]]);
  t.deepEqual(utils.packXYSampleWeight(x, y) as unknown, [x, y]);
  t.deepEqual(utils.packXYSampleWeight(x, y, w) as unknown, [x, y, w]);
  t.deepEqual(utils.unpackXYSampleWeight(x), [x, null, null]);
  t.deepEqual(utils.unpackXYSampleWeight([x]), [x, null, null]);
  t.deepEqual(utils.unpackXYSampleWeight([x, y]), [x, y, null]);
  t.deepEqual(utils.unpackXYSampleWeight([x, y, w]), [x, y, w]);
  t.throws(() => utils.unpackXYSampleWeight([1, 2, 3, 4]), { instanceOf: ValueError });
});
