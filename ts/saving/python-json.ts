/** Options of which Keras insists that they are floats: where JavaScript has one kind of numbers, Python takes `1` for an integer. */
const floats = new Set(["learning_rate", "momentum", "beta", "threshold"]);

/**
 * A config as the JSON that Python writes and Keras reads: these floats keep their point (`1.0`), and infinities and NaN, for which JSON has no
 * names, have Python's.
 */
export function pythonJson(config: unknown): string {
  const marked = JSON.stringify(config, (key, value: unknown) => {
    if (typeof value !== "number") return value;
    if (Number.isInteger(value) && floats.has(key)) return `\u0001${value.toFixed(1)}`;
    return Number.isFinite(value) ? value : `\u0001${value}`;
  });
  return marked.replace(/"\\u0001(-?\d+\.0|-?Infinity|NaN)"/g, "$1");
}
