import { serialize } from "../activations/index.js";
import type { KerasTensor } from "../engine/keras-tensor.js";
import { isDict, mapStructure, type Structure } from "../engine/nest.js";
import type { Node } from "../engine/node.js";
import type { Operation } from "../engine/operation.js";
import { describe, formatShape, type Shape } from "../engine/shape.js";
import { escapeXml } from "../engine/xml.js";
import { StateError, ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import { Model } from "../models/model.js";
import { Sequential } from "../models/sequential.js";

/** What a picture of a model shows. */
export interface DotOptions {
  /** Whether each box tells the shapes of the layer's input and output. Default `false`. */
  showShapes?: boolean;
  /** Whether each box tells the dtype of the layer's output. Default `false`. */
  showDtype?: boolean;
  /** Whether each box tells the layer's name beside its class. Default: `true` for {@link modelToDot}, `false` for `plotModel`. */
  showLayerNames?: boolean;
  /** Whether each box tells the layer's activation, where it has one. Default `false`. */
  showLayerActivations?: boolean;
  /** Whether each box of a layer with weights tells whether they are trained. Default `false`. */
  showTrainable?: boolean;
  /** Whether models inside the model are drawn with their layers, in a dashed frame. Default `false`. */
  expandNested?: boolean;
  /** `"TB"` draws from top to bottom, `"LR"` from left to right. Also `"BT"` and `"RL"`. Default `"TB"`. */
  rankdir?: "TB" | "LR" | "BT" | "RL";
  /** Dots per inch. Default 200. */
  dpi?: number;
  /** How edges run: `"ortho"` (right angles), `"curved"`, `"polyline"`, `"spline"` or `"line"`. Default `"ortho"`. */
  splines?: "ortho" | "curved" | "polyline" | "spline" | "line";
  /** Keras 3 takes no range of layers any more, and neither does this. */
  layerRange?: null;
}

/** Options of {@link modelToDot}. */
export interface ModelToDotOptions extends DotOptions {
  /** Whether the result is a cluster, to be put into a graph, instead of a whole graph. Default `false`. */
  subgraph?: boolean;
}

/** The settings with everything filled in. */
interface Settings {
  readonly showShapes: boolean;
  readonly showDtype: boolean;
  readonly showLayerNames: boolean;
  readonly showLayerActivations: boolean;
  readonly showTrainable: boolean;
  readonly expandNested: boolean;
  readonly rankdir: string;
  readonly dpi: number;
  readonly splines: string;
}

const directions = ["TB", "LR", "BT", "RL"];
const lines = ["ortho", "curved", "polyline", "spline", "line"];

/**
 * A model as a graph in the DOT language: a box for each layer, an arrow for each tensor that goes from one to another.
 *
 * A model that is a class with a `call` is one box: what happens inside is known to nobody before it is called.
 *
 * @example keras.utils.modelToDot(model, { showShapes: true })
 * @throws StateError for a model that is not built; ValueError for unknown options.
 * Source: `keras.utils.model_to_dot`.
 */
export function modelToDot(model: Model, options: ModelToDotOptions = {}): string {
  const { subgraph = false, ...rest } = options;
  const settings = checkOptions(model, rest, "modelToDot");
  const writer = new DotWriter(settings);
  return subgraph ? writer.cluster(model).join("\n") : writer.graph(model);
}

/** @throws StateError for a model that is not built; ValueError for what is no model, and unknown options. */
function checkOptions(model: unknown, options: DotOptions, who: string): Settings {
  if (!(model instanceof Model)) throw new ValueError(`${who}: expected a model, got ${describe(model)}.`);
  if (!model.built) {
    throw new StateError(
      `${who}: model "${model.name}" has not yet been built. Build the model first by calling \`build()\` or by calling the model on ` +
        "a batch of data.",
    );
  }
  const {
    showShapes = false,
    showDtype = false,
    showLayerNames = true,
    showLayerActivations = false,
    showTrainable = false,
    expandNested = false,
    rankdir = "TB",
    dpi = 200,
    splines = "ortho",
    layerRange = null,
    ...unknown
  } = options;
  if (layerRange !== null) throw new ValueError(`${who}: argument \`layerRange\` is no longer supported.`);
  const [strange] = Object.keys(unknown);
  if (strange !== undefined) throw new ValueError(`${who}: unrecognized option \`${strange}\`.`);
  oneOf(rankdir, directions, "rankdir", who);
  oneOf(splines, lines, "splines", who);
  if (typeof dpi !== "number" || !(dpi > 0 && Number.isFinite(dpi))) {
    throw new ValueError(`${who}: expected \`dpi\` to be a positive number, got ${describe(dpi)}.`);
  }
  return {
    ...{ showShapes, showDtype, showLayerNames, showLayerActivations, showTrainable },
    ...{ expandNested, rankdir, dpi, splines },
  };
}

function oneOf(value: string, known: readonly string[], name: string, who: string): void {
  if (known.includes(value)) return;
  throw new ValueError(`${who}: expected \`${name}\` to be one of ${known.join(", ")}, got ${describe(value)}.`);
}

class DotWriter {
  readonly #settings: Settings;
  readonly #ids = new Map<Operation, string>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  graph(model: Model): string {
    const { rankdir, dpi, splines } = this.#settings;
    const head = [`rankdir=${rankdir};`, "concentrate=true;", `dpi=${dpi};`, `splines=${splines};`];
    return ["digraph G {", ...head, "node [shape=record];", ...this.#body(model), "}", ""].join("\n");
  }

  /** A model inside a model, in a frame of its own. */
  cluster(model: Model): string[] {
    const head = ["style=dashed;", `label=${quoted(model.name)};`, "labeljust=l;"];
    return [`subgraph ${quoted(`cluster_${model.name}`)} {`, ...head, ...this.#body(model), "}"];
  }

  #body(model: Model): string[] {
    const sequential = model instanceof Sequential;
    // A class with a `call` is a single box.
    if (!sequential && model.graph === null) return [this.#box(model)];
    const operations = sequential ? model.layers : model.operations;
    const boxes = operations.flatMap((operation) =>
      this.#settings.expandNested && hasLayersInside(operation) ? this.cluster(operation) : [this.#box(operation)],
    );
    return [...boxes, ...this.#edges(model, operations)];
  }

  #edges(model: Model, operations: readonly Operation[]): string[] {
    const edges = new Set<string>();
    const add = (from: Operation, to: Operation): void => {
      edges.add(`${this.#id(from)} -> ${this.#id(to)} [penwidth=2];`);
    };
    const { expandNested } = this.#settings;
    if (model instanceof Sequential && !expandNested) {
      for (const [i, layer] of operations.slice(1).entries()) add(operations[i]!, layer);
      return [...edges];
    }
    const sequential = model instanceof Sequential;
    const own = model.graph === null ? null : new Set<Node>(model.graph.map.nodes);
    const drawn = new Set(operations);
    // What enters a sequential model is drawn where the model itself is connected.
    for (const operation of sequential ? operations.slice(1) : operations) {
      for (const node of operation.inboundNodes) {
        if (own !== null && !own.has(node)) continue;
        for (const [i, { history }] of node.inputTensors.entries()) {
          // The ops that compute masks are none of a sequential model's layers: they have no box.
          if (history === null || !drawn.has(history.operation)) continue;
          if (expandNested) add(innermostSource(history.operation, history.tensorIndex), innermostTarget(operation, i));
          else add(history.operation, operation);
        }
      }
    }
    return [...edges];
  }

  #id(operation: Operation): string {
    const known = this.#ids.get(operation);
    if (known !== undefined) return known;
    const id = `n${this.#ids.size}`;
    this.#ids.set(operation, id);
    return id;
  }

  #box(operation: Operation): string {
    return `${this.#id(operation)} [label=${label(operation, this.#settings)}, fontname=Helvetica, border=0, margin=0];`;
  }
}

/** The layer inside of nested models that makes one of their outputs. */
function innermostSource(operation: Operation, output: number): Operation {
  let [source, index] = [operation, output];
  while (hasLayersInside(source)) {
    const history = source.outputs[index]?.history;
    if (history == null) return source.layers.at(-1) ?? source;
    [source, index] = [history.operation, history.tensorIndex];
  }
  return source;
}

/** The layer inside of nested models that gets one of their inputs. */
function innermostTarget(operation: Operation, input: number): Operation {
  let target = operation;
  while (hasLayersInside(target)) {
    const inside: Operation | undefined =
      target instanceof Sequential ? target.layers[0] : target.inputs[input]?.history?.operation;
    if (inside === undefined) return target;
    target = inside;
  }
  return target;
}

/** Whether something is a model whose layers are known: a functional or a sequential one. */
function hasLayersInside(operation: Operation): operation is Model {
  return operation instanceof Sequential || (operation instanceof Model && operation.graph !== null);
}

/** A table in the HTML that graphviz understands. */
function label(operation: Operation, settings: Settings): string {
  const { showShapes, showDtype, showTrainable, showLayerNames, showLayerActivations } = settings;
  const span = Math.max(1, Number(showDtype) + Number(showTrainable) + (showShapes ? 2 : 0));
  const title = showLayerNames
    ? `<b>${escapeXml(operation.name)}</b> (${escapeXml(operation.className)})`
    : `<b>${escapeXml(operation.className)}</b>`;
  const rows = [
    `<tr><td colspan="${span}" bgcolor="black"><font point-size="16" color="white">${title}</font></td></tr>`,
  ];
  const activation = showLayerActivations ? activationName(operation) : null;
  if (activation !== null) {
    rows.push(
      `<tr><td bgcolor="white" colspan="${span}"><font point-size="14">Activation: <b>${escapeXml(activation)}</b></font></td></tr>`,
    );
  }
  const cells = [
    ...(showShapes ? shapeCells(operation) : []),
    ...(showDtype ? [cell("Output dtype", dtypesOf(operation))] : []),
    ...(showTrainable ? trainableCells(operation) : []),
  ];
  if (cells.length > 0) rows.push(`<tr>${cells.join("")}</tr>`);
  return `<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">${rows.join("")}</table>>`;
}

const cell = (title: string, text: string): string =>
  `<td bgcolor="white"><font point-size="14">${title}: <b>${escapeXml(text)}</b></font></td>`;

function shapeCells(operation: Operation): string[] {
  const input = tensorsOf(operation, "input");
  // Both or none, as in Keras: a layer without a known input has no known output.
  const output = input === null ? null : tensorsOf(operation, "output");
  const cells = [cell("Output shape", output === null ? "?" : shapesText(output))];
  if (operation.className !== "InputLayer")
    cells.unshift(cell("Input shape", input === null ? "?" : shapesText(input)));
  return cells;
}

function shapesText(tensors: Structure<KerasTensor>): string {
  const shapes = (value: Structure<KerasTensor>): string =>
    pythonText(value, ({ shape }) => formatShape(shape as Shape));
  const text = isDict(tensors)
    ? Object.entries(tensors)
        .map(([key, value]) => `${key}: ${shapes(value as Structure<KerasTensor>)}`)
        .join(", ")
    : shapes(tensors);
  return text.replace(/[{}]/g, "");
}

function dtypesOf(operation: Operation): string {
  const tensors = tensorsOf(operation, "output");
  if (tensors === null) return "?";
  const single = !Array.isArray(tensors) && !isDict(tensors);
  return pythonText(tensors, ({ dtype }) => (single ? dtype : `'${dtype}'`));
}

/** A structure as Python prints it. */
function pythonText(structure: Structure<KerasTensor>, leaf: (tensor: KerasTensor) => string): string {
  const texts: Structure<string> = mapStructure(structure, leaf);
  const print = (part: Structure<string>): string => {
    if (typeof part === "string") return part;
    if (Array.isArray(part)) return `[${part.map(print).join(", ")}]`;
    const entries = Object.entries(part as Readonly<Record<string, Structure<string>>>);
    return `{${entries.map(([key, value]) => `'${key}': ${print(value)}`).join(", ")}}`;
  };
  return print(texts);
}

/** The symbolic input or output of the first call, `null` where there was none. */
function tensorsOf(operation: Operation, which: "input" | "output"): Structure<KerasTensor> | null {
  try {
    return operation[which];
  } catch (error) {
    if (error instanceof StateError) return null;
    throw error;
  }
}

function activationName(operation: Operation): string | null {
  const { activation } = operation as { activation?: unknown };
  if (typeof activation !== "function") return null;
  const name = serialize(activation as Parameters<typeof serialize>[0]);
  return typeof name === "string" ? name : activation.name;
}

function trainableCells(operation: Operation): string[] {
  if (!(operation instanceof Layer) || operation.weights.length === 0) return [];
  const [color, text] = operation.trainable ? ["forestgreen", "Trainable"] : ["firebrick", "Non-trainable"];
  return [`<td bgcolor="${color}"><font point-size="14" color="white"><b>${text}</b></font></td>`];
}

/** A name in the DOT language, in quotes where it needs them. */
const quoted = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
