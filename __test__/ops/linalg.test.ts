import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;
const near = (
  t: { true: (v: boolean, m?: string) => void },
  got: keras.Tensor,
  want: keras.Tensor,
  tolerance = 1e-4,
) => {
  const distance = got.size === 0 ? 0 : Number(got.subtract(want).abs().max().item());
  t.true(got.shape.join() === want.shape.join() && distance < tolerance, `${distance}`);
};
const x = ops.array([
  [4, 1, 0.5],
  [1, 3, 0.25],
  [0.5, 0.25, 2],
]);

test("decompositions give the matrix back", (t) => {
  const [w, v] = ops.eigh(x);
  near(t, ops.matmul(v.multiply(w), ops.transpose(v)), x);
  for (const a of [x, x.at(":", ":2"), x.at(":2")]) {
    const [q, r] = ops.qr(a);
    near(t, ops.matmul(q, r), a);
    const [u, s, vt] = ops.svd(a, { fullMatrices: false });
    near(t, ops.matmul(u.multiply(s), vt), a);
    near(t, ops.svd(a, { computeUv: false }), s);
    const [full, , right] = ops.svd(a);
    near(t, ops.matmul(full, ops.transpose(full)), ops.eye(a.shape[0] as number));
    near(t, ops.matmul(right, ops.transpose(right)), ops.eye(a.shape[1] as number));
  }
  near(t, ops.qr(x.at(":", ":2"), "complete")[0].at(":", 2).square().sum(), ops.array(1));
  const l = ops.cholesky(x);
  near(t, ops.matmul(l, ops.transpose(l)), x);
  near(t, ops.cholesky(x, { upper: true }), ops.transpose(l));
  near(t, ops.matmul(ops.choleskyInverse(l), x), ops.eye(3));
  near(t, ops.choleskyInverse(ops.transpose(l), true), ops.inv(x));
  const [values, vectors] = ops.eig(
    x.at(":2", ":2").add([
      [0, 1],
      [0, 0],
    ]),
  );
  near(
    t,
    ops.matmul(
      x.at(":2", ":2").add([
        [0, 1],
        [0, 0],
      ]),
      vectors,
    ),
    vectors.multiply(values),
  );
});

test("batches", (t) => {
  const batch = ops.stack([x, x.multiply(2)]);
  t.deepEqual(ops.det(batch).shape, [2]);
  near(t, ops.logdet(batch), ops.log(ops.det(batch)));
  near(t, ops.solve(batch, ops.ones([2, 3])), ops.matmul(ops.inv(batch), ops.ones([2, 3, 1])).squeeze(-1));
  near(t, ops.solve(x, ops.ones([3])), ops.matmul(ops.inv(x), ops.ones([3])));
  t.deepEqual(
    ops
      .matrixRank(
        ops.array(
          [
            [
              [1, 2],
              [2, 4],
            ],
            [
              [1, 0],
              [0, 1],
            ],
          ],
          "float32",
        ),
      )
      .tolist(),
    [1, 2],
  );
  t.deepEqual(ops.inv(new keras.KerasTensor([null, 3, 3])).shape, [null, 3, 3]);
  t.deepEqual(ops.eigh(new keras.KerasTensor([null, 3, 3]))[0].shape, [null, 3]);
});

test("norms are those of numpy", (t) => {
  const a = ops.array(
    [
      [3, -4],
      [0, 2],
    ],
    "float32",
  );
  const close = (got: keras.Tensor, want: number) =>
    t.true(Math.abs(Number(got.item()) - want) < 1e-4, `${got.item()}`);
  close(ops.norm(a), Math.sqrt(29));
  close(ops.norm(a, { ord: 1, axis: [0, 1] }), 6);
  close(ops.norm(a, { ord: Infinity }), 7);
  close(ops.norm(a, { ord: -1 }), 3);
  close(ops.norm(a, { ord: "nuc" }), Math.sqrt(29 + 12));
  close(ops.norm(ops.norm(a, { ord: 0, axis: 1 })), Math.sqrt(5));
  t.deepEqual(ops.norm(a, { ord: 2, axis: [0, 1], keepdims: true }).shape, [1, 1]);
  t.throws(() => ops.norm(a, { ord: 3 }), { name: "ValueError", message: /ord/ });
});

test("what cannot be is said", (t) => {
  t.throws(
    () =>
      ops.cholesky(
        ops.array(
          [
            [1, 2],
            [2, 1],
          ],
          "float32",
        ),
      ),
    { name: "ValueError", message: /positive definite/ },
  );
  t.throws(
    () =>
      ops.eig(
        ops.array(
          [
            [0, -1],
            [1, 0],
          ],
          "float32",
        ),
      ),
    { name: "NotImplementedError", message: /complex/ },
  );
  t.throws(() => ops.eig(new keras.KerasTensor([2, 2])), { name: "NotImplementedError" });
  t.throws(() => ops.inv(ops.ones([2, 3])), { name: "ValueError", message: /square/ });
  t.throws(() => ops.unique(new keras.KerasTensor([3]) as never), {
    name: "NotImplementedError",
    message: /depends on the data/,
  });
});
