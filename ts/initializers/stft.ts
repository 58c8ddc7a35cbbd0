import { tensor } from "../engine/convert.js";
import type { DType } from "../engine/dtype.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import type { Config } from "../saving/serialization.js";
import { Initializer } from "./initializer.js";
import { checkWindow, windowOf } from "./window.js";

/** Options of {@link STFT}. */
export interface STFTOptions {
  /** What multiplies each frame: the name of a window, its values, or `null` for nothing. Default `"hann"`. */
  window?: string | readonly number[] | null;
  /** What the window is divided by: `"density"` the root of the sum of its squares, `"spectrum"` its sum, `null` nothing. */
  scaling?: "density" | "spectrum" | null;
  /** Whether a window of a name is periodic rather than symmetric. Default `false`. */
  periodic?: boolean;
}

/**
 * The kernels of a convolution that is a short-time Fourier transform, for the shape (frame, 1, n / 2 + 1): at time t and frequency k the real
 * (or imaginary) part of exp(-2πi·k·t / n), times the window.
 *
 * Source: `keras.initializers.STFT`.
 */
export class STFT extends Initializer {
  readonly side: "real" | "imag";
  readonly window: string | readonly number[] | null;
  readonly scaling: "density" | "spectrum" | null;
  readonly periodic: boolean;

  /**
   * @param side `"real"` or `"imag"`. Default `"real"`.
   * @throws ValueError for another side, an unknown window or scaling.
   */
  constructor(
    side: "real" | "imag" = "real",
    { window = "hann", scaling = "density", periodic = false }: STFTOptions = {},
  ) {
    super();
    if (side !== "real" && side !== "imag")
      throw new ValueError(`side should be 'real' or 'imag', not ${describe(side)}`);
    if (typeof window === "string") checkWindow(window);
    if (scaling !== null && scaling !== "density" && scaling !== "spectrum") {
      throw new ValueError(
        `Scaling is invalid, it must be null, "density" or "spectrum". Received scaling=${describe(scaling)}`,
      );
    }
    this.side = side;
    this.window = window;
    this.scaling = scaling;
    this.periodic = periodic;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    const [frame, one, frequencies] = shape;
    if (shape.length !== 3 || one !== 1 || frame === undefined || frequencies === undefined) {
      throw new ValueError(`STFT: expected a shape (frame, 1, frequencies), got ${formatShape(shape)}.`);
    }
    const window = this.#window(frame);
    const n = (frequencies - 1) * 2;
    const wave = this.side === "real" ? Math.cos : Math.sin;
    const values = Float64Array.from({ length: frame * frequencies }, (_, i) => {
      const time = Math.floor(i / frequencies);
      // The angle of whole turns is left out, which keeps the digits.
      const turn = n === 0 ? 0 : ((time * (i % frequencies)) % n) / n;
      return wave(-2 * Math.PI * turn) * (window[time] as number);
    });
    return tensor(values, { shape }).cast(dtype);
  }

  /** The values of the window, scaled. */
  #window(length: number): readonly number[] {
    const { window } = this;
    if (window === null) return Array.from({ length }, () => 1);
    const values = typeof window === "string" ? [...windowOf(window, length, this.periodic)] : window;
    if (values.length !== length) {
      throw new ValueError(`STFT: the window must have ${length} values, as long as the frame; got ${values.length}.`);
    }
    const total = (of: (v: number) => number): number => values.reduce((sum, v) => sum + of(v), 0);
    const scale =
      this.scaling === "density" ? Math.sqrt(total((v) => v * v)) : this.scaling === null ? 1 : total(Math.abs);
    return values.map((v) => v / scale);
  }

  override getConfig(): Config {
    return { side: this.side, window: this.window, periodic: this.periodic, scaling: this.scaling };
  }

  static override fromConfig<T>(this: new (...args: never[]) => T, { side, ...options }: Config): T {
    return new this(side as never, options as never);
  }
}
