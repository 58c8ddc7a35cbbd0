import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;
const far = (a: keras.Tensor, b: keras.Tensor): number => Number(a.subtract(b).abs().max().item());
const signal = (n: number): keras.Tensor => ops.sin(ops.arange(n, null, 1, "float32").multiply(0.7)).add(0.1);

test("transforms and their inverses", (t) => {
  for (const n of [1, 2, 5, 8, 12]) {
    const pair = [signal(n), signal(n).square()] as const;
    const back = ops.ifft(ops.fft(pair));
    t.true(far(back[0], pair[0]) < 1e-5 && far(back[1], pair[1]) < 1e-5);
    if (n > 1) t.true(far(ops.irfft(ops.rfft(signal(n)), { fftLength: n }), signal(n)) < 1e-5, `${n}`);
  }
  const plane = [signal(12).reshape([3, 4]), ops.zeros([3, 4])] as const;
  t.true(far(ops.ifft2(ops.fft2(plane))[0], plane[0]) < 1e-5);
  t.deepEqual(ops.rfft(new keras.KerasTensor([null, 9]))[0].shape, [null, 5]);
  t.throws(() => ops.fft([signal(2)] as never), { name: "ValueError", message: /pair/ });
});

test("spectrograms and their inverses", (t) => {
  const x = ops.stack([signal(64), signal(64).multiply(2)]);
  for (const window of ["hann", "hamming", null] as const) {
    const frames = ops.stft(x, 12, 4, 16, { window });
    t.deepEqual(frames[0].shape, [2, 17, 9]);
    t.true(far(ops.istft(frames, 12, 4, 16, { window, length: 60 }), x.at(":", ":60")) < 1e-4, `${window}`);
  }
  t.throws(() => ops.stft(x, 12, 4, 8), { name: "ValueError", message: /fftLength 8/ });
});

test("labels out of their probabilities", (t) => {
  const logits = ops.array([
    [
      [0.1, 2, 0],
      [0, 2.5, 0],
      [3, 0, 0],
      [0, 0, 1],
    ],
  ]);
  const [labels, scores] = ops.ctcDecode(logits, [4]);
  t.deepEqual(labels.tolist(), [[[1, 2, -1, -1]]]);
  t.true(Math.abs(Number(scores.item()) + 8.5) < 1e-5);
  const [best, logs] = ops.ctcDecode(logits, [4], { strategy: "beam_search", topPaths: 2, beamWidth: 20 });
  t.deepEqual(
    [best.shape, logs.shape],
    [
      [2, 1, 4],
      [1, 2],
    ],
  );
  // The best labels are as probable as their loss says.
  const found = (best.tolist() as number[][][])[0]?.[0] as number[];
  const n = found.filter((v) => v >= 0).length;
  const loss = ops.ctcLoss([found.map((v) => Math.max(v, 0))], logits, [n], [4]);
  t.true(Math.abs(Number(loss.item()) + Number(logs.at(0, 0).item())) < 1e-4);
});
