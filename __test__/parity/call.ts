import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { snakeToCamel } from "#kerosene/engine/config.js";
import type { Source } from "./source.js";

export type AnyFunction = (...args: unknown[]) => unknown;
export type Parameters = readonly { name: string }[];

/** Keras's parameters of the ops of images, which `api.json` does not list. */
const ofImages: Record<string, string> = {
  affine_transform: "images transform interpolation fill_mode fill_value data_format",
  crop_images:
    "images top_cropping left_cropping bottom_cropping right_cropping target_height target_width data_format",
  elastic_transform: "images alpha sigma interpolation fill_mode fill_value seed data_format",
  extract_patches: "images size strides dilation_rate padding data_format",
  extract_patches_3d: "volumes size strides dilation_rate padding data_format",
  gaussian_blur: "images kernel_size sigma data_format",
  hsv_to_rgb: "images data_format",
  map_coordinates: "inputs coordinates order fill_mode fill_value",
  pad_images: "images top_padding left_padding bottom_padding right_padding target_height target_width data_format",
  perspective_transform: "images start_points end_points interpolation fill_value data_format",
  resize:
    "images size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format",
  rgb_to_grayscale: "images data_format",
  rgb_to_hsv: "images data_format",
  scale_and_translate: "images output_shape scale translation spatial_dims method antialias",
  sobel_edges: "images data_format",
  ssim: "image1 image2 max_val filter_size filter_sigma k1 k2 data_format",
};

/**
 * Keras's parameters of the functions of a module, in order: they say which name an argument by position has. From `api.json` in the folder
 * of the cases, else from the one beside the checkout.
 */
export function signatures(source: Source, module: "ops" | "activations" = "ops"): Record<string, Parameters> {
  const beside = join(import.meta.dirname, "..", "..", "..", "..", "shared", "golden", "api.json");
  const api: Record<string, Record<string, { parameters?: Parameters }> | undefined> = source.has("api.json")
    ? source.json("api.json")
    : existsSync(beside)
      ? JSON.parse(readFileSync(beside, "utf8"))
      : {};
  const images = Object.entries(ofImages).map(([name, text]) => [
    `image.${name}`,
    text.split(" ").map((parameter) => ({ name: parameter })),
  ]);
  const others = Object.entries(api[module] ?? {}).map(([name, { parameters }]) => [name, parameters ?? []]);
  return Object.fromEntries([...images, ...others]);
}

/**
 * The names of what stands by position in a function of ours, as its text has them. They are the first of Keras's, in Keras's order; the
 * others are in the options object at the end.
 */
export function positional(fn: AnyFunction): string[] {
  const text = fn.toString();
  const names: string[] = [];
  let [depth, name] = [0, ""];
  for (const c of text.slice(text.indexOf("("))) {
    if (")]}".includes(c) && --depth === 0) break;
    if (c === "," && depth === 1) {
      names.push(name);
      name = "";
    } else if (depth > 0) name += c;
    if ("([{".includes(c)) depth++;
  }
  const clean = [...names, name].map((one) => one.replace(/=[\s\S]*/, "").trim()).filter((one) => one !== "");
  const end = clean.findIndex((one) => one === "options" || /^[{.]/.test(one));
  return end < 0 ? clean : clean.slice(0, end);
}

/**
 * Arguments of a call in Python as those of a function of ours.
 *
 * @param given By position. @param named By Keras's names; it is emptied.
 */
export function inPlace(
  fn: AnyFunction,
  parameters: Parameters,
  given: readonly unknown[],
  named: Record<string, unknown>,
): unknown[] {
  const call: unknown[] = [];
  if (parameters.length === 0 || parameters.some(({ name }) => /^\*[^*]/.test(name))) call.push(...given);
  else for (const [i, value] of given.entries()) named[parameters[i]?.name ?? i] = value;
  const stand = parameters.slice(0, positional(fn).length);
  const places = call.length > 0 ? [] : stand.filter(({ name }) => !name.startsWith("*"));
  for (const [i, { name }] of places.entries()) {
    if (!(name in named)) continue;
    call[i] = named[name];
    delete named[name];
  }
  // Names that the caller makes up, such as those of axes, are nobody's to respell.
  const free = !parameters.some(({ name }) => name.startsWith("**"));
  const known = new Set(parameters.map(({ name }) => name));
  const ours = (name: string): string => (free || known.has(name) ? snakeToCamel(name) : name);
  const options = Object.fromEntries(Object.entries(named).map(([name, value]) => [ours(name), value]));
  if (Object.keys(options).length > 0) call[Math.max(call.length, places.length)] = options;
  return call;
}
