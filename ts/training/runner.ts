import type { Logs } from "../callbacks/callback.js";
import type { CallbackList, Phase } from "../callbacks/callback-list.js";
import { allocate, type TypedArray } from "../engine/dtype.js";
import { checkIndices } from "../engine/index-range.js";
import { makeDefaultSeed } from "../engine/seed.js";
import { formatShape, sameShape } from "../engine/shape.js";
import { fromNative, StateError, ValueError } from "../errors.js";
import { type NativeKeptArrays, native } from "../native.js";
import type { Column } from "./array.js";
import { type Batch, columnsOf, sliceBatch } from "./batch.js";
import type { Source } from "./source.js";
import { allocateOutputs, logsOf, type Step, type StepResult, toLogs } from "./step.js";

/** What a run needs of its model. */
export interface Runnable {
  /** Whether steps are taken op by op, batch by batch. */
  readonly eager: boolean;
  /** The plan for batches like this one. Checks its labels if asked. */
  step(batch: Batch): Step;
  /** Takes a step op by op. */
  runNow(batch: Batch): Ran;
  checkLabels(step: Step, batch: Batch): void;
  /** Whether a callback asked to stop. */
  stopped(): boolean;
  /** How many batches run between two calls of the batch callbacks. */
  readonly stepsPerExecution: number;
}

/** What a batch gave. */
export interface Ran {
  readonly step: StepResult;
  readonly outputs: TypedArray[];
}

export interface RunResult {
  logs: Logs;
  steps: number;
}

/** Rejects as `signal` says. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

/** As the promise, or rejects as `signal` says, whichever comes first: data may keep one waiting for ever. */
async function unlessAborted<R>(promise: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (!signal) return promise;
  throwIfAborted(signal);
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", abort));
}

/** Milliseconds that data has to end after its run was stopped. */
const GRACE = 100;

/** Waits until what gave the data has ended; after an abort not for long. */
export async function ended(closing: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal?.aborted) {
    await closing;
    return;
  }
  closing.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE);
  });
  await Promise.race([closing, enough]).finally(() => clearTimeout(timer));
}

/** The plans of a whole epoch on arrays: one for full batches and, if the last is smaller, one for that. */
function epochSteps(
  model: Runnable,
  batch: Batch,
  batchSize: number,
): { size: number; step: Step; tail: Step | undefined } {
  const size = Math.min(batchSize, batch.samples);
  const rest = batch.samples % size;
  return {
    size,
    step: model.step(sliceBatch(batch, 0, size)),
    tail: rest === 0 ? undefined : model.step(sliceBatch(batch, 0, rest)),
  };
}

/** Refuses indices of rows that are not there: they would be read as NaN. */
function checkInputs(step: Step, batch: Batch): void {
  for (const { index, range } of step.indices) {
    const { data, shape } = batch.x[index] as Column;
    checkIndices(data, shape, range, `input ${index} of `);
  }
}

/** Makes the plans and checks the data before anything changes. */
export function prepareArrays(model: Runnable, source: Source): void {
  if (!source.arrays || model.eager) return;
  const { batch, batchSize } = source.arrays;
  const { step } = epochSteps(model, batch, batchSize);
  model.checkLabels(step, batch);
  checkInputs(step, batch);
}

/** Milliseconds that a run on the calling thread may take: to ask another thread takes about a tenth. */
const BRIEF = 0.3;

/** One epoch on arrays as one native call. */
async function runNative(
  model: Runnable,
  phase: Phase,
  { batch, batchSize, shuffle }: NonNullable<Source["arrays"]>,
  callbacks: CallbackList,
  signal: AbortSignal | undefined,
  { collect, kept }: { collect?: TypedArray[]; kept?: NativeKeptArrays | undefined },
): Promise<RunResult> {
  const { size, step, tail } = epochSteps(model, batch, batchSize);
  throwIfAborted(signal);
  const stop = new (native().StopFlag)();
  const abort = () => stop.set();
  signal?.addEventListener("abort", abort, { once: true });
  const shown = callbacks.progbar !== undefined && callbacks.progbar.params.verbose === 1;
  try {
    const result = await native().runEpoch(
      {
        plan: step.plan,
        ...(tail && { tail: tail.plan }),
        data: columnsOf(batch).map((column) => column.data),
        samples: batch.samples,
        batchSize: size,
        ...(shuffle && { shuffleSeed: makeDefaultSeed() }),
        ...(collect && { collect }),
        ...(kept && { kept }),
        stop,
      },
      shown ? (done, logs) => callbacks.progress(phase, done, toLogs(step.names, logs)) : undefined,
    );
    throwIfAborted(signal);
    return { logs: toLogs(step.names, result.logs), steps: result.steps };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw fromNative(error);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * One epoch batch by batch: for data that JavaScript makes, and for callbacks that see every batch. While a batch computes, the next one
 * is fetched; an error of the data comes when it is that batch's turn, so that the weights are those of the last whole step.
 */
async function runBatches(
  model: Runnable,
  phase: Phase,
  source: Source,
  callbacks: CallbackList,
  signal: AbortSignal | undefined,
  collect: ((step: StepResult, outputs: TypedArray[]) => void) | undefined,
): Promise<RunResult> {
  let logs: Logs = {};
  let count = 0;
  const { stepsPerExecution } = model;
  const batches = source.epoch()[Symbol.asyncIterator]();
  let fetched = batches.next();
  try {
    for (;;) {
      const next = await unlessAborted(fetched, signal);
      const begins = count % stepsPerExecution === 0;
      if (next.done) {
        if (!begins) await callbacks.batchEnd(phase, count - 1, logs);
        break;
      }
      throwIfAborted(signal);
      if (begins) await callbacks.batchBegin(phase, count);
      const running = runBatch(model, next.value);
      fetched = batches.next();
      fetched.catch(() => {}); // told when it is awaited, if it comes to that
      const { step, outputs } = await running;
      throwIfAborted(signal);
      collect?.(step, outputs);
      logs = collect ? {} : logsOf(step, outputs);
      count++;
      if (count % stepsPerExecution !== 0) continue;
      await callbacks.batchEnd(phase, count - 1, logs);
      if (phase === "train" && model.stopped()) break;
    }
  } finally {
    const closing = fetched.catch(() => {}).then(() => batches.return?.());
    await ended(closing, signal);
  }
  return { logs, steps: count };
}

/** Runs one batch: off the main thread, or op by op. */
export async function runBatch(model: Runnable, batch: Batch): Promise<Ran> {
  if (model.eager) return model.runNow(batch);
  const step = model.step(batch);
  model.checkLabels(step, batch);
  checkInputs(step, batch);
  const outputs = allocateOutputs(step);
  const data = columnsOf(batch).map((column) => column.data);
  const began = performance.now();
  try {
    if (step.brief) step.plan.runSync(data, outputs);
    else await step.plan.run(data, outputs);
    step.brief = performance.now() - began < BRIEF;
  } catch (error) {
    throw fromNative(error);
  }
  return { step, outputs };
}

/** One epoch of training or testing. What `kept` keeps of arrays stays on their device for the next. */
export function runEpoch(
  model: Runnable,
  phase: "train" | "test",
  source: Source,
  callbacks: CallbackList,
  signal: AbortSignal | undefined,
  kept?: NativeKeptArrays,
): Promise<RunResult> {
  if (source.arrays && !model.eager && !callbacks.needsBatches(phase))
    return runNative(model, phase, source.arrays, callbacks, signal, { kept });
  return runBatches(model, phase, source, callbacks, signal, undefined);
}

/** Outputs of all samples, one after the other. */
export async function runPredict(
  model: Runnable,
  source: Source,
  callbacks: CallbackList,
  signal: AbortSignal | undefined,
): Promise<{ step: StepResult; outputs: TypedArray[]; samples: number }> {
  if (source.arrays && !model.eager && !callbacks.needsBatches("predict")) {
    const { batch, batchSize } = source.arrays;
    const { size, step } = epochSteps(model, batch, batchSize);
    const perBatch = step.outputs.map(({ shape }) => shape.reduce((product, part) => product * part, 1) / size);
    const outputs = step.outputs.map(({ dtype }, index) =>
      allocate(dtype, (perBatch[index] as number) * batch.samples, "predict"),
    );
    await runNative(model, "predict", source.arrays, callbacks, signal, { collect: outputs });
    return { step, outputs, samples: batch.samples };
  }
  const parts: TypedArray[][] = [];
  let first: StepResult | undefined;
  let samples = 0;
  await runBatches(model, "predict", source, callbacks, signal, (step, outputs) => {
    first ??= step;
    checkSameShapes(first, step);
    samples += step.outputs[0]?.shape[0] ?? 0;
    parts.push(outputs);
  });
  if (!first) throw new StateError("predict: no batch was run.");
  const step = first;
  return {
    step,
    outputs: step.outputs.map(({ dtype }, index) =>
      join(
        dtype,
        parts.map((part) => part[index] as TypedArray),
      ),
    ),
    samples,
  };
}

/** Outputs of all batches become one tensor each: apart from the samples, their shapes must agree. */
function checkSameShapes(first: StepResult, step: StepResult): void {
  for (const [index, { shape }] of step.outputs.entries()) {
    const wanted = first.outputs[index]?.shape ?? [];
    if (sameShape(wanted.slice(1), shape.slice(1))) continue;
    throw new ValueError(
      `predict: output ${index} has shape ${formatShape(shape)} in one batch and ${formatShape(wanted)} in the first. Pad the inputs to one ` +
        "shape, or predict the batches one by one with `predictOnBatch`.",
    );
  }
}

function join(dtype: StepResult["outputs"][number]["dtype"], parts: readonly TypedArray[]): TypedArray {
  const joined = allocate(
    dtype,
    parts.reduce((sum, part) => sum + part.length, 0),
    "predict",
  );
  let at = 0;
  for (const part of parts) {
    (joined as { set(part: unknown, at: number): void }).set(part, at);
    at += part.length;
  }
  return joined;
}
