import type * as constraints from "../../constraints/index.js";
import { describe, formatShape, normalizeAxis, type Shape } from "../../engine/shape.js";
import type { Variable } from "../../engine/variable.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import type * as initializers from "../../initializers/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { settingsConfig, settingsOf, takeSettings, type WeightSettings } from "../weight-settings.js";

/** What the layers that normalise and then scale and shift take. */
export interface AffineOptions extends LayerOptions {
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Whether β is added. Default `true`. */
  center?: boolean;
  /** Whether γ multiplies. Default `true`. */
  scale?: boolean;
  /** Default `"zeros"`. */
  betaInitializer?: initializers.InitializerLike;
  /** Default `"ones"`. */
  gammaInitializer?: initializers.InitializerLike;
  betaRegularizer?: regularizers.RegularizerLike | null;
  gammaRegularizer?: regularizers.RegularizerLike | null;
  betaConstraint?: constraints.ConstraintLike | null;
  gammaConstraint?: constraints.ConstraintLike | null;
}

export interface AffineNormalization extends WeightSettings<"beta" | "gamma"> {}

/** A layer with the weights γ and β, each of which may be left out. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class AffineNormalization extends Layer {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  #gamma: Variable | null = null;
  #beta: Variable | null = null;

  constructor(options: AffineOptions) {
    const [settings, rest] = takeSettings(options, { beta: "zeros", gamma: "ones" });
    const { epsilon, center, scale, ...base } = rest;
    super(base);
    Object.assign(this, settings);
    this.supportsMasking = true;
    this.epsilon = checkEpsilon(epsilon ?? 1e-3, this.className);
    this.center = center ?? true;
    this.scale = scale ?? true;
  }

  /** What multiplies, `null` before the layer is built or without `scale`. */
  get gamma(): Variable | null {
    return this.#gamma;
  }
  /** What is added, `null` before the layer is built or without `center`. */
  get beta(): Variable | null {
    return this.#beta;
  }

  /** Makes γ and β, in this order. */
  protected addAffine(shape: Shape, { scale = this.scale, center = this.center } = {}): void {
    if (scale) {
      this.#gamma = this.addWeight({
        name: "gamma",
        shape,
        ...settingsOf(this, "gamma"),
        autocast: false,
      });
    }
    if (center) {
      this.#beta = this.addWeight({
        name: "beta",
        shape,
        ...settingsOf(this, "beta"),
        autocast: false,
      });
    }
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...settingsConfig(this, "beta", "gamma"),
    };
  }
}

/** @throws ValueError unless it is a number of at least 0. */
export function checkEpsilon(epsilon: unknown, className: string): number {
  if (typeof epsilon === "number" && epsilon >= 0) return epsilon;
  throw new ValueError(
    `${className}: \`epsilon\` must be a number of at least 0. Received: epsilon=${describe(epsilon)}`,
  );
}

/** @throws InvalidTypeError unless it is an integer or a list of integers. */
export function checkAxes(axis: unknown, className: string): number | number[] {
  const isAxis = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);
  if (isAxis(axis)) return axis;
  if (Array.isArray(axis) && axis.length > 0 && axis.every(isAxis)) return [...axis];
  throw new InvalidTypeError(
    `${className}: expected an integer or a list of integers for the argument \`axis\`, but received: ${describe(axis)}`,
  );
}

/** The dimensions of an input at some axes. @throws ValueError for an axis beyond its rank, or one of unknown length. */
export function dimensionsAt(input: Shape, axes: readonly number[], layer: Layer): number[] {
  const who = `Layer "${layer.name}" (${layer.className})`;
  return axes.map((axis) => {
    const dimension = input[normalizeAxis(axis, input.length, who)];
    if (typeof dimension === "number") return dimension;
    throw new ValueError(
      `${who}: axis ${axis} of the input must have a known length. Received: inputShape=${formatShape(input)}`,
    );
  });
}
