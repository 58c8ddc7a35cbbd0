import { Computation } from "./computation.js";
import { onTape } from "./tapes.js";
import { Tensor } from "./tensor.js";
import { Trace, untraced } from "./trace.js";
import type { Variable } from "./variable.js";

/**
 * A trace of something that runs at once: what it reads of tensors and variables that have values becomes its inputs, so that tapes can follow
 * them.
 */
export class Surroundings extends Trace {
  readonly #values = new Map<number, Tensor>();
  readonly #ids = new Map<Tensor, number>();
  readonly #assigned = new Set<Variable>();

  override idOf(x: Tensor | Variable): number {
    if (!(x instanceof Tensor)) return this.#assigned.has(x) ? super.idOf(x) : this.idOf(untraced(() => x.value));
    if (x.trace !== null) return super.idOf(x);
    let id = this.#ids.get(x);
    if (id === undefined) {
      ({ id } = this.input(x.dtype, x.shape));
      this.#ids.set(x, id);
      this.#values.set(id, x);
    }
    return id;
  }

  override assign(variable: Variable, value: Tensor): void {
    super.assign(variable, value);
    this.#assigned.add(variable);
  }

  override embeds(x: Tensor): boolean {
    return !onTape(x) && super.embeds(x);
  }

  /** The tensor with a value that an input of this trace stands for; a tensor with a value itself. */
  concrete(x: Tensor): Tensor {
    return x.trace === this ? (this.#values.get(x.id) as Tensor) : x;
  }

  /** Runs what was recorded, assignments included. @param who Named in errors. */
  run(who: string, results: readonly Tensor[]): Tensor[] {
    const inputs = [...this.#values.keys()].map((id) => this.tensor(id));
    return new Computation(who, this, inputs, results).run([...this.#values.values()]);
  }
}
