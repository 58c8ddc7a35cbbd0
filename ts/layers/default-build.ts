/** The `build` methods that make no weights of their own: a layer with one of them is built by its first call. */
export const defaultBuilds = new Set<(...shapes: never[]) => void>();
