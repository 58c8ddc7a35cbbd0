// A small GPT that writes film reviews letter by letter. It trains by `fit`; the loop that writes is one's own, with a cache of keys and values,
// so that a new letter costs one step and not a pass over all letters before it.
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { reviews } from "./data/imdb.js";
import { random } from "./data/random.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);
const [context, width, heads, depth] = small ? [32, 64, 4, 2] : [64, 96, 4, 2];

/** Each letter looks at those before it. */
class Attention extends layers.Layer {
  projection = layers.Dense(3 * width);
  out = layers.Dense(width);

  /** Queries, keys and values (batch, letters, heads, width / heads). */
  #parts(x: Tensor) {
    const all = this.projection(x).reshape([x.shape[0]!, x.shape[1]!, 3, heads, width / heads]);
    return [0, 1, 2].map((part) => all.at(":", ":", part)) as [Tensor, Tensor, Tensor];
  }

  override call(x: Tensor) {
    const [query, key, value] = this.#parts(x);
    return this.out(ops.dotProductAttention(query, key, value, { isCausal: true }).reshape(x.shape as number[]));
  }

  /** The same for one letter, whose key and value join those in the cache (2, letters, heads, width / heads). */
  step(x: Tensor, cache: Tensor, position: Tensor): [Tensor, Tensor] {
    const [query, key, value] = this.#parts(x);
    const start = ops.pad(position.reshape([1]), [[1, 2]]); // [0, position, 0, 0]
    const full = ops.sliceUpdate(cache, start, ops.concatenate([key, value], 0)) as Tensor;
    const mask = ops.lessEqual(ops.arange(context), position);
    const seen = ops.dotProductAttention(query, full.at("0:1"), full.at("1:2"), { mask });
    return [this.out(seen.reshape(x.shape as number[])), full];
  }
}

class Block extends layers.Layer {
  norms = [layers.LayerNormalization(), layers.LayerNormalization()];
  attention = new Attention();
  feedForward = keras.Sequential([layers.Dense(4 * width, { activation: "gelu" }), layers.Dense(width)]);

  override call(x: Tensor) {
    return this.#after(x, this.attention(this.norms[0]!(x)));
  }
  step(x: Tensor, cache: Tensor, position: Tensor): [Tensor, Tensor] {
    const [seen, full] = this.attention.step(this.norms[0]!(x), cache, position);
    return [this.#after(x, seen), full];
  }
  #after(x: Tensor, seen: Tensor): Tensor {
    const y = x.add(seen);
    return y.add(this.feedForward(this.norms[1]!(y)));
  }
}

class GPT extends keras.Model {
  letters: layers.Embedding;
  positions = layers.Embedding(context, width);
  blocks = Array.from({ length: depth }, () => new Block());
  norm = layers.LayerNormalization();
  answer: layers.Dense;

  constructor(alphabet: number) {
    super();
    this.letters = layers.Embedding(alphabet, width);
    this.answer = layers.Dense(alphabet);
  }

  override call(letters: Tensor) {
    let x: Tensor = this.letters(letters).add(this.positions(ops.arange(letters.shape[1]!)));
    for (const block of this.blocks) x = block(x);
    return this.answer(this.norm(x));
  }

  /** What comes after one letter (1, 1) at a position, by the letters before it, which are in the caches. */
  step(letter: Tensor, position: Tensor, caches: Tensor[]): { logits: Tensor; caches: Tensor[] } {
    let x: Tensor = this.letters(letter).add(this.positions(position));
    const full = this.blocks.map((block, i) => {
      const [y, cache] = block.step(x, caches[i]!, position);
      x = y;
      return cache;
    });
    return { logits: this.answer(this.norm(x)).at(0), caches: full };
  }
}

// ---- letters ----

const alphabet = "\n abcdefghijklmnopqrstuvwxyz0123456789.,!?'\"()-:;";
const plain = (text: string) => text.toLowerCase().replace(/[^\n a-z0-9.,!?'"()\-:;]+/g, " ");
const all = reviews()
  .slice(0, small ? 1000 : 10_000)
  .map(({ text }) => plain(text));
const held = all.splice(0, small ? 100 : 500);
const encode = (text: string) => Uint8Array.from(text, (letter) => alphabet.indexOf(letter));

/** So many pieces of the texts, and the same pieces one letter on. */
function pieces(texts: string[], count: number, seed: number) {
  const letters = encode(texts.join("\n"));
  const next = random(seed);
  const [x, y] = [new Int32Array(count * context), new Int32Array(count * context)];
  for (let i = 0; i < count; i++) {
    const start = Math.floor(next() * (letters.length - context - 1));
    x.set(letters.subarray(start, start + context), i * context);
    y.set(letters.subarray(start + 1, start + 1 + context), i * context);
  }
  const shape = [count, context];
  return [keras.tensor(x, { shape }), keras.tensor(y, { shape })] as const;
}

// ---- training ----

const model = new GPT(alphabet.length);
const loss = keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
model.compile({ optimizer: keras.optimizers.AdamW(2e-3), loss });
const steps = small ? 400 : 1200;
const [x, y] = pieces(all, steps * 64, 1);
await model.fit(x, y, { batchSize: 64 });
const score = await model.evaluate(...pieces(held, small ? 500 : 2000, 2), { verbose: 0, returnDict: true });

// ---- writing ----

const step = keras.function((letter: Tensor, position: Tensor, caches: Tensor[]) =>
  model.step(letter, position, caches),
);
const integer = (value: number, shape: number[] = []) => keras.tensor(value, { dtype: "int32" }).reshape(shape);
const next = random(3);
const written = [...encode("\nthis film ")];
const logits: Tensor[] = [];
let caches = model.blocks.map(() => ops.zeros([2, context, heads, width / heads]));
for (let position = 0; position < context; position++) {
  const now = step(integer(written[position]!, [1, 1]), integer(position), caches);
  caches = now.caches;
  logits.push(now.logits);
  if (position + 1 < written.length) continue; // still reading
  const shares = [...(ops.softmax(now.logits.multiply(1.5)).dataSync() as Float32Array)];
  let left = next();
  const chosen = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  written.push(Math.max(chosen, 0));
}
console.log(written.map((letter) => alphabet[letter]).join(""));

const whole: Tensor = model(keras.tensor([written.slice(0, context)], { dtype: "int32" }));
const difference = ops.max(ops.abs(whole.at(0).subtract(ops.concatenate(logits, 0)))).item();
console.log("Difference between logits with and without the cache:", difference.toExponential(1));
console.log("Bits a letter of reviews it has not seen:", (score.loss! / Math.LN2).toFixed(3));
