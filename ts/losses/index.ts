import { callable } from "../engine/callable.js";
import { BinaryCrossentropy as BinaryCrossentropyClass } from "./binary-crossentropy.js";
import { BinaryFocalCrossentropy as BinaryFocalCrossentropyClass } from "./binary-focal-crossentropy.js";
import { CategoricalCrossentropy as CategoricalCrossentropyClass } from "./categorical-crossentropy.js";
import { CategoricalFocalCrossentropy as CategoricalFocalCrossentropyClass } from "./categorical-focal-crossentropy.js";
import { CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropyClass } from "./categorical-generalized-cross-entropy.js";
import { CategoricalHinge as CategoricalHingeClass } from "./categorical-hinge.js";
import { Circle as CircleClass } from "./circle.js";
import { CosineSimilarity as CosineSimilarityClass } from "./cosine-similarity.js";
import { CTC as CTCClass } from "./ctc.js";
import { Dice as DiceClass } from "./dice.js";
import { Hinge as HingeClass } from "./hinge.js";
import { Huber as HuberClass } from "./huber.js";
import { KLDivergence as KLDivergenceClass } from "./kl-divergence.js";
import { LogCosh as LogCoshClass } from "./log-cosh.js";
import { MeanAbsoluteError as MeanAbsoluteErrorClass } from "./mean-absolute-error.js";
import { MeanAbsolutePercentageError as MeanAbsolutePercentageErrorClass } from "./mean-absolute-percentage-error.js";
import { MeanSquaredError as MeanSquaredErrorClass } from "./mean-squared-error.js";
import { MeanSquaredLogarithmicError as MeanSquaredLogarithmicErrorClass } from "./mean-squared-logarithmic-error.js";
import { Poisson as PoissonClass } from "./poisson.js";
import { SparseCategoricalCrossentropy as SparseCategoricalCrossentropyClass } from "./sparse-categorical-crossentropy.js";
import { SquaredHinge as SquaredHingeClass } from "./squared-hinge.js";
import { Tversky as TverskyClass } from "./tversky.js";

export { type BinaryCrossentropyOptions, binaryCrossentropy } from "./binary-crossentropy.js";
export { type BinaryFocalCrossentropyOptions, binaryFocalCrossentropy } from "./binary-focal-crossentropy.js";
export { type CategoricalCrossentropyOptions, categoricalCrossentropy } from "./categorical-crossentropy.js";
export {
  type CategoricalFocalCrossentropyOptions,
  categoricalFocalCrossentropy,
} from "./categorical-focal-crossentropy.js";
export {
  type CategoricalGeneralizedCrossEntropyOptions,
  categoricalGeneralizedCrossEntropy,
} from "./categorical-generalized-cross-entropy.js";
export { categoricalHinge } from "./categorical-hinge.js";
export { type CircleFunctionOptions, type CircleOptions, circle } from "./circle.js";
export { type CosineSimilarityOptions, cosineSimilarity } from "./cosine-similarity.js";
export { ctc } from "./ctc.js";
export { type DiceOptions, dice } from "./dice.js";
export { deserialize, get, type LossIdentifier, serialize } from "./get.js";
export { hinge } from "./hinge.js";
export { type HuberOptions, huber } from "./huber.js";
export { klDivergence } from "./kl-divergence.js";
export { logCosh } from "./log-cosh.js";
export { Loss, type LossOptions } from "./loss.js";
export type { LossFunction } from "./loss-function-wrapper.js";
export { meanAbsoluteError } from "./mean-absolute-error.js";
export { meanAbsolutePercentageError } from "./mean-absolute-percentage-error.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { meanSquaredLogarithmicError } from "./mean-squared-logarithmic-error.js";
export { poisson } from "./poisson.js";
export type { Reduction } from "./reduction.js";
export {
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "./sparse-categorical-crossentropy.js";
export { squaredHinge } from "./squared-hinge.js";
export { type TverskyOptions, tversky } from "./tversky.js";

export const BinaryCrossentropy = callable(BinaryCrossentropyClass);
export type BinaryCrossentropy = BinaryCrossentropyClass;
export const CategoricalCrossentropy = callable(CategoricalCrossentropyClass);
export type CategoricalCrossentropy = CategoricalCrossentropyClass;
export const CategoricalHinge = callable(CategoricalHingeClass);
export type CategoricalHinge = CategoricalHingeClass;
export const CosineSimilarity = callable(CosineSimilarityClass);
export type CosineSimilarity = CosineSimilarityClass;
export const Hinge = callable(HingeClass);
export type Hinge = HingeClass;
export const Huber = callable(HuberClass);
export type Huber = HuberClass;
export const KLDivergence = callable(KLDivergenceClass);
export type KLDivergence = KLDivergenceClass;
export const LogCosh = callable(LogCoshClass);
export type LogCosh = LogCoshClass;
export const MeanAbsoluteError = callable(MeanAbsoluteErrorClass);
export type MeanAbsoluteError = MeanAbsoluteErrorClass;
export const MeanAbsolutePercentageError = callable(MeanAbsolutePercentageErrorClass);
export type MeanAbsolutePercentageError = MeanAbsolutePercentageErrorClass;
export const MeanSquaredError = callable(MeanSquaredErrorClass);
export type MeanSquaredError = MeanSquaredErrorClass;
export const MeanSquaredLogarithmicError = callable(MeanSquaredLogarithmicErrorClass);
export type MeanSquaredLogarithmicError = MeanSquaredLogarithmicErrorClass;
export const Poisson = callable(PoissonClass);
export type Poisson = PoissonClass;
export const SparseCategoricalCrossentropy = callable(SparseCategoricalCrossentropyClass);
export type SparseCategoricalCrossentropy = SparseCategoricalCrossentropyClass;
export const SquaredHinge = callable(SquaredHingeClass);
export type SquaredHinge = SquaredHingeClass;
export const BinaryFocalCrossentropy = callable(BinaryFocalCrossentropyClass);
export type BinaryFocalCrossentropy = BinaryFocalCrossentropyClass;
export const CategoricalFocalCrossentropy = callable(CategoricalFocalCrossentropyClass);
export type CategoricalFocalCrossentropy = CategoricalFocalCrossentropyClass;
export const CategoricalGeneralizedCrossEntropy = callable(CategoricalGeneralizedCrossEntropyClass);
export type CategoricalGeneralizedCrossEntropy = CategoricalGeneralizedCrossEntropyClass;
export const Circle = callable(CircleClass);
export type Circle = CircleClass;
export const CTC = callable(CTCClass);
export type CTC = CTCClass;
export const Dice = callable(DiceClass);
export type Dice = DiceClass;
export const Tversky = callable(TverskyClass);
export type Tversky = TverskyClass;
