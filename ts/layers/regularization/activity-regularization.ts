import { L1L2 } from "../../regularizers/norms.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link ActivityRegularization}. */
export interface ActivityRegularizationOptions extends Omit<LayerOptions, "activityRegularizer"> {
  /** Factor of Σ|x|. Default 0. */
  l1?: number;
  /** Factor of Σx². Default 0. */
  l2?: number;
}

/** Gives its input back and adds `(l1 · Σ|x| + l2 · Σx²) / batch` to the loss. Source: `keras.layers.ActivityRegularization`. */
export class ActivityRegularization extends Layer {
  readonly l1: number;
  readonly l2: number;

  constructor({ l1 = 0, l2 = 0, ...options }: ActivityRegularizationOptions = {}) {
    super({ ...options, activityRegularizer: new L1L2({ l1, l2 }) });
    this.l1 = l1;
    this.l2 = l2;
    this.supportsMasking = true;
    this.built = true;
  }

  override call<T>(inputs: T): T {
    return inputs;
  }

  override getConfig(): Config {
    const { activity_regularizer: _, ...base } = super.getConfig();
    return { ...base, l1: this.l1, l2: this.l2 };
  }
}
