import type { Tensor } from "../engine/tensor.js";

/** `[[xTrain, yTrain], [xTest, yTest]]`. */
export type Splits<X = Tensor, Y = Tensor> = [train: [x: X, y: Y], test: [x: X, y: Y]];
