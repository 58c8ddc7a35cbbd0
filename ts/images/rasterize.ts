import { assetPath } from "../assets.js";
import { optionalModule } from "../engine/optional-module.js";

/** How many pixels a side of a picture has at most: what most programs can show. Graphviz keeps to it too. */
const MAX_SIDE = 32767;

/**
 * An SVG as PNG. Text without a font of its own is set in the letters that come along: pictures are the same everywhere.
 *
 * @param size In pixels: what comes is scaled where that is too large, with a warning that ends in `advice`.
 * @param who Who asks, at the beginning of warnings and errors.
 * @throws KeroseneError where the library that does it is not installed.
 */
export async function toPng(
  svg: string,
  { width, height }: { width: number; height: number },
  who: string,
  advice: string,
): Promise<Uint8Array> {
  const { renderAsync } = (await drawingLibrary<{ default: Rasterizer }>("@resvg/resvg-js", who)).default;
  const rendered = await renderAsync(svg, {
    ...fitted(width, height, who, advice),
    dpi: 72, // a point is a pixel
    font: {
      fontFiles: [400, 700].map((weight) => assetPath(`fonts/arimo-latin-${weight}.ttf`)),
      defaultFontFamily: "Arimo",
      sansSerifFamily: "Arimo",
      // Other alphabets are looked for among the machine's fonts; reading those takes a while.
      loadSystemFonts: /[^\0-\xff]/.test(svg),
    },
  });
  return rendered.asPng();
}

/** The option that makes a picture smaller, where it would be too large; then a warning says so. */
function fitted(width: number, height: number, who: string, advice: string): Pick<RasterOptions, "fitTo"> {
  const side = Math.max(width, height);
  if (side <= MAX_SIDE) return {};
  console.warn(
    `${who}: a picture of ${width}x${height} pixels is too large, so it is scaled by ${(MAX_SIDE / side).toFixed(3)}. ${advice}`,
  );
  return { fitTo: { mode: width > height ? "width" : "height", value: MAX_SIDE } };
}

/** What is used of `@resvg/resvg-js`. */
interface Rasterizer {
  renderAsync(svg: string, options: RasterOptions): Promise<{ asPng(): Uint8Array }>;
}

interface RasterOptions {
  dpi: number;
  font: FontOptions;
  fitTo?: { mode: "width" | "height"; value: number };
}

interface FontOptions {
  fontFiles: string[];
  defaultFontFamily: string;
  sansSerifFamily: string;
  loadSystemFonts: boolean;
}

/** Loads a library that draws. @throws KeroseneError where it is not installed. */
export const drawingLibrary = <T>(name: string, who: string): Promise<T> =>
  optionalModule<T>(
    name,
    who,
    "It draws the pictures: reinstall kerosene with its dependencies, or write a format that needs no drawing (.dot for models, .svg for curves).",
  );
