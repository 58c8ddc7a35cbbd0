import { epsilon } from "../../../engine/config.js";
import { checkDataFormat, type DataFormat } from "../../../engine/data-format.js";
import { isFloat } from "../../../engine/dtype.js";
import { positiveInteger } from "../../../engine/positive-integer.js";
import { describe, type Shape } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import type { Variable } from "../../../engine/variable.js";
import { InvalidTypeError, ValueError } from "../../../errors.js";
import { STFT, type STFTOptions } from "../../../initializers/stft.js";
import { checkName } from "../../../ops/image/images.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { InputSpec } from "../../input-spec.js";
import { Layer, type LayerOptions } from "../../layer.js";
import { frames } from "./frames.js";

const modes = ["log", "magnitude", "psd", "real", "imag", "angle", "stft"] as const;

/** What a spectrogram shows. */
export type SpectrogramMode = (typeof modes)[number];

/** Options of {@link STFTSpectrogram}. */
export interface STFTSpectrogramOptions extends LayerOptions, STFTOptions {
  /** `"log"`, `"magnitude"`, `"psd"` (power), `"real"`, `"imag"`, `"angle"`, or `"stft"` (real, then imaginary). Default `"log"`. */
  mode?: SpectrogramMode;
  /** Samples of a frame. Default 256. */
  frameLength?: number;
  /** Samples from frame to frame; `null`: half a frame. Default `null`. */
  frameStep?: number | null;
  /** The length of the Fourier transform; `null`: the power of two at or after the frame. Default `null`. */
  fftLength?: number | null;
  /** `"valid"` or `"same"`. Default `"valid"`. */
  padding?: "valid" | "same";
  /** Whether frequencies and channels are axes of their own. Default `false`. */
  expandDims?: boolean;
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
}

/**
 * The spectrogram of signals: their short-time Fourier transform, as a convolution whose kernels can be trained.
 *
 * Shapes: `(batch, time, channels)` → `(batch, frames, channels · frequencies)`, with `expandDims` `(batch, frames, frequencies, channels)`;
 * with `dataFormat: "channels_first"` `(batch, channels, time)` → `(batch, channels · frequencies, frames)` or
 * `(batch, channels, frames, frequencies)`. There are fftLength / 2 + 1 frequencies, twice as many with the mode `"stft"`.
 *
 * @example layers.STFTSpectrogram({ mode: "log", frameLength: 256, frameStep: 64 })
 * Source: `keras.layers.STFTSpectrogram`.
 */
export class STFTSpectrogram extends Layer {
  readonly mode: SpectrogramMode;
  readonly frameLength: number;
  readonly frameStep: number | null;
  readonly fftLength: number | null;
  readonly window: string | readonly number[] | null;
  readonly periodic: boolean;
  readonly scaling: "density" | "spectrum" | null;
  readonly padding: "valid" | "same";
  readonly expandDims: boolean;
  readonly dataFormat: DataFormat;
  #real: Variable | null = null;
  #imag: Variable | null = null;

  /** @throws ValueError for lengths that do not fit each other, an unknown mode, window, scaling or padding. */
  constructor(given: STFTSpectrogramOptions = {}) {
    const {
      mode = "log",
      frameLength = 256,
      frameStep = null,
      fftLength = null,
      window = "hann",
      periodic = false,
      scaling = "density",
      padding = "valid",
      expandDims = false,
      dataFormat = null,
      ...options
    } = given;
    super(options);
    this.mode = checkName(this.className, "mode", mode, modes);
    positiveInteger(this.className, "frameLength", frameLength);
    if (frameStep !== null && !(Number.isInteger(frameStep) && frameStep >= 1 && frameStep <= frameLength)) {
      throw new ValueError(
        "`frameStep` should be a positive integer not greater than `frameLength`. " +
          `Received: frameStep=${describe(frameStep)}, frameLength=${frameLength}`,
      );
    }
    if (fftLength !== null && !(Number.isInteger(fftLength) && fftLength >= frameLength)) {
      throw new ValueError(
        `\`fftLength\` should be not less than \`frameLength\`. Received: fftLength=${describe(fftLength)}, frameLength=${frameLength}`,
      );
    }
    // The initializer checks window and scaling.
    new STFT("real", { window, scaling, periodic });
    this.frameLength = frameLength;
    this.frameStep = frameStep;
    this.fftLength = fftLength;
    this.window = window;
    this.periodic = periodic;
    this.scaling = scaling;
    this.padding = checkName(this.className, "padding", padding, ["valid", "same"]);
    this.expandDims = expandDims;
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.inputSpec = new InputSpec({ ndim: 3 });
  }

  get #step(): number {
    return this.frameStep ?? Math.max(Math.floor(this.frameLength / 2), 1);
  }

  override build(_inputShape: Shape): void {
    const n = this.fftLength ?? 2 ** Math.ceil(Math.log2(this.frameLength));
    const shape = [this.frameLength, 1, Math.floor(n / 2) + 1];
    const kernel = (side: "real" | "imag"): Variable => {
      const { window, scaling, periodic } = this;
      return this.addWeight({
        name: `${side}_kernel`,
        shape,
        initializer: new STFT(side, { window, scaling, periodic }),
      });
    };
    if (this.mode !== "imag") this.#real = kernel("real");
    if (this.mode !== "real") this.#imag = kernel("imag");
  }

  override call(inputs: Tensor): Tensor {
    if (!isFloat(inputs.dtype)) {
      throw new InvalidTypeError(`${this.className}: expected signals of a float dtype, got ${inputs.dtype}.`);
    }
    const signals = this.#padded(this.dataFormat === "channels_last" ? ops.transpose(inputs, [0, 2, 1]) : inputs);
    const part = (kernel: Variable | null): Tensor => {
      const matrix = ops.squeeze((kernel as Variable).value, 1);
      return frames(signals, this.#step, ops.cast(matrix, inputs.dtype));
    };
    return this.#arranged(
      this.#shown(
        () => part(this.#real),
        () => part(this.#imag),
      ),
    );
  }

  /** (batch, channels, time), with zeros so that a frame begins at each step. */
  #padded(signals: Tensor): Tensor {
    const time = signals.shape[2];
    if (this.padding === "valid" || typeof time !== "number") return signals;
    const total = Math.max((Math.ceil(time / this.#step) - 1) * this.#step + this.frameLength - time, 0);
    const before = Math.floor(total / 2);
    return ops.pad(signals, [[0, 0], [0, 0], [before, total - before]]); // biome-ignore format: one row
  }

  /** What the mode shows: (batch, channels, frames, frequencies). */
  #shown(real: () => Tensor, imag: () => Tensor): Tensor {
    if (this.mode === "real") return real();
    if (this.mode === "imag") return imag();
    const [re, im] = [real(), imag()];
    if (this.mode === "angle") return ops.arctan2(im, re);
    if (this.mode === "stft") return ops.concatenate([re, im], -1);
    const power = re.square().add(im.square());
    if (this.mode === "psd") {
      // The negative frequencies, which are not there, have the power of the positive ones; the first and the last have none.
      const inner = power.at("...", "1:-1");
      return power.add(ops.pad(inner, [[0, 0], [0, 0], [0, 0], [1, 1]])); // biome-ignore format: one row
    }
    const magnitude = power.maximum(epsilon()).sqrt();
    return this.mode === "magnitude" ? magnitude : magnitude.maximum(epsilon()).log();
  }

  /** (batch, channels, frames, frequencies) in the order of the data format. */
  #arranged(x: Tensor): Tensor {
    const last = this.dataFormat === "channels_last";
    if (this.expandDims) return last ? ops.transpose(x, [0, 2, 3, 1]) : x;
    const [batch = null, channels, count = null, frequencies] = x.shape;
    if (typeof channels !== "number") {
      throw new ValueError(
        `${this.className}: the number of channels must be known. Pass it in the shape of the input.`,
      );
    }
    const all = channels * (frequencies as number);
    const joined = last ? [batch, count, all] : [batch, all, count];
    const target = batch === null && count !== null ? joined.map((d) => d ?? -1) : joined;
    return ops.reshape(ops.transpose(x, last ? [0, 2, 1, 3] : [0, 1, 3, 2]), target);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      mode: this.mode,
      frame_length: this.frameLength,
      frame_step: this.frameStep,
      fft_length: this.fftLength,
      window: this.window,
      periodic: this.periodic,
      scaling: this.scaling,
      padding: this.padding,
      data_format: this.dataFormat,
      expand_dims: this.expandDims,
    };
  }
}
