import { checkSplit, type HousingOptions, readHousing } from "./housing.js";
import { locate, ORIGIN } from "./locate.js";
import type { Splits } from "./splits.js";

const WHO = "bostonHousing.loadData";
const FILE_HASH = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5";

/**
 * Boston housing: 506 districts of the late 1970s, 13 attributes each, and the median price of their houses in thousands of dollars.
 *
 * **Mind:** its variable "B" assumes that racial segregation sets the prices of houses. Use it, if at all, to show such problems; for anything
 * else there is `californiaHousing`.
 *
 * @param path An existing `.npz`, or its name in Keras's cache. Default `"boston_housing.npz"`.
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: float64, x `(n, 13)` and y `(n,)`, in Keras's order.
 * @throws ValueError for a bad `testSplit` or path; KeroseneError when the file is broken or cannot be downloaded.
 * Source: `keras.datasets.boston_housing.load_data`.
 */
export async function loadData(path = "boston_housing.npz", options: HousingOptions = {}): Promise<Splits> {
  checkSplit(WHO, options);
  const file = await locate(path, { who: WHO, origin: `${ORIGIN}boston_housing.npz`, fileHash: FILE_HASH });
  return readHousing(file, WHO, options);
}
