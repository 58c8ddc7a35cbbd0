import { inspect } from "node:util";
import test from "ava";
import * as keras from "kerosene";

// The texts are numpy's own for the same arrays.
test("tensors print as numpy prints them", (t) => {
  const text = (data: never, dtype?: string): string =>
    String(keras.tensor(data, dtype === undefined ? {} : { dtype }));
  t.is(
    text([
      [1, 2],
      [3, 40],
    ] as never),
    "[[ 1  2]\n [ 3 40]]",
  );
  t.is(text([1.5, 0.25, 3] as never), "[1.5  0.25 3.  ]");
  t.is(text(Float32Array.of(0.1, 0.2, -3) as never), "[ 0.1  0.2 -3. ]");
  t.is(text([1e-10, 1, 2.5] as never), "[1.0e-10 1.0e+00 2.5e+00]");
  t.is(text([1e-5, 1] as never, "float32"), "[1.e-05 1.e+00]");
  t.is(text([NaN, Infinity, -Infinity, 1] as never), "[ nan  inf -inf   1.]");
  t.is(text([true, false] as never), "[ True False]");
  t.is(text(3.5 as never), "3.5");
  t.is(text([] as never), "[]");
  t.is(
    text([
      [[1], [2]],
      [[3], [4]],
    ] as never),
    "[[[1]\n  [2]]\n\n [[3]\n  [4]]]",
  );
});

test("long axes lose their middle, long lines are broken", (t) => {
  const long = keras.ops.arange(2000).reshape([2, 1000]);
  t.is(String(long), "[[   0    1    2 ...  997  998  999]\n [1000 1001 1002 ... 1997 1998 1999]]");
  for (const line of String(keras.ops.arange(100)).split("\n")) t.true(line.length <= 75);
});

test("inspecting shows shape, dtype and elements", (t) => {
  t.is(inspect(keras.tensor([1, 2])), "<Tensor shape=(2,), dtype=int32>\n[1 2]");
  t.is(
    `${new keras.KerasTensor([null, 3], { name: "x" })}`,
    "<KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=x>",
  );
});

test("JavaScript's operators are refused", (t) => {
  t.throws(() => +(keras.tensor([1, 2]) as never), { message: /operators do not work/ });
  t.is(+(keras.tensor(2) as never), 2);
  t.throws(() => +(new keras.KerasTensor([1]) as never), { message: /symbolic/ });
});

test("a disposed tensor is refused with a clear error", (t) => {
  const x = keras.tensor([1]);
  x[Symbol.dispose]();
  t.throws(() => x.item(), { name: "StateError", message: /disposed/ });
  t.throws(() => x.add(1), { name: "StateError", message: /disposed/ });
});
