/** Layers that turn sound into spectrograms. */
import { callable } from "../../../engine/callable.js";
import { registerModule } from "../../../saving/registry.js";
import { MelSpectrogram as MelSpectrogramClass } from "./mel-spectrogram.js";
import { STFTSpectrogram as STFTSpectrogramClass } from "./stft-spectrogram.js";

export type { MelSpectrogramOptions } from "./mel-spectrogram.js";
export type { SpectrogramMode, STFTSpectrogramOptions } from "./stft-spectrogram.js";

export const MelSpectrogram = callable(MelSpectrogramClass);
export type MelSpectrogram = MelSpectrogramClass;
export const STFTSpectrogram = callable(STFTSpectrogramClass);
export type STFTSpectrogram = STFTSpectrogramClass;

registerModule("keras.layers", { MelSpectrogram: MelSpectrogramClass, STFTSpectrogram: STFTSpectrogramClass });
