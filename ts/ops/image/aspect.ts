/** A rectangle of an image; with a negative top or left and more than the image, an image with a border. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The largest rectangle in the middle of an image with the aspect ratio of a size. */
export function aspectCrop(
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Rectangle {
  const cropHeight = Math.max(Math.min(rows, Math.trunc((columns * height) / width)), 1);
  const cropWidth = Math.max(Math.min(columns, Math.trunc((rows * width) / height)), 1);
  const [top, left] = [Math.trunc((rows - cropHeight) / 2), Math.trunc((columns - cropWidth) / 2)];
  return { top, left, height: cropHeight, width: cropWidth };
}

/** The image with the border that gives it the aspect ratio of a size. As Keras: in one of the two directions only. */
export function aspectPad(
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Rectangle {
  const top = Math.trunc((Math.max(rows, Math.trunc((columns * height) / width)) - rows) / 2);
  const some = Math.trunc((Math.max(columns, Math.trunc((rows * width) / height)) - columns) / 2);
  const left = top > 0 ? 0 : some;
  return { top: 0 - top, left: 0 - left, height: rows + 2 * top, width: columns + 2 * left };
}
