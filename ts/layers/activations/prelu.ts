import * as activations from "../../activations/index.js";
import type * as constraints from "../../constraints/index.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import type * as initializers from "../../initializers/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";
import { settingsConfig, settingsOf, takeSettings, type WeightSettings } from "../weight-settings.js";

/** Options of {@link PReLU}. */
export interface PReLUOptions extends LayerOptions {
  /** Default `"zeros"`. */
  alphaInitializer?: initializers.InitializerLike;
  alphaRegularizer?: regularizers.RegularizerLike | null;
  alphaConstraint?: constraints.ConstraintLike | null;
  /** Axes along which the slope is the same: `[1, 2]` for one slope a channel of images. Default: a slope for every place. */
  sharedAxes?: number | readonly number[] | null;
}

export interface PReLU extends WeightSettings<"alpha"> {}

/**
 * `x` where positive, `alpha · x` elsewhere, with slopes that are learned.
 *
 * Weights: alpha, in the shape of a sample with 1 at the shared axes. Source: `keras.layers.PReLU`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export class PReLU extends Layer {
  readonly sharedAxes: readonly number[] | null;
  #alpha: Variable | null = null;

  /** @throws ValueError for shared axes that are no integers from 1 on. */
  constructor(options: PReLUOptions = {}) {
    const [settings, { sharedAxes, ...base }] = takeSettings(options, { alpha: "zeros" });
    super(base);
    Object.assign(this, settings);
    const axes = typeof sharedAxes === "number" ? [sharedAxes] : (sharedAxes ?? null);
    if (axes !== null && (!Array.isArray(axes) || !axes.every((axis) => Number.isInteger(axis) && axis >= 1))) {
      throw new ValueError(
        `PReLU: expected \`sharedAxes\` to be axes from 1 on (0 is the batch). Received: sharedAxes=${describe(sharedAxes)}`,
      );
    }
    this.sharedAxes = axes === null ? null : [...axes];
    this.supportsMasking = true;
  }

  /** The slopes, `null` before the layer is built. */
  get alpha(): Variable | null {
    return this.#alpha;
  }

  override build(inputShape: Shape): void {
    const shared = this.sharedAxes ?? [];
    const beyond = shared.find((axis) => axis >= inputShape.length);
    if (beyond !== undefined) {
      throw new ValueError(`PReLU: the shared axis ${beyond} does not exist in inputs of rank ${inputShape.length}.`);
    }
    this.#alpha = this.addWeight({
      name: "alpha",
      shape: inputShape.slice(1).map((d, i) => (shared.includes(i + 1) ? 1 : d)),
      ...settingsOf(this, "alpha"),
    });
    const own = inputShape.map((d, axis) => [axis, d] as const).filter(([axis]) => axis > 0 && !shared.includes(axis));
    this.inputSpec = new InputSpec({
      ndim: inputShape.length,
      axes: shared.length === 0 ? {} : Object.fromEntries(own),
    });
  }

  override call(inputs: Tensor): Tensor {
    const below = activations.relu(inputs.negative());
    return activations.relu(inputs).subtract(below.multiply(this.#alpha!));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      ...settingsConfig(this, "alpha"),
      shared_axes: this.sharedAxes,
    };
  }
}
