/** The fields of a protocol buffer's message by their numbers: integers, and bytes, which may be texts or messages. */
export type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

/** Reads one message. */
export function fieldsOf(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const varint = (): bigint => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("the message ends too early");
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error("the message ends too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const kinds: Record<number, () => bigint | Uint8Array> = {
      0: varint,
      2: () => take(Number(varint())),
      5: () => take(4),
    };
    const read = kinds[key & 7];
    if (read === undefined) throw new Error(`a field of kind ${key & 7}`);
    const number = key >> 3;
    const values = fields.get(number) ?? [];
    values.push(read());
    fields.set(number, values);
  }
  return fields;
}

const texts = (fields: Fields, number: number): string[] =>
  (fields.get(number) ?? []).map((value) => new TextDecoder().decode(value as Uint8Array));
const text = (fields: Fields, number: number): string => texts(fields, number)[0] ?? "";
const messages = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).map((value) => fieldsOf(value as Uint8Array));
const integers = (fields: Fields, number: number): number[] =>
  (fields.get(number) ?? []).map((value) => Number(BigInt.asIntN(64, value as bigint)));

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | number[] | string | OnnxGraph>>;
}

export interface OnnxTensor {
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, OnnxTensor>>;
  /** Name, number of the dtype, shape. */
  readonly inputs: readonly (readonly [string, number, readonly (number | string)[]])[];
  readonly outputs: OnnxGraph["inputs"];
}

function attributeOf(fields: Fields): OnnxNode["attributes"][string] {
  const type = integers(fields, 20)[0];
  if (type === 1) return new DataView((fields.get(2)![0] as Uint8Array).slice().buffer).getFloat32(0, true);
  if (type === 2) return integers(fields, 3)[0]!;
  if (type === 3) return text(fields, 4);
  return type === 5 ? graphOf(messages(fields, 6)[0]!) : integers(fields, 8);
}

function infoOf(fields: Fields): OnnxGraph["inputs"][number] {
  const tensor = messages(messages(fields, 2)[0]!, 1)[0]!;
  const dims = messages(messages(tensor, 2)[0]!, 1).map((dim) => integers(dim, 1)[0] ?? text(dim, 2));
  return [text(fields, 1), integers(tensor, 1)[0]!, dims];
}

function graphOf(fields: Fields): OnnxGraph {
  return {
    nodes: messages(fields, 1).map((node) => ({
      op: text(node, 4),
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: Object.fromEntries(messages(node, 5).map((one) => [text(one, 1), attributeOf(one)])),
    })),
    constants: Object.fromEntries(
      messages(fields, 5).map((one) => [
        text(one, 8),
        { type: integers(one, 2)[0]!, shape: integers(one, 1), data: one.get(9)![0] as Uint8Array },
      ]),
    ),
    inputs: messages(fields, 11).map(infoOf),
    outputs: messages(fields, 12).map(infoOf),
  };
}

/** Reads a file of ONNX. */
export function readOnnx(bytes: Uint8Array): { graph: OnnxGraph; version: number; opset: number; producer: string } {
  const fields = fieldsOf(bytes);
  return {
    graph: graphOf(messages(fields, 7)[0]!),
    version: integers(fields, 1)[0]!,
    opset: integers(messages(fields, 8)[0]!, 2)[0]!,
    producer: text(fields, 2),
  };
}
