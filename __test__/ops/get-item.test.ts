import test from "ava";
import * as keras from "kerosene";
import { trace } from "#kerosene/engine/trace.js";

const x = keras.ops.arange(24).reshape([2, 3, 4]);

/** Indices and what numpy gives for them on arange(24).reshape(2, 3, 4). */
const cases: [(number | string | null)[], unknown][] = [
  [[1, 2, 3], 23],
  [
    [-1, 0],
    [12, 13, 14, 15],
  ],
  [
    [":", -1, 0],
    [8, 20],
  ],
  [
    [0, "1:"],
    [
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ],
  ],
  [
    [0, 0, "1:3"],
    [1, 2],
  ],
  [
    [0, 0, "::2"],
    [0, 2],
  ],
  [
    [0, 0, "::-1"],
    [3, 2, 1, 0],
  ],
  [
    [0, 0, "3:0:-2"],
    [3, 1],
  ],
  [
    [0, 0, "-3:-1"],
    [1, 2],
  ],
  [[0, 0, "5:"], []],
  [
    [0, 0, "-100:100"],
    [0, 1, 2, 3],
  ],
  [[0, 0, "2:1"], []],
  [
    ["...", 0],
    [
      [0, 4, 8],
      [12, 16, 20],
    ],
  ],
  [
    [1, "...", "1"],
    [13, 17, 21],
  ],
  [[0, null, 0], [[0, 1, 2, 3]]],
  [[0, 0, "newaxis", "0:2"], [[0, 1]]],
  [
    [":", "0:1", "0:1"],
    [[[0]], [[12]]],
  ],
];

for (const [index, want] of cases) {
  test(`at(${index.map((i) => JSON.stringify(i)).join(", ")})`, (t) => {
    t.deepEqual(x.at(...index).tolist(), want);
    const made = trace([{ dtype: "int32", shape: [2, 3, 4] }], (y) => y.at(...index));
    t.deepEqual(made.result.shape, x.at(...index).shape);
    const out = new Int32Array(made.result.size as number);
    made.trace.compile([made.result]).runSync([x.dataSync()], [out]);
    t.deepEqual(keras.tensor(out, { shape: made.result.shape }).tolist(), want);
  });
}

test("unknown dimensions stay unknown", (t) => {
  const symbol = new keras.KerasTensor([null, 3, 4]);
  t.deepEqual(symbol.at(":", 1, "1:3").shape, [null, 2]);
  t.deepEqual(symbol.at("...", null).shape, [null, 3, 4, 1]);
  t.deepEqual(symbol.at(":", "::-1").shape, [null, 3, 4]);
  t.deepEqual(symbol.at("1:").shape, [null, 3, 4]);
  t.deepEqual(new keras.KerasTensor([null, null, 2]).at(":", -1).shape, [null, 2]);
});

for (const [index, message] of [
  [[2], /index 2 is out of range for axis 0 of shape \(2, 3, 4\)/],
  [[0, -4], /index -4 is out of range for axis 1/],
  [[0, 0, 0, 0], /4 indices.*3 dimensions/],
  [["...", "..."], /2 ellipses/],
  [["a:b"], /"a:b" is no slice/],
  [["::0"], /step/],
  [[1.5], /out of range/],
  [[{}], /expected an integer/],
] as const) {
  test(`at(${JSON.stringify(index)}) is refused`, (t) => {
    t.throws(() => x.at(...(index as unknown as never[])), { message });
  });
}

test("a view shares no writable memory", (t) => {
  const row = x.at(0);
  row.dataSync()[0] = 9;
  t.is(x.at(0, 0, 0).item(), 0);
});
