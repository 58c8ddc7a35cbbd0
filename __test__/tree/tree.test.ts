import test from "ava";
import * as keras from "kerosene";

const { tree } = keras;
const { ValueError } = keras.errors;

test("flatten walks lists in order and dicts by sorted key", (t) => {
  // keras.tree.flatten([[1, 2, 3], [4, [5], [[6]]]]) and so on
  const cases: [unknown, unknown[]][] = [
    [
      [
        [1, 2, 3],
        [4, [5], [[6]]],
      ],
      [1, 2, 3, 4, 5, 6],
    ],
    [null, [null]],
    [1, [1]],
    [{ b: 1, a: { d: 2, c: [3, null] } }, [3, null, 2, 1]],
    [[], []],
    [{}, []],
    [[{}, [], 1], [1]],
  ];
  for (const [structure, leaves] of cases) t.deepEqual(tree.flatten(structure as never), leaves);
  const tensor = keras.ops.ones([2]);
  t.deepEqual(tree.flatten({ x: tensor, y: new Float32Array(2) }), [tensor, new Float32Array(2)] as never);
});

test("flattenWithPath", (t) => {
  t.deepEqual(tree.flattenWithPath([{ foo: 42 }] as never), [[[0, "foo"], 42]] as never);
  t.deepEqual(tree.flattenWithPath(3), [[[], 3]]);
});

test("isNested", (t) => {
  t.deepEqual([42, { foo: 42 }, [], {}, null, "ab", new Map(), keras.ops.ones([2])].map(tree.isNested), [
    false,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("mapStructure", (t) => {
  t.deepEqual(
    tree.mapStructure((v: number) => v ** 2, [[1], [2], { a: 3 }]),
    [[1], [4], { a: 9 }],
  );
  t.deepEqual(
    tree.mapStructure((x: number, y: number) => x * y, [[1], { b: 2, a: 3 }], [[10], { a: 20, b: 30 }]),
    [[10], { a: 60, b: 60 }],
  );
  t.deepEqual(
    tree.mapStructure((v: unknown) => String(v), [null, 1], { noneIsLeaf: false }),
    [null, "1"],
  );
  t.deepEqual(
    tree.mapStructure((v: unknown) => String(v), [null, 1]),
    ["null", "1"],
  );
  for (const [a, b] of [
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [[1], { 0: 1 }],
    [1, [1]],
  ]) {
    t.throws(() => tree.mapStructure((x: unknown) => x, a, b), { instanceOf: ValueError });
  }
  t.throws(() => tree.mapStructure((x: unknown) => x), { instanceOf: ValueError });
  t.throws(() => tree.mapStructure(3 as never, [1]), { instanceOf: keras.errors.TypeError });
});

test("mapStructureUpTo stops at the shallow structure's leaves", (t) => {
  const length = (part: unknown[]) => part.length;
  t.deepEqual(tree.mapStructureUpTo([null, null], length, [[1, 1], [2]]), [2, 1]);
  t.deepEqual(tree.mapStructureUpTo({ a: 0, b: [0, 0] }, JSON.stringify, { b: [2, [2]], a: [1, 1] }), {
    a: "[1,1]",
    b: ["2", "[2]"],
  });
  t.throws(() => tree.mapStructureUpTo([null, [null]], length, [[1], 2]), { instanceOf: ValueError });
  t.throws(() => tree.mapStructureUpTo([null, null], length, [[1]]), { instanceOf: ValueError });
});

test("packSequenceAs is the way back from flatten", (t) => {
  const structure = { key3: { c: ["alpha", "beta"], a: "gamma" }, key1: { e: "val1", d: "val2" } };
  t.deepEqual(tree.packSequenceAs(structure, ["val2", "val1", 3, 1, 2]), {
    key1: { d: "val2", e: "val1" },
    key3: { a: 3, c: [1, 2] },
  });
  t.is(tree.packSequenceAs("atom", [5]), 5);
  t.throws(() => tree.packSequenceAs([0, 0], [1]), { message: /2 leaves.*1 elements/, instanceOf: ValueError });
  t.throws(() => tree.packSequenceAs([0], [1, 2]), { instanceOf: ValueError });
  t.throws(() => tree.packSequenceAs([0], 3 as never), { instanceOf: keras.errors.TypeError });
});

test("the same structure, the same paths", (t) => {
  tree.assertSameStructure([{ a: 1, b: [2] }], [{ b: [3], a: null }]);
  tree.assertSamePaths([0, 1], [2, 3]);
  t.throws(() => tree.assertSameStructure([1, 2], [1, [2]]), { instanceOf: ValueError });
  t.throws(() => tree.assertSamePaths({ a: 1, b: 2 }, { a: 1, c: 2 }), {
    message: /Paths in `a` missing in `b`: \["b"\]\nPaths in `b` missing in `a`: \["c"\]/,
  });
});

test("traverse visits parents first or last", (t) => {
  const structure = [[1, 2], [3], { a: 4 }];
  const visited = (topDown: boolean) => {
    const seen: unknown[] = [];
    t.deepEqual(
      tree.traverse((part) => void seen.push(part), structure, topDown),
      structure,
    );
    return seen;
  };
  t.deepEqual(visited(true), [structure, [1, 2], 1, 2, [3], 3, { a: 4 }, 4]);
  t.deepEqual(visited(false), [1, 2, [1, 2], 3, [3], 4, { a: 4 }, structure]);
  t.deepEqual(
    tree.traverse((part) => (Array.isArray(part) && part.length === 2 ? "two" : undefined), structure),
    ["two", [3], { a: 4 }],
  );
  t.deepEqual(
    tree.traverse((part) => (part === 3 ? tree.MAP_TO_NONE : undefined), structure),
    [[1, 2], [null], { a: 4 }],
  );
  t.deepEqual(
    tree.traverse(
      (part) => (typeof part === "number" ? part * 2 : Array.isArray(part) ? part.length : undefined),
      structure,
      false,
    ),
    3,
  );
});

test("shapes and tuples", (t) => {
  t.deepEqual(
    tree.mapShapeStructure((shape: unknown[]) => shape.length, [[null, 3], { a: [1, 2, 3] }]),
    [2, { a: 3 }],
  );
  const frozen = tree.listsToTuples([[1], { a: [2] }]);
  t.deepEqual(frozen, [[1], { a: [2] }]);
  t.true(Object.isFrozen(frozen) && Object.isFrozen(frozen[0]) && Object.isFrozen(frozen[1].a));
});
