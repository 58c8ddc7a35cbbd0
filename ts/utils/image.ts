import { callable } from "../engine/callable.js";
import { Image as ImageClass } from "../images/image.js";

export const Image = callable(ImageClass);
export type Image = ImageClass;
