import { type F1ScoreOptions, FBetaScore } from "./f-beta-score.js";

/**
 * The harmonic mean of precision and recall: see `FBetaScore`.
 *
 * Source: `keras.metrics.F1Score`.
 */
export class F1Score extends FBetaScore {
  constructor(options: F1ScoreOptions = {}) {
    super({ name: "f1_score", ...options, beta: 1 });
  }

  override getConfig(): Record<string, unknown> {
    const { beta: _beta, ...config } = super.getConfig();
    return config;
  }
}
