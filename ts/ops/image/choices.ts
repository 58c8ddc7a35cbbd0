/**
 * What lies outside of an image, for `abcd`: `constant` k k k k | a b c d | k k k k, `nearest` a a a a | a b c d | d d d d, `wrap`
 * a b c d | a b c d | a b c d, `mirror` c d c b | a b c d | c b a b, `reflect` d c b a | a b c d | d c b a.
 */
export type FillMode = (typeof fillModes)[number];
/** Names of {@link FillMode}. */
export const fillModes = ["constant", "nearest", "wrap", "mirror", "reflect"] as const;

/** How an image can be resized: names of `interpolation`. */
export const interpolations = ["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic"] as const;

/** These, and those that only data sets of images have in Keras. */
export const resizings = [...interpolations, "area", "gaussian", "mitchellcubic"] as const;
