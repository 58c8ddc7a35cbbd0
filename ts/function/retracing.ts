/** So many recordings in as many calls, one after the other, are told about. */
const MANY = 5;

/** Counts how often a function is recorded anew, and says so once when nearly every call does it: each takes longer than many runs. */
export class Retracing {
  #inARow = 0;
  #told = false;

  constructor(private readonly who: string) {}

  /** To be told of every call. */
  called(recorded: boolean): void {
    this.#inARow = recorded ? this.#inARow + 1 : 0;
    if (this.#inARow < MANY || this.#told) return;
    this.#told = true;
    process.emitWarning(
      `${this.who}: the last ${MANY} calls all recorded the function anew, which takes much longer than running it. Reasons can be: numbers as ` +
        "arguments that change (pass tensors: each number is a recording of its own); tensors whose shapes change (pad them to a few shapes, or set " +
        "`reduceRetracing: true`); or objects made anew for each call.",
    );
  }
}
