import { optionsFromConfig } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { flatten, isDict } from "../engine/nest.js";
import { checkShape, describe, formatShape, type Shape } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** What a layer expects of an input. */
export interface InputSpecOptions {
  /** Expected dtype. */
  dtype?: DType | null;
  /** Expected shape with the batch; `null` fits any dimension. */
  shape?: Shape | null;
  /** Expected rank. */
  ndim?: number | null;
  /** Highest rank. */
  maxNdim?: number | null;
  /** Lowest rank. */
  minNdim?: number | null;
  /** Dimensions expected at given axes, e.g. `{ "-1": 784 }`. */
  axes?: Readonly<Record<number, number | null>> | null;
  /** Whether a last dimension of 1 may be missing or too many. Default `false`. */
  allowLastAxisSqueeze?: boolean;
  /** Key of this input when data comes as a dict. */
  name?: string | null;
  /** Whether the input may be missing. Default `false`. */
  optional?: boolean;
}

/**
 * The rank, dtype and shape that a layer expects of an input; checked at every call.
 *
 * @throws ValueError when an axis lies beyond the rank. Source: `keras.layers.InputSpec`.
 */
export class InputSpec {
  readonly dtype: DType | null;
  readonly shape: Shape | null;
  readonly ndim: number | null;
  readonly maxNdim: number | null;
  readonly minNdim: number | null;
  readonly axes: ReadonlyMap<number, number | null>;
  readonly allowLastAxisSqueeze: boolean;
  readonly name: string | null;
  readonly optional: boolean;

  constructor(options: InputSpecOptions = {}) {
    this.dtype = options.dtype == null ? null : asDType(options.dtype, "InputSpec");
    this.shape = options.shape == null ? null : checkShape(options.shape, "InputSpec");
    this.ndim = this.shape?.length ?? options.ndim ?? null;
    this.maxNdim = options.maxNdim ?? null;
    this.minNdim = options.minNdim ?? null;
    this.name = options.name ?? null;
    this.optional = options.optional ?? false;
    this.allowLastAxisSqueeze = options.allowLastAxisSqueeze ?? false;
    const axes = Object.entries(options.axes ?? {}).map(([axis, size]) => [Number(axis), size] as const);
    if (axes.some(([axis]) => !Number.isInteger(axis))) {
      throw new InvalidTypeError(
        `Argument \`axes\` must be a dict with integer keys. Received: axes=${JSON.stringify(options.axes)}`,
      );
    }
    this.axes = new Map(axes);
    const rank = this.ndim ?? this.maxNdim;
    const highest = Math.max(-1, ...this.axes.keys());
    if (rank !== null && highest > rank - 1) {
      throw new ValueError(`Axis ${highest} is greater than the maximum allowed value: ${rank - 1}`);
    }
  }

  /** The options it was made with, by Keras's names. */
  getConfig(): Record<string, unknown> {
    return {
      dtype: this.dtype,
      shape: this.shape === null ? null : [...this.shape],
      ndim: this.ndim,
      max_ndim: this.maxNdim,
      min_ndim: this.minNdim,
      axes: Object.fromEntries(this.axes),
      optional: this.optional,
    };
  }

  /** Makes a spec from what {@link getConfig} gave. */
  static fromConfig(config: Record<string, unknown>): InputSpec {
    return new InputSpec(optionsFromConfig(config) as InputSpecOptions);
  }

  toString(): string {
    const parts: string[] = [];
    if (this.dtype !== null) parts.push(`dtype=${this.dtype}`);
    if (this.shape !== null) parts.push(`shape=${formatShape(this.shape)}`);
    if (this.ndim !== null) parts.push(`ndim=${this.ndim}`);
    if (this.maxNdim !== null) parts.push(`max_ndim=${this.maxNdim}`);
    if (this.minNdim !== null) parts.push(`min_ndim=${this.minNdim}`);
    if (this.axes.size > 0) parts.push(`axes={${[...this.axes].map(([k, v]) => `${k}: ${v ?? "None"}`).join(", ")}}`);
    return `InputSpec(${parts.join(", ")})`;
  }
}

/** What the checks need of an input. */
interface TensorLike {
  readonly shape: Shape;
  readonly dtype: DType;
}

function isTensorLike(value: unknown): value is TensorLike {
  return value != null && Array.isArray((value as { shape?: unknown }).shape);
}

/**
 * Checks inputs against a layer's specs.
 *
 * @throws ValueError naming the layer, what was expected and what came.
 */
export function assertInputCompatibility(
  spec: InputSpec | readonly (InputSpec | null)[] | null,
  inputs: unknown,
  layerName: string,
): void {
  if (spec === null) return;
  const specs = spec instanceof InputSpec ? [spec] : spec;
  const values = inputsInOrder(specs, inputs);
  if (values.length !== specs.length) throw wrongCount(specs, values, layerName);
  specs.forEach((one, index) => {
    if (one !== null) checkOne(one, values[index], index, layerName);
  });
}

function inputsInOrder(specs: readonly (InputSpec | null)[], inputs: unknown): readonly unknown[] {
  const names = specs.map((spec) => spec?.name ?? null);
  if (isDict(inputs) && names.every((name) => name !== null)) {
    return names.map((name) => {
      if (!(name in inputs)) {
        throw new ValueError(
          `Missing data for input "${name}". You passed a data dictionary with keys ${quoteList(Object.keys(inputs))}. ` +
            `Expected the following keys: ${quoteList(names)}`,
        );
      }
      return inputs[name];
    });
  }
  return flatten(inputs as never);
}

function wrongCount(specs: readonly (InputSpec | null)[], values: readonly unknown[], layerName: string): ValueError {
  const names = specs.flatMap((spec) => (spec?.name == null ? [] : [spec.name]));
  if (names.length === specs.length && specs.length > 0) {
    return new ValueError(
      `Layer "${layerName}" expects ${specs.length} named input(s) with keys ${quoteList(names)}, but it received ` +
        `${values.length} input tensors. Pass inputs as a dict, e.g. layer({ ${names.map((name) => `${name}: ...`).join(", ")} }).`,
    );
  }
  return new ValueError(
    `Layer "${layerName}" expects ${specs.length} input(s), but it received ${values.length} input tensors. ` +
      `Inputs received: ${values.map(describe).join(", ")}`,
  );
}

function checkOne(spec: InputSpec, value: unknown, index: number, layerName: string): void {
  if (value == null && spec.optional) return;
  if (!isTensorLike(value)) {
    throw new ValueError(
      `Inputs to a layer should be tensors. Got ${describe(value)} as input for layer "${layerName}".`,
    );
  }
  const shape = value.shape;
  const rank = shape.length;
  const fail = (reason: string): never => {
    const named = spec.name === null ? "" : ` with name "${spec.name}"`;
    throw new ValueError(`Input ${index}${named} of layer "${layerName}" is incompatible with the layer: ${reason}`);
  };
  if (spec.ndim !== null && !spec.allowLastAxisSqueeze && rank !== spec.ndim) {
    fail(`expected ndim=${spec.ndim}, found ndim=${rank}. Full shape received: ${formatShape(shape)}`);
  }
  if (spec.maxNdim !== null && rank > spec.maxNdim) {
    fail(`expected max_ndim=${spec.maxNdim}, found ndim=${rank}. Full shape received: ${formatShape(shape)}`);
  }
  if (spec.minNdim !== null && rank < spec.minNdim) {
    fail(`expected min_ndim=${spec.minNdim}, found ndim=${rank}. Full shape received: ${formatShape(shape)}`);
  }
  if (spec.dtype !== null && spec.dtype !== value.dtype)
    fail(`expected dtype=${spec.dtype}, found dtype=${value.dtype}`);
  for (const [axis, expected] of spec.axes) {
    const actual = shape.at(axis) ?? null;
    if (expected !== null && actual !== null && actual !== expected) {
      fail(
        `expected axis ${axis} of input shape to have value ${expected}, but received input with shape ${formatShape(shape)}`,
      );
    }
  }
  if (spec.shape !== null && !fitsShape(spec, spec.shape, shape)) {
    fail(`expected shape=${formatShape(spec.shape)}, found shape=${formatShape(shape)}`);
  }
}

function fitsShape(spec: InputSpec, expected: Shape, actual: Shape): boolean {
  const squeeze = (shape: Shape): Shape =>
    spec.allowLastAxisSqueeze && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const [a, b] = [squeeze(expected), squeeze(actual)];
  return a.every((d, i) => d === null || i >= b.length || b[i] === null || d === b[i]);
}

function quoteList(names: readonly (string | null)[]): string {
  return `[${names.map((name) => `"${name}"`).join(", ")}]`;
}
