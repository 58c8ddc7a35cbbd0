/** Layers that turn raw numbers, categories and text into what a model can learn from. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { CategoryEncoding as CategoryEncodingClass } from "./category-encoding.js";
import { Discretization as DiscretizationClass } from "./discretization.js";
import { Cross, Feature, TFDConcat, TFDIdentity } from "./features.js";
import { HashedCrossing as HashedCrossingClass } from "./hashed-crossing.js";
import { Hashing as HashingClass } from "./hashing.js";
import { IntegerLookup as IntegerLookupClass } from "./integer-lookup.js";
import { Normalization as NormalizationClass } from "./normalization.js";
import { StringLookup as StringLookupClass } from "./string-lookup.js";
import { TextVectorization as TextVectorizationClass } from "./text-vectorization.js";

export type { AdaptOptions, Batches, StringData } from "./adapt.js";
export * from "./audio/index.js";
export type { CategoryEncodingOptions } from "./category-encoding.js";
export type { DiscretizationOptions } from "./discretization.js";
export type { HashedCrossingOptions } from "./hashed-crossing.js";
export type { HashingOptions } from "./hashing.js";
export * from "./image/index.js";
export type { IntegerLookupOptions } from "./integer-lookup.js";
export type { LookupOptions, VocabularyLike } from "./lookup-options.js";
export type { NormalizationOptions } from "./normalization.js";
export type { StringLookupOptions } from "./string-lookup.js";
export type { TextVectorizationOptions } from "./text-options.js";
export type { Token } from "./vocabulary.js";

export const CategoryEncoding = callable(CategoryEncodingClass);
export type CategoryEncoding = CategoryEncodingClass;
export const Discretization = callable(DiscretizationClass);
export type Discretization = DiscretizationClass;
export const HashedCrossing = callable(HashedCrossingClass);
export type HashedCrossing = HashedCrossingClass;
export const Hashing = callable(HashingClass);
export type Hashing = HashingClass;
export const IntegerLookup = callable(IntegerLookupClass);
export type IntegerLookup = IntegerLookupClass;
export const Normalization = callable(NormalizationClass);
export type Normalization = NormalizationClass;
export const StringLookup = callable(StringLookupClass);
export type StringLookup = StringLookupClass;
export const TextVectorization = callable(TextVectorizationClass);
export type TextVectorization = TextVectorizationClass;

registerModule("keras.src.layers.preprocessing.feature_space", { Feature, Cross, TFDIdentity, TFDConcat }, true);
registerModule("keras.layers", {
  CategoryEncoding: CategoryEncodingClass,
  Discretization: DiscretizationClass,
  HashedCrossing: HashedCrossingClass,
  Hashing: HashingClass,
  IntegerLookup: IntegerLookupClass,
  Normalization: NormalizationClass,
  StringLookup: StringLookupClass,
  TextVectorization: TextVectorizationClass,
});
