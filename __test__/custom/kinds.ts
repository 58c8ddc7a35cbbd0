import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

// One class of each kind, written as a user writes it.

/** Multiplies by a weight made in `build`, adds one made in the constructor, and counts its calls in training. */
export class Affine extends layers.Layer {
  readonly startsAt: number;
  readonly shift: keras.Variable;
  readonly calls: keras.Variable;
  factor!: keras.Variable;
  constructor({ startsAt = 1, ...options }: { startsAt?: number } & keras.LayerOptions = {}) {
    super(options);
    this.startsAt = startsAt;
    this.shift = this.addWeight({ name: "shift", initializer: "zeros" });
    this.calls = this.addWeight({ name: "calls", initializer: "zeros", dtype: "int32", trainable: false });
  }
  override build(inputShape: keras.Shape) {
    const initializer = keras.initializers.Constant(this.startsAt);
    this.factor = this.addWeight({ name: "factor", shape: [inputShape.at(-1)!], initializer });
  }
  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}) {
    if (training) this.calls.assignAdd(1);
    return inputs.multiply(this.factor).add(this.shift);
  }
  override getConfig() {
    return { ...super.getConfig(), starts_at: this.startsAt };
  }
}

/** A dense layer whose output is doubled. */
export class Doubled extends layers.Dense {
  override call(inputs: Tensor) {
    return super.call(inputs).multiply(2);
  }
}

/** A recurrent cell with one state, which is its output. */
export class MinimalCell extends layers.Layer {
  readonly units: number;
  readonly stateSize: number;
  kernel!: keras.Variable;
  recurrentKernel!: keras.Variable;
  constructor(units: number, options: keras.LayerOptions = {}) {
    super(options);
    this.units = units;
    this.stateSize = units;
  }
  static override readonly positional = ["units"];
  override build(inputShape: keras.Shape) {
    const initializer = keras.initializers.GlorotUniform({ seed: 3 });
    this.kernel = this.addWeight({ shape: [inputShape.at(-1)!, this.units], initializer, name: "kernel" });
    this.recurrentKernel = this.addWeight({ shape: [this.units, this.units], initializer, name: "recurrent" });
  }
  override call(inputs: Tensor, [before]: [Tensor]): [Tensor, [Tensor]] {
    const output = ops.matmul(inputs, this.kernel).add(ops.matmul(before, this.recurrentKernel)).tanh();
    return [output, [output]];
  }
  override getConfig() {
    return { ...super.getConfig(), units: this.units };
  }
}

/** Errors above a margin count. */
export class Margin extends keras.losses.Loss {
  readonly margin: number;
  constructor({ margin = 0.1, ...options }: { margin?: number } & keras.losses.LossOptions = {}) {
    super(options);
    this.margin = margin;
  }
  override call(yTrue: Tensor, yPred: Tensor) {
    return ops.mean(ops.relu(yTrue.subtract(yPred).abs().subtract(this.margin)), -1);
  }
  override getConfig() {
    return { ...super.getConfig(), margin: this.margin };
  }
}

/** The share of errors below a limit. */
export class Within extends keras.metrics.Metric {
  readonly limit: number;
  readonly hits: keras.Variable;
  readonly count: keras.Variable;
  constructor({ limit = 0.5, ...options }: { limit?: number } & keras.metrics.MetricOptions = {}) {
    super(options);
    this.limit = limit;
    this.hits = this.addVariable({ name: "hits" });
    this.count = this.addVariable({ name: "count" });
  }
  override updateState(yTrue: Tensor, yPred: Tensor) {
    const hit = ops.cast(yTrue.subtract(yPred).abs().less(this.limit), "float32");
    this.hits.assignAdd(ops.sum(hit));
    this.count.assignAdd(ops.sum(ops.onesLike(hit)));
  }
  override result() {
    return ops.divideNoNan(this.hits, this.count);
  }
  override getConfig() {
    return { ...super.getConfig(), limit: this.limit };
  }
}

/** Gradient descent with momentum. */
export class HeavyBall extends keras.optimizers.Optimizer {
  readonly friction: number;
  velocities: keras.Variable[] = [];
  constructor({ friction = 0.1, ...options }: { friction?: number } & keras.optimizers.OptimizerOptions = {}) {
    super({ learningRate: 0.05, ...options });
    this.friction = friction;
  }
  override build(variables: readonly keras.Variable[]) {
    if (this.built) return;
    super.build(variables);
    this.velocities = this.addOptimizerVariables(variables, "velocity");
  }
  override updateStep(gradient: Tensor, variable: keras.Variable, learningRate: Tensor) {
    const velocity = this.velocities[this.indexOf(variable)]!;
    velocity.assign(velocity.multiply(1 - this.friction).subtract(gradient.multiply(learningRate)));
    variable.assignAdd(velocity);
  }
  override getConfig() {
    return { ...super.getConfig(), friction: this.friction };
  }
}

/** `start / (1 + step)`. */
export class Harmonic extends keras.optimizers.schedules.LearningRateSchedule {
  readonly start: number;
  constructor({ start }: { start: number }) {
    super({ start });
    this.start = start;
  }
  override call(step: Tensor) {
    return ops.divide(this.start, step.add(1)) as Tensor;
  }
}

/** Rising numbers. */
export class Ramp extends keras.initializers.Initializer {
  readonly slope: number;
  constructor({ slope = 1 }: { slope?: number } = {}) {
    super();
    this.slope = slope;
  }
  override generate(shape: readonly number[], dtype: keras.DType) {
    const size = shape.reduce((a, b) => a * b, 1);
    return ops.reshape(ops.arange(size, null, 1, dtype), shape).multiply(this.slope / size);
  }
  override getConfig() {
    return { slope: this.slope };
  }
}

/** The sum of the fourth powers. */
export class Fourth extends keras.regularizers.Regularizer {
  readonly rate: number;
  constructor({ rate = 0.1 }: { rate?: number } = {}) {
    super();
    this.rate = rate;
  }
  override penalty(x: Tensor) {
    return ops.sum(x.square().square()).multiply(this.rate);
  }
  override getConfig() {
    return { rate: this.rate };
  }
}

/** Keeps weights within a cube. */
export class Cube extends keras.constraints.Constraint {
  readonly size: number;
  constructor({ size = 0.5 }: { size?: number } = {}) {
    super();
    this.size = size;
  }
  override project(w: Tensor) {
    return w.clip(-this.size, this.size);
  }
  override getConfig() {
    return { size: this.size };
  }
}

/** A model by its `call`, with arguments of its own. */
export class Mlp extends keras.Model {
  readonly hidden: number;
  readonly first: keras.Layer;
  readonly rest: Map<string, keras.Layer>;
  constructor({ hidden = 4, ...options }: { hidden?: number; name?: string } = {}) {
    super(options);
    this.hidden = hidden;
    this.first = layers.Dense(hidden, { activation: "tanh" });
    this.rest = new Map([["last", layers.Dense(1)]]);
  }
  override call(inputs: Tensor) {
    return this.rest.get("last")!(this.first(inputs));
  }
  override getConfig() {
    return { ...super.getConfig(), hidden: this.hidden };
  }
}

/** Functional, with a step and a metric of its own. */
export class Noted extends keras.Model {
  readonly note = keras.metrics.Mean({ name: "note" });
  override trainStep(data: keras.StepData) {
    const logs = super.trainStep(data);
    this.note.updateState(ops.mean(data[0]));
    return { ...logs, note: this.note.result() };
  }
}

/** An activation. */
export const bent = (x: Tensor): Tensor => ops.divide(x, x.abs().add(1)) as Tensor;
/** A loss as a function. */
export const cubed = (yTrue: Tensor, yPred: Tensor): Tensor => ops.mean(ops.power(yTrue.subtract(yPred).abs(), 3), -1);
/** A metric as a function. */
export const highest = (yTrue: Tensor, yPred: Tensor): Tensor => ops.max(yTrue.subtract(yPred).abs(), -1);
/** An initializer as a function. */
export const tenths = (shape: readonly number[], { dtype }: { dtype: keras.DType }): Tensor =>
  ops.full(shape, 0.1, dtype);
/** A regularizer as a function. */
export const roots = (x: Tensor): Tensor => ops.sum(ops.sqrt(x.abs().add(1))).multiply(0.01);
/** A constraint as a function. */
export const halves = (w: Tensor): Tensor => w.clip(-0.5, 0.5);
