const WIDTH = 30;
const INTERVAL_MS = 100;

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** The progress of one download on stderr: a bar that redraws itself on a terminal, a single line elsewhere. */
export class DownloadBar {
  readonly #total: number | null;
  readonly #live = process.stderr.isTTY === true;
  #drawn = 0;
  #bytes = 0;

  constructor(origin: string, total: number | null) {
    this.#total = total;
    process.stderr.write(`Downloading data from ${origin}\n`);
  }

  /** Tells how many bytes have come in all. */
  update(bytes: number): void {
    this.#bytes = bytes;
    const now = Date.now();
    if (!this.#live || now - this.#drawn < INTERVAL_MS) return;
    this.#drawn = now;
    process.stderr.write(`\r${this.#line()}`);
  }

  /** Draws the bar for the last time and ends its line. */
  finish(): void {
    if (this.#live) process.stderr.write(`\r${this.#line()}\n`);
  }

  #line(): string {
    if (this.#total === null) return `${megabytes(this.#bytes)} MB`;
    const done = this.#total === 0 ? 1 : Math.min(this.#bytes / this.#total, 1);
    const full = Math.round(done * WIDTH);
    return `${"━".repeat(full)}${"─".repeat(WIDTH - full)} ${megabytes(this.#bytes)}/${megabytes(this.#total)} MB`;
  }
}
