import { fileURLToPath } from "node:url";
import { NotImplementedError, ValueError } from "../errors.js";
import type { Model } from "../models/model.js";
import { writeWhole } from "../saving/write-whole.js";
import { OPSET, writeOnnx } from "./onnx.js";

/** Options of `model.export`. */
export interface ExportOptions {
  /** `"onnx"`. Keras's default, `"tf_saved_model"`, and its other formats are programs of TensorFlow or other libraries and cannot be written here. */
  format: string;
  /** The version of ONNX's operators: 18. */
  opsetVersion?: number | null;
  /** Whether a message tells where the file is. Default `true`. */
  verbose?: boolean | null;
}

/**
 * Writes what a functional or Sequential model computes when it predicts as a file that other runtimes run. It is never there in part.
 *
 * @throws NotImplementedError for another format, a model without known inputs, and listing all ops that ONNX does not have.
 * Source: `keras.Model.export`.
 */
export async function exportModel(model: Model, path: string | URL, options: ExportOptions): Promise<void> {
  const where = path instanceof URL ? fileURLToPath(path) : path;
  const { format = "tf_saved_model", opsetVersion, verbose } = options ?? {};
  if (format !== "onnx") {
    throw new NotImplementedError(
      `export: the format "${format}" is not supported. Models are exported as ONNX: model.export("model.onnx", { format: "onnx" }); ` +
        "`model.save` writes what Keras loads and exports to other formats.",
    );
  }
  if (opsetVersion != null && opsetVersion !== OPSET) {
    throw new ValueError(`export: \`opsetVersion\` must be ${OPSET}. Received: ${opsetVersion}`);
  }
  if (model.inputs.length === 0) {
    throw new NotImplementedError(
      `export: model "${model.name}" does not know its inputs. Functional models and built Sequential models can be exported.`,
    );
  }
  await writeWhole(where, (part) => writeOnnx(model, part));
  if (verbose !== false) console.log(`Saved artifact at '${where}'.`);
}
