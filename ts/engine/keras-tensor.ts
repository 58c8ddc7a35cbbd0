import { inspect } from "node:util";
import { InvalidTypeError } from "../errors.js";
import { Arithmetic } from "./arithmetic.js";
import { asDType, type DType } from "./dtype.js";
import { uniqueName } from "./names.js";
import type { Operation } from "./operation.js";
import { checkShape, formatShape, type Shape } from "./shape.js";

/** Where a symbolic tensor comes from: an operation, which of its calls, and which output of that call. */
export interface History {
  readonly operation: Operation;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/**
 * A symbolic tensor: the shape and dtype of what a model will compute, and where it comes from. `keras.Input` makes the first ones;
 * layers and ops called on them make the others.
 */
export class KerasTensor<S extends Shape = Shape> extends Arithmetic<KerasTensor> {
  readonly shape: S;
  readonly dtype: DType;
  readonly name: string;
  /** Set when a node of the layer graph produces this tensor. */
  history: History | null = null;
  /** Marks symbolic tensors for the type system: a Tensor is not one. */
  readonly isSymbolic = true as const;

  /**
   * @param shape Dimensions, `null` where unknown.
   * @param options.dtype Default `"float32"`.
   * @param options.name Default `keras_tensor`, `keras_tensor_1`, …
   */
  constructor(shape: S, options: { dtype?: string; name?: string } = {}) {
    super();
    this.shape = Object.freeze(checkShape(shape, "KerasTensor")) as unknown as S;
    this.dtype = asDType(options.dtype ?? "float32", "KerasTensor");
    this.name = options.name ?? uniqueName("keras_tensor");
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  override toString(): string {
    return `<KerasTensor shape=${formatShape(this.shape)}, dtype=${this.dtype}, sparse=False, ragged=False, name=${this.name}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new InvalidTypeError(
      `A KerasTensor is symbolic and has no value (${this}). It can be passed to layers and to ops.*; JavaScript's operators do not work on it.`,
    );
  }
}

/** Whether a value is a symbolic tensor. */
export function isKerasTensor(value: unknown): value is KerasTensor {
  return value instanceof KerasTensor;
}
