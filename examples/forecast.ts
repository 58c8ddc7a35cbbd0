// Tomorrow's temperature in Beijing from the last three days' weather, hour by hour, by a GRU.
// What it must beat is the naive forecast: the same temperature as now.
import * as keras from "kerosene";
import { layers } from "kerosene";
import { dataFile } from "./data/folder.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

const table = await keras.data.readCsv(dataFile("weather", "hourly_beijing_pm.csv"));
const hours = (await table.toArray()) as {
  hour: number;
  TEMP: number;
  DEWP: number;
  PRES: number;
  Iws: number;
  cbwd: string;
}[];
const TEMPERATURE = 0;
const features = hours.map((row, hour) => [
  row.TEMP, // °C
  row.DEWP, // dew point, °C
  row.PRES, // hPa
  Math.log1p(row.Iws), // wind since it last turned
  Number(row.cbwd === "NW"), // the cold wind
  Math.sin((2 * Math.PI * row.hour) / 24),
  Math.cos((2 * Math.PI * row.hour) / 24),
  Math.sin((2 * Math.PI * hour) / (365.25 * 24)),
  Math.cos((2 * Math.PI * hour) / (365.25 * 24)),
]);

// Three years to learn from, one to watch, one to test on; the scale is that of the first part.
const year = 365 * 24;
const [learned, watched] = [(small ? 2 : 3) * year, 4 * year];
const weather = keras.tensor(features);
const mean = weather.at(`:${learned}`).mean(0);
const deviation = weather.at(`:${learned}`).std(0);
const scaled = weather.subtract(mean).divide(deviation);

const [window, ahead] = [small ? 24 : 72, 24];
const degrees = deviation.at(TEMPERATURE).item();
/** Windows that lie in the hours from `start` to before `end`, each with what the temperature changes by, in scaled degrees, in the day after. */
function windows(start: number, end: number, shuffle: boolean) {
  const temperature = scaled.at(":", TEMPERATURE);
  const later = temperature.at(`${window - 1 + ahead}:`);
  const change = later.subtract(temperature.at(`${window - 1}:${-ahead}`));
  const stop = Math.min(end, features.length) - ahead;
  return keras.utils.timeseriesDatasetFromArray(scaled, change, window, {
    startIndex: start,
    endIndex: stop,
    batchSize: 256,
    shuffle,
    seed: 1,
  });
}

const inputs = keras.Input({ shape: [window, features[0]!.length] });
let x = layers.GRU(32)(inputs);
x = layers.Dropout(0.2)(x);
const outputs = layers.Dense(1)(x);
const model = keras.Model(inputs, outputs, { name: "forecast" });
model.compile({ optimizer: keras.optimizers.Adam(3e-3), loss: "mae" });

const test = windows(watched, Number.POSITIVE_INFINITY, false);
await model.fit(windows(0, learned, true), {
  epochs: small ? 6 : 10,
  validationData: windows(3 * year, watched, false),
  callbacks: [keras.callbacks.EarlyStopping({ patience: 3, restoreBestWeights: true })],
});
const { loss } = await model.evaluate(test, { verbose: 0, returnDict: true });

let [error, count] = [0, 0];
for await (const [, change] of test) {
  error += keras.ops.abs(change).sum().item();
  count += change.shape[0];
}
const naive = (error / count) * degrees;
console.log(
  `Mean error of the naive forecast: ${naive.toFixed(2)} °C, of the model: ${(loss! * degrees).toFixed(2)} °C`,
);
console.log("Error relative to the naive forecast:", ((loss! * degrees) / naive).toFixed(3));
