// Whether a class does without an option what it does with Keras's default for it, as far as its config tells.

/** Values for parameters that have no default, by their names. */
const samples = {
  activation: "relu",
  axes: 1,
  boundaries: [1, 2],
  decay_rate: 0.5,
  decay_steps: 10,
  dims: [1, 2],
  equation: "ab,bc->ac",
  factor: 0.5,
  filters: 2,
  first_decay_steps: 10,
  head_dim: 2,
  height: 4,
  height_factor: 0.2,
  initial_learning_rate: 0.1,
  input_dim: 4,
  kernel_size: 3,
  key_dim: 2,
  learning_rate: 0.1,
  max_number: 2,
  n: 2,
  num_bins: 3,
  num_classes: 3,
  num_heads: 2,
  num_key_value_heads: 1,
  num_query_heads: 2,
  num_tokens: 3,
  output_dim: 3,
  output_shape: 3,
  output_size: 2,
  pool_size: 2,
  precision: 0.5,
  rate: 0.2,
  recall: 0.5,
  scale: 2,
  sensitivity: 0.5,
  specificity: 0.5,
  stddev: 0.1,
  target_class_ids: [0, 1],
  target_shape: [2, 2],
  units: 2,
  values: [1, 2, 3],
  width: 4,
  width_factor: 0.2,
};

/** Layers that take others. */
function layerSample(keras, name, parameter) {
  const { layers } = keras;
  if (parameter === "layer") return name === "Bidirectional" ? layers.LSTM?.(2) : layers.Dense?.(2);
  if (parameter === "cell") return name.startsWith("StackedRNN") ? undefined : layers.LSTMCell?.(2);
  if (parameter === "cells") return layers.LSTMCell === undefined ? undefined : [layers.LSTMCell(2)];
  if (parameter === "layers") return [layers.Dense(2)];
  return samples[parameter];
}

/** Options that mean something only beside another: what has to be given with them. */
const together = {
  Discretization: { num_bins: 3 },
  CategoryEncoding: { num_tokens: 3 },
};

/** The parameters whose default differs: `{ parameter, keras, here }`; `null` when the class cannot be made or has no config. */
export function differingDefaults(keras, name, Class, parameters) {
  const required = { ...together[name] };
  for (const { name: parameter, ...rest } of parameters) {
    if (parameter.startsWith("*") || "default" in rest) continue;
    const value = layerSample(keras, name, parameter);
    if (value === undefined) return null;
    required[parameter] = value?.getConfig === undefined ? value : keras.saving.serializeKerasObject(value);
  }
  const configOf = (extra) => {
    const object = Class.fromConfig({ ...required, ...extra });
    const { name: _, ...config } = object.getConfig();
    // Numbers of layers made along the way are in their names; seeds are drawn anew.
    return JSON.stringify(config).replace(/"name":"\w+"|"(shared_object_id|seed)":\d+/g, "");
  };
  let plain;
  try {
    plain = configOf({});
  } catch {
    return null;
  }
  const differing = [];
  for (const { name: parameter, ...rest } of parameters) {
    const known = "default" in rest && !["name", "dtype", "sparse", "ragged"].includes(parameter);
    if (!known || (rest.default !== null && typeof rest.default === "object" && !Array.isArray(rest.default))) continue;
    if (parameter in (together[name] ?? {})) continue;
    try {
      if (configOf({ [parameter]: rest.default }) !== plain) differing.push({ parameter, keras: rest.default });
    } catch (error) {
      differing.push({ parameter, keras: rest.default, error: error.message.split("\n")[0] });
    }
  }
  return differing;
}
