import { inspect } from "node:util";
import { InvalidTypeError, ValueError } from "../errors.js";
import { type NativeVariable, native } from "../native.js";
import { Arithmetic } from "./arithmetic.js";
import { autocastDtype, withAutocast } from "./autocast.js";
import { toTensor } from "./convert.js";
import { defer } from "./deferred-values.js";
import { asDType, type DType, isFloat, type TypedArray } from "./dtype.js";
import { valuesOf } from "./half.js";
import { uniqueName } from "./names.js";
import type { Operand, TensorLike } from "./operand.js";
import { checkKnownShape, formatShape, type Shape, sameShape, TensorSpec } from "./shape.js";
import { openTapes, readOnTapes, tellTapes } from "./tapes.js";
import { Tensor } from "./tensor.js";
import { currentTrace, enclosingTrace, untraced } from "./trace.js";
import { spendOnVariable } from "./variable-budget.js";

/** A function that makes a variable's first value. */
export type InitializerFn = (shape: readonly number[], options: { dtype: DType }) => TensorLike;

/** Options of {@link Variable}. */
export interface VariableOptions {
  /** Needed when the initial value comes from a function; else the value's own. */
  shape?: readonly number[];
  /** Default: the value's, or `"float32"` for a function. */
  dtype?: string;
  /** Whether training changes it; default `true`. */
  trainable?: boolean;
  /** Whether layers of a mixed dtype policy read it in the dtype they compute in; default `true`. */
  autocast?: boolean;
  /** Default `variable`, `variable_1`, … */
  name?: string;
  /** The name with those of the layers around it (`dense/kernel`); default: the name. */
  path?: string;
}

/**
 * A tensor that can change: weights, optimizer slots, counters. Its elements live in the native core, where training updates them.
 * Usable wherever a tensor is.
 *
 * @example new keras.Variable([1, 2, 3], { name: "v" })
 */
export class Variable<S extends Shape = Shape> extends Arithmetic<Tensor> {
  name: string;
  path: string;
  trainable: boolean;
  /** Whether layers of a mixed dtype policy read it in the dtype they compute in. */
  readonly autocast: boolean;
  /** A function of the value whose result is added to the loss. */
  regularizer: ((value: Tensor) => Tensor) | null = null;
  /** A function of the value applied after each optimizer update. */
  constraint: ((value: Tensor) => Tensor) | null = null;
  /** @internal */
  readonly spec: TensorSpec;
  /** The storage in the native core. @internal */
  readonly native: NativeVariable;
  /** Makes the first value, while there is none. */
  #initial: (() => void) | null = null;
  /** The value at a version of the storage, while somebody has it. */
  #seen: WeakRef<Tensor> | null = null;
  #version = -1;

  /**
   * @param initializer A value, or a function of shape and dtype that makes it.
   * @throws ValueError when the value does not have the given shape; InvalidTypeError for an unknown dtype or a missing shape.
   */
  constructor(initializer: TensorLike | InitializerFn, options: VariableOptions = {}) {
    super();
    this.name = options.name ?? uniqueName("variable");
    this.path = options.path ?? this.name;
    this.trainable = options.trainable ?? true;
    this.autocast = options.autocast ?? true;
    const who = `Variable '${this.name}'`;
    enclosingTrace()?.newVariable(`'${this.path}'`);
    const dtype = options.dtype === undefined ? undefined : asDType(options.dtype, who);
    const shape = options.shape === undefined ? undefined : checkKnownShape(options.shape, who);
    if (shape !== undefined) spendOnVariable(who, shape, dtype ?? "float32");
    if (typeof initializer === "function" && shape !== undefined && defer(this)) {
      this.spec = new TensorSpec(dtype ?? "float32", shape);
      this.native = new (native().Variable)(this.spec.dtype, shape as number[]);
      this.#initial = () => this.assign(untraced(() => initializer(shape, { dtype: this.spec.dtype })));
      return;
    }
    // A layer may be built while its first call is being traced: weights start from real numbers all the same.
    const value = untraced(() => {
      if (typeof initializer !== "function") return toTensor(initializer, dtype, who);
      if (shape === undefined)
        throw new InvalidTypeError(`${who}: a shape is needed when the initial value comes from a function.`);
      return toTensor(initializer(shape, { dtype: dtype ?? "float32" }), dtype ?? "float32", who);
    });
    if (shape !== undefined && !sameShape(shape, value.shape)) {
      throw new ValueError(
        `${who}: expected an initial value of shape ${formatShape(shape)}, got ${formatShape(value.shape)}.`,
      );
    }
    this.spec = value.spec;
    this.native = new (native().Variable)(value.dtype, value.shape as number[], value.storage);
  }

  /** The dimensions, all known. */
  get shape(): S {
    return this.spec.shape as S;
  }
  /** The element type; inside the call of a layer of a mixed dtype policy the one it is read in. */
  get dtype(): DType {
    return this.#castTo ?? this.spec.dtype;
  }
  /** Number of dimensions. */
  get ndim(): number {
    return this.spec.shape.length;
  }
  /** Number of elements. */
  get size(): number {
    return this.spec.size;
  }

  /** The current value: a copy, or inside a trace the variable's value at that point of the program. */
  get value(): Tensor {
    const [stored, dtype] = [this.#stored, this.#castTo];
    return dtype === null ? stored : stored.astype(dtype);
  }

  /** The dtype to read the value in, where it is another one than its own. */
  get #castTo(): DType | null {
    const dtype = autocastDtype();
    return dtype === null || dtype === this.spec.dtype || !this.autocast || !isFloat(this.spec.dtype) ? null : dtype;
  }

  get #stored(): Tensor {
    const trace = currentTrace();
    if (trace !== null) return trace.tensor(trace.idOf(this));
    return openTapes.length === 0 ? this.#copy() : readOnTapes(this, () => this.#copy());
  }

  /** @internal The current value for an op that only reads it: the same copy as long as nothing writes to the variable. */
  get operand(): Tensor {
    if (currentTrace() !== null || openTapes.length > 0 || this.#castTo !== null) return this.value;
    this.makeValue();
    // Before the copy: what is written meanwhile is then seen the next time.
    const { version } = this.native;
    const seen = version === this.#version ? this.#seen?.deref() : undefined;
    if (seen !== undefined) return seen;
    const copy = this.#copy();
    this.#seen = new WeakRef(copy);
    this.#version = version;
    return copy;
  }

  /** @internal Makes the first value of a variable that waits for it. */
  makeValue(): void {
    const make = this.#initial;
    this.#initial = null;
    if (make !== null) untraced(make);
  }

  /** @internal The storage, for who fills it: no first value is made any more. */
  get storage(): NativeVariable {
    this.#initial = null;
    return this.native;
  }

  /**
   * Replaces the value. Inside a trace the change becomes part of the recorded program; otherwise it happens now.
   *
   * @throws ValueError when the shape differs.
   */
  assign(value: Operand): this {
    const tensor = toTensor(value as TensorLike, undefined, `Variable '${this.name}'.assign`);
    if (!sameShape(tensor.shape, this.shape)) {
      throw new ValueError(
        `Variable '${this.path}': expected a value of shape ${formatShape(this.shape)} in assign, got ${formatShape(tensor.shape)}.`,
      );
    }
    const trace = currentTrace() ?? tensor.trace;
    const converted = tensor.dtype === this.spec.dtype ? tensor : tensor.astype(this.spec.dtype);
    if (trace !== null) trace.assign(this, converted);
    else {
      this.storage.write(converted.storage);
      tellTapes(null, (tape) => tape.assigned(this, converted));
    }
    return this;
  }

  /** `assign(this + value)`. */
  assignAdd(value: Operand): this {
    return this.assign(withAutocast(null, () => this.add(value)));
  }

  /** `assign(this - value)`. */
  assignSub(value: Operand): this {
    return this.assign(withAutocast(null, () => this.subtract(value)));
  }

  /**
   * A copy of the elements in row-major order, as `Tensor.dataSync`.
   *
   * @throws StateError inside a traced function, whose variables have their values only when it runs.
   */
  dataSync(): TypedArray {
    return currentTrace() === null ? valuesOf(this.#read(), this.spec.dtype) : this.value.dataSync();
  }

  #read(): TypedArray {
    this.makeValue();
    const into = this.spec.allocate(this.name);
    this.native.read(into);
    return into;
  }

  #copy(): Tensor {
    return new Tensor(this.spec, this.#read());
  }

  /** As {@link dataSync}, for places that await. */
  async data(): Promise<TypedArray> {
    return this.dataSync();
  }

  /** The elements as nested arrays, as `Tensor.tolist`. */
  // biome-ignore lint/suspicious/noExplicitAny: the depth depends on the shape, which is not known to the type.
  tolist(): any {
    return this.value.tolist();
  }

  /** The only element as a number. @throws ValueError unless there is exactly one. */
  item(): number {
    return this.value.item();
  }

  override toString(): string {
    return `<Variable path=${this.path}, shape=${formatShape(this.shape)}, dtype=${this.dtype}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return `${this.toString().slice(0, -1)}, value=${this.#copy()}>`;
  }
}
