import { flatten, isDict, mapStructure, type Structure } from "../engine/nest.js";
import { formatShape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import { type Column, gatherColumn, isArrayObject, sliceColumn, toColumn, toInputColumn } from "./array.js";
import { isDeep, outputsOfSignature, perOutput } from "./outputs.js";
import { prepare } from "./prepare.js";
import type { Signature } from "./signature.js";
import { spread } from "./structure.js";

/** Inputs, targets and weights of some samples, in the order of the model's inputs and outputs. */
export interface Batch {
  readonly x: readonly Column[];
  /** The structure in which the model takes `x`. */
  readonly inputStructure: Structure<unknown>;
  readonly y: readonly (Column | null)[];
  /** The structure in which `y` is handed to `trainStep`. */
  readonly targetStructure: Structure<unknown>;
  /** One a target: the same for all, where a single one was given. */
  readonly weights: readonly (Column | null)[];
  /** The structure in which the weights are handed to `trainStep` where the targets have several. */
  readonly weightStructure: Structure<unknown>;
  readonly samples: number;
}

/** Whether a list holds arrays of several inputs, or lists and dicts of them, rather than the numbers of one. */
const isList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.some((part) => (isArrayObject(part) ? !ArrayBuffer.isView(part) : isDict(part) || isList(part)));

/** Whether data is a list or dict of arrays. */
const isContainer = (value: unknown): boolean => isList(value) || (isDict(value) && !isArrayObject(value));

/** The arrays in nested lists and dicts of them, and the structure of these. */
function arraysIn(data: unknown): { leaves: unknown[]; structure: Structure<unknown> } {
  const leaves: unknown[] = [];
  const walk = (part: unknown): Structure<unknown> => {
    if (isList(part)) return part.map(walk);
    if (isContainer(part)) {
      const keys = Object.keys(part as object).sort();
      return Object.fromEntries(keys.map((key) => [key, walk((part as Record<string, unknown>)[key])]));
    }
    leaves.push(part);
    return null;
  };
  return { structure: walk(data), leaves };
}

function inputs(x: unknown, signature: Signature | null, model: string): Pick<Batch, "x" | "inputStructure"> {
  if (x === null || x === undefined) throw new ValueError(`Model "${model}": no input data was given.`);
  if (signature === null) {
    const structure = isArrayObject(x) || !(isList(x) || isDict(x)) ? [x] : x;
    const leaves = Array.isArray(structure) ? structure : flatten(structure as Structure<unknown>);
    return {
      x: leaves.map((leaf, index) => toColumn(leaf, `Input ${index} of model "${model}"`)),
      inputStructure:
        structure === x
          ? Array.isArray(x)
            ? x.map(() => null)
            : mapStructure(x as Structure<unknown>, () => null)
          : null,
    };
  }
  const names = signature.inputs.map(({ name }) => name);
  const values = spread(x, names, "input", false, signature.inputStructure);
  const expected = signature.inputs.map(({ name, dtype, shape }, index) => ({
    who: `Input ${index} ("${name}") of model "${model}"`,
    dtype,
    shape,
  }));
  if (signature.front !== null) {
    const x = prepare(signature.front.front, values, expected, signature.front.inputs);
    return { x, inputStructure: x.map(() => null) };
  }
  const columns = expected.map((one, index) => toInputColumn(values[index], one));
  return { x: columns, inputStructure: signature.inputStructure };
}

/** Data for outputs that are lists or dicts within lists or dicts. */
const NESTED = { lists: false, partial: true, isContainer };

function targets(
  y: unknown,
  signature: Signature | null,
  model: string,
  used: readonly number[] | null,
): Pick<Batch, "y" | "targetStructure"> {
  const names = signature?.outputNames;
  if (y === null || y === undefined) return { y: names ? names.map(() => null) : [null], targetStructure: null };
  if (!names) {
    const { leaves, structure } = arraysIn(y);
    return {
      y: leaves.map((leaf, index) => toColumn(leaf, `Target ${index} of model "${model}"`)),
      targetStructure: structure,
    };
  }
  const values = isDeep(signature.outputStructure)
    ? perOutput({ ...NESTED, what: "y" }, y, outputsOfSignature(signature))
    : spread(partial(y, names, used), names, "target", true);
  const columns = values.map((value, index) =>
    value == null ? null : toColumn(value, `Target ${index} ("${names[index]}") of model "${model}"`),
  );
  const missing = names.filter((_, index) => columns[index] === null && used?.includes(index));
  if (missing.length > 0) {
    throw new ValueError(
      `Missing data for target ${missing.map((name) => `"${name}"`).join(", ")}: the output has a loss or metrics. ` +
        `Expected the following keys: [${names.map((name) => `"${name}"`).join(", ")}]`,
    );
  }
  return { y: columns, targetStructure: names.length === 1 ? null : signature.outputStructure };
}

/** A list of targets may leave out the outputs that have neither loss nor metrics. */
function partial(y: unknown, names: readonly string[], used: readonly number[] | null): unknown {
  if (!Array.isArray(y) || names.length === 1 || used === null || y.length === names.length) return y;
  const distinct = [...new Set(used)].sort((a, b) => a - b);
  if (y.length !== distinct.length) return y;
  const all: unknown[] = names.map(() => null);
  distinct.forEach((place, index) => {
    all[place] = y[index];
  });
  return all;
}

function sampleWeights(weights: unknown, signature: Signature | null, count: number, model: string): (Column | null)[] {
  if (weights === null || weights === undefined) return new Array(count).fill(null);
  const who = `\`sampleWeight\` of model "${model}"`;
  const names = signature?.outputNames;
  if (signature === null && isContainer(weights)) {
    const { leaves } = arraysIn(weights);
    if (leaves.length === count) return leaves.map((leaf) => toColumn(leaf, who));
    throw new ValueError(`${who}: there are ${count} targets, but ${leaves.length} arrays of weights.`);
  }
  const each = (values: readonly unknown[]) => values.map((value) => (value == null ? null : toColumn(value, who)));
  if (names && isDeep(signature.outputStructure) && isContainer(weights)) {
    return each(perOutput({ ...NESTED, what: "sampleWeight" }, weights, outputsOfSignature(signature)));
  }
  const one = count === 1 && names?.length === 1;
  if (names && (one || (count > 1 && (isList(weights) || (isDict(weights) && !isArrayObject(weights)))))) {
    return each(spread(weights, names, "target", true));
  }
  const column = toColumn(weights, who);
  const { shape } = column;
  if (count > 1 && shape.length > 1 && !(shape.length === 2 && shape[1] === 1)) {
    throw new ValueError(
      `${who}: with several outputs, a single array must have one weight a sample, shape (samples,), but got ${formatShape(shape)}. ` +
        "Pass a list or a dict with one array an output for other weights.",
    );
  }
  return new Array(count).fill(column);
}

function checkSamples(columns: {
  x: readonly Column[];
  y: readonly (Column | null)[];
  weights: readonly (Column | null)[];
}): number {
  const samples = columns.x[0]?.shape[0] ?? 0;
  const same = (column: Column | null) => column === null || column.shape[0] === samples;
  if (!(columns.x.every(same) && columns.y.every(same) && columns.weights.every(same))) {
    const line = (name: string, list: readonly (Column | null)[]) => {
      const sizes = [...new Set(list)].flatMap((column) => (column ? [column.shape[0]] : []));
      return sizes.length > 0 ? `'${name}' sizes: ${sizes.join(", ")}\n` : "";
    };
    throw new ValueError(
      "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples. " +
        `${line("x", columns.x)}${line("y", columns.y)}${line("sampleWeight", columns.weights)}`,
    );
  }
  if (samples === 0) throw new ValueError("The data holds no samples: expected at least one in `x`, got 0.");
  return samples;
}

/**
 * Inputs, targets and weights as the model needs them.
 *
 * @param signature What is known of inputs, and of targets; `null` where they may be anything.
 * @param used Places of the outputs that need a target; `null` if unknown.
 * @throws ValueError for wrong names, shapes and numbers of samples; InvalidTypeError for what is no data.
 */
export function toBatch(
  data: { x: unknown; y?: unknown; sampleWeight?: unknown },
  signature: { readonly inputs: Signature | null; readonly targets: Signature | null },
  model: string,
  used: readonly number[] | null,
): Batch {
  const { x, inputStructure } = inputs(data.x, signature.inputs, model);
  const { y, targetStructure } = targets(data.y, signature.targets, model, used);
  const weights = sampleWeights(data.sampleWeight, signature.targets, y.length, model);
  const weightStructure =
    signature.targets === null && isContainer(data.sampleWeight)
      ? arraysIn(data.sampleWeight).structure
      : y.map(() => null);
  return { x, inputStructure, y, targetStructure, weights, weightStructure, samples: checkSamples({ x, y, weights }) };
}

function mapColumns(batch: Batch, samples: number, fn: (column: Column) => Column): Batch {
  const done = new Map<Column, Column>();
  const once = <C extends Column | null>(column: C): C => {
    if (column === null) return column;
    let made = done.get(column);
    if (!made) {
      made = fn(column);
      done.set(column, made);
    }
    return made as C;
  };
  return { ...batch, x: batch.x.map(once), y: batch.y.map(once), weights: batch.weights.map(once), samples };
}

/** Samples `from` to `to`, without copying. */
export function sliceBatch(batch: Batch, from: number, to: number): Batch {
  return mapColumns(batch, to - from, (column) => sliceColumn(column, from, to));
}

/** The samples at these indices, copied together. */
export function gatherBatch(batch: Batch, indices: Int32Array): Batch {
  return mapColumns(batch, indices.length, (column) => gatherColumn(column, indices));
}

/** The distinct columns in the order in which a step takes them. */
export function columnsOf(batch: Batch): Column[] {
  const distinct: Column[] = [];
  for (const columns of [batch.x, batch.y, batch.weights])
    for (const column of columns) if (column !== null && !distinct.includes(column)) distinct.push(column);
  return distinct;
}
