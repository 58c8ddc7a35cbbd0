import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { assetPath } from "../assets.js";
import { describe } from "../engine/shape.js";
import { KeroseneError, ValueError } from "../errors.js";
import type { Model } from "../models/model.js";
import { writeWhole } from "../saving/write-whole.js";
import { type DotOptions, modelToDot } from "./model-to-dot.js";

/** Options of {@link plotModel}. */
export interface PlotModelOptions extends DotOptions {
  /** The picture's file, where it is not given as the second argument. Default `"model.png"`. */
  toFile?: string;
}

/**
 * Draws a model and writes the picture to a file: PNG, SVG or DOT by the ending of its name, PNG without an ending.
 *
 * Nothing needs to be installed: graphviz comes along as WebAssembly. A picture at 200 dots per inch is large; browsers scale it.
 *
 * @example await keras.utils.plotModel(model, "model.png", { showShapes: true });
 * @throws StateError for a model that is not built; ValueError for another ending or unknown options; KeroseneError where graphviz fails.
 * Source: `keras.utils.plot_model`.
 */
export function plotModel(model: Model, toFile?: string, options?: PlotModelOptions): Promise<void>;
export function plotModel(model: Model, options?: PlotModelOptions): Promise<void>;
export async function plotModel(
  model: Model,
  second: string | PlotModelOptions = {},
  third: PlotModelOptions = {},
): Promise<void> {
  const { toFile = "model.png", ...options } = typeof second === "string" ? { ...third, toFile: second } : second;
  const draw = drawing(toFile);
  const picture = await draw((edges) => modelToDot(model, { showLayerNames: false, ...options, ...edges }));
  await writeWhole(toFile, (part) => writeFile(part, picture));
}

/** A model's graph; with other edges than were asked for, where these are named. */
type Graph = (edges?: Pick<DotOptions, "splines">) => string;

/** What makes the picture of a graph, by the ending of a file's name. */
function drawing(toFile: string): (graph: Graph) => string | Promise<string | Uint8Array> {
  if (typeof toFile !== "string" || toFile === "") {
    throw new ValueError(`plotModel: expected \`toFile\` to be the name of a file, got ${describe(toFile)}.`);
  }
  switch (extname(toFile).toLowerCase()) {
    case "":
    case ".png":
      return async (graph) => toPng(await toSvg(graph));
    case ".svg":
      return toSvg;
    case ".dot":
    case ".gv":
      return (graph) => graph();
    default:
      throw new ValueError(
        `plotModel: ${JSON.stringify(toFile)} has an ending that is not known here: expected .png, .svg or .dot.`,
      );
  }
}

async function toSvg(graph: Graph): Promise<string> {
  const dot = graph();
  try {
    return await layOut(dot);
  } catch (error) {
    if (!dot.includes("\nsplines=ortho;\n")) throw error;
    // Edges with right angles need more stack than WebAssembly has where there are many boxes.
    console.warn(
      'plotModel: the graph is too large for edges with right angles (splines: "ortho"), so it is drawn with polylines.',
    );
    return layOut(graph({ splines: "polyline" }));
  }
}

/** @throws KeroseneError where graphviz fails. */
async function layOut(dot: string): Promise<string> {
  const { instance } = await drawer<Graphviz>("@viz-js/viz");
  // Every picture has an instance of its own: one that failed has its memory in disorder.
  const graphviz = await instance();
  try {
    const svg = graphviz.renderString(dot, { format: "svg" });
    // Two things of this version put right: the part to see is said in points before they are scaled to the dots per inch, and the space
    // between a name and its class would be lost.
    return svg
      .replace(/(<svg width="(\d+)pt" height="(\d+)pt"\s+viewBox=)"[^"]*"/, '$1"0 0 $2 $3"')
      .replaceAll("<text ", '<text xml:space="preserve" ');
  } catch (error) {
    throw new KeroseneError(`plotModel: graphviz could not draw the graph: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** How many pixels a side of a picture has at most: what most programs can show. Graphviz keeps to it too. */
const MAX_SIDE = 32767;

async function toPng(svg: string): Promise<Uint8Array> {
  const [width = 0, height = 0] = /<svg width="(\d+)pt" height="(\d+)pt"/.exec(svg)?.slice(1).map(Number) ?? [];
  const { renderAsync } = (await drawer<{ default: Rasterizer }>("@resvg/resvg-js")).default;
  // The letters come along too: pictures are the same everywhere, and machines without any fonts draw them.
  const rendered = await renderAsync(svg, {
    ...fitted(width, height),
    dpi: 72, // an SVG of graphviz's counts in points, with the dots per inch in its scale
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
function fitted(width: number, height: number): Pick<RasterOptions, "fitTo"> {
  const side = Math.max(width, height);
  if (side <= MAX_SIDE) return {};
  console.warn(
    `plotModel: a picture of ${width}x${height} pixels is too large, so it is scaled by ${(MAX_SIDE / side).toFixed(3)}. ` +
      "Pass a smaller `dpi`, or write an SVG.",
  );
  return { fitTo: { mode: width > height ? "width" : "height", value: MAX_SIDE } };
}

/** What is used of `@viz-js/viz`. */
interface Graphviz {
  instance(): Promise<{ renderString(dot: string, options: { format: string }): string }>;
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

/** Loads a library that draws, at the first picture: importing this package stays quick. @throws KeroseneError where it is not installed. */
async function drawer<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    throw new KeroseneError(
      `plotModel: ${name}, which draws the pictures, could not be loaded (${(error as Error).message}). Reinstall kerosene with its ` +
        'optional dependencies, or write the graph alone: plotModel(model, "model.dot").',
      { cause: error },
    );
  }
}
