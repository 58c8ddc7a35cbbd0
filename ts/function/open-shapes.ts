import type { Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { KeroseneError } from "../errors.js";
import type { GeneralRecording, Recording } from "./recording.js";

/** What is known of calls that differ in the shapes of their tensors alone. */
interface Family {
  /** The dimensions that were the same in all calls; `null` for the others. */
  shapes: readonly Shape[];
  general: GeneralRecording | null;
  /** Whether recording with open dimensions failed. */
  failed: boolean;
}

/** Families kept; the oldest goes first. */
const LIMIT = 64;

/** Finds recordings for shapes that were not met before: from the second shape on one recording serves them all. */
export class OpenShapes {
  readonly #families = new Map<string, Family>();

  /** @param record Records the function with tensors of these shapes in the place of the given ones. */
  constructor(
    private readonly who: string,
    private readonly record: (
      args: readonly unknown[],
      tensors: readonly Tensor[],
      shapes: readonly Shape[],
    ) => GeneralRecording,
  ) {}

  /**
   * A recording for tensors of new shapes; `null` where the function must be recorded for just these.
   *
   * @param key Equal for calls that differ in the shapes of their tensors alone.
   */
  find(key: string, args: readonly unknown[], tensors: readonly Tensor[]): Recording | null {
    const shapes = tensors.map(({ shape }) => shape);
    const family = this.#families.get(key);
    if (family === undefined) {
      if (this.#families.size >= LIMIT) this.#families.delete(this.#families.keys().next().value as string);
      this.#families.set(key, { shapes, general: null, failed: false });
      return null;
    }
    if (family.failed) return null;
    if (family.general === null || !family.general.fits(shapes)) {
      family.shapes = family.shapes.map((shape, i) => shape.map((d, axis) => (d === shapes[i]?.[axis] ? d : null)));
      family.general = this.#generalize(family, args, tensors);
    }
    try {
      return family.general?.recordingFor(tensors) ?? null;
    } catch (error) {
      // Shapes that do not fit: recorded for just these, the function says so on the line where it is.
      if (error instanceof KeroseneError) return null;
      throw error;
    }
  }

  #generalize(family: Family, args: readonly unknown[], tensors: readonly Tensor[]): GeneralRecording | null {
    try {
      return this.record(args, tensors, family.shapes);
    } catch (error) {
      if (!(error instanceof KeroseneError)) throw error;
      family.failed = true;
      process.emitWarning(
        `${this.who}: \`reduceRetracing\` has no effect here, the function is recorded for each combination of shapes: with open dimensions ` +
          `it cannot be recorded. ${error.message}`,
      );
      return null;
    }
  }
}
