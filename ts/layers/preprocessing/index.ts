/** Layers that turn raw numbers, categories and text into what a model can learn from. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { CategoryEncoding as CategoryEncodingClass } from "./category-encoding.js";
import { Discretization as DiscretizationClass } from "./discretization.js";
import { Normalization as NormalizationClass } from "./normalization.js";

export type { AdaptOptions, Batches } from "./adapt.js";
export type { CategoryEncodingOptions } from "./category-encoding.js";
export type { DiscretizationOptions } from "./discretization.js";
export type { NormalizationOptions } from "./normalization.js";

export const CategoryEncoding = callable(CategoryEncodingClass);
export type CategoryEncoding = CategoryEncodingClass;
export const Discretization = callable(DiscretizationClass);
export type Discretization = DiscretizationClass;
export const Normalization = callable(NormalizationClass);
export type Normalization = NormalizationClass;

registerModule("keras.layers", {
  CategoryEncoding: CategoryEncodingClass,
  Discretization: DiscretizationClass,
  Normalization: NormalizationClass,
});
