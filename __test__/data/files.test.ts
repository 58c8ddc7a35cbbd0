import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { npy, zip } from "../datasets/zip.js";

const { readCsv, readNpz } = keras.data;
const { ValueError } = keras.errors;
const home = mkdtempSync(join(tmpdir(), "kerosene-files-"));
test.after.always(() => rmSync(home, { recursive: true, force: true }));

let count = 0;
function file(content: string | Buffer): string {
  const path = join(home, `${count++}`);
  writeFileSync(path, content);
  return path;
}
const rows = async (content: string, options = {}) => (await readCsv(file(content), options)).toArray();

test("a table by its columns: numbers, texts, what is empty", async (t) => {
  t.deepEqual(await rows("a,b,c\n1,x,2.5\n-3e2,,\n"), [
    { a: 1, b: "x", c: 2.5 },
    { a: -300, b: "", c: Number.NaN },
  ]);
  t.deepEqual(await rows("a,b\n1,2\n3,x\n"), [
    { a: 1, b: "2" },
    { a: 3, b: "x" },
  ]);
  t.deepEqual(await rows("a,b\n,NaN\n"), [{ a: "", b: Number.NaN }]);
});

test("quotes, new lines within, other line ends and delimiters, no last line end", async (t) => {
  const want = [
    { a: 'say "hi"', b: "two\nlines, one field" },
    { a: "", b: "é" },
  ];
  t.deepEqual(await rows('a,b\r\n"say ""hi""","two\nlines, one field"\r\n"",é'), want);
  t.deepEqual(await rows('\uFEFFa;b\n"say ""hi""";"two\nlines, one field"\n;é\n', { delimiter: ";" }), want);
  t.deepEqual(await rows("a\n1\n\n2\n"), [{ a: 1 }, { a: 2 }]); // a blank line is none
  t.deepEqual(await rows('a\n""\nx\n'), [{ a: "" }, { a: "x" }]);
  t.deepEqual(Object.entries((await rows("__proto__\nx\n"))[0] as object), [["__proto__", "x"]]);
  t.deepEqual(await rows('a,b\n5" pipe,1\n'), [{ a: '5" pipe', b: 1 }]);
});

test("columns, types, no header, several files", async (t) => {
  t.deepEqual(await rows("a,b,c\n1,2,3\n", { columns: ["c", "a"] }), [{ c: 3, a: 1 }]);
  t.deepEqual(await rows("1,2\n", { header: false, columns: ["x", "y"] }), [{ x: 1, y: 2 }]);
  t.deepEqual(await rows("zip,n\n01234,5\n", { types: { zip: "string" } }), [{ zip: "01234", n: 5 }]);
  const both = await readCsv([file("a,b\n1,x\n"), file("b,a\ny,2\n")]);
  t.deepEqual(await both.toArray(), [
    { a: 1, b: "x" },
    { a: 2, b: "y" },
  ]);
  t.deepEqual(await both.toArray(), await both.toArray()); // as often as one likes
});

test("what does not fit is an error that names file, line and column", async (t) => {
  const late = `a\n${"1\n".repeat(1000)}x\n`;
  const bad: [string, object, RegExp][] = [
    ["a,b\n1\n", {}, /line 2 of .* has 1 fields, expected 2 \(a, b\)/],
    ['a,b\n"x\ny",1\n1,2,3\n', {}, /line 4 of .* has 3 fields/],
    ['a\n"x\n', {}, /begins in line 2 of .* never ends/],
    ['a\n"x"y\n', {}, /line 2 of .*: text after the end of a quoted field/],
    ["", {}, /is empty/],
    ["a,a\n1,2\n", {}, /two columns "a"/],
    ["a\n1\n", { columns: ["b"] }, /no column b. It has a/],
    ["a\n1\n", { header: false }, /`columns`/],
    ["a\n1\n", { delimiter: ",," }, /`delimiter`/],
    ["a\n1\n", { types: { b: "number" } }, /names a column "b"; there are a/],
    [late, {}, /line 1002 of .*, column a: expected a number, got "x"/],
  ];
  for (const [content, options, message] of bad) {
    await t.throwsAsync(rows(content, options), { message, instanceOf: ValueError }, String(message));
  }
  await t.throwsAsync(readCsv(join(home, "nothing")), { code: "ENOENT" });
  await t.throwsAsync(readCsv([]), { instanceOf: keras.errors.TypeError });
});

test("a model trains on a table", async (t) => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i / 40},${(i * 7) % 5},${(2 * i) / 40 + ((i * 7) % 5)}`);
  const table = await readCsv(file(`u,v,sum\n${lines.join("\n")}`));
  const [u, v] = [keras.Input({ shape: [1], name: "u" }), keras.Input({ shape: [1], name: "v" })];
  const outputs = keras.layers.Dense(1)(keras.layers.Concatenate()([u, v]) as keras.KerasTensor);
  const model = keras.Model({ u, v }, outputs);
  model.compile({ optimizer: keras.optimizers.Adam(0.05), loss: "mse" });
  const data = table.map(({ sum, ...x }) => [x, sum]).batch(8);
  const { history } = await model.fit(data, { epochs: 10, verbose: 0 });
  t.true((history.loss?.at(-1) as number) < (history.loss?.[0] as number));
});

test("npz archives", async (t) => {
  const floats = Buffer.from(Float32Array.of(1, 2.5).buffer);
  const path = file(zip({ "x.npy": npy([2, 1], floats, "<f4"), "y.npy": npy([2], Uint8Array.of(3, 4)) }));
  const { x, y } = await readNpz(path);
  t.deepEqual([x?.dtype, x?.tolist(), y?.dtype, y?.tolist()], ["float32", [[1], [2.5]], "uint8", [3, 4]]);
  const objects = file(zip({ "x.npy": npy([1], Uint8Array.of(1), "|O") }));
  await t.throwsAsync(readNpz(objects), { message: /objects/, instanceOf: ValueError });
  await t.throwsAsync(readNpz(file("no archive")), { message: /readNpz/, instanceOf: keras.errors.KeroseneError });
});
