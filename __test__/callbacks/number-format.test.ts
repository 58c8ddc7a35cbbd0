import test from "ava";
import { formatExponent, formatFixed } from "#kerosene/callbacks/number-format.js";

// what Python's format gives
const fixed: [number, number, string][] = [
  [0.21875, 4, "0.2188"],
  [0.28125, 4, "0.2812"],
  [0.03125, 4, "0.0312"],
  [1.00005, 4, "1.0001"],
  [0.5, 0, "0"],
  [1.5, 0, "2"],
  [2.5, 0, "2"],
  [-0.5, 0, "-0"],
  [0, 4, "0.0000"],
  [10000000272564224, 4, "10000000272564224.0000"],
  [1e22, 1, "10000000000000000000000.0"],
  [Number.NaN, 4, "nan"],
  [Number.POSITIVE_INFINITY, 4, "inf"],
  [Number.NEGATIVE_INFINITY, 4, "-inf"],
  [-1.23456, 4, "-1.2346"],
];
const exponent: [number, number, string][] = [
  [1e-8, 4, "1.0000e-08"],
  [0, 4, "0.0000e+00"],
  [1.00005e-4, 4, "1.0001e-04"],
  [9.99999e-4, 4, "1.0000e-03"],
  [-3.25e-7, 4, "-3.2500e-07"],
  [1e-200, 4, "1.0000e-200"],
  [12345.678, 2, "1.23e+04"],
  [Number.NaN, 4, "nan"],
  [0.0009765625, 4, "9.7656e-04"],
];

for (const [value, digits, want] of fixed) test(`${value}:.${digits}f`, (t) => t.is(formatFixed(value, digits), want));
for (const [value, digits, want] of exponent)
  test(`${value}:.${digits}e`, (t) => t.is(formatExponent(value, digits), want));
