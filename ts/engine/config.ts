import { ValueError } from "../errors.js";
import type { DType } from "./dtype.js";

let floatType: DType = "float32";
let fuzz = 1e-7;

/** The dtype of weights and of data cast to floats; `"float32"` unless {@link setFloatx} changed it. */
export function floatx(): DType {
  return floatType;
}

/** Sets {@link floatx}. @throws ValueError unless it is float16, bfloat16, float32 or float64. */
export function setFloatx(value: string): void {
  if (value !== "float32" && value !== "float64" && value !== "float16" && value !== "bfloat16") {
    throw new ValueError(
      `setFloatx: unknown float dtype ${JSON.stringify(value)}. Expected one of float16, bfloat16, float32, float64.`,
    );
  }
  floatType = value;
}

/** The small number that keeps logarithms and divisions finite; 1e-7 unless {@link setEpsilon} changed it. */
export function epsilon(): number {
  return fuzz;
}

/** Sets {@link epsilon}. */
export function setEpsilon(value: number): void {
  fuzz = value;
}

/** Where images keep their channels: after height and width, or before them. */
export type ImageDataFormat = "channels_last" | "channels_first";

let channels: ImageDataFormat = "channels_last";

/** Where layers and functions without a `dataFormat` of their own expect the channels; `"channels_last"` unless {@link setImageDataFormat} changed it. */
export function imageDataFormat(): ImageDataFormat {
  return channels;
}

/** Sets {@link imageDataFormat}. Layers that exist keep theirs. @throws ValueError for anything but the two names. */
export function setImageDataFormat(dataFormat: string): void {
  if (dataFormat !== "channels_last" && dataFormat !== "channels_first") {
    throw new ValueError(
      `setImageDataFormat: unknown format ${JSON.stringify(dataFormat)}. Expected "channels_last" or "channels_first".`,
    );
  }
  channels = dataFormat;
}

/** Keys of Keras whose digits stand apart; camelCase drops the underscore (`beta1`), so the way back needs them by name. */
const apart = new Set(["beta_1", "beta_2", "epsilon_1", "epsilon_2", "beta_2_decay", "adam_beta_1", "adam_beta_2"]);
const apartByCamel = new Map([...apart].map((key) => [snakeToCamel(key), key]));

/** The option for a config key: `kernel_initializer` → `kernelInitializer`, `beta_1` → `beta1`. */
export function snakeToCamel(key: string): string {
  return key.replace(/(?<=[^_])_([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}

/** The config key for an option: `kernelInitializer` → `kernel_initializer`, `beta1` → `beta_1`. The inverse of {@link snakeToCamel}. */
export function camelToSnake(key: string): string {
  return apartByCamel.get(key) ?? key.replace(/(?<=.)[A-Z]/g, (c) => `_${c.toLowerCase()}`);
}

/** An options object from a config: the keys of the first level change their case, values stay. */
export function optionsFromConfig(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [snakeToCamel(key), value]));
}

/**
 * Arguments of a constructor from a config: the options that are positional, then the object of the others.
 *
 * @param positional Their names, in order.
 */
export function argumentsFromConfig(config: Record<string, unknown>, positional: readonly string[]): unknown[] {
  const options = optionsFromConfig(config);
  const first = positional.map((name) => {
    const value = options[name];
    delete options[name];
    return value;
  });
  return [...first, options];
}

/** A config from an options object: the keys of the first level change their case, values stay. */
export function configFromOptions(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camelToSnake(key), value]));
}

/** A class name in snake_case by Keras's rule: `Conv2D` → `conv2d`, `MaxPooling2D` → `max_pooling2d`, `LSTMCell` → `lstm_cell`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
