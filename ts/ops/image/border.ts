import { checkDataFormat } from "../../engine/data-format.js";
import type { Operand, Result } from "../../engine/operand.js";
import { formatShape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { unary } from "../composite.js";
import { pad, sliceAxis } from "../movement.js";
import { checkImages, type ImageOptions, sizeOfImages } from "./images.js";

/** A number of rows or columns, or nothing. */
type Count = number | null | undefined;

/** Options of {@link padImages}: of each direction, two of before, after and the size they lead to. */
export interface PadImagesOptions extends ImageOptions {
  topPadding?: number | null;
  leftPadding?: number | null;
  bottomPadding?: number | null;
  rightPadding?: number | null;
  targetHeight?: number | null;
  targetWidth?: number | null;
}

/** Options of {@link cropImages}: of each direction, two of before, after and the size they lead to. */
export interface CropImagesOptions extends ImageOptions {
  topCropping?: number | null;
  leftCropping?: number | null;
  bottomCropping?: number | null;
  rightCropping?: number | null;
  targetHeight?: number | null;
  targetWidth?: number | null;
}

/** @throws ValueError unless exactly two of three numbers are given, and they are whole and not negative. */
function checkTwo(who: string, values: Readonly<Record<string, Count>>): void {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  if (given.length !== 2) {
    throw new ValueError(
      `${who}: specify exactly two of ${Object.keys(values).join(", ")}; got ${given.map(([name]) => name).join(", ") || "none"}.`,
    );
  }
  for (const [name, value] of given) {
    if (!Number.isInteger(value) || (value as number) < 0) {
      throw new ValueError(`${who}: expected ${name} to be a non-negative integer, got ${String(value)}.`);
    }
  }
}

/** Where the numbers do not fit an image. */
function misfit(who: string, images: Tensor): ValueError {
  return new ValueError(
    `${who}: the sizes do not fit images of shape ${formatShape(images.shape)}; all parts must be >= 0.`,
  );
}

/** The positional arguments and the options after them as one options object. */
function named<O extends object>(names: readonly (keyof O)[], given: readonly (Count | O)[]): O {
  const options = given.find((part): part is O => typeof part === "object" && part !== null);
  const values = given.filter((part) => part !== options).map((value, i) => [names[i], value]);
  return { ...Object.fromEntries(values), ...options } as O;
}

/**
 * Images with rows and columns of zeros around them.
 *
 * @example ops.image.padImages(images, 2, 3, { targetHeight: 20, targetWidth: 30 })
 * @throws ValueError unless of top, bottom and height, and of left, right and width, exactly two are given.
 * Source: `keras.ops.image.pad_images`.
 */
export function padImages<X extends Operand>(
  images: X,
  ...given: [PadImagesOptions?] | [Count, PadImagesOptions?] | [Count, Count, PadImagesOptions?]
): Result<X> {
  const o = named<PadImagesOptions>(["topPadding", "leftPadding"], given);
  const format = checkDataFormat(o.dataFormat, "padImages");
  checkTwo("padImages", { topPadding: o.topPadding, bottomPadding: o.bottomPadding, targetHeight: o.targetHeight });
  checkTwo("padImages", { leftPadding: o.leftPadding, rightPadding: o.rightPadding, targetWidth: o.targetWidth });
  const compute = (x: Tensor): Tensor => {
    checkImages(x, "padImages");
    const [height, width] = sizeOfImages(x, format);
    const border = (length: number | null, before: Count, after: Count, target: Count): [number, number] => {
      if (before != null && after != null) return [before, after];
      // Nothing is run on unknown lengths: the padding stands for one that leads to the target.
      const rest = (target as number) - ((before ?? after) as number) - (length ?? (target as number));
      if (length !== null && rest < 0) throw misfit("padImages", x);
      return before != null ? [before, Math.max(rest, 0)] : [Math.max(rest, 0), after as number];
    };
    const rows = border(height, o.topPadding, o.bottomPadding, o.targetHeight);
    const columns = border(width, o.leftPadding, o.rightPadding, o.targetWidth);
    const pads = format === "channels_last" ? [rows, columns, [0, 0]] : [[0, 0], rows, columns];
    return pad(x, (x.ndim === 4 ? [[0, 0], ...pads] : pads) as [number, number][]);
  };
  const config = () => ({
    top_padding: o.topPadding ?? null,
    left_padding: o.leftPadding ?? null,
    bottom_padding: o.bottomPadding ?? null,
    right_padding: o.rightPadding ?? null,
    target_height: o.targetHeight ?? null,
    target_width: o.targetWidth ?? null,
    data_format: format,
  });
  return unary("PadImages", images, compute, config);
}

/**
 * A rectangle of each image.
 *
 * @example ops.image.cropImages(images, { topCropping: 1, leftCropping: 2, targetHeight: 3, targetWidth: 2 })
 * @throws ValueError unless of top, bottom and height, and of left, right and width, exactly two are given.
 * Source: `keras.ops.image.crop_images`.
 */
export function cropImages<X extends Operand>(
  images: X,
  ...given: [CropImagesOptions?] | [Count, CropImagesOptions?] | [Count, Count, CropImagesOptions?]
): Result<X> {
  const o = named<CropImagesOptions>(["topCropping", "leftCropping"], given);
  const format = checkDataFormat(o.dataFormat, "cropImages");
  checkTwo("cropImages", {
    topCropping: o.topCropping,
    bottomCropping: o.bottomCropping,
    targetHeight: o.targetHeight,
  });
  checkTwo("cropImages", { leftCropping: o.leftCropping, rightCropping: o.rightCropping, targetWidth: o.targetWidth });
  const compute = (x: Tensor): Tensor => {
    checkImages(x, "cropImages");
    const [height, width] = sizeOfImages(x, format);
    const cut = (
      t: Tensor,
      axis: number,
      length: number | null,
      before: Count,
      after: Count,
      target: Count,
    ): Tensor => {
      if (length === null) {
        if (target == null) {
          throw new ValueError(
            "cropImages: with an unknown height or width, give the target size and one of the sides.",
          );
        }
        return sliceAxis(t, axis, before ?? 0, target);
      }
      const start = before ?? length - (target as number) - (after as number);
      const size = target ?? length - start - (after as number);
      if (start < 0 || size < 0 || start + size > length) throw misfit("cropImages", x);
      return sliceAxis(t, axis, start, size);
    };
    const h = format === "channels_last" ? x.ndim - 3 : x.ndim - 2;
    const rows = cut(x, h, height, o.topCropping, o.bottomCropping, o.targetHeight);
    return cut(rows, h + 1, width, o.leftCropping, o.rightCropping, o.targetWidth);
  };
  const config = () => ({
    top_cropping: o.topCropping ?? null,
    left_cropping: o.leftCropping ?? null,
    bottom_cropping: o.bottomCropping ?? null,
    right_cropping: o.rightCropping ?? null,
    target_height: o.targetHeight ?? null,
    target_width: o.targetWidth ?? null,
    data_format: format,
  });
  return unary("CropImages", images, compute, config);
}
