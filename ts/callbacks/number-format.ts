/**
 * Numbers written as Python writes them.
 *
 * JavaScript's `toFixed` rounds ties up and its exponents have one digit; Python rounds the exact binary value half to even
 * and writes two digits. Metrics are often exact fractions (7/32 = 0.21875), so the difference is visible in a progress bar.
 */

/** The exact value of a finite double as `mantissa * 2**exponent`. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** `round(|value| * 10**power)`, ties to even, exactly. */
function scaled(value: number, power: number): bigint {
  const { mantissa, exponent } = decompose(Math.abs(value));
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return undefined;
}

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

/** Python's `f"{value:.{digits}f}"`. */
export function formatFixed(value: number, digits: number): string {
  const name = special(value);
  if (name !== undefined) return name;
  const text = scaled(value, digits)
    .toString()
    .padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return sign(value) + (digits === 0 ? whole : `${whole}.${text.slice(text.length - digits)}`);
}

/** Python's `f"{value:.{digits}e}"`. */
export function formatExponent(value: number, digits: number): string {
  const name = special(value);
  if (name !== undefined) return name;
  let exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  let text = scaled(value, digits - exponent).toString();
  // log10 may be off by one next to a power of ten, and rounding may carry into a new digit
  if (text.length > digits + 1) text = scaled(value, digits - ++exponent).toString();
  else if (value !== 0 && text.length < digits + 1) text = scaled(value, digits - --exponent).toString();
  text = text.padEnd(digits + 1, "0");
  const fraction = digits === 0 ? "" : `.${text.slice(1, digits + 1)}`;
  const size = Math.abs(exponent).toString().padStart(2, "0");
  return `${sign(value)}${text[0]}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
}

/** Python's `str(value)` of a float: the fewest digits that give the same number. */
export function formatFloat(value: number): string {
  const name = special(value);
  if (name !== undefined) return name;
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [digits = "", power = ""] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const size = Math.abs(exponent).toString().padStart(2, "0");
    return `${digits}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  const text = String(value);
  // JavaScript writes no exponent between 1e-7 and 1e21, and no fraction of whole numbers
  return text.includes(".") ? text : `${text}.0`;
}
