import type { Logs } from "../callbacks/callback.js";
import { CallbackList } from "../callbacks/callback-list.js";
import type { History } from "../callbacks/history.js";
import { flatten, isDict, mapStructure, pack, type Structure } from "../engine/nest.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { currentTrace, Trace, withTrace } from "../engine/trace.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, StateError, ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import { Mean } from "../metrics/mean.js";
import type { Metric } from "../metrics/metric.js";
import * as ops from "../ops/index.js";
import * as optimizers from "../optimizers/get.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type Batch, sliceBatch, toBatch } from "./batch.js";
import { classWeightToSampleWeight } from "./class-weight.js";
import { CompileLoss } from "./compile-loss.js";
import { CompileMetrics } from "./compile-metrics.js";
import { compileConfig, compileOptionsFromConfig } from "./config.js";
import { checkLabels } from "./labels.js";
import {
  type BatchesInput,
  type BatchOptions,
  type CompileOptions,
  checkCount,
  checkKnown,
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  resolveVerbose,
  type TrainOnBatchOptions,
} from "./options.js";
import { prepareArrays, type Runnable, runBatch, runEpoch, runPredict, throwIfAborted } from "./runner.js";
import { defaultOutputNames, type Signature, signatureOf } from "./signature.js";
import { arraySource, batchSource, isBatches, type Source, unpackBatch } from "./source.js";
import { buildStep, type Kind, type Step, type StepData, stepKey, toLogs } from "./step.js";
import type { Data } from "./structure.js";

/** Plans kept for different batch shapes; data of ever new lengths must not fill the memory. */
const MAX_STEPS = 64;

/** Arguments of {@link Trainer.computeLoss}. */
export interface ComputeLossArguments {
  x?: unknown;
  y?: Structure<Tensor | null> | null;
  yPred: unknown;
  sampleWeight?: Structure<Tensor | null> | null;
  training?: boolean;
}

/**
 * What makes a layer trainable: `compile`, `fit`, `evaluate`, `predict`. Models extend it.
 *
 * A step (forward, loss, gradients, update, metrics) is traced once for each shape of batch into one plan of the core; an epoch on
 * arrays is one native call. Override `trainStep`, `testStep`, `computeLoss` or `computeMetrics` to change what a step does.
 *
 * Source: `keras.src.trainers.trainer.Trainer`.
 */
export abstract class Trainer extends Layer {
  /** Set to `true` (in a callback) to end the fit after the current batch or epoch. */
  stopTraining = false;
  /** What the last `fit` recorded. */
  history: History | undefined;

  #optimizer: Optimizer | undefined;
  #compileOptions: CompileOptions | undefined;
  #compileLoss: CompileLoss | undefined;
  #compileMetrics: CompileMetrics | undefined;
  #lossTracker: Mean | undefined;
  #steps = new Map<string, Step>();
  #trainables: Variable[] | undefined;
  #classCounts = new Map<number, number>();
  #fitting = false;
  #inFlight: string | undefined;

  // ---- compile ----

  /**
   * Sets optimizer, loss and metrics. Which weights are trainable is decided here: changes of `trainable` need a new `compile`.
   *
   * @throws ValueError for names that are not known (listing those that are), and for lists and dicts that do not match the outputs.
   */
  compile(options: CompileOptions = {}): void {
    checkKnown("compile", options);
    const names = signatureOf(this)?.outputNames ?? null;
    const optimizer = optimizers.get(options.optimizer ?? "rmsprop");
    const loss =
      options.loss == null ? undefined : new CompileLoss(options.loss, options.lossWeights ?? undefined, names);
    const metrics =
      options.metrics == null && options.weightedMetrics == null
        ? undefined
        : new CompileMetrics(options.metrics ?? undefined, options.weightedMetrics ?? undefined, names);
    this.#optimizer = optimizer;
    this.#compileOptions = { ...options };
    this.#compileLoss = loss;
    this.#compileMetrics = metrics;
    this.#lossTracker = new Mean({ name: "loss" });
    this.#steps = new Map();
    this.#trainables = undefined;
    this.stopTraining = false;
  }

  /** Whether `compile` was called. */
  get compiled(): boolean {
    return this.#compileOptions !== undefined;
  }

  /** The optimizer given to `compile`. */
  get optimizer(): Optimizer {
    return this.#compiled().optimizer;
  }

  /** The loss given to `compile`. */
  get loss(): CompileOptions["loss"] {
    return this.#compileOptions?.loss;
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

  #compiled(): { optimizer: Optimizer; lossTracker: Mean } {
    if (!this.#optimizer || !this.#lossTracker) {
      throw new ValueError(`You must call \`compile()\` before using the model. (Model "${this.name}")`);
    }
    return { optimizer: this.#optimizer, lossTracker: this.#lossTracker };
  }

  // ---- metrics ----

  /** The metrics of the compiled model: that of the loss, those given to `compile`, those of the outputs' losses. */
  get metrics(): Metric[] {
    if (!this.#lossTracker) return [];
    return [this.#lossTracker, ...(this.#compileMetrics?.metrics ?? []), ...(this.#compileLoss?.metrics ?? [])];
  }

  /** Their names, the compiled metrics as one `compile_metrics`, as in Keras. */
  get metricsNames(): string[] {
    if (!this.#lossTracker) return [];
    const losses = (this.#compileLoss?.metrics ?? []).map(({ name }) => name);
    return ["loss", ...(this.#compileMetrics ? ["compile_metrics"] : []), ...losses];
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
    return results;
  }

  /** Values of logs in the order in which `evaluate` returns them: the loss, then the metrics as they were given. */
  #inOrder(logs: Logs): number[] {
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
      const targets = this.#aligned(y, predictions.length, "y");
      const names =
        signatureOf(this)?.outputNames ?? defaultOutputNames(mapStructure(yPred as Structure<Tensor>, () => null));
      compiled.build(targets, predictions, names, isDict(yPred));
      for (const { index, axis } of compiled.sparse()) {
        this.#classCounts.set(index, predictions[index]?.shape.at(axis) ?? 0);
      }
      const value = compiled.call(
        targets,
        predictions,
        this.#aligned(sampleWeight, predictions.length, "sampleWeight"),
      );
      if (value) losses.push(value);
    }
    for (const loss of this.losses) losses.push(ops.sum(loss));
    const [first, ...others] = losses;
    if (!first)
      throw new ValueError(`Model "${this.name}": no loss to compute. Provide a \`loss\` argument in \`compile()\`.`);
    return others.reduce<Tensor>((total, loss) => total.add(loss), first);
  }

  /** One entry an output, from a structure with as many leaves or with one for all. */
  #aligned(structure: Structure<Tensor | null> | null | undefined, count: number, what: string): (Tensor | null)[] {
    if (structure === null || structure === undefined) return new Array(count).fill(null);
    const leaves = flatten<Tensor | null>(structure);
    if (leaves.length === count) return leaves;
    if (what === "sampleWeight" && leaves.length === 1) return new Array(count).fill(leaves[0]);
    throw new ValueError(
      `Model "${this.name}": \`${what}\` has ${leaves.length} parts, but the model has ${count} outputs.`,
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
      const targets = this.#aligned(y, predictions.length, "y");
      const names =
        signatureOf(this)?.outputNames ?? defaultOutputNames(mapStructure(yPred as Structure<Tensor>, () => null));
      compiled.build(targets, predictions, names);
      compiled.updateState(targets, predictions, this.#aligned(sampleWeight, predictions.length, "sampleWeight"));
    }
    return this.getMetricsResult();
  }

  /** One step of training. Runs inside a trace: tensors have shapes, but no values yet. Returns logs by name. */
  trainStep(data: StepData): Record<string, Tensor> {
    const trace = currentTrace();
    if (trace === null) throw new StateError("`trainStep` runs inside `fit` or `trainOnBatch` only.");
    const [x, y, sampleWeight] = data;
    const { optimizer, lossTracker } = this.#compiled();
    const variables = this.#trainables ?? this.trainableVariables;
    // read before the step assigns to them: gradients are those of the values the loss was computed with
    const before = variables.map((variable) => variable.value);
    const yPred = this.invoke(x, { training: true });
    const loss = this.computeLoss({ x, y, yPred, sampleWeight, training: true });
    lossTracker.updateState(loss, batchSizeOf(x));
    const scale = optimizer.lossScaleFactor;
    if (variables.length > 0) {
      optimizer.apply(trace.gradients([scale === null ? loss : loss.multiply(scale)], before), variables);
    }
    return this.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** One step of evaluation. Runs inside a trace. Returns logs by name. */
  testStep(data: StepData): Record<string, Tensor> {
    const [x, y, sampleWeight] = data;
    const yPred = this.invoke(x, { training: false });
    const loss = this.computeLoss({ x, y, yPred, sampleWeight, training: false });
    this.#compiled().lossTracker.updateState(loss, batchSizeOf(x));
    return this.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** One step of prediction. Runs inside a trace. */
  predictStep(data: StepData): unknown {
    return this.invoke(data[0], { training: false });
  }

  // ---- plans ----

  /** The plan for batches like this one. */
  #step(kind: Kind, batch: Batch): Step {
    const key = stepKey(kind, batch);
    const found = this.#steps.get(key);
    if (found) return found;
    const signature = signatureOf(this);
    this.#buildOn(batch, signature);
    this.#trainables ??= this.trainableVariables;
    const run = (data: StepData) => {
      if (kind === "train") return this.trainStep(data);
      return kind === "test" ? this.testStep(data) : this.predictStep(data);
    };
    const step = buildStep(kind, batch, signature, run, () => (kind === "predict" ? [] : this.#labelRules(signature)));
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

  #runnable(kind: Kind): Runnable {
    return {
      step: (batch) => this.#step(kind, batch),
      checkLabels: (step, batch) => {
        for (const { index, rule } of step.labels) {
          const column = batch.y[index];
          if (column) checkLabels(column, rule);
        }
      },
      stopped: () => this.stopTraining,
    };
  }

  // ---- data ----

  #used(): readonly number[] | null {
    const [loss, metrics] = [this.#compileLoss?.used ?? [], this.#compileMetrics?.used ?? []];
    return this.#compileLoss?.used === null || this.#compileMetrics?.used === null ? null : [...loss, ...metrics];
  }

  #toBatch(data: { x: unknown; y?: unknown; sampleWeight?: unknown }): Batch {
    return toBatch(data, signatureOf(this), this.name, this.#used());
  }

  #weighted(batch: Batch, classWeight: FitOptions["classWeight"]): Batch {
    if (classWeight == null) return batch;
    if (batch.y.length !== 1) throw new ValueError("`classWeight` is only supported for Models with a single output.");
    const target = batch.y[0];
    if (!target) throw new ValueError("`classWeight` needs targets.");
    if (batch.weights[0]) throw new ValueError("You cannot use `classWeight` and `sampleWeight` at the same time.");
    return { ...batch, weights: [classWeightToSampleWeight(target, classWeight)] };
  }

  #source(
    method: string,
    data: { x: unknown; y?: unknown; sampleWeight?: unknown },
    options: {
      batchSize?: number | null | undefined;
      steps?: number | null | undefined;
      shuffle?: boolean;
      classWeight?: FitOptions["classWeight"];
    },
  ): Source {
    const steps = options.steps == null ? null : checkCount(method, "steps", options.steps, 1);
    if (isBatches(data.x)) {
      if (data.y != null || data.sampleWeight != null) {
        throw new ValueError(
          "When `x` gives batches, `y` and `sampleWeight` should not be passed. Instead, they should be parts of the batches: [x, y, sampleWeight].",
        );
      }
      if (options.batchSize != null)
        throw new ValueError(`${method}: \`batchSize\` is for arrays; batches come with their own size.`);
      return batchSource(method, data.x, steps, (item) =>
        this.#weighted(this.#toBatch(unpackBatch(item)), options.classWeight),
      );
    }
    const batch = this.#weighted(this.#toBatch(data), options.classWeight);
    const batchSize = options.batchSize == null ? 32 : checkCount(method, "batchSize", options.batchSize, 1);
    const source = arraySource(batch, { batchSize, shuffle: options.shuffle ?? false, steps });
    return source;
  }

  /** Refuses two native runs on one model: they would mix their metrics and updates. */
  async #exclusive<R>(method: string, run: () => Promise<R>): Promise<R> {
    if (this.#inFlight !== undefined) {
      throw new StateError(
        `Model "${this.name}" is busy with \`${this.#inFlight}\`; await it before calling \`${method}\`.`,
      );
    }
    this.#inFlight = method;
    try {
      return await run();
    } finally {
      this.#inFlight = undefined;
    }
  }

  // ---- fit ----

  /**
   * Trains for a number of epochs.
   *
   * @param x Inputs: a tensor, a typed array, nested arrays; a list or a dict by input name of these; or batches (see {@link BatchesInput}).
   * @param y Targets, in the same forms; left out where `x` gives batches.
   * @returns The history: metrics of each epoch.
   * @throws ValueError, InvalidTypeError before anything is trained, for data that does not fit the model.
   */
  fit(x: BatchesInput, options?: FitOptions): Promise<History>;
  fit(x: Data, y?: Data | null, options?: FitOptions): Promise<History>;
  async fit(x: Data | BatchesInput, yOrOptions?: Data | FitOptions | null, given?: FitOptions): Promise<History> {
    const batches = isBatches(x) && given === undefined && isDict(yOrOptions);
    const options = ((batches ? yOrOptions : given) ?? {}) as FitOptions;
    const y = batches ? undefined : yOrOptions;
    const { optimizer } = this.#compiled();
    checkKnown("fit", options);
    const epochs = checkCount("fit", "epochs", options.epochs ?? 1, 0);
    const initialEpoch = checkCount("fit", "initialEpoch", options.initialEpoch ?? 0, 0);
    const verbose = resolveVerbose("fit", options.verbose);
    const validateAt = validationEpochs(options.validationFreq ?? 1);
    if (options.shuffle !== undefined && typeof options.shuffle !== "boolean") {
      throw new ValueError(`fit: \`shuffle\` must be true or false. Received: shuffle=${String(options.shuffle)}`);
    }
    throwIfAborted(options.signal);
    if (this.#fitting)
      throw new StateError(`Model "${this.name}" is already being trained; await the first \`fit\` before the next.`);
    this.#fitting = true;
    let trained = false;
    try {
      const { source, validation } = this.#fitSources(x, y, options);
      const train = this.#runnable("train");
      prepareArrays(train, source);
      if (validation) prepareArrays(this.#runnable("test"), validation);
      const params = { verbose, epochs, steps: source.steps };
      const callbacks = new CallbackList(options.callbacks, this, params, { addHistory: true });
      const history = callbacks.history as History;
      this.history = history;
      this.stopTraining = false;
      await callbacks.begin("train");
      trained = epochs > initialEpoch;
      let logs: Logs = {};
      for (let epoch = initialEpoch; epoch < epochs && !this.stopTraining; epoch++) {
        await callbacks.epochBegin(epoch);
        throwIfAborted(options.signal);
        const result = await this.#exclusive("fit", () => {
          this.resetMetrics();
          return runEpoch(train, "train", source, callbacks, options.signal);
        });
        logs = result.logs;
        if (validation && validateAt(epoch + 1)) {
          const found = await this.#evaluate(validation, callbacks, options.signal);
          logs = {
            ...logs,
            ...Object.fromEntries(Object.entries(found).map(([name, value]) => [`val_${name}`, value])),
          };
        }
        await callbacks.epochEnd(epoch, logs);
      }
      if (trained) optimizer.finalizeVariableValues();
      trained = false;
      await callbacks.end("train", logs);
      return history;
    } finally {
      if (trained) optimizer.finalizeVariableValues();
      this.#fitting = false;
    }
  }

  #fitSources(x: unknown, y: unknown, options: FitOptions): { source: Source; validation: Source | null } {
    const split = options.validationSplit ?? 0;
    if (typeof split !== "number" || !(split >= 0 && split < 1)) {
      throw new ValueError(`fit: \`validationSplit\` must be in [0, 1). Received: validationSplit=${String(split)}`);
    }
    const { classWeight, sampleWeight, stepsPerEpoch, batchSize } = options;
    const shuffle = options.shuffle ?? true;
    const validationBatchSize = options.validationBatchSize ?? batchSize;
    const given = options.validationData;
    if (given != null) {
      const parts = isBatches(given) ? { x: given } : unpackValidation(given);
      const batched = isBatches(given);
      return {
        source: this.#source("fit", { x, y, sampleWeight }, { batchSize, steps: stepsPerEpoch, shuffle, classWeight }),
        validation: this.#source("fit (validationData)", parts, {
          batchSize: batched ? options.validationBatchSize : validationBatchSize,
          steps: options.validationSteps,
        }),
      };
    }
    if (split === 0) {
      return {
        source: this.#source("fit", { x, y, sampleWeight }, { batchSize, steps: stepsPerEpoch, shuffle, classWeight }),
        validation: null,
      };
    }
    if (isBatches(x))
      throw new ValueError(
        "fit: `validationSplit` is only supported for arrays, not for batches. Use `validationData`.",
      );
    const all = this.#toBatch({ x, y, sampleWeight });
    const at = Math.floor(all.samples * (1 - split));
    if (at === 0 || at === all.samples) {
      throw new ValueError(
        `Training data contains ${all.samples} samples, which is not sufficient to split it into a validation and training set as specified by ` +
          `\`validationSplit=${split}\`. Either provide more data, or a different value for the \`validationSplit\` argument.`,
      );
    }
    const size = batchSize == null ? 32 : checkCount("fit", "batchSize", batchSize, 1);
    const valSize =
      validationBatchSize == null ? size : checkCount("fit", "validationBatchSize", validationBatchSize, 1);
    const steps = stepsPerEpoch == null ? null : checkCount("fit", "stepsPerEpoch", stepsPerEpoch, 1);
    const valSteps =
      options.validationSteps == null ? null : checkCount("fit", "validationSteps", options.validationSteps, 1);
    const training = this.#weighted(sliceBatch(all, 0, at), classWeight);
    return {
      source: arraySource(training, { batchSize: size, shuffle, steps }),
      validation: arraySource(sliceBatch(all, at, all.samples), {
        batchSize: valSize,
        shuffle: false,
        steps: valSteps,
      }),
    };
  }

  // ---- evaluate, predict ----

  async #evaluate(source: Source, callbacks: CallbackList, signal: AbortSignal | undefined): Promise<Logs> {
    await callbacks.begin("test");
    const { logs } = await this.#exclusive("evaluate", () => {
      this.resetMetrics();
      return runEpoch(this.#runnable("test"), "test", source, callbacks, signal);
    });
    await callbacks.end("test", logs);
    return logs;
  }

  /**
   * Loss and metrics on data, in inference mode.
   *
   * @param x Inputs, as for {@link fit}.
   * @returns `[loss, ...metrics]` in the order of `compile`, or with `returnDict` values by name.
   */
  evaluate(x: BatchesInput, options: EvaluateOptions & { returnDict: true }): Promise<Record<string, number>>;
  evaluate(x: BatchesInput, options?: EvaluateOptions): Promise<number[]>;
  evaluate(
    x: Data,
    y: Data | null | undefined,
    options: EvaluateOptions & { returnDict: true },
  ): Promise<Record<string, number>>;
  evaluate(x: Data, y?: Data | null, options?: EvaluateOptions): Promise<number[]>;
  async evaluate(
    x: Data | BatchesInput,
    yOrOptions?: Data | EvaluateOptions | null,
    given?: EvaluateOptions,
  ): Promise<number[] | Record<string, number>> {
    const batches = isBatches(x) && given === undefined && isDict(yOrOptions);
    const options = ((batches ? yOrOptions : given) ?? {}) as EvaluateOptions;
    this.#compiled();
    checkKnown("evaluate", options);
    const verbose = resolveVerbose("evaluate", options.verbose);
    throwIfAborted(options.signal);
    const data = { x, y: batches ? undefined : yOrOptions, sampleWeight: options.sampleWeight };
    const source = this.#source("evaluate", data, options);
    prepareArrays(this.#runnable("test"), source);
    const callbacks = new CallbackList(options.callbacks, this, { verbose, epochs: 1, steps: source.steps });
    const logs = await this.#evaluate(source, callbacks, options.signal);
    return options.returnDict ? logs : this.#inOrder(logs);
  }

  /**
   * The model's outputs for all samples.
   *
   * @param x Inputs, as for {@link fit}.
   * @returns A tensor, or the list or dict of tensors the model returns.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a tensor, a list or a dict, as the model's outputs are.
  async predict(x: Data | BatchesInput, options: PredictOptions = {}): Promise<any> {
    checkKnown("predict", options);
    const verbose = resolveVerbose("predict", options.verbose);
    throwIfAborted(options.signal);
    const source = this.#source("predict", { x }, options);
    const model = this.#runnable("predict");
    prepareArrays(model, source);
    const callbacks = new CallbackList(options.callbacks, this, { verbose, epochs: 1, steps: source.steps });
    await callbacks.begin("predict");
    const { step, outputs, samples } = await runPredict(model, source, callbacks, options.signal);
    await callbacks.end("predict", {});
    const tensors = step.outputs.map(({ dtype, shape }, index) =>
      wrap(dtype, [samples, ...shape.slice(1)], outputs[index] as Float32Array),
    );
    return pack(step.structure, tensors);
  }

  // ---- single batches ----

  /** One update on one batch. Resolves to `[loss, ...metrics]` of this batch, or with `returnDict` to values by name. */
  trainOnBatch(
    x: Data,
    y: Data | null | undefined,
    options: TrainOnBatchOptions & { returnDict: true },
  ): Promise<Record<string, number>>;
  trainOnBatch(x: Data, y?: Data | null, options?: TrainOnBatchOptions): Promise<number[]>;
  async trainOnBatch(
    x: Data,
    y?: Data | null,
    options: TrainOnBatchOptions = {},
  ): Promise<number[] | Record<string, number>> {
    this.#compiled();
    checkKnown("trainOnBatch", options);
    const batch = this.#weighted(this.#toBatch({ x, y, sampleWeight: options.sampleWeight }), options.classWeight);
    return this.#onBatch("train", batch, options);
  }

  /** Loss and metrics of one batch, in inference mode; see {@link trainOnBatch}. */
  testOnBatch(
    x: Data,
    y: Data | null | undefined,
    options: BatchOptions & { returnDict: true },
  ): Promise<Record<string, number>>;
  testOnBatch(x: Data, y?: Data | null, options?: BatchOptions): Promise<number[]>;
  async testOnBatch(x: Data, y?: Data | null, options: BatchOptions = {}): Promise<number[] | Record<string, number>> {
    this.#compiled();
    checkKnown("testOnBatch", options);
    return this.#onBatch("test", this.#toBatch({ x, y, sampleWeight: options.sampleWeight }), options);
  }

  async #onBatch(
    kind: "train" | "test",
    batch: Batch,
    { returnDict = false }: BatchOptions,
  ): Promise<number[] | Record<string, number>> {
    const model = this.#runnable(kind);
    model.checkLabels(model.step(batch), batch);
    return this.#exclusive(`${kind}OnBatch`, async () => {
      this.resetMetrics();
      const { step, outputs } = await runBatch(model, batch);
      const logs = toLogs(
        step.names,
        outputs.map((output) => Number(output[0])),
      );
      return returnDict ? logs : this.#inOrder(logs);
    });
  }

  /** The model's outputs for one batch. */
  // biome-ignore lint/suspicious/noExplicitAny: a tensor, a list or a dict, as the model's outputs are.
  async predictOnBatch(x: Data): Promise<any> {
    const { step, outputs } = await runBatch(this.#runnable("predict"), this.#toBatch({ x }));
    return pack(
      step.structure,
      step.outputs.map(({ dtype, shape }, index) => wrap(dtype, shape, outputs[index] as Float32Array)),
    );
  }
}

function batchSizeOf(x: Structure<Tensor>): number {
  return flatten<Tensor>(x)[0]?.shape[0] ?? 1;
}

function unpackValidation(given: unknown): { x: unknown; y?: unknown; sampleWeight?: unknown } {
  if (!Array.isArray(given) || given.length < 1 || given.length > 3) {
    throw new ValueError("fit: `validationData` must be [x, y], [x, y, sampleWeight] or batches of these.");
  }
  return { x: given[0], y: given[1], sampleWeight: given[2] };
}

/** Whether to validate after an epoch, counted from 1. */
function validationEpochs(frequency: number | readonly number[]): (epoch: number) => boolean {
  if (Array.isArray(frequency)) return (epoch) => frequency.includes(epoch);
  if (typeof frequency !== "number" || !Number.isInteger(frequency) || frequency < 1) {
    throw new InvalidTypeError(
      `fit: expected \`validationFreq\` to be an integer not below 1 or a list. Received: validationFreq=${String(frequency)}`,
    );
  }
  return (epoch) => epoch % frequency === 0;
}
