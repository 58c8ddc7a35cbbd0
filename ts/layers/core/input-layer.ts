import { floatx } from "../../engine/config.js";
import { asDType, type DType } from "../../engine/dtype.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import { Node } from "../../engine/node.js";
import { checkShape, type Shape } from "../../engine/shape.js";
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
  /** Not supported. */
  sparse?: boolean | null;
  /** Not supported. */
  ragged?: boolean | null;
}

/** Where data enters a model. Made by {@link Input}; it computes nothing. */
export class InputLayer extends Layer {
  readonly #dtype: DType;
  readonly batchShape: Shape;
  readonly optional: boolean;

  /** @throws ValueError without a shape, or with both `shape` and `batchShape`. */
  constructor(options: InputOptions = {}) {
    super({ name: options.name });
    const { shape, batchSize, batchShape, dtype } = options;
    if (shape != null && batchShape != null)
      throw new ValueError("You cannot pass both `shape` and `batchShape` at the same time.");
    if (batchSize != null && batchShape != null) {
      throw new ValueError("You cannot pass both `batchSize` and `batchShape` at the same time.");
    }
    if (options.sparse === true || options.ragged === true) {
      throw new NotImplementedError("Input: sparse and ragged tensors are not supported.");
    }
    if (shape == null && batchShape == null)
      throw new ValueError("You must pass a `shape` argument, such as Input({ shape: [784] }).");
    const checked = checkShape(batchShape ?? [batchSize ?? null, ...checkShape(shape, "Input")], "Input");
    this.#dtype = asDType(dtype ?? floatx(), "Input");
    this.batchShape = Object.freeze(checked);
    this.optional = options.optional ?? false;
    const tensor = new KerasTensor(this.batchShape, { dtype: this.#dtype, name: options.name ?? undefined });
    new Node(this, [], {}, tensor);
    this.markBuilt(null);
  }

  override get dtype(): DType {
    return this.#dtype;
  }

  override call(): null {
    return null;
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

/** A shape with the batch in front. */
type Batched<S extends Shape> = readonly [null, ...S];

/**
 * A symbolic tensor where data enters a model.
 *
 * @param shape The shape of one sample (`Input([784])`), or options (`Input({ shape: [784], name: "img" })`).
 * @throws ValueError without a shape, for dimensions that are no integers, or with both `shape` and `batchShape`.
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
