/** Modules of Node that few programs need: loaded when they are first used, for the sake of the package's import time. */
export const crypto = () => process.getBuiltinModule("node:crypto");
export const stream = () => process.getBuiltinModule("node:stream");
export const zlib = () => process.getBuiltinModule("node:zlib");
export const workers = () => process.getBuiltinModule("node:worker_threads");
