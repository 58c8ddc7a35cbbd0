import type { Logs } from "../callbacks/callback.js";
import { onDevice } from "../engine/device.js";
import { flatten, pack, type Structure } from "../engine/nest.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { inPart, Trace, withTrace } from "../engine/trace.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError } from "../errors.js";
import { GradientTape } from "../gradients/index.js";
import { unpackXYSampleWeight } from "../utils/pack-xy.js";
import type { Batch } from "./batch.js";
import { Compiled, type ComputeLossArguments } from "./compiled.js";
import { checkLabels } from "./labels.js";
import type { CompileOptions } from "./options.js";
import type { Ran, Runnable } from "./runner.js";
import { type Signature, signatureOf } from "./signature.js";
import {
  computeLossAndUpdates,
  type LossAndUpdates,
  type LossAndUpdatesOptions,
  type StatelessLoss,
  statelessComputeLoss,
} from "./stateless.js";
import { buildStep, type Kind, resultsOf, type Step, type StepData, stepData, stepKey, toLogs } from "./step.js";

/** Plans kept for different batch shapes; data of ever new lengths must not fill the memory. */
const MAX_PLANS = 64;

/** What is done with one batch: gives logs, or when predicting outputs. */
export type StepFunction = (data: StepData) => unknown;

/** The functions made by `makeTrainFunction` and its like, where nobody overrode these. */
const made = new WeakSet<StepFunction>();

/**
 * What happens with a batch, and the plans made of it: the half of training that knows no data.
 *
 * Source: `keras.src.trainers.trainer.Trainer`.
 */
export abstract class Steps extends Compiled {
  /** What `fit` does with a batch; see {@link makeTrainFunction}. `null` until it is made. */
  trainFunction: StepFunction | null = null;
  /** What `evaluate` does with a batch; see {@link makeTestFunction}. `null` until it is made. */
  testFunction: StepFunction | null = null;
  /** What `predict` does with a batch; see {@link makePredictFunction}. `null` until it is made. */
  predictFunction: StepFunction | null = null;

  #plans = new Map<string, Step>();
  #trainables: Variable[] | undefined;
  /** Numbers of functions in the keys of plans. */
  readonly #numbers = new WeakMap<StepFunction, number>();
  #functions = 0;

  override compile(options: CompileOptions = {}): void {
    super.compile(options);
    this.#plans = new Map();
    this.#trainables = undefined;
    this.trainFunction = null;
    this.testFunction = null;
    this.predictFunction = null;
  }

  // ---- what a step does ----

  /**
   * One step of training: called by `fit` and `trainOnBatch`. It is recorded once for each shape of batch and then runs as one plan, so
   * tensors have shapes in it, but no values (unless the model is compiled with `runEagerly`).
   *
   * @param data `[x]`, `[x, y]` or `[x, y, sampleWeight]`; `keras.utils.unpackXYSampleWeight` gives all three. Where the class overrides
   *   this method they have the structures in which they were given.
   * @returns Logs by name. Those of an epoch are the results of {@link metrics} where the names are theirs, else the logs of the last step.
   */
  trainStep(data: StepData): Record<string, Tensor> {
    const [x, y, sampleWeight] = unpackXYSampleWeight(data);
    const { optimizer, lossTracker } = this.assertCompiled();
    const tape = new GradientTape();
    // which weights are trained is decided after `compile`, whatever becomes of their flags
    if (this.#trainables) tape.watch(this.#trainables);
    const [yPred, loss, scaled] = tape.record(() => {
      const yPred = this.invoke(x, { training: true });
      const loss = this.computeLoss({ x, y, yPred, sampleWeight, training: true });
      return [yPred, loss, optimizer.scaleLoss(loss)] as const;
    });
    inPart("metrics", () => lossTracker.updateState(loss, batchSizeOf(x)));
    const variables = this.#trainables ?? this.trainableVariables;
    if (variables.length > 0) optimizer.apply(tape.gradient(scaled, variables), variables);
    return this.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** One step of evaluation: called by `evaluate`, `testOnBatch` and `fit` with validation data. As {@link trainStep}. */
  testStep(data: StepData): Record<string, Tensor> {
    const [x, y, sampleWeight] = unpackXYSampleWeight(data);
    const yPred = this.invoke(x, { training: false });
    const loss = this.computeLoss({ x, y, yPred, sampleWeight, training: false });
    this.assertCompiled().lossTracker.updateState(loss, batchSizeOf(x));
    return this.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** One step of prediction: called by `predict` and `predictOnBatch` with `[x]`. Returns the outputs, in any structure. */
  predictStep(data: StepData): unknown {
    const [x] = unpackXYSampleWeight(data);
    return this.invoke(x, { training: false });
  }

  /**
   * Makes {@link trainFunction}, unless it is there: what `fit` does with a batch, by default {@link trainStep}. Override it (or set
   * `trainFunction`) to wrap steps, or to take several with one batch. What it makes is recorded as a step is.
   *
   * Keras's takes the next batch from an iterator; here the core runs over the batches, and the function gets one of them.
   *
   * @param force Whether to make it anew, so that steps are recorded again. Default `false`.
   */
  makeTrainFunction(force = false): StepFunction {
    if (this.trainFunction === null || force) this.trainFunction = remember((data) => this.trainStep(data));
    return this.trainFunction;
  }

  /** As {@link makeTrainFunction}, for {@link testFunction} and {@link testStep}. */
  makeTestFunction(force = false): StepFunction {
    if (this.testFunction === null || force) this.testFunction = remember((data) => this.testStep(data));
    return this.testFunction;
  }

  /** As {@link makeTrainFunction}, for {@link predictFunction} and {@link predictStep}. */
  makePredictFunction(force = false): StepFunction {
    if (this.predictFunction === null || force) this.predictFunction = remember((data) => this.predictStep(data));
    return this.predictFunction;
  }

  #function(kind: Kind): StepFunction {
    if (kind === "train") this.makeTrainFunction();
    else if (kind === "test") this.makeTestFunction();
    else this.makePredictFunction();
    const found = this[`${kind}Function`];
    if (typeof found === "function") return found;
    const name = `make${kind[0]?.toUpperCase()}${kind.slice(1)}Function`;
    throw new InvalidTypeError(
      `${this.className}.${name} must set \`this.${kind}Function\` to a function of a batch's data. It is ${String(found)}.`,
    );
  }

  /** Whether the class says itself what happens with a batch. */
  #isOwn(kind: Kind): boolean {
    const name = `${kind}Step` as const;
    return this[name] !== Steps.prototype[name] || !made.has(this.#function(kind));
  }

  /** @internal What is known of the data of a kind of step: nothing where steps of the user's own say what they take. */
  dataSignature(kind: Kind): { inputs: Signature | null; targets: Signature | null } {
    const signature = signatureOf(this);
    // strings are looked up before the steps, whoever wrote them
    const free = signature?.front == null && this.#isOwn(kind);
    const freeTargets = this.#isOwn(kind) || this.computeLoss !== Compiled.prototype.computeLoss;
    return { inputs: free ? null : signature, targets: freeTargets ? null : signature };
  }

  /** @internal Whether two kinds of steps take data in the same structures. */
  stepsTakeTheSame(one: Kind, other: Kind): boolean {
    return this.#isOwn(one) === this.#isOwn(other);
  }

  /** @internal The logs of an epoch, from those of its last step. */
  epochLogs(kind: "train" | "test", logs: Logs): Logs {
    if (!this.#isOwn(kind) && this.computeMetrics === Compiled.prototype.computeMetrics) return logs;
    const results = resultsOf(this.getMetricsResult());
    const names = new Set(results.names);
    const same = names.size === Object.keys(logs).length && Object.keys(logs).every((name) => names.has(name));
    if (!same) return logs;
    return toLogs(
      results.names,
      results.tensors.map((tensor) => tensor.item()),
    );
  }

  // ---- without changing anything ----

  /**
   * {@link computeLoss} with other values for the variables; the model's own stay as they are.
   *
   * @returns The loss, and the values that the three kinds of variables would have afterwards.
   * @throws ValueError for the wrong number of values.
   */
  statelessComputeLoss(
    trainableVariables: readonly Tensor[],
    nonTrainableVariables: readonly Tensor[],
    metricsVariables: readonly Tensor[],
    given: ComputeLossArguments,
  ): StatelessLoss {
    return statelessComputeLoss(this, { trainableVariables, nonTrainableVariables, metricsVariables }, given);
  }

  /**
   * A forward pass and its loss with other values for the variables, for gradients taken by a function (`keras.valueAndGrad`).
   *
   * @returns The loss that gradients are to be taken of, and `[unscaledLoss, yPred, nonTrainableVariables, metricsVariables]`.
   * @throws StateError before the model is built; ValueError for the wrong number of values.
   */
  computeLossAndUpdates(
    trainableVariables: readonly Tensor[],
    nonTrainableVariables: readonly Tensor[],
    metricsVariables: readonly Tensor[],
    x: unknown,
    y: unknown = null,
    sampleWeight: unknown = null,
    options: LossAndUpdatesOptions = {},
  ): LossAndUpdates {
    const state = { trainableVariables, nonTrainableVariables, metricsVariables };
    return computeLossAndUpdates(this, state, { x, y, sampleWeight }, options);
  }

  // ---- plans ----

  /** The plan for batches like this one. */
  #plan(kind: Kind, batch: Batch): Step {
    const fn = this.#function(kind);
    const optimizer = kind === "train" ? this.assertCompiled().optimizer : null;
    const key = `${stepKey(kind, batch)} ${this.#number(fn)} ${optimizer?.revision ?? ""} ${this.device}`;
    const found = this.#plans.get(key);
    if (found) return found;
    const signature = this.dataSignature(kind).inputs;
    this.#prepare(kind, batch);
    const labels = () => (kind === "predict" ? [] : this.labelRules());
    const step = onDevice(this.device, () => buildStep(kind, batch, signature, fn, labels));
    if (this.#plans.size >= MAX_PLANS) this.#plans.delete(this.#plans.keys().next().value as string);
    this.#plans.set(key, step);
    return step;
  }

  #number(fn: StepFunction): number {
    let number = this.#numbers.get(fn);
    if (number === undefined) {
      number = ++this.#functions;
      this.#numbers.set(fn, number);
    }
    return number;
  }

  /** What must be there before a step: the weights, and the optimizer's state. Steps of one's own see to it themselves. */
  #prepare(kind: Kind, batch: Batch): void {
    if (this.#isOwn(kind)) return;
    this.#buildOn(batch);
    if (kind !== "train") return;
    this.#trainables ??= this.trainableVariables;
    this.optimizer.build(this.#trainables);
  }

  /** Makes the weights of a model that has not been called yet: the batch goes through it on a scratch graph. */
  #buildOn(batch: Batch): void {
    if (this.built) return;
    const signature = signatureOf(this);
    const scratch = new Trace();
    withTrace(scratch, () => {
      const x = batch.x.map(({ dtype, shape }) => scratch.input(dtype, shape));
      this.invoke(pack(batch.inputStructure ?? signature?.inputStructure ?? null, x), { training: false });
    });
  }

  /** Takes a step op by op. */
  #runNow(kind: Kind, batch: Batch): Ran {
    this.#prepare(kind, batch);
    if (kind !== "predict") refuseWrongLabels(this.labelRules(), batch);
    return onDevice(this.device, () => {
      const signature = this.dataSignature(kind).inputs;
      const data = stepData(batch, signature, ({ dtype, shape, data }) => wrap(dtype, shape, data));
      const { tensors, ...step } = resultsOf(this.#function(kind)(data), kind);
      const outputs = tensors.map(({ dtype, shape }) => ({ dtype, shape: shape as readonly number[] }));
      return { step: { ...step, outputs }, outputs: tensors.map((tensor) => tensor.storage) };
    });
  }

  /** @internal What runs batches: the plans, and the checks that go with them. */
  runnable(kind: Kind): Runnable {
    return {
      eager: this.runEagerly,
      step: (batch) => this.#plan(kind, batch),
      runNow: (batch) => this.#runNow(kind, batch),
      checkLabels: (step, batch) => refuseWrongLabels(step.labels, batch),
      stopped: () => this.stopTraining,
      stepsPerExecution: this.stepsPerExecution,
    };
  }
}

function refuseWrongLabels(labels: Step["labels"], batch: Batch): void {
  for (const { index, rule } of labels) {
    const column = batch.y[index];
    if (column) checkLabels(column, rule);
  }
}

function remember(fn: StepFunction): StepFunction {
  made.add(fn);
  return fn;
}

function batchSizeOf(x: Structure<Tensor>): number {
  return flatten<Tensor>(x)[0]?.shape[0] ?? 1;
}
