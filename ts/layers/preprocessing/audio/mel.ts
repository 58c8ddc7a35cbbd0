/** Hertz on the mel scale of HTK. */
const mel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/** The bands of a mel spectrogram. */
export interface MelBands {
  readonly numMelBins: number;
  readonly minFreq: number;
  readonly maxFreq: number;
  readonly samplingRate: number;
}

/**
 * The matrix (frequencies, bands) from the frequencies of a Fourier transform to mel bands: triangles that overlap by half, evenly spaced on
 * the mel scale. The frequency 0 belongs to no band.
 */
export function melMatrix(frequencies: number, { numMelBins, minFreq, maxFreq, samplingRate }: MelBands): Float64Array {
  const [low, high] = [mel(minFreq), mel(maxFreq)];
  const edge = (i: number): number => low + (i * (high - low)) / (numMelBins + 1);
  const matrix = new Float64Array(frequencies * numMelBins);
  for (let k = 1; k < frequencies; k++) {
    const at = mel((k * samplingRate) / 2 / (frequencies - 1));
    for (let band = 0; band < numMelBins; band++) {
      const [from, centre, to] = [edge(band), edge(band + 1), edge(band + 2)];
      matrix[k * numMelBins + band] = Math.max(0, Math.min((at - from) / (centre - from), (to - at) / (to - centre)));
    }
  }
  return matrix;
}
