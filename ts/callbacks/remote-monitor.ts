import { Callback, type Logs } from "./callback.js";

export interface RemoteMonitorOptions {
  /** The server. Default `"http://localhost:9000"`. */
  root?: string;
  /** Where events are sent to, after the root. Default `"/publish/epoch/end/"`. */
  path?: string;
  /** The form field that holds the JSON; not used with `sendAsJson`. Default `"data"`. */
  field?: string;
  /** Headers of the requests. Default none. */
  headers?: Readonly<Record<string, string>> | null;
  /** Whether the body is the JSON itself rather than a form. Default `false`. */
  sendAsJson?: boolean;
}

/**
 * Sends the logs of each epoch, with its number as `epoch`, to a server by POST. A server that cannot be reached is a warning.
 *
 * Source: `keras.callbacks.RemoteMonitor`.
 */
export class RemoteMonitor extends Callback {
  readonly root: string;
  readonly path: string;
  readonly field: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly sendAsJson: boolean;

  constructor(options: RemoteMonitorOptions = {}) {
    super();
    this.root = options.root ?? "http://localhost:9000";
    this.path = options.path ?? "/publish/epoch/end/";
    this.field = options.field ?? "data";
    this.headers = options.headers ?? null;
    this.sendAsJson = options.sendAsJson ?? false;
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const json = JSON.stringify({ epoch, ...logs });
    const type: Record<string, string> = this.sendAsJson ? { "Content-Type": "application/json" } : {};
    try {
      const response = await fetch(this.root + this.path, {
        method: "POST",
        headers: { ...type, ...this.headers },
        body: this.sendAsJson ? json : new URLSearchParams({ [this.field]: json }),
      });
      await response.body?.cancel();
    } catch (error) {
      const why = error instanceof Error ? `: ${error.message}` : "";
      process.emitWarning(`Could not reach RemoteMonitor root server at ${this.root}${why}`);
    }
  }
}
