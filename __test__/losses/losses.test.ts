import test from "ava";
import * as keras from "kerosene";
import { CLASSES } from "#kerosene/losses/get.js";
import { goldenJson, goldenTest } from "../golden.js";
import { near } from "../near.js";
import { gradients } from "../parity/gradients.js";

const { losses } = keras;

const embeddings = [
  [1, 0],
  [0.6, 0.8],
  [0, 1],
  [0.8, -0.6],
];
const logits = [
  [
    [1, 2, 0, 0.5],
    [0, 0.3, 0.2, 1],
    [2, 0, 0, 0.1],
    [0.4, 0.4, 0.4, 0.4],
  ],
  [
    [0, 0, 0, 3],
    [1, 1, 0, 0],
    [0, 2, 0, 0],
    [1, 0, 0, 0],
  ],
];
const segments = [
  [
    [[1], [1]],
    [[0], [0]],
  ],
  [
    [[1], [0]],
    [[0], [0]],
  ],
];
const guesses = [
  [
    [[0], [1]],
    [[0], [1]],
  ],
  [
    [[0.4], [0]],
    [[0], [0.9]],
  ],
];
const zeros = [
  [0, 0],
  [0, 0],
];

/** What Keras 3.15.1 gives for the same call (on JAX). */
const values: [string, () => keras.Tensor, number | number[]][] = [
  [
    "binary_focal_crossentropy(gamma=2, axis=0)",
    () =>
      losses.binaryFocalCrossentropy(
        [
          [0, 1],
          [0, 0],
        ],
        [
          [0.6, 0.4],
          [0.4, 0.6],
        ],
        { gamma: 2, axis: 0 },
      ),
    [0.20579838752746582, 0.3298646807670593],
  ],
  [
    "binary_focal_crossentropy(gamma=1) of certain predictions",
    () =>
      losses.binaryFocalCrossentropy(
        [
          [0, 1],
          [1, 0],
        ],
        [
          [1, 0],
          [1, 0],
        ],
        { gamma: 1 },
      ),
    [16.03023910522461, 0],
  ],
  [
    "categorical_focal_crossentropy(alpha=[0.2, 0.3, 0.5])",
    () =>
      losses.categoricalFocalCrossentropy(
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
        [
          [0.05, 0.9, 0.05],
          [0.1, 0.85, 0.05],
        ],
        { alpha: [0.2, 0.3, 0.5] },
      ),
    [0.00031608177232556045, 1.351824164390564],
  ],
  [
    "categorical_generalized_cross_entropy(q=0.3)",
    () =>
      losses.categoricalGeneralizedCrossEntropy(
        [0, 1, 2, 0],
        [
          [0.7, 0.2, 0.1],
          [0.2, 0.5, 0.3],
          [0.1, 0.1, 0.8],
          [0.25, 0.5, 0.25],
        ],
        { q: 0.3 },
      ),
    [0.3382551670074463, 0.6258252859115601, 0.21583855152130127, 1.1341536045074463],
  ],
  [
    "circle(gamma=2): two samples have no other of their label",
    () => losses.circle([0, 0, 1, 2], embeddings, { gamma: 2 }),
    [1.4673779010772705, 1.4673779010772705, 0, 0],
  ],
  [
    "circle(gamma=2): all samples have one label",
    () => losses.circle([0, 0, 0, 0], embeddings, { gamma: 2 }),
    [0, 0, 0, 0],
  ],
  [
    "circle(ref_labels, ref_embeddings, remove_diagonal=False, gamma=4, margin=0.25)",
    () =>
      losses.circle([0, 1], embeddings.slice(0, 2), {
        refLabels: [0, 1, 1],
        refEmbeddings: embeddings.slice(1),
        removeDiagonal: false,
        gamma: 4,
        margin: 0.25,
      }),
    [2.8349766731262207, 7.5218071937561035],
  ],
  [
    "Circle(gamma=2): samples whose loss is 0 do not count",
    () => losses.Circle({ gamma: 2 })([0, 0, 1, 2], embeddings),
    1.4673779010772705,
  ],
  [
    "ctc: a repeated label, and a padded one",
    () =>
      losses.ctc(
        [
          [1, 1, 0],
          [3, 0, 0],
        ],
        logits,
      ),
    [2.9851067066192627, 3.5364484786987305],
  ],
  ["dice(axis=(1, 2, 3))", () => losses.dice(segments, guesses, { axis: [1, 2, 3] }), [0.5, 0.6521738767623901]],
  ["dice of nothing", () => losses.dice(zeros, zeros), 1],
  [
    "tversky(axis=(1, 2, 3), alpha=0.2, beta=0.8)",
    () => losses.tversky(segments, guesses, { axis: [1, 2, 3], alpha: 0.2, beta: 0.8 }),
    [0.5, 0.6774194240570068],
  ],
  ["tversky", () => losses.tversky(segments, guesses), 0.5555555820465088],
];

for (const [name, call, want] of values) test(name, (t) => near(t, call().tolist(), want, name));

test("labels (batch, 1) are labels (batch)", (t) => {
  const p = [
    [0.7, 0.3],
    [0.1, 0.9],
  ];
  const loss = losses.CategoricalGeneralizedCrossEntropy({ q: 0.7, reduction: "none" });
  t.deepEqual(loss([[0], [1]], p).tolist(), loss([0, 1], p).tolist());
});

test("circle: samples without a pair have the gradient 0", (t) => {
  const y = keras.tensor([0, 0, 1, 2], { dtype: "int32" });
  const [gradient] = gradients(
    [y, keras.tensor(embeddings)],
    [keras.tensor([0, 0, 1, 1], { dtype: "float32" })],
    ([labels, x]) => ({
      outputs: [losses.circle(labels!, x!, { gamma: 2 })],
      by: [x!],
    }),
  );
  near(t, gradient!.tolist(), new Array(4).fill([0, 0]));
});

const wrong: [string, () => unknown, RegExp][] = [
  ["q", () => losses.CategoricalGeneralizedCrossEntropy({ q: 1 }), /q must be in the interval \(0, 1\).*q=1/],
  ["q of the function", () => losses.categoricalGeneralizedCrossEntropy([0], [[1]], { q: 0 }), /q=0/],
  [
    "an unknown option",
    () => losses.Tversky({ gamma: 1 } as never),
    /option\(s\) not recognized: gamma.*alpha, axis, beta/,
  ],
  [
    "a reduction",
    () => losses.Dice({ reduction: "max" as never }),
    /`reduction`.*"sum_over_batch_size".*reduction=max/,
  ],
  ["ctc without steps", () => losses.ctc([[1]], [[1, 2]]), /yTrue\.shape=\(1, 1\), yPred\.shape=\(1, 2\)/],
  ["circle with too few labels", () => losses.circle([0], embeddings), /1 labels for embeddings of shape \(4, 2\)/],
  [
    "focal shapes",
    () => losses.binaryFocalCrossentropy([[0, 1]], [[0.5, 0.5, 0.5]]),
    /binary_focal_crossentropy must have the same shape.*\(1, 2\).*\(1, 3\)/,
  ],
  [
    "class indices for one-hot targets",
    () =>
      losses.categoricalFocalCrossentropy(
        [0, 1],
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      ),
    /categorical_focal_crossentropy must have the same shape/,
  ],
  [
    "an unknown loss",
    () => losses.get("mean_square"),
    /mean_square\. Known losses: .*BinaryFocal|binary_focal_crossentropy/,
  ],
];
for (const [name, run, message] of wrong) {
  test(`refuses ${name}`, (t) => void t.throws(run, { message, instanceOf: keras.errors.ValueError }));
}

test("every loss comes back from its config", (t) => {
  for (const [name, Class] of Object.entries(CLASSES)) {
    const loss = new Class({ name: "mine", reduction: "sum" });
    const config = keras.losses.serialize(loss) as Record<string, unknown>;
    const back = keras.losses.deserialize(config) as typeof loss;
    t.true(back instanceof Class, name);
    t.deepEqual(back.getConfig(), loss.getConfig(), name);
  }
});

goldenTest("every name that Keras takes means what it means there", (t) => {
  const { losses: names } = goldenJson<{ losses: Record<string, { name: string; kind: string }> }>("aliases.json");
  for (const [name, { name: meant, kind }] of Object.entries(names)) {
    if (name === "Loss") continue; // a base class: nothing to compute
    const found = losses.get(name);
    if (kind === "instance") t.true(found instanceof CLASSES[meant]!, name);
    else t.is(found, losses.get(meant), name);
  }
});
