/** The layers everything is made of. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { Dense as DenseClass } from "./dense.js";
import { EinsumDense as EinsumDenseClass } from "./einsum-dense.js";
import { Embedding as EmbeddingClass } from "./embedding.js";
import { Identity as IdentityClass } from "./identity.js";
import { InputLayer as InputLayerClass } from "./input-layer.js";
import { Masking as MaskingClass } from "./masking.js";
import { Wrapper as WrapperClass } from "./wrapper.js";

export type { DenseOptions } from "./dense.js";
export type { EinsumDenseOptions } from "./einsum-dense.js";
export type { EmbeddingOptions } from "./embedding.js";
export type { InputOptions } from "./input-layer.js";
export { Input } from "./input-layer.js";
export type { MaskingOptions } from "./masking.js";

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

registerModule("keras.layers", {
  Dense: DenseClass,
  EinsumDense: EinsumDenseClass,
  Embedding: EmbeddingClass,
  Identity: IdentityClass,
  InputLayer: InputLayerClass,
  Wrapper: WrapperClass,
  Masking: MaskingClass,
});
