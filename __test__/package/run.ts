import { spawnSync } from "node:child_process";

/** What a process printed and how it ended. */
export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs this Node with some arguments, without a terminal, as a user does: "kerosene" is the bundle, not the modules. */
export function node(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Finished {
  const { NODE_OPTIONS: _modules, ...env } = options.env ?? process.env;
  return spawnSync(process.execPath, args, { encoding: "utf8", ...options, env });
}

/** Compiles the TypeScript project in a folder. */
export const tsc = (folder: string): Finished => node(["node_modules/typescript/bin/tsc", "-p", folder]);
