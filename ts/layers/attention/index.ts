/** Layers that look at some places more than at others. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { AdditiveAttention as AdditiveAttentionClass } from "./additive-attention.js";
import { Attention as AttentionClass } from "./attention.js";

export type { AdditiveAttentionOptions } from "./additive-attention.js";
export type { AttentionCall, AttentionOptions } from "./attention.js";

export const AdditiveAttention = callable(AdditiveAttentionClass);
export type AdditiveAttention = AdditiveAttentionClass;
export const Attention = callable(AttentionClass);
export type Attention = AttentionClass;

registerModule("keras.layers", {
  AdditiveAttention: AdditiveAttentionClass,
  Attention: AttentionClass,
});
