import type { Logs } from "../callbacks/callback.js";
import { asDevice, device } from "../engine/device.js";
import { flatten, isDict, type Structure } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import { inPart } from "../engine/trace.js";
import { ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import { Mean } from "../metrics/mean.js";
import { type Metric, namedResult } from "../metrics/metric.js";
import * as ops from "../ops/index.js";
import * as optimizers from "../optimizers/get.js";
import { LossScaleOptimizer } from "../optimizers/loss-scale-optimizer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { CompileLoss } from "./compile-loss.js";
import { CompileMetrics } from "./compile-metrics.js";
import { compileConfig, compileOptionsFromConfig } from "./config.js";
import { type CompileOptions, checkCompile } from "./options.js";
import { type Outputs, outputsOfResult, outputsOfSignature } from "./outputs.js";
import { signatureOf } from "./signature.js";
import type { Step } from "./step.js";

/** Arguments of {@link Compiled.computeLoss}. */
export interface ComputeLossArguments {
  x?: unknown;
  y?: Structure<Tensor | null> | null;
  yPred: unknown;
  sampleWeight?: Structure<Tensor | null> | null;
  training?: boolean;
}

/**
 * A layer with an optimizer, a loss and metrics.
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
  #runEagerly = false;
  #jitCompile = true;
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
    const given = optimizers.get(options.optimizer ?? "rmsprop");
    const scales =
      options.autoScaleLoss !== false &&
      this.dtypePolicy.name === "mixed_float16" &&
      !(given instanceof LossScaleOptimizer);
    const optimizer = scales ? new LossScaleOptimizer(given, { name: "loss_scale_optimizer" }) : given;
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
    this.#runEagerly = options.runEagerly ?? false;
    this.#jitCompile = options.jitCompile !== false && !this.#runEagerly;
    if (this.#runEagerly && options.jitCompile === true) {
      process.emitWarning("compile: where `runEagerly` is true, `jitCompile` cannot be true as well; it is false now.");
    }
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

  /**
   * Whether steps run op by op on each batch rather than as one plan: slower, but `trainStep` and `call` see values, which can be printed.
   * As given to `compile`, or set here; default `false`.
   */
  get runEagerly(): boolean {
    return this.#runEagerly;
  }
  set runEagerly(value: boolean) {
    this.#runEagerly = value;
  }

  /** As given to `compile`, where `"auto"` is `true` unless {@link runEagerly} is. Kept for files of Keras: plans are made all the same. */
  get jitCompile(): boolean {
    return this.#jitCompile;
  }
  set jitCompile(value: boolean) {
    this.#jitCompile = value;
  }

  /** How the model was compiled, for files; empty if it was not. */
  getCompileConfig(): Record<string, unknown> {
    return this.#compileOptions && this.#optimizer ? compileConfig(this.#compileOptions, this.#optimizer) : {};
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
  /** Their names, the compiled metrics as one `compile_metrics`, as in Keras. */
  get metricsNames(): string[] {
    const compiled = this.#compileMetrics?.metrics ?? [];
    return this.metrics
      .filter((metric) => !compiled.includes(metric))
      .flatMap((metric) =>
        metric === this.#lossTracker && this.#compileMetrics ? [metric.name, "compile_metrics"] : [metric.name],
      );
  }

  /** Lets all metrics start anew. */
  resetMetrics(): void {
    for (const metric of this.metrics) metric.resetState();
  }

  /** Results of {@link metrics} by their names in logs. */
  getMetricsResult(): Record<string, Tensor> {
    const results: Record<string, Tensor> = {};
    const all = new Set(this.metrics);
    const compiled = this.#compileMetrics?.metrics ?? [];
    if (this.#lossTracker && all.has(this.#lossTracker)) results.loss = this.#lossTracker.result();
    if (compiled.some((metric) => all.has(metric))) Object.assign(results, this.#compileMetrics?.result());
    for (const metric of all) {
      if (metric !== this.#lossTracker && !compiled.includes(metric))
        Object.assign(results, namedResult(metric.name, metric));
    }
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
   * The total loss of a batch: the outputs' losses, weighted, and what layers and regularizers add. Override it for a loss of your own;
   * targets then come in whatever structure they were given in.
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
      const weights = this.#aligned(sampleWeight, names, "sampleWeight");
      const value = inPart("loss", () => compiled.call(targets, predictions, weights));
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
      const weights = this.#aligned(sampleWeight, names, "sampleWeight");
      inPart("metrics", () => compiled.updateState(targets, predictions, weights));
    }
    return this.getMetricsResult();
  }

  /** @internal Which targets must be classes; known once the loss was computed. */
  labelRules(): Step["labels"] {
    const signature = signatureOf(this);
    return (this.#compileLoss?.sparse() ?? []).flatMap(({ index, ignoreClass }) => {
      const classes = this.#classCounts.get(index) ?? 0;
      if (classes === 0) return [];
      const name = signature?.outputNames[index];
      const who = `Target ${index}${name === undefined ? "" : ` ("${name}")`} of model "${this.name}"`;
      return [{ index, rule: { who, classes, ignoreClass } }];
    });
  }

  /** @internal Places of the outputs that need a target; `null` while that is unknown. */
  usedOutputs(): readonly number[] | null {
    const [loss, metrics] = [this.#compileLoss?.used ?? [], this.#compileMetrics?.used ?? []];
    return this.#compileLoss?.used === null || this.#compileMetrics?.used === null ? null : [...loss, ...metrics];
  }
}
