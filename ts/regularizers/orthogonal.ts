import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import type { Config } from "../saving/serialization.js";
import { checkFactor } from "./norms.js";
import { Regularizer } from "./regularizer.js";

/** Options of {@link OrthogonalRegularizer}. */
export interface OrthogonalRegularizerOptions {
  /** The factor. Default 0.01. */
  factor?: number;
  /** Whether the rows or the columns shall be orthogonal. Default `"rows"`. */
  mode?: "rows" | "columns";
}

/** `factor` times the mean absolute cosine between different rows (or columns) of a matrix. */
export class OrthogonalRegularizer extends Regularizer {
  readonly factor: number;
  readonly mode: "rows" | "columns";

  /** @throws ValueError for a negative factor or an unknown mode. */
  constructor({ factor = 0.01, mode = "rows" }: OrthogonalRegularizerOptions = {}) {
    super();
    this.factor = checkFactor(factor, "factor");
    if (mode !== "rows" && mode !== "columns") {
      throw new ValueError(
        `Invalid value for argument \`mode\`. Expected one of "rows", "columns". Received: mode=${String(mode)}`,
      );
    }
    this.mode = mode;
  }

  override penalty(x: Tensor): Tensor {
    const [rows, columns] = x.shape;
    if (x.shape.length !== 2 || rows == null || columns == null) {
      throw new ValueError(
        `Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=${formatShape(x.shape)}`,
      );
    }
    const byRows = this.mode === "rows";
    const size = byRows ? rows : columns;
    const norm = x
      .square()
      .sum(byRows ? 1 : 0, { keepdims: true })
      .sqrt();
    const unit = x.divide(norm.maximum(1e-12));
    const product = byRows ? unit.matmul(unit.transpose()) : unit.transpose().matmul(unit);
    const others = product.multiply(ops.eye(size, size, 0, x.dtype).negative().add(1));
    return others
      .abs()
      .sum()
      .multiply((this.factor * 0.5) / ((size * (size - 1)) / 2));
  }

  override getConfig(): Config {
    return { factor: this.factor, mode: this.mode };
  }
}
