import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import type { Learner } from "./learners.js";
import { compiled, dense, floats, learner, named, two } from "./learners.js";

/** What a case of `errors.json` does, and the facts that the message must name. */
export interface ErrorCase {
  run: () => unknown;
  /** What of Keras's message ours must say; nothing where Keras raises no error and neither do we. */
  says?: RegExp;
  /** The name of our error where it is not Keras's. */
  kind?: string;
  /** Why it is another one. */
  why?: string;
}

const Input = keras.Input;
/** Arguments that TypeScript refuses. */
const wrong = (value: unknown): never => value as never;
const zeros = (...shape: number[]): Tensor => floats(shape);

/** By the ids of `errors.json`. */
export const cases: Record<string, ErrorCase> = {
  dense_wrong_last_dim: {
    run: () => dense(8)(zeros(2, 5)),
    says: /Input 0 of layer "dense".*expected axis -1 of input shape to have value 8.*\(2, 5\)/,
  },
  dense_symbolic_wrong_last_dim: {
    run: () => {
      const layer = layers.Dense(4, named);
      layer(Input([8]));
      layer(Input([5]));
    },
    says: /expected axis -1 of input shape to have value 8.*\(None, 5\)/,
  },
  dense_rank_1: { run: () => layers.Dense(4)(zeros(5)), says: /expected min_ndim=2, found ndim=1.*\(5,\)/ },
  dense_undefined_last_dim: {
    run: () => layers.Dense(4, named)(Input([null])),
    says: /fully-defined.*shape=\(None, 4\) for variable path='layer\/kernel'/,
  },
  conv2d_wrong_rank: {
    run: () => layers.Conv2D(4, 3, named)(zeros(2, 8, 8)),
    says: /layer "layer".*expected min_ndim=4, found ndim=3.*\(2, 8, 8\)/,
  },
  conv2d_symbolic_wrong_rank: {
    run: () => layers.Conv2D(4, 3, named)(Input([784])),
    says: /expected min_ndim=4, found ndim=2.*\(None, 784\)/,
  },
  conv2d_wrong_channels: {
    run: () => {
      const layer = layers.Conv2D(4, 3);
      layer(Input([8, 8, 3]));
      layer(Input([8, 8, 4]));
    },
    says: /expected axis -1 of input shape to have value 3.*\(None, 8, 8, 4\)/,
  },
  conv2d_negative_output: {
    run: () => layers.Conv2D(4, 7)(Input([4, 4, 3])),
    says: /output size would be zero or negative.*\(None, 4, 4, 3\).*\(7, 7, 3, 4\).*valid/,
  },
  conv1d_negative_output: {
    run: () => layers.Conv1D(4, 7)(Input([4, 3])),
    says: /output size would be zero or negative.*\(None, 4, 3\).*\(7, 3, 4\).*valid/,
  },
  conv2d_bad_padding: {
    run: () => layers.Conv2D(4, 3, { padding: wrong("full") }),
    says: /`padding`.*valid.*same.*full/,
  },
  conv2d_causal: {
    run: () => layers.Conv2D(4, 3, { padding: wrong("causal") }),
    says: /`padding`.*valid.*same.*causal/,
  },
  conv2d_zero_filters: { run: () => layers.Conv2D(0, 3), says: /`filters`.*positive.*filters=0/ },
  conv2d_bad_kernel: {
    run: () => layers.Conv2D(4, wrong([3, 3, 3])),
    says: /`kernel_?[sS]ize`.*2 integers.*\[?3, ?3, ?3/,
  },
  conv2d_zero_stride: { run: () => layers.Conv2D(4, 3, { strides: 0 }), says: /`strides`.*2 integers.*0/ },
  conv2d_groups: { run: () => layers.Conv2D(4, 3, { groups: 3 }), says: /filters.*divisible.*groups=3, filters=4/ },
  conv2d_groups_channels: {
    run: () => layers.Conv2D(4, 3, { groups: 2 })(Input([8, 8, 3])),
    says: /channels.*divisible.*groups=2.*3 channels.*\(None, 8, 8, 3\)/,
  },
  conv2d_strides_and_dilation: {
    run: () => layers.Conv2D(4, 3, { strides: 2, dilationRate: 2 })(Input([8, 8, 3])),
    says: /strides.*dilation/,
  },
  pooling_negative_output: {
    run: () => layers.MaxPooling2D(5)(Input([3, 3, 1])),
    says: /output size would be zero or negative.*\(None, 3, 3, 1\).*5/,
  },
  pooling_bad_padding: {
    run: () => layers.MaxPooling2D(2, { padding: wrong("causal") })(Input([4, 4, 1])),
    says: /`padding`.*valid.*same.*causal/,
  },
  lstm_wrong_rank: { run: () => layers.LSTM(4)(Input([8])), says: /expected ndim=3, found ndim=2.*\(None, 8\)/ },
  lstm_zero_units: { run: () => layers.LSTM(0), says: /`units`.*positive integer.*0/ },
  dense_negative_units: { run: () => layers.Dense(-1), says: /`units`.*positive integer.*units=-1/ },
  dense_float_units: { run: () => layers.Dense(2.5), says: /`units`.*positive integer.*units=2.5/ },
  unknown_activation: {
    run: () => layers.Dense(3, { activation: wrong("rellu") }),
    says: /activation function identifier: "?rellu/,
  },
  unknown_initializer: {
    run: () => layers.Dense(3, { kernelInitializer: wrong("glorot") }),
    says: /initializer identifier: "glorot"/,
  },
  unknown_regularizer: {
    run: () => layers.Dense(3, { kernelRegularizer: wrong("l3") }),
    says: /regularizer identifier: "l3"/,
  },
  unknown_layer_argument: {
    run: () => layers.Dense(3, wrong({ unit: 2 })),
    says: /Unrecognized keyword arguments passed to Dense: unit/,
  },
  bad_data_format: {
    run: () => layers.Conv2D(3, 3, { dataFormat: wrong("channel_first") }),
    says: /`data_?[fF]ormat`.*channels_first.*channels_last.*channel_first/,
  },
  dropout_bad_rate: { run: () => layers.Dropout(1.5), says: /`rate`.*between 0 and 1.*rate=1.5/ },
  reshape_mismatch: {
    run: () => layers.Reshape([3, 3])(Input([8])),
    says: /size of the tensor must be unchanged.*input_shape=\(8,\), target_shape=\(3, 3\)/,
  },
  reshape_two_unknown: {
    run: () => layers.Reshape([-1, -1])(Input([8])),
    says: /at most one unknown dimension.*\(-1, -1\)/,
  },
  permute_bad_dims: { run: () => layers.Permute([0, 1]), says: /`dims`.*start from 1.*\[0, 1\]/ },
  repeat_vector_bad: { run: () => layers.RepeatVector(wrong("x")), says: /integer.*`n`.*x/ },
  flatten_ok_embedding_bad: {
    run: () => layers.Embedding(0, 4)(Input([3])),
    says: /`inputDim` must be a positive integer.*inputDim=0/,
  },
  add_one_input: { run: () => layers.Add()([Input([3])]) },
  add_incompatible: {
    run: () => layers.Add()([Input([3]), Input([4])]),
    says: /incompatible shapes.*\(3,\) and \(4,\)/,
  },
  add_not_list: { run: () => layers.Add()(Input([3])), says: /list of inputs.*\(None, 3\)/ },
  add_different_batch: {
    run: () => layers.Add()([Input({ batchShape: [2, 3] }), Input({ batchShape: [3, 3] })]),
    says: /different batch sizes.*\[\(2, 3\), \(3, 3\)\]/,
  },
  subtract_three: {
    run: () => layers.Subtract()([Input([3]), Input([3]), Input([3])]),
    says: /`Subtract`.*exactly 2 inputs.*\[\(None, 3\), \(None, 3\), \(None, 3\)\]/,
  },
  concatenate_mismatch: {
    run: () => layers.Concatenate({ axis: 1 })([Input([3, 4]), Input([3, 5])]),
    says: /matching shapes except for the concatenation axis.*\[\(None, 3, 4\), \(None, 3, 5\)\]/,
  },
  concatenate_one_input: {
    run: () => layers.Concatenate()(Input([3])),
    says: /list of at least 1 input.*\(None, 3\)/,
  },
  concatenate_rank_mismatch: {
    run: () => layers.Concatenate()([Input([3]), Input([3, 4])]),
    says: /matching shapes.*\[\(None, 3\), \(None, 3, 4\)\]/,
  },
  dot_mismatch: {
    run: () => layers.Dot(wrong(1))([Input([3]), Input([4])]),
    says: /Incompatible input shapes.*3 \(at axis 1\) != 4 \(at axis 1\).*\(None, 3\), \(None, 4\)/,
  },
  mha_missing_value: { run: () => layers.MultiHeadAttention(2, 3)(Input([4, 5])), says: /missing.*value/ },
  attention_not_list: {
    run: () => layers.Attention()(Input([4, 5])),
    says: /list of inputs.*\[query, value\].*\[query, value, key\].*\(None, 4, 5\)/,
  },
  bn_bad_axis: {
    run: () => layers.BatchNormalization({ axis: 3 })(Input([4])),
    says: /"batch_normalization.*axis 3 is out of range.*rank 2/,
    kind: "ValueError",
    why: "Keras's comes from Python's list of sizes; an axis is a value like any other here, in every op and layer",
  },
  groupnorm_bad_groups: {
    run: () => layers.GroupNormalization(3)(Input([4, 4, 7])),
    says: /groups.*3.*channels.*7/,
  },
  call_on_string: { run: () => layers.Dense(3)(wrong("hello")), says: /nly (input )?tensors.*hello/ },
  call_on_none: { run: () => layers.Dense(3)(wrong(null)), says: /should be tensors.*null.*layer "dense/ },
  call_no_args: { run: () => (layers.Dense(3) as unknown as () => unknown)(), says: /missing a required argument/ },
  input_bad_shape: { run: () => Input(wrong(["a"])), says: /shape.*a/ },
  input_no_shape: { run: () => Input({}), says: /must pass a `shape` argument/ },
  model_non_tensor_output: {
    run: () => keras.Model(Input([3]), wrong(3)),
    says: /`outputs`.*must be KerasTensors.*3/,
  },
  model_disconnected: {
    run: () => {
      const [a, b] = [Input({ shape: [3], name: "a" }), Input({ shape: [3], name: "b" })];
      return keras.Model(a, layers.Dense(1)(layers.add([a, b])));
    },
    says: /disconnected.*input "b".*not among the model's `inputs` \("a"\)/,
  },
  model_disconnected_2: {
    run: () => keras.Model(Input([3]), layers.Dense(1)(Input([3]))),
    says: /disconnected.*not among the model's `inputs`/,
  },
  model_inputs_not_input: {
    run: () => keras.Model(wrong(zeros(1, 3)), layers.Dense(1)(Input([3]))),
    says: /`inputs`.*must be KerasTensors/,
  },
  duplicate_layer_names: {
    run: () => {
      const inputs = Input([3]);
      const x = layers.Dense(2, { name: "d" })(inputs);
      return keras.Model(inputs, layers.Dense(2, { name: "d" })(x));
    },
    says: /name "d" is used 2 times/,
  },
  duplicate_layer_names_sequential: {
    run: () => keras.Sequential([layers.Dense(2, { name: "d" }), layers.Dense(3, { name: "d" })]),
    says: /unique names.*"?'?d/,
  },
  duplicate_inputs: {
    run: () => {
      const inputs = Input([3]);
      return keras.Model([inputs, inputs], layers.Dense(1)(inputs));
    },
  },
  sequential_add_non_layer: {
    run: () => keras.Sequential().add(wrong(3)),
    says: /instances of `?(keras\.)?Layer`?.*Sequential.*3/,
  },
  sequential_pop_empty: { run: () => keras.Sequential().pop(), says: /Sequential|no layer/ },
  sequential_two_inputs: {
    run: () => keras.Sequential([Input([3]), Input([3]), layers.Dense(1)]),
    says: /already.*input shape \(None, 3\)/,
  },
  sequential_shape_mismatch: {
    run: () => keras.Sequential([Input([3]), layers.Conv2D(2, 3)]),
    says: /expected min_ndim=4, found ndim=2.*\(None, 3\)/,
  },
  layer_output_before_call: {
    run: () => layers.Dense(3, named).output,
    says: /layer.*never been called/,
    kind: "StateError",
  },
  get_layer_missing: {
    run: () => model().getLayer("missing"),
    says: /No such layer: "?missing.*img.*out/,
  },
  get_layer_bad_index: { run: () => model().getLayer({ index: 9 }), says: /index 9.*2 layers/ },
  get_layer_both: {
    run: () => model().getLayer(wrong({ name: "out", index: 1 })),
    says: /name.*index/,
  },
  set_weights_count: {
    run: () => dense(8).setWeights([zeros(8, 4)]),
    says: /layer "dense".*length 1.*2 weights/,
  },
  set_weights_shape: {
    run: () => dense(8).setWeights([zeros(7, 4), zeros(4)]),
    says: /\(8, 4\).*\(7, 4\)/,
  },
  fit_without_compile: { run: () => learner().fit(zeros(6, 8), zeros(6, 4)), says: /call `?compile\(/ },
  evaluate_without_compile: { run: () => learner().evaluate(zeros(6, 8), zeros(6, 4)), says: /call `?compile\(/ },
  fit_no_target: { run: () => compiled("mse").fit(zeros(6, 8), undefined, { verbose: 0 }), says: /target/ },
  unknown_loss: {
    run: () => compiled(wrong("mean_square_error")),
    says: /loss identifier: mean_square_error/,
    kind: "ValueError",
    why: "Keras says it at fit only: the earlier, the better",
  },
  unknown_loss_fit: {
    run: () => train(compiled(wrong("mean_square_error"))),
    says: /loss identifier: mean_square_error/,
  },
  unknown_optimizer: {
    run: () => learner().compile({ optimizer: wrong("adamm"), loss: "mse" }),
    says: /optimizer identifier: adamm/,
  },
  unknown_metric_fit: {
    run: () => {
      const m = learner();
      m.compile({ optimizer: "sgd", loss: "mse", metrics: wrong(["acuracy"]) });
      return train(m);
    },
    says: /metric identifier: acuracy/,
  },
  fit_no_loss: {
    run: () => {
      const m = learner();
      m.compile({ optimizer: "sgd" });
      return train(m);
    },
    says: /no loss to compute/,
    kind: "ValueError",
    why: "nothing can be trained without a loss",
  },
  fit_shape_mismatch_target: {
    run: () => compiled("mse").fit(zeros(6, 8), zeros(6, 3), { verbose: 0 }),
    says: /\(6, 3\).*\(6, 4\)/,
    kind: "ValueError",
    why: "Keras's comes from JAX; shapes that do not fit are a ValueError here, as from Keras's own functions",
  },
  fit_cardinality: {
    run: () => compiled("mse").fit(zeros(6, 8), zeros(4, 4), { verbose: 0 }),
    says: /cardinality is ambiguous[\s\S]*'x' sizes: 6[\s\S]*'y' sizes: 4/,
  },
  fit_wrong_input_shape: {
    run: () => compiled("mse").fit(zeros(6, 5), zeros(6, 4), { verbose: 0 }),
    says: /8.*\(6, 5\)/,
  },
  predict_wrong_input_shape: { run: () => model().predict(zeros(2, 5), { verbose: 0 }), says: /8.*\(2, 5\)/ },
  call_model_wrong_shape: { run: () => model()(zeros(2, 5)), says: /\(None, 8\).*\(2, 5\)/ },
  fit_missing_input_name: {
    run: () => two(["mse", "mse"]).fit({ a: zeros(4, 3) }, [zeros(4, 1), zeros(4, 2)], { verbose: 0 }),
    says: /Missing data for input "b".*"a"/,
  },
  fit_unknown_input_name: {
    run: () => two(["mse", "mse"]).fit({ a: zeros(4, 3), c: zeros(4, 4) }, [zeros(4, 1), zeros(4, 2)], { verbose: 0 }),
    says: /Missing data for input "b".*"a", "c"/,
  },
  fit_one_input_of_two: {
    run: () => two(["mse", "mse"]).fit([zeros(4, 3)], [zeros(4, 1), zeros(4, 2)], { verbose: 0 }),
    says: /2 inputs.*1/,
  },
  fit_one_target_of_two: {
    run: () => two(["mse", "mse"]).fit(pair(), [zeros(4, 1)], { verbose: 0 }),
    says: /2.*"p".*"q".*1/,
  },
  fit_missing_target_name: {
    run: () => two({ p: "mse", q: "mse" }).fit(pair(), { p: zeros(4, 1) }, { verbose: 0 }),
    says: /target "q"/,
  },
  loss_list_wrong_length: {
    run: () => two(["mse"]).fit(pair(), targets(), { verbose: 0 }),
    says: /`loss`.*1.*2 output.*"p", "q"/,
    kind: "ValueError",
    why: "Keras leaves an output without a loss and says nothing",
  },
  loss_dict_wrong_name: {
    run: () => two(wrong({ p: "mse", r: "mse" })).fit(pair(), targets(), { verbose: 0 }),
    says: /loss.*"?r"?/,
  },
  loss_dict_partial: {
    run: () => two(wrong({ p: "mse" })).fit(pair(), targets(), { verbose: 0 }),
    says: /loss.*q/,
  },
  loss_weights_wrong_length: {
    run: () => two(["mse", "mse"], { lossWeights: [0.5] }).fit(pair(), targets(), { verbose: 0 }),
    says: /lossWeights.*2.*1|lossWeights.*1.*2/,
  },
  metrics_dict_wrong_name: {
    run: () => two(["mse", "mse"], { metrics: { r: "mae" } }).fit(pair(), targets(), { verbose: 0 }),
    says: /"p", "q".*metrics.*"r"/,
  },
  sparse_crossentropy_shape: {
    run: () => compiled("sparse_categorical_crossentropy").fit(zeros(6, 8), zeros(6, 4), { verbose: 0 }),
    says: /target.*output.*\((6|None), 4\)/,
  },
  categorical_crossentropy_shape: {
    run: () => compiled("categorical_crossentropy").fit(zeros(6, 8), zeros(6), { verbose: 0 }),
    says: /same shape.*\((6|None),\).*\((6|None), 4\)/,
  },
  categorical_crossentropy_int_targets: {
    run: () => compiled("categorical_crossentropy").fit(zeros(6, 8), zeros(6, 1), { verbose: 0 }),
    says: /same shape.*\((6|None), 1\).*\((6|None), 4\)/,
  },
  loss_bad_reduction: {
    run: () => keras.losses.MeanSquaredError({ reduction: wrong("avg") }),
    says: /reduction.*sum_over_batch_size.*avg/,
  },
  optimizer_bad_argument: { run: () => keras.optimizers.Adam(wrong({ lr: 0.1 })), says: /lr/ },
  optimizer_two_clips: {
    run: () => keras.optimizers.SGD({ clipnorm: 1, clipvalue: 0.5 }),
    says: /clipnorm.*clipvalue.*(globalClipnorm|global_clipnorm)/,
  },
  optimizer_bad_ema: {
    run: () => keras.optimizers.SGD({ useEma: true, emaMomentum: 1.5 }),
    says: /(emaMomentum|ema_momentum).*\[0, 1\].*1.5/,
  },
  optimizer_grad_count: {
    run: () => {
      const variable = new keras.Variable(zeros(3));
      keras.optimizers.SGD().apply([zeros(3), zeros(3)], [variable]);
    },
    says: /one gradient for each of 1 variables.*2 gradients/,
    kind: "ValueError",
    why: "Keras drops the gradients that are too many and says nothing",
  },
  validation_split_bad: {
    run: () => compiled("mse").fit(zeros(6, 8), zeros(6, 4), { validationSplit: 1, verbose: 0 }),
    says: /`validationSplit`.*1/,
  },
  validation_split_too_small: {
    run: () => compiled("mse").fit(zeros(6, 8), zeros(6, 4), { validationSplit: 0.01, verbose: 0 }),
  },
  class_weight_multi_output: {
    run: () => two(["mse", "mse"]).fit(pair(), targets(), { classWeight: { 0: 1 }, verbose: 0 }),
    says: /classWeight.*single output|`classWeight`.*one output/,
  },
  sample_weight_shape: {
    run: () => compiled("mse").fit(zeros(6, 8), zeros(6, 4), { sampleWeight: ops.ones([3]), verbose: 0 }),
    says: /cardinality is ambiguous[\s\S]*'x' sizes: 6[\s\S]*sizes: 3/,
  },
  empty_data: {
    run: () => compiled("mse").fit(zeros(0, 8), zeros(0, 4), { verbose: 0 }),
    says: /no samples/,
    kind: "ValueError",
  },
  generator_with_y: {
    run: () =>
      compiled("mse").fit(
        wrong(
          (function* () {
            yield [zeros(6, 8), zeros(6, 4)];
          })(),
        ),
        zeros(6, 4),
        { verbose: 0 },
      ),
    says: /`y`.*(not|no)/,
  },
  load_missing_file: { run: () => keras.saving.loadModel("missing.keras"), says: /missing.keras/ },
  load_bad_extension: { run: () => keras.saving.loadModel("model.txt"), says: /\.keras.*model\.txt/ },
  save_bad_extension: { run: () => learner().save("model.json"), says: /\.keras.*model.json/ },
  save_weights_bad_extension: {
    run: () => learner().saveWeights("w.h5"),
    says: /\.weights\.h5.*w\.h5/,
  },
  load_weights_mismatch: {
    run: () => weightsInto([layers.Dense(5)]),
    says: /\(8, 5\).*\(8, 4\)/,
  },
  load_weights_layer_count: {
    run: () => weightsInto([layers.Dense(4), layers.Dense(2)]),
    says: /dense.*2.*0/,
  },
  load_unknown_class: {
    run: () => {
      class MyLayer extends layers.Layer {
        override call(x: Tensor) {
          return x.multiply(2);
        }
      }
      const inputs = Input([3]);
      return throughFile(keras.Model(inputs, new MyLayer()(inputs)));
    },
    says: /MyLayer/,
  },
  load_lambda_unsafe: {
    run: () => {
      const inputs = Input([3]);
      function double(x: Tensor): Tensor {
        return x.multiply(2);
      }
      return throughFile(keras.Model(inputs, layers.Lambda(double)(inputs)));
    },
    // A function is only ever known by the name it is given under; Keras speaks so of functions that have one.
    kind: "TypeError",
    says: /function "double"[\s\S]*Lambda/,
  },
  deserialize_unknown: {
    run: () => layers.deserialize({ class_name: "Densee", config: {} }),
    says: /Could not locate class "Densee"/,
  },
  from_config_bad: {
    run: () => layers.Dense.fromConfig({ units: 3, foo: 1 }),
    says: /Dense.*foo/,
    kind: "ValueError",
    why: "Keras's TypeError is about the deserialisation; what is wrong is the option, as where the layer is made",
  },
  model_from_json_bad: {
    run: () => keras.models.modelFromJson('{"class_name": "Nope", "config": {}}'),
    says: /Could not locate class "Nope"/,
  },
  symbolic_in_numpy: { run: () => wrong(keras.tensor(wrong(Input([3])))), says: /KerasTensor|symbolic/ },
  symbolic_bool: { run: () => Number(Input([3]) as unknown), says: /KerasTensor.*(number|boolean|value)/ },
  symbolic_len_iter: {
    run: () => [...(Input([3]) as unknown as Iterable<never>)],
    says: /iterable/,
    kind: "TypeError",
  },
  ops_matmul_mismatch: {
    run: () => ops.matmul(Input([3, 4]), Input([3, 2])),
    says: /\(None, 3, 4\).*\(None, 3, 2\)/,
  },
  ops_reshape_mismatch: {
    run: () => ops.reshape(zeros(2, 3), [4, 2]),
    says: /\(2, 3\).*\(4, 2\)/,
    kind: "ValueError",
    why: "Keras's comes from JAX; shapes that do not fit are a ValueError here, as from Keras's own functions",
  },
  ops_concatenate_mismatch: {
    run: () => ops.concatenate([Input([3]), Input([3, 4])], -1),
    says: /\(None, 3\).*\(None, 3, 4\)|\(None, 3, 4\).*\(None, 3\)/,
  },
  unbuilt_weights_summary: {
    run: () => keras.Sequential([layers.Dense(2)]).countParams(),
    says: /"sequential.*isn't built/,
  },
  unbuilt_layer_count_params: { run: () => layers.Dense(2).countParams(), says: /"dense.*isn't built/ },
  metric_result_shape: {
    run: () => keras.metrics.MeanSquaredError().updateState(zeros(4, 2), zeros(4, 3)),
    says: /\(4, 2\).*\(4, 3\)/,
    kind: "ValueError",
    why: "Keras's comes from JAX; shapes that do not fit are a ValueError here, as from Keras's own functions",
  },
  iou_bad_class: {
    run: () => metric("IoU", { numClasses: 2, targetClassIds: [2] }),
    says: /\[0, 2\).*class id 2/,
  },
  auc_bad_curve: { run: () => metric("AUC", { curve: "RO" }), says: /`curve`.*ROC.*PR.*PRGAIN.*"RO"/ },
  precision_bad_threshold: { run: () => metric("Precision", { thresholds: 1.5 }), says: /hreshold.*\[0, 1\].*1.5/ },
  schedule_bad_boundaries: {
    run: () => keras.optimizers.schedules.PiecewiseConstantDecay({ boundaries: [1, 2], values: [0.1, 0.2] } as never),
    says: /boundaries.*2.*values.*2/,
  },
  upsampling_bad_interpolation: {
    run: () => layers.UpSampling2D(2, { interpolation: wrong("cubic") }),
    says: /interpolation.*bicubic.*cubic/,
    kind: "ValueError",
    why: "Keras says it at the first call only",
  },
  bidirectional_not_rnn: {
    run: () => layers.Bidirectional(wrong(layers.Dense(4))),
    says: /Bidirectional: expected a layer that can run backwards.*Dense/,
    kind: "ValueError",
    why: "Keras's comes from making the copy that runs backwards; what is wrong is the layer",
  },
  bidirectional_bad_merge: {
    run: () => layers.Bidirectional(layers.LSTM(2), { mergeMode: wrong("max") }),
    says: /merge mode.*max/,
  },
  time_distributed_not_layer: { run: () => layers.TimeDistributed(wrong(3)), says: /TimeDistributed.*[Ll]ayer.*3/ },
  cropping_too_much: {
    run: () => layers.Cropping1D(3)(Input([5, 2])),
    says: /`cropping`.*smaller.*\(None, 5, 2\).*3,3/,
  },
  stateful_without_batch: {
    run: () => layers.LSTM(2, { stateful: true })(Input([3, 2])),
    says: /stateful.*batch.*\(None, 3, 2\)/,
  },
  normalization_not_adapted: { run: () => layers.Normalization()(zeros(2, 3)) },
  categorical_encoding_no_tokens: {
    run: () => (layers.CategoryEncoding as unknown as () => unknown)(),
    says: /num_?[tT]okens/,
  },
  to_categorical_range: {
    run: () => keras.utils.toCategorical([0, 1, 5], 3),
    says: /from 0 to 2.*got 5/,
  },
  get_config_missing: {
    run: () => {
      class A extends layers.Layer {
        constructor(
          readonly n: number,
          readonly f: unknown,
        ) {
          super();
        }
      }
      return new A(1, console.log).getConfig();
    },
    says: /A .*override.*getConfig\(\)/,
  },
};

/** A model of one dense layer, not compiled. */
function model(): keras.Model {
  const inputs = Input({ shape: [8], name: "img" });
  return keras.Model(inputs, layers.Dense(4, { name: "out" })(inputs));
}
/** Weights of one model read into another of other layers. */
async function weightsInto(others: keras.Layer[]): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), "errors-")), "w.weights.h5");
  await learner().saveWeights(file);
  await keras.Sequential([Input([8]), ...others]).loadWeights(file);
}

/** A model as it comes back from its file. */
async function throughFile(m: keras.Model): Promise<keras.Model> {
  const file = join(mkdtempSync(join(tmpdir(), "errors-")), "m.keras");
  await m.save(file);
  return keras.saving.loadModel(file);
}

const train = (m: Learner) => m.fit(zeros(6, 8), zeros(6, 4), { verbose: 0 });
const pair = (): Tensor[] => [zeros(4, 3), zeros(4, 4)];
const targets = (): Tensor[] => [zeros(4, 1), zeros(4, 2)];
const metric = (name: string, options: object): unknown =>
  (keras.metrics as unknown as Record<string, (options: object) => unknown>)[name]!(options);
