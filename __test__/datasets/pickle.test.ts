import test from "ava";
import * as keras from "kerosene";
import { isPickledArray, readPickle } from "#kerosene/datasets/pickle.js";
import { pickle, Uint8Matrix } from "./pickles.js";

const read = (bytes: Buffer) => readPickle(bytes, "test");
const latin = (text: string) => Buffer.from(text, "latin1");

test("what Python writes, by protocols 3 to 5", (t) => {
  // pickle.dumps([1, -2, 300, 70000, 2 ** 40, True, None, 1.5, "é", b"\xff", (1, 2), (), {"a": [1], b"b": 2}], protocol)
  const value = [
    1,
    -2,
    300,
    70000,
    2 ** 40,
    true,
    null,
    1.5,
    "é",
    latin("\xff"),
    [1, 2],
    [],
    new Map<string, unknown>([
      ["a", [1]],
      ["b", 2],
    ]),
  ];
  const dumps = DUMPS.map((dump) => Buffer.from(dump, "base64"));
  for (const [protocol, bytes] of dumps.entries()) {
    const found = read(bytes) as unknown[];
    t.is(found.length, value.length, `protocol ${protocol + 3}`);
    t.deepEqual(found, value);
  }
});

test("lists and dicts of Python 2, with what they share", (t) => {
  const found = read(pickle({ data: new Uint8Matrix([2, 3], Buffer.from([1, 2, 3, 4, 5, 6])), labels: [4, 5] })) as Map<
    string,
    unknown
  >;
  t.deepEqual(found.get("labels"), [4, 5]);
  const data = found.get("data");
  t.true(isPickledArray(data));
  if (isPickledArray(data)) {
    t.deepEqual([data.shape, data.dtype, [...(data.data as Buffer)]], [[2, 3], "u1", [1, 2, 3, 4, 5, 6]]);
  }
  const shared = read(latin("(lp0\n(lp1\nI7\naag1\na.")) as unknown[];
  t.deepEqual(shared, [[7], [7]]);
  t.is(shared[0], shared[1]);
});

test("nothing is run: whatever asks for more than NumPy's arrays is refused", (t) => {
  const bad: [string, Buffer, RegExp][] = [
    ["a call", latin("cos\nsystem\n(S'echo'\ntR."), /asks for os\.system/],
    ["a call by protocol 4", latin("\x80\x04\x8c\x08builtins\x94\x8c\x04eval\x94\x93."), /asks for builtins\.eval/],
    ["another name of a known module", latin("cnumpy\nload\n."), /asks for numpy\.load/],
    ["names that objects have", latin("c__proto__\nconstructor\n."), /asks for __proto__/],
    ["calling an array's class", latin("cnumpy\nndarray\n(tR."), /calls something/],
    [
      "reconstructing another class",
      latin("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\nK\0tR."),
      /calls something/,
    ],
    ["a class alone", latin("cnumpy\nndarray\n."), /holds no data/],
    [
      "an array without its state",
      latin("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\ntR."),
      /holds no data/,
    ],
    ["a state for what is no array", latin("}(K\x01K\x02tb."), /state of an array/],
    ["persistent ids", latin("P1\n."), /none of plain data/],
    ["instances", latin("(ios\nsystem\n."), /none of plain data/],
    ["extension codes", latin("\x82\x01."), /none of plain data/],
    ["objects", latin("\x80\x02cnumpy\nndarray\n)\x81."), /none of plain data/],
    ["cut off", pickle([1, 2, 3]).subarray(0, 12), /cut off/],
    ["empty", Buffer.alloc(0), /cut off/],
    ["a text longer than the file", latin("T\xff\xff\xff\x7fab."), /cut off/],
    ["a text of negative length", latin("T\xff\xff\xff\xffab."), /cut off/],
    ["a text of 2^63 bytes", latin("\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab."), /cut off/],
    ["an empty stack", latin("."), /stack is empty/],
    ["no mark", latin("t."), /mark is missing/],
    ["what it does not remember", latin("h\x09."), /remembers nothing as 9/],
    ["a damaged number", latin("I1e5\n."), /number is damaged/],
    ["a list as key", latin("}]K\x01s."), /key of a dict/],
    ["appending to a dict", latin("}K\x01a."), /no list/],
  ];
  for (const [name, bytes, message] of bad) {
    t.throws(() => read(bytes), { message, instanceOf: keras.errors.ValueError }, name);
  }
  const whole = pickle({ data: new Uint8Matrix([2, 3], Buffer.alloc(5)) });
  t.throws(() => read(whole), { message: /does not fill its shape/ });
});

test("tuples of tuples of the same tuple are not copied over and over", (t) => {
  const doubled = "h\0h\0\x86q\0".repeat(200);
  const found = read(latin(`K\x01\x85q\0${doubled}]h\0a.`)) as unknown[][];
  let [depth, part] = [0, found[0] as unknown];
  for (; Array.isArray(part); depth++) {
    if (part.length === 2) t.is(part[0], part[1]);
    part = part[0];
  }
  t.is(depth, 201);
});

test("no cut and no flipped byte does anything but give data or an error", (t) => {
  const whole = pickle({ data: new Uint8Matrix([2, 2], Buffer.from([1, 2, 3, 4])), labels: [4, 5], names: ["a", "b"] });
  for (let at = 0; at < whole.length; at++) {
    t.throws(() => read(whole.subarray(0, at)), { instanceOf: keras.errors.ValueError });
    for (const mask of [0x01, 0x40, 0xff]) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ mask;
      try {
        read(flipped);
      } catch (error) {
        if (!(error instanceof keras.errors.ValueError)) t.fail(`byte ${at}: ${String(error)}`);
      }
    }
  }
  t.pass();
});

/** Of protocols 3, 4 and 5; those before write bytes as calls. */
const DUMPS = [
  "gANdcQAoSwFK/v///00sAUpwEQEAigYAAAAAAAGITkc/+AAAAAAAAFgCAAAAw6lxAUMB/3ECSwFLAoZxAyl9cQQoWAEAAABhcQVdcQZLAWFDAWJxB0sCdWUu",
  "gASVSgAAAAAAAABdlChLAUr+////TSwBSnARAQCKBgAAAAAAAYhORz/4AAAAAAAAjALDqZRDAf+USwFLAoaUKX2UKIwBYZRdlEsBYUMBYpRLAnVlLg==",
  "gAWVSgAAAAAAAABdlChLAUr+////TSwBSnARAQCKBgAAAAAAAYhORz/4AAAAAAAAjALDqZRDAf+USwFLAoaUKX2UKIwBYZRdlEsBYUMBYpRLAnVlLg==",
];
