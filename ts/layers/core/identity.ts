import { Layer, type LayerOptions } from "../layer.js";

/** Gives its input back. Useful where a layer is expected and nothing shall be done. */
export class Identity extends Layer {
  constructor(options: LayerOptions = {}) {
    super(options);
    this.supportsMasking = true;
    this.built = true;
  }

  override call<T>(inputs: T): T {
    return inputs;
  }
}
