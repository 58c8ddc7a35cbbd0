import test from "ava";
import * as keras from "kerosene";
import { getMask } from "#kerosene/engine/mask.js";
import { gradients } from "../parity/gradients.js";
import { near, values } from "./values.js";

const { layers, ops } = keras;
const close = (a: keras.Tensor, b: keras.Tensor): boolean =>
  Math.max(...(ops.abs(a.subtract(b)).dataSync() as Float32Array)) < 1e-5;
const random = (...shape: number[]): keras.Tensor => keras.random.normal(shape, { seed: shape.length });

test("one head more for the keys changes nothing when keys are repeated", (t) => {
  const [q, k, v] = [random(2, 3, 4, 5), random(2, 6, 2, 5), keras.random.normal([2, 6, 2, 5], { seed: 9 })];
  const twice = (x: keras.Tensor): keras.Tensor =>
    ops.stack(
      [0, 0, 1, 1].map((head) => x.at(":", ":", head)),
      2,
    );
  t.true(close(ops.dotProductAttention(q, k, v), ops.dotProductAttention(q, twice(k), twice(v))));
});

test("causal, mask and bias say the same", (t) => {
  const [q, k, v] = [random(1, 3, 2, 4), keras.random.normal([1, 3, 2, 4], { seed: 1 }), random(1, 3, 2, 4)];
  const lower = keras.tensor([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
  const causal = ops.dotProductAttention(q, k, v, { isCausal: true });
  t.true(close(causal, ops.dotProductAttention(q, k, v, { mask: lower })));
  t.true(close(causal, ops.dotProductAttention(q, k, v, { bias: ops.where(lower, 0, -1e9) })));
});

/** Attention where the second query, then the first, may look at no key; outputs and gradients as Keras on JAX has them. */
const blind = {
  "a row of the mask is false": {
    keys: 2,
    options: {
      mask: keras.tensor([
        [
          [
            [true, false],
            [false, false],
            [true, true],
          ],
        ],
      ]),
    },
    output: [-0.3, 0.4, -0.15, 0, -0.135724, -0.038068],
    query: [0, 0, 0, 0, 0.006306, -0.016817],
    key: [-0.002102, 0.006306, 0.002102, -0.006306],
    value: [0.030966, 0.35, 0.269034, -0.15],
  },
  "only with the causal mask": {
    keys: 3,
    options: { mask: keras.tensor([[[[false, true, true]]]]), isCausal: true },
    output: [0, -0.033333, 0, -0.4, 0.146818, -0.253181],
    query: [0, 0, 0, 0, 0.006361, 0.006361],
    key: [0, 0, -0.00212, 0.006361, 0.00212, -0.006361],
    value: [-0.066667, 0.166667, 0.237575, -0.133333, 0.129091, 0.166667],
  },
};
for (const [name, { keys, options, output, query, key, value }] of Object.entries(blind)) {
  test(`a query without keys moves neither queries nor keys: ${name}`, (t) => {
    const given = [values([1, 3, 1, 2]), values([1, keys, 1, 2], 1), values([1, keys, 1, 2], 2)];
    const call = ([q, k, v]: readonly keras.Tensor[]): keras.Tensor => ops.dotProductAttention(q!, k!, v!, options);
    near(t, call(given), output, "output");
    const found = gradients(given, [values([1, 3, 1, 2], 3)], (xs) => ({ outputs: [call(xs)], by: xs }));
    near(t, found[0]!, query, "gradient of the query");
    near(t, found[1]!, key, "gradient of the key");
    near(t, found[2]!, value, "gradient of the value");
  });
}

test("attention of unknown lengths", (t) => {
  const [q, v] = [keras.Input({ shape: [null, 8] }), keras.Input({ shape: [null, 8] })];
  const out = layers.MultiHeadAttention(2, 4)(q, v, { useCausalMask: true });
  t.deepEqual([...out.shape], [null, null, 8]);
  t.deepEqual([...layers.Attention()([q, v], { useCausalMask: true }).shape], [null, null, 8]);
  t.deepEqual([...layers.GroupQueryAttention(4, 4, 2)(q, v).shape], [null, null, 8]);
  const model = keras.Model([q, v], out);
  t.deepEqual([...(model([random(2, 3, 8), random(2, 5, 8)]) as keras.Tensor).shape], [2, 3, 8]);
});

test("with and without scores the output is the same", (t) => {
  for (const layer of [layers.MultiHeadAttention(2, 4, { slidingWindow: 2 }), layers.GroupQueryAttention(4, 4, 2)]) {
    const x = random(2, 5, 8);
    const valueMask = keras.tensor([
      [true, false, true, true, false],
      [true, true, true, true, true],
    ]);
    const attentionMask = ops.ones([2, 5, 5], "bool");
    const named = { useCausalMask: true, valueMask, attentionMask };
    const out = layer(x, x, named) as keras.Tensor;
    const [same, scores] = layer(x, x, { ...named, returnAttentionScores: true }) as unknown as keras.Tensor[];
    t.true(close(out, same!));
    t.true(close(ops.sum(scores!, -1), ops.ones(scores!.shape.slice(0, -1) as number[])));
  }
});

test("query, value and key may be named", (t) => {
  const [x, y] = [random(2, 3, 4), keras.random.normal([2, 3, 4], { seed: 8 })];
  const layer = layers.MultiHeadAttention(2, 4);
  const want = layer(x, y, x) as keras.Tensor;
  t.true(close(layer(x, y, { key: x }) as keras.Tensor, want));
  t.true(close(layer(x, { value: y, key: x }) as keras.Tensor, want));
});

test("the projections start differently", (t) => {
  const layer = layers.MultiHeadAttention(2, 4);
  layer(random(1, 2, 8), random(1, 2, 8));
  t.false(close(layer.queryDense!.kernel!.value, layer.keyDense!.kernel!.value));
});

test("a small transformer learns to look at the last place", async (t) => {
  keras.utils.setRandomSeed(1);
  const inputs = keras.Input({ shape: [4, 3] });
  let x = layers.Dense(16)(inputs);
  x = layers.LayerNormalization()(layers.add([x, layers.MultiHeadAttention(2, 8, { dropout: 0.1 })(x, x)]));
  const model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)));
  model.compile({ optimizer: keras.optimizers.Adam(0.01), loss: "mse" });
  const data = keras.random.normal([64, 4, 3], { seed: 3 });
  const { history } = await model.fit(data, data.at(":", -1, 0), { epochs: 20, batchSize: 16, verbose: 0 });
  t.true(history.loss!.at(-1)! < history.loss![0]! / 4);
});

test("masks that tensors carry: keys are not seen, the output has the query's", (t) => {
  const tokens = keras.tensor([
    [1, 2, 0],
    [3, 0, 0],
  ]);
  const x = layers.Embedding(5, 4, { maskZero: true })(tokens) as keras.Tensor;
  const real = tokens.notEqual(0);
  const plain = x.multiply(1);
  for (const layer of [layers.MultiHeadAttention(2, 4), layers.GroupQueryAttention(4, 2, 1)]) {
    const seen = layer(plain, x) as keras.Tensor;
    t.true(close(seen, layer(plain, plain, { valueMask: real }) as keras.Tensor));
    t.false(close(seen, layer(plain, plain) as keras.Tensor));
    t.deepEqual((getMask(layer(x, x)) as keras.Tensor).tolist(), real.tolist());
    t.is(getMask(seen), undefined);
  }
  const attention = layers.Attention();
  const found = attention([x, x]) as keras.Tensor;
  t.true(close(found, attention([plain, plain], { mask: [real, real] }) as keras.Tensor));
  t.deepEqual((getMask(found) as keras.Tensor).tolist(), real.tolist());
});

test("an activity regularizer: of the projections, and with grouped queries of the layer's own output too", (t) => {
  // len(layer.losses) of keras.layers.MultiHeadAttention(2, 3, activity_regularizer="l2") and GroupQueryAttention(2, 2, 1, ...).
  const x = ops.ones([2, 3, 4]);
  const several = layers.MultiHeadAttention(2, 3, { activityRegularizer: "l2" });
  const grouped = layers.GroupQueryAttention(2, 2, 1, { activityRegularizer: "l2" });
  several(x, x);
  grouped(x, x);
  t.deepEqual([several.losses.length, grouped.losses.length], [4, 5]);
  t.is((several.getConfig().activity_regularizer as { class_name: string }).class_name, "L2");
});

test("errors come with the layer and what was expected", (t) => {
  const bad = (make: () => unknown, message: RegExp): void => {
    t.throws(make, { instanceOf: keras.errors.KeroseneError, message });
  };
  const x = keras.Input({ shape: [4, 5] });
  bad(() => layers.MultiHeadAttention(2, 3)(x), /missing a required argument: 'value'/);
  bad(() => layers.MultiHeadAttention(0, 3), /`numHeads` must be a positive integer/);
  bad(() => layers.MultiHeadAttention(2, 3, { flashAttention: true }), /`flashAttention: true` is not supported/);
  bad(
    () => layers.MultiHeadAttention(2, 3, { dropout: 2 }),
    /MultiHeadAttention.*`dropout`.*between 0 and 1.*dropout=2/,
  );
  bad(
    () => layers.MultiHeadAttention(2, 3)(x, x, keras.Input({ shape: [3, 5] })),
    /except the last one, must be equal/,
  );
  bad(() => layers.MultiHeadAttention(2, 3)(ops.ones([2, 4]), ops.ones([2, 4])), /`query` of shape.*got \(2, 4\)/);
  bad(() => layers.GroupQueryAttention(2, 3, 1)(x, ops.ones([2, 4])), /`value` of shape.*got \(2, 4\)/);
  bad(() => layers.GroupQueryAttention(2, 3, 2), /must be divisible by/);
  bad(() => layers.Attention({ scoreMode: "cosine" as never }), /argument scoreMode/);
  bad(() => layers.Attention()(x), /must be called on a list of inputs/);
  bad(() => layers.Attention()([x]), /list of length 2 or 3/);
  bad(() => ops.dotProductAttention([[1]], [[1]], [[1]]), /only supports 4D inputs/);
  const [q, k] = [ops.ones([1, 2, 3, 4]), ops.ones([1, 2, 2, 4])];
  bad(() => ops.dotProductAttention(q, k, k), /heads of the query must be a multiple/);
  bad(() => ops.dotProductAttention(q, q, q, { flashAttention: true }), /not supported/);
  bad(() => layers.EinsumDense("ab->ac", 3), /Invalid einsum equation/);
  bad(() => layers.EinsumDense("ab,bc->ac", [3, 4])(ops.ones([2, 5])), /has 2 axes/);
  bad(() => layers.EinsumDense("ab,bc->ac", 3, { biasAxes: "z" })(ops.ones([2, 5])), /Bias dimension 'z'/);
  bad(() => layers.EinsumDense("abc,cd->abd", [4, 6])(ops.ones([2, 5, 3])), /shared dimension 'b'/);
});
