import { ValueError } from "../errors.js";

/** An array that NumPy pickled. */
export interface PickledArray {
  readonly shape: readonly number[];
  /** Kind and bytes, `u1`, `i8`, `f4`, `O`. */
  readonly dtype: string;
  readonly littleEndian: boolean;
  /** Row-major: the elements' bytes, or for `O` the elements. */
  readonly data: Buffer | readonly Pickled[];
}

/** What a pickle of these data sets may hold. Texts of Python 2 are bytes. */
export type Pickled = null | boolean | number | bigint | string | Buffer | Pickled[] | PickledDict | PickledArray;

/** Keys of bytes and texts alike are strings. */
export type PickledDict = Map<string, Pickled>;

/** A tuple, while it is read: arguments of a function, a shape. */
class Tuple {
  #list: Pickled[] | undefined;
  constructor(readonly parts: readonly Value[]) {}

  /** Its parts, made by `settle`: once, however often a pickle refers to it. */
  list(settle: (part: Value) => Pickled): Pickled[] {
    this.#list ??= this.parts.map(settle);
    return this.#list;
  }
}

/** One of the three things of NumPy that an array is made of. */
class Global {
  constructor(readonly name: "ndarray" | "dtype" | "_reconstruct") {}
}

class Dtype {
  littleEndian = true;
  constructor(readonly code: string) {}
}

/** An array before its state has come. */
class Unbuilt implements PickledArray {
  shape: readonly number[] = [0];
  dtype = "";
  littleEndian = true;
  data: Buffer | readonly Pickled[] = [];
  built = false;
}

type Value = Pickled | Tuple | Global | Dtype | Unbuilt;

const MARK = Symbol("mark");

const GLOBALS: Readonly<Record<string, Global["name"]>> = {
  "numpy ndarray": "ndarray",
  "numpy dtype": "dtype",
  "numpy.core.multiarray _reconstruct": "_reconstruct",
  "numpy._core.multiarray _reconstruct": "_reconstruct",
};

/**
 * Reads a pickle (protocols 0 to 5) of plain values and NumPy's arrays.
 *
 * A pickle is a program. Here nothing of it is run: of the names it may ask for, only the three that NumPy's arrays are made of are known,
 * and those are read as data. Everything else is an error.
 *
 * @param who As it appears in errors.
 * @throws ValueError for anything but plain values and arrays, and for what is cut off.
 */
export function readPickle(bytes: Buffer, who: string): Pickled {
  return new Reader(bytes, who).run();
}

class Reader {
  #at = 0;
  readonly #stack: (Value | typeof MARK)[] = [];
  readonly #memo = new Map<number, Value>();

  constructor(
    readonly bytes: Buffer,
    readonly who: string,
  ) {}

  #fail(why: string): ValueError {
    return new ValueError(
      `${this.who}: refusing to read this pickle: ${why} (at byte ${this.#at}). The file may be corrupted or malicious.`,
    );
  }

  /** Goes on by so many bytes, and tells where they are. */
  #skip(size: number): number {
    const from = this.#at;
    if (!(size >= 0) || from + size > this.bytes.length) throw this.#fail("it is cut off");
    this.#at = from + size;
    return from;
  }

  #take(size: number): Buffer {
    const from = this.#skip(size);
    return this.bytes.subarray(from, from + size);
  }

  #line(): string {
    const end = this.bytes.indexOf(10, this.#at);
    if (end < 0) throw this.#fail("it is cut off");
    const line = this.bytes.toString("latin1", this.#at, end);
    this.#at = end + 1;
    return line;
  }

  #pop(): Value {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw this.#fail("its stack is empty");
    return value;
  }

  #top(): Value {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw this.#fail("its stack is empty");
    return value;
  }

  /** What was put on the stack since the last mark. */
  #marked(): Value[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) throw this.#fail("a mark is missing");
    return this.#stack.splice(from).slice(1) as Value[];
  }

  /** A length that JavaScript can count to. */
  #length8(): number {
    return Number(this.#take(8).readBigUInt64LE());
  }

  #integer(little: Buffer): number | bigint {
    let value = 0n;
    for (let i = little.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(little[i] as number);
    if (little.length > 0 && (little.at(-1) as number) & 0x80) value -= 1n << BigInt(8 * little.length);
    return exact(value);
  }

  #known(id: number): Value {
    const value = this.#memo.get(id);
    if (value === undefined) throw this.#fail(`it remembers nothing as ${id}`);
    return value;
  }

  run(): Pickled {
    for (;;) {
      const op = this.bytes[this.#skip(1)] as number;
      // most of a data set is small numbers
      if (op === 0x4b) {
        this.#stack.push(this.bytes[this.#skip(1)] as number);
        continue;
      }
      if (op === 0x4d) {
        const at = this.#skip(2);
        this.#stack.push((this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8));
        continue;
      }
      if (op === 0x2e) return this.#settle(this.#pop());
      const value = this.#value(op);
      if (value !== undefined) this.#stack.push(value);
      else this.#act(op);
    }
  }

  /** What an operation puts on the stack; `undefined` for operations on what is there. */
  #value(op: number): Value | undefined {
    switch (String.fromCharCode(op)) {
      case "N":
        return null;
      case "\x88":
        return true;
      case "\x89":
        return false;
      case "J":
        return this.bytes.readInt32LE(this.#skip(4));
      case "I":
        return this.#decimal(this.#line());
      case "L":
        return this.#decimal(this.#line().replace(/L$/, ""));
      case "\x8a":
        return this.#integer(this.#take(this.#take(1)[0] as number));
      case "\x8b":
        return this.#integer(this.#take(this.#take(4).readInt32LE()));
      case "G":
        return this.#take(8).readDoubleBE();
      case "U":
      case "C":
        return this.#take(this.#take(1)[0] as number);
      case "T":
        return this.#take(this.#take(4).readInt32LE());
      case "B":
        return this.#take(this.#take(4).readUInt32LE());
      case "\x8e":
        return this.#take(this.#length8());
      case "X":
        return this.#take(this.#take(4).readUInt32LE()).toString("utf8");
      case "\x8c":
        return this.#take(this.#take(1)[0] as number).toString("utf8");
      case "\x8d":
        return this.#take(this.#length8()).toString("utf8");
      case "]":
        return [];
      case "}":
        return new Map();
      case ")":
        return new Tuple([]);
      case "h":
        return this.#known(this.#take(1)[0] as number);
      case "j":
        return this.#known(this.#take(4).readUInt32LE());
      case "g":
        return this.#known(Number(this.#line()));
      case "c":
        return this.#global(this.#line(), this.#line());
      default:
        return undefined;
    }
  }

  #act(op: number): void {
    const stack = this.#stack;
    switch (String.fromCharCode(op)) {
      case "\x80": // protocol
        this.#take(1);
        return;
      case "\x95": // frame
        this.#take(8);
        return;
      case "(":
        stack.push(MARK);
        return;
      case "0":
        this.#pop();
        return;
      case "1":
        this.#marked();
        return;
      case "q":
        this.#memo.set(this.#take(1)[0] as number, this.#top());
        return;
      case "r":
        this.#memo.set(this.#take(4).readUInt32LE(), this.#top());
        return;
      case "p":
        this.#memo.set(Number(this.#line()), this.#top());
        return;
      case "\x94":
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case "t":
        stack.push(new Tuple(this.#marked()));
        return;
      case "\x85":
      case "\x86":
      case "\x87": {
        const parts = Array.from({ length: op - 0x84 }, () => this.#pop());
        stack.push(new Tuple(parts.reverse()));
        return;
      }
      case "l":
        stack.push(this.#marked().map(this.#settle));
        return;
      case "a": {
        const value = this.#pop();
        this.#list().push(this.#settle(value));
        return;
      }
      case "e": {
        const values = this.#marked();
        const list = this.#list();
        for (const value of values) list.push(this.#settle(value));
        return;
      }
      case "d": {
        const pairs = this.#marked();
        stack.push(new Map());
        this.#set(pairs);
        return;
      }
      case "s": {
        const value = this.#pop();
        this.#set([this.#pop(), value]);
        return;
      }
      case "u":
        this.#set(this.#marked());
        return;
      case "\x93": {
        const name = this.#pop();
        const module = this.#pop();
        stack.push(this.#global(String(module), String(name)));
        return;
      }
      case "R": {
        const args = this.#pop();
        stack.push(this.#reduce(this.#pop(), args));
        return;
      }
      case "b":
        this.#build(this.#pop(), this.#top());
        return;
      default:
        throw this.#fail(`operation 0x${op.toString(16)} is none of plain data`);
    }
  }

  #decimal(text: string): number | bigint | boolean {
    if (text === "01") return true;
    if (text === "00") return false;
    if (!/^-?\d{1,4000}$/.test(text)) throw this.#fail("a number is damaged");
    return exact(BigInt(text));
  }

  #list(): Pickled[] {
    const list = this.#top();
    if (Array.isArray(list)) return list;
    throw this.#fail("something is appended to what is no list");
  }

  #set(pairs: readonly Value[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map) || pairs.length % 2 !== 0) throw this.#fail("a dict is damaged");
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i] as Value;
      if (typeof key !== "string" && typeof key !== "number" && !Buffer.isBuffer(key)) {
        throw this.#fail("a key of a dict is no text");
      }
      dict.set(Buffer.isBuffer(key) ? key.toString("utf8") : String(key), this.#settle(pairs[i + 1] as Value));
    }
  }

  #global(module: string, name: string): Global {
    const known = GLOBALS[`${module} ${name}`];
    if (known === undefined || !Object.hasOwn(GLOBALS, `${module} ${name}`))
      throw this.#fail(`it asks for ${module}.${name}`);
    return new Global(known);
  }

  #reduce(fn: Value, args: Value): Value {
    const parts = args instanceof Tuple ? args.parts : [];
    if (fn instanceof Global && fn.name === "_reconstruct") {
      const [type] = parts;
      if (type instanceof Global && type.name === "ndarray") return new Unbuilt();
    } else if (fn instanceof Global && fn.name === "dtype") {
      const code = Buffer.isBuffer(parts[0]) ? parts[0].toString("latin1") : parts[0];
      if (typeof code === "string" && /^[<>|=]?[a-zA-Z]\d*$/.test(code)) return new Dtype(code.replace(/^[<>|=]/, ""));
    }
    throw this.#fail("it calls something that makes no array");
  }

  #build(state: Value, object: Value): void {
    const parts = state instanceof Tuple ? state.parts : [];
    if (object instanceof Dtype) {
      const order = Buffer.isBuffer(parts[1]) ? parts[1].toString("latin1") : parts[1];
      object.littleEndian = order !== ">";
      return;
    }
    const [, shape, dtype, fortran, data] = parts;
    if (!(object instanceof Unbuilt) || object.built || !(shape instanceof Tuple) || !(dtype instanceof Dtype)) {
      throw this.#fail("the state of an array is damaged");
    }
    const dims = shape.parts.map(Number);
    const size = dims.reduce((total, d) => total * d, 1);
    if (!dims.every((d) => Number.isSafeInteger(d) && d >= 0)) throw this.#fail("a shape is damaged");
    if (fortran === true && dims.length > 1) throw this.#fail("an array in column order");
    const isObject = dtype.code.startsWith("O");
    const fits = isObject
      ? Array.isArray(data) && data.length === size
      : Buffer.isBuffer(data) && data.length === size * Number(dtype.code.slice(1));
    if (!fits) throw this.#fail("an array's data does not fill its shape");
    object.built = true;
    object.shape = dims;
    object.dtype = isObject ? "O" : dtype.code;
    object.littleEndian = dtype.littleEndian;
    object.data = data as Buffer | Pickled[];
  }

  /** A value as part of the result: data, not something half made. */
  readonly #settle = (value: Value): Pickled => {
    if (value instanceof Tuple) return value.list(this.#settle);
    if (value instanceof Global || value instanceof Dtype || (value instanceof Unbuilt && !value.built)) {
      throw this.#fail("it holds no data");
    }
    return value;
  };
}

const exact = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

/** Whether a value is an array of NumPy's. */
export function isPickledArray(value: unknown): value is PickledArray {
  return value instanceof Unbuilt;
}
