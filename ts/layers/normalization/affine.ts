import * as constraints from "../../constraints/index.js";
import { describe, formatShape, normalizeAxis, type Shape } from "../../engine/shape.js";
import type { Variable } from "../../engine/variable.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import * as initializers from "../../initializers/index.js";
import * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

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

/** A layer with the weights γ and β, each of which may be left out. */
export abstract class AffineNormalization extends Layer {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly gammaInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly betaRegularizer: ReturnType<typeof regularizers.get>;
  readonly gammaRegularizer: ReturnType<typeof regularizers.get>;
  readonly betaConstraint: ReturnType<typeof constraints.get>;
  readonly gammaConstraint: ReturnType<typeof constraints.get>;
  #gamma: Variable | null = null;
  #beta: Variable | null = null;

  constructor(options: AffineOptions) {
    const { epsilon, center, scale, betaInitializer, gammaInitializer, ...rest } = options;
    const { betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, ...base } = rest;
    super(base);
    this.supportsMasking = true;
    this.epsilon = checkEpsilon(epsilon ?? 1e-3, this.className);
    this.center = center ?? true;
    this.scale = scale ?? true;
    this.betaInitializer = initializers.get(betaInitializer ?? "zeros");
    this.gammaInitializer = initializers.get(gammaInitializer ?? "ones");
    this.betaRegularizer = regularizers.get(betaRegularizer);
    this.gammaRegularizer = regularizers.get(gammaRegularizer);
    this.betaConstraint = constraints.get(betaConstraint);
    this.gammaConstraint = constraints.get(gammaConstraint);
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
        initializer: this.gammaInitializer,
        regularizer: this.gammaRegularizer,
        constraint: this.gammaConstraint,
      });
    }
    if (center) {
      this.#beta = this.addWeight({
        name: "beta",
        shape,
        initializer: this.betaInitializer,
        regularizer: this.betaRegularizer,
        constraint: this.betaConstraint,
      });
    }
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      beta_initializer: initializers.serialize(this.betaInitializer),
      gamma_initializer: initializers.serialize(this.gammaInitializer),
      beta_regularizer: regularizers.serialize(this.betaRegularizer),
      gamma_regularizer: regularizers.serialize(this.gammaRegularizer),
      beta_constraint: constraints.serialize(this.betaConstraint),
      gamma_constraint: constraints.serialize(this.gammaConstraint),
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
