import { escapeXml } from "../engine/xml.js";
import { formatExponent, formatFixed } from "./number-format.js";

/** A line of a panel. */
export interface Curve {
  /** As in the logs: `loss`, `val_loss`, `f1_score[2]`. */
  readonly name: string;
  /** Whether it was measured on validation data. */
  readonly validation: boolean;
  /** Which of several numbers of one metric it is; 0 where there is one. */
  readonly part: number;
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

/** One metric, with all its curves. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Colours that most colour-blind people can tell apart (Okabe and Ito, 2008). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
const SMALL = 11;
/** The room round the curves of a panel: numbers to the left and below, its title above. */
const MARGIN = { left: 14, right: 18, top: 34, bottom: 44 };
/** About how wide a letter is at a size of 1, in the letters used. */
const LETTER = 0.56;
/** As many epochs have a dot each. */
const MOST_DOTS = 40;

/** A place, short and the same everywhere. */
const at = (value: number): string => String(Math.round(value * 100) / 100);

interface Scale {
  readonly ticks: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly label: (tick: number) => string;
}

/** The step of 1, 2 or 5 times a power of ten that cuts a span into at most `most` parts. */
function roundStep(span: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(span / most));
  const factor = [1, 2, 5, 10].find((one) => span / (one * power) <= most + 1e-9) ?? 10;
  return factor * power;
}

/** An axis from a round number to a round number. */
export function scaleOf(values: readonly number[], most: number, whole = false): Scale {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least > greatest) [least, greatest] = [0, 1];
  if (least === greatest) {
    const half = whole ? 0.5 : Math.abs(least) / 2 || 0.5;
    [least, greatest] = [least - half, greatest + half];
  }
  const step = whole ? Math.max(1, roundStep(greatest - least, most)) : roundStep(greatest - least, most);
  const [first, last] = whole
    ? [Math.ceil(least / step), Math.floor(greatest / step)]
    : [Math.floor(least / step + 1e-9), Math.ceil(greatest / step - 1e-9)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const place = (value: number): number => Math.floor(Math.log10(value) + 1e-9);
  const digits = Math.max(0, -place(step));
  const label = (tick: number): string => {
    if (size < 1e5 && digits <= 4) return formatFixed(tick, digits);
    return tick === 0 ? "0" : formatExponent(tick, Math.max(0, place(size) - place(step)));
  };
  return { ticks, from: whole ? least : first * step, to: whole ? greatest : last * step, label };
}

interface Text {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
  readonly fill?: string;
}

const textAt = (text: string, { x, y, size = SMALL, anchor = "start", bold = false, fill = "#333" }: Text): string =>
  `<text x="${at(x)}" y="${at(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}"${bold ? ' font-weight="700"' : ""}>${escapeXml(text)}</text>`;

/** The curves of one metric in a rectangle. */
function drawPanel(panel: Panel, left: number, top: number, width: number, height: number): string[] {
  const epochs = panel.curves.flatMap(({ points }) => points.map(([epoch]) => epoch));
  const values = panel.curves.flatMap(({ points }) => points.map(([, value]) => value));
  const y = scaleOf(values, Math.max(2, Math.floor((height - MARGIN.top - MARGIN.bottom) / 36)));
  const labels = y.ticks.map(y.label);
  const wide = Math.max(...labels.map(({ length }) => length)) * SMALL * LETTER;
  const box = {
    left: left + MARGIN.left + wide + 8,
    right: left + width - MARGIN.right,
    top: top + MARGIN.top,
    bottom: top + height - MARGIN.bottom,
  };
  const x = scaleOf(epochs, Math.max(2, Math.floor((box.right - box.left) / 44)), true);
  const xOf = (epoch: number): number => box.left + ((epoch - x.from) / (x.to - x.from)) * (box.right - box.left);
  const yOf = (value: number): number => box.bottom - ((value - y.from) / (y.to - y.from)) * (box.bottom - box.top);
  const parts = [
    `<g data-metric="${escapeXml(panel.title)}">`,
    textAt(panel.title, { x: (box.left + box.right) / 2, y: box.top - 12, size: 13, anchor: "middle", bold: true }),
  ];
  for (const [i, tick] of y.ticks.entries()) {
    const place = at(yOf(tick));
    parts.push(`<path d="M${at(box.left)} ${place}H${at(box.right)}" stroke="#e4e4e4"/>`);
    parts.push(textAt(labels[i] as string, { x: box.left - 7, y: yOf(tick) + SMALL * 0.35, anchor: "end" }));
  }
  for (const tick of x.ticks) {
    const place = xOf(tick);
    parts.push(`<path d="M${at(place)} ${at(box.bottom)}v4" stroke="#888"/>`);
    parts.push(textAt(x.label(tick), { x: place, y: box.bottom + 17, anchor: "middle" }));
  }
  parts.push(
    `<path d="M${at(box.left)} ${at(box.top)}V${at(box.bottom)}H${at(box.right)}" fill="none" stroke="#888"/>`,
    textAt("epoch", { x: (box.left + box.right) / 2, y: box.bottom + 34, anchor: "middle" }),
    ...panel.curves.map((curve) => drawCurve(curve, panel, xOf, yOf)),
    ...legend(panel, box, yOf),
    "</g>",
  );
  return parts;
}

/** How a curve looks: one of a kind by its colour; of several numbers each has a colour, and validation is dashed. */
function style(curve: Curve, panel: Panel): { colour: string; dashed: boolean } {
  const several = panel.curves.some(({ part }) => part > 0);
  const index = several ? curve.part : curve.validation ? 1 : 0;
  return { colour: COLOURS[index % COLOURS.length] as string, dashed: several && curve.validation };
}

function drawCurve(curve: Curve, panel: Panel, xOf: (epoch: number) => number, yOf: (value: number) => number): string {
  const { colour, dashed } = style(curve, panel);
  // What is no number leaves a gap.
  let pen = "M";
  let path = "";
  const dots: string[] = [];
  for (const [epoch, value] of curve.points) {
    if (!Number.isFinite(value)) {
      pen = "M";
      continue;
    }
    const [x, y] = [at(xOf(epoch)), at(yOf(value))];
    path += `${pen}${x} ${y}`;
    pen = "L";
    dots.push(`<circle cx="${x}" cy="${y}" r="2.5"/>`);
  }
  const shown = curve.points.length <= MOST_DOTS ? `<g fill="${colour}">${dots.join("")}</g>` : "";
  const dash = dashed ? ' stroke-dasharray="5 4"' : "";
  return `<g data-curve="${escapeXml(curve.name)}"><path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dash}/>${shown}</g>`;
}

interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The names of the curves, in the upper or lower right corner: where fewer points lie. */
function legend(panel: Panel, box: Rectangle, yOf: (value: number) => number): string[] {
  const names = panel.curves.map(({ name }) => name);
  const [row, width] = [16, 34 + Math.max(...names.map(({ length }) => length)) * SMALL * LETTER];
  const height = row * names.length + 6;
  const ends = panel.curves.flatMap(({ points }) =>
    points.slice(Math.floor(points.length / 2)).map(([, value]) => yOf(value)),
  );
  const above = ends.filter((y) => y < box.top + height + 4).length;
  const below = ends.filter((y) => y > box.bottom - height - 4).length;
  const [left, top] = [box.right - width - 4, above <= below ? box.top + 4 : box.bottom - height - 4];
  const parts = [
    `<rect x="${at(left)}" y="${at(top)}" width="${at(width)}" height="${height}" rx="3" fill="#fff" fill-opacity="0.85" stroke="#ddd"/>`,
  ];
  for (const [i, curve] of panel.curves.entries()) {
    const { colour, dashed } = style(curve, panel);
    const y = top + 3 + row * (i + 0.5);
    const dash = dashed ? ' stroke-dasharray="5 4"' : "";
    parts.push(`<path d="M${at(left + 6)} ${at(y)}h18" stroke="${colour}" stroke-width="2"${dash}/>`);
    parts.push(textAt(curve.name, { x: left + 29, y: y + SMALL * 0.35 }));
  }
  return parts;
}

/** What a picture of curves looks like as a whole. */
export interface PictureSize {
  readonly title: string | null;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
}

/** The panels side by side as SVG: the same text for the same numbers. */
export function drawPanels(panels: readonly Panel[], { title, width, height, columns }: PictureSize): string {
  const head = title === null ? 0 : 34;
  const rows = Math.ceil(panels.length / columns);
  const [wide, high] = [width / columns, (height - head) / rows];
  const parts = panels.flatMap((panel, i) =>
    drawPanel(panel, (i % columns) * wide, head + Math.floor(i / columns) * high, wide, high),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Arimo, Arial, Helvetica, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...(title === null
      ? []
      : [textAt(title, { x: width / 2, y: 26, size: 17, anchor: "middle", bold: true, fill: "#111" })]),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
