import test from "ava";
import * as keras from "kerosene";
import { CLASSES } from "#kerosene/metrics/get.js";
import { goldenJson, goldenTest } from "../golden.js";
import { near } from "../near.js";

const { metrics } = keras;
type Metric = InstanceType<typeof keras.metrics.Metric>;
type Nested = number | readonly Nested[];

const P = [0, 0.5, 1, 0.25, 0.75, 0.5];
const Y = [0, 1, 1, 1, 0, 0];
const W = [1, 2, 0.5, 1, 0, 3];
const labels = [
  [1, 0, 0],
  [0, 1, 1],
  [0, 0, 1],
];
const scores = [
  [0.2, 0.2, 0.2],
  [0.1, 0.9, 0.1],
  [0.5, 0.6, 0.6],
];
const grid = [
  [0, 1],
  [2, 2],
];
const gridGuess = [
  [0, 2],
  [1, 2],
];
const tags = [
  [1, 1, 1],
  [1, 0, 0],
  [1, 1, 0],
];
const tagGuess = [
  [0.2, 0.6, 0.7],
  [0, 0, 0],
  [0.6, 0.8, 0],
];
const targets = [
  [1, 2],
  [4, 3],
  [2, 2],
  [7, 2],
];
const fits = [
  [1.5, 2],
  [3, 3],
  [2, 1],
  [6, 4],
];
const rows = [
  [0, 1, 0.5],
  [1, 1, 0.2],
];
const rowGuess = [
  [0.1, 0.9, 0.5],
  [1, 0.9, 0.2],
];
const topTargets = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
];
const even = [0, 0.5, 1];
const uneven = [0, 0.5, 0.75, 1];
const twice: Nested[][] = [
  [Y, P],
  [Y, P, W],
];

/** A metric, the batches it sees, and the results after each, as Keras 3.15.1 gives them for the same calls. */
const cases: [string, Metric, readonly (readonly unknown[])[], Nested[]][] = [
  [
    "TruePositives(thresholds=[0, .5, 1])",
    metrics.TruePositives({ thresholds: even }),
    twice,
    [
      [3, 1, 0],
      [6.5, 1.5, 0],
    ],
  ],
  [
    "TruePositives, uneven",
    metrics.TruePositives({ thresholds: uneven }),
    twice,
    [
      [3, 1, 1, 0],
      [6.5, 1.5, 1.5, 0],
    ],
  ],
  [
    "FalsePositives",
    metrics.FalsePositives({ thresholds: even }),
    twice,
    [
      [2, 1, 0],
      [5, 1, 0],
    ],
  ],
  [
    "FalsePositives, uneven",
    metrics.FalsePositives({ thresholds: uneven }),
    twice,
    [
      [2, 1, 0, 0],
      [5, 1, 0, 0],
    ],
  ],
  [
    "TrueNegatives",
    metrics.TrueNegatives({ thresholds: even }),
    twice,
    [
      [1, 2, 3],
      [2, 6, 7],
    ],
  ],
  [
    "TrueNegatives, uneven",
    metrics.TrueNegatives({ thresholds: uneven }),
    twice,
    [
      [1, 2, 3, 3],
      [2, 6, 7, 7],
    ],
  ],
  [
    "FalseNegatives",
    metrics.FalseNegatives({ thresholds: even }),
    twice,
    [
      [0, 2, 3],
      [0, 5, 6.5],
    ],
  ],
  [
    "FalseNegatives, uneven",
    metrics.FalseNegatives({ thresholds: uneven }),
    twice,
    [
      [0, 2, 2, 3],
      [0, 5, 5, 6.5],
    ],
  ],
  [
    "Precision(top_k=2): ties",
    metrics.Precision({ topK: 2 }),
    [
      [labels, scores],
      [labels, scores, [1, 2, 3]],
    ],
    [0.5, 0.5],
  ],
  ["Recall(top_k=1, thresholds=.55)", metrics.Recall({ topK: 1, thresholds: 0.55 }), [[labels, scores]], [0.25]],
  [
    "Precision(class_id=2)",
    metrics.Precision({ classId: 2, thresholds: [0.15, 0.55] }),
    [
      [labels, scores],
      [labels, scores, [1, 2, 3]],
    ],
    [
      [0.5, 1],
      [0.6666666865348816, 1],
    ],
  ],
  [
    "Recall of rank 3",
    metrics.Recall(),
    [
      [[labels], [scores]],
      [[labels], [scores], [[1, 2, 3]]],
    ],
    [0.5, 0.5833333134651184],
  ],
  ["AUC ROC interpolation", metrics.AUC({ numThresholds: 5 }), twice, [0.555555522441864, 0.5384615063667297]],
  [
    "AUC ROC majoring",
    metrics.AUC({ numThresholds: 5, summationMethod: "majoring" }),
    twice,
    [0.6666666865348816, 0.7142857313156128],
  ],
  [
    "AUC ROC minoring",
    metrics.AUC({ numThresholds: 5, summationMethod: "minoring" }),
    twice,
    [0.4444444179534912, 0.36263734102249146],
  ],
  [
    "AUC PR interpolation",
    metrics.AUC({ numThresholds: 5, curve: "PR" }),
    twice,
    [0.6666666865348816, 0.6133836507797241],
  ],
  [
    "AUC PR majoring",
    metrics.AUC({ numThresholds: 5, curve: "PR", summationMethod: "Majoring" }),
    twice,
    [0.6666666269302368, 0.6558405160903931],
  ],
  [
    "AUC PR minoring",
    metrics.AUC({ numThresholds: 5, curve: "pr", summationMethod: "minoring" }),
    twice,
    [0.3333333134651184, 0.36437249183654785],
  ],
  ["AUC PRGAIN interpolation", metrics.AUC({ numThresholds: 5, curve: "PRGAIN" }), twice, [0, 0.09599395096302032]],
  [
    "AUC PRGAIN majoring",
    metrics.AUC({ numThresholds: 5, curve: "PRGAIN", summationMethod: "majoring" }),
    twice,
    [0, 0.22373393177986145],
  ],
  [
    "AUC PRGAIN minoring",
    metrics.AUC({ numThresholds: 5, curve: "PRGAIN", summationMethod: "minoring" }),
    twice,
    [0, -0.0317460298538208],
  ],
  [
    "AUC(multi_label=True, num_thresholds=6, curve='PR'), labels from the first batch",
    metrics.AUC({ multiLabel: true, numThresholds: 6, curve: "PR" }),
    [
      [labels, scores],
      [labels, scores, [1, 2, 3]],
    ],
    [0.7042245268821716, 0.6934289932250977],
  ],
  [
    "AUC(label_weights)",
    metrics.AUC({ numThresholds: 6, labelWeights: [0.2, 0.3, 0.5] }),
    [[labels, scores]],
    [0.6333333253860474],
  ],
  [
    "AUC, perfect",
    metrics.AUC(),
    [
      [
        [0, 0, 1, 1],
        [0, 0.2, 0.8, 1],
      ],
    ],
    [1],
  ],
  [
    "AUC, one class only",
    metrics.AUC(),
    [
      [
        [1, 1],
        [0.2, 0.3],
      ],
    ],
    [0],
  ],
  [
    "SensitivityAtSpecificity(.5, num_thresholds=5)",
    metrics.SensitivityAtSpecificity(0.5, { numThresholds: 5 }),
    [[Y, P]],
    [0.3333333432674408],
  ],
  [
    "SpecificityAtSensitivity(.5, num_thresholds=1)",
    metrics.SpecificityAtSensitivity(0.5, { numThresholds: 1 }),
    [[Y, P]],
    [0],
  ],
  ["PrecisionAtRecall(.6)", metrics.PrecisionAtRecall(0.6), [[Y, P]], [0.6000000238418579]],
  ["RecallAtPrecision(.9)", metrics.RecallAtPrecision(0.9), [[Y, P]], [0.3333333432674408]],
  [
    "RecallAtPrecision(.6, class_id=1)",
    metrics.RecallAtPrecision(0.6, { classId: 1, numThresholds: 11 }),
    [[labels, scores]],
    [1],
  ],
  [
    "IoU(ignore_class=1), and a label that is no class",
    metrics.IoU({ numClasses: 3, targetClassIds: [0, 2], ignoreClass: 1 }),
    [
      [
        [0, 1, 2, 2, 5],
        [0, 2, 1, 2, 0],
      ],
    ],
    [0.7499999403953552],
  ],
  [
    "MeanIoU(num_classes=4), one of which never occurs",
    metrics.MeanIoU({ numClasses: 4 }),
    [
      [grid, gridGuess],
      [
        grid,
        gridGuess,
        [
          [2, 3],
          [1, 1],
        ],
      ],
    ],
    [0.4444444179534912, 0.4166666567325592],
  ],
  [
    "BinaryIoU(target_class_ids=[1]): weights below 1 are 0 as integers",
    metrics.BinaryIoU({ targetClassIds: [1] }),
    [
      [
        [0, 1, 0, 1],
        [0.1, 0.5, 0.4, 0.7],
      ],
      [
        [0, 1, 0, 1],
        [0.1, 0.2, 0.4, 0.7],
        [0.2, 0.3, 0.4, 0.1],
      ],
    ],
    [0.9999998807907104, 0.9999998807907104],
  ],
  [
    "BinaryIoU(threshold=.3, dtype='float32')",
    metrics.BinaryIoU({ threshold: 0.3, dtype: "float32" }),
    [
      [
        [0, 1, 0, 1],
        [0.1, 0.2, 0.4, 0.7],
        [0.2, 0.3, 0.4, 0.1],
      ],
    ],
    [0.1736110895872116],
  ],
  [
    "OneHotIoU",
    metrics.OneHotIoU({ numClasses: 3, targetClassIds: [0, 2] }),
    [
      [
        [
          [0, 0, 1],
          [1, 0, 0],
          [0, 1, 0],
          [1, 0, 0],
        ],
        [
          [0.2, 0.3, 0.5],
          [0.1, 0.2, 0.7],
          [0.5, 0.3, 0.1],
          [0.1, 0.4, 0.5],
        ],
        [1, 2, 3, 4],
      ],
    ],
    [0.0714285746216774],
  ],
  [
    "OneHotMeanIoU(sparse_y_pred=True)",
    metrics.OneHotMeanIoU({ numClasses: 2, sparseYPred: true }),
    [
      [
        [
          [0, 1],
          [1, 0],
        ],
        [1, 1],
      ],
    ],
    [0.25],
  ],
  [
    "F1Score(average=None)",
    metrics.F1Score(),
    [
      [tags, tagGuess],
      [tags, tagGuess, [1, 0, 2]],
    ],
    [
      [0, 0.666666567325592, 0.9999998211860657],
      [0, 0.7499999403953552, 1],
    ],
  ],
  [
    "F1Score micro",
    metrics.F1Score({ average: "micro" }),
    [
      [tags, tagGuess],
      [tags, tagGuess, [1, 0, 2]],
    ],
    [0.4999999701976776, 0.555555522441864],
  ],
  [
    "F1Score macro",
    metrics.F1Score({ average: "macro" }),
    [
      [tags, tagGuess],
      [tags, tagGuess, [1, 0, 2]],
    ],
    [0.5555554628372192, 0.5833333730697632],
  ],
  [
    "F1Score weighted",
    metrics.F1Score({ average: "weighted" }),
    [
      [tags, tagGuess],
      [tags, tagGuess, [1, 0, 2]],
    ],
    [0.3888888359069824, 0.44230765104293823],
  ],
  [
    "FBetaScore(beta=2, threshold=.5, average='macro')",
    metrics.FBetaScore({ beta: 2, threshold: 0.5, average: "macro" }),
    [
      [
        tags,
        [
          [0.2, 0.6, 0.7],
          [0.2, 0.6, 0.6],
          [0.6, 0.8, 0],
        ],
      ],
    ],
    [0.7090131640434265],
  ],
  [
    "R2Score(class_aggregation=None)",
    metrics.R2Score({ classAggregation: null }),
    [
      [targets, fits],
      [targets, fits, [1, 0, 2, 0.5]],
    ],
    [
      [0.8928571343421936, -5.666666507720947],
      [0.9166666865348816, -9.384636878967285],
    ],
  ],
  [
    "R2Score",
    metrics.R2Score(),
    [
      [targets, fits],
      [targets, fits, [1, 0, 2, 0.5]],
    ],
    [-2.386904716491699, -4.23398494720459],
  ],
  [
    "R2Score(class_aggregation='variance_weighted_average')",
    metrics.R2Score({ classAggregation: "variance_weighted_average" }),
    [
      [targets, fits],
      [targets, fits, [1, 0, 2, 0.5]],
    ],
    [0.6666666865348816, 0.6745026707649231],
  ],
  ["R2Score(num_regressors=2)", metrics.R2Score({ numRegressors: 2 }), [[targets, fits]], [-3.741666316986084]],
  [
    "R2Score(num_regressors=7) of 8 values",
    metrics.R2Score({ numRegressors: 7 }),
    [[targets, fits]],
    [-2.386904716491699],
  ],
  [
    "R2Score of a constant",
    metrics.R2Score(),
    [
      [
        [[1], [1]],
        [[2], [1]],
      ],
    ],
    [0],
  ],
  [
    "PearsonCorrelation",
    metrics.PearsonCorrelation(),
    [
      [rows, rowGuess],
      [rows, rowGuess, [0.25, 0.75]],
    ],
    [0.9966995716094971, 0.9961495399475098],
  ],
  ["ConcordanceCorrelation", metrics.ConcordanceCorrelation(), [[rows, rowGuess]], [0.9816316366195679]],
  [
    "TopKCategoricalAccuracy(k=2): ties",
    metrics.TopKCategoricalAccuracy({ k: 2 }),
    [
      [
        topTargets,
        [
          [0.1, 0.9, 0.8],
          [0.05, 0.95, 0],
          [0.3, 0.3, 0.3],
        ],
      ],
      [
        topTargets,
        [
          [0.1, 0.9, 0.8],
          [0.05, 0.95, 0],
          [0.1, 0.3, 0.3],
        ],
        [0.7, 0.3, 1],
      ],
    ],
    [1, 0.800000011920929],
  ],
  [
    "SparseTopKCategoricalAccuracy(k=2) of rank 3",
    metrics.SparseTopKCategoricalAccuracy({ k: 2 }),
    [
      [
        [
          [2, 1],
          [0, 0],
        ],
        [
          [
            [0.1, 0.9, 0.8],
            [0.05, 0.95, 0],
          ],
          [
            [0.1, 0.3, 0.3],
            [0.2, 0.3, 0.1],
          ],
        ],
      ],
    ],
    [0.75],
  ],
  [
    "SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)",
    metrics.SparseTopKCategoricalAccuracy({ k: 2, fromSortedIds: true }),
    [
      [
        [2, 1, 0],
        [
          [1, 0, 3],
          [1, 2, 3],
          [3, 0, 2],
        ],
      ],
    ],
    [0.6666666865348816],
  ],
];

for (const [name, metric, updates, want] of cases) {
  test(name, (t) => {
    updates.forEach((batch, index) => {
      metric.updateState(...batch);
      near(t, (metric.result() as keras.Tensor).tolist(), want[index]!, `after update ${index}`);
    });
    const Class = CLASSES[metric.constructor.name] as unknown as typeof metrics.Metric;
    const again = keras.metrics.deserialize(keras.metrics.serialize(metric) as Record<string, unknown>) as Metric;
    t.deepEqual(again.getConfig(), metric.getConfig());
    t.is(again.constructor.name, Class.name);

    // what was counted apart and what was counted in one go is the same
    const parts = updates.map((batch) => {
      const part = Class.fromConfig(metric.getConfig()) as unknown as Metric;
      part.updateState(...batch);
      return part;
    });
    parts[0]!.mergeState(parts.slice(1));
    near(t, (parts[0]!.result() as keras.Tensor).tolist(), want.at(-1)!, "merged");

    const before = metric.variables.map((variable) => variable.tolist());
    const fresh = metric.statelessResetState();
    const state = updates.reduce<keras.Tensor[]>(
      (values, batch) => metric.statelessUpdateState(values, ...batch),
      fresh,
    );
    near(t, (metric.statelessResult(state) as keras.Tensor).tolist(), want.at(-1)!, "stateless");
    t.deepEqual(
      metric.variables.map((variable) => variable.tolist()),
      before,
    );

    metric.resetState();
    t.true(metric.variables.every((variable) => Array.from(variable.dataSync(), Number).every((x) => x === 0)));
  });
}

test("an empty batch changes nothing", (t) => {
  const empty = [keras.ops.zeros([0, 3]), keras.ops.zeros([0, 3])];
  for (const metric of [
    metrics.AUC(),
    metrics.Precision({ thresholds: uneven }),
    metrics.Recall(),
    metrics.F1Score(),
  ]) {
    metric.updateState(labels, scores);
    const before = metric.result().tolist();
    metric.updateState(...(empty as [keras.Tensor, keras.Tensor]));
    t.deepEqual(metric.result().tolist(), before, metric.name);
  }
});

test("a metric of metrics has their variables", (t) => {
  class Both extends metrics.Metric {
    first = new metrics.Mean({ name: "first" });
    second = this.addVariable({ name: "second", initializer: "ones" });
  }
  const both = new Both();
  t.deepEqual(
    both.variables.map(({ name }) => name),
    ["second", "total", "count"],
  );
  t.is(both.second.item(), 1);
  both.first.updateState([3, 5]);
  both.resetState();
  t.deepEqual(
    both.variables.map((variable) => variable.item()),
    [0, 0, 0],
  );
});

const wrong: [string, () => unknown, RegExp][] = [
  [
    "a threshold above 1",
    () => metrics.Precision({ thresholds: [0.5, 1.5] }),
    /precision.*`thresholds` must be in \[0, 1\].*1\.5/,
  ],
  ["no threshold", () => metrics.TruePositives({ thresholds: [] }), /`thresholds`.*\[\]/],
  ["a recall above 1", () => metrics.PrecisionAtRecall(1.5), /`recall` must be in the range \[0, 1\].*1\.5/],
  [
    "no precision",
    () => new (metrics.RecallAtPrecision as never as new () => Metric)(),
    /`precision` must be.*undefined/,
  ],
  ["numThresholds 0", () => metrics.SensitivityAtSpecificity(0.5, { numThresholds: 0 }), /`numThresholds`.*> 0.*0/],
  ["one threshold for a curve", () => metrics.AUC({ numThresholds: 1 }), /`numThresholds`.*> 1.*1/],
  ["a curve", () => metrics.AUC({ curve: "roc2" as never }), /`curve` must be one of \["ROC","PR","PRGAIN"\].*roc2/],
  ["a summation", () => metrics.AUC({ summationMethod: "sum" as never }), /`summationMethod`.*"majoring".*sum/],
  ["labels without multiLabel", () => metrics.AUC({ numLabels: 2 }), /`numLabels`.*`multiLabel: true`/],
  ["other labels", () => metrics.AUC({ multiLabel: true, numLabels: 2 })(labels, scores), /\(samples, 2\).*\(3, 3\)/],
  ["a curve before its labels", () => metrics.AUC({ multiLabel: true }).result(), /number of labels is unknown/],
  ["a class that is none", () => metrics.Recall({ classId: 3 })(labels, scores), /`classId` is 3.*\(3, 3\)/],
  ["shapes", () => metrics.AUC()([0, 1], [0, 1, 0]), /the confusion matrix must have the same shape.*\(2,\).*\(3,\)/],
  [
    "a target class",
    () => metrics.IoU({ numClasses: 2, targetClassIds: [2] }),
    /`targetClassIds`.*\[0, 2\).*class id 2/,
  ],
  ["no target class", () => metrics.IoU({ numClasses: 2 } as never), /`targetClassIds`.*undefined/],
  ["no number of classes", () => metrics.get("MeanIoU"), /`numClasses` must be a positive integer.*undefined/],
  ["an average", () => metrics.F1Score({ average: "mean" as never }), /`average`.*"macro".*average=mean/],
  ["a beta", () => metrics.FBetaScore({ beta: 0 }), /`beta` must be > 0.*beta=0/],
  ["a threshold of 0", () => metrics.F1Score({ threshold: 0 }), /`threshold` must be in \(0, 1\]/],
  ["a score of one column", () => metrics.F1Score()([1, 0], [1, 0]), /\(samples, classes\).*\(2,\)/],
  ["a score before its classes", () => metrics.F1Score().result(), /number of classes is unknown/],
  [
    "an aggregation",
    () => metrics.R2Score({ classAggregation: "mean" as never }),
    /`classAggregation`.*uniform_average.*mean/,
  ],
  ["fewer regressors than none", () => metrics.R2Score({ numRegressors: -1 }), /`numRegressors` must be >= 0.*-1/],
  [
    "the state of another metric",
    () => metrics.AUC().mergeState([metrics.Mean()]),
    /auc.*mergeState: expected 4 variables.*Received 2/,
  ],
  [
    "too little state",
    () => metrics.Mean().statelessResult([]),
    /mean.*statelessResult: expected 2 variables.*Received 0/,
  ],
  ["an unknown metric", () => metrics.get("precison"), /precison\. Known metrics: .*precision/],
];
for (const [name, run, message] of wrong) test(`refuses ${name}`, (t) => void t.throws(run, { message }));

goldenTest("every name that Keras takes means what it means there", (t) => {
  const { metrics: names } = goldenJson<{ metrics: Record<string, { name: string }> }>("aliases.json");
  for (const [name, { name: meant }] of Object.entries(names)) {
    if (meant === "Metric") continue; // a base class: nothing to compute
    t.true(metrics.get(name) instanceof CLASSES[meant]!, name);
  }
});
