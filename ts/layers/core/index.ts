/** The layers everything is made of. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { Dense as DenseClass } from "./dense.js";
import { EinsumDense as EinsumDenseClass } from "./einsum-dense.js";
import { Embedding as EmbeddingClass } from "./embedding.js";
import {
  FlaxLayer as FlaxLayerClass,
  JaxLayer as JaxLayerClass,
  TFSMLayer as TFSMLayerClass,
  TorchModuleWrapper as TorchModuleWrapperClass,
} from "./foreign.js";
import { Identity as IdentityClass } from "./identity.js";
import { InputLayer as InputLayerClass } from "./input-layer.js";
import { Lambda as LambdaClass } from "./lambda.js";
import { Masking as MaskingClass } from "./masking.js";
import { ReversibleEmbedding as ReversibleEmbeddingClass } from "./reversible-embedding.js";
import { Wrapper as WrapperClass } from "./wrapper.js";

export type { DenseOptions } from "./dense.js";
export type { EinsumDenseOptions } from "./einsum-dense.js";
export type { EmbeddingOptions } from "./embedding.js";
export type { InputLayerOptions, InputOptions } from "./input-layer.js";
export { Input } from "./input-layer.js";
export type { LambdaFunction, LambdaOptions } from "./lambda.js";
export type { MaskingOptions } from "./masking.js";
export type { ReversibleEmbeddingOptions } from "./reversible-embedding.js";

export const Dense = callable(DenseClass);
export type Dense = DenseClass;
export const EinsumDense = callable(EinsumDenseClass);
export type EinsumDense = EinsumDenseClass;
export const Embedding = callable(EmbeddingClass);
export type Embedding = EmbeddingClass;
export const Identity = callable(IdentityClass);
export type Identity = IdentityClass;
export const InputLayer = callable(InputLayerClass);
export type InputLayer = InputLayerClass;
export const Wrapper = callable(WrapperClass);
export type Wrapper = WrapperClass;
export const Masking = callable(MaskingClass);
export type Masking = MaskingClass;
export const FlaxLayer = callable(FlaxLayerClass);
export type FlaxLayer = FlaxLayerClass;
export const JaxLayer = callable(JaxLayerClass);
export type JaxLayer = JaxLayerClass;
export const TFSMLayer = callable(TFSMLayerClass);
export type TFSMLayer = TFSMLayerClass;
export const TorchModuleWrapper = callable(TorchModuleWrapperClass);
export type TorchModuleWrapper = TorchModuleWrapperClass;
export const Lambda = callable(LambdaClass);
export type Lambda = LambdaClass;
export const ReversibleEmbedding = callable(ReversibleEmbeddingClass);
export type ReversibleEmbedding = ReversibleEmbeddingClass;

registerModule("keras.layers", {
  Dense: DenseClass,
  EinsumDense: EinsumDenseClass,
  Embedding: EmbeddingClass,
  Identity: IdentityClass,
  InputLayer: InputLayerClass,
  Wrapper: WrapperClass,
  Masking: MaskingClass,
  FlaxLayer: FlaxLayerClass,
  JaxLayer: JaxLayerClass,
  TFSMLayer: TFSMLayerClass,
  TorchModuleWrapper: TorchModuleWrapperClass,
  Lambda: LambdaClass,
  ReversibleEmbedding: ReversibleEmbeddingClass,
});
