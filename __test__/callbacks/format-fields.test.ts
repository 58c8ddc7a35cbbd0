import test from "ava";
import { FormatFields } from "#kerosene/callbacks/format-fields.js";
import { formatFloat } from "#kerosene/callbacks/number-format.js";

// Python: template.format(x=value)
const floats: [template: string, value: number, want: string][] = [
  ["{x}", 0.25, "0.25"],
  ["{x}", 1e-5, "1e-05"],
  ["{x}", 1e16, "1e+16"],
  ["{x}", 3, "3.0"],
  ["{x:.2f}", 2.675, "2.67"],
  ["{x:.0f}", 0.5, "0"],
  ["{x:8.3f}", -1.5, "  -1.500"],
  ["{x:<8.3f}|", 1.5, "1.500   |"],
  ["{x:^9.2f}|", 1.5, "  1.50   |"],
  ["{x:*^9.2f}", -1.5, "**-1.50**"],
  ["{x:+.1f}", 1.25, "+1.2"],
  ["{x: .1f}", 1.25, " 1.2"],
  ["{x:08.2f}", -3.25, "-0003.25"],
  ["{x:.3e}", 12345.678, "1.235e+04"],
  ["{x:.2E}", 0.00012, "1.20E-04"],
  ["{x:g}", 1234567, "1.23457e+06"],
  ["{x:g}", 0.0001, "0.0001"],
  ["{x:g}", 0.00001234, "1.234e-05"],
  ["{x:.3g}", 1234.5, "1.23e+03"],
  ["{x:.3g}", 100, "100"],
  ["{x:G}", 1e-10, "1E-10"],
  ["{x:%}", 0.1234, "12.340000%"],
  ["{x:.1%}", 0.98765, "98.8%"],
  ["{x:f}", Number.NaN, "nan"],
  ["{x:6.1f}", Number.POSITIVE_INFINITY, "   inf"],
  ["{{{x:.1f}}}", 2, "{2.0}"],
  ["{x:g}", 0, "0"],
  ["{x:.0e}", 1500, "2e+03"],
  ["{x:=+9.2f}", 1.5, "+    1.50"],
];
const counts: [template: string, value: number, want: string][] = [
  ["{x}", 7, "7"],
  ["{x:d}", 7, "7"],
  ["{x:03d}", 7, "007"],
  ["{x:>4}", 7, "   7"],
  ["{x:<4d}|", -7, "-7  |"],
  ["{x:.1f}", 7, "7.0"],
  ["{x:+d}", 7, "+7"],
  ["{x:04}", -7, "-007"],
];
for (const [template, value, want] of floats) {
  test(`"${template}" of ${formatFloat(value)}`, (t) =>
    t.is(new FormatFields(template).format({}, { x: value }), want));
}
for (const [template, value, want] of counts) {
  test(`"${template}" of ${value}`, (t) => t.is(new FormatFields(template).format({ x: value }, {}), want));
}

test("several fields, and a log in place of a count", (t) => {
  const fields = new FormatFields("a{epoch:02d}-{batch}-{val_loss:.2f}.keras");
  t.is(fields.format({ epoch: 3, batch: 9 }, { val_loss: 0.125 }), "a03-9-0.12.keras");
  t.is(fields.format({ epoch: 3, batch: 9 }, { val_loss: 0.125, batch: 2 }), "a03-2.0-0.12.keras");
});

for (const [template, message] of [
  ["{epoch", /no partner/],
  ["epoch}", /no partner/],
  ["{}", /Expected a name/],
  ["{epoch!r}", /Expected a name/],
  ["{epoch:x}", /Cannot format by "x".*Supported are/],
  ["{epoch:.2d}", /Cannot format by ".2d"/],
] as const) {
  test(`refused: "${template}"`, (t) => {
    t.throws(() => new FormatFields(template), { message });
  });
}

test("refused: names that are not there, and fractions as whole numbers", (t) => {
  t.throws(() => new FormatFields("{val_los}").format({ epoch: 1 }, { loss: 1 }), {
    message: /there is no "val_los". Known names: epoch, loss\./,
  });
  t.throws(() => new FormatFields("{loss:d}").format({}, { loss: 1.5 }), { message: /"loss" is no whole number/ });
});

// Python: str(value)
for (const [value, want] of [
  [0.1, "0.1"],
  [1e-4, "0.0001"],
  [0.0005000000237487257, "0.0005000000237487257"],
  [9.999e-5, "9.999e-05"],
  [123456789012345680, "1.2345678901234568e+17"],
  [1e15, "1000000000000000.0"],
  [-0, "-0.0"],
  [Number.NEGATIVE_INFINITY, "-inf"],
] as const) {
  test(`str(${want})`, (t) => t.is(formatFloat(value), want));
}
