import { checkDataFormat, type DataFormat } from "../engine/data-format.js";
import type { Operand, Result } from "../engine/operand.js";
import { formatShape, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "./composite.js";
import { reshape, transpose } from "./movement.js";

/** A dimension divided or multiplied, or unknown. */
const times = (d: number | null, factor: number): number | null => (d === null ? null : d * factor);

/** A reshape in which one unknown dimension is found by counting; more stay unknown. */
function shaped(x: Tensor, shape: Shape): Tensor {
  return reshape(x, shape.filter((d) => d === null).length === 1 ? shape.map((d) => d ?? -1) : shape);
}

function checkBlocks(who: string, x: Tensor, blockSize: number): void {
  if (x.ndim !== 4) throw new ValueError(`${who}: expected 4 dimensions, got shape ${formatShape(x.shape)}.`);
  if (!Number.isInteger(blockSize) || blockSize < 2) {
    throw new ValueError(`${who}: \`blockSize\` must be an integer of at least 2, got ${String(blockSize)}.`);
  }
}

/**
 * Channels spread over blocks of pixels (pixel shuffle).
 *
 * Shapes: `(batch, height, width, channels)` → `(batch, height · b, width · b, channels / b²)`.
 *
 * @param blockSize b, at least 2.
 * @param dataFormat Default `"channels_last"`.
 * @throws ValueError when b² does not divide the channels.
 * Source: `keras.ops.depth_to_space`.
 */
export function depthToSpace<X extends Operand>(
  x: X,
  blockSize: number,
  dataFormat: DataFormat = "channels_last",
): Result<X> {
  const format = checkDataFormat(dataFormat, "depthToSpace");
  const b = blockSize;
  const compute = (t: Tensor): Tensor => {
    checkBlocks("depthToSpace", t, b);
    const last = format === "channels_last";
    const [n, p, q, r] = t.shape as [number | null, number | null, number | null, number | null];
    const [h, w, c] = last ? [p, q, r] : [q, r, p];
    if (c === null || c % (b * b) !== 0) {
      throw new ValueError(
        `depthToSpace: the channels of shape ${formatShape(t.shape)} must be a multiple of ${b * b}.`,
      );
    }
    const rest = c / (b * b);
    if (last) {
      const split = transpose(shaped(t, [n, h, w, b, b, rest]), [0, 1, 3, 2, 4, 5]);
      return shaped(split, [n, times(h, b), times(w, b), rest]);
    }
    const split = transpose(shaped(t, [n, rest, b, b, h, w]), [0, 1, 4, 2, 5, 3]);
    return shaped(split, [n, rest, times(h, b), times(w, b)]);
  };
  return unary("DepthToSpace", x, compute, () => ({ block_size: b, data_format: format }));
}

/**
 * Blocks of pixels stacked in the channels (pixel unshuffle): the inverse of {@link depthToSpace}.
 *
 * Shapes: `(batch, height, width, channels)` → `(batch, height / b, width / b, channels · b²)`.
 *
 * @param blockSize b, at least 2.
 * @param dataFormat Default `"channels_last"`.
 * @throws ValueError when b does not divide the height and the width.
 * Source: `keras.ops.space_to_depth`.
 */
export function spaceToDepth<X extends Operand>(
  x: X,
  blockSize: number,
  dataFormat: DataFormat = "channels_last",
): Result<X> {
  const format = checkDataFormat(dataFormat, "spaceToDepth");
  const b = blockSize;
  const compute = (t: Tensor): Tensor => {
    checkBlocks("spaceToDepth", t, b);
    const last = format === "channels_last";
    const [n, p, q, r] = t.shape as [number | null, number | null, number | null, number | null];
    const [h, w, c] = last ? [p, q, r] : [q, r, p];
    if ((h ?? 0) % b !== 0 || (w ?? 0) % b !== 0) {
      throw new ValueError(
        `spaceToDepth: height and width of shape ${formatShape(t.shape)} must be multiples of ${b}.`,
      );
    }
    const [rows, columns] = [times(h, 1 / b), times(w, 1 / b)];
    if (last) {
      const split = transpose(shaped(t, [n, rows, b, columns, b, c]), [0, 1, 3, 2, 4, 5]);
      return shaped(split, [n, rows, columns, times(c, b * b)]);
    }
    const split = transpose(shaped(t, [n, c, rows, b, columns, b]), [0, 1, 3, 5, 2, 4]);
    return shaped(split, [n, times(c, b * b), rows, columns]);
  };
  return unary("SpaceToDepth", x, compute, () => ({ block_size: b, data_format: format }));
}
