import { existsSync } from "node:fs";
import { basename } from "node:path";
import { KeroseneError, ValueError } from "../errors.js";
import { getFile } from "../utils/get-file.js";

/** Where Keras keeps most of its data sets. */
export const ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";

/** A file of a data set. */
export interface Remote {
  /** As it appears in errors: `imdb.loadData`. */
  readonly who: string;
  /** The address it is downloaded from. */
  readonly origin: string;
  /** sha256 or md5; `null` where Keras has none. */
  readonly fileHash: string | null;
  /** Default `"datasets"`. */
  readonly cacheSubdir?: string;
  /** Whether it is an archive to unpack. */
  readonly extract?: boolean;
}

/** Runs a download, and says on failure what to do without a connection. */
export async function orOffline<R>(who: string, fetched: Promise<R>, hint: string): Promise<R> {
  return fetched.catch((error: unknown) => {
    throw new KeroseneError(`${who}: ${(error as Error).message} ${hint}`, { cause: error });
  });
}

/**
 * The path of a data set's file: `path` itself where something is there, else the file of that name in Keras's cache, downloaded if need be.
 *
 * @throws ValueError for a path with folders where nothing is; KeroseneError when it cannot be downloaded.
 */
export async function locate(path: string, remote: Remote): Promise<string> {
  const { who, origin, ...options } = remote;
  if (typeof path === "string" && path !== "" && existsSync(path)) return path;
  if (typeof path !== "string" || path === "" || basename(path) !== path) {
    throw new ValueError(
      `${who}: there is nothing at ${JSON.stringify(path)}. Expected ${basename(new URL(origin).pathname)}, or a bare name to use in Keras's cache.`,
    );
  }
  const hint = `Without a connection, pass the path of a copy of ${basename(new URL(origin).pathname)}.`;
  return orOffline(who, getFile(path, origin, options), hint);
}
