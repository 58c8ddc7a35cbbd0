import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;
const iota = (...shape: number[]): keras.Tensor =>
  ops
    .arange(
      shape.reduce((a, b) => a * b, 1),
      null,
      1,
      "float32",
    )
    .reshape(shape);
const symbol = (...shape: (number | null)[]): keras.KerasTensor => new keras.KerasTensor(shape, { dtype: "float32" });

test("unknown lengths flow through", (t) => {
  const shape = (notation: string, ...xs: keras.KerasTensor[]) => ops.einsum(notation, ...xs).shape;
  t.deepEqual(shape("abc,cd->abd", symbol(null, null, 4), symbol(4, 5)), [null, null, 5]);
  t.deepEqual(shape("abc,cde->abde", symbol(null, 3, 4), symbol(4, 5, 6)), [null, 3, 5, 6]);
  t.deepEqual(shape("BTNH,BSNH->BNTS", symbol(null, null, 2, 4), symbol(null, 7, 2, 4)), [null, 2, null, 7]);
  t.deepEqual(shape("...x,xy->...y", symbol(null, 8, 3), symbol(3, 2)), [null, 8, 2]);
  t.deepEqual(shape("abcd,cde->abe", symbol(null, 2, 3, 4), symbol(3, 4, 5)), [null, 2, 5]);
});

test("one operand: transposed, summed, diagonal", (t) => {
  const x = iota(2, 3);
  t.deepEqual(ops.einsum("ij->ji", x).tolist(), ops.transpose(x).tolist());
  t.deepEqual(ops.einsum("ij->j", x).tolist(), [3, 5, 7]);
  t.is(ops.einsum("ij->", x).item(), 15);
  t.is(ops.einsum("ii", iota(3, 3)).item(), 12);
  t.deepEqual(ops.einsum("ji", x).tolist(), ops.transpose(x).tolist(), "letters in order");
  t.deepEqual(ops.einsum("bii->bi", iota(2, 2, 2)).tolist(), [
    [0, 3],
    [4, 7],
  ]);
});

test("several operands, and axes of length 1 under an ellipsis", (t) => {
  const [a, b, c] = [iota(2, 3), iota(3, 4), iota(4, 2)];
  t.deepEqual(ops.einsum("ij,jk,kl->il", a, b, c).tolist(), ops.matmul(ops.matmul(a, b), c).tolist());
  t.deepEqual(ops.einsum("ij,ij->ij", a, a).tolist(), a.multiply(a).tolist());
  t.deepEqual(ops.einsum("ij,ij->i", a, a).tolist(), a.multiply(a).sum(1).tolist());
  t.deepEqual(ops.einsum("i,j->ji", iota(2), iota(3)).tolist(), [
    [0, 0],
    [0, 1],
    [0, 2],
  ]);
  t.deepEqual(ops.einsum("...ij,...jk->...ik", iota(1, 5, 2, 3), iota(4, 1, 3, 2)).shape, [4, 5, 2, 2]);
  t.deepEqual(ops.einsum("bij,bkj->kbi", iota(5, 2, 3), iota(5, 4, 3)).shape, [4, 5, 2]);
  t.is(ops.einsum("ab,cd->", a, b).item(), 15 * 66);
});

test("what does not fit is said", (t) => {
  const x = iota(2, 3);
  t.throws(() => ops.einsum("ij,jk", x), { instanceOf: keras.errors.ValueError, message: /names 2 operands/ });
  t.throws(() => ops.einsum("ijk->i", x), { message: /names 3 axes of operand 0, which has 2/ });
  t.throws(() => ops.einsum("ij->ik", x), { message: /has k in the result but in no operand/ });
  t.throws(() => ops.einsum("ij,jk->ik", x, x), { message: /axes named j have lengths 3 and 2/ });
  t.throws(() => ops.einsum("i.j->i", x), { message: /no other dots/ });
  t.throws(() => ops.einsum("ij->ii", x), { message: /twice in the result/ });
  t.throws(() => ops.cross(iota(4), iota(4)), { message: /vectors of 2 or 3 elements/ });
  t.throws(() => ops.diag(iota(1, 1, 1)), { message: /vector or a matrix/ });
});

test("products and diagonals at their edges", (t) => {
  t.deepEqual(ops.dot(iota(2, 3, 4), iota(2, 4, 3)).shape, [2, 3, 2, 3]);
  t.deepEqual(ops.inner(iota(2, 3), iota(5, 3)).shape, [2, 5]);
  t.is(ops.cross([1, 2], [3, 4]).item(), -2);
  t.deepEqual(ops.cross([1, 2, 3], [4, 5]).tolist(), [-15, 12, -3]);
  t.deepEqual(ops.kron([1, 2], [[1, 1]]).tolist(), [[1, 1, 2, 2]]);
  t.deepEqual(ops.diag([1, 2], -1).tolist(), [
    [0, 0, 0],
    [1, 0, 0],
    [0, 2, 0],
  ]);
  t.deepEqual(ops.diagonal(iota(2, 3), 2).tolist(), [2]);
  t.deepEqual(ops.diagonal(iota(2, 3), 5).shape, [0]);
  t.is(
    ops.trace(
      ops.array(
        [
          [true, true],
          [false, true],
        ],
        "bool",
      ),
    ).dtype,
    "int32",
  );
  t.is(
    ops.tril(
      ops.array(
        [
          [1, 2],
          [3, 4],
        ],
        "int8",
      ),
    ).dtype,
    "int8",
  );
  t.deepEqual(ops.triu(symbol(null, 3, 3)).shape, [null, 3, 3]);
});
