import test from "ava";
import { flatten, flattenWithPath, mapStructure, pack, sameStructure } from "#kerosene/engine/nest.js";

const nested = { b: [1, 2], a: { d: 3, c: 4 } };

test("dicts are walked by sorted key", (t) => {
  t.deepEqual(flatten<number>(nested), [4, 3, 1, 2]);
  t.deepEqual(flatten(5), [5]);
  t.deepEqual(
    flattenWithPath<number>(nested).map(({ path }) => path.join(".")),
    ["a.c", "a.d", "b.0", "b.1"],
  );
});

test("mapping and packing keep the structure", (t) => {
  t.deepEqual(
    mapStructure<number, number>(nested, (x) => -x),
    { a: { c: -4, d: -3 }, b: [-1, -2] },
  );
  t.deepEqual(pack(nested, ["w", "x", "y", "z"]), { a: { c: "w", d: "x" }, b: ["y", "z"] });
  t.throws(() => pack(nested, [1]), { name: "ValueError" });
  t.throws(() => pack([0], [1, 2]), { name: "ValueError" });
});

test("instances of classes are leaves", (t) => {
  const date = new Date();
  t.deepEqual(flatten<unknown>([date, null, undefined] as never), [date, null, undefined]);
});

test("structures are compared by their lists and keys", (t) => {
  t.true(sameStructure({ a: [1, 2] }, { a: [3, 4] }));
  t.false(sameStructure([1], 1));
  t.false(sameStructure({ a: 1 }, { b: 1 }));
  t.false(sameStructure([1], [1, 2]));
});
