import type * as constraints from "../../constraints/index.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { checkPositive, tuple, type Window } from "./arguments.js";
import { Convolution, type ConvolutionOptions, KernelSettings } from "./base.js";

/** Options of {@link Conv1DTranspose}, {@link Conv2DTranspose} and {@link Conv3DTranspose}. */
export interface ConvTransposeOptions extends ConvolutionOptions {
  /**
   * Elements added at the end of each axis, fewer than the stride. Default `null`: with `same` padding as many as make
   * `n · stride`, with `valid` as many as make `(n - 1) · stride + max(kernelSize, stride)`.
   */
  outputPadding?: Window | null;
  /** Default `"glorot_uniform"`. */
  kernelInitializer?: initializers.InitializerLike;
  kernelRegularizer?: regularizers.RegularizerLike | null;
  kernelConstraint?: constraints.ConstraintLike | null;
}

/** What transposed convolutions in one, two and three dimensions share. */
export abstract class BaseConvTranspose extends Convolution {
  static override readonly positional: readonly string[] = ["filters", "kernelSize"];

  readonly filters: number;
  readonly outputPadding: readonly number[] | null;
  readonly kernelSettings: KernelSettings;
  #kernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(rank: number, filters: number, kernelSize: Window, options: ConvTransposeOptions) {
    const { outputPadding, kernelInitializer, kernelRegularizer, kernelConstraint, ...base } = options;
    super(rank, kernelSize, base);
    this.filters = checkPositive(filters, "filters");
    this.outputPadding = outputPadding == null ? null : tuple(outputPadding, rank, "output_padding", true);
    this.outputPadding?.forEach((padding, i) => {
      if (padding < this.strides[i]!) return;
      throw new ValueError(
        `\`output_padding\` must be strictly less than \`strides\` for all dimensions. At dimension ${i}, ` +
          `\`output_padding\` is ${padding} but \`strides\` is ${this.strides[i]}. Received: ` +
          `output_padding=${formatShape(this.outputPadding!)}, strides=${formatShape(this.strides)}`,
      );
    });
    this.checkStridesAndDilation();
    this.kernelSettings = new KernelSettings({
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
      constraint: kernelConstraint,
    });
  }

  /** The kernel, `null` before the layer is built. */
  get kernel(): Variable | null {
    return this.#kernel;
  }

  override build(inputShape: Shape): void {
    const shape = [...this.kernelSize, this.filters, this.channelsOf(inputShape)];
    this.#kernel = this.addKernel("kernel", shape, this.kernelSettings);
    this.addBias(this.filters);
  }

  override call(inputs: Tensor): Tensor {
    const { padding, outputPadding } = this;
    return this.finish(ops.convTranspose(inputs, this.#kernel!, { ...this.windows, padding, outputPadding }));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      output_padding: this.outputPadding,
      ...this.kernelSettings.config("kernel"),
    };
  }
}
