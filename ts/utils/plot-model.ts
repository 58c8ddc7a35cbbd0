import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { describe } from "../engine/shape.js";
import { KeroseneError, ValueError } from "../errors.js";
import { drawingLibrary, toPng } from "../images/rasterize.js";
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
      return async (graph) => {
        const svg = await toSvg(graph);
        // An SVG of graphviz's counts in points, with the dots per inch in its scale.
        const [width = 0, height = 0] = /<svg width="(\d+)pt" height="(\d+)pt"/.exec(svg)?.slice(1).map(Number) ?? [];
        return toPng(svg, { width, height }, "plotModel", "Pass a smaller `dpi`, or write an SVG.");
      };
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
  const { instance } = await drawingLibrary<Graphviz>("@viz-js/viz", "plotModel");
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

/** What is used of `@viz-js/viz`. */
interface Graphviz {
  instance(): Promise<{ renderString(dot: string, options: { format: string }): string }>;
}
