import type { Activation } from "../../activations/index.js";
import { describe } from "../../engine/shape.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as regularizers from "../../regularizers/index.js";
import type { Config, DeserializeOptions } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { type Constructor, type Layer, layerFromConfig } from "../layer.js";
import { commonConfig, type RecurrentCell, type RecurrentCellOptions } from "./recurrent-cell.js";
import { RNN, type RNNOptions } from "./rnn.js";

/** Options of the layers that run a cell of their own. */
export interface CellRNNOptions extends RNNOptions, Omit<RecurrentCellOptions, keyof RNNOptions> {
  /** `"auto"` (default) or `false`; there is no cuDNN here, so `true` is an error. Not part of the config. */
  useCudnn?: "auto" | boolean;
}

/** How a layer with a cell of its own makes it. */
type MakeCell<C, O> = (units: number, options: O) => C;

/** An {@link RNN} with one of the built-in cells: its options are the cell's and the loop's. */
export abstract class CellRNN<C extends RecurrentCell> extends RNN {
  static override readonly positional: readonly string[] = ["units"];
  declare readonly cell: C;

  constructor(units: number, options: CellRNNOptions, cellName: string, make: MakeCell<C, RecurrentCellOptions>) {
    const {
      useCudnn = "auto",
      name,
      trainable,
      dtype,
      autocast,
      activityRegularizer,
      inputShape,
      inputDim,
      ...more
    } = options;
    const { returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, ...ofCell } = more;
    if (useCudnn !== "auto" && typeof useCudnn !== "boolean") {
      throw new ValueError(
        `Invalid value received for argument \`useCudnn\`. Expected one of "auto", true, false. Received: useCudnn=${describe(useCudnn)}`,
      );
    }
    if (useCudnn === true) {
      throw new NotImplementedError('There is no cuDNN here. Leave `useCudnn` out, or pass `"auto"`.');
    }
    const shared = { ...(trainable === undefined ? {} : { trainable }), ...(dtype === undefined ? {} : { dtype }) };
    const own = { returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, autocast };
    const base = { ...own, name, activityRegularizer, inputShape, inputDim, ...shared };
    const given = Object.fromEntries(Object.entries(base).filter(([, value]) => value !== undefined));
    super(make(units, { ...ofCell, ...shared, name: cellName }), given as RNNOptions);
    this.inputSpec = new InputSpec({ ndim: 3 });
  }

  get units(): number {
    return this.cell.units;
  }
  get activation(): Activation {
    return this.cell.activation;
  }
  get useBias(): boolean {
    return this.cell.useBias;
  }
  get dropout(): number {
    return this.cell.dropout;
  }
  get recurrentDropout(): number {
    return this.cell.recurrentDropout;
  }

  override getConfig(): Config {
    const { cell: _, ...config } = super.getConfig();
    return {
      ...config,
      units: this.units,
      activity_regularizer: regularizers.serialize(this.activityRegularizer),
      ...commonConfig(this.cell),
    };
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, config, options);
  }
}
