// What Keras has and this package will not have, with the reason.
const foreign = "wraps another framework's code, which does not run in Node";
const quantized = "weights in 8 or 4 bits are not part of this package";
const python = "about Python itself";
const complex = "there are no complex dtypes; asked for, it says what to do instead";
const one = "there is one backend";
const safe = "nothing in a file is ever run";
const library = "chooses between other libraries";

/** By `module.name`, or `module.*` for all of a module; of a parameter by `module.name.parameter`, or `*.parameter`. */
export const outOfScope = {
  "layers.FlaxLayer": foreign,
  "layers.JaxLayer": foreign,
  "layers.TFSMLayer": foreign,
  "layers.TorchModuleWrapper": foreign,
  "dtype_policies.AWQDTypePolicy": quantized,
  "dtype_policies.GPTQDTypePolicy": quantized,
  "dtype_policies.Int4DTypePolicy": quantized,
  "dtype_policies.QuantizedDTypePolicy": quantized,
  "dtype_policies.QuantizedFloat8DTypePolicy": quantized,
  "top.Quantizer": quantized,
  "top.quantizers": quantized,
  "Layer.quantize": quantized,
  "Model.quantize": quantized,
  "Layer.quantized_build": quantized,
  "Model.quantized_build": quantized,
  "Layer.quantized_call": quantized,
  "Model.quantized_call": quantized,
  "Layer.quantization_mode": quantized,
  "Model.quantization_mode": quantized,
  "ops.polar": complex,
  "ops.view_as_complex": complex,
  "ops.view_as_real": complex,
  "callbacks.OrbaxCheckpoint": "writes a format of JAX",
  "config.backend": one,
  "config.set_backend": one,
  "config.is_nnx_enabled": "about JAX's NNX",
  "backend.backend": one,
  "config.enable_flash_attention": "which kernel attention runs on is not the caller's choice",
  "config.disable_flash_attention": "which kernel attention runs on is not the caller's choice",
  "config.is_flash_attention_enabled": "which kernel attention runs on is not the caller's choice",
  "config.enable_traceback_filtering": python,
  "config.disable_traceback_filtering": python,
  "config.is_traceback_filtering_enabled": python,
  "config.enable_unsafe_deserialization": safe,
  "*.safe_mode": safe,
  "utils.split_dataset.preferred_backend": library,
  "utils.text_dataset_from_directory.format": library,
  "utils.timeseries_dataset_from_array.format": library,
  "tree.assert_same_structure.check_types": "has no effect in Keras",
  "top.src": python,
  "top.legacy": "only for code older than Keras 3",
  "top.wrappers": "for scikit-learn",
  "top.version": "the version is in package.json",
  "*.gptq_unpacked_column_size": quantized,
  "*.sparse": "there are no sparse tensors",
  "*.ragged": "there are no ragged tensors",
  "*.flash_attention": "which kernel attention runs on is not the caller's choice",
  "*.jit_compile": "every step is compiled",
  "*.run_eagerly": "every step is compiled",
};

/** Why something is out of scope; `undefined` when it is not. */
export function reason(module, name, parameter) {
  if (parameter !== undefined)
    return outOfScope[`${module}.${name}.${parameter}`] ?? outOfScope[`*.${parameter}`] ?? undefined;
  return outOfScope[`${module}.${name}`] ?? outOfScope[`${module}.*`] ?? undefined;
}

/** Parameters under names of our own: the others are words that JavaScript keeps for itself. */
export const renamed = { "layers.Lambda.function": "fn", "ops.select.default": "defaultValue" };
