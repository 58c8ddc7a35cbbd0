import test from "ava";
import type * as keras from "kerosene";
import { layers, ops } from "kerosene";

type AnyLayer = (
  data: unknown,
  options?: { training?: boolean },
) => {
  images: keras.Tensor;
  bounding_boxes: { boxes: keras.Tensor; labels: keras.Tensor };
};

const [H, W] = [40, 60];
/** Left, top, right, bottom of a rectangle in a picture. */
const [X0, Y0, X1, Y1] = [20, 10, 42, 28];
const list = (x: keras.Tensor): number[] => [...x.dataSync()].map(Number);

/** Pictures that are black but for the rectangle. */
function pictures(n: number): keras.Tensor {
  const rows = Array.from({ length: H }, (_, y) =>
    Array.from({ length: W }, (_, x) => (x >= X0 && x < X1 && y >= Y0 && y < Y1 ? 200 : 0)),
  );
  return ops.broadcastTo(ops.reshape(ops.array(rows, "float32"), [1, H, W, 1]), [n, H, W, 3]);
}

/** The rectangle of what is not black. */
function seen(image: keras.Tensor): number[] | null {
  const width = image.shape[1] as number;
  const pixels = list(image.at("...", 0));
  const found = pixels.flatMap((v, i) => (v > 100 ? [[i % width, Math.floor(i / width)] as const] : []));
  if (found.length === 0) return null;
  const [xs, ys] = [found.map(([x]) => x), found.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
}

const box = (n: number, format = "xyxy"): keras.Tensor => {
  const forms: Record<string, number[]> = {
    xyxy: [X0, Y0, X1, Y1],
    rel_xyxy: [X0 / W, Y0 / H, X1 / W, Y1 / H],
    yxyx: [Y0, X0, Y1, X1],
    rel_yxyx: [Y0 / H, X0 / W, Y1 / H, X1 / W],
    xywh: [X0, Y0, X1 - X0, Y1 - Y0],
    rel_xywh: [X0 / W, Y0 / H, (X1 - X0) / W, (Y1 - Y0) / H],
    center_xywh: [(X0 + X1) / 2, (Y0 + Y1) / 2, X1 - X0, Y1 - Y0],
    rel_center_xywh: [(X0 + X1) / 2 / W, (Y0 + Y1) / 2 / H, (X1 - X0) / W, (Y1 - Y0) / H],
    center_yxhw: [(Y0 + Y1) / 2, (X0 + X1) / 2, Y1 - Y0, X1 - X0],
  };
  return ops.broadcastTo(ops.reshape(ops.array(forms[format] as number[], "float32"), [1, 1, 4]), [n, 1, 4]);
};

const common = { boundingBoxFormat: "xyxy", fillMode: "constant", interpolation: "nearest", seed: 11 } as const;
const { fillMode: _, ...still } = common;
const moving: Record<string, unknown> = {
  RandomFlip: layers.RandomFlip("horizontal_and_vertical", { boundingBoxFormat: "xyxy", seed: 11 }),
  RandomTranslation: layers.RandomTranslation(0.4, 0.4, common),
  RandomZoom: layers.RandomZoom(0.5, 0.3, common),
  RandomRotation: layers.RandomRotation([0.25, 0.25], common),
  RandomShear: layers.RandomShear({ xFactor: 0.4, ...common }),
  RandomPerspective: layers.RandomPerspective({ factor: [1, 1], scale: 0.5, ...still }),
  RandomCrop: layers.RandomCrop(30, 35, { boundingBoxFormat: "xyxy", seed: 11 }),
  "RandomCrop that enlarges": layers.RandomCrop(80, 70, { boundingBoxFormat: "xyxy", seed: 11 }),
  CenterCrop: layers.CenterCrop(30, 36, { boundingBoxFormat: "xyxy" }),
  "CenterCrop that enlarges": layers.CenterCrop(60, 60, { boundingBoxFormat: "xyxy" }),
  Resizing: layers.Resizing(80, 30, { boundingBoxFormat: "xyxy" }),
  "Resizing that cuts": layers.Resizing(50, 50, { boundingBoxFormat: "xyxy", cropToAspectRatio: true }),
  "Resizing that pads": layers.Resizing(60, 60, { boundingBoxFormat: "xyxy", padToAspectRatio: true }),
  RandAugment: layers.RandAugment({
    numOps: 1,
    factor: [0.3, 0.3],
    boundingBoxFormat: "xyxy",
    seed: 3,
    interpolation: "nearest",
  }),
};

// Turned and slanted rectangles have corners that are lost between pixels; RandAugment reflects what lies outside.
const slack: Record<string, number> = {
  RandomPerspective: 2.5,
  RandomShear: 2.5,
  RandAugment: Number.POSITIVE_INFINITY,
};

for (const [name, layer] of Object.entries(moving)) {
  test(`${name}: boxes lie where what was in them lies`, (t) => {
    const n = 6;
    const data = { images: pictures(n), bounding_boxes: { boxes: box(n), labels: ops.ones([n, 1]) } };
    const out = (layer as AnyLayer)(data, { training: true });
    for (let i = 0; i < n; i++) {
      const want = seen(out.images.at(i));
      const got = list(out.bounding_boxes.boxes.at(i, 0));
      if (want === null) t.is(list(out.bounding_boxes.labels.at(i, 0))[0], -1);
      else
        t.true(
          got.every((v, k) => Math.abs(v - (want[k] as number)) <= (slack[name] ?? 1.5)),
          `${got} for ${want}`,
        );
    }
    const alone = { images: pictures(1).at(0), bounding_boxes: { boxes: box(1).at(0), labels: ops.ones([1]) } };
    t.deepEqual((layer as AnyLayer)(alone, { training: true }).bounding_boxes.boxes.shape, [1, 4]);
  });
}

for (const format of [
  "xyxy",
  "rel_xyxy",
  "yxyx",
  "rel_yxyx",
  "xywh",
  "rel_xywh",
  "center_xywh",
  "rel_center_xywh",
  "center_yxhw",
] as const) {
  test(`boxes written as ${format} come back as such`, (t) => {
    const layer = layers.RandomTranslation([0, 0], [0, 0], { boundingBoxFormat: format }) as unknown as AnyLayer;
    const boxes = box(2, format);
    const out = layer({ images: pictures(2), bounding_boxes: { boxes, labels: ops.ones([2, 1]) } });
    const [got, want] = [list(out.bounding_boxes.boxes), list(boxes)];
    t.true(
      got.every((v, i) => Math.abs(v - want[i]!) < 1e-3),
      `${got}`,
    );
  });
}

test("a box that leaves the picture, and one that was none, is -1 with its label", (t) => {
  const layer = layers.RandomTranslation([0, 0], [1, 1], { boundingBoxFormat: "xywh" }) as unknown as AnyLayer;
  const boxes = ops.array([[[1, 1, 5, 5], [-1, -1, -1, -1]]], "float32"); // biome-ignore format: boxes
  const out = layer({ images: pictures(1), bounding_boxes: { boxes, labels: ops.array([[3, -1]], "float32") } });
  t.deepEqual(list(out.bounding_boxes.boxes), Array(8).fill(-1));
  t.deepEqual(list(out.bounding_boxes.labels), [-1, -1]);
});

test("layers of colour leave boxes alone; MixUp joins those of both pictures", (t) => {
  const data = { images: pictures(2), bounding_boxes: { boxes: box(2), labels: ops.ones([2, 1]) } };
  const bright = (layers.RandomBrightness(0.2) as unknown as AnyLayer)(data);
  t.deepEqual(list(bright.bounding_boxes.boxes), list(box(2)));
  const mixed = (layers.MixUp() as unknown as AnyLayer)(data);
  t.deepEqual(mixed.bounding_boxes.boxes.shape, [2, 2, 4]);
  t.deepEqual(mixed.bounding_boxes.labels.shape, [2, 2]);
});

test("boxes without a format, of another shape, or that cannot be moved are errors", (t) => {
  const images = pictures(1);
  const bounding_boxes = { boxes: box(1), labels: ops.ones([1, 1]) };
  const run =
    (layer: unknown, boxes: unknown = bounding_boxes) =>
    () =>
      (layer as AnyLayer)({ images, bounding_boxes: boxes });
  t.throws(run(layers.RandomFlip()), { message: /boundingBoxFormat/ });
  t.throws(
    run(layers.RandomFlip("vertical", { boundingBoxFormat: "xyxy" }), {
      boxes: ops.ones([1, 4]),
      labels: ops.ones([1]),
    }),
    {
      message: /\(batch, n, 4\)/,
    },
  );
  t.throws(run(layers.CutMix({ boundingBoxFormat: "xyxy" })), { message: /cannot be moved/ });
  t.throws(() => layers.RandomFlip("vertical", { boundingBoxFormat: "coco" as never }), {
    message: /boundingBoxFormat/,
  });
});
