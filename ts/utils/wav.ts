import { type Tensor, wrap } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";

/** What a WAV file holds. */
export interface Wave {
  /** float32 `(samples, channels)`, in [-1, 1) for whole numbers. */
  readonly audio: Tensor;
  /** Samples in a second. */
  readonly rate: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** How a sample of so many bits is read, scaled to [-1, 1). */
function sampleReader(kind: number, bits: number, data: DataView): ((at: number) => number) | null {
  if (kind === FLOAT && bits === 32) return (at) => data.getFloat32(at, true);
  if (kind === FLOAT && bits === 64) return (at) => data.getFloat64(at, true);
  if (kind !== PCM) return null;
  if (bits === 8) return (at) => (data.getUint8(at) - 128) / 2 ** 7;
  if (bits === 16) return (at) => data.getInt16(at, true) / 2 ** 15;
  if (bits === 24) return (at) => ((data.getInt8(at + 2) << 16) | data.getUint16(at, true)) / 2 ** 23;
  return bits === 32 ? (at) => data.getInt32(at, true) / 2 ** 31 : null;
}

interface Format {
  readonly kind: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64.
 *
 * @param length The number of samples: longer sounds are cut, shorter ones filled up with 0. Default: as it is.
 * @throws ValueError for what is no whole WAV file; NotImplementedError for compressed ones.
 */
export function decodeWav(file: Uint8Array, who: string, length: number | null = null): Wave {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const broken = (why: string): ValueError => new ValueError(`${who}: not a WAV file: ${why}.`);
  if (bytes.length < 12 || bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE") {
    throw broken("it does not begin with RIFF and WAVE");
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size;
    if (name === "fmt ") {
      if (size < 16 || end > bytes.length) throw broken("its format is cut off");
      const [channels, bits] = [bytes.readUInt16LE(at + 10), bytes.readUInt16LE(at + 22)];
      const kind = bytes.readUInt16LE(at + 8);
      const inner = kind === EXTENSIBLE && size >= 26 ? bytes.readUInt16LE(at + 32) : kind;
      format = { kind: inner, channels, rate: bytes.readUInt32LE(at + 12), bits };
    } else if (name === "data") {
      if (format === undefined) throw broken("its data comes before its format");
      if (end > bytes.length) throw broken(`its data should have ${size} bytes, ${bytes.length - at - 8} are there`);
      const data = new DataView(bytes.buffer, bytes.byteOffset + at + 8, size);
      return { audio: samples(data, format, who, length), rate: format.rate };
    }
    at = end + (size % 2);
  }
  throw broken("it has no data");
}

function samples(data: DataView, { kind, channels, bits }: Format, who: string, length: number | null): Tensor {
  const read = sampleReader(kind, bits, data);
  if (read === null || channels === 0) {
    throw new NotImplementedError(
      `${who}: WAV of format ${kind} with ${channels} channels of ${bits} bits is not supported. Expected PCM of 8 to 32 bits or floats.`,
    );
  }
  const bytes = bits / 8;
  const there = Math.floor(data.byteLength / (bytes * channels));
  const count = length ?? there;
  const values = new Float32Array(count * channels);
  const known = Math.min(count, there) * channels;
  for (let index = 0; index < known; index++) values[index] = read(index * bytes);
  return wrap("float32", [count, channels], values);
}
