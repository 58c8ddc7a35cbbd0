import { ValueError } from "../errors.js";
import { type ImageDataFormat, imageDataFormat } from "./config.js";
import { describe } from "./shape.js";

/** Where the channels are: after the spatial axes, or before them. `null`, where it is allowed, means `keras.config.imageDataFormat()`. */
export type DataFormat = ImageDataFormat;

/** @throws ValueError unless it is one of the two formats; nothing means the configured one. */
export function checkDataFormat(format: unknown, who: string): DataFormat {
  const chosen = format ?? imageDataFormat();
  if (chosen === "channels_last" || chosen === "channels_first") return chosen;
  throw new ValueError(
    `${who}: the \`dataFormat\` argument must be one of "channels_first", "channels_last". Received: dataFormat=${describe(chosen)}`,
  );
}
