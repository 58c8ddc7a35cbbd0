//! The units themselves: whether they are there, and sums of blocks.

use std::{arch::asm, arch::x86_64::*, sync::OnceLock};

/// Rows and columns of a tile.
pub(crate) const TILE: usize = 16;
/// Elements of the depth that one instruction adds up.
pub(crate) const STEP: usize = 32;
/// Bytes of a tile.
pub(super) const BYTES: usize = 1024;
/// Tiles of a block, each way.
pub(super) const SIDE: usize = 2;
/// Rows and columns of a block.
pub(crate) const BLOCK: usize = SIDE * TILE;

/// Whether this machine has such units and lets this process use them.
pub(crate) fn there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    *THERE.get_or_init(|| has_units() && may_use())
}

fn has_units() -> bool {
    const TILES: u32 = 1 << 24 | 1 << 22;
    is_x86_feature_detected!("avx512f") && __cpuid(0).eax >= 7 && __cpuid_count(7, 0).edx & TILES == TILES
}

/// Linux gives the room for tiles in a thread's saved state to processes that ask for it.
#[cfg(target_os = "linux")]
fn may_use() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_int = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_ulong = 18;
    // SAFETY: a request that changes nothing but what this process may use.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn may_use() -> bool {
    false
}

/// The units, set up on this thread for whole tiles until this is dropped.
pub(crate) struct Units(());

#[repr(C, align(64))]
struct Setup {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl Units {
    /// Sets them up.
    ///
    /// # Safety
    /// They are [`there`].
    pub unsafe fn new() -> Self {
        let (mut row_bytes, mut rows) = ([0; 16], [0; 16]);
        row_bytes[..8].fill(64);
        rows[..8].fill(TILE as u8);
        let setup = Setup { palette: 1, start: 0, reserved: [0; 14], row_bytes, rows };
        // SAFETY: palette 1 has eight tiles of sixteen rows of 64 bytes.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &setup, options(nostack, readonly)) };
        Self(())
    }
}

impl Drop for Units {
    fn drop(&mut self) {
        // SAFETY: nothing of the tiles is needed any more.
        unsafe { asm!("tilerelease", options(nomem, nostack)) };
    }
}

/// Sums of a block, row by row.
#[repr(C, align(64))]
pub(crate) struct Sums(pub [[f32; BLOCK]; BLOCK]);

impl Sums {
    /// The product of packed rows and columns.
    ///
    /// # Safety
    /// The units are set up on this thread; a and b hold the parts of so many lines, over as many steps of the depth.
    pub unsafe fn product(&mut self, a: *const u8, rows: usize, b: *const u8, columns: usize, steps: usize) {
        // SAFETY: passed on.
        unsafe {
            match (rows > TILE, columns > TILE) {
                (false, false) => block_1_1(a, b, steps, self),
                (false, true) => block_1_2(a, b, steps, self),
                (true, false) => block_2_1(a, b, steps, self),
                (true, true) => block_2_2(a, b, steps, self),
            }
        }
    }

    /// Whether all of so many rows and columns are numbers.
    #[target_feature(enable = "avx512f")]
    pub fn are_numbers(&self, rows: usize, columns: usize) -> bool {
        let mut odd = 0;
        for row in &self.0[..rows] {
            for x in row[..columns.next_multiple_of(TILE)].chunks_exact(TILE) {
                // SAFETY: a vector's elements.
                let x = unsafe { _mm512_loadu_ps(x.as_ptr()) };
                odd |= _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(x, x);
            }
        }
        odd == 0
    }

    /// Writes or adds them to a matrix.
    ///
    /// # Safety
    /// The matrix has so many rows and columns.
    #[target_feature(enable = "avx512f")]
    pub unsafe fn put(&self, rows: usize, columns: usize, to: *mut f32, step: usize, add: bool) {
        for (r, row) in self.0[..rows].iter().enumerate() {
            for c in (0..columns).step_by(TILE) {
                let mask = ((1u32 << (columns - c).min(TILE)) - 1) as __mmask16;
                let to = to.wrapping_add(r * step + c);
                // SAFETY: masked to what is there.
                unsafe {
                    let mut x = _mm512_loadu_ps(row[c..].as_ptr());
                    if add {
                        x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask, to));
                    }
                    _mm512_mask_storeu_ps(to, mask, x);
                }
            }
        }
    }
}

/// Loads one part's tiles of a, or of b.
macro_rules! load {
    (a 1 $part:literal) => {
        concat!("tileloadd tmm4, [{a} + {row} + 1024 * ", $part, "]\n")
    };
    (a 2 $part:literal) => {
        concat!(
            "tileloadd tmm4, [{a} + {row} + 2048 * ",
            $part,
            "]\ntileloadd tmm5, [{a} + {row} + 1024 + 2048 * ",
            $part,
            "]\n"
        )
    };
    (b 1 $part:literal) => {
        concat!("tileloadd tmm6, [{b} + {row} + 1024 * ", $part, "]\n")
    };
    (b 2 $part:literal) => {
        concat!(
            "tileloadd tmm6, [{b} + {row} + 2048 * ",
            $part,
            "]\ntileloadd tmm7, [{b} + {row} + 1024 + 2048 * ",
            $part,
            "]\n"
        )
    };
}

/// Adds the products of what was loaded.
macro_rules! multiply {
    (1 1) => {
        "tdpbf16ps tmm0, tmm4, tmm6\n"
    };
    (1 2) => {
        concat!(multiply!(1 1), "tdpbf16ps tmm1, tmm4, tmm7\n")
    };
    (2 1) => {
        concat!(multiply!(1 1), "tdpbf16ps tmm2, tmm5, tmm6\n")
    };
    (2 2) => {
        concat!(multiply!(1 2), "tdpbf16ps tmm2, tmm5, tmm6\ntdpbf16ps tmm3, tmm5, tmm7\n")
    };
}

/// Asks for a tile of b of the next step.
macro_rules! fetch {
    ($c:tt $tile:literal) => {
        concat!(
            fetch!(at $c $tile 0), fetch!(at $c $tile 64), fetch!(at $c $tile 128), fetch!(at $c $tile 192),
            fetch!(at $c $tile 256), fetch!(at $c $tile 320), fetch!(at $c $tile 384), fetch!(at $c $tile 448),
            fetch!(at $c $tile 512), fetch!(at $c $tile 576), fetch!(at $c $tile 640), fetch!(at $c $tile 704),
            fetch!(at $c $tile 768), fetch!(at $c $tile 832), fetch!(at $c $tile 896), fetch!(at $c $tile 960),
        )
    };
    (at $c:tt $tile:literal $line:literal) => {
        concat!("prefetcht0 [{b} + 3072 * ", $c, " + 512 * ", $c, " * ", $tile, " + ", $line, "]\n")
    };
}

macro_rules! block {
    ($name:ident, $r:tt $c:tt) => {
        /// The six products of parts of a block, the small ones first, and of each part as often as it is there.
        unsafe fn $name(a: *const u8, b: *const u8, steps: usize, sums: &mut Sums) {
            // SAFETY: the caller vouches for the tiles.
            unsafe {
                asm!(
                    "tilezero tmm0",
                    "tilezero tmm1",
                    "tilezero tmm2",
                    "tilezero tmm3",
                    "2:",
                    concat!(load!(a $r 0), load!(b $c 2), multiply!($r $c), fetch!($c 0)),
                    concat!(load!(b $c 1), multiply!($r $c), fetch!($c 1)),
                    concat!(load!(a $r 1), multiply!($r $c), fetch!($c 2)),
                    concat!(load!(b $c 0), multiply!($r $c), fetch!($c 3)),
                    concat!(load!(a $r 2), multiply!($r $c), fetch!($c 4)),
                    concat!(load!(a $r 0), multiply!($r $c), fetch!($c 5)),
                    concat!("add {a}, 3072 * ", $r),
                    concat!("add {b}, 3072 * ", $c),
                    "dec {steps}",
                    "jnz 2b",
                    "tilestored [{sums} + {width}], tmm0",
                    "tilestored [{sums} + {width} + 64], tmm1",
                    "tilestored [{sums} + {width} + 2048], tmm2",
                    "tilestored [{sums} + {width} + 2112], tmm3",
                    a = inout(reg) a => _,
                    b = inout(reg) b => _,
                    steps = inout(reg) steps => _,
                    sums = in(reg) sums,
                    row = in(reg) 64usize,
                    width = in(reg) 128usize,
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack),
                );
            }
        }
    };
}

block!(block_1_1, 1 1);
block!(block_1_2, 1 2);
block!(block_2_1, 2 1);
block!(block_2_2, 2 2);
