import { spawnSync } from "node:child_process";

/** What a process printed and how it ended. */
export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs this Node with some arguments, without a terminal. */
export function node(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Finished {
  return spawnSync(process.execPath, args, { encoding: "utf8", ...options });
}

/** Compiles the TypeScript project in a folder. */
export const tsc = (folder: string): Finished => node(["node_modules/typescript/bin/tsc", "-p", folder]);
