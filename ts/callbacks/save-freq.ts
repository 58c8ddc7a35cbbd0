import { ValueError } from "../errors.js";

/** When something is saved: at the end of each epoch, or after so many batches. */
export type SaveFreq = "epoch" | number;

/** @throws ValueError for what is no frequency. */
export function checkSaveFreq(who: string, saveFreq: unknown): SaveFreq {
  if (saveFreq === "epoch" || (Number.isInteger(saveFreq) && (saveFreq as number) > 0)) return saveFreq as SaveFreq;
  throw new ValueError(`${who}: \`saveFreq\` must be "epoch" or a number of batches. Received: ${String(saveFreq)}`);
}

/** Counts batches, over the ends of epochs, by the numbers they have in these. */
export class BatchCounter {
  readonly #every: number;
  #count = 0;
  #last: number | null = null;

  constructor(every: number) {
    this.#every = every;
  }

  /** Whether it is time again. @param batch The number of the batch in its epoch, from 0; with `stepsPerExecution` some are left out. */
  isDue(batch: number): boolean {
    this.#count += this.#last === null || batch <= this.#last ? batch + 1 : batch - this.#last;
    this.#last = batch;
    if (this.#count < this.#every) return false;
    this.#count = 0;
    return true;
  }
}
