import type { KerasTensor } from "../engine/keras-tensor.js";
import { formatShape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import * as layers from "../layers/index.js";
import { withNameScope } from "../layers/name-scope.js";
import { type Application, application, type Settings } from "./application.js";
import { channelsOf, correctPad, head } from "./blocks.js";

/** Puts a name before the paths of the weights that are made inside. */
const scoped = <T>(name: string, fn: () => T): T => withNameScope(name, {}, fn);

const normalize = (x: KerasTensor, name: string): KerasTensor =>
  layers.BatchNormalization({ axis: -1, momentum: 0.9997, epsilon: 1e-3, name })(x);
const relu = (x: KerasTensor, name: string | null = null): KerasTensor => layers.Activation("relu", { name })(x);

function conv(x: KerasTensor, filters: number, name: string): KerasTensor {
  const options = { padding: "same", useBias: false, kernelInitializer: "he_normal", name } as const;
  return layers.Conv2D(filters, [1, 1], options)(x);
}

interface Separable {
  readonly kernel?: number;
  readonly stride?: number;
}

/** Two separable convolutions, each after a ReLU. */
function separable(
  x: KerasTensor,
  filters: number,
  id: string,
  { kernel = 3, stride = 1 }: Separable = {},
): KerasTensor {
  return scoped(`separable_conv_block_${id}`, () => {
    let y = relu(x);
    if (stride === 2) y = layers.ZeroPadding2D(correctPad(y, kernel), { name: `separable_conv_1_pad_${id}` })(y);
    const size = [kernel, kernel];
    const padding = stride === 2 ? "valid" : "same";
    const first = { strides: stride, padding, useBias: false, name: `separable_conv_1_${id}` } as const;
    y = normalize(layers.SeparableConv2D(filters, size, first)(y), `separable_conv_1_bn_${id}`);
    const second = { padding: "same", useBias: false, name: `separable_conv_2_${id}` } as const;
    return normalize(layers.SeparableConv2D(filters, size, second)(relu(y)), `separable_conv_2_bn_${id}`);
  });
}

/** Brings what comes from the cell before the last to the size and width of what comes from the last. */
function adjust(previous: KerasTensor | null, x: KerasTensor, filters: number, id: string): KerasTensor {
  if (previous === null) return x;
  if (previous.shape.at(-2) !== x.shape.at(-2)) {
    return scoped("adjust_block", () => scoped(`adjust_reduction_block_${id}`, () => shrink(previous, filters, id)));
  }
  if (channelsOf(previous) === filters) return previous;
  const project = (): KerasTensor =>
    normalize(conv(relu(previous), filters, `adjust_conv_projection_${id}`), `adjust_bn_${id}`);
  return scoped("adjust_block", () => scoped(`adjust_projection_block_${id}`, project));
}

/** Every second place, beside every second place after a step to the right and down. */
function shrink(x: KerasTensor, filters: number, id: string): KerasTensor {
  const y = relu(x, `adjust_relu_1_${id}`);
  const half = (from: KerasTensor, i: number): KerasTensor => {
    const pool = { strides: [2, 2], padding: "valid", name: `adjust_avg_pool_${i}_${id}` } as const;
    return conv(layers.AveragePooling2D([1, 1], pool)(from), Math.floor(filters / 2), `adjust_conv_${i}_${id}`);
  };
  const first = half(y, 1);
  const after: [number, number] = [0, 1];
  const before: [number, number] = [1, 0];
  const stepped = layers.Cropping2D([before, before])(layers.ZeroPadding2D([after, after])(y));
  return normalize(layers.concatenate([first, half(stepped, 2)], { axis: -1 }), `adjust_bn_${id}`);
}

const average = (x: KerasTensor, name: string): KerasTensor =>
  layers.AveragePooling2D([3, 3], { strides: [1, 1], padding: "same", name })(x);
const add = (parts: readonly KerasTensor[], name: string | null = null): KerasTensor => layers.add(parts, { name });

/** A cell that keeps the height and width. */
function normalCell(x: KerasTensor, previous: KerasTensor | null, filters: number, id: string): KerasTensor {
  return scoped(`normal_A_block_${id}`, () => {
    const p = adjust(previous, x, filters, id);
    const h = normalize(conv(relu(x), filters, `normal_conv_1_${id}`), `normal_bn_1_${id}`);
    const branch = (place: string, from: KerasTensor, kernel = 3): KerasTensor =>
      separable(from, filters, `normal_${place}_${id}`, { kernel });
    const sum = (i: number, parts: () => readonly KerasTensor[]): KerasTensor =>
      scoped(`block_${i}`, () => add(parts(), `normal_add_${i}_${id}`));
    const sums = [
      sum(1, () => [branch("left1", h, 5), branch("right1", p)]),
      sum(2, () => [branch("left2", p, 5), branch("right2", p)]),
      sum(3, () => [average(h, `normal_left3_${id}`), p]),
      sum(4, () => [average(p, `normal_left4_${id}`), average(p, `normal_right4_${id}`)]),
      sum(5, () => [branch("left5", h), h]),
    ];
    return layers.concatenate([p, ...sums], { axis: -1, name: `normal_concat_${id}` });
  });
}

/** A cell that halves the height and width. */
function reductionCell(x: KerasTensor, previous: KerasTensor | null, filters: number, id: string): KerasTensor {
  return scoped(`reduction_A_block_${id}`, () => {
    const p = adjust(previous, x, filters, id);
    const h = normalize(conv(relu(x), filters, `reduction_conv_1_${id}`), `reduction_bn_1_${id}`);
    const padded = layers.ZeroPadding2D(correctPad(h, 3), { name: `reduction_pad_1_${id}` })(h);
    const pool = (place: string) => ({ strides: 2, padding: "valid", name: `reduction_${place}_${id}` }) as const;
    const branch = (place: string, from: KerasTensor, kernel: number, stride = 2): KerasTensor =>
      separable(from, filters, `reduction_${place}_${id}`, { kernel, stride });
    const sum = (i: number, name: string | null, parts: () => readonly KerasTensor[]): KerasTensor =>
      scoped(`block_${i}`, () => add(parts(), name));
    const one = sum(1, `reduction_add_1_${id}`, () => [branch("left1", h, 5), branch("right1", p, 7)]);
    const two = sum(2, `reduction_add_2_${id}`, () => [
      layers.MaxPooling2D([3, 3], pool("left2"))(padded),
      branch("right2", p, 7),
    ]);
    const three = sum(3, `reduction_add3_${id}`, () => [
      layers.AveragePooling2D([3, 3], pool("left3"))(padded),
      branch("right3", p, 5),
    ]);
    const four = sum(4, null, () => [two, average(one, `reduction_left4_${id}`)]);
    const five = sum(5, `reduction_add4_${id}`, () => [
      branch("left4", one, 3, 1),
      layers.MaxPooling2D([3, 3], pool("right5"))(padded),
    ]);
    return layers.concatenate([two, three, four, five], { axis: -1, name: `reduction_concat_${id}` });
  });
}

interface Scale {
  readonly size: number;
  /** The number of normal cells of each of the three stages. */
  readonly cells: number;
  readonly stemFilters: number;
  /** The filters of the cells of the first stage; each stage after it has twice as many. */
  readonly filters: number;
  /** Whether the cell after a reduction sees what came before the reduction. */
  readonly skipsReduction: boolean;
  readonly files: readonly [top: string, noTop: string];
  readonly hashes: readonly [top: string, noTop: string];
}

function nasnet(title: string, name: string, scale: Scale): Application {
  const { size, cells, stemFilters, filters, skipsReduction } = scale;
  return application({
    title,
    name: () => name,
    size,
    minSize: 32,
    channelsLast: true,
    check(_, { weights, inputShape }) {
      if (weights !== "imagenet" || inputShape?.includes(null) !== true) return;
      throw new ValueError(
        `${title}: with weights="imagenet", \`inputShape\` must be known in full. Received: ${formatShape(inputShape)}`,
      );
    },
    // The mobile one takes pictures of its size without the top too.
    inputShape: (_, { includeTop, inputShape }) =>
      size === 224 && !includeTop && inputShape === null ? [size, size, 3] : null,
    build(input: KerasTensor, settings: Settings) {
      const stem = { strides: 2, useBias: false, kernelInitializer: "he_normal", name: "stem_conv1" } as const;
      let x = normalize(layers.Conv2D(stemFilters, [3, 3], stem)(input), "stem_bn1");
      let previous: KerasTensor | null = null;
      for (const [i, width] of [Math.floor(filters / 4), Math.floor(filters / 2)].entries()) {
        [x, previous] = [reductionCell(x, previous, width, `stem_${i + 1}`), x];
      }
      for (let stage = 0; stage < 3; stage++) {
        const width = filters * 2 ** stage;
        if (stage > 0) {
          const reduced: KerasTensor = reductionCell(x, previous, width, `reduce_${stage * cells}`);
          if (!skipsReduction) previous = x;
          x = reduced;
        }
        for (let i = 0; i < cells; i++) {
          const id = stage * cells + i + (stage > 0 ? 1 : 0);
          [x, previous] = [normalCell(x, previous, width, `${id}`), x];
        }
      }
      return head(relu(x), settings);
    },
    pretrained({ includeTop }) {
      const i = includeTop ? 0 : 1;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/nasnet/${scale.files[i]}`;
      return { file: `${name}${includeTop ? "" : "_no_top"}.h5`, origin, hash: scale.hashes[i] };
    },
  });
}

/**
 * NASNet-A (4 @ 1056): cells found by search, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `nasnet.preprocessInput` first.
 *
 * Source: `keras.applications.NASNetMobile`; Zoph et al., 2017 (arXiv:1707.07012).
 */
export const NASNetMobile = nasnet("NASNetMobile", "nasnet_mobile", {
  size: 224,
  cells: 4,
  stemFilters: 32,
  filters: 44,
  skipsReduction: false,
  files: ["NASNet-mobile.h5", "NASNet-mobile-no-top.h5"],
  hashes: ["020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63"],
});

/**
 * NASNet-A (6 @ 4032), for pictures of 331×331 (at least 32×32). As {@link NASNetMobile}, larger.
 *
 * Source: `keras.applications.NASNetLarge`.
 */
export const NASNetLarge = nasnet("NASNetLarge", "nasnet_large", {
  size: 331,
  cells: 6,
  stemFilters: 96,
  filters: 168,
  skipsReduction: true,
  files: ["NASNet-large.h5", "NASNet-large-no-top.h5"],
  hashes: ["11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5"],
});
