import { InvalidTypeError, isStumble, KeroseneError } from "../errors.js";
import { describeShapes, isShape, type ShapeStructure } from "./call-arguments.js";

/** What errors say of a layer. */
interface Named {
  readonly name: string;
  readonly className: string;
}

const inLayer = "\nin layer ";

/** Runs something of a layer; errors in it learn which layer it was, and on which shapes it was called or built. */
export function named<T>(layer: Named, verb: string, shapes: () => readonly unknown[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof KeroseneError && !error.message.includes(inLayer)) {
      const on = shapes().map((shape) => describeShapes((shape ?? null) as ShapeStructure | null));
      error.addContext(`${inLayer}"${layer.name}" (${layer.className}), ${verb} ${on.join(", ")}`);
    }
    if (isStumble(error) && !shapes().every((shape) => isShape(shape) && shape.length > 0)) {
      const on = shapes().map((shape) => describeShapes((shape ?? null) as ShapeStructure | null));
      throw new InvalidTypeError(
        `Layer "${layer.name}" (${layer.className}): it cannot be ${verb} ${on.join(", ")}. Expected one tensor, not a list or dict of them.`,
        { cause: error },
      );
    }
    throw error;
  }
}
