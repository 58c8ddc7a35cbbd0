import { describe } from "../engine/shape.js";
import { InvalidTypeError } from "../errors.js";
import type { Config } from "../saving/serialization.js";
import { isShapeStructure } from "./call-arguments.js";
import { defaultBuilds } from "./default-build.js";
import { named } from "./layer-errors.js";
import { LayerState } from "./layer-state.js";
import { currentPath, withNameScope } from "./name-scope.js";

/**
 * A layer with its building: when its weights are made, on which shapes, and how they are made again from a config.
 */
export abstract class LayerBuilding extends LayerState {
  #buildShapes: readonly unknown[] | null = null;
  /** The `build` of a layer that has none of its own. */
  readonly #defaultBuild: (...shapes: unknown[]) => void;
  #path: string | null = null;

  constructor(name: string | null | undefined, trainable: boolean) {
    super(name, trainable);
    this.#defaultBuild = this.#wrapBuild();
  }

  /** `build` may be called by users too: whoever calls it, it runs in the layer's scope and marks the layer as built. */
  #wrapBuild(): (...shapes: unknown[]) => void {
    const original = this.build;
    const build = (...shapes: unknown[]): void => {
      const wrong = shapes.findIndex((shape) => !isShapeStructure(shape));
      if (wrong >= 0) {
        throw new InvalidTypeError(
          `Layer "${this.name}" (${this.className}): \`build\` expects a shape such as [null, 3], or a list or dict of shapes. ` +
            `Received: ${describe(shapes[wrong])}`,
        );
      }
      withNameScope(this.name, this, () => {
        this.#path = currentPath();
        named(
          this,
          "built on",
          () => shapes,
          () => original.apply(this, shapes),
        );
        this.markBuilt(shapes);
        this.lockState();
      });
    };
    Object.defineProperty(this, "build", { value: build, writable: true, configurable: true, enumerable: false });
    return defaultBuilds.has(original) ? build : () => {};
  }

  /** @internal Whether a subclass wrote `build`, as a method or as a field. */
  get buildsItself(): boolean {
    return this.build !== this.#defaultBuild && !defaultBuilds.has(this.build);
  }

  /**
   * Makes the weights. Runs once, before the first call, with the shape of the first argument (a list or dict of shapes, if it is a list
   * or dict), and of the further positional ones.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses name the structure of shapes that they take.
  build(...shapes: any[]): void {
    this.markBuilt(shapes);
  }

  /** @internal Remembers that, and on which shapes, the layer was built. */
  markBuilt(shapes: readonly unknown[] | null): void {
    this.built = true;
    if (shapes !== null) this.#buildShapes = shapes;
  }

  /** @internal Remembers that a call made all there was to make. */
  builtByCall(shapes: readonly unknown[]): void {
    this.#path ??= currentPath();
    this.markBuilt(shapes);
  }

  /** The names of the layers around it at the time it was built, and its own; `null` before. */
  get path(): string | null {
    return this.#path;
  }
  /** What {@link build} was called with, one entry an argument; `null` before. */
  get buildShapes(): readonly unknown[] | null {
    return this.#buildShapes;
  }
  /** What {@link buildFromConfig} needs to make the weights again: the shape the layer was built on. */
  getBuildConfig(): Config | null {
    if (this.#buildShapes === null) return null;
    return { input_shape: (this.#buildShapes[0] ?? null) as unknown };
  }

  /** Builds the layer as one was that gave this by {@link getBuildConfig}. */
  buildFromConfig(config: Config): void {
    if (config.input_shape !== undefined && config.input_shape !== null) this.build(config.input_shape);
  }
}

defaultBuilds.add(LayerBuilding.prototype.build);
