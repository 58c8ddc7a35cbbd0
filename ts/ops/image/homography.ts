import type { Tensor } from "../../engine/tensor.js";

/** A matrix of 3 × 3, row by row; each entry has the shape (batch,). */
type Matrix = readonly Tensor[];

/**
 * The matrices that take the corners (0, 0), (1, 0), (0, 1), (1, 1) of the unit square to four points each, up to a factor
 * (Heckbert 1989, Fundamentals of Texture Mapping and Image Warping).
 */
function fromSquare(points: Tensor): Matrix {
  const at = (corner: number, axis: number): Tensor => points.at(":", corner, axis);
  const [x0, x1, x3, x2] = [at(0, 0), at(1, 0), at(2, 0), at(3, 0)];
  const [y0, y1, y3, y2] = [at(0, 1), at(1, 1), at(2, 1), at(3, 1)];
  const [dx1, dx2, dy1, dy2] = [x1.subtract(x2), x3.subtract(x2), y1.subtract(y2), y3.subtract(y2)];
  const sx = x0.subtract(x1).add(x2).subtract(x3);
  const sy = y0.subtract(y1).add(y2).subtract(y3);
  // Without the division by the determinant: a factor does not matter.
  const w = dx1.multiply(dy2).subtract(dx2.multiply(dy1));
  const g = sx.multiply(dy2).subtract(dx2.multiply(sy));
  const h = dx1.multiply(sy).subtract(sx.multiply(dy1));
  return [
    x1.subtract(x0).multiply(w).add(g.multiply(x1)),
    x3.subtract(x0).multiply(w).add(h.multiply(x3)),
    x0.multiply(w),
    y1.subtract(y0).multiply(w).add(g.multiply(y1)),
    y3.subtract(y0).multiply(w).add(h.multiply(y3)),
    y0.multiply(w),
    g,
    h,
    w,
  ];
}

/** The inverse of a matrix, up to a factor. */
function adjugate(m: Matrix): Matrix {
  const minor = (a: number, b: number, c: number, d: number): Tensor =>
    (m[a] as Tensor).multiply(m[d] as Tensor).subtract((m[b] as Tensor).multiply(m[c] as Tensor));
  return [
    minor(4, 5, 7, 8),
    minor(2, 1, 8, 7),
    minor(1, 2, 4, 5),
    minor(5, 3, 8, 6),
    minor(0, 2, 6, 8),
    minor(2, 0, 5, 3),
    minor(3, 4, 6, 7),
    minor(1, 0, 7, 6),
    minor(0, 1, 3, 4),
  ];
}

function times(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3) * 3, i % 3];
    const terms = [0, 1, 2].map((k) => (a[row + k] as Tensor).multiply(b[3 * k + column] as Tensor));
    return terms.reduce((x, y) => x.add(y));
  });
}

/** The matrices that take four points to four others, `(batch, 4, 2)` each, up to a factor. */
export const homography = (from: Tensor, to: Tensor): Matrix => times(fromSquare(to), adjugate(fromSquare(from)));
