import { ValueError } from "../errors.js";
import { checkSplit, type HousingOptions, readHousing } from "./housing.js";
import { locate, ORIGIN } from "./locate.js";
import type { Splits } from "./splits.js";

const WHO = "californiaHousing.loadData";
const FILE_HASH = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f";

/** Options of {@link loadData}. */
export interface CaliforniaHousingOptions extends HousingOptions {
  /** An existing `.npz`, or its name in Keras's cache. Default `"california_housing.npz"`. */
  path?: string;
}

/**
 * California housing: 20,640 block groups of the census of 1990, 8 features each (median income, age of the houses, rooms, bedrooms,
 * population, occupancy, latitude, longitude), and the median value of their houses in dollars.
 *
 * @param version `"large"`, all of them, or `"small"`, the first 600. Default `"large"`.
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: floats, x `(n, 8)` and y `(n,)`, in Keras's order.
 * @throws ValueError for an unknown version and a bad `testSplit` or path; KeroseneError when the file is broken or cannot be downloaded.
 * Source: `keras.datasets.california_housing.load_data`.
 */
export async function loadData(
  version: "large" | "small" = "large",
  options: CaliforniaHousingOptions = {},
): Promise<Splits> {
  if (version !== "large" && version !== "small") {
    throw new ValueError(
      `${WHO}: argument \`version\` must be one of "small", "large". Received: version=${String(version)}`,
    );
  }
  checkSplit(WHO, options);
  const { path = "california_housing.npz" } = options;
  const file = await locate(path, { who: WHO, origin: `${ORIGIN}california_housing.npz`, fileHash: FILE_HASH });
  return readHousing(file, WHO, options, version === "small" ? 600 : Infinity);
}
