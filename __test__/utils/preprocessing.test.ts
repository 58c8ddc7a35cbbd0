import test from "ava";
import * as keras from "kerosene";

test("keras.preprocessing holds what keras.utils has", (t) => {
  const { preprocessing, utils } = keras;
  t.is(preprocessing.sequence.padSequences, utils.padSequences);
  t.is(preprocessing.textDatasetFromDirectory, utils.textDatasetFromDirectory);
  t.is(preprocessing.timeseriesDatasetFromArray, utils.timeseriesDatasetFromArray);
});
