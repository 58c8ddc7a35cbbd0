import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { resetNames } from "#kerosene/engine/names.js";

const ones = (shape: number[]): Tensor => ops.ones(shape);

class Linear extends layers.Layer {
  units: number;
  w!: keras.Variable;
  b!: keras.Variable;
  constructor({ units = 32, ...options }: { units?: number } & keras.LayerOptions = {}) {
    super(options);
    this.units = units;
  }
  override build(inputShape: keras.Shape) {
    this.w = this.addWeight({ shape: [inputShape.at(-1)!, this.units], initializer: "random_normal", name: "w" });
    this.b = this.addWeight({ shape: [this.units], initializer: "zeros", trainable: false, name: "b" });
  }
  override call(inputs: Tensor) {
    return ops.matmul(inputs, this.w).add(this.b);
  }
  override getConfig() {
    return { ...super.getConfig(), units: this.units };
  }
}

test("build runs once, at the first call, in the layer's scope", (t) => {
  const layer = new Linear({ units: 4, name: "lin" });
  t.deepEqual([layer.built, layer.path], [false, null]);
  layer(ones([2, 3]));
  layer(ones([5, 3]));
  t.true(layer.built);
  t.deepEqual(
    layer.weights.map(({ path }) => path),
    ["lin/w", "lin/b"],
  );
  t.deepEqual([layer.trainableWeights.length, layer.nonTrainableWeights.length, layer.countParams()], [1, 1, 16]);
});

test("build may be called by hand", (t) => {
  const layer = layers.Dense(4, { name: "d" });
  layer.build([null, 8]);
  t.true(layer.built);
  t.deepEqual(layer.getBuildConfig(), { input_shape: [null, 8] });
  t.is(layer.kernel!.path, "d/kernel");
});

test.serial("automatic names", (t) => {
  resetNames();
  t.deepEqual(
    [layers.Dense(1), layers.Dense(1), new layers.ReLU(), new Linear()].map(({ name }) => name),
    ["dense", "dense_1", "re_lu", "linear"],
  );
  t.is(`${layers.Dense(1)}`, "<Dense name=dense_2, built=False>");
});

test("addWeight takes options by name alone", (t) => {
  class Own extends layers.Layer {
    constructor(first: unknown) {
      super();
      this.addWeight(first as layers.WeightOptions);
    }
  }
  for (const first of ["kernel", [2, 3], 4]) {
    t.throws(() => new Own(first), {
      instanceOf: keras.errors.TypeError,
      message: /\(Own\): addWeight takes an object of options/,
    });
  }
});

test("layers are functions, with and without new, and their classes can be extended", (t) => {
  class Half extends layers.Dense {
    override call(x: Tensor) {
      return super.call(x).multiply(0.5);
    }
  }
  const half = new Half(2, { kernelInitializer: "ones" });
  t.deepEqual(half(ones([1, 4])).tolist(), [[2, 2]]);
  t.true(half instanceof layers.Dense && half instanceof layers.Layer);
  t.true(layers.Dense(1) instanceof layers.Dense);
});

test("several positional tensors, named ones, and training", (t) => {
  const seen: unknown[] = [];
  class Weighted extends layers.Layer {
    override build(a: keras.Shape, b: keras.Shape) {
      seen.push([...a], [...b]);
    }
    override call(
      a: Tensor,
      b: Tensor,
      { scale = null, training }: { scale?: Tensor | null; training?: boolean } = {},
    ) {
      seen.push(training);
      return scale === null ? a.add(b) : a.add(b).multiply(scale);
    }
  }
  const layer = new Weighted();
  t.deepEqual(layer(ones([2]), ones([2])).tolist(), [2, 2]);
  t.deepEqual(layer(ones([2]), ones([2]), { scale: keras.tensor([3, 4]), training: true }).tolist(), [6, 8]);
  t.deepEqual(seen, [[2], [2], false, true]);
  const [a, b, s] = [keras.Input([2]), keras.Input([2]), keras.Input([2])];
  const model = keras.Model([a, b, s], layer(a, b, { scale: s }));
  t.deepEqual(model([ones([1, 2]), ones([1, 2]), keras.tensor([[5, 6]])]).tolist(), [[10, 12]]);
});

test("layers that give lists and dicts", (t) => {
  class Both extends layers.Layer {
    override call(x: Tensor) {
      return { twice: x.multiply(2), parts: [x, x.sum(1)] };
    }
  }
  const out = new Both()(keras.Input([3])) as unknown as { twice: keras.KerasTensor; parts: keras.KerasTensor[] };
  t.deepEqual([[...out.twice.shape], ...out.parts.map((x) => [...x.shape])], [[null, 3], [null, 3], [null]]);
  t.is(out.twice.history?.tensorIndex, 2, "dicts are walked by sorted key");
});

test("floats are cast to the layer's dtype, integers are not", (t) => {
  const wide = layers.Dense(2, { dtype: "float64" });
  t.is(wide(ones([1, 3])).dtype, "float64");
  t.is(wide.kernel!.dtype, "float64");
  t.is(layers.Identity()(keras.tensor([1, 2])).dtype, "int32");
  t.is(layers.Identity()([[1, 2]]).dtype, "float32", "nested arrays are data");
});

test("losses: regularizers of weights and of activities, and addLoss", (t) => {
  class Adds extends layers.Layer {
    override call(x: Tensor) {
      this.addLoss(x.sum());
      return x;
    }
  }
  const dense = layers.Dense(2, {
    kernelInitializer: "ones",
    kernelRegularizer: "l2",
    activityRegularizer: keras.regularizers.L1(0.5),
  });
  const x = keras.Input([3]);
  const model = keras.Model(x, new Adds()(dense(x)));
  t.is(model.losses.length, 1, "symbolic calls leave none");
  for (let i = 0; i < 2; i++) {
    model(ones([4, 3]));
    const [adds, activity, kernel] = model.losses.map((loss) => loss.item()).sort((a, b) => b - a);
    t.deepEqual([adds, activity], [24, 3], "those of the last call alone");
    t.true(Math.abs(kernel! - 0.06) < 1e-6);
  }
});

test("state in fields: variables and seed generators", (t) => {
  class Counts extends layers.Layer {
    count = new keras.Variable(0, { trainable: false, name: "count" });
    seeds = keras.random.SeedGenerator(1);
    override call(x: Tensor) {
      this.count.assignAdd(1);
      return x;
    }
  }
  const layer = new Counts();
  layer(ones([1]));
  layer(ones([1]));
  t.is(layer.count.item(), 2);
  t.deepEqual([layer.weights.length, layer.variables.length], [1, 2]);
});

test("weights read back through the calls", (t) => {
  const layer = new Linear({ units: 1 });
  layer(ones([1, 2]));
  layer.setWeights([[[2], [3]], [1]]);
  t.deepEqual(layer(keras.tensor([[10, 100]], { dtype: "float32" })).tolist(), [[321]]);
});

test("config there and back", (t) => {
  const layer = new Linear({ units: 7, name: "seven", trainable: false });
  const again = Linear.fromConfig(JSON.parse(JSON.stringify(layer.getConfig())));
  t.deepEqual([again.units, again.name, again.trainable, again.dtype], [7, "seven", false, "float32"]);
  t.deepEqual(again.getConfig(), layer.getConfig());
  const dense = layers.Dense(3, {
    activation: "relu",
    kernelRegularizer: keras.regularizers.L1L2({ l1: 0.1 }),
    kernelConstraint: "non_neg",
  });
  t.deepEqual(layers.Dense.fromConfig(dense.getConfig()).getConfig(), dense.getConfig());
  t.deepEqual((layers.deserialize(layers.serialize(dense) as never) as unknown as { units: number }).units, 3);
});

test("a registered class needs no customObjects", (t) => {
  class Registered extends layers.Layer {
    override call(x: Tensor) {
      return x;
    }
  }
  keras.saving.registerKerasSerializable("mine")(Registered);
  const config = layers.serialize(new Registered()) as Record<string, unknown>;
  t.is(config.registered_name, "mine>Registered");
  t.true(layers.deserialize(config) instanceof Registered);
});

test("computeOutputShape", (t) => {
  t.deepEqual(layers.Dense(4).computeOutputShape([null, 8]), [null, 4]);
  t.deepEqual(
    layers.Concatenate().computeOutputShape([
      [null, 8],
      [null, 2],
    ]),
    [null, 10],
  );
});

test("dropout: rate, noise shape, seeds", (t) => {
  const kept = (y: Tensor): number[] => y.tolist().flat();
  const y = layers.Dropout(0.25, { seed: 3 })(ones([100, 100]), { training: true });
  const values = kept(y);
  t.true(Math.abs(values.filter((v) => v === 0).length / 10000 - 0.25) < 0.02);
  t.true(values.every((v) => v === 0 || Math.abs(v - 4 / 3) < 1e-6));
  const rows = layers
    .Dropout(0.5, { seed: 3, noiseShape: [null, 1] })(ones([50, 4]), { training: true })
    .tolist() as number[][];
  t.true(rows.every((row) => new Set(row).size === 1) && new Set(rows.flat()).size === 2);
  t.deepEqual(kept(layers.Dropout(1)(ones([2, 2]), { training: true })), [0, 0, 0, 0]);
  const [one, two] = [layers.Dropout(0.5, { seed: 7 }), layers.Dropout(0.5, { seed: 7 })];
  t.deepEqual(kept(one(ones([9, 9]), { training: true })), kept(two(ones([9, 9]), { training: true })));
  t.notDeepEqual(
    kept(one(ones([9, 9]), { training: true })),
    kept(layers.Dropout(0.5, { seed: 7 })(ones([9, 9]), { training: true })),
  );
});

test("unknown dimensions: Flatten and Reshape", (t) => {
  t.deepEqual([...layers.Flatten()(keras.Input([null, 3])).shape], [null, null]);
  t.deepEqual([...layers.Reshape([-1, 3])(keras.Input([null, 6])).shape], [null, null, 3]);
  t.deepEqual([...layers.Reshape([2, 3])(keras.Input([6])).shape], [null, 2, 3]);
  t.deepEqual([...layers.Flatten()(ones([4])).shape], [4, 1]);
});

test("Input of a tensor: models begin there", (t) => {
  const first = keras.Input([2]);
  const hidden = layers.Dense(3)(first);
  const last = layers.Dense(1);
  const outputs = last(hidden);
  t.is(keras.Model(first, outputs).layers.length, 3);
  const entry = keras.Input({ tensor: hidden, name: "entry" });
  t.is(entry, hidden);
  const model = keras.Model(entry, outputs);
  t.deepEqual(
    model.layers.map((layer) => layer.name),
    ["entry", last.name],
  );
  const x = ops.ones([2, 3]);
  t.deepEqual((model(x) as keras.Tensor).tolist(), (last(x) as keras.Tensor).tolist());
  // As in Keras, it does not begin anywhere else any more.
  t.throws(() => keras.Model(first, outputs), { instanceOf: keras.errors.ValueError, message: /disconnected/ });
  const bad = (options: layers.InputOptions, message: RegExp) =>
    t.throws(() => keras.Input(options), { instanceOf: keras.errors.ValueError, message });
  const tensor = keras.Input([3]);
  t.is(keras.Input({ tensor, shape: [3], dtype: "float32" }), tensor as keras.KerasTensor);
  bad({ tensor: ops.ones([2]) as never }, /must be a KerasTensor.*Tensor/);
  bad({ tensor, shape: [4] }, /\(None, 3\).*`shape` must say the same.*\[4\]/);
  bad({ tensor, batchSize: 2 }, /`batchSize`.*2/);
  bad({ tensor, batchShape: [1, 3] }, /`batchShape`/);
  bad({ tensor, dtype: "int32" }, /`dtype`.*"int32"/);
});

test("once a layer is built, no weights and layers can be added to it", (t) => {
  const x = ops.ones([2, 3]);
  const tooLate = (run: () => unknown, message: RegExp) =>
    t.throws(run, { instanceOf: keras.errors.StateError, message });
  class NewWeights extends layers.Layer {
    override call(inputs: keras.Tensor) {
      return inputs.add(this.addWeight({ shape: [3], initializer: "ones", name: "again" }));
    }
  }
  const weights = new NewWeights({ name: "w" });
  weights(x);
  tooLate(
    () => weights(x),
    /Layer "w" \(NewWeights\) is built already.*the weight "again" is new.*constructor.*`build`/,
  );
  class NewLayers extends layers.Layer {
    inner: layers.Dense | null = null;
    override call(inputs: keras.Tensor) {
      this.inner = layers.Dense(3);
      return this.inner(inputs);
    }
  }
  const inside = new NewLayers();
  inside(x);
  tooLate(() => inside(x), /\(NewLayers\) is built already.*the layer "dense.*" is new/);
  class Builds extends NewLayers {
    override build(): void {}
  }
  tooLate(() => new Builds()(x), /\(Builds\) is built already/);
  // What is in the fields when it is called, wherever it was put there.
  class Stack extends layers.Layer {
    readonly parts = [layers.Dense(3)];
    override call(inputs: keras.Tensor) {
      return this.parts.reduce((y, part) => part(y) as keras.Tensor, inputs);
    }
  }
  const stack = new Stack();
  stack(x);
  stack(x);
  stack.parts.push(layers.Dense(3));
  tooLate(() => stack(x), /\(Stack\) is built already/);
  const dense = layers.Dense(2);
  dense.build([null, 3]);
  tooLate(() => dense.build([null, 3]), /\(Dense\) is built already.*"kernel"/);
  // A layer inside may be built later; a functional or sequential model may get more layers.
  class Late extends layers.Layer {
    readonly dense = layers.Dense(3);
    override call(inputs: keras.Tensor, { training = false } = {}) {
      return training ? (this.dense(inputs) as keras.Tensor) : inputs;
    }
  }
  const late = new Late();
  late(x);
  late(x, { training: true });
  t.is(late.weights.length, 2);
  const model = keras.Sequential([keras.Input([3]), layers.Dense(3)]);
  model(x);
  model.add(layers.Dense(1));
  t.deepEqual((model(x) as keras.Tensor).shape, [2, 1]);
});
