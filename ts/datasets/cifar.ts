import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { imageDataFormat } from "../engine/config.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { tarEntries } from "../utils/tar.js";
import { locate } from "./locate.js";
import { isPickledArray, readPickle } from "./pickle.js";
import type { Splits } from "./splits.js";

/** A picture is 3 planes of 32×32. */
const PLANE = 32 * 32;
const PICTURE = 3 * PLANE;
/** A batch of 10,000 or 50,000 pictures is far below. */
const LARGEST = 1 << 29;

/** One of the two data sets. */
export interface Cifar {
  /** As it appears in errors. */
  readonly who: string;
  readonly origin: string;
  readonly fileHash: string;
  /** Name of the unpacked folder in the cache. */
  readonly cacheName: string;
  /** The folder within the archive. */
  readonly inner: string;
  readonly train: readonly string[];
  readonly test: string;
  readonly labels: string;
}

/** The pictures of the files of a folder or an archive, or of Keras's cache. */
export async function readCifar(path: string | null | undefined, cifar: Cifar): Promise<Splits> {
  const { who, train, test, inner } = cifar;
  const files = [...train, test];
  const contents =
    path != null && isFile(path)
      ? await fromArchive(path, files, who)
      : await fromFolder(await folder(path, cifar), files, who);
  const batches = files.map((name) =>
    readBatch(contents.get(name) as Buffer, cifar.labels, `${who}: ${inner}/${name}`),
  );
  return [together(batches.slice(0, -1)), together(batches.slice(-1))];
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** The folder that holds the files. */
async function folder(path: string | null | undefined, cifar: Cifar): Promise<string> {
  const { who, origin, fileHash, cacheName, inner } = cifar;
  if (path == null) return join(await locate(cacheName, { who, origin, fileHash, extract: true }), inner);
  return existsSync(join(path, inner)) ? join(path, inner) : path;
}

async function fromFolder(path: string, names: readonly string[], who: string): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (const name of names) {
    const file = join(path, name);
    if (!isFile(file)) throw new ValueError(`${who}: ${path} has no ${name}. Expected ${names.join(", ")}.`);
    contents.set(name, await readFile(file));
  }
  return contents;
}

async function fromArchive(path: string, names: readonly string[], who: string): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for await (const { name, kind, size, content } of tarEntries(path)) {
    const file = basename(name);
    if (kind !== "file" || !names.includes(file)) continue;
    if (size > LARGEST) throw new ValueError(`${who}: ${path}: ${name} has ${size} bytes, far more than it should.`);
    const parts: Buffer[] = [];
    for await (const part of content()) parts.push(Buffer.from(part));
    contents.set(file, Buffer.concat(parts));
  }
  const missing = names.filter((name) => !contents.has(name));
  if (missing.length > 0) throw new ValueError(`${who}: ${path} has no ${missing.join(", ")}.`);
  return contents;
}

interface Batch {
  /** uint8, picture by picture, plane by plane. */
  readonly pictures: Buffer;
  readonly labels: readonly number[];
}

function readBatch(bytes: Buffer, labelKey: string, who: string): Batch {
  const found = readPickle(bytes, who);
  const [data, labels] = found instanceof Map ? [found.get("data"), found.get(labelKey)] : [];
  const isPictures =
    isPickledArray(data) && data.dtype === "u1" && data.shape.length === 2 && data.shape[1] === PICTURE;
  const isLabel = (label: unknown) => Number.isInteger(label) && (label as number) >= 0 && (label as number) < 256;
  if (!isPictures || !Array.isArray(labels) || labels.length !== data.shape[0] || !labels.every(isLabel)) {
    throw new ValueError(
      `${who}: expected a dict with \`data\`, uint8 (n, ${PICTURE}), and \`${labelKey}\`, a list of n labels.`,
    );
  }
  return { pictures: data.data as Buffer, labels: labels as number[] };
}

/** Pictures and labels of some batches as two tensors, with the channels where `imageDataFormat` wants them. */
function together(batches: readonly Batch[]): [Tensor, Tensor] {
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const last = imageDataFormat() === "channels_last";
  const pixels = new Uint8Array(count * PICTURE);
  let at = 0;
  for (const { pictures } of batches) {
    if (last) interleave(pictures, pixels, at);
    else pixels.set(pictures, at);
    at += pictures.length;
  }
  const labels = Uint8Array.from(batches.flatMap(({ labels }) => labels));
  return [wrap("uint8", last ? [count, 32, 32, 3] : [count, 3, 32, 32], pixels), wrap("uint8", [count, 1], labels)];
}

/** Three planes a picture to three channels a pixel. */
function interleave(planes: Uint8Array, pixels: Uint8Array, from: number): void {
  for (let picture = 0; picture < planes.length; picture += PICTURE) {
    for (let channel = 0; channel < 3; channel++) {
      const plane = picture + channel * PLANE;
      let to = from + picture + channel;
      for (let pixel = 0; pixel < PLANE; pixel++, to += 3) pixels[to] = planes[plane + pixel] as number;
    }
  }
}
