/** Layers that look at some places more than at others. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { AdditiveAttention as AdditiveAttentionClass } from "./additive-attention.js";
import { Attention as AttentionClass } from "./attention.js";
import { GroupedQueryAttention as GroupQueryAttentionClass } from "./grouped-query-attention.js";
import { MultiHeadAttention as MultiHeadAttentionClass } from "./multi-head-attention.js";

export type { AdditiveAttentionOptions } from "./additive-attention.js";
export type { AttentionCall, AttentionOptions } from "./attention.js";
export type { GroupedQueryAttentionOptions as GroupQueryAttentionOptions } from "./grouped-query-attention.js";
export type { MultiHeadAttentionOptions } from "./multi-head-attention.js";
export type { ProjectedAttentionCall } from "./projected.js";

export const AdditiveAttention = callable(AdditiveAttentionClass);
export type AdditiveAttention = AdditiveAttentionClass;
export const Attention = callable(AttentionClass);
export type Attention = AttentionClass;
export const GroupQueryAttention = callable(GroupQueryAttentionClass);
export type GroupQueryAttention = GroupQueryAttentionClass;
export const MultiHeadAttention = callable(MultiHeadAttentionClass);
export type MultiHeadAttention = MultiHeadAttentionClass;

registerModule("keras.layers", {
  AdditiveAttention: AdditiveAttentionClass,
  Attention: AttentionClass,
  GroupQueryAttention: GroupQueryAttentionClass,
  MultiHeadAttention: MultiHeadAttentionClass,
});
