import type { DType, TypedArray } from "../engine/dtype.js";
import { NotImplementedError } from "../errors.js";
import { type Field, Float, Message } from "./protobuf.js";

/** ONNX's numbers of the dtypes. */
const TYPES: Readonly<Partial<Record<DType, number>>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** ONNX's number of a dtype. @throws NotImplementedError for one that ONNX does not have. */
export function typeOf(dtype: DType): number {
  const type = TYPES[dtype];
  if (type === undefined) throw new NotImplementedError(`export: ONNX has no tensors of ${dtype}.`);
  return type;
}

/** What an attribute of a node can be. Plain numbers are integers. */
export type Attribute = number | Float | string | readonly number[] | Message;

/** The numbers of the fields of AttributeProto with those of their types. */
const [FLOAT, INT, STRING, GRAPH, INTS] = [
  [2, 1],
  [3, 2],
  [4, 3],
  [6, 5],
  [8, 7],
] as const;

function attribute(name: string, value: Attribute): Message {
  const of = ([field, type]: readonly [number, number], values: readonly Field[1][]): Message =>
    new Message([[1, name], [20, type], ...values.map((one): Field => [field, one])]);
  if (typeof value === "number") return of(INT, [value]);
  if (typeof value === "string") return of(STRING, [value]);
  if (value instanceof Float) return of(FLOAT, [value]);
  return value instanceof Message ? of(GRAPH, [value]) : of(INTS, value);
}

/** One computation. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
): Message {
  return new Message([
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [3, outputs[0]],
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
  ]);
}

/** A constant. */
export function tensor(
  name: string,
  dtype: DType,
  shape: readonly number[],
  elements: TypedArray | Uint8Array,
): Message {
  const data = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  return new Message([...shape.map((d): Field => [1, d]), [2, typeOf(dtype)], [8, name], [9, data]]);
}

/** An input or output: a length that is a text is unknown, and the same as others of this text; `null` is unknown. */
export function valueInfo(name: string, dtype: DType, shape: readonly (number | string | null)[]): Message {
  const dims = shape.map((d) => new Message(d === null ? [] : [typeof d === "number" ? [1, d] : [2, d]]));
  const type = new Message([
    [1, typeOf(dtype)],
    [2, new Message(dims.map((dim): Field => [1, dim]))],
  ]);
  return new Message([
    [1, name],
    [2, new Message([[1, type]])],
  ]);
}

/** What a graph is made of. */
export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly Message[];
  readonly constants: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

/** Nodes in an order in which they can be computed. */
export function graph({ name, nodes, constants, inputs, outputs }: GraphParts): Message {
  return new Message([
    ...nodes.map((one): Field => [1, one]),
    [2, name],
    ...constants.map((one): Field => [5, one]),
    ...inputs.map((one): Field => [11, one]),
    ...outputs.map((one): Field => [12, one]),
  ]);
}

/** The version of the format: that of the operators of {@link OPSET}. */
const IR_VERSION = 8;

/** A whole file. */
export function model(content: Message, opset: number, producer: readonly [name: string, version: string]): Message {
  const [name, version] = producer;
  return new Message([
    [1, IR_VERSION],
    [2, name],
    [3, version],
    [7, content],
    [
      8,
      new Message([
        [1, ""],
        [2, opset],
      ]),
    ],
  ]);
}
