import { isDict } from "../../engine/nest.js";
import { describe } from "../../engine/shape.js";
import { InvalidTypeError, ValueError } from "../../errors.js";

/** Arguments of a schedule: all options as one object, or those named in `Places` in their order, and one object of the rest. */
export type ScheduleArguments<Options, Places extends readonly unknown[]> =
  | (Record<never, never> extends Options ? [options?: Options] : [options: Options])
  | (Places extends readonly [infer First extends keyof Options, ...infer Others]
      ? [value: Options[First], ...ScheduleArguments<Omit<Options, First>, Others>]
      : never);

/**
 * The options that {@link ScheduleArguments} say.
 *
 * @param places The options that have a place: each must be given, a number or a list of numbers.
 * @throws InvalidTypeError where one of them is missing, or an argument too many; ValueError for one that is no number.
 */
export function scheduleOptions<Options extends object>(
  who: string,
  places: readonly (keyof Options & string)[],
  args: readonly unknown[],
): Options {
  const rest = args.findIndex((argument) => argument === undefined || isDict(argument));
  const placed = rest < 0 ? args : args.slice(0, rest);
  const given: Record<string, unknown> = { ...(rest < 0 ? {} : (args[rest] as object | undefined)) };
  const expected = `Expected ${who}(${places.join(", ")}, { … }), or all of them in one object.`;
  if (placed.length > places.length || (rest >= 0 && rest < args.length - 1)) {
    throw new InvalidTypeError(`${who}: ${args.length} arguments. ${expected}`);
  }
  for (const [i, value] of placed.entries()) given[places[i] as string] = value;
  for (const name of places) {
    const value = given[name];
    if (value === undefined) throw new InvalidTypeError(`${who}: \`${name}\` is missing. ${expected}`);
    const numbers: unknown[] = Array.isArray(value) ? value : [value];
    if (!numbers.every((one) => typeof one === "number" && Number.isFinite(one))) {
      throw new ValueError(`${who}: expected \`${name}\` to be numbers, got ${describe(value)}.`);
    }
  }
  return given as Options;
}
