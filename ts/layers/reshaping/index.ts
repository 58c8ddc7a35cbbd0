/** Layers that change shapes. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { Flatten as FlattenClass } from "./flatten.js";
import { Reshape as ReshapeClass } from "./reshape.js";

export type { DataFormat, FlattenOptions } from "./flatten.js";

export const Flatten = callable(FlattenClass);
export type Flatten = FlattenClass;
export const Reshape = callable(ReshapeClass);
export type Reshape = ReshapeClass;

registerModule("keras.layers", {
  Flatten: FlattenClass,
  Reshape: ReshapeClass,
});
