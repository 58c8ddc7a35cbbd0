import { zlib } from "../engine/builtins.js";
import { optionalModule } from "../engine/optional-module.js";
import { KeroseneError, ValueError } from "../errors.js";
import { type Cell, type ColumnOptions, cell, keptColumns, pathsOf } from "./columns.js";
import { Dataset } from "./dataset.js";

/**
 * A Parquet file as a dataset with one dict a row, read group by group of rows as it is walked.
 *
 * The file is read by the library `hyparquet`, which has to be installed beside this one: `npm install hyparquet`. Pages may be packed by
 * Snappy, gzip or Brotli; by Zstandard where Node has it (22.15).
 *
 * @param path A file, or several of the same columns, one after the other.
 * @returns A dataset of `{ column: value }`: numbers (booleans 0 and 1, times in milliseconds since 1970), strings, or lists. What is missing is
 *   `NaN`, or `""` among strings.
 * @example
 * const rows = await keras.data.readParquet("trips.parquet", { columns: ["distance", "price"] });
 * const data = rows.map(({ price, ...x }) => [x, price]).batch(32);
 * @throws KeroseneError where hyparquet is not installed; ValueError for a broken file, a column that is not there, and whole numbers beyond
 *   2^53; NotImplementedError for columns of records. Errors of the file system.
 */
export async function readParquet(
  path: string | readonly string[],
  { columns = null }: ColumnOptions = {},
): Promise<Dataset<Record<string, Cell>>> {
  const paths = pathsOf("readParquet", path);
  const advice = "It reads Parquet files: npm install hyparquet.";
  const library = await optionalModule<Hyparquet>("hyparquet", "readParquet", advice);
  const first = await openFile(library, paths[0] as string);
  const kept = keptColumns("readParquet", paths[0] as string, [...first.columns.keys()], columns);
  return Dataset.fromGenerator(async function* () {
    for (const one of paths) yield* rowsOf(library, one, kept);
  });
}

/** What is used of the library. */
interface Hyparquet {
  asyncBufferFromFile(path: string): Promise<object>;
  parquetMetadataAsync(file: object): Promise<Metadata>;
  parquetSchema(metadata: Metadata): { children: SchemaNode[] };
  parquetReadObjects(options: object): Promise<Record<string, unknown>[]>;
}

interface Metadata {
  readonly row_groups: readonly { readonly num_rows: bigint }[];
}

interface SchemaNode {
  readonly element: { readonly name: string; readonly type?: string };
  readonly children: readonly SchemaNode[];
}

/** What the library cannot read by itself: how a page of known size is unpacked. */
function compressors(): Record<string, (bytes: Uint8Array, size: number) => Uint8Array> {
  type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
  const { gunzipSync, brotliDecompressSync, zstdDecompressSync } = zlib() as unknown as Record<
    string,
    Unpack | undefined
  >;
  const kinds = { GZIP: gunzipSync, BROTLI: brotliDecompressSync, ZSTD: zstdDecompressSync };
  return Object.fromEntries(
    Object.entries(kinds).flatMap(([name, unpack]) =>
      unpack === undefined
        ? []
        : [[name, (bytes: Uint8Array, size: number) => unpack(bytes, { maxOutputLength: Math.max(1, size) })]],
    ),
  );
}

/** An error of the library as one of ours. */
function broken(path: string, error: unknown): unknown {
  if (error instanceof KeroseneError || (error as { syscall?: string }).syscall !== undefined) return error;
  return new ValueError(`readParquet: ${path}: ${(error as Error).message}`, { cause: error });
}

interface Opened {
  readonly file: object;
  readonly metadata: Metadata;
  /** Whether a column holds text, by its name. */
  readonly columns: ReadonlyMap<string, boolean>;
}

async function openFile(library: Hyparquet, path: string): Promise<Opened> {
  try {
    const file = await library.asyncBufferFromFile(path);
    const metadata = await library.parquetMetadataAsync(file);
    const { children } = library.parquetSchema(metadata);
    const isText = (node: SchemaNode): boolean => node.element.type === "BYTE_ARRAY" || node.children.some(isText);
    return { file, metadata, columns: new Map(children.map((node) => [node.element.name, isText(node)])) };
  } catch (error) {
    throw broken(path, error);
  }
}

async function* rowsOf(
  library: Hyparquet,
  path: string,
  kept: readonly string[],
): AsyncGenerator<Record<string, Cell>> {
  const { file, metadata, columns } = await openFile(library, path);
  keptColumns("readParquet", path, [...columns.keys()], kept);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const options = { file, metadata, rowStart, rowEnd, columns: kept, compressors: compressors() };
    const rows = await library.parquetReadObjects(options).catch((error: unknown) => {
      throw broken(path, error);
    });
    for (const [i, row] of rows.entries()) {
      const where = (name: string) => () => `readParquet: ${path}, row ${rowStart + i}, column ${name}`;
      yield Object.fromEntries(kept.map((name) => [name, cell(row[name], columns.get(name) === true, where(name))]));
    }
    rowStart = rowEnd;
  }
}
