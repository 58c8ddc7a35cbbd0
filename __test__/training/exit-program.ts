/** Ends in the middle of a long fit, as its argument says. */
import { floats, Input, layers, Model } from "./models.js";

const inputs = Input({ shape: [64] });
const model = Model(inputs, layers.Dense(8)(layers.Dense(512, { activation: "relu" })(inputs)));
model.compile({ optimizer: "adam", loss: "mse" });
setTimeout(() => {
  if (process.argv[2] === "exit") process.exit(3);
  throw new Error("on purpose");
}, 200);
await model.fit(floats([20000, 64]), floats([20000, 8]), { epochs: 100000, verbose: 0 });
