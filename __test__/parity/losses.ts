import type { Tensor } from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { setMask } from "#kerosene/engine/mask.js";
import { CLASSES } from "#kerosene/losses/get.js";
import { type ParityCase, type Tolerance, Unsupported } from "./check.js";
import { gradients, orZeros } from "./gradients.js";
import type { Source } from "./source.js";

interface Case {
  id: string;
  class_name: string;
  arguments: Record<string, unknown>;
  config: { config: Record<string, unknown> };
  y_true: string;
  y_pred: string;
  sample_weight: string | null;
  mask: string | null;
  output: string;
  upstream: string;
  grad_y_pred: string | null;
  tolerance: Tolerance;
  grad_tolerance?: Tolerance;
}

/** Keras's own config leaves out Huber's delta and CosineSimilarity's axis. */
const shortConfig = new Set(["Huber", "CosineSimilarity"]);

/** The cases of `losses.json`. */
export function* lossCases(source: Source): Iterable<ParityCase> {
  if (!source.has("losses.json")) return;
  const tensor = source.tensors("losses.safetensors");
  for (const c of source.json<{ cases: Case[] }>("losses.json").cases) {
    yield {
      kind: "losses",
      className: c.class_name,
      id: c.id,
      run(check) {
        const Class = CLASSES[c.class_name];
        if (!Class) throw new Unsupported(`keras.losses.${c.class_name} is not supported yet`);
        const options = Object.fromEntries(Object.entries(c.arguments).map(([k, v]) => [snakeToCamel(k), v]));
        const loss = new Class(options);
        const keys = [c.y_true, c.y_pred, ...(c.sample_weight ? [c.sample_weight] : []), ...(c.mask ? [c.mask] : [])];
        const call = (xs: readonly Tensor[]): Tensor => {
          if (c.mask) setMask(xs[1]!, xs.at(-1)!);
          return loss(xs[0]!, xs[1]!, c.sample_weight ? xs[2]! : null);
        };
        check.tensor(call(keys.map(tensor)), tensor(c.output), c.tolerance, "output");
        if (c.grad_y_pred) {
          const [gradient] = gradients(keys.map(tensor), [tensor(c.upstream)], (xs) => ({
            outputs: [call(xs)],
            by: [xs[1]!],
          }));
          const want = tensor(c.grad_y_pred);
          check.tensor(orZeros(gradient, want), want, c.grad_tolerance ?? c.tolerance, "gradient");
        }
        if (!shortConfig.has(c.class_name)) check.equal(loss.getConfig(), c.config.config, "config");
      },
    };
  }
}
