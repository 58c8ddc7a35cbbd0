import { native } from "../native.js";
import type { DType } from "./dtype.js";

/** The dtype of what arithmetic on tensors of these dtypes gives. */
export function resultType(first: DType, ...others: DType[]): DType {
  const spec = (dtype: DType) => ({ dtype, shape: [] });
  return others.reduce((all, next) => {
    // the rule is the core's own: whatever `add` gives
    const [sum] = all === next ? [spec(all)] : native().infer("add", "{}", [spec(all), spec(next)]);
    return sum?.dtype as DType;
  }, first);
}
