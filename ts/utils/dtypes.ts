import { floatx } from "../engine/config.js";
import { asDType, type DType, isFloat, isInteger } from "../engine/dtype.js";
import { resultType as combined } from "../engine/result-type.js";

/**
 * The dtype a name stands for: itself, `floatx()` for nothing, int32 for `"int"`, float32 for `"float"`.
 *
 * @throws InvalidTypeError for an unknown name. Source: `keras.backend.standardize_dtype`.
 */
export function standardizeDtype(dtype?: string | null): DType {
  return dtype == null ? floatx() : asDType(dtype, "standardizeDtype");
}

/** Whether this is one of the floating types. @throws InvalidTypeError for an unknown name. */
export function isFloatDtype(dtype: string): boolean {
  return isFloat(standardizeDtype(dtype));
}

/** Whether this is one of the integer types, signed or not; bool is none. @throws InvalidTypeError for an unknown name. */
export function isIntDtype(dtype: string): boolean {
  return isInteger(standardizeDtype(dtype));
}

/**
 * The dtype of what arithmetic on tensors of these dtypes gives.
 *
 * @example keras.backend.resultType("int32", "float32") // "float32"
 * @returns `floatx()` where none is given.
 * @throws InvalidTypeError for an unknown name. Source: `keras.backend.result_type`.
 */
export function resultType(...dtypes: (string | null)[]): DType {
  const [first = floatx(), ...others] = dtypes.map(standardizeDtype);
  return combined(first, ...others);
}
