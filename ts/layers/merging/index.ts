/** Layers that merge several inputs. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { Add as AddClass } from "./add.js";
import { Average as AverageClass } from "./average.js";
import { Concatenate as ConcatenateClass } from "./concatenate.js";
import { Maximum as MaximumClass } from "./maximum.js";
import { Minimum as MinimumClass } from "./minimum.js";
import { Multiply as MultiplyClass } from "./multiply.js";
import { Subtract as SubtractClass } from "./subtract.js";

export { add } from "./add.js";
export { average } from "./average.js";

import { Dot as DotClass } from "./dot.js";

export type { ConcatenateOptions } from "./concatenate.js";
export { concatenate } from "./concatenate.js";
export type { DotAxes, DotOptions } from "./dot.js";
export { dot } from "./dot.js";
export { maximum } from "./maximum.js";
export { minimum } from "./minimum.js";
export { multiply } from "./multiply.js";
export { subtract } from "./subtract.js";

export const Add = callable(AddClass);
export type Add = AddClass;
export const Average = callable(AverageClass);
export type Average = AverageClass;
export const Concatenate = callable(ConcatenateClass);
export type Concatenate = ConcatenateClass;
export const Maximum = callable(MaximumClass);
export type Maximum = MaximumClass;
export const Minimum = callable(MinimumClass);
export type Minimum = MinimumClass;
export const Multiply = callable(MultiplyClass);
export type Multiply = MultiplyClass;
export const Subtract = callable(SubtractClass);
export type Subtract = SubtractClass;
export const Dot = callable(DotClass);
export type Dot = DotClass;

registerModule("keras.layers", {
  Add: AddClass,
  Average: AverageClass,
  Concatenate: ConcatenateClass,
  Maximum: MaximumClass,
  Minimum: MinimumClass,
  Multiply: MultiplyClass,
  Subtract: SubtractClass,
  Dot: DotClass,
});
