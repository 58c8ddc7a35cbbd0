//! Random words from a counter: a pure function of the seed and the place, the same on every thread and device.
//!
//! Source: Salmon, Moraes, Dror & Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011 (Philox 4×32 with 10 rounds).

use crate::{
    Pool,
    shared::{Shared, share_out},
};

/// Words made at once: sixteen blocks of four.
pub const WORDS: usize = 64;
const BLOCKS: usize = WORDS / 4;
/// Batches one task makes, about.
const GRAIN: usize = 128;

/// The words `64·batch ..` of the stream of `key`: of its sixteen blocks the first words, then the second ones and so on.
///
/// Words stand in the low halves of 64 bits, with anything above them: what a vector multiplication wants.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "the index walks four rows at once, as vectors do")]
pub fn words(key: [u32; 2], batch: u64) -> [u32; WORDS] {
    const LOW: u64 = 0xFFFF_FFFF;
    let mut c = [[0u64; BLOCKS]; 4];
    for k in 0..BLOCKS {
        c[0][k] = batch * BLOCKS as u64 + k as u64;
        c[1][k] = c[0][k] >> 32;
    }
    let [mut k0, mut k1] = key;
    for _ in 0..10 {
        for k in 0..BLOCKS {
            let (a, b) = (0xD251_1F53 * (c[0][k] & LOW), 0xCD9E_8D57 * (c[2][k] & LOW));
            c[0][k] = (b >> 32) ^ c[1][k] ^ u64::from(k0);
            c[1][k] = b;
            c[2][k] = (a >> 32) ^ c[3][k] ^ u64::from(k1);
            c[3][k] = a;
        }
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    let mut out = [0; WORDS];
    for i in 0..4 {
        for k in 0..BLOCKS {
            out[BLOCKS * i + k] = c[i][k] as u32;
        }
    }
    out
}

/// Fills `out` batch by batch: `make` turns the words of a batch into its `per` elements, which begin at the given place (the
/// last batch may be shorter).
pub fn generate<T: Send>(
    pool: &Pool,
    key: [u32; 2],
    out: &mut [T],
    per: usize,
    make: impl Fn(&[u32; WORDS], usize, &mut [T]) + Copy + Sync,
) {
    let (len, target) = (out.len(), &Shared::new(out));
    let batches = len.div_ceil(per);
    share_out(
        pool,
        batches,
        batches,
        GRAIN,
        #[inline(always)]
        |batch| {
            let at = batch * per;
            // SAFETY: this batch's own elements of `out`.
            make(&words(key, batch as u64), at, unsafe { target.slice(at, per.min(len - at)) });
        },
    );
}

/// How many of 65536 equally likely half words make something of probability `p` happen.
pub fn chance(p: f64) -> u32 {
    (p.clamp(0.0, 1.0) * 65_536.0).round() as u32
}

/// Half words: the low halves of the words, then the high ones.
#[inline(always)]
pub fn halves(words: &[u32; WORDS]) -> [u32; 2 * WORDS] {
    let mut out = [0; 2 * WORDS];
    for k in 0..WORDS {
        out[k] = words[k] & 0xFFFF;
        out[WORDS + k] = words[k] >> 16;
    }
    out
}

/// The word as a number in [0, 1) with 24 bits.
#[inline(always)]
pub fn unit(word: u32) -> f32 {
    (word >> 8) as i32 as f32 * (1.0 / 16_777_216.0)
}

/// Two words as a number in [0, 1) with 53 bits.
#[inline(always)]
pub fn unit_f64(low: u32, high: u32) -> f64 {
    (((high as u64) << 32 | low as u64) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_paper() {
        // The known answer for counter 0 and key 0 of Random123's philox4x32 with 10 rounds.
        let w = words([0, 0], 0);
        assert_eq!(
            [w[0], w[BLOCKS], w[2 * BLOCKS], w[3 * BLOCKS]],
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
    }

    #[test]
    fn threads_do_not_matter() {
        let make = |w: &[u32; WORDS], _: usize, out: &mut [u32]| out.copy_from_slice(&w[..out.len()]);
        let run = |threads| {
            let mut out = vec![0u32; 100_001];
            generate(&Pool::new(threads), [7, 9], &mut out, WORDS, make);
            out
        };
        assert!(run(1) == run(3));
    }
}
