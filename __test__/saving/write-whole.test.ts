import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { writeWhole } from "#kerosene/saving/write-whole.js";

const folder = mkdtempSync(join(tmpdir(), "kerosene-whole-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("a file is the old one or the new one, whoever writes at once; what the dead left goes", async (t) => {
  const path = join(folder, "model.keras");
  const old = join(folder, "model.keras.1-00.part");
  writeFileSync(old, "half");
  utimesSync(old, new Date(0), new Date(0));
  const [young, other] = [join(folder, "model.keras.2-00.part"), join(folder, "other.keras.1-00.part")];
  writeFileSync(young, "half");
  writeFileSync(other, "half");
  utimesSync(other, new Date(0), new Date(0));
  await t.throwsAsync(
    writeWhole(path, async (part) => {
      await writeFile(part, "ha");
      throw new Error("no room");
    }),
    { message: "no room" },
  );
  t.deepEqual(readdirSync(folder).sort(), ["model.keras.1-00.part", "model.keras.2-00.part", "other.keras.1-00.part"]);
  await Promise.all(["one", "two", "three"].map((text) => writeWhole(path, (part) => writeFile(part, text))));
  t.true(["one", "two", "three"].includes(readFileSync(path, "utf8")));
  t.deepEqual(readdirSync(folder).sort(), ["model.keras", "model.keras.2-00.part", "other.keras.1-00.part"]);
});
