import test from "ava";
import * as keras from "kerosene";
import { ops, type Tensor } from "kerosene";
import { randomIntegers } from "#kerosene/engine/seed.js";

/** A step of a program: what it makes of the tensors there are so far. */
type Step = (made: readonly Tensor[]) => Tensor;
type Shape = readonly number[];
type Below = (bound: number) => number;

const START: readonly Shape[] = [[3, 4], [4], [4, 3]];
const OPS = 40;

/** Smooth functions that neither blow up nor die when they are chained. */
const unary: readonly ((x: Tensor) => Tensor)[] = [
  (x) => x.tanh(),
  (x) => x.sin(),
  (x) => x.multiply(0.5).cos(),
  (x) => ops.sigmoid(x),
  (x) => ops.gelu(x).tanh(),
  (x) => x.square().add(1).sqrt().multiply(0.7),
  (x) => x.tanh().exp(),
  (x) => x.square().add(1.5).log(),
  (x) => ops.softplus(x).tanh(),
  (x) => x.negative(),
  (x) => ops.logSoftmax(x),
  (x) => ops.softmax(x).multiply(3),
  (x) => ops.elu(x).tanh(),
  (x) => ops.stopGradient(x.multiply(0)).add(x),
  (x) => ops.cumsum(x, -1).tanh(),
  (x) => ops.reciprocal(x.square().add(1)),
];

const binary: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => a.add(b).multiply(0.6),
  (a, b) => a.subtract(b),
  (a, b) => a.multiply(b).tanh(),
  (a, b) => a.divide(b.square().add(1)),
  (a, b) => ops.maximum(a, b),
  (a, b) => ops.minimum(a, b),
  (a, b) => ops.where(a.greater(b), a, b.multiply(2)).tanh(),
  (a, b) => ops.logaddexp(a, b).tanh(),
  (a, b) => a.square().add(1).power(b.tanh()).tanh(),
  (a, b) => ops.arctan2(a, b.square().add(0.5)),
];

const broadcasts = (a: Shape, b: Shape): boolean =>
  a.every(
    (d, i) =>
      i < a.length - b.length || d === b[i - a.length + b.length] || d === 1 || b[i - a.length + b.length] === 1,
  );

/** A random step on tensors of these shapes. */
function step(shapes: readonly Shape[], below: Below): Step {
  // New values are built on: the last ones are taken more often.
  const pick = (fits: (shape: Shape) => boolean = () => true): number => {
    const fitting = shapes.flatMap((shape, i) => (fits(shape) ? [i] : []));
    return fitting[Math.max(below(fitting.length), below(fitting.length))] ?? 0;
  };
  const i = pick();
  const shape = shapes[i] as Shape;
  const axis = below(Math.max(1, shape.length));
  switch (below(12)) {
    case 0:
    case 1:
    case 2: {
      const fn = unary[below(unary.length)] as (x: Tensor) => Tensor;
      return (made) => (shape.length === 0 ? made[i]!.tanh() : fn(made[i]!));
    }
    case 3:
    case 4:
    case 5: {
      const j = pick((other) => broadcasts(shape, other) && other.length <= shape.length);
      const fn = binary[below(binary.length)] as (a: Tensor, b: Tensor) => Tensor;
      const other = shapes[j] as Shape;
      return (made) =>
        broadcasts(shape, other) && other.length <= shape.length ? fn(made[i]!, made[j]!) : made[i]!.sin();
    }
    case 6: {
      const keepdims = below(2) === 1;
      const which = below(4);
      return (made) => {
        const x = made[i]!;
        if (shape.length === 0) return x.sin();
        if (which === 0) return x.mean(axis, { keepdims });
        if (which === 1) return x.sum(axis, { keepdims }).tanh();
        if (which === 2) return x.max(axis, { keepdims });
        return ops.logsumexp(x, axis, { keepdims }).tanh();
      };
    }
    case 7: {
      const j = pick((other) => other.length === 2 && other[0] === shape.at(-1));
      const other = shapes[j] as Shape;
      const fits = shape.length === 2 && other.length === 2 && other[0] === shape[1];
      return (made) => (fits ? made[i]!.matmul(made[j]!).tanh() : made[i]!.cos());
    }
    case 8:
      return (made) => (shape.length > 1 ? made[i]!.transpose() : made[i]!.reshape([-1, 1]));
    case 9:
      return (made) => made[i]!.reshape([-1]).multiply(0.9);
    case 10: {
      const length = shape[axis] ?? 0;
      const from = length > 1 ? below(length - 1) : 0;
      return (made) => {
        if (length < 2) return made[i]!.sin();
        const index: (string | number)[] = shape.map(() => ":");
        index[axis] = `${from}:`;
        return made[i]!.at(...index);
      };
    }
    default: {
      const turned = below(2) === 1;
      return (made) => {
        if (shape.length === 0) return made[i]!.sin();
        return turned ? ops.flip(made[i]!, axis) : ops.concatenate([made[i]!, made[i]!.multiply(0.3)], axis);
      };
    }
  }
}

/** A function of three tensors that gives a number, of up to 40 random ops, always the same for a seed. */
function program(seed: number): (...xs: Tensor[]) => Tensor {
  const below = randomIntegers(seed);
  const count = 10 + below(OPS - 9);
  const steps: Step[] = [];
  const made = START.map((shape) => keras.random.uniform(shape, { seed: 1, dtype: "float64" }));
  for (let n = 0; n < count; n++) {
    const next = step(
      made.map((x) => x.shape as number[]),
      below,
    );
    const y = next(made);
    // Chains of concatenations would grow without end.
    if ((y.size as number) > 64) continue;
    steps.push(next);
    made.push(y);
  }
  return (...xs) => {
    const all = [...xs];
    for (const next of steps) all.push(next(all));
    return all.slice(-5).reduce((sum, y) => sum.add(y.mean()), ops.zeros([], "float64"));
  };
}

/** The derivatives by central differences. */
function differences(fn: (...xs: Tensor[]) => Tensor, xs: readonly Tensor[]): number[][] {
  const h = 1e-5;
  return xs.map((x, k) => {
    const elements = x.dataSync() as Float64Array;
    const at = (i: number, by: number): number => {
      const moved = elements.slice();
      moved[i] = elements[i]! + by;
      return fn(...xs.with(k, keras.tensor(moved, { shape: x.shape }))).item();
    };
    return Array.from(elements, (_, i) => (at(i, h) - at(i, -h)) / (2 * h));
  });
}

const flat = (x: Tensor): number[] => Array.from(x.dataSync() as Float64Array);
const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(0, ...a.map((value, i) => Math.abs(value - b[i]!) / (1 + Math.abs(b[i]!))));

for (let seed = 1; seed <= 30; seed++) {
  test(`random program ${seed}: finite differences, the tape and the compiled function agree`, (t) => {
    const fn = program(seed);
    const xs = START.map((shape, k) =>
      keras.random.uniform(shape, { minval: -1, maxval: 1, seed: 100 * seed + k, dtype: "float64" }),
    );
    const both = keras.valueAndGrad(fn, { argnums: [0, 1, 2] });
    const [value, gradients] = both(...xs);
    const [compiledValue, compiledGradients] = keras.function(both)(...xs);
    const numeric = differences(fn, xs);
    t.true(apart([compiledValue.item()], [value.item()]) < 1e-12, `${compiledValue.item()} and ${value.item()}`);
    t.true(
      gradients.some((gradient) => flat(gradient).some((one) => one !== 0)),
      "something depends on the arguments",
    );
    for (const [k, gradient] of gradients.entries()) {
      t.true(apart(flat(compiledGradients[k]!), flat(gradient)) < 1e-11, `compiled ${k}`);
      t.true(apart(flat(gradient), numeric[k]!) < 1e-6, `${k}: ${apart(flat(gradient), numeric[k]!)}`);
    }
  });
}
