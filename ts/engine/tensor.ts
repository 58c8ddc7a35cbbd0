import { inspect } from "node:util";
import { StateError, ValueError } from "../errors.js";
import { Arithmetic } from "./arithmetic.js";
import { allocate, type DType, type TypedArray } from "./dtype.js";
import { formatArray, toNested } from "./format.js";
import { elementOf, isHalf, valuesOf } from "./half.js";
import type { NestedArray } from "./operand.js";
import { formatShape, type Shape, TensorSpec } from "./shape.js";
import type { Trace } from "./trace.js";

const DISPOSED = Object.freeze([]) as unknown as null;

/**
 * An array of numbers with a shape and a dtype. It never changes; ops make new ones.
 *
 * A *concrete* tensor holds its elements in ordinary JavaScript memory, which is collected like any other. A *traced* one stands for
 * a value of a graph being recorded (inside a layer's `call`, for instance): it has a dtype and a shape, in which dimensions may be
 * unknown, and no elements.
 *
 * Made by `keras.tensor(data, { shape, dtype })`, by `ops.*` and by `keras.random.*`.
 */
export class Tensor<S extends Shape = Shape> extends Arithmetic<Tensor> {
  /** @internal dtype, shape and the key of cached plans. */
  readonly spec: TensorSpec;
  /** @internal The graph this is a value of; `null` for concrete tensors. */
  readonly trace: Trace | null;
  /** @internal The value's number in its graph, -1 for concrete tensors. */
  readonly id: number;
  /** @internal The elements of a concrete tensor. Shared between views, so never written and never given out. */
  private elements: TypedArray | null;

  /** @internal Use `keras.tensor`. Takes the array as it is, without copying. */
  constructor(spec: TensorSpec, elements: TypedArray | null, trace: Trace | null = null, id = -1) {
    super();
    this.spec = spec;
    this.elements = elements;
    this.trace = trace;
    this.id = id;
  }

  /** The dimensions. Unknown ones (`null`) occur only in traced tensors. */
  get shape(): S {
    return this.spec.shape as S;
  }
  /** The element type. */
  get dtype(): DType {
    return this.spec.dtype;
  }
  /** Number of dimensions. */
  get ndim(): number {
    return this.spec.shape.length;
  }
  /** Number of elements; `null` for a traced tensor with unknown dimensions. */
  get size(): number | null {
    return this.spec.size < 0 ? null : this.spec.size;
  }
  /** Whether there are elements to read: neither traced nor disposed. */
  get isConcrete(): boolean {
    return this.trace === null && this.elements !== DISPOSED;
  }

  /** @internal The elements, not to be changed or given out. */
  get storage(): TypedArray {
    const elements = this.elements;
    if (elements === null || elements === DISPOSED) throw this.unreadable();
    return elements;
  }

  private unreadable(): StateError {
    if (this.elements === DISPOSED) {
      return new StateError(`This tensor of shape ${formatShape(this.shape)} was disposed and can no longer be used.`);
    }
    return new StateError(
      `A traced tensor (shape ${formatShape(this.shape)}, dtype ${this.dtype}) has no elements to read: it stands for a value that is computed ` +
        "later, on real data. Inside `call`, losses and other traced functions use `ops.*`; read values where the function is called. To do one " +
        "thing or another depending on a value, use `ops.cond` or `ops.where`; to repeat something, `ops.whileLoop`.",
    );
  }

  /** @internal The elements as numbers, not to be changed or given out. */
  get values(): TypedArray {
    return valuesOf(this.storage, this.dtype);
  }

  /**
   * A copy of the elements in row-major order. bool gives 0 and 1, int64 a BigInt64Array; float16 and bfloat16, for which Node 20 has no
   * typed array, a Float32Array of their values.
   */
  dataSync(): TypedArray {
    return isHalf(this.dtype) ? this.values : this.storage.slice();
  }

  /** As {@link dataSync}, for places that await. */
  async data(): Promise<TypedArray> {
    return this.dataSync();
  }

  /**
   * The elements as nested arrays; a number (or boolean) for a tensor without dimensions.
   * bool gives `true` and `false`; int64 gives numbers where they are exact and bigints beyond 2^53.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the depth depends on the shape, which is not known to the type.
  tolist(): any {
    return toNested(this.values, this.shape as readonly number[], this.dtype);
  }

  /** @internal What `tolist` gives, typed as an operand. */
  toNested(): NestedArray {
    return this.tolist();
  }

  /**
   * The only element as a number; bool gives 0 or 1.
   *
   * @throws ValueError unless there is exactly one element.
   */
  item(): number {
    const elements = this.values;
    if (elements.length !== 1) {
      throw new ValueError(
        `item(): expected a tensor with one element, got shape ${formatShape(this.shape)} with ${elements.length}.`,
      );
    }
    return Number(elements[0]);
  }

  /** Forgets the elements at once; later use is an error. Needed nowhere: tensors are collected like any object. */
  [Symbol.dispose](): void {
    if (this.trace === null) this.elements = DISPOSED;
  }

  /** The elements as numpy prints them. */
  override toString(): string {
    if (!this.isConcrete) return this.describe();
    return formatArray(this.values, this.shape as readonly number[], this.dtype);
  }

  private describe(): string {
    const what = this.trace !== null ? "traced" : this.isConcrete ? "" : "disposed";
    return `<Tensor shape=${formatShape(this.shape)}, dtype=${this.dtype}${what === "" ? "" : `, ${what}`}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.isConcrete ? `${this.describe()}\n${this.toString()}` : this.describe();
  }

  /** Tensors do not compare or convert by themselves: `a + b` in JavaScript is a mistake that would go unnoticed. */
  [Symbol.toPrimitive](hint: string): string | number {
    if (hint === "string") return this.toString();
    if (this.trace !== null) throw this.unreadable();
    if (this.spec.size === 1 && this.isConcrete) return this.item();
    throw new ValueError(
      `A tensor of shape ${formatShape(this.shape)} cannot be used as a number. JavaScript's operators do not work on tensors: write a.add(b), a.less(b), …`,
    );
  }
}

/** A concrete tensor over an array that from now on belongs to it. */
export function wrap(dtype: DType, shape: Shape, elements: TypedArray): Tensor {
  return new Tensor(new TensorSpec(dtype, shape), elements);
}

/** A concrete tensor of one number without dimensions. */
export function scalar(value: number | boolean, dtype: DType): Tensor {
  const elements = allocate(dtype, 1);
  if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) elements[0] = BigInt(Number(value));
  else elements[0] = elementOf(Number(value), dtype);
  let spec = scalarSpecs.get(dtype);
  if (spec === undefined) {
    spec = new TensorSpec(dtype, []);
    scalarSpecs.set(dtype, spec);
  }
  return new Tensor(spec, elements);
}

const scalarSpecs = new Map<DType, TensorSpec>();
