import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { positional, signatures } from "./call.js";
import { kinds } from "./cases.js";
import { type Outcome, runCase } from "./check.js";

import { Source } from "./source.js";

const golden = join(import.meta.dirname, "..", "..", "..", "..", "shared", "golden");

/** Adds to the last number of a file of tensors. */
function corrupt(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + 0.5, bytes.length - 4);
  writeFileSync(file, bytes);
}

/** What a kind's cases give where `change` has been at a copy of the named files. */
async function outcomes(kind: string, files: string[], change: (folder: string) => void): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "parity-"));
  try {
    for (const file of files) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      cpSync(join(golden, file), join(folder, file), { recursive: true });
    }
    change(folder);
    const found: Outcome[] = [];
    for (const one of kinds[kind]!(new Source(folder))) found.push(await runCase(one));
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const failed = (found: readonly Outcome[]): number => found.filter(({ status }) => status === "failed").length;

if (existsSync(golden)) {
  const copies: [kind: string, files: string[], numbers: string][] = [
    ["layers", ["layers/Dense.json", "layers/Dense.safetensors"], "layers/Dense.safetensors"],
    ["constraints", ["constraints.json", "constraints.safetensors"], "constraints.safetensors"],
    ["losses", ["losses.json", "losses.safetensors"], "losses.safetensors"],
    ["models", ["models/mnist_mlp"], "models/mnist_mlp/data.safetensors"],
  ];
  for (const [kind, files, numbers] of copies) {
    test(`${kind}: one wrong number is one failed case`, async (t) => {
      const before = await outcomes(kind, files, () => {});
      const after = await outcomes(kind, files, (folder) => corrupt(join(folder, numbers)));
      t.is(failed(before), 0);
      t.is(failed(after), 1);
    });
  }

  test("ops: a wrong output, gradient, dtype and number of outputs are seen", async (t) => {
    const files = ["ops.json", "ops.safetensors"];
    const keep = (change: (one: Record<string, unknown[]>) => void) => (folder: string) => {
      const file = join(folder, "ops.json");
      const text = JSON.parse(readFileSync(file, "utf8"));
      text.cases = text.cases.filter(({ id }: { id: string }) => id === "multiply_0");
      change(text.cases[0]);
      writeFileSync(file, JSON.stringify(text));
    };
    t.is(
      failed(
        await outcomes(
          "ops",
          files,
          keep(() => {}),
        ),
      ),
      0,
    );
    const changes: ((one: Record<string, unknown[]>) => void)[] = [
      (one) => {
        one.outputs = ["ops/add_0/output/0"];
      },
      (one) => {
        one.input_grads = [...one.input_grads!].reverse();
      },
      (one) => {
        one.outputs = ["ops/equal_0/output/0"];
      },
      (one) => {
        one.outputs!.push(one.outputs![0]);
      },
    ];
    for (const change of changes) t.is(failed(await outcomes("ops", files, keep(change))), 1);
  });

  test("what stands by position in an op stands where Keras has it", (t) => {
    const at = (op: string): unknown =>
      op
        .split(".")
        .reduce<unknown>(
          (room, part) => (room as Record<string, unknown> | undefined)?.[snakeToCamel(part)],
          keras.ops,
        );
    let compared = 0;
    for (const [op, parameters] of Object.entries(signatures(new Source(golden)))) {
      const fn = at(op);
      if (typeof fn !== "function") continue;
      const names = parameters.map(({ name }) => snakeToCamel(name).toLowerCase());
      for (const [i, name] of positional(fn as never).entries()) {
        const place = names.indexOf(name.toLowerCase());
        if (place >= 0) t.is(place, i, `${op}: ${name}`);
        compared++;
      }
    }
    t.true(compared > 500);
  });

  test("a class that does not exist is not supported", async (t) => {
    const found = await outcomes("losses", ["losses.json", "losses.safetensors"], (folder) => {
      const file = join(folder, "losses.json");
      writeFileSync(file, readFileSync(file, "utf8").replaceAll('"class_name": "Huber"', '"class_name": "Hober"'));
    });
    const missing = found.filter(({ case: one }) => one.className === "Hober");
    t.true(missing.length > 0 && missing.every(({ status }) => status === "not supported"));
  });

  test("a config that differs is a failure", async (t) => {
    const found = await outcomes("constraints", ["constraints.json", "constraints.safetensors"], (folder) => {
      const file = join(folder, "constraints.json");
      const text = JSON.parse(readFileSync(file, "utf8"));
      for (const one of text.cases) one.config.config = { ...one.config.config, added: 1 };
      writeFileSync(file, JSON.stringify(text));
    });
    t.is(failed(found), found.length);
  });
} else {
  test("golden cases are not here", (t) => t.pass());
}
