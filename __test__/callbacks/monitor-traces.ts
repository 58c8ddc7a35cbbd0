import type { EarlyStoppingOptions, ReduceLROnPlateauOptions } from "#kerosene/callbacks/index.js";

/** Numbers of Keras 3.15.1 for callbacks that watch a value. */

/** What the value is in each epoch; `null`: it is not in the logs. */
export const sequences = {
  falls: [5, 4, 3, 2, 1, 0.5],
  bump: [1, 0.5, 0.6, 0.7, 0.4, 0.41, 0.42, 0.43, 0.44, 0.45],
  flat: [1, 1, 1, 1, 1, 1],
  rises: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
  tiny: [1, 0.95, 0.9, 0.85, 0.8, 0.75],
  nan: [1, Number.NaN, Number.NaN, 0.5, Number.NaN, 0.4],
  gaps: [1, null, null, 0.5, null, 0.6, 0.7, 0.8],
  inf: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 0.5, 0.2],
} as const satisfies Record<string, readonly (number | null)[]>;

type Trace = Record<keyof typeof sequences, string>;

/** `EarlyStopping(monitor="val_loss", **options)`: epochs run, the epoch whose weights are there in the end, best, stopped epoch, best epoch, wait. */
export const earlyStopping: [options: EarlyStoppingOptions, Trace][] = [
  [
    {},
    {
      falls: "6 5 0.5 0 5 0",
      bump: "3 2 0.5 2 1 1",
      flat: "2 1 1 1 0 1",
      rises: "2 1 0.1 1 0 1",
      tiny: "6 5 0.75 0 5 0",
      nan: "2 1 1 1 0 1",
      gaps: "6 5 0.5 5 3 1",
      inf: "3 2 -Infinity 2 1 1",
    },
  ],
  [
    { patience: 2 },
    {
      falls: "6 5 0.5 0 5 0",
      bump: "4 3 0.5 3 1 2",
      flat: "3 2 1 2 0 2",
      rises: "3 2 0.1 2 0 2",
      tiny: "6 5 0.75 0 5 0",
      nan: "3 2 1 2 0 2",
      gaps: "7 6 0.5 6 3 2",
      inf: "4 3 -Infinity 3 1 2",
    },
  ],
  [
    { patience: 2, restoreBestWeights: true, verbose: 1 },
    {
      falls: "6 5 0.5 0 5 0",
      bump: "4 1 0.5 3 1 2",
      flat: "3 0 1 2 0 2",
      rises: "3 0 0.1 2 0 2",
      tiny: "6 5 0.75 0 5 0",
      nan: "3 0 1 2 0 2",
      gaps: "7 3 0.5 6 3 2",
      inf: "4 1 -Infinity 3 1 2",
    },
  ],
  [
    { patience: 1, mode: "max", restoreBestWeights: true },
    {
      falls: "2 0 5 1 0 1",
      bump: "2 0 1 1 0 1",
      flat: "2 0 1 1 0 1",
      rises: "6 5 0.6 0 5 0",
      tiny: "2 0 1 1 0 1",
      nan: "2 0 1 1 0 1",
      gaps: "4 0 1 3 0 1",
      inf: "2 0 Infinity 1 0 1",
    },
  ],
  [
    { patience: 2, minDelta: 0.06 },
    {
      falls: "6 5 0.5 0 5 0",
      bump: "4 3 0.5 3 1 2",
      flat: "3 2 1 2 0 2",
      rises: "3 2 0.1 2 0 2",
      tiny: "6 5 0.8 0 4 1",
      nan: "3 2 1 2 0 2",
      gaps: "7 6 0.5 6 3 2",
      inf: "4 3 -Infinity 3 1 2",
    },
  ],
  [
    { patience: 1, baseline: 0.45, restoreBestWeights: true },
    {
      falls: "6 5 0.5 0 5 6",
      bump: "3 1 0.5 2 1 3",
      flat: "2 0 1 1 0 2",
      rises: "2 0 0.1 1 0 1",
      tiny: "6 5 0.75 0 5 6",
      nan: "2 0 1 1 0 2",
      gaps: "6 3 0.5 5 3 3",
      inf: "3 1 -Infinity 2 1 1",
    },
  ],
  [
    { patience: 2, baseline: 0.05, restoreBestWeights: true, verbose: 1 },
    {
      falls: "6 5 0.5 0 5 6",
      bump: "3 1 0.5 2 1 3",
      flat: "2 0 1 1 0 2",
      rises: "2 0 0.1 1 0 2",
      tiny: "6 5 0.75 0 5 6",
      nan: "2 0 1 1 0 2",
      gaps: "6 3 0.5 5 3 3",
      inf: "4 1 -Infinity 3 1 2",
    },
  ],
  [
    { patience: 1, startFromEpoch: 3, restoreBestWeights: true, verbose: 1 },
    {
      falls: "6 5 0.5 0 5 0",
      bump: "6 4 0.4 5 4 1",
      flat: "5 3 1 4 3 1",
      rises: "5 3 0.4 4 3 1",
      tiny: "6 5 0.75 0 5 0",
      nan: "5 3 0.5 4 3 1",
      gaps: "6 3 0.5 5 3 1",
      inf: "5 4 0.2 0 4 0",
    },
  ],
  [
    { patience: 0, minDelta: -0.2 },
    {
      falls: "6 5 0.5 0 5 0",
      bump: "3 2 0.5 2 1 1",
      flat: "2 1 1 1 0 1",
      rises: "2 1 0.1 1 0 1",
      tiny: "2 1 1 1 0 1",
      nan: "2 1 1 1 0 1",
      gaps: "6 5 0.5 5 3 1",
      inf: "3 2 -Infinity 2 1 1",
    },
  ],
  [
    { patience: 100, restoreBestWeights: true, verbose: 1 },
    {
      falls: "6 5 0.5 0 5 0",
      bump: "10 4 0.4 0 4 5",
      flat: "6 0 1 0 0 5",
      rises: "6 0 0.1 0 0 5",
      tiny: "6 5 0.75 0 5 0",
      nan: "6 5 0.4 0 5 0",
      gaps: "8 3 0.5 0 3 3",
      inf: "5 1 -Infinity 0 1 3",
    },
  ],
];

/** `ReduceLROnPlateau(monitor="val_loss", **options)` with a rate of 1: the rates in the logs, best. */
export const reduceLROnPlateau: [options: ReduceLROnPlateauOptions, Trace][] = [
  [
    { patience: 2 },
    {
      falls: "1 1 1 1 1 1 0.5",
      bump: "1 1 1 1 0.10000000149011612 0.10000000149011612 0.10000000149011612 0.009999999776482582 0.009999999776482582 0.0009999999310821295 0.4",
      flat: "1 1 1 0.10000000149011612 0.10000000149011612 0.009999999776482582 1",
      rises: "1 1 1 0.10000000149011612 0.10000000149011612 0.009999999776482582 0.1",
      tiny: "1 1 1 1 1 1 0.75",
      nan: "1 1 1 0.10000000149011612 0.10000000149011612 0.10000000149011612 0.4",
      gaps: "1 1 1 1 1 1 1 0.10000000149011612 0.5",
      inf: "1 1 1 1 0.10000000149011612 -Infinity",
    },
  ],
  [
    { patience: 1, factor: 0.5, verbose: 1 },
    {
      falls: "1 1 1 1 1 1 0.5",
      bump: "1 1 1 0.5 0.25 0.25 0.125 0.0625 0.03125 0.015625 0.4",
      flat: "1 1 0.5 0.25 0.125 0.0625 1",
      rises: "1 1 0.5 0.25 0.125 0.0625 0.1",
      tiny: "1 1 1 1 1 1 0.75",
      nan: "1 1 0.5 0.25 0.25 0.125 0.4",
      gaps: "1 1 1 1 1 1 0.5 0.25 0.5",
      inf: "1 1 1 0.5 0.25 -Infinity",
    },
  ],
  [
    { patience: 1, cooldown: 2, factor: 0.5 },
    {
      falls: "1 1 1 1 1 1 0.5",
      bump: "1 1 1 0.5 0.5 0.5 0.25 0.25 0.125 0.125 0.4",
      flat: "1 1 0.5 0.5 0.25 0.25 1",
      rises: "1 1 0.5 0.5 0.25 0.25 0.1",
      tiny: "1 1 1 1 1 1 0.75",
      nan: "1 1 0.5 0.5 0.5 0.25 0.4",
      gaps: "1 1 1 1 1 1 0.5 0.5 0.5",
      inf: "1 1 1 0.5 0.5 -Infinity",
    },
  ],
  [
    { patience: 1, minDelta: 0.1, factor: 0.5 },
    {
      falls: "1 1 1 1 1 1 0.5",
      bump: "1 1 1 0.5 0.25 0.125 0.0625 0.03125 0.015625 0.0078125 0.5",
      flat: "1 1 0.5 0.25 0.125 0.0625 1",
      rises: "1 1 0.5 0.25 0.125 0.0625 0.1",
      tiny: "1 1 0.5 0.25 0.25 0.125 0.85",
      nan: "1 1 0.5 0.25 0.25 0.125 0.5",
      gaps: "1 1 1 1 1 1 0.5 0.25 0.5",
      inf: "1 1 1 0.5 0.25 -Infinity",
    },
  ],
  [
    { patience: 1, factor: 0.1, minLr: 0.05, verbose: 1 },
    {
      falls: "1 1 1 1 1 1 0.5",
      bump: "1 1 1 0.10000000149011612 0.05000000074505806 0.05000000074505806 0.05000000074505806 0.05000000074505806 0.05000000074505806 0.05000000074505806 0.4",
      flat: "1 1 0.10000000149011612 0.05000000074505806 0.05000000074505806 0.05000000074505806 1",
      rises: "1 1 0.10000000149011612 0.05000000074505806 0.05000000074505806 0.05000000074505806 0.1",
      tiny: "1 1 1 1 1 1 0.75",
      nan: "1 1 0.10000000149011612 0.05000000074505806 0.05000000074505806 0.05000000074505806 0.4",
      gaps: "1 1 1 1 1 1 0.10000000149011612 0.05000000074505806 0.5",
      inf: "1 1 1 0.10000000149011612 0.05000000074505806 -Infinity",
    },
  ],
  [
    { patience: 1, mode: "max", factor: 0.5 },
    {
      falls: "1 1 0.5 0.25 0.125 0.0625 5",
      bump: "1 1 0.5 0.25 0.125 0.0625 0.03125 0.015625 0.0078125 0.00390625 1",
      flat: "1 1 0.5 0.25 0.125 0.0625 1",
      rises: "1 1 1 1 1 1 0.6",
      tiny: "1 1 0.5 0.25 0.125 0.0625 1",
      nan: "1 1 0.5 0.25 0.125 0.0625 1",
      gaps: "1 1 1 1 0.5 0.5 0.25 0.125 1",
      inf: "1 1 0.5 0.25 0.125 Infinity",
    },
  ],
  [
    { patience: 0, factor: 0.5, cooldown: 1 },
    {
      falls: "1 1 1 1 1 1 0.5",
      bump: "1 1 1 0.5 0.25 0.25 0.125 0.0625 0.03125 0.015625 0.4",
      flat: "1 1 0.5 0.25 0.125 0.0625 1",
      rises: "1 1 0.5 0.25 0.125 0.0625 0.1",
      tiny: "1 1 1 1 1 1 0.75",
      nan: "1 1 0.5 0.25 0.25 0.125 0.4",
      gaps: "1 1 1 1 1 1 0.5 0.25 0.5",
      inf: "1 1 1 0.5 0.25 -Infinity",
    },
  ],
];

/** What they print on the sequence `bump`. */
export const texts: [EarlyStoppingOptions | ReduceLROnPlateauOptions, string][] = [
  [
    { patience: 2, restoreBestWeights: true, verbose: 1 },
    "Epoch 4: early stopping\nRestoring model weights from the end of the best epoch: 2.\n",
  ],
  [
    { patience: 2, baseline: 0.05, restoreBestWeights: true, verbose: 1 },
    "Epoch 3: early stopping\nRestoring model weights from the end of the best epoch: 2.\n",
  ],
  [
    { patience: 1, startFromEpoch: 3, restoreBestWeights: true, verbose: 1 },
    "Epoch 6: early stopping\nRestoring model weights from the end of the best epoch: 5.\n",
  ],
  [
    { patience: 100, restoreBestWeights: true, verbose: 1 },
    "Restoring model weights from the end of the best epoch: 5.\n",
  ],
  [
    { patience: 1, factor: 0.5, verbose: 1 },
    "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.5.\n\nEpoch 4: ReduceLROnPlateau reducing learning rate to 0.25.\n\nEpoch 6: ReduceLROnPlateau reducing learning rate to 0.125.\n\nEpoch 7: ReduceLROnPlateau reducing learning rate to 0.0625.\n\nEpoch 8: ReduceLROnPlateau reducing learning rate to 0.03125.\n\nEpoch 9: ReduceLROnPlateau reducing learning rate to 0.015625.\n\nEpoch 10: ReduceLROnPlateau reducing learning rate to 0.0078125.\n",
  ],
  [
    { patience: 1, factor: 0.1, minLr: 0.05, verbose: 1 },
    "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.1.\n\nEpoch 4: ReduceLROnPlateau reducing learning rate to 0.05.\n",
  ],
];
