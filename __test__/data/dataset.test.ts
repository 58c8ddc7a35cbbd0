import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import * as keras from "kerosene";
import { inParallel } from "#kerosene/data/in-parallel.js";
import { classifier, floats, labels } from "../training/models.js";

const { Dataset } = keras.data;
const { ValueError } = keras.errors;

/** Elements with the tensors among them as nested arrays. */
async function values(dataset: keras.data.Dataset): Promise<unknown[]> {
  const plain = (part: unknown): unknown =>
    part instanceof keras.Tensor || part instanceof keras.StringTensor ? part.tolist() : part;
  return (await dataset.toArray()).map((element) =>
    Array.isArray(element) ? element.map(plain) : keras.tree.mapStructure(plain, element),
  );
}

const six = () => Dataset.range(6);

test("slices of arrays: one, a list, a dict, strings", async (t) => {
  t.deepEqual(await values(Dataset.fromTensorSlices([1, 2, 3])), [1, 2, 3]);
  t.deepEqual(
    await values(
      Dataset.fromTensorSlices([
        [1, 2],
        [3, 4],
      ]),
    ),
    [
      [1, 2],
      [3, 4],
    ],
  );
  const [x, y] = [
    keras.tensor([
      [1, 2],
      [3, 4],
    ]),
    keras.tensor([5, 6]),
  ];
  t.deepEqual(await values(Dataset.fromTensorSlices([x, y])), [
    [[1, 2], 5],
    [[3, 4], 6],
  ]);
  t.deepEqual(await values(Dataset.fromTensorSlices({ a: x, b: [7, 8] })), [
    { a: [1, 2], b: 7 },
    { a: [3, 4], b: 8 },
  ]);
  const texts = Dataset.fromTensorSlices([new keras.StringTensor(["p", "q"], [2]), y]);
  t.deepEqual(await values(texts), [
    ["p", 5],
    ["q", 6],
  ]);
  t.deepEqual(await values(texts.batch(2)), [
    [
      ["p", "q"],
      [5, 6],
    ],
  ]);
  t.deepEqual(await values(Dataset.fromTensors([x, y])), [
    [
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6],
    ],
  ]);
  t.throws(() => Dataset.fromTensorSlices([x, keras.ops.ones([3])]), { message: /same number of samples, got 2, 3/ });
  t.throws(() => Dataset.fromTensorSlices(5), { instanceOf: ValueError });
});

test("batch, with and without the rest, of arrays and of elements", async (t) => {
  const array = Dataset.fromTensorSlices([0, 1, 2, 3, 4, 5]);
  for (const dataset of [six(), array]) {
    t.deepEqual(await values(dataset.batch(4)), [
      [0, 1, 2, 3],
      [4, 5],
    ]);
    t.deepEqual(await values(dataset.batch(4, { dropRemainder: true })), [[0, 1, 2, 3]]);
    t.deepEqual([dataset.batch(4).cardinality(), dataset.batch(4, { dropRemainder: true }).cardinality()], [2, 1]);
    t.deepEqual(
      await values(dataset.batch(4).batch(2, { dropRemainder: true })).catch((error) => error.message),
      "Dataset.batch: element 1 of a batch has shape (2,), the first has (4,). Bring them to one shape with `map`, or use `paddedBatch`.",
    );
    t.deepEqual(await values(dataset.batch(3).unbatch()), [0, 1, 2, 3, 4, 5]);
    t.is(dataset.batch(3).batchSize, 3);
    t.is(dataset.batch(3).take(1).batchSize, null);
  }
});

test("numbers take the type that holds them all; elements of other structures are refused", async (t) => {
  const [mixed] = await Dataset.fromGenerator([1, 2.5, 3]).batch(3).toArray();
  t.is(mixed.dtype, "float32");
  t.deepEqual(mixed.tolist(), [1, 2.5, 3]);
  const [flags] = await Dataset.fromGenerator([true, 2]).batch(2).toArray();
  t.is(flags.dtype, "int32");
  const [pair] = await Dataset.fromGenerator([
    [[1, 2], 0],
    [[3, 4], 1],
  ])
    .batch(2)
    .toArray();
  t.deepEqual(
    pair.map((part: keras.Tensor) => part.tolist()),
    [
      [
        [1, 2],
        [3, 4],
      ],
      [0, 1],
    ],
  );
  await t.throwsAsync(
    Dataset.fromGenerator([[1, 2], [1]])
      .batch(2)
      .toArray(),
    { message: /one structure/ },
  );
  await t.throwsAsync(Dataset.fromGenerator([1, "a"]).batch(2).toArray(), {
    message: /numbers in one element and strings/,
  });
});

test("paddedBatch fills up with zeros", async (t) => {
  const parts = [
    [[1, 2]],
    [
      [3, 4],
      [5, 6],
    ],
    [
      [7, 8],
      [9, 10],
      [11, 12],
    ],
  ];
  const dataset = Dataset.fromGenerator(parts.map((part, i) => [keras.tensor(part), i])).paddedBatch(2);
  t.deepEqual(await values(dataset), [
    [
      [
        [
          [1, 2],
          [0, 0],
        ],
        [
          [3, 4],
          [5, 6],
        ],
      ],
      [0, 1],
    ],
    [
      [
        [
          [7, 8],
          [9, 10],
          [11, 12],
        ],
      ],
      [2],
    ],
  ]);
  const cubes = Dataset.fromGenerator([keras.ops.ones([1, 2, 1]), keras.ops.ones([2, 1, 2])]).paddedBatch(2);
  t.deepEqual(await values(cubes), [
    [
      [
        [
          [1, 0],
          [1, 0],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ],
      [
        [
          [1, 1],
          [0, 0],
        ],
        [
          [1, 1],
          [0, 0],
        ],
      ],
    ],
  ]);
});

test("map, filter, enumerate, zip, concatenate", async (t) => {
  t.deepEqual(await values(six().map((n: number) => n * n)), [0, 1, 4, 9, 16, 25]);
  t.deepEqual(
    await values(
      Dataset.zip(
        six(),
        six().map((n: number) => -n),
      )
        .map((a: number, b: number) => [b, a])
        .take(2),
    ),
    [
      [-0, 0],
      [-1, 1],
    ],
  );
  t.deepEqual(await values(six().filter((n: number) => n % 2 === 0)), [0, 2, 4]);
  t.deepEqual(await values(Dataset.fromTensorSlices([3, 0, 5]).filter((x: keras.Tensor) => x.greater(1))), [3, 5]);
  t.deepEqual(await values(six().take(2).enumerate(5)), [
    [5, 0],
    [6, 1],
  ]);
  t.deepEqual(await values(six().take(2).concatenate(six().skip(4))), [0, 1, 4, 5]);
  t.is(Dataset.zip(six(), Dataset.range(3)).cardinality(), 3);
  t.is(six().take(2).concatenate(six()).cardinality(), 8);
  t.is(
    six()
      .filter(() => true)
      .cardinality(),
    null,
  );
  t.throws(() => six().map(3 as never), { instanceOf: keras.errors.TypeError });
});

test("flatMap", async (t) => {
  t.deepEqual(await values(Dataset.range(4).flatMap((n: number) => Dataset.range(n))), [0, 0, 1, 0, 1, 2]);
  t.deepEqual(
    await values(
      Dataset.zip(six(), six())
        .take(2)
        .flatMap((a: number, b: number) => [a, b]),
    ),
    [0, 0, 1, 1],
  );
  await t.throwsAsync(values(six().flatMap((n: number) => (n + 1) as never)), {
    message: /return a dataset or an iterable, got 1/,
  });
});

test("numParallelCalls keeps the order, and does as many at once", async (t) => {
  let [atOnce, most] = [0, 0];
  const slow = async (n: number) => {
    most = Math.max(most, ++atOnce);
    await sleep(6 - n);
    atOnce--;
    return n;
  };
  t.deepEqual(await values(six().map(slow, { numParallelCalls: 3 })), [0, 1, 2, 3, 4, 5]);
  t.is(most, 3);
  const failing = six().map(async (n: number) => (n === 3 ? Promise.reject(new Error("three")) : n), {
    numParallelCalls: 4,
  });
  const seen: number[] = [];
  await t.throwsAsync(
    (async () => {
      for await (const n of failing) seen.push(n);
    })(),
    { message: "three" },
  );
  t.deepEqual(seen, [0, 1, 2]);
});

test("take, skip, repeat, cache", async (t) => {
  for (const dataset of [six(), Dataset.fromTensorSlices([0, 1, 2, 3, 4, 5])]) {
    t.deepEqual(await values(dataset.take(2)), [0, 1]);
    t.deepEqual(await values(dataset.skip(4)), [4, 5]);
    t.deepEqual(await values(dataset.skip(9)), []);
    t.deepEqual(await values(dataset.take(0)), []);
    t.deepEqual(await values(dataset.skip(4).repeat(2)), [4, 5, 4, 5]);
    t.deepEqual(await values(dataset.repeat().take(8)), [0, 1, 2, 3, 4, 5, 0, 1]);
    t.deepEqual(
      [dataset.take(9).cardinality(), dataset.skip(9).cardinality(), dataset.repeat().cardinality()],
      [6, 0, Infinity],
    );
    t.is(dataset.repeat(3).batch(4).cardinality(), 5);
  }
  t.deepEqual(await values(Dataset.range(0).repeat()), []);
  await t.throwsAsync(six().repeat().toArray(), { message: /endless/ });
  t.deepEqual(await values(Dataset.range(1, 8, 3)), [1, 4, 7]);
  let made = 0;
  const counted = six().map((n: number) => {
    made++;
    return n;
  });
  const cached = counted.cache();
  await values(cached.take(2)); // a part is not kept
  t.deepEqual(await values(cached), await values(cached));
  t.is(made, 8);
});

test("shuffle: every element once, another order each pass, the same for a seed", async (t) => {
  const all = Array.from({ length: 40 }, (_, i) => i);
  for (const dataset of [Dataset.range(40), Dataset.fromTensorSlices(all)]) {
    for (const size of [1, 8, 40, 100]) {
      const shuffled = dataset.shuffle(size, { seed: 3 });
      const [first, second] = [await values(shuffled), await values(shuffled)];
      t.deepEqual(
        [...(first as number[])].sort((a, b) => a - b),
        all,
      );
      t.deepEqual(
        [...(second as number[])].sort((a, b) => a - b),
        all,
      );
      if (size === 1) t.deepEqual(first, all);
      else t.notDeepEqual(first, second);
      t.deepEqual(await values(dataset.shuffle(size, { seed: 3 })), first);
      // the buffer bounds how far an element may come forward
      for (const [place, element] of (first as number[]).entries()) t.true(element < place + size);
    }
    const fixed = dataset.shuffle(40, { reshuffleEachIteration: false });
    t.deepEqual(await values(fixed), await values(fixed));
    t.is(dataset.shuffle(8).batch(16).cardinality(), 3);
  }
  keras.utils.setRandomSeed(5);
  const once = await values(Dataset.range(40).shuffle(40));
  keras.utils.setRandomSeed(5);
  t.deepEqual(await values(Dataset.range(40).shuffle(40)), once);
});

test("prefetch runs ahead, no further than it may, and closes what it reads", async (t) => {
  const made: number[] = [];
  let closed = false;
  const source = Dataset.fromGenerator(function* () {
    try {
      for (let n = 0; n < 10; n++) {
        made.push(n);
        yield n;
      }
    } finally {
      closed = true;
    }
  });
  const iterator = source.prefetch(3)[Symbol.asyncIterator]();
  t.is((await iterator.next()).value, 0);
  await sleep(5);
  t.true(made.length > 1 && made.length <= 4, `${made}`);
  await iterator.return();
  t.true(closed);
  t.deepEqual(await values(source.prefetch(2)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await t.throwsAsync(
    values(
      Dataset.fromGenerator(function* () {
        yield 1;
        throw new Error("mine");
      }).prefetch(4),
    ),
    { message: "mine" },
  );
});

test("what runs in parallel is awaited when the consumer stops", async (t) => {
  let running = 0;
  const work = async (n: number) => {
    running++;
    await sleep(2);
    running--;
    return n;
  };
  for await (const n of inParallel([1, 2, 3, 4], work, { parallel: 2, waiting: 4 })) if (n === 2) break;
  t.is(running, 0);
});

test("fit, evaluate and predict on datasets give the numbers of the arrays", async (t) => {
  const [x, y] = [floats([80, 8]), labels(80, 3)];
  const weights = classifier().getWeights();
  const model = () => {
    const made = classifier();
    made.setWeights(weights);
    return made;
  };
  const plain = { verbose: 0, shuffle: false } as const;
  const reference = model();
  const want = (await reference.fit(x, y, { epochs: 2, ...plain })).history;
  const rows = Dataset.fromTensorSlices([x, y]);
  const forms = [
    rows.batch(32),
    rows
      .map((a: keras.Tensor, b: keras.Tensor) => [a, b])
      .batch(32)
      .prefetch(2),
    Dataset.fromTensorSlices({ a: x, b: y })
      .batch(32)
      .map(({ a, b }) => [a, b]),
    rows.batch(80).unbatch().batch(32).cache(),
  ];
  for (const [place, dataset] of forms.entries()) {
    const trained = model();
    const { history, params } = await trained.fit(dataset, { epochs: 2, ...plain });
    t.deepEqual(history, want, `${place}`);
    t.is(params.steps, place === 3 ? null : 3);
    t.deepEqual(await trained.evaluate(dataset, { verbose: 0 }), await reference.evaluate(x, y, { verbose: 0 }));
  }
  const predicted: keras.Tensor = await reference.predict(rows.map((a: keras.Tensor) => a).batch(32), { verbose: 0 });
  t.deepEqual(predicted.tolist(), (await reference.predict(x, { verbose: 0 })).tolist());
  const endless = rows.batch(32).repeat();
  await t.throwsAsync(model().fit(endless, plain), { message: /endless/ });
  t.deepEqual((await model().fit(endless, { epochs: 2, stepsPerEpoch: 3, ...plain })).history, want);
});
