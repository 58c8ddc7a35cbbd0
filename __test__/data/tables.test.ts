import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { optionalModule } from "#kerosene/engine/optional-module.js";

const { data } = keras;
const { KeroseneError, NotImplementedError, ValueError } = keras.errors;
const home = mkdtempSync(join(tmpdir(), "kerosene-tables-"));
test.after.always(() => rmSync(home, { recursive: true, force: true }));

// Files that pyarrow and NumPy wrote.
const source = new URL("../../../__test__/data/tables.json", import.meta.url);
const { npy, ...tables } = JSON.parse(readFileSync(source, "utf8")) as { npy: Record<string, string> } & Record<
  string,
  string
>;

function file(name: string, content: string | Buffer): string {
  const path = join(home, name);
  writeFileSync(path, typeof content === "string" ? Buffer.from(content, "base64") : content);
  return path;
}

const rows = [
  { i: 1, big: 1, f: 0.5, s: "a", b: 1, when: Date.UTC(2020, 0, 1), list: [1, 2], cat: "x" },
  { i: 2, big: 2 ** 40, f: Number.NaN, s: "é", b: 0, when: Number.NaN, list: [3], cat: "y" },
  { i: Number.NaN, big: 3, f: 1.5, s: "", b: 1, when: 1000, list: [], cat: "x" },
  { i: 4, big: 4, f: -2, s: "d", b: Number.NaN, when: Date.UTC(2000, 0, 1), list: [4], cat: "x" },
];

for (const [kind, content] of Object.entries(tables).filter(([name]) =>
  /parquet_(none|snappy|gzip|brotli)|arrow/.test(name),
)) {
  const read = kind.startsWith("parquet") ? data.readParquet : data.readArrow;
  test(`${kind}: every type of column`, async (t) => {
    const path = file(kind, content);
    const all = await read(path);
    t.deepEqual(await all.toArray(), rows);
    t.deepEqual(await all.toArray(), rows, "a second time");
    const some = await read([path, path], { columns: ["f", "i"] });
    t.deepEqual(
      (await some.toArray()).map((row) => Object.keys(row)),
      Array(8).fill(["f", "i"]),
    );
    const [x] = (await (await read(path, { columns: ["big", "b"] })).batch(2).toArray()) as [
      Record<string, keras.Tensor>,
    ];
    t.deepEqual(
      [x.big?.tolist(), x.b?.tolist()],
      [
        [1, 2 ** 40],
        [1, 0],
      ],
    );
    await t.throwsAsync(read(path, { columns: ["f", "g"] }), {
      instanceOf: ValueError,
      message: /no column g\. It has i, big/,
    });
  });
}

test("a model trains on a Parquet file", async (t) => {
  const table = await data.readParquet(file("p", tables.parquet_snappy!), { columns: ["big", "cat"] });
  const batches = table.map(({ big, cat }) => [[Number(big) / 2 ** 40], [cat === "x" ? 1 : 0]]).batch(2);
  const model = keras.Sequential([keras.Input({ shape: [1] }), keras.layers.Dense(1)]);
  model.compile({ optimizer: "sgd", loss: "mse" });
  const history = await model.fit(batches, { epochs: 2, verbose: 0 });
  t.is(history.history.loss?.length, 2);
});

test("tables that are refused", async (t) => {
  const record = await data.readParquet(file("record", tables.parquet_record!));
  await t.throwsAsync(record.toArray(), { instanceOf: NotImplementedError, message: /row 0, column r/ });
  const large = await data.readParquet(file("large", tables.parquet_big!));
  await t.throwsAsync(large.toArray(), { instanceOf: ValueError, message: /1152921504606846976 is too large/ });
  const cut = Buffer.from(tables.parquet_none!, "base64");
  await t.throwsAsync(data.readParquet(file("cut", cut.subarray(0, cut.length - 9))), { instanceOf: ValueError });
  await t.throwsAsync(data.readParquet(file("no", Buffer.from("no table, by no means"))), { instanceOf: ValueError });
  await t.throwsAsync(data.readArrow(file("no2", Buffer.from("no table, by no means"))), { instanceOf: ValueError });
  for (const read of [data.readParquet, data.readArrow, data.readNpy]) {
    await t.throwsAsync(read(join(home, "nowhere")), { code: "ENOENT" });
  }
  await t.throwsAsync(data.readParquet([] as string[]), { instanceOf: keras.errors.TypeError });
});

test("damaged tables are read or refused with one of our errors", async (t) => {
  for (const [kind, read] of [
    ["parquet_snappy", data.readParquet],
    ["arrow_file", data.readArrow],
  ] as const) {
    for (let place = 0; place < 40; place++) {
      const bytes = Buffer.from(tables[kind]!, "base64");
      const at = Math.floor((place * bytes.length) / 40);
      bytes[at] = bytes[at]! ^ 0x55;
      try {
        await (await read(file("damaged", bytes))).toArray();
      } catch (error) {
        t.true(error instanceof KeroseneError, `${kind} at ${at}: ${error}`);
      }
    }
  }
  t.pass();
});

test("a library that is not installed is named, with what to do", async (t) => {
  await t.throwsAsync(optionalModule("no-such-package", "readX", "npm install no-such-package."), {
    instanceOf: KeroseneError,
    message: /^readX: no-such-package could not be loaded .*npm install no-such-package\.$/,
  });
});

test("npy files", async (t) => {
  const read = (name: string) => data.readNpy(file(`${name}.npy`, npy[name]!));
  const wanted: Record<string, [string, unknown]> = {
    f4: [
      "float32",
      [
        [0, 0.5, 1],
        [1.5, 2, 2.5],
      ],
    ],
    fortran: [
      "int32",
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    big_endian: ["float64", [0, 1, 2, 3]],
    scalar: ["int64", 7],
    bool: ["bool", [true, false]],
    empty: ["float32", []],
    u2: ["uint16", [1, 65535]],
  };
  for (const [name, [dtype, values]] of Object.entries(wanted)) {
    const array = await read(name);
    t.deepEqual([array.dtype, array.tolist()], [dtype, values], name);
  }
  t.deepEqual((await read("empty")).shape, [0, 3]);
  for (const name of ["text", "half", "record", "object"]) {
    await t.throwsAsync(read(name), { instanceOf: NotImplementedError }, name);
  }
  const whole = Buffer.from(npy.f4!, "base64");
  const bad = [whole.subarray(0, 5), whole.subarray(0, 40), whole.subarray(0, -1), Buffer.concat([whole, whole])];
  bad.push(Buffer.from(whole.toString("latin1").replace("(2, 3)", "(9, 9)"), "latin1"));
  bad.push(Buffer.from(whole.toString("latin1").replace("'shape'", "'shope'"), "latin1"));
  for (const bytes of bad) await t.throwsAsync(data.readNpy(file("bad.npy", bytes)), { instanceOf: ValueError });
});
