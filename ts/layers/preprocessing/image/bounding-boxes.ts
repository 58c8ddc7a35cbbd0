import { isDict } from "../../../engine/nest.js";
import { describe, formatShape } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";

/** Height and width in pixels. */
export type Size = readonly [number, number];

/**
 * How boxes are written: the corners (left, top, right, bottom or top, left, bottom, right), the first corner or the centre with width and
 * height (or height and width); `rel_`: in parts of the image instead of pixels.
 */
export type BoundingBoxFormat = (typeof formats)[number];
/** Names of {@link BoundingBoxFormat}. */
export const formats = [
  "xyxy",
  "rel_xyxy",
  "yxyx",
  "rel_yxyx",
  "xywh",
  "rel_xywh",
  "center_xywh",
  "rel_center_xywh",
  "center_yxhw",
] as const;

const columns = (boxes: Tensor): [Tensor, Tensor, Tensor, Tensor] =>
  ops.split(boxes, 4, -1) as [Tensor, Tensor, Tensor, Tensor];

const plain = (format: BoundingBoxFormat): string => format.replace("rel_", "");

/** The numbers by which boxes of a format are multiplied to be in pixels: those of x and of y. */
const unit = (format: BoundingBoxFormat, [height, width]: Size): Size =>
  format.startsWith("rel_") ? [width, height] : [1, 1];

/** Boxes of a format as left, top, right, bottom in pixels. */
export function toCorners(boxes: Tensor, format: BoundingBoxFormat, size: Size): Tensor {
  const [ux, uy] = unit(format, size);
  const [a, b, c, d] = columns(boxes);
  const corners = (x0: Tensor, y0: Tensor, x1: Tensor, y1: Tensor): Tensor =>
    ops.concatenate([x0.multiply(ux), y0.multiply(uy), x1.multiply(ux), y1.multiply(uy)], -1);
  const centred = (x: Tensor, y: Tensor, w: Tensor, h: Tensor): Tensor => {
    const [halfWidth, halfHeight] = [w.divide(2), h.divide(2)];
    return corners(x.subtract(halfWidth), y.subtract(halfHeight), x.add(halfWidth), y.add(halfHeight));
  };
  switch (plain(format)) {
    case "yxyx":
      return corners(b, a, d, c);
    case "xywh":
      return corners(a, b, a.add(c), b.add(d));
    case "center_xywh":
      return centred(a, b, c, d);
    case "center_yxhw":
      return centred(b, a, d, c);
    default:
      return corners(a, b, c, d);
  }
}

/** The inverse of {@link toCorners}. */
export function fromCorners(corners: Tensor, format: BoundingBoxFormat, size: Size): Tensor {
  const [ux, uy] = unit(format, size);
  const [x0, y0, x1, y1] = columns(corners).map((v, i) => v.divide(i % 2 === 0 ? ux : uy)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const [w, h] = [x1.subtract(x0), y1.subtract(y0)];
  const [x, y] = [x0.add(w.divide(2)), y0.add(h.divide(2))];
  const parts: Record<string, readonly Tensor[]> = {
    xyxy: [x0, y0, x1, y1],
    yxyx: [y0, x0, y1, x1],
    xywh: [x0, y0, w, h],
    center_xywh: [x, y, w, h],
    center_yxhw: [y, x, h, w],
  };
  return ops.concatenate(parts[plain(format)] as readonly Tensor[], -1);
}

/** The boxes round the corners of boxes, each moved by a function of x and y, `(batch, n)`. */
export function movedCorners(boxes: Tensor, move: (x: Tensor, y: Tensor) => readonly [Tensor, Tensor]): Tensor {
  const [x0, y0, x1, y1] = columns(boxes).map((v) => ops.squeeze(v, -1)) as [Tensor, Tensor, Tensor, Tensor];
  const points = [move(x0, y0), move(x1, y0), move(x0, y1), move(x1, y1)];
  const xs = ops.stack(points.map(([x]) => x), -1); // biome-ignore format: one row
  const ys = ops.stack(points.map(([, y]) => y), -1); // biome-ignore format: one row
  return ops.stack([xs.min(-1), ys.min(-1), xs.max(-1), ys.max(-1)], -1);
}

/** A rectangle of an image that becomes a whole image. */
export interface View {
  readonly top: number | Tensor;
  readonly left: number | Tensor;
  readonly height: number;
  readonly width: number;
}

/** Boxes as seen in a view of another size. */
export function seenIn(boxes: Tensor, { top, left, height, width }: View, to: Size): Tensor {
  const [x0, y0, x1, y1] = columns(boxes);
  const x = (v: Tensor): Tensor => v.subtract(left).multiply(to[1] / width);
  const y = (v: Tensor): Tensor => v.subtract(top).multiply(to[0] / height);
  return ops.concatenate([x(x0), y(y0), x(x1), y(y1)], -1);
}

/** Boxes with their classes. */
export interface BoundingBoxes {
  readonly boxes: Tensor;
  readonly labels: Tensor;
}

/** @throws InvalidTypeError unless a value holds boxes and labels; ValueError for boxes that are no boxes. */
export function checkBoxes(value: unknown, single: boolean, who: string): BoundingBoxes {
  if (!isDict(value) || value.boxes === undefined || value.labels === undefined) {
    throw new InvalidTypeError(
      `${who}: expected \`bounding_boxes\` to be a dict of boxes and labels, got ${describe(value)}.`,
    );
  }
  const { boxes, labels } = value as unknown as BoundingBoxes;
  if (boxes.ndim !== (single ? 2 : 3) || boxes.shape.at(-1) !== 4) {
    throw new ValueError(
      `${who}: expected boxes of shape ${single ? "(n, 4)" : "(batch, n, 4)"}, got ${formatShape(boxes.shape)}.`,
    );
  }
  return { boxes, labels };
}

/** Boxes inside of an image; what has no area left, or had none, becomes -1, and so does its label. */
export function clipped(before: Tensor, after: Tensor, labels: Tensor, [height, width]: Size): BoundingBoxes {
  const [x0, y0, x1, y1] = columns(after);
  const boxes = ops.concatenate([x0.clip(0, width), y0.clip(0, height), x1.clip(0, width), y1.clip(0, height)], -1);
  const filled = (all: Tensor): Tensor => {
    const [left, top, right, bottom] = columns(all);
    return right.greater(left).logicalAnd(bottom.greater(top));
  };
  const valid = filled(before).logicalAnd(filled(boxes));
  return { boxes: ops.where(valid, boxes, -1), labels: ops.where(ops.squeeze(valid, -1), labels, -1) };
}
