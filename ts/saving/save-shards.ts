import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asDType, byteSize } from "../engine/dtype.js";
import { ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { native } from "../native.js";
import { type ArrayToWrite, checkBuilt, stateOf, type WeightsToWrite } from "./save-model.js";
import { partOf, writeWhole } from "./write-whole.js";

/**
 * Writes weights as files of a size that Keras calls shards, and a `.weights.json` that says which object lies in which.
 *
 * @param maxBytes The most bytes of arrays in one file.
 * @throws StateError for a model that is not built; ValueError for an array that is larger than a file may be.
 */
export async function writeShards(
  model: Layer,
  path: string,
  maxBytes: number,
  options: WeightsToWrite = {},
): Promise<void> {
  checkBuilt("saveWeights", model);
  const { arrays, texts } = await stateOf(model, options.objectsToSkip);
  const [shards, list] = shardsOf(
    arrays,
    basename(path)
      .replace(/\.json$/, "")
      .replaceAll(".weights", ""),
    maxBytes,
  );
  // An object's name stands where its first array does, or in the first file.
  const home = new Map(shards.toReversed().flatMap((shard) => shard.arrays.map((array) => [groupOf(array), shard])));
  const named = texts.map((text) => ({ text, shard: home.get(text.group) ?? shards[0]! }));
  const parts: [part: string, whole: string][] = [];
  try {
    for (const shard of shards) {
      const whole = join(dirname(path), shard.name);
      const part = partOf(whole);
      parts.push([part, whole]);
      const own = named.filter((one) => one.shard === shard).map(({ text }) => text);
      await native().writeModel(part, shard.arrays, own);
    }
    for (const [part, whole] of parts) await rename(part, whole);
    await writeWhole(path, (part) => writeFile(part, JSON.stringify(list, null, 4)));
  } finally {
    for (const [part] of parts) await rm(part, { force: true });
  }
}

/** One file of several. */
interface Shard {
  readonly name: string;
  readonly arrays: ArrayToWrite[];
}

function groupOf({ name }: ArrayToWrite): string {
  return name.slice(0, name.lastIndexOf("/"));
}

/** Spreads arrays over files in their order, and lists which groups lie where. */
function shardsOf(arrays: readonly ArrayToWrite[], stem: string, maxBytes: number): [Shard[], object] {
  const shards: Shard[] = [];
  const map: Record<string, string | string[]> = {};
  let [size, total] = [0, 0];
  const begin = (): void => {
    shards.push({ name: `${stem}_${String(shards.length).padStart(5, "0")}.weights.h5`, arrays: [] });
  };
  begin();
  for (const array of arrays) {
    const bytes = array.shape.reduce((product, d) => product * d, byteSize(asDType(array.dtype, array.name)));
    if (bytes > maxBytes) {
      throw new ValueError(
        `saveWeights: "${array.name}" has ${bytes} bytes, more than a file of at most ${maxBytes} can hold. Increase \`maxShardSize\`.`,
      );
    }
    [size, total] = [size + bytes, total + bytes];
    if (size > maxBytes) {
      begin();
      size = bytes;
    }
    const shard = shards.at(-1)!;
    shard.arrays.push(array);
    const group = `/${groupOf(array)}`;
    const files = [map[group] ?? []].flat();
    if (!files.includes(shard.name)) files.push(shard.name);
    map[group] = files.length === 1 ? shard.name : files;
  }
  return [shards, { metadata: { total_size: total }, weight_map: map }];
}
