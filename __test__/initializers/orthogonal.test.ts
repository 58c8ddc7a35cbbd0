import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;

test("rows or columns, whichever are fewer, are orthonormal", (t) => {
  for (const shape of [
    [5, 3],
    [3, 5],
    [4, 4],
    [2, 3, 4],
  ]) {
    const q = keras.initializers.Orthogonal({ gain: 2, seed: 1 })(shape);
    t.deepEqual(q.shape, shape);
    const columns = shape.at(-1)!;
    const matrix = q.reshape([-1, columns]);
    const rows = matrix.shape[0] as number;
    const product = rows < columns ? ops.matmul(matrix, matrix.transpose()) : ops.matmul(matrix.transpose(), matrix);
    const difference = product
      .subtract(ops.eye(Math.min(rows, columns)).multiply(4))
      .abs()
      .max();
    t.true(difference.item() < 1e-5, `${shape}`);
  }
  t.throws(() => keras.initializers.Orthogonal()([3]), { message: /two-dimensional/ });
  t.deepEqual(
    keras.initializers.Orthogonal({ seed: 3 })([2, 2]).tolist(),
    keras.initializers.Orthogonal({ seed: 3 })([2, 2]).tolist(),
  );
});
