import { ValueError } from "../errors.js";
import { formatExponent, formatFixed, formatFloat } from "./number-format.js";

/** `[[fill]align][sign][0][width][.precision][type]` of Python's format strings. */
const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(0)?(\d+)?(?:\.(\d+))?([dfFeEgG%])?$/u;

interface Spec {
  fill: string;
  align: string;
  sign: string;
  width: number;
  precision: number | null;
  type: string;
}

/** A piece of a template: text, or a number put in by its name. */
type Part = string | { name: string; spec: Spec };

function parseSpec(text: string, whole: string): Spec {
  const match = SPEC.exec(text);
  const [, fill, align, sign = "-", zero, width = "0", precision, type = ""] = match ?? [];
  if (match === null || (type === "" && precision !== undefined) || (type === "d" && precision !== undefined)) {
    throw new ValueError(
      `Cannot format by "${text}" in "${whole}". Supported are fill, alignment, sign, width and precision with the types d, f, e, g and %, ` +
        'such as "{epoch:02d}" or "{val_loss:.2f}".',
    );
  }
  return {
    fill: fill ?? (zero ? "0" : " "),
    align: align ?? (zero ? "=" : ">"),
    sign,
    width: Number(width),
    precision: precision === undefined ? null : Number(precision),
    type,
  };
}

/** Python's `g`: as many digits as asked for, without trailing zeros, with an exponent for very small and large numbers. */
function formatGeneral(value: number, precision: number): string {
  const digits = Math.max(precision, 1);
  const [mantissa = "", power] = formatExponent(value, digits - 1).split("e");
  if (power === undefined) return mantissa; // nan, inf
  const exponent = Number(power);
  const bare = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  return exponent < -4 || exponent >= digits
    ? `${bare(mantissa)}e${power}`
    : bare(formatFixed(value, digits - 1 - exponent));
}

function formatMagnitude(value: number, { type, precision }: Spec, isCount: boolean): string {
  const digits = precision ?? 6;
  switch (type) {
    case "":
      return isCount ? String(value) : formatFloat(value);
    case "d":
      return String(value);
    case "%":
      return `${formatFixed(value * 100, digits)}%`;
    default: {
      const format = { f: formatFixed, e: formatExponent, g: formatGeneral }[type.toLowerCase() as "f" | "e" | "g"];
      const text = format(value, digits);
      return type === type.toLowerCase() ? text : text.toUpperCase();
    }
  }
}

function formatNumber(value: number, spec: Spec, isCount: boolean): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : spec.sign === "-" ? "" : spec.sign;
  const body = formatMagnitude(Math.abs(value), spec, isCount);
  const padding = Math.max(0, spec.width - sign.length - [...body].length);
  const left = { "<": 0, "^": Math.floor(padding / 2), ">": padding }[spec.align];
  if (left === undefined) return sign + spec.fill.repeat(padding) + body;
  return spec.fill.repeat(left) + sign + body + spec.fill.repeat(padding - left);
}

/**
 * A template in Python's format notation: `"weights_{epoch:02d}_{val_loss:.3f}.keras"`; `{{` and `}}` are braces.
 */
export class FormatFields {
  readonly template: string;
  readonly #parts: readonly Part[];

  /** @throws ValueError for braces that do not match, and notation that is not supported. */
  constructor(template: string) {
    this.template = template;
    const parts: Part[] = [];
    for (const [piece, text] of template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/gu)) {
      if (piece === "{{" || piece === "}}") parts.push(piece.charAt(0));
      else if (text !== undefined) {
        const [name = "", ...spec] = text.split(":");
        if (!/^\w+$/u.test(name)) throw new ValueError(`Expected a name in "{${text}}" of "${template}".`);
        parts.push({ name, spec: parseSpec(spec.join(":"), template) });
      } else if (piece === "{" || piece === "}") {
        throw new ValueError(`A brace of "${template}" has no partner. Write {{ or }} for a brace itself.`);
      } else parts.push(piece);
    }
    this.#parts = parts;
  }

  /**
   * The text with these values put in.
   *
   * @param counts Whole numbers: the number of an epoch or batch.
   * @param logs Other numbers.
   * @throws ValueError for a name that is in neither, and for the type `d` with a log.
   */
  format(counts: Readonly<Record<string, number>>, logs: Readonly<Record<string, number>>): string {
    return this.#parts
      .map((part) => {
        if (typeof part === "string") return part;
        const { name, spec } = part;
        // a log of the same name comes first, as it does in Keras for `batch`
        const isCount = !Object.hasOwn(logs, name);
        const value = isCount ? counts[name] : logs[name];
        if (value === undefined) {
          const known = [...Object.keys(counts), ...Object.keys(logs)].join(", ");
          throw new ValueError(`Cannot format "${this.template}": there is no "${name}". Known names: ${known}.`);
        }
        if (typeof value !== "number") {
          throw new ValueError(`Cannot format "${this.template}": "${name}" has several numbers in the logs.`);
        }
        if (spec.type === "d" && !isCount) {
          throw new ValueError(
            `Cannot format "${this.template}": "${name}" is no whole number; use {${name}:.2f} or so.`,
          );
        }
        return formatNumber(value, spec, isCount);
      })
      .join("");
  }
}
