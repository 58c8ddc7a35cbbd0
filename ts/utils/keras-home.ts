import { homedir } from "node:os";
import { join } from "node:path";

/** Where Keras keeps its downloads and settings: `$KERAS_HOME`, else `.keras` in the home folder. */
export function kerasHome(): string {
  return process.env.KERAS_HOME || join(homedir(), ".keras");
}
