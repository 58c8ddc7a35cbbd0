import { floatx } from "../../engine/config.js";
import { asDType, type DType } from "../../engine/dtype.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import { Node } from "../../engine/node.js";
import { checkShape, describe, formatShape, type Shape, sameShape } from "../../engine/shape.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer } from "../layer.js";

/** Options of {@link Input} and of {@link InputLayer}. */
export interface InputOptions<S extends Shape = Shape> {
  /** The shape of one sample, without the batch; `null` for dimensions that vary. */
  shape?: S;
  /** The number of samples in every batch. Default: any. */
  batchSize?: number | null;
  /** The shape with the batch, instead of `shape` and `batchSize`. */
  batchShape?: Shape;
  /** Default `"float32"`. */
  dtype?: string | null;
  /** Default `input_layer`, `input_layer_1`, … */
  name?: string | null;
  /** Whether `null` may be given for this input. Default `false`. */
  optional?: boolean;
  /** A symbolic tensor that is to be where data enters, instead of a new one: whatever it came from, models begin at it from here on. */
  tensor?: KerasTensor | null;
  /** Not supported. */
  sparse?: boolean | null;
  /** Not supported. */
  ragged?: boolean | null;
}

/** Options of {@link InputLayer}. */
export interface InputLayerOptions extends InputOptions {
  /** As `tensor` of {@link Input}. */
  inputTensor?: KerasTensor | null;
}

/** Where data enters a model. Made by {@link Input}; it computes nothing. */
export class InputLayer extends Layer {
  readonly #dtype: DType;
  readonly batchShape: Shape;
  readonly optional: boolean;

  /** @throws ValueError without a shape, with both `shape` and `batchShape`, or with a tensor that is another. */
  constructor(options: InputLayerOptions = {}) {
    super({ name: options.name });
    const { shape, batchSize, batchShape, dtype } = options;
    const given = options.inputTensor ?? options.tensor ?? null;
    if (given !== null) checkGiven(given, options);
    if (shape != null && batchShape != null)
      throw new ValueError("You cannot pass both `shape` and `batchShape` at the same time.");
    if (batchSize != null && batchShape != null) {
      throw new ValueError("You cannot pass both `batchSize` and `batchShape` at the same time.");
    }
    if (options.sparse === true || options.ragged === true) {
      throw new NotImplementedError("Input: sparse and ragged tensors are not supported.");
    }
    if (shape == null && batchShape == null && given === null)
      throw new ValueError("You must pass a `shape` argument, such as Input({ shape: [784] }).");
    const whole = given?.shape ?? batchShape ?? [batchSize ?? null, ...checkShape(shape, "Input")];
    this.batchShape = Object.freeze(checkShape(whole, "Input"));
    this.#dtype = given?.dtype ?? asDType(dtype ?? floatx(), "Input");
    this.optional = options.optional ?? false;
    const tensor = given ?? new KerasTensor(this.batchShape, { dtype: this.#dtype, name: options.name ?? undefined });
    new Node(this, [], {}, tensor);
    this.built = true;
  }

  override get dtype(): DType {
    return this.#dtype;
  }

  /** Nothing: what its tensor holds is given from outside. */
  override call(): never {
    return null as never;
  }

  override getConfig(): Config {
    return {
      batch_shape: [...this.batchShape],
      dtype: this.#dtype,
      sparse: false,
      ragged: false,
      name: this.name,
      optional: this.optional,
    };
  }
}

/** @throws ValueError unless it is a symbolic tensor, and as the other options say. */
function checkGiven(tensor: unknown, { shape, batchSize, batchShape, dtype }: InputLayerOptions): void {
  if (!(tensor instanceof KerasTensor)) {
    throw new ValueError(`Input: \`tensor\` must be a KerasTensor. Received: ${describe(tensor)}`);
  }
  const says = (name: string, value: unknown, fits: boolean): void => {
    if (value == null || fits) return;
    throw new ValueError(
      `Input: with a \`tensor\` of shape ${formatShape(tensor.shape)} and dtype ${tensor.dtype}, ` +
        `\`${name}\` must say the same or be left out. Received: ${name}=${describe(value)}`,
    );
  };
  says("shape", shape, shape != null && sameShape(shape, tensor.shape.slice(1)));
  says("batchSize", batchSize, batchSize === tensor.shape[0]);
  says("batchShape", batchShape, batchShape != null && sameShape(batchShape, tensor.shape));
  says("dtype", dtype, dtype === tensor.dtype);
}

/** A shape with the batch in front. */
type Batched<S extends Shape> = readonly [null, ...S];

/**
 * A symbolic tensor where data enters a model.
 *
 * @param shape The shape of one sample (`Input([784])`), or options (`Input({ shape: [784], name: "img" })`).
 * @throws ValueError without a shape, for dimensions that are no integers, with both `shape` and `batchShape`, or with a tensor that is another.
 * Source: `keras.Input`.
 */
export function Input<const S extends Shape>(
  shape: S,
  options?: Omit<InputOptions, "shape" | "batchShape">,
): KerasTensor<Batched<S>>;
export function Input(options: InputOptions): KerasTensor;
export function Input(first: Shape | InputOptions, options: InputOptions = {}): KerasTensor {
  const layer = new InputLayer(Array.isArray(first) ? { ...options, shape: first as Shape } : (first as InputOptions));
  return layer.inboundNodes[0]!.outputTensors[0]!;
}
