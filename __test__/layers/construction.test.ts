// What does not fit is refused where it is written: by the constructor, or by the call on symbolic tensors; the error names the class or the layer.
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";

const I = (...shape: (number | null)[]): keras.KerasTensor => keras.Input({ shape });
/** Arguments that types forbid. */
const any = (value: unknown): never => value as never;

/** What must fail, by the class that the error must name (or the layer), and the facts that it must tell. */
const cases: Record<string, readonly (readonly [() => unknown, RegExp])[]> = {
  Conv1D: [
    [() => layers.Conv1D(4, 3)(I(2, 3)), /zero or negative.*\(None, 2, 3\).*kernel shape=\(3, 3, 4\)/],
    [() => layers.Conv1D(4, 3, { dilationRate: 4 })(I(8, 3)), /zero or negative.*dilation_rate=\(4,\)/],
    [() => layers.Conv1D(4, 3, { groups: 0 }), /`groups` must be a positive integer.*groups=0/],
    [() => layers.Conv1D(4, 3, { groups: 8 }), /filters must be evenly divisible.*groups=8, filters=4/],
    [
      () => layers.Conv1D(8, 3, { groups: 4 })(I(5, 6)),
      /input channels must be evenly divisible.*groups=4.* 6 channels/,
    ],
    [() => layers.Conv1D(4, -3), /`kernel_size`.*-3.*value > 0/],
    [() => layers.Conv1D(4, 2.5), /`kernel_size`.*tuple of 1 integers.*2\.5/],
    [() => layers.Conv1D(4, 3, { strides: 0 }), /`strides`.*strides=0/],
    [() => layers.Conv1D(4, 3)(I(8, null)), /channel dimension.*must be known/],
  ],
  Conv2D: [
    [() => layers.Conv2D(0, 3), /`filters`.*filters=0/],
    [() => layers.Conv2D(4, any([3, 3, 3])), /`kernel_size`.*tuple of 2 integers/],
    [() => layers.Conv2D(4, 3, { padding: any("causal") }), /`padding`.*causal/],
    [
      () => layers.Conv2D(4, 3, { dataFormat: any("first") }),
      /`dataFormat`.*"channels_first", "channels_last".*"first"/,
    ],
    [() => layers.Conv2D(4, 3, { strides: 2, dilationRate: 2 }), /strides > 1.*dilation_rate/],
    [() => layers.Conv2D(4, 3)(I(8, 3)), /expected min_ndim=4, found ndim=3/],
  ],
  Conv3D: [[() => layers.Conv3D(4, 5)(I(3, 8, 8, 3)), /zero or negative/]],
  Conv2DTranspose: [
    [() => layers.Conv2DTranspose(4, 3, { strides: 2, outputPadding: 2 }), /output_padding.*strictly less than/],
    [() => layers.Conv2DTranspose(4, 3)(I(8, 8, null)), /channel dimension.*must be known/],
  ],
  DepthwiseConv2D: [
    [() => layers.DepthwiseConv2D(3, { depthMultiplier: 0 }), /`depthMultiplier`.*0/],
    [() => layers.DepthwiseConv2D(5)(I(3, 3, 2)), /zero or negative/],
  ],
  SeparableConv1D: [[() => layers.SeparableConv1D(4, 5)(I(3, 2)), /zero or negative/]],
  MaxPooling2D: [
    [() => layers.MaxPooling2D(0), /`pool_size`.*0/],
    [() => layers.MaxPooling2D(2, { strides: -1 }), /`strides`.*-1/],
    [() => layers.MaxPooling2D(2, { padding: any("full") }), /`padding`.*full/],
    [() => layers.MaxPooling2D(5)(I(3, 9, 1)), /zero or negative.*pool_size=\(5, 5\)/],
    [() => layers.MaxPooling2D(2)(I(4, 4)), /expected ndim=4, found ndim=3/],
  ],
  AdaptiveAveragePooling2D: [[() => layers.AdaptiveAveragePooling2D(any([2, 2, 2])), /`output_size`.*tuple of 2/]],
  GlobalMaxPooling1D: [[() => layers.GlobalMaxPooling1D()(I(4)), /expected ndim=3, found ndim=2/]],
  Add: [
    [() => layers.Add()([I(3), I(4)]), /incompatible shapes.*\(3,\) and \(4,\)/],
    [() => layers.Add()([I(2, 3), I(4, 3)]), /incompatible shapes/],
    [() => layers.Add()(any(I(3))), /list of inputs.*\(None, 3\)/],
  ],
  Subtract: [[() => layers.Subtract()([I(3), I(3), I(3)]), /exactly 2 inputs/]],
  Concatenate: [
    [() => layers.Concatenate()([I(2, 3), I(3, 3)]), /matching shapes except for the concatenation axis/],
    [() => layers.Concatenate({ axis: 3 })([I(2, 3), I(2, 3)]), /axis=3 needs inputs that have this axis.*rank 3/],
    [() => layers.Concatenate({ axis: -4 })([I(2, 3), I(2, 3)]), /axis=-4 needs inputs/],
    [() => layers.Concatenate({ axis: 1.5 }), /`axis` must be an integer.*1\.5/],
  ],
  Dot: [
    [() => layers.Dot(1)([I(2, 3), I(3, 3)]), /axis values 2 \(at axis 1\) != 3 \(at axis 1\)/],
    [() => layers.Dot(any([1, 2, 3])), /two elements/],
    [() => layers.Dot(5)([I(2, 3), I(3, 3)]), /axis 5/],
  ],
  GroupNormalization: [
    [() => layers.GroupNormalization(3)(I(4, 4)), /groups \(3\) must be a multiple.*\(4\)/],
    [() => layers.GroupNormalization(8)(I(4, 4)), /groups \(8\) cannot be more than.*\(4\)/],
    [() => layers.GroupNormalization(0), /`groups`.*groups=0/],
  ],
  BatchNormalization: [
    [() => layers.BatchNormalization({ axis: 5 })(I(2, 3)), /axis 5 is out of range.*rank 3/],
    [() => layers.BatchNormalization()(I(2, null)), /axis -1.*known length/],
  ],
  LSTM: [
    [() => layers.LSTM(-1), /`units`.*-1/],
    [() => layers.LSTM(2)(I(3)), /expected ndim=3, found ndim=2/],
    [() => layers.LSTM(2, { dropout: any("a") }), /`dropout` to be a number.*"a"/],
    [() => layers.LSTM(2, { recurrentDropout: Number.NaN }), /`recurrentDropout`.*NaN/],
  ],
  StackedRNNCells: [
    [() => layers.StackedRNNCells([]), /at least one cell/],
    [() => layers.StackedRNNCells(any(3)), /at least one cell.*3/],
  ],
  Bidirectional: [
    [() => layers.Bidirectional(layers.Dense(2)), /run backwards.*`goBackwards`.*\(Dense\)/],
    [() => layers.Bidirectional(any("x")), /keras\.layers\.Layer.*"x"/],
  ],
  TimeDistributed: [[() => layers.TimeDistributed(layers.Dense(2))(I(3)), /at least 3 dimensions.*\(None, 3\)/]],
  MultiHeadAttention: [
    [() => layers.MultiHeadAttention(2, 2, { attentionAxes: 9 })(I(3, 4), I(3, 4)), /`attentionAxes`.*\[9\]/],
    [() => layers.MultiHeadAttention(2, 2, { valueDim: 0 }), /`valueDim`.*0/],
    [() => layers.MultiHeadAttention(2, 2)(I(3, 4), I(5, 4), I(6, 4)), /`value` and `key`.*must be equal/],
  ],
  GroupedQueryAttention: [[() => layers.GroupQueryAttention(4, 3, 2), /must be divisible.*3.*2/]],
  EinsumDense: [
    [() => layers.EinsumDense("ab,bc", 3), /Invalid einsum equation 'ab,bc'/],
    [() => layers.EinsumDense("ab,bc->ad", 3)(I(3)), /Dimension 'd'/],
    [() => layers.EinsumDense("abc,cd->abd", [5, 3])(I(4, 2)), /Input shape is 4, and output shape is 5/],
  ],
  Embedding: [[() => layers.Embedding(4.5, 2), /`inputDim`.*4\.5/]],
  Reshape: [
    [() => layers.Reshape([2, 3])(I(7)), /total size.*\(7,\).*\(2, 3\)/],
    [() => layers.Reshape([-1, 3])(I(7)), /total size/],
  ],
  Permute: [[() => layers.Permute([1, 3]), /consecutive and start from 1/]],
  Cropping2D: [
    [() => layers.Cropping2D([[1, 1], [4, 4]])(I(4, 8, 1)), /smaller than the corresponding spatial dimension/], // biome-ignore format: a pair
    [() => layers.Cropping2D(-1), /`cropping` cannot be negative/],
  ],
  UpSampling2D: [[() => layers.UpSampling2D(0), /`size`.*0/]],
  ReLU: [
    [() => layers.ReLU({ maxValue: -1 }), /max_value.*-1/],
    [() => layers.ReLU({ maxValue: any("a") }), /max_value.*"a"/],
  ],
  Dense: [
    [() => layers.Dense(2).build(any("x")), /`build` expects a shape.*"x"/],
    [() => layers.Dense(2).build(any(3)), /`build` expects a shape.*3/],
  ],
};

for (const [name, table] of Object.entries(cases)) {
  test(name, (t) => {
    for (const [make, facts] of table) {
      const error = t.throws(make, { instanceOf: keras.errors.KeroseneError, message: facts });
      t.regex(error!.message, new RegExp(`${name}|layer "`));
    }
  });
}

test("errors of builds name the innermost layer, and its shapes", (t) => {
  const error = t.throws(() => layers.TimeDistributed(layers.GroupNormalization(3, { name: "g" }))(I(2, 4, 4)));
  t.regex(error!.message, /\nin layer "g" \(GroupNormalization\), built on \(None, 4, 4\)$/);
});

test("errors of constructors name the class that was made, once, also a subclass", (t) => {
  class Own extends layers.Conv2D {}
  t.throws(() => new Own(2, -1), { message: /value > 0`\nwhile making Own$/ });
  t.throws(() => new layers.Conv2D(2, -1), { message: /value > 0`\nwhile making Conv2D$/ });
  const config = { ...layers.Conv2D(2, 3, { name: "c" }).getConfig(), filters: 0 };
  const whole = { module: "keras.layers", class_name: "Conv2D", config, registered_name: null };
  t.throws(() => layers.deserialize(whole), { message: /filters=0\nwhile making Conv2D "c" from its config$/ });
  t.throws(() => keras.optimizers.SGD({ momentum: 2 }), { message: /SGD/ });
});
