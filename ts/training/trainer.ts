import type { Logs } from "../callbacks/callback.js";
import { CallbackList } from "../callbacks/callback-list.js";
import type { History } from "../callbacks/history.js";
import { maxEpochs, maxStepsPerEpoch } from "../engine/limits.js";
import { isDict, pack } from "../engine/nest.js";
import { wrap } from "../engine/tensor.js";
import { InvalidTypeError, StateError, ValueError } from "../errors.js";
import { type NativeKeptArrays, native } from "../native.js";
import type { Profile } from "../profiling/profile.js";
import { type Batch, sliceBatch, toBatch } from "./batch.js";
import { classWeights } from "./class-weight.js";
import {
  type BatchesInput,
  type BatchOptions,
  checkCount,
  checkKnown,
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  resolveVerbose,
  type TrainOnBatchOptions,
} from "./options.js";
import { type ProfileOptions, profileStep } from "./profile.js";
import { ended, prepareArrays, runBatch, runEpoch, runPredict, throwIfAborted } from "./runner.js";
import { arraySource, batchSource, isBatches, type Shuffle, type Source, unpackBatch } from "./source.js";
import { type Kind, logsOf } from "./step.js";
import { Steps } from "./steps.js";
import type { Data } from "./structure.js";

/**
 * What makes a layer trainable: `compile`, `fit`, `evaluate`, `predict`. Models extend it.
 *
 * A step (forward, loss, gradients, update, metrics) is traced once for each shape of batch into one plan of the core; an epoch on
 * arrays is one native call. Override `trainStep`, `testStep`, `computeLoss` or `computeMetrics` to change what a step does.
 *
 * Source: `keras.src.trainers.trainer.Trainer`.
 */
export abstract class Trainer extends Steps {
  /** What the last `fit` recorded. */
  history: History | undefined;

  /** May be set by a callback in `onTrainBegin`, where a `fit` goes on with what another one began: the number of its first epoch. */
  resumedEpoch: number | null = null;

  #fitting = false;
  #inFlight: string | undefined;

  // ---- data ----

  #toBatch(kind: Kind, data: { x: unknown; y?: unknown; sampleWeight?: unknown }): Batch {
    return toBatch(data, this.dataSignature(kind), this.name, this.usedOutputs());
  }

  #weighted(batch: Batch, classWeight: FitOptions["classWeight"]): Batch {
    if (classWeight == null) return batch;
    const names = this.dataSignature("train").targets?.outputNames ?? batch.y.map((_, index) => `output_${index + 1}`);
    return { ...batch, weights: classWeights(batch, classWeight, names) };
  }

  #source(
    kind: Kind,
    method: string,
    data: { x: unknown; y?: unknown; sampleWeight?: unknown },
    options: {
      batchSize?: number | null | undefined;
      steps?: number | null | undefined;
      shuffle?: Shuffle;
      classWeight?: FitOptions["classWeight"];
    },
  ): Source {
    const shuffle = options.shuffle ?? false;
    if (isBatches(data.x)) {
      if (data.y != null || data.sampleWeight != null) {
        throw new ValueError(
          "When `x` gives batches, `y` and `sampleWeight` should not be passed. Instead, they should be parts of the batches: [x, y, sampleWeight].",
        );
      }
      if (options.batchSize != null)
        throw new ValueError(`${method}: \`batchSize\` is for arrays; batches come with their own size.`);
      const steps = limitedSteps(method, options.steps, null);
      return batchSource(method, data.x, { steps, shuffle }, (item) =>
        this.#weighted(this.#toBatch(kind, unpackBatch(item)), options.classWeight),
      );
    }
    return arrays(method, this.#weighted(this.#toBatch(kind, data), options.classWeight), { ...options, shuffle });
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
   * Trains for a number of epochs. Typed arrays are copied when `fit` is called, and arrays go to the model's device once, as far as they fit
   * there: what is written into one while `fit` runs is not seen.
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
    const { optimizer } = this.assertCompiled();
    checkKnown("fit", options);
    const epochs = limitedEpochs(checkCount("fit", "epochs", options.epochs ?? 1, 0));
    const initialEpoch = checkCount("fit", "initialEpoch", options.initialEpoch ?? 0, 0);
    const verbose = resolveVerbose("fit", options.verbose);
    const validateAt = validationEpochs(options.validationFreq ?? 1);
    const { shuffle } = options;
    if (shuffle !== undefined && typeof shuffle !== "boolean" && shuffle !== "batch") {
      throw new ValueError(`fit: \`shuffle\` must be true, false or "batch". Received: shuffle=${String(shuffle)}`);
    }
    throwIfAborted(options.signal);
    if (this.#fitting)
      throw new StateError(`Model "${this.name}" is already being trained; await the first \`fit\` before the next.`);
    this.#fitting = true;
    let sources: { source: Source; validation: Source | null } | undefined;
    const kept = new (native().KeptArrays)();
    try {
      sources = this.#fitSources(x, y, options);
      const { source, validation } = sources;
      const train = this.runnable("train");
      prepareArrays(train, source);
      if (validation) prepareArrays(this.runnable("test"), validation);
      const params = { verbose, epochs, steps: source.steps };
      const callbacks = new CallbackList(options.callbacks, {
        addHistory: true,
        addProgbar: verbose !== 0,
        model: this,
        ...params,
      });
      const history = callbacks.history as History;
      this.history = history;
      this.stopTraining = false;
      this.resumedEpoch = null;
      await callbacks.begin("train");
      const first = this.resumedEpoch ?? initialEpoch;
      let logs: Logs = {};
      for (let epoch = first; epoch < epochs && !this.stopTraining; epoch++) {
        await callbacks.onEpochBegin(epoch);
        throwIfAborted(options.signal);
        const result = await this.#exclusive("fit", () => {
          this.resetMetrics();
          return runEpoch(train, "train", source, callbacks, options.signal, kept);
        });
        logs = this.epochLogs("train", result.logs);
        if (validation && validateAt(epoch + 1)) {
          const found = await this.#evaluate(validation, callbacks, options.signal, kept);
          logs = {
            ...logs,
            ...Object.fromEntries(Object.entries(found).map(([name, value]) => [`val_${name}`, value])),
          };
        }
        await callbacks.onEpochEnd(epoch, logs);
        if (source.exhausted) break;
      }
      if (epochs > first) optimizer.finalizeVariableValues();
      await callbacks.end("train", logs);
      return history;
    } finally {
      this.#fitting = false;
      kept.clear();
      for (const source of [sources?.source, sources?.validation])
        if (source) await ended(source.rewind(), options.signal);
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
        source: this.#source(
          "train",
          "fit",
          { x, y, sampleWeight },
          { batchSize, steps: stepsPerEpoch, shuffle, classWeight },
        ),
        validation: this.#source("test", "fit (validationData)", parts, {
          batchSize: batched ? options.validationBatchSize : validationBatchSize,
          steps: options.validationSteps,
        }),
      };
    }
    if (split === 0) {
      return {
        source: this.#source(
          "train",
          "fit",
          { x, y, sampleWeight },
          { batchSize, steps: stepsPerEpoch, shuffle, classWeight },
        ),
        validation: null,
      };
    }
    if (isBatches(x))
      throw new ValueError(
        "fit: `validationSplit` is only supported for arrays, not for batches. Use `validationData`.",
      );
    const all = this.#toBatch("train", { x, y, sampleWeight });
    // steps of one's own may take their data in other structures than built-in ones
    const held = this.stepsTakeTheSame("train", "test") ? all : this.#toBatch("test", { x, y, sampleWeight });
    const at = Math.floor(all.samples * (1 - split));
    if (at === 0 || at === all.samples) {
      throw new ValueError(
        `Training data contains ${all.samples} samples, which is not sufficient to split it into a validation and training set as specified by ` +
          `\`validationSplit=${split}\`. Either provide more data, or a different value for the \`validationSplit\` argument.`,
      );
    }
    const training = this.#weighted(sliceBatch(all, 0, at), classWeight);
    return {
      source: arrays("fit", training, { batchSize, steps: stepsPerEpoch, shuffle }),
      validation: arrays("fit (validation)", sliceBatch(held, at, held.samples), {
        batchSize: validationBatchSize,
        steps: options.validationSteps,
        shuffle: false,
      }),
    };
  }

  // ---- evaluate, predict ----

  #callbacks(given: EvaluateOptions["callbacks"], verbose: 0 | 1 | 2, { steps }: Source): CallbackList {
    return new CallbackList(given, { addProgbar: verbose !== 0, model: this, verbose, epochs: 1, steps });
  }

  async #evaluate(
    source: Source,
    callbacks: CallbackList,
    signal: AbortSignal | undefined,
    kept?: NativeKeptArrays,
  ): Promise<Logs> {
    await callbacks.begin("test");
    const run = () => {
      this.resetMetrics();
      return runEpoch(this.runnable("test"), "test", source, callbacks, signal, kept);
    };
    const result = await this.#exclusive("evaluate", run).finally(() => ended(source.rewind(), signal));
    const logs = this.epochLogs("test", result.logs);
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
    this.assertCompiled();
    checkKnown("evaluate", options);
    const verbose = resolveVerbose("evaluate", options.verbose);
    throwIfAborted(options.signal);
    const data = { x, y: batches ? undefined : yOrOptions, sampleWeight: options.sampleWeight };
    const source = this.#source("test", "evaluate", data, options);
    prepareArrays(this.runnable("test"), source);
    const callbacks = this.#callbacks(options.callbacks, verbose, source);
    const logs = await this.#evaluate(source, callbacks, options.signal);
    return options.returnDict ? logs : this.logsInOrder(logs);
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
    const source = this.#source("predict", "predict", { x }, options);
    const model = this.runnable("predict");
    prepareArrays(model, source);
    const callbacks = this.#callbacks(options.callbacks, verbose, source);
    await callbacks.begin("predict");
    const run = runPredict(model, source, callbacks, options.signal).finally(() =>
      ended(source.rewind(), options.signal),
    );
    const { step, outputs, samples } = await run;
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
    this.assertCompiled();
    checkKnown("trainOnBatch", options);
    const batch = this.#weighted(
      this.#toBatch("train", { x, y, sampleWeight: options.sampleWeight }),
      options.classWeight,
    );
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
    this.assertCompiled();
    checkKnown("testOnBatch", options);
    return this.#onBatch("test", this.#toBatch("test", { x, y, sampleWeight: options.sampleWeight }), options);
  }

  async #onBatch(
    kind: "train" | "test",
    batch: Batch,
    { returnDict = false }: BatchOptions,
  ): Promise<number[] | Record<string, number>> {
    const model = this.runnable(kind);
    if (!model.eager) model.checkLabels(model.step(batch), batch);
    return this.#exclusive(`${kind}OnBatch`, async () => {
      this.resetMetrics();
      const { step, outputs } = await runBatch(model, batch);
      const logs = logsOf(step, outputs);
      return returnDict ? logs : this.logsInOrder(logs);
    });
  }

  /**
   * Measures what a step does and where its time goes, by layer and by op. The model stays as it was.
   *
   * @param x Inputs, as for {@link fit}: the first `batchSize` samples are used, for each of `steps` runs.
   * @param y Targets; without them `predict`'s step is measured.
   * @returns What the steps took. Print it, ask it, or save it for `chrome://tracing`.
   * @throws ValueError on a device other than `"cpu"`, whose steps are not measured.
   */
  async profile(x: Data, y?: Data | null, options: ProfileOptions = {}): Promise<Profile> {
    checkKnown("profile", options);
    const { mode = y == null ? "predict" : "train", sampleWeight } = options;
    if (mode !== "train" && mode !== "test" && mode !== "predict") {
      throw new ValueError(`profile: \`mode\` must be "train", "test" or "predict". Received: mode=${String(mode)}`);
    }
    if (this.runEagerly) {
      throw new StateError(
        `Model "${this.name}" runs eagerly, without plans: there is nothing to profile. Compile it with \`runEagerly: false\`.`,
      );
    }
    const optimizer = mode === "predict" ? null : this.assertCompiled().optimizer;
    const all = this.#toBatch(mode, { x, y, sampleWeight });
    const size = Math.min(all.samples, checkCount("profile", "batchSize", options.batchSize ?? 32, 1));
    const runs = checkCount("profile", "steps", options.steps ?? 20, 1);
    return this.#exclusive("profile", async () => {
      const model = this.runnable(mode);
      const batch = sliceBatch(all, 0, size);
      model.checkLabels(model.step(batch), batch);
      const variables = new Set([...this.variables, ...this.metricsVariables, ...(optimizer?.variables ?? [])]);
      const title = `${this.name}, ${mode} step of ${size} samples`;
      return profileStep(model, batch, runs, [...variables], { title, root: this.name });
    });
  }

  /** The model's outputs for one batch. */
  // biome-ignore lint/suspicious/noExplicitAny: a tensor, a list or a dict, as the model's outputs are.
  async predictOnBatch(x: Data): Promise<any> {
    const { step, outputs } = await runBatch(this.runnable("predict"), this.#toBatch("predict", { x }));
    return pack(
      step.structure,
      step.outputs.map(({ dtype, shape }, index) => wrap(dtype, shape, outputs[index] as Float32Array)),
    );
  }
}

/** Batches cut from arrays, as the options say. */
function arrays(
  method: string,
  batch: Batch,
  options: { batchSize?: number | null | undefined; steps?: number | null | undefined; shuffle: Shuffle },
): Source {
  const batchSize = options.batchSize == null ? null : checkCount(method, "batchSize", options.batchSize, 1);
  const steps = options.steps == null ? null : checkCount(method, "steps", options.steps, 1);
  const size = batchSize ?? (steps === null ? 32 : Math.ceil(batch.samples / steps));
  const limit = limitedSteps(method, steps, Math.ceil(batch.samples / size));
  return arraySource(batch, { batchSize: size, shuffle: options.shuffle, steps: limit });
}

/** The number of batches that was asked for, or fewer where `keras.config.setMaxStepsPerEpoch` says so. @param all How many there are. */
function limitedSteps(method: string, asked: number | null | undefined, all: number | null): number | null {
  const steps = asked == null ? null : checkCount(method, "steps", asked, 1);
  const most = maxStepsPerEpoch();
  if (most === null || most >= (steps ?? all ?? Infinity)) return steps;
  process.emitWarning(`Limiting stepsPerEpoch to ${most}`);
  return most;
}

/** The number of epochs, or fewer where `keras.config.setMaxEpochs` says so. */
function limitedEpochs(epochs: number): number {
  const most = maxEpochs();
  if (most === null || most >= epochs) return epochs;
  process.emitWarning(`Limiting epochs to ${most}`);
  return most;
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
