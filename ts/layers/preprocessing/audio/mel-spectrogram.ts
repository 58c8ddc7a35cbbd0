import { tensor } from "../../../engine/convert.js";
import { positiveInteger } from "../../../engine/positive-integer.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import { windowOf } from "../../../initializers/window.js";
import { checkName } from "../../../ops/image/images.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { Layer, type LayerOptions } from "../../layer.js";
import { frames, reflected } from "./frames.js";
import { melMatrix } from "./mel.js";

/** Options of {@link MelSpectrogram}. */
export interface MelSpectrogramOptions extends LayerOptions {
  /** The length of the Fourier transform. Default 2048. */
  fftLength?: number;
  /** Samples from frame to frame. Default 512. */
  sequenceStride?: number;
  /** Samples of a frame; `null`: as the Fourier transform. Default `null`. */
  sequenceLength?: number | null;
  /** `"hann"` or `"hamming"`, the values of a window, or `null` for none. Default `"hann"`. */
  window?: string | readonly number[] | null;
  /** Samples of a second. Default 16000. */
  samplingRate?: number;
  /** Bands. Default 128. */
  numMelBins?: number;
  /** The lowest frequency in hertz. Default 20. */
  minFreq?: number;
  /** The highest frequency in hertz; `null`: half of the sampling rate. Default `null`. */
  maxFreq?: number | null;
  /** Whether the result is in decibels. Default `true`. */
  powerToDb?: boolean;
  /** Decibels below the loudest at which quiet ones are held. Default 80. */
  topDb?: number;
  /** The exponent of the magnitude: 1 for it, 2 for the power. Default 2. */
  magExp?: number;
  /** The least power. Default 1e-10. */
  minPower?: number;
  /** The power of 0 decibels. Default 1. */
  refPower?: number;
}

/**
 * The mel spectrogram of signals.
 *
 * Shapes: `(..., time)` → `(..., numMelBins, frames)`.
 *
 * @example layers.MelSpectrogram({ numMelBins: 64, samplingRate: 8000, sequenceStride: 256, fftLength: 2048 })
 * Source: `keras.layers.MelSpectrogram`.
 */
export class MelSpectrogram extends Layer {
  readonly fftLength: number;
  readonly sequenceStride: number;
  readonly sequenceLength: number;
  readonly window: string | readonly number[] | null;
  readonly samplingRate: number;
  readonly numMelBins: number;
  readonly minFreq: number;
  readonly maxFreq: number;
  readonly powerToDb: boolean;
  readonly topDb: number;
  readonly magExp: number;
  readonly minPower: number;
  readonly refPower: number;
  /** Made once: they are large. Made outside of any graph. */
  readonly #fourier: Tensor;
  readonly #bands: Tensor;

  /** @throws ValueError for lengths that are no positive integers or do not fit each other, or an unknown window. */
  constructor(given: MelSpectrogramOptions = {}) {
    const {
      fftLength = 2048,
      sequenceStride = 512,
      sequenceLength = null,
      window = "hann",
      samplingRate = 16000,
      numMelBins = 128,
      minFreq = 20,
      maxFreq = null,
      powerToDb = true,
      topDb = 80,
      magExp = 2,
      minPower = 1e-10,
      refPower = 1,
      ...options
    } = given;
    super(options);
    const lengths = { fftLength, sequenceStride, sequenceLength: sequenceLength ?? fftLength, numMelBins };
    for (const [name, value] of Object.entries(lengths)) positiveInteger(this.className, name, value);
    if (fftLength < lengths.sequenceLength) {
      throw new ValueError(
        "`fftLength` must be greater than or equal to `sequenceLength`. " +
          `Received: sequenceLength=${lengths.sequenceLength}, fftLength=${fftLength}.`,
      );
    }
    this.fftLength = fftLength;
    this.sequenceStride = sequenceStride;
    this.sequenceLength = lengths.sequenceLength;
    this.window =
      typeof window === "string" ? checkName(this.className, "window", window, ["hann", "hamming"]) : window;
    this.samplingRate = samplingRate;
    this.numMelBins = numMelBins;
    this.minFreq = minFreq;
    this.maxFreq = maxFreq ?? Math.trunc(samplingRate / 2);
    this.powerToDb = powerToDb;
    this.topDb = topDb;
    this.magExp = magExp;
    this.minPower = minPower;
    this.refPower = refPower;
    this.#fourier = this.#transform();
    const frequencies = Math.floor(fftLength / 2) + 1;
    this.#bands = tensor(melMatrix(frequencies, this), { shape: [frequencies, numMelBins] });
    this.built = true;
  }

  /** The values of the window in the middle of a frame as long as the transform. */
  #window(): Float64Array {
    const { window, sequenceLength: length, fftLength } = this;
    const out = new Float64Array(fftLength);
    if (window === null) return out.fill(1);
    const values = typeof window === "string" ? windowOf(window, length, true) : window;
    if (values.length !== length) {
      throw new ValueError(
        `${this.className}: the window must have ${length} values, as \`sequenceLength\`; got ${values.length}.`,
      );
    }
    out.set(values, Math.floor((fftLength - length) / 2));
    return out;
  }

  /** The Fourier transform of a windowed frame as a matrix: the real parts of the frequencies, then the imaginary ones. */
  #transform(): Tensor {
    const n = this.fftLength;
    const window = this.#window();
    const frequencies = Math.floor(n / 2) + 1;
    const matrix = new Float64Array(n * 2 * frequencies);
    for (let t = 0; t < n; t++) {
      for (let k = 0; k < frequencies; k++) {
        const angle = (2 * Math.PI * ((t * k) % n)) / n;
        matrix[t * 2 * frequencies + k] = Math.cos(angle) * (window[t] as number);
        matrix[t * 2 * frequencies + frequencies + k] = -Math.sin(angle) * (window[t] as number);
      }
    }
    return tensor(matrix, { shape: [n, 2 * frequencies] });
  }

  override call(inputs: Tensor): Tensor {
    const dtype = this.computeDtype === "float64" ? "float64" : "float32";
    const signals = reflected(ops.cast(inputs, dtype), Math.floor(this.fftLength / 2));
    const spectrum = frames(signals, this.sequenceStride, ops.cast(this.#fourier, dtype));
    const [re, im] = ops.split(spectrum, 2, -1) as [Tensor, Tensor];
    const squares = re.square().add(im.square());
    const power = this.magExp === 2 ? squares : squares.power(this.magExp / 2);
    let mel = ops.matmul(power, ops.cast(this.#bands, dtype));
    if (this.powerToDb) {
      const decibels = ops.log10(mel.maximum(this.minPower)).multiply(10);
      const reference = 10 * Math.log10(Math.max(Math.abs(this.refPower), this.minPower));
      const loud = decibels.subtract(reference);
      mel = loud.maximum(loud.max().subtract(this.topDb));
    }
    return ops.cast(ops.swapaxes(mel, -1, -2), this.computeDtype);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      fft_length: this.fftLength,
      sequence_stride: this.sequenceStride,
      sequence_length: this.sequenceLength,
      window: this.window,
      sampling_rate: this.samplingRate,
      num_mel_bins: this.numMelBins,
      min_freq: this.minFreq,
      max_freq: this.maxFreq,
      power_to_db: this.powerToDb,
      top_db: this.topDb,
      mag_exp: this.magExp,
      min_power: this.minPower,
      ref_power: this.refPower,
    };
  }
}
