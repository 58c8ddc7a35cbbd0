// Draws how the time of a step grows: both axes logarithmic, so that a cost in proportion to the work is a slope of one, which is drawn too.
const WIDTH = 480;
const HEIGHT = 320;
const MARGIN = { left: 60, right: 20, top: 20, bottom: 45 };

/** Powers of ten that a range touches. */
function decades(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log10);
  const from = Math.floor(low + 1e-9);
  const to = Math.max(Math.ceil(high - 1e-9), from + 1);
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

/** From a range of powers of ten to one of pixels. */
const scale = (ticks, from, to) => (value) => {
  const [low, high] = [Math.log10(ticks[0]), Math.log10(ticks.at(-1))];
  return (from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1);
};

/** An SVG of `points` ({ value, train_ms_step }); `label` says what grows. */
export function drawGrowth(label, points) {
  const [xs, ys] = [decades(points.map((p) => p.value)), decades(points.map((p) => p.train_ms_step))];
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const [x, y] = [scale(xs, MARGIN.left, right), scale(ys, bottom, MARGIN.top)];
  const path = (list) => list.map(([a, b], i) => `${i === 0 ? "M" : "L"}${x(a)} ${y(b)}`).join("");
  // In proportion to the last point, as far as it lies within the picture.
  const last = points.at(-1);
  const proportion = ({ value }) => (last.train_ms_step * value) / last.value;
  const line = points.filter((p) => proportion(p) >= ys[0]).map((p) => [p.value, proportion(p)]);
  const text = (a, b, anchor, what) => `<text x="${a}" y="${b}" text-anchor="${anchor}">${what}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...xs.map(
      (tick) =>
        `<path d="M${x(tick)} ${MARGIN.top}V${bottom}" stroke="#ddd"/>${text(x(tick), bottom + 16, "middle", tick)}`,
    ),
    ...ys.map(
      (tick) =>
        `<path d="M${MARGIN.left} ${y(tick)}H${right}" stroke="#ddd"/>${text(MARGIN.left - 6, Number(y(tick)) + 4, "end", tick)}`,
    ),
    text((MARGIN.left + right) / 2, HEIGHT - 8, "middle", label),
    text(MARGIN.left, MARGIN.top - 6, "start", "ms a training step (dashed: in proportion)"),
    `<path d="${path(line)}" fill="none" stroke="#999" stroke-dasharray="4 4"/>`,
    `<path d="${path(points.map((p) => [p.value, p.train_ms_step]))}" fill="none" stroke="#0072b2" stroke-width="2"/>`,
    ...points.map((p) => `<circle cx="${x(p.value)}" cy="${y(p.train_ms_step)}" r="3" fill="#0072b2"/>`),
    "</svg>",
    "",
  ].join("\n");
}
