import { formatShape, type Shape } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";

/** What the equation of an `EinsumDense` says of its weights and output. */
export interface EinsumShapes {
  readonly kernel: Shape;
  /** `null` without a bias. */
  readonly bias: Shape | null;
  readonly output: Shape;
  /** Axes of the kernel that are summed over. */
  readonly inputAxes: readonly number[];
  /** Axes of the kernel that are in the output. */
  readonly outputAxes: readonly number[];
}

/** The letters of input, kernel and output, and on which side an ellipsis stands for further axes. */
interface Equation {
  readonly input: string;
  readonly kernel: string;
  readonly output: string;
  readonly ellipsis: "none" | "left" | "right";
}

const forms = [
  [/^([a-z]+),([a-z]+)->([a-z]+)$/i, "none"],
  [/^\.{3}([a-z]+),([a-z]+)->\.{3}([a-z]+)$/i, "left"],
  [/^([a-z]{2,})\.{3},([a-z]+)->([a-z]+)\.{3}$/i, "right"],
] as const;

/** @throws ValueError for an equation of another form. */
export function parseEquation(equation: unknown): Equation {
  for (const [form, ellipsis] of forms) {
    const found = typeof equation === "string" ? form.exec(equation.replaceAll(" ", "")) : null;
    if (found !== null) return { input: found[1]!, kernel: found[2]!, output: found[3]!, ellipsis };
  }
  throw new ValueError(
    `Invalid einsum equation '${String(equation)}'. Equations must be in the form ` +
      "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....",
  );
}

/**
 * The shapes for an input.
 *
 * @param outputShape The output's shape without the batch and without what an ellipsis stands for; `null` is taken as it is.
 * @throws ValueError where input, output and equation do not fit each other.
 */
export function einsumShapes(
  equation: string,
  biasAxes: string | null,
  inputShape: Shape,
  outputShape: Shape,
): EinsumShapes {
  const { input, kernel, output, ellipsis } = parseEquation(equation);
  const elided = inputShape.length - input.length;
  if (elided < 0 || (ellipsis === "none" && elided > 0)) {
    throw new ValueError(
      `The equation '${equation}' does not fit an input of shape ${formatShape(inputShape)}: it names ${input.length} axes.`,
    );
  }
  const before = ellipsis === "left" ? inputShape.slice(1, Math.max(elided, 1)) : [];
  const after = ellipsis === "right" ? inputShape.slice(input.length) : [];
  const full: Shape = [inputShape[0] ?? null, ...before, ...outputShape, ...after];
  const skipped = ellipsis === "left" ? elided : 0;
  if (full.length !== output.length + elided) {
    throw new ValueError(
      `The output of '${equation}' has ${output.length + elided} axes for an input of shape ${formatShape(inputShape)}, ` +
        `but outputShape=${formatShape(outputShape)} and the batch make ${full.length}.`,
    );
  }
  const lengths = (letters: string, shape: Shape): Map<string, number | null> =>
    new Map([...letters].map((letter, i) => [letter, shape[i + skipped] ?? null]));
  const [inputs, outputs] = [lengths(input, inputShape), lengths(output, full)];
  for (const [letter, length] of inputs) {
    const other = outputs.get(letter) ?? null;
    if (other !== null && other !== length) {
      throw new ValueError(
        `Input shape and output shape do not match at shared dimension '${letter}'. Input shape is ${length}, and output shape is ${other}.`,
      );
    }
  }
  for (const letter of output) {
    if (inputs.has(letter) || kernel.includes(letter)) continue;
    throw new ValueError(
      `Dimension '${letter}' was specified in the output '${output}' but has no corresponding dim in the input spec '${input}' ` +
        `or weight spec '${kernel}'`,
    );
  }
  const axes = (wanted: boolean): number[] =>
    [...kernel].map((_, i) => i).filter((i) => outputs.has(kernel[i]!) === wanted);
  return {
    kernel: [...kernel].map((letter) => {
      const length = outputs.has(letter) ? outputs.get(letter) : inputs.get(letter);
      if (length !== undefined) return length;
      throw new ValueError(
        `Weight dimension '${letter}' did not have a match in either the input spec '${input}' or the output spec '${output}'. ` +
          "For this layer, the weight must be fully specified.",
      );
    }),
    bias: biasAxes === null ? null : [...biasShape(biasAxes, output, outputs), ...after.map(() => 1)],
    output: full,
    inputAxes: axes(false),
    outputAxes: axes(true),
  };
}

/** The bias reaches from the first of its axes to the output's last; axes that are not its own have length 1. */
function biasShape(axes: string, output: string, lengths: ReadonlyMap<string, number | null>): Shape {
  for (const letter of axes) {
    if (output.includes(letter)) continue;
    throw new ValueError(`Bias dimension '${letter}' was requested, but is not part of the output spec '${output}'`);
  }
  const first = Math.min(...[...axes].map((letter) => output.indexOf(letter)));
  return [...output.slice(first)].map((letter) => (axes.includes(letter) ? (lengths.get(letter) ?? null) : 1));
}
