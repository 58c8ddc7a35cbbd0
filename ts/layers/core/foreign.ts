import { NotImplementedError } from "../../errors.js";
import { Layer } from "../layer.js";

function refuse(name: string, what: string): never {
  throw new NotImplementedError(
    `${name} wraps ${what}, which cannot run here: there is no Python in Kerosene. Write the computation as a subclass of Layer with ` +
      "ops, and load its weights.",
  );
}

/** Keras's wrapper of Flax modules. It cannot exist here: making one is an error. */
export class FlaxLayer extends Layer {
  /** @throws NotImplementedError always. */
  constructor(..._args: unknown[]) {
    super();
    refuse("FlaxLayer", "a Flax module");
  }
}

/** Keras's wrapper of JAX functions. It cannot exist here: making one is an error. */
export class JaxLayer extends Layer {
  /** @throws NotImplementedError always. */
  constructor(..._args: unknown[]) {
    super();
    refuse("JaxLayer", "a JAX function");
  }
}

/** Keras's wrapper of PyTorch modules. It cannot exist here: making one is an error. */
export class TorchModuleWrapper extends Layer {
  /** @throws NotImplementedError always. */
  constructor(..._args: unknown[]) {
    super();
    refuse("TorchModuleWrapper", "a PyTorch module");
  }
}

/** Keras's wrapper of TensorFlow SavedModels. It cannot exist here: making one is an error. */
export class TFSMLayer extends Layer {
  /** @throws NotImplementedError always. */
  constructor(..._args: unknown[]) {
    super();
    refuse("TFSMLayer", "a TensorFlow SavedModel");
  }
}
