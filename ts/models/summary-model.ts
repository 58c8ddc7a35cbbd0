import type { Node } from "../engine/node.js";
import type { Operation } from "../engine/operation.js";
import type { Shape } from "../engine/shape.js";
import { KeroseneError } from "../errors.js";
import { isShape, type ShapeStructure } from "../layers/call-arguments.js";
import { Layer } from "../layers/layer.js";
import type { Model } from "./model.js";
import type { SummaryEntry, SummaryModel, SummaryVariable } from "./summary.js";

/** What a compiled model has. */
interface Compiled {
  readonly compiled?: boolean;
  readonly optimizer?: { readonly built: boolean; readonly variables: readonly SummaryVariable[] } | null;
}

/** What {@link printSummary} shows of a model. */
export function summaryModel(model: Model): SummaryModel {
  const functional = model.className !== "Sequential" && model.graph !== null;
  const own = new Set<Node>(functional ? model.graph!.map.nodes : []);
  const operations: readonly Operation[] = functional ? model.operations : model.layers;
  const compiled = model as Compiled;
  const optimizer = compiled.compiled === true ? compiled.optimizer : null;
  return {
    name: model.name,
    entries: operations.map((operation) => entryFor(operation, own)),
    sequentialLike: !functional || isSequentialLike(model, own),
    trainableWeights: model.trainableWeights,
    nonTrainableWeights: model.nonTrainableWeights,
    optimizerVariables: optimizer?.built === true ? optimizer.variables : null,
  };
}

/** A chain without branches in which no layer is called twice. */
function isSequentialLike(model: Model, own: ReadonlySet<Node>): boolean {
  for (const nodes of model.graph!.map.nodesByDepth.values()) {
    if (nodes.length > 1 || nodes.some((node) => node.inputTensors.length > 1)) return false;
  }
  return model.layers.every((layer) => layer.inboundNodes.filter((node) => own.has(node)).length <= 1);
}

function entryFor(operation: Operation, own: ReadonlySet<Node>): SummaryEntry {
  const layer = operation instanceof Layer ? operation : null;
  return {
    name: operation.name,
    className: operation.className,
    outputShapes: outputShapesOf(operation),
    params: layer === null ? 0 : layer.built ? layer.countParams() : "unbuilt",
    connections: operation.inboundNodes
      .filter((node) => own.size === 0 || own.has(node))
      .flatMap((node) => node.inputTensors)
      .flatMap(({ history }) =>
        history === null
          ? []
          : [{ name: history.operation.name, nodeIndex: history.nodeIndex, tensorIndex: history.tensorIndex }],
      ),
    trainable: layer === null || layer.weights.length === 0 ? null : layer.trainable,
    children: childrenOf(operation).map((child) => entryFor(child, own)),
  };
}

/** The layers of a model inside a model. */
function childrenOf(operation: Operation): readonly Layer[] {
  const { layers } = operation as { layers?: unknown };
  return Array.isArray(layers) ? layers.filter((layer) => layer instanceof Layer) : [];
}

/** The shapes of the last symbolic call; for layers that were only called on tensors, those for the shapes they were built on. */
function outputShapesOf(operation: Operation): readonly Shape[] | null {
  const node = operation.inboundNodes.at(-1);
  if (node !== undefined) return node.outputTensors.map((tensor) => tensor.shape);
  if (!(operation instanceof Layer) || operation.buildShapes === null) return null;
  try {
    const shapes = operation.computeOutputShape(operation.buildShapes[0] as ShapeStructure);
    return leafShapes(shapes);
  } catch (error) {
    // Some layers need more than a shape to be traced; their row then has no shape.
    if (error instanceof KeroseneError) return null;
    throw error;
  }
}

function leafShapes(shapes: ShapeStructure): Shape[] {
  if (isShape(shapes)) return [shapes];
  if (Array.isArray(shapes)) return (shapes as readonly ShapeStructure[]).flatMap(leafShapes);
  const dict = shapes as Readonly<Record<string, ShapeStructure>>;
  return Object.keys(dict)
    .sort()
    .flatMap((key) => leafShapes(dict[key]!));
}
