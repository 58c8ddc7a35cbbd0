//! Files that Keras wrote, broken at random places: every one is read or refused, quickly and without much memory.

use std::path::Path;
use std::time::{Duration, Instant};

use kerosene_io::read_weights;

/// xorshift64*: the same mutations at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

#[test]
fn random_mutations_are_read_or_refused() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden/weights/batch_norm.weights.h5");
    let Ok(good) = std::fs::read(file) else { return };
    let rounds = std::env::var("KEROSENE_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(8000);
    let path = std::env::temp_dir().join(format!("kerosene-mutations-{}.h5", std::process::id()));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..rounds {
        let mut bad = good.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bad.len());
            match random.below(4) {
                0 => bad[at] ^= 1 << random.below(8),
                1 => bad[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
                2 => bad[at..(at + 8).min(good.len())].fill(0xff),
                _ => {
                    let from = random.below(good.len() - 16);
                    let length = 8.min(good.len() - at);
                    bad[at..at + length].copy_from_slice(&good[from..from + length]);
                }
            }
        }
        std::fs::write(&path, &bad).unwrap();
        let began = Instant::now();
        let _ = read_weights(&path, None);
        assert!(began.elapsed() < Duration::from_secs(5), "round {round} took {:?}", began.elapsed());
    }
    std::fs::remove_file(path).unwrap();
}
