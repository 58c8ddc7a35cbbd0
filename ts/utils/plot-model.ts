import { NotImplementedError } from "../errors.js";

/**
 * Draws a model as a picture. Not there yet: it arrives with files and pictures.
 *
 * @throws NotImplementedError always.
 */
export async function plotModel(_model: unknown, _toFile = "model.png", _options: object = {}): Promise<void> {
  throw new NotImplementedError(
    "plotModel is not there yet: it arrives with files and pictures. Until then, model.summary() prints the layers.",
  );
}
