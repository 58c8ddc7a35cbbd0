/** The device with candle's tensors that is tried: the CPU, unless the environment names another. */
const named = process.env.KEROSENE_DEVICE ?? "cpu";
export const candle = named === "cpu" ? "candle:cpu" : named;
