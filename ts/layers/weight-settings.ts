/** How the weights of a layer are made and kept: the options, fields and configs `kernelInitializer`, `kernelRegularizer`, `kernelConstraint`… */
import * as constraints from "../constraints/index.js";
import { camelToSnake } from "../engine/config.js";
import * as initializers from "../initializers/index.js";
import * as regularizers from "../regularizers/index.js";
import type { Config } from "../saving/serialization.js";

/** How a kernel is made and kept. */
export interface KernelOptions {
  /** Default `"glorot_uniform"`. */
  kernelInitializer?: initializers.InitializerLike;
  /** A penalty on the kernel, added to the loss. Default: none. */
  kernelRegularizer?: regularizers.RegularizerLike | null;
  /** Applied to the kernel after each update. Default: none. */
  kernelConstraint?: constraints.ConstraintLike | null;
}

/** How a bias is made and kept. */
export interface BiasOptions {
  /** Default `"zeros"`. */
  biasInitializer?: initializers.InitializerLike;
  /** A penalty on the bias, added to the loss. Default: none. */
  biasRegularizer?: regularizers.RegularizerLike | null;
  /** Applied to the bias after each update. Default: none. */
  biasConstraint?: constraints.ConstraintLike | null;
}

/** What the options become: for the prefix `"kernel"` the fields `kernelInitializer`, `kernelRegularizer` and `kernelConstraint`. */
export type WeightSettings<P extends string> = {
  readonly [K in `${P}Initializer`]: initializers.Initializer | initializers.InitializerFunction;
} & { readonly [K in `${P}Regularizer`]: ReturnType<typeof regularizers.get> } & {
  readonly [K in `${P}Constraint`]: ReturnType<typeof constraints.get>;
};

/**
 * Takes the settings of weights out of a layer's options.
 *
 * @param defaults The initializer of each weight, by the prefix of its options.
 * @returns The settings, which the layer assigns to itself, and the other options.
 * @throws ValueError for unknown names.
 */
export function takeSettings<O extends object, P extends string>(
  options: O,
  defaults: Readonly<Record<P, initializers.InitializerLike>>,
): [WeightSettings<P>, Omit<O, keyof WeightSettings<P>>] {
  const settings: Record<string, unknown> = {};
  const rest = { ...options } as Record<string, unknown>;
  const take = (name: string): never => {
    const value = rest[name];
    delete rest[name];
    return value as never;
  };
  for (const [prefix, initializer] of Object.entries<initializers.InitializerLike>(defaults)) {
    settings[`${prefix}Initializer`] = initializers.get(take(`${prefix}Initializer`) ?? initializer);
    settings[`${prefix}Regularizer`] = regularizers.get(take(`${prefix}Regularizer`));
    settings[`${prefix}Constraint`] = constraints.get(take(`${prefix}Constraint`));
  }
  return [settings as WeightSettings<P>, rest as Omit<O, keyof WeightSettings<P>>];
}

/** The settings of one weight, as `addWeight` takes them. */
export function settingsOf<P extends string>(layer: WeightSettings<P>, prefix: P): AddedSettings {
  const field = (part: string): never => (layer as Record<string, unknown>)[`${prefix}${part}`] as never;
  return { initializer: field("Initializer"), regularizer: field("Regularizer"), constraint: field("Constraint") };
}

interface AddedSettings {
  readonly initializer: initializers.Initializer | initializers.InitializerFunction;
  readonly regularizer: ReturnType<typeof regularizers.get>;
  readonly constraint: ReturnType<typeof constraints.get>;
}

/** The settings of some weights as a config. */
export function settingsConfig<P extends string>(layer: WeightSettings<P>, ...prefixes: readonly P[]): Config {
  const each = (part: string, serialize: (settings: AddedSettings) => unknown): Config =>
    Object.fromEntries(
      prefixes.map((prefix) => [`${camelToSnake(prefix)}_${part}`, serialize(settingsOf(layer, prefix))]),
    );
  return {
    ...each("initializer", ({ initializer }) => initializers.serialize(initializer)),
    ...each("regularizer", ({ regularizer }) => regularizers.serialize(regularizer)),
    ...each("constraint", ({ constraint }) => constraints.serialize(constraint)),
  };
}
