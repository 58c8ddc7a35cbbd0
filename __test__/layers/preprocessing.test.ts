import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { fingerprint64 } from "#kerosene/layers/preprocessing/farmhash.js";
import { siphash } from "#kerosene/layers/preprocessing/siphash.js";

const { layers } = keras;

/** Texts of every path of the hashes, with TensorFlow's numbers modulo 2^62 + 3: fast, and strong with the key [133, 137]. */
const hashes: [text: string, fast: bigint, strong: bigint][] = [
  ["", 1936946117179621449n, 316627932347062993n],
  ["a", 3694432073954588125n, 2466253977694453447n],
  ["ab", 3066228220894225688n, 3814769135020288330n],
  ["abc", 2640714258260161385n, 2288159068006480038n],
  ["abcd", 1897425971756105985n, 3196519216900852158n],
  ["abcde", 157421906844058827n, 791833368928536135n],
  ["abcdefg", 4341691227789030229n, 1733789709272385404n],
  ["abcdefgh", 4533385575889643776n, 210173030064361723n],
  ["abcdefghi", 3687479239766293058n, 2044058476612491333n],
  ["hello world", 1769834696496558104n, 3672456908529363296n],
  ["0123456789abcdef", 1493332391325024356n, 4045071960732599648n],
  ["0123456789abcdefg", 2800675501336285764n, 2112349501170619355n],
  ["x".repeat(24), 1720933946053627091n, 4504039806729679561n],
  ["x".repeat(31), 653807226908884502n, 1571790521023093757n],
  ["y".repeat(32), 2351315479247125836n, 1739609714814096713n],
  ["the quick brown fox jumps over th", 1496114499496305604n, 2013564666753039493n],
  ["q".repeat(48), 770313211716641536n, 4114378371508866503n],
  ["w".repeat(63), 1883902311316586447n, 685066615213382851n],
  ["w".repeat(64), 4555407945498560506n, 702089228601891224n],
  ["w".repeat(65), 3272011567211491962n, 2877200667339158537n],
  [
    "the quick brown fox jumps over the lazy dog, and then once more, over the lazy dog",
    3932102359427523968n,
    1449872927464617724n,
  ],
  ["z".repeat(128), 569286240017589696n, 4082082706918215880n],
  ["z".repeat(129), 2429128038119043889n, 2905154574087480658n],
  [
    Array.from({ length: 200 }, (_, i) => String.fromCharCode(97 + (i % 26))).join(""),
    2725806534515858166n,
    1777635719715176257n,
  ],
  [
    Array.from({ length: 1000 }, (_, i) => String.fromCharCode(97 + ((i * i) % 26))).join(""),
    4145723220142021865n,
    2380705155531854212n,
  ],
  ["日本語", 1846174170784512062n, 1858862337448039278n],
  ["é", 693143013273849025n, 2424455697274809134n],
  ["😀 emoji", 2801259310359384550n, 1587097058859185289n],
  ["-5", 3867527841621742095n, 971313266557102270n],
  ["300", 4344868400957173295n, 945156413497301603n],
];

for (const [i, [text, fast, strong]] of hashes.entries()) {
  test(`hashes ${i}: ${text.slice(0, 12)}… (${text.length})`, (t) => {
    const bytes = new TextEncoder().encode(text);
    t.is(fingerprint64(bytes) % (2n ** 62n + 3n), fast);
    t.is(siphash(bytes, [133n, 137n]) % (2n ** 62n + 3n), strong);
  });
}

test("Normalization learns the same from batches of different sizes", (t) => {
  const [whole, parts] = [layers.Normalization(), layers.Normalization()];
  const x = keras.random.normal([7, 3], { seed: 1 });
  whole.adapt(x);
  parts.adapt([x.at("0:4"), x.at("4:5"), x.at("5:")]);
  const [want, got] = [whole, parts].map(
    (layer) => [layer.mean!.tolist(), layer.variance!.tolist()].flat(2) as number[],
  );
  for (const [i, value] of want!.entries()) t.true(Math.abs(got![i]! - value) < 1e-6);
});

test("a config of Normalization has mean and variance as they were given", (t) => {
  const written = (mean: unknown, variance: unknown) => {
    const { mean: m, variance: v } = layers.Normalization({ mean, variance } as never).getConfig();
    return [m, v];
  };
  t.deepEqual(written(0.3, 0.1), [0.3, 0.1]);
  t.deepEqual(written([0.3, 1], [0.1, 2]), [
    [0.3, 1],
    [0.1, 2],
  ]);
  t.deepEqual(written(keras.tensor([0.5]), keras.tensor([2])), [[0.5], [2]]);
  t.deepEqual(written(null, null), [null, null]);
});

test("Normalization in a model, adapted before and after", async (t) => {
  const normalize = layers.Normalization();
  const x = keras.tensor(
    [
      [1, 10],
      [3, 30],
    ],
    { dtype: "float32" },
  );
  normalize.adapt(x);
  const inputs = keras.Input([2]);
  const model = keras.Model(inputs, normalize(inputs));
  const before = (await model.predict(x, { verbose: 0 })).tolist();
  t.deepEqual(before, [
    [-1, -1],
    [1, 1],
  ]);
  normalize.adapt([
    [0, 0],
    [0, 20],
  ]);
  const [first] = (await model.predict(x, { verbose: 0 })).tolist() as number[][];
  t.true(Math.abs(first![1]! - 0) < 1e-6);
});

test("integers in models: lookup, bins and vectors", async (t) => {
  const inputs = keras.Input({ shape: [3], dtype: "int32" });
  const index = layers.IntegerLookup({ vocabulary: [12, 36, 1138, 42], maskToken: 0 })(inputs);
  const bag = layers.IntegerLookup({ vocabulary: [12, 36, 1138, 42], outputMode: "count", numOovIndices: 2 })(inputs);
  const back = layers.IntegerLookup({ vocabulary: [12, 36, 1138, 42], maskToken: 0, invert: true })(index);
  const bins = layers.Discretization({ binBoundaries: [10, 40] })(inputs);
  const hot = layers.CategoryEncoding(3)(bins);
  t.deepEqual([index.dtype, bag.shape, bins.dtype, hot.shape], ["int64", [null, 6], "int32", [null, 3]]);
  const model = keras.Model(inputs, [index, bag, back, bins, hot]);
  const x = keras.tensor(
    [
      [12, 0, 42],
      [36, 7, 8],
    ],
    { dtype: "int32" },
  );
  const got = (await model.predict(x, { verbose: 0 })).map((y: keras.Tensor) => y.tolist());
  t.deepEqual(got, [
    [
      [2, 0, 5],
      [3, 1, 1],
    ],
    [
      [1, 0, 1, 0, 0, 1],
      [1, 1, 0, 1, 0, 0],
    ],
    [
      [12, 0, 42],
      [36, -1, -1],
    ],
    [
      [1, 0, 2],
      [1, 0, 0],
    ],
    [
      [1, 1, 1],
      [1, 1, 0],
    ],
  ]);
});

test("large vocabularies of integers, unsorted", (t) => {
  const vocabulary = Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1009) - 500);
  const lookup = layers.IntegerLookup({ vocabulary });
  t.deepEqual(
    (lookup(vocabulary) as keras.Tensor).tolist(),
    vocabulary.map((_, i) => i + 1),
  );
  const big = layers.IntegerLookup({ vocabulary: [2n ** 60n, 2n ** 60n + 1n] });
  t.deepEqual((big([[2n ** 60n + 1n, 5n]]) as keras.Tensor).tolist(), [[2, 0]]);
  t.deepEqual(big.getVocabulary(), [-1, 2n ** 60n, 2n ** 60n + 1n]);
});

test("texts to a model that trains on them", async (t) => {
  const texts = ["good film", "bad film", "very good", "very bad"];
  const vectorize = layers.TextVectorization({ outputSequenceLength: 3 });
  vectorize.adapt(texts);
  const model = keras.Sequential([layers.Embedding(vectorize.vocabularySize(), 4), layers.Flatten(), layers.Dense(1)]);
  model.compile({ optimizer: "adam", loss: "mse" });
  const history = await model.fit(vectorize(texts), keras.tensor([[1], [0], [1], [0]], { dtype: "float32" }), {
    epochs: 2,
    verbose: 0,
  });
  t.is(history.history.loss?.length, 2);
});

test("texts as TensorFlow takes them apart: case, spaces and punctuation of ASCII only", (t) => {
  const vectorize = layers.TextVectorization();
  vectorize.adapt([" É A\u00a0b\tÜ~x\n\n y-z ", "日本 😀!"]);
  t.deepEqual(vectorize.getVocabulary(), [
    "",
    "[UNK]",
    "\ud83d\ude00",
    "\u65e5\u672c",
    "\u00dcx",
    "\u00c9",
    "yz",
    "a\u00a0b",
  ]);
  const characters = layers.TextVectorization({ split: "character", standardize: null });
  characters.adapt(["😀é", "\uff21😀"]);
  t.deepEqual(characters.getVocabulary(), ["", "[UNK]", "😀", "\uff21", "é"]);
});

test("functions of one's own", (t) => {
  const vectorize = layers.TextVectorization({
    standardize: (text) => text.replaceAll("-", " "),
    split: (text) => text.split(" "),
    vocabulary: ["a", "B"],
  });
  t.deepEqual((vectorize(["a-B", "b"]) as keras.Tensor).tolist(), [
    [2, 3],
    [1, 0],
  ]);
});

test("without splitting, rows keep their length", (t) => {
  const vectorize = layers.TextVectorization({ split: null, vocabulary: ["a", "b"], outputSequenceLength: 3 });
  t.deepEqual(
    (
      vectorize([
        ["a", "b"],
        ["x", ""],
      ]) as keras.Tensor
    ).tolist(),
    [
      [2, 3, 0],
      [1, 0, 0],
    ],
  );
});

test("configs may leave out what has a default; what was seen is in configs", (t) => {
  const vectorize = layers.TextVectorization.fromConfig({ max_tokens: 5 });
  t.deepEqual(
    [vectorize.standardize, vectorize.split, vectorize.maxTokens],
    ["lower_and_strip_punctuation", "whitespace", 5],
  );
  const bins = layers.Discretization({ numBins: 2 });
  bins.adapt([1, 2, 3, 4]);
  t.deepEqual(layers.Discretization.fromConfig(bins.getConfig()).binBoundaries, bins.binBoundaries);
});

test("unsplit texts as vectors: one for the last dimension", (t) => {
  const vectorize = layers.TextVectorization({ split: null, outputMode: "count", vocabulary: ["a", "b"] });
  t.deepEqual((vectorize(["a", "b", "a"]) as keras.Tensor).tolist(), [0, 2, 1]);
  t.deepEqual((vectorize([["a"], ["x"]]) as keras.Tensor).tolist(), [
    [0, 1, 0],
    [1, 0, 0],
  ]);
});

test("batches, steps, promises", async (t) => {
  const counts = layers.StringLookup();
  counts.adapt(
    function* () {
      yield [["a", "b"]];
      yield [["b", "c"]];
    },
    { steps: 1 },
  );
  t.deepEqual(counts.getVocabulary(), ["[UNK]", "b", "a"]);
  await counts.adapt(
    (async function* () {
      yield ["z"];
    })(),
  );
  t.deepEqual(counts.getVocabulary(), ["[UNK]", "z"]);
  const bins = layers.Discretization({ numBins: 2 });
  await bins.adapt(
    (async function* () {
      yield keras.tensor([1, 2], { dtype: "float32" });
      yield keras.tensor([3, 4], { dtype: "float32" });
    })(),
  );
  t.is(bins.binBoundaries?.length, 1);
});

test("tf-idf learned from documents, padded to the most tokens", (t) => {
  const lookup = layers.StringLookup({ outputMode: "tf_idf", maxTokens: 5, padToMaxTokens: true });
  lookup.adapt([
    ["a", "b"],
    ["a", "c"],
  ]);
  t.deepEqual(lookup.getVocabulary(), ["[UNK]", "a", "c", "b"]);
  const [a, c] = [Math.log(1 + 2 / 3), Math.log(1 + 2 / 2)];
  const weights = lookup.idfWeights?.tolist() as number[];
  for (const [i, want] of [(a + c + c) / 3, a, c, c, 0].entries()) t.true(Math.abs(weights[i]! - want) < 1e-6);
});

test("vocabularies in files and assets", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kerosene-"));
  try {
    const path = join(folder, "words.txt");
    writeFileSync(path, "a\nb\n");
    const lookup = layers.StringLookup({ vocabulary: path });
    t.deepEqual(lookup.getVocabulary(), ["[UNK]", "a", "b"]);
    t.is(lookup.getConfig().vocabulary, null);
    const other = layers.StringLookup();
    other.loadAssets(lookup.saveAssets());
    t.deepEqual(other.getVocabulary(), ["[UNK]", "a", "b"]);
    writeFileSync(path, "5\n-7\n");
    t.deepEqual(layers.IntegerLookup({ vocabulary: path }).getVocabulary(), [-1, 5, -7]);
    const config = { ...layers.StringLookup().getConfig(), vocabulary: path };
    t.throws(() => layers.StringLookup.fromConfig(config), { message: /outside of the model archive/ });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const errors: [what: string, fn: () => unknown, message: RegExp][] = [
  ["one of mean and variance", () => layers.Normalization({ mean: 1 }), /both `mean` and `variance` must be set/],
  ["shapes", () => layers.Normalization({ mean: [1, 2], variance: [1] }), /must have the same shape/],
  ["too many dimensions", () => layers.Normalization({ mean: [[1]], variance: [[1]] }), /rank of `mean`/],
  [
    "an axis that is not there",
    () => layers.Normalization({ axis: 3 })(keras.ops.zeros([2, 3])),
    /range \[-ndim, ndim\)/,
  ],
  [
    "an axis of unknown length",
    () => layers.Normalization({ axis: 1 })(keras.Input([null])),
    /must have a known shape/,
  ],
  [
    "other data than before",
    () => {
      const layer = layers.Normalization();
      layer.adapt(keras.ops.zeros([2, 3]));
      layer.adapt(keras.ops.zeros([2, 4]));
    },
    /incompatible shape/,
  ],
  ["no batches", () => layers.Normalization().adapt(new Set<keras.Tensor>()), /no batches/],
  ["neither bins nor boundaries", () => layers.Discretization(), /either `num_bins` or `bin_boundaries`/],
  ["bins and boundaries", () => layers.Discretization({ numBins: 2, binBoundaries: [1] }), /Both `num_bins`/],
  ["falling boundaries", () => layers.Discretization({ binBoundaries: [2, 1] }), /ascending/],
  ["adapt with boundaries", () => layers.Discretization({ binBoundaries: [1] }).adapt([1]), /Cannot adapt/],
  ["bins before adapt", () => layers.Discretization({ numBins: 2 })([1]), /call `adapt\(dataset\)`/],
  [
    "an output mode",
    () => layers.Discretization({ numBins: 2, outputMode: "x" as never }),
    /Unknown value for `output_mode`/,
  ],
  ["no tokens", () => (layers.CategoryEncoding as unknown as () => unknown)(), /num_tokens must be set/],
  [
    "weights without counts",
    () => layers.CategoryEncoding(3)([[1]], { countWeights: [[1]] }),
    /`count_weights` is not used/,
  ],
  ["bins of a hash", () => layers.Hashing(0), /`num_bins` for `Hashing`/],
  ["a float dtype", () => layers.Hashing(2, { dtype: "float32" }), /should be an integer type/],
  ["three salts", () => layers.Hashing(2, { salt: [1, 2, 3] }), /tuple of size 2 integers/],
  [
    "a hash of what a layer computes",
    () => {
      const inputs = keras.Input([1]);
      return keras.Model(inputs, layers.Hashing(2)(layers.Dense(1)(inputs)));
    },
    /must come first in a model/,
  ],
  ["one input to cross", () => layers.HashedCrossing(2)([["a"]]), /at least two inputs/],
  ["inputs of different shapes", () => layers.HashedCrossing(2)([["a"], ["b", "c"]]), /equal shape/],
  ["floats to cross", () => layers.HashedCrossing(2)([["a"], [0.5]]), /integer or string dtype/],
  ["a vocabulary of one", () => layers.StringLookup({ maxTokens: 1 }), /`max_tokens` must be greater than 1/],
  ["padding to nothing", () => layers.StringLookup({ padToMaxTokens: true }), /must set `max_tokens`/],
  ["an unknown option", () => layers.StringLookup({ vocab: [] } as never), /Unrecognized keyword/],
  ["repeated tokens", () => layers.StringLookup({ vocabulary: ["a", "a"] }), /repeated term/],
  ["no tokens at all", () => layers.StringLookup({ vocabulary: [] }), /empty vocabulary/],
  ["a mask among tokens", () => layers.StringLookup({ maskToken: "m", vocabulary: ["a", "m"] }), /reserved mask token/],
  ["too many tokens", () => layers.StringLookup({ maxTokens: 2, vocabulary: ["a", "b"] }), /larger than the maximum/],
  [
    "weights of another length",
    () => layers.StringLookup({ outputMode: "tf_idf", vocabulary: ["a"], idfWeights: [1, 2] }),
    /same length/,
  ],
  ["no weights", () => layers.StringLookup({ outputMode: "tf_idf", vocabulary: ["a"] }), /`idf_weights` argument/],
  ["vectors back", () => layers.StringLookup({ invert: true, outputMode: "count" }), /must be `'int'` when/],
  ["adapt with a vocabulary", () => layers.StringLookup({ vocabulary: ["a"] }).adapt(["b"]), /Cannot adapt layer/],
  [
    "vectors without a vocabulary",
    () => layers.StringLookup({ outputMode: "count" })(["a"]),
    /must set the layer's vocabulary/,
  ],
  ["unknown strings", () => layers.StringLookup({ vocabulary: ["a"], numOovIndices: 0 })(["b"]), /found OOV values/],
  ["unknown integers", () => layers.IntegerLookup({ vocabulary: [1], numOovIndices: 0 })([2]), /found OOV values/],
  ["a salt that does nothing", () => layers.IntegerLookup({ salt: 1 }), /oov_method='farmhash'/],
  ["fractions", () => layers.IntegerLookup({ vocabulary: [1.5] }), /integers of 64 bits/],
  ["ragged strings", () => layers.StringLookup({ vocabulary: ["a"] })([["a"], ["a", "a"]]), /ragged/],
  ["numbers for strings", () => layers.StringLookup({ vocabulary: ["a"] })([1]), /expected a string/],
  [
    "strings in a model",
    () => layers.Dense(1)(keras.Input({ shape: [1], dtype: "string" })),
    /nothing is computed with strings/,
  ],
  ["numbers as texts", () => layers.TextVectorization()(keras.Input([1])), /takes strings/],
  ["numbers to look up", () => layers.StringLookup()(keras.Input([1])), /takes strings/],
  ["a tensor of strings", () => keras.tensor([1], { dtype: "string" }), /nothing is computed with strings/],
  ["a file that is not there", () => layers.StringLookup({ vocabulary: "/no/such/file" }), /does not exist/],
  ["a standard", () => layers.TextVectorization({ standardize: "upper" as never }), /Unknown value for `standardize`/],
  ["runs of nothing", () => layers.TextVectorization({ ngrams: "2" as never }), /`ngrams` must be/],
  [
    "a length of vectors",
    () => layers.TextVectorization({ outputMode: "count", outputSequenceLength: 3 }),
    /must not be set/,
  ],
  ["ragged rows", () => layers.TextVectorization({ ragged: true }), /ragged tensors are not supported/],
  ["sparse rows", () => layers.TextVectorization({ sparse: true }), /sparse tensors are not supported/],
  ["rows of texts", () => layers.TextVectorization()([["a", "b"]]), /last shape dimension must be 1/],
];

for (const [what, fn, message] of errors) test(`refuses ${what}`, (t) => void t.throws(fn, { message }));
