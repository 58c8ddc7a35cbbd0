import type { Logs } from "../callbacks/callback.js";
import { asDevice, device, onDevice } from "../engine/device.js";
import { flatten, isDict, pack, type Structure } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import { currentTrace, Trace, withTrace } from "../engine/trace.js";
import type { Variable } from "../engine/variable.js";
import { StateError, ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import { Mean } from "../metrics/mean.js";
import { type Metric, namedResult } from "../metrics/metric.js";
import * as ops from "../ops/index.js";
import * as optimizers from "../optimizers/get.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Batch } from "./batch.js";
import { CompileLoss } from "./compile-loss.js";
import { CompileMetrics } from "./compile-metrics.js";
import { compileConfig, compileOptionsFromConfig } from "./config.js";
import { checkLabels } from "./labels.js";
import { type CompileOptions, checkCompile } from "./options.js";
import { type Outputs, outputsOfResult, outputsOfSignature } from "./outputs.js";
import type { Runnable } from "./runner.js";
import { type Signature, signatureOf } from "./signature.js";
import { buildStep, type Kind, type Step, type StepData, stepKey } from "./step.js";

/** Plans kept for different batch shapes; data of ever new lengths must not fill the memory. */
const MAX_STEPS = 64;

/** Arguments of {@link Compiled.computeLoss}. */
export interface ComputeLossArguments {
  x?: unknown;
  y?: Structure<Tensor | null> | null;
  yPred: unknown;
  sampleWeight?: Structure<Tensor | null> | null;
  training?: boolean;
}

/**
 * A layer with an optimizer, a loss and metrics, and the steps made of them: the half of training that knows no data.
 *
 * Source: `keras.src.trainers.trainer.Trainer`.
 */
export abstract class Compiled extends Layer {
  /** Set to `true` (in a callback) to end the fit after the current batch or epoch. */
  stopTraining = false;

  #optimizer: Optimizer | undefined;
  #compileOptions: CompileOptions | undefined;
  #compileLoss: CompileLoss | undefined;
  #compileMetrics: CompileMetrics | undefined;
  #lossTracker: Mean | undefined;
  #device: string | null = null;
  #steps = new Map<string, Step>();
  #trainables: Variable[] | undefined;
  readonly #classCounts = new Map<number, number>();

  // ---- compile ----

  /**
   * Sets optimizer, loss and metrics. Which weights are trainable is decided here: changes of `trainable` need a new `compile`.
   *
   * @throws ValueError for names that are not known (listing those that are), and for lists and dicts that do not match the outputs.
   */
  compile(options: CompileOptions = {}): void {
    checkCompile(options);
    const signature = signatureOf(this);
    const outputs = signature && outputsOfSignature(signature);
    const optimizer = optimizers.get(options.optimizer ?? "rmsprop");
    const loss =
      options.loss == null ? undefined : new CompileLoss(options.loss, options.lossWeights ?? undefined, outputs);
    const metrics =
      options.metrics == null && options.weightedMetrics == null
        ? undefined
        : new CompileMetrics(options.metrics ?? undefined, options.weightedMetrics ?? undefined, outputs);
    this.#optimizer = optimizer;
    this.#compileOptions = { ...options };
    this.#compileLoss = loss;
    this.#compileMetrics = metrics;
    this.#lossTracker = new Mean({ name: "loss" });
    this.#steps = new Map();
    this.#trainables = undefined;
    this.stopTraining = false;
  }

  /**
   * Where `fit`, `evaluate` and `predict` run: what was set here, else `keras.config.device()`. Names are those of
   * `keras.config.setDevice`; `null` goes back to that one. Weights move by themselves.
   *
   * @throws ValueError for a name that is none, NotImplementedError where the device cannot be used.
   */
  get device(): string {
    return this.#device ?? device();
  }

  set device(name: string | null) {
    this.#device = name === null ? null : asDevice(name, `${this.name}.device`);
  }

  /** Whether `compile` was called. */
  get compiled(): boolean {
    return this.#compileOptions !== undefined;
  }

  /** The optimizer given to `compile`. */
  get optimizer(): Optimizer {
    return this.assertCompiled().optimizer;
  }

  /** The loss given to `compile`. */
  get loss(): CompileOptions["loss"] {
    return this.#compileOptions?.loss;
  }

  /** Batches between two calls of the batch callbacks, as given to `compile`. */
  get stepsPerExecution(): number {
    return this.#compileOptions?.stepsPerExecution ?? 1;
  }

  /** As given to `compile`; steps are compiled all the same. */
  get runEagerly(): boolean {
    return this.#compileOptions?.runEagerly ?? false;
  }

  /** As given to `compile`, where `"auto"` is `true`; steps are compiled all the same. */
  get jitCompile(): boolean {
    return this.#compileOptions?.jitCompile !== false;
  }

  /** How the model was compiled, for files; `null` if it was not. */
  getCompileConfig(): Record<string, unknown> | null {
    return this.#compileOptions && this.#optimizer ? compileConfig(this.#compileOptions, this.#optimizer) : null;
  }

  /** Compiles as {@link getCompileConfig} says and makes the optimizer's state, so that it can be loaded. */
  compileFromConfig(config: Record<string, unknown>): void {
    this.compile(compileOptionsFromConfig(config));
    if (this.built) this.optimizer.build(this.trainableVariables);
  }

  /** @internal @throws ValueError unless `compile` was called. */
  assertCompiled(): { optimizer: Optimizer; lossTracker: Mean } {
    if (!this.#optimizer || !this.#lossTracker) {
      throw new ValueError(`You must call \`compile()\` before using the model. (Model "${this.name}")`);
    }
    return { optimizer: this.#optimizer, lossTracker: this.#lossTracker };
  }

  // ---- metrics ----

  /** The metrics of the compiled model: that of the loss, those given to `compile`, those of the outputs' losses, those of its layers. */
  override get metrics(): Metric[] {
    const compiled = this.#compiledMetrics;
    return [...new Set([...compiled, ...super.metrics])];
  }

  get #compiledMetrics(): Metric[] {
    if (!this.#lossTracker) return [];
    return [this.#lossTracker, ...(this.#compileMetrics?.metrics ?? []), ...(this.#compileLoss?.metrics ?? [])];
  }
  /** The metrics of its layers, and of its own fields. */
  get #ownMetrics(): Metric[] {
    const compiled = new Set(this.#compiledMetrics);
    return super.metrics.filter((metric) => !compiled.has(metric));
  }

  /** Their names, the compiled metrics as one `compile_metrics`, as in Keras. */
  get metricsNames(): string[] {
    const own = this.#ownMetrics.map(({ name }) => name);
    if (!this.#lossTracker) return own;
    const losses = (this.#compileLoss?.metrics ?? []).map(({ name }) => name);
    return ["loss", ...(this.#compileMetrics ? ["compile_metrics"] : []), ...losses, ...own];
  }

  /** Lets all metrics start anew. */
  resetMetrics(): void {
    for (const metric of this.metrics) metric.resetState();
  }

  /** Results of all metrics by their names in logs. */
  getMetricsResult(): Record<string, Tensor> {
    const results: Record<string, Tensor> = {};
    if (this.#lossTracker) results.loss = this.#lossTracker.result();
    Object.assign(results, this.#compileMetrics?.result());
    for (const tracker of this.#compileLoss?.metrics ?? []) results[tracker.name] = tracker.result();
    for (const metric of this.#ownMetrics) Object.assign(results, namedResult(metric.name, metric));
    return results;
  }

  /** @internal Values of logs in the order in which `evaluate` returns them: the loss, then the metrics as they were given. */
  logsInOrder(logs: Logs): number[] {
    const names = new Set(this.metrics.map(({ name }) => name).filter((name) => name in logs));
    const rest = Object.keys(logs)
      .filter((name) => !names.has(name))
      .sort();
    return [...names, ...rest].map((name) => logs[name] as number);
  }

  // ---- what a step does ----

  /**
   * The total loss of a batch: the outputs' losses, weighted, and the penalties of regularizers. Override it for a loss of your own.
   *
   * @throws ValueError when there is no loss at all.
   */
  computeLoss({ y = null, yPred, sampleWeight = null }: ComputeLossArguments): Tensor {
    const losses: Tensor[] = [];
    const compiled = this.#compileLoss;
    if (compiled) {
      const predictions = flatten(yPred as Structure<Tensor>);
      const outputs = this.#outputs(yPred);
      const { names } = outputs;
      const targets = this.#aligned(y, names, "y");
      compiled.build(targets, predictions, outputs);
      for (const { index, axis } of compiled.sparse()) {
        this.#classCounts.set(index, predictions[index]?.shape.at(axis) ?? 0);
      }
      const value = compiled.call(targets, predictions, this.#aligned(sampleWeight, names, "sampleWeight"));
      if (value) losses.push(value);
    }
    for (const loss of this.losses) losses.push(ops.sum(loss));
    const [first, ...others] = losses;
    if (!first)
      throw new ValueError(`Model "${this.name}": no loss to compute. Provide a \`loss\` argument in \`compile()\`.`);
    return others.reduce<Tensor>((total, loss) => total.add(loss), first);
  }

  #outputs(yPred: unknown): Outputs {
    const signature = signatureOf(this);
    return signature ? outputsOfSignature(signature) : outputsOfResult(yPred);
  }

  /** One entry an output, from a structure with as many leaves, a dict by output name, or one for all. */
  #aligned(
    structure: Structure<Tensor | null> | null | undefined,
    names: readonly string[],
    what: "y" | "sampleWeight",
  ): (Tensor | null)[] {
    if (structure === null || structure === undefined) return names.map(() => null);
    if (isDict(structure) && Object.keys(structure).every((key) => names.includes(key))) {
      return names.map((name) => (structure[name] as Tensor | undefined) ?? null);
    }
    const leaves = flatten<Tensor | null>(structure);
    if (leaves.length === names.length) return leaves;
    if (what === "sampleWeight" && leaves.length === 1) return names.map(() => leaves[0] ?? null);
    throw new ValueError(
      `Model "${this.name}": \`${what}\` has ${leaves.length} parts, but the model has ${names.length} outputs ` +
        `(${names.map((name) => `"${name}"`).join(", ")}).`,
    );
  }

  /** Updates the metrics with a batch and returns all results. Override it to add logs of your own. */
  computeMetrics(
    _x: unknown,
    y: Structure<Tensor | null> | null,
    yPred: unknown,
    sampleWeight: Structure<Tensor | null> | null = null,
  ): Record<string, Tensor> {
    const compiled = this.#compileMetrics;
    if (compiled) {
      const predictions = flatten(yPred as Structure<Tensor>);
      const outputs = this.#outputs(yPred);
      const { names } = outputs;
      const targets = this.#aligned(y, names, "y");
      compiled.build(targets, predictions, outputs);
      compiled.updateState(targets, predictions, this.#aligned(sampleWeight, names, "sampleWeight"));
    }
    return this.getMetricsResult();
  }

  /** One step of training. Runs inside a trace: tensors have shapes, but no values yet. Returns logs by name. */
  trainStep(data: StepData): Record<string, Tensor> {
    const trace = currentTrace();
    if (trace === null) throw new StateError("`trainStep` runs inside `fit` or `trainOnBatch` only.");
    const [x, y, sampleWeight] = data;
    const { optimizer, lossTracker } = this.assertCompiled();
    const variables = this.#trainables ?? this.trainableVariables;
    // read before the step assigns to them: gradients are those of the values the loss was computed with
    const before = variables.map((variable) => variable.value);
    const yPred = this.invoke(x, { training: true });
    const loss = this.computeLoss({ x, y, yPred, sampleWeight, training: true });
    lossTracker.updateState(loss, batchSizeOf(x));
    if (variables.length > 0) optimizer.apply(trace.gradients([optimizer.scaleLoss(loss)], before), variables);
    return this.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** One step of evaluation. Runs inside a trace. Returns logs by name. */
  testStep(data: StepData): Record<string, Tensor> {
    const [x, y, sampleWeight] = data;
    const yPred = this.invoke(x, { training: false });
    const loss = this.computeLoss({ x, y, yPred, sampleWeight, training: false });
    this.assertCompiled().lossTracker.updateState(loss, batchSizeOf(x));
    return this.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** One step of prediction. Runs inside a trace. */
  predictStep(data: StepData): unknown {
    return this.invoke(data[0], { training: false });
  }

  // ---- plans ----

  /** The plan for batches like this one. */
  #step(kind: Kind, batch: Batch): Step {
    const optimizer = kind === "train" ? this.assertCompiled().optimizer : null;
    const key = `${stepKey(kind, batch)} ${optimizer?.revision ?? ""} ${this.device}`;
    const found = this.#steps.get(key);
    if (found) return found;
    const signature = signatureOf(this);
    this.#buildOn(batch, signature);
    this.#trainables ??= this.trainableVariables;
    optimizer?.build(this.#trainables);
    const run = (data: StepData) => {
      if (kind === "train") return this.trainStep(data);
      return kind === "test" ? this.testStep(data) : this.predictStep(data);
    };
    const labels = () => (kind === "predict" ? [] : this.#labelRules(signature));
    const step = onDevice(this.device, () => buildStep(kind, batch, signature, run, labels));
    if (this.#steps.size >= MAX_STEPS) this.#steps.delete(this.#steps.keys().next().value as string);
    this.#steps.set(key, step);
    return step;
  }

  /** Makes the weights of a model that has not been called yet: the batch goes through it on a scratch graph. */
  #buildOn(batch: Batch, signature: Signature | null): void {
    if (this.built) return;
    const scratch = new Trace();
    withTrace(scratch, () => {
      const x = batch.x.map(({ dtype, shape }) => scratch.input(dtype, shape));
      this.invoke(pack(batch.inputStructure ?? signature?.inputStructure ?? null, x), { training: false });
    });
  }

  #labelRules(signature: Signature | null): Step["labels"] {
    return (this.#compileLoss?.sparse() ?? []).flatMap(({ index, ignoreClass }) => {
      const classes = this.#classCounts.get(index) ?? 0;
      if (classes === 0) return [];
      const name = signature?.outputNames[index];
      const who = `Target ${index}${name === undefined ? "" : ` ("${name}")`} of model "${this.name}"`;
      return [{ index, rule: { who, classes, ignoreClass } }];
    });
  }

  /** @internal What runs batches: the plans, and the checks that go with them. */
  runnable(kind: Kind): Runnable {
    return {
      step: (batch) => this.#step(kind, batch),
      checkLabels: (step, batch) => {
        for (const { index, rule } of step.labels) {
          const column = batch.y[index];
          if (column) checkLabels(column, rule);
        }
      },
      stopped: () => this.stopTraining,
      stepsPerExecution: this.stepsPerExecution,
    };
  }

  /** @internal Places of the outputs that need a target; `null` while that is unknown. */
  usedOutputs(): readonly number[] | null {
    const [loss, metrics] = [this.#compileLoss?.used ?? [], this.#compileMetrics?.used ?? []];
    return this.#compileLoss?.used === null || this.#compileMetrics?.used === null ? null : [...loss, ...metrics];
  }
}

function batchSizeOf(x: Structure<Tensor>): number {
  return flatten<Tensor>(x)[0]?.shape[0] ?? 1;
}
