//! The units themselves: whether they are there, and sums of blocks.

use super::pack::Packing;
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

/// A block of packed rows and columns.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub rows: usize,
    pub columns: usize,
    /// Steps of the depth.
    pub steps: usize,
    /// Whether it is added to what is there.
    pub add: bool,
}

/// Where a block goes that is not made of whole tiles.
#[repr(C, align(64))]
pub(super) struct Room([[f32; BLOCK]; BLOCK]);

impl Room {
    pub fn new() -> Self {
        Self([[0.0; BLOCK]; BLOCK])
    }
}

/// Products of parts in a step of the depth.
const GROUPS: usize = 6;

/// What is packed while the units are at work: a little after each group, since after some 130 other instructions in a row the units
/// would have nothing to do.
pub(super) struct Meanwhile {
    packing: Packing,
    quarters: usize,
    groups: usize,
    due: usize,
}

impl Meanwhile {
    /// Spread evenly over so many steps of the depth.
    pub fn new(packing: Packing, steps: usize) -> Self {
        let quarters = packing.left();
        Self { packing, quarters, groups: GROUPS * steps, due: 0 }
    }

    /// After a group.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn run(&mut self) {
        self.due += self.quarters;
        while self.due >= self.groups {
            self.due -= self.groups;
            // SAFETY: the caller vouches for the lines.
            unsafe { self.packing.next() };
        }
    }
}

impl Block {
    /// The product of packed rows a and columns b, to rows of a matrix that are `step` elements apart.
    ///
    /// # Safety
    /// The units are set up on this thread; a and b hold the parts of so many lines, over as many steps of the depth; the matrix has so
    /// many rows and columns. What is packed meanwhile can be, and has as many steps.
    #[target_feature(enable = "avx512f")]
    pub unsafe fn product(
        self,
        [a, b]: [*const u8; 2],
        to: *mut f32,
        step: usize,
        room: &mut Room,
        meanwhile: &mut Meanwhile,
    ) {
        let Self { rows, columns, .. } = self;
        // SAFETY: passed on; the room is for the largest block.
        unsafe {
            if rows % TILE == 0 && columns % TILE == 0 {
                return self.whole(a, b, to, step, meanwhile);
            }
            let inner = room.0.as_mut_ptr().cast::<f32>();
            if self.add {
                copy(to, step, inner, BLOCK, rows, columns);
            }
            self.whole(a, b, inner, BLOCK, meanwhile);
            copy(inner, BLOCK, to, step, rows, columns);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn whole(self, a: *const u8, b: *const u8, to: *mut f32, step: usize, meanwhile: &mut Meanwhile) {
        let Self { rows, columns, steps, add } = self;
        // SAFETY: passed on.
        unsafe {
            match (rows > TILE, columns > TILE) {
                (false, false) => block_1_1(a, b, steps, to, 4 * step, add, meanwhile),
                (false, true) => block_1_2(a, b, steps, to, 4 * step, add, meanwhile),
                (true, false) => block_2_1(a, b, steps, to, 4 * step, add, meanwhile),
                (true, true) => block_2_2(a, b, steps, to, 4 * step, add, meanwhile),
            }
        }
    }
}

unsafe fn copy(from: *const f32, from_step: usize, to: *mut f32, to_step: usize, rows: usize, columns: usize) {
    for r in 0..rows {
        // SAFETY: rows that are there.
        unsafe { std::ptr::copy_nonoverlapping(from.add(r * from_step), to.add(r * to_step), columns) };
    }
}

/// Whether all of these are finite numbers.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn are_finite(x: &[f32]) -> bool {
    const WIDE: usize = 4 * TILE;
    let zero = _mm512_setzero_ps();
    let mut odd = [zero; 4];
    // Zero times what is not finite is not a number.
    let whole = x.len() / WIDE * WIDE;
    for at in (0..whole).step_by(WIDE) {
        for (i, odd) in odd.iter_mut().enumerate() {
            // SAFETY: elements of x.
            *odd = _mm512_fmadd_ps(unsafe { _mm512_loadu_ps(x.as_ptr().add(at + i * TILE)) }, zero, *odd);
        }
    }
    for at in (whole..x.len()).step_by(TILE) {
        let mask = ((1u32 << (x.len() - at).min(TILE)) - 1) as __mmask16;
        // SAFETY: masked to what is there.
        odd[0] = _mm512_fmadd_ps(unsafe { _mm512_maskz_loadu_ps(mask, x.as_ptr().add(at)) }, zero, odd[0]);
    }
    let odd = _mm512_add_ps(_mm512_add_ps(odd[0], odd[1]), _mm512_add_ps(odd[2], odd[3]));
    _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(odd, odd) == 0
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

/// Loads or stores the sums.
macro_rules! sums {
    ($op:ident 1 1) => {
        sums!(at $op "{to}" "0")
    };
    ($op:ident 1 2) => {
        concat!(sums!($op 1 1), sums!(at $op "{to} + 64" "1"))
    };
    ($op:ident 2 1) => {
        concat!(sums!($op 1 1), sums!(at $op "{below}" "2"))
    };
    ($op:ident 2 2) => {
        concat!(sums!($op 1 2), sums!(at $op "{below}" "2"), sums!(at $op "{below} + 64" "3"))
    };
    (at load $at:literal $tile:literal) => {
        concat!("tileloadd tmm", $tile, ", [", $at, " + {step}]\n")
    };
    (at store $at:literal $tile:literal) => {
        concat!("tilestored [", $at, " + {step}], tmm", $tile, "\n")
    };
}

/// Code on a step of packed rows and columns.
macro_rules! group {
    ($a:ident, $b:ident, $code:expr) => {
        asm!($code, a = in(reg) $a, b = in(reg) $b, row = in(reg) 64usize, options(nostack, readonly))
    };
}

macro_rules! block {
    ($name:ident, $r:tt $c:tt) => {
        /// The six products of parts of a block, the small ones first, and of each part as often as it is there.
        #[target_feature(enable = "avx512f")]
        unsafe fn $name(
            a: *const u8,
            b: *const u8,
            steps: usize,
            to: *mut f32,
            step: usize,
            add: bool,
            meanwhile: &mut Meanwhile,
        ) {
            let below = to.wrapping_byte_add(TILE * step);
            // SAFETY: the caller vouches for the tiles, which no compiled code touches in between.
            unsafe {
                if add {
                    asm!(
                        concat!(sums!(load $r $c), "/* {below} */"),
                        to = in(reg) to, below = in(reg) below, step = in(reg) step,
                        options(nostack, readonly),
                    );
                } else {
                    asm!("tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3", options(nostack, nomem));
                }
                for s in 0..steps {
                    let (a, b) = (a.wrapping_add(s * $r * 3072), b.wrapping_add(s * $c * 3072));
                    group!(a, b, concat!(load!(a $r 0), load!(b $c 2), multiply!($r $c)));
                    meanwhile.run();
                    group!(a, b, concat!(load!(b $c 1), multiply!($r $c), "/* {a} */"));
                    meanwhile.run();
                    group!(a, b, concat!(load!(a $r 1), multiply!($r $c), "/* {b} */"));
                    meanwhile.run();
                    group!(a, b, concat!(load!(b $c 0), multiply!($r $c), "/* {a} */"));
                    meanwhile.run();
                    group!(a, b, concat!(load!(a $r 2), multiply!($r $c), "/* {b} */"));
                    meanwhile.run();
                    group!(a, b, concat!(load!(a $r 0), multiply!($r $c), "/* {b} */"));
                    meanwhile.run();
                }
                asm!(
                    concat!(sums!(store $r $c), "/* {below} */"),
                    to = in(reg) to, below = in(reg) below, step = in(reg) step,
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
