import { debuglog } from "node:util";

let interactive = true;

/** Prints what this library tells on stdout from now on: progress bars, summaries, what was found in a folder. */
export function enableInteractiveLogging(): void {
  interactive = true;
}

/** Keeps stdout free from now on: what would be printed goes to the debug log (set `NODE_DEBUG=kerosene` to see it on stderr). */
export function disableInteractiveLogging(): void {
  interactive = false;
}

/** Whether messages go to stdout; `true` unless {@link disableInteractiveLogging} was called. */
export function isInteractiveLoggingEnabled(): boolean {
  return interactive;
}

const debug = debuglog("kerosene");

/** Writes a message where messages go. @param end What follows it. Default: a new line. */
export function printMessage(message: string, end = "\n"): void {
  if (interactive) process.stdout.write(`${message}${end}`);
  else debug("%s", message);
}
