import { checkDataFormat } from "../engine/data-format.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { transpose } from "./movement.js";

/** One number for every spatial axis, or one for each. */
export type PerAxis = number | readonly number[];

/** @throws ValueError unless there is one integer of at least `least`, or one for each of `rank` axes. */
export function perAxis(who: string, option: string, value: PerAxis, rank: number, least = 1): number[] {
  const list = typeof value === "number" ? Array.from({ length: rank }, () => value) : [...value];
  if (list.length === rank && list.every((n) => Number.isInteger(n) && n >= least)) return list;
  throw new ValueError(
    `${who}: expected \`${option}\` to be an integer of at least ${least}, or a list of ${rank}, got ${describe(value)}.`,
  );
}

/** Whether the channels stand before the spatial axes. @throws ValueError for a data format that is none. */
export function isChannelsFirst(who: string, dataFormat: string | null | undefined): boolean {
  return checkDataFormat(dataFormat, who) === "channels_first";
}

/** The number of spatial axes. @throws ValueError unless there are one to three between batch and channels. */
export function spatialRank(who: string, x: Tensor): number {
  if (x.ndim >= 3 && x.ndim <= 5) return x.ndim - 2;
  throw new ValueError(
    `${who}: expected a tensor of batch, one to three spatial axes and channels, got shape ${formatShape(x.shape)}.`,
  );
}

/** What a function of channels-last tensors computes of a tensor in either format. */
export function channelsLast(x: Tensor, first: boolean, compute: (x: Tensor) => Tensor): Tensor {
  if (!first) return compute(x);
  const spatial = Array.from({ length: x.ndim - 2 }, (_, i) => i);
  const y = compute(transpose(x, [0, ...spatial.map((i) => i + 2), 1]));
  return transpose(y, [0, x.ndim - 1, ...spatial.map((i) => i + 1)]);
}
