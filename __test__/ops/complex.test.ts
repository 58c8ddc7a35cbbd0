import test from "ava";
import { ops } from "kerosene";

test("complex tensors are refused with what to do instead", (t) => {
  const x = ops.ones([2, 2]);
  for (const fn of [ops.polar, ops.viewAsComplex, ops.viewAsReal] as ((...xs: unknown[]) => unknown)[])
    t.throws(() => fn(x, x), { name: "NotImplementedError", message: /complex dtypes are not supported\. .{20}/ });
});
