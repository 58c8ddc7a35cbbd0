import { Tensor } from "./tensor.js";
import { Trace } from "./trace.js";
import type { Variable } from "./variable.js";

/** A value from around a loop that its body reads. */
export interface Captured {
  readonly outer: Tensor;
  readonly inner: Tensor;
}

/** A variable that a body reads, and perhaps changes. */
export interface CapturedVariable extends Captured {
  readonly variable: Variable;
  /** The value at the end of a step. */
  now: Tensor;
}

/**
 * The body of a loop while it is recorded. What it reads from around the loop becomes one of its inputs, so weights and tensors of the
 * traces around it can be used as anywhere; a variable that it assigns is carried from step to step.
 */
export class BodyTrace extends Trace {
  readonly captured: Captured[] = [];
  readonly variables = new Map<Variable, CapturedVariable>();
  readonly #inner = new Map<number, Tensor>();

  constructor(override readonly parent: Trace) {
    super();
  }

  override idOf(x: Tensor | Variable): number {
    if (!(x instanceof Tensor)) {
      const { id } = this.#variable(x).now;
      this.tellRead(x, id);
      return id;
    }
    if (x.trace === this) return x.id;
    // Small constants are part of the body; large ones are handed to it once.
    if (x.trace === null && this.embeds(x)) return super.idOf(x);
    const id = this.parent.idOf(x);
    let inner = this.#inner.get(id);
    if (inner === undefined) {
      inner = this.input(x.dtype, x.shape);
      this.#inner.set(id, inner);
      this.captured.push({ outer: this.parent.tensor(id), inner });
    }
    return inner.id;
  }

  #variable(variable: Variable): CapturedVariable {
    let slot = this.variables.get(variable);
    if (slot === undefined) {
      const inner = this.input(variable.spec.dtype, variable.shape);
      slot = { variable, outer: this.parent.tensor(this.parent.idOf(variable)), inner, now: inner };
      this.variables.set(variable, slot);
    }
    return slot;
  }

  protected override leaf(variable: Variable): number {
    return this.#variable(variable).inner.id;
  }

  override embeds(x: Tensor): boolean {
    return this.parent.embeds(x);
  }

  override assign(variable: Variable, value: Tensor): void {
    this.note(variable);
    this.#variable(variable).now = this.tensor(this.idOf(value));
    this.tellAssigned(variable, value);
  }
}
