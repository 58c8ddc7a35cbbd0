import { KerasTensor } from "../engine/keras-tensor.js";
import { flatten, mapStructure, pack, type Structure } from "../engine/nest.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { Input, InputLayer } from "../layers/core/input-layer.js";
import { Layer } from "../layers/layer.js";
import { cloneByConfig, serializeKerasObject } from "../saving/serialization.js";
import { Functional, Model } from "./model.js";
import { Sequential } from "./sequential.js";
import type { SymbolicStructure } from "./types.js";

/** Options of {@link cloneModel}. */
export interface CloneModelOptions {
  /** Symbolic tensors to build the copy on, in the structure of the model's inputs. Default: new inputs. */
  inputTensors?: SymbolicStructure | null;
  /** The copy of a layer. Default: a layer of the same class and config. Input layers are copied without it. */
  cloneFunction?: ((layer: Layer) => Layer) | null;
  /** Calls the copy of a layer in the graph of a functional model. Default: `layer(...args, named)`. */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are those of the layer's calls.
  callFunction?: ((layer: Layer, ...args: any[]) => Structure<KerasTensor>) | null;
  /** Whether models inside the model are copied in this way too, instead of by their config alone. Default `false`. */
  recursive?: boolean;
}

/**
 * A copy of a model with new weights, compiled as the model is.
 *
 * @throws InvalidTypeError for something that is no model; ValueError for options that fit another kind of model.
 * @example
 * const longer = keras.models.cloneModel(model, { cloneFunction: (layer) => (layer instanceof layers.LSTM ? layers.Bidirectional(copy(layer)) : copy(layer)) });
 * Source: `keras.models.clone_model`.
 */
export function cloneModel(model: Model, options: CloneModelOptions = {}): Model {
  if (!(model instanceof Model)) throw new InvalidTypeError(`cloneModel: expected a model, got ${describe(model)}.`);
  const clone = new Cloner(options).model(model);
  if (model.compiled && !clone.compiled) {
    clone.compileFromConfig(serializeKerasObject(model.getCompileConfig()) as Record<string, unknown>);
  }
  return clone;
}

/** Copies layers, each once. */
class Cloner {
  readonly #options: CloneModelOptions;
  readonly #copies = new Map<Layer, Layer>();

  constructor(options: CloneModelOptions) {
    this.#options = options;
  }

  model(model: Model): Model {
    const { inputTensors, cloneFunction, callFunction } = this.#options;
    if (model instanceof Sequential) return this.#sequential(model, inputTensors);
    if (model instanceof Functional) return this.#functional(model, inputTensors);
    if (inputTensors != null || cloneFunction != null || callFunction != null) {
      throw new ValueError(
        "cloneModel: `inputTensors`, `cloneFunction` and `callFunction` are for Sequential and functional models. " +
          `Model "${model.name}" is of the class ${model.className}.`,
      );
    }
    return cloneByConfig(model);
  }

  #layer(layer: Layer): Layer {
    const known = this.#copies.get(layer);
    if (known !== undefined) return known;
    const { cloneFunction, recursive = false } = this.#options;
    const inner = recursive && (layer instanceof Sequential || layer instanceof Functional);
    const copy = inner ? this.#inner(layer) : (cloneFunction ?? cloneByConfig)(layer);
    if (!(copy instanceof Layer)) {
      throw new InvalidTypeError(
        `cloneModel: \`cloneFunction\` must return a layer; for layer "${layer.name}" it returned ${describe(copy)}.`,
      );
    }
    this.#copies.set(layer, copy);
    return copy;
  }

  #inner(model: Sequential | Functional): Model {
    return model instanceof Sequential ? this.#sequential(model, null, true) : this.#functional(model, null);
  }

  #sequential(model: Sequential, given: SymbolicStructure | null | undefined, inside = false): Sequential {
    if (!inside && this.#options.callFunction != null) {
      throw new ValueError(
        `cloneModel: \`callFunction\` is for functional models; the layers of the Sequential model "${model.name}" are only listed.`,
      );
    }
    const first = model.inputs[0]?.history?.operation;
    const [tensor, ...more] = given == null ? [] : flatten(given as Structure<KerasTensor>);
    if (more.length > 0)
      throw new ValueError("cloneModel: `inputTensors` must be a single tensor for a Sequential model.");
    const copies = model.layers.map((layer) => this.#layer(layer));
    const input =
      tensor !== undefined
        ? [checked(tensor)]
        : first instanceof InputLayer
          ? [inputLike(first)]
          : ([] as KerasTensor[]);
    return new Sequential([...input, ...copies], { name: model.name, trainable: model.trainable });
  }

  #functional(model: Functional, given: SymbolicStructure | null | undefined): Functional {
    const graph = model.graph!;
    const inputs =
      given == null
        ? graph.inputs.map((tensor) => inputLike(tensor.history?.operation as InputLayer))
        : flatten(given as Structure<KerasTensor>).map(checked);
    if (inputs.length !== graph.inputs.length) {
      throw new ValueError(
        `cloneModel: \`inputTensors\` must have the structure of the inputs of model "${model.name}": ${graph.inputs.length} tensors, got ${inputs.length}.`,
      );
    }
    const made = new Map<KerasTensor, KerasTensor>(graph.inputs.map((tensor, i) => [tensor, inputs[i]!]));
    const call = this.#options.callFunction ?? ((layer: Layer, ...args: unknown[]) => layer.invoke(...args));
    for (const node of graph.map.nodes) {
      if (node.isInput) continue;
      const { args, kwargs } = node.fillIn((tensor) => made.get(tensor));
      const all = [...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : [])];
      const { operation } = node;
      const outputs =
        operation instanceof Layer ? call(this.#layer(operation), ...all) : operation.invoke(...(all as never[]));
      const flat = flatten(outputs as Structure<KerasTensor>);
      node.outputTensors.forEach((tensor, i) => {
        made.set(tensor, flat[i]!);
      });
    }
    const outputs = mapStructure(graph.outputStructure, (tensor) => made.get(tensor)!);
    return new Functional(pack(graph.inputStructure, inputs), outputs, { name: model.name });
  }
}

function inputLike({ batchShape, dtype, name, optional }: InputLayer): KerasTensor {
  return Input({ batchShape, dtype, name, optional });
}

function checked(tensor: unknown): KerasTensor {
  if (tensor instanceof KerasTensor) return tensor;
  throw new ValueError(`cloneModel: \`inputTensors\` must be symbolic tensors (keras.Input), got ${describe(tensor)}.`);
}
