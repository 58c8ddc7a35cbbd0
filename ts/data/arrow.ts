import { readFile } from "node:fs/promises";
import { optionalModule } from "../engine/optional-module.js";
import { ValueError } from "../errors.js";
import { type Cell, type ColumnOptions, cell, keptColumns, pathsOf } from "./columns.js";
import { Dataset } from "./dataset.js";

/**
 * An Arrow file (IPC file or stream, Feather 2) as a dataset with one dict a row. A file is held in memory as it is walked.
 *
 * The file is read by the library `apache-arrow`, which has to be installed beside this one: `npm install apache-arrow`. It does not unpack
 * compressed buffers: write the file without compression.
 *
 * @param path A file, or several of the same columns, one after the other.
 * @returns A dataset of `{ column: value }`: numbers (booleans 0 and 1, times in milliseconds since 1970), strings, or lists. What is missing is
 *   `NaN`, or `""` among strings.
 * @example const rows = await keras.data.readArrow("trips.arrow", { columns: ["distance", "price"] });
 * @throws KeroseneError where apache-arrow is not installed; ValueError for a broken file, a column that is not there, and whole numbers beyond
 *   2^53; NotImplementedError for columns of records. Errors of the file system.
 */
export async function readArrow(
  path: string | readonly string[],
  { columns = null }: ColumnOptions = {},
): Promise<Dataset<Record<string, Cell>>> {
  const paths = pathsOf("readArrow", path);
  const advice = "It reads Arrow files: npm install apache-arrow.";
  const library = await optionalModule<ApacheArrow>("apache-arrow", "readArrow", advice);
  const first = await tableOf(library, paths[0] as string);
  const kept = keptColumns("readArrow", paths[0] as string, namesOf(first), columns);
  return Dataset.fromGenerator(async function* () {
    for (const one of paths) yield* rowsOf(await tableOf(library, one), one, kept);
  });
}

/** What is used of the library. */
interface ApacheArrow {
  tableFromIPC(bytes: Uint8Array): Table;
}

interface Table {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: object }[] };
  getChild(name: string): Column | null;
}

interface Column {
  get(row: number): unknown;
}

const namesOf = (table: Table): string[] => table.schema.fields.map(({ name }) => name);

async function tableOf(library: ApacheArrow, path: string): Promise<Table> {
  const bytes = await readFile(path);
  try {
    const table = library.tableFromIPC(bytes);
    // The library takes what is no such file for a table without columns.
    if (table.schema.fields.length > 0) return table;
  } catch (error) {
    throw new ValueError(`readArrow: ${path}: ${(error as Error).message}`, { cause: error });
  }
  throw new ValueError(`readArrow: ${path}: no Arrow file, or one without columns.`);
}

/** @throws ValueError where the buffers do not hold it. */
function valueAt(values: Column | null, row: number, where: () => string): unknown {
  try {
    return values?.get(row);
  } catch (error) {
    throw new ValueError(`${where()}: ${(error as Error).message}`, { cause: error });
  }
}

function* rowsOf(table: Table, path: string, kept: readonly string[]): Generator<Record<string, Cell>> {
  keptColumns("readArrow", path, namesOf(table), kept);
  const columns = kept.map((name) => {
    const type = table.schema.fields.find((field) => field.name === name)?.type;
    return { name, values: table.getChild(name), text: /Utf8/.test(String(type)) };
  });
  for (let row = 0; row < table.numRows; row++) {
    yield Object.fromEntries(
      columns.map(({ name, values, text }) => {
        const where = () => `readArrow: ${path}, row ${row}, column ${name}`;
        return [name, cell(valueAt(values, row, where), text, where)];
      }),
    );
  }
}
