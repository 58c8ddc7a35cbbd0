import test from "ava";
import * as keras from "kerosene";

test("normalize divides by the norm along an axis", (t) => {
  t.deepEqual(
    keras.utils
      .normalize([
        [3, 4],
        [0, 0],
      ])
      .tolist()
      .map((row: number[]) => row.map((v) => Math.fround(v))),
    [
      [Math.fround(0.6), Math.fround(0.8)],
      [0, 0],
    ],
  );
  t.deepEqual(
    keras.utils
      .normalize(
        [
          [1, -3],
          [2, 1],
        ],
        0,
        Infinity,
      )
      .tolist(),
    [
      [0.5, -1],
      [1, Math.fround(1 / 3)],
    ],
  );
  t.deepEqual(keras.utils.normalize([1, -3], -1, 1).tolist(), [0.25, -0.75]);
  t.throws(() => keras.utils.normalize([1], -1, 0), { instanceOf: keras.errors.ValueError });
});

test("setRandomSeed starts everything random again", (t) => {
  const draw = (seed: number): unknown => {
    keras.utils.setRandomSeed(seed);
    return [keras.random.uniform([3]).tolist(), keras.random.uniform([3]).tolist()];
  };
  const [first, again, other] = [draw(812), draw(812), draw(813)];
  t.deepEqual(first, again);
  t.notDeepEqual(first, other);
  t.throws(() => keras.utils.setRandomSeed(-1), { instanceOf: keras.errors.ValueError });
  t.throws(() => keras.utils.setRandomSeed(Number.NaN), { instanceOf: keras.errors.ValueError });
});

test("clearSession starts automatic names again", (t) => {
  keras.utils.clearSession();
  const names = [1, 2].map(() => keras.layers.Dense(1).name);
  keras.utils.clearSession();
  t.deepEqual([...names, keras.layers.Dense(1).name], ["dense", "dense_1", "dense"]);
});
