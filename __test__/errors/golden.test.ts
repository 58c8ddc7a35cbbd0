import test from "ava";
import * as keras from "kerosene";
import { goldenJson, hasGolden } from "../golden.js";
import { cases } from "./golden-cases.js";

interface Golden {
  id: string;
  raises: string | null;
}

/** Our class for what Python calls so. */
const kinds: Record<string, new (...args: never) => Error> = {
  ValueError: keras.errors.ValueError,
  IndexError: keras.errors.IndexError,
  TypeError: keras.errors.TypeError,
  NotImplementedError: keras.errors.NotImplementedError,
};

const golden = hasGolden ? goldenJson<{ cases: Golden[] }>("errors.json").cases : [];

for (const { id, raises } of golden) {
  const one = cases[id];
  test(`${id}: ${raises ?? "no error"}`, async (t) => {
    if (one === undefined) {
      t.fail("there is no such case here");
      return;
    }
    const kind = one.kind ?? raises;
    if (kind === null) {
      await t.notThrowsAsync(async () => one.run());
      return;
    }
    const error = await t.throwsAsync<Error>(async () => one.run());
    t.regex(error?.message ?? "", one.says!);
    if (one.kind === undefined) t.true(error instanceof kinds[kind]!, `${error?.name}: ${error?.message}`);
    else t.is(error?.name, kind);
  });
}

test("every case is one of Keras's", (t) => {
  const known = new Set(golden.map(({ id }) => id));
  t.deepEqual(hasGolden ? Object.keys(cases).filter((id) => !known.has(id)) : [], []);
});
