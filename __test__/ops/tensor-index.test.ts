import test from "ava";
import * as keras from "kerosene";
import { ops, type Tensor } from "kerosene";

const x = ops.arange(24).reshape([2, 3, 4]);
const i = keras.tensor([2, 0, -1]);
const m = keras.tensor([
  [true, false, true],
  [false, true, false],
]);

// What numpy gives for np.arange(24).reshape(2, 3, 4).
const cases: [string, (x: Tensor) => Tensor, unknown][] = [
  [
    "x[:, i]",
    (x) => x.at(":", i),
    [
      [
        [8, 9, 10, 11],
        [0, 1, 2, 3],
        [8, 9, 10, 11],
      ],
      [
        [20, 21, 22, 23],
        [12, 13, 14, 15],
        [20, 21, 22, 23],
      ],
    ],
  ],
  [
    "x[0, i]",
    (x) => x.at(0, i),
    [
      [8, 9, 10, 11],
      [0, 1, 2, 3],
      [8, 9, 10, 11],
    ],
  ],
  [
    "x[..., [1, 3]]",
    (x) => x.at("...", [1, 3]),
    [
      [
        [1, 3],
        [5, 7],
        [9, 11],
      ],
      [
        [13, 15],
        [17, 19],
        [21, 23],
      ],
    ],
  ],
  ["x[x % 5 == 0]", (x) => x.at(x.mod(5).equal(0)), [0, 5, 10, 15, 20]],
  [
    "x[:, [True, False, True]]",
    (x) => x.at(":", [true, false, true]),
    [
      [
        [0, 1, 2, 3],
        [8, 9, 10, 11],
      ],
      [
        [12, 13, 14, 15],
        [20, 21, 22, 23],
      ],
    ],
  ],
  [
    "x[m]",
    (x) => x.at(m),
    [
      [0, 1, 2, 3],
      [8, 9, 10, 11],
      [16, 17, 18, 19],
    ],
  ],
  [
    "x[m, 1:3]",
    (x) => x.at(m, "1:3"),
    [
      [1, 2],
      [9, 10],
      [17, 18],
    ],
  ],
  [
    "x[:, i, None, ::2]",
    (x) => x.at(":", i, null, "::2"),
    [
      [[[8, 10]], [[0, 2]], [[8, 10]]],
      [[[20, 22]], [[12, 14]], [[20, 22]]],
    ],
  ],
  ["x[None, :, [0], 1]", (x) => x.at(null, ":", [0], 1), [[[1], [13]]]],
];

for (const [name, take, want] of cases) {
  test(`${name} as in numpy`, (t) => {
    t.deepEqual(take(x).tolist(), want);
  });
}

test("empty ones", (t) => {
  t.deepEqual(x.at([], 0).shape, [0, 4]);
  t.deepEqual(x.at(x.less(0)).shape, [0]);
});

test("places may be traced, masks need values", (t) => {
  const take = keras.function((x: Tensor, i: Tensor) => x.at(":", i));
  t.deepEqual(take(x, i).tolist(), x.at(":", i).tolist());
  t.throws(() => keras.function((x: Tensor) => x.at(x.greater(3)))(x), {
    name: "NotImplementedError",
    message: /depends on the data/,
  });
  t.deepEqual(keras.Input({ shape: [3, 4] }).at(":", [0, 2]).shape, [null, 2, 4]);
});

test("gradients go through", (t) => {
  const v = new keras.Variable([1, 2, 3, 4], { dtype: "float32" });
  const tape = new keras.GradientTape();
  const y = tape.record(() =>
    v
      .at([0, 0, 2])
      .sum()
      .add(v.at(v.greater(2.5)).square().sum()),
  );
  t.deepEqual(tape.gradient(y, v)?.tolist(), [2, 0, 7, 8]);
});

for (const [index, message] of [
  [[[3]], /index 3 is out of range for axis 0 of shape \(2, 3, 4\)/],
  [[[-3]], /index -3 is out of range/],
  [[[0.5]], /of integers or booleans, got float32/],
  [[[true, false, true]], /mask of shape \(3,\) does not fit the axes \(2,\)/],
  [[[0], [1]], /one of the indices can be a tensor/],
  [[0, ":", [1]], /Index twice/],
] as const) {
  test(`at(${JSON.stringify(index)}) is refused`, (t) => {
    t.throws(() => x.at(...(index as unknown as never[])), { message });
  });
}
