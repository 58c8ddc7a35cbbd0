//! Runs elementwise groups: lane after lane over chunks that stay in the first cache.

use super::load::{self, Load, lcm};
use kerosene_ir::{DType, Error, Result};
use kerosene_kernels::{Lane, Pool};
use kerosene_ops::Lowered;
use kerosene_plan::{Group, Place, Segment, Slot};
use std::{mem::MaybeUninit, ops::Range};

/// Bytes of buffers that a chunk should need: with the operands read in place it fills the first cache.
const CACHE: usize = 24 << 10;
/// Bytes of buffers there are,
const ROOM: usize = 64 << 10;
/// and for short ranges: touching the pages of all of them would take longer than the range.
const SHORT: usize = 16 << 10;
/// Bytes of a line of the caches, at which buffers begin.
const LINE: usize = 64;
/// Elements of a chunk.
const CHUNK: Range<usize> = 16..2048;
/// Pointers of a chunk: operands and registers.
const POINTERS: usize = 512;
/// Operands of a lane.
const MOST_INPUTS: usize = 8;
/// A lane takes about 0.06 ns an element; this many lane elements are worth a thread.
const WORTH: usize = 150_000;

/// Where a register's elements go.
#[derive(Clone, Copy, Debug)]
enum Home {
    /// The n-th buffer.
    Buffer(usize),
    /// Straight to the n-th store.
    Store(usize),
    /// The buffer, and when the chunk is done from there to the store.
    Late(usize, usize),
}

struct Instruction {
    lane: Lane,
    /// Indices among the chunk's pointers: operands, then registers.
    inputs: Vec<u16>,
    size: usize,
    home: Home,
}

struct Walk {
    load: Load,
    strides: Vec<usize>,
    size: usize,
    buffer: usize,
}

struct Span {
    dims: Vec<usize>,
    len: usize,
    walks: Vec<Walk>,
    code: Vec<Instruction>,
    /// Elements of a chunk at most.
    chunk: usize,
    /// How many buffers there are, and bytes of the largest element in one.
    buffers: usize,
    size: usize,
    /// Chunks start at multiples of this.
    step: usize,
    /// And do not cross multiples of this.
    row: usize,
    /// Where its operands and then its stores are among the step's addresses.
    first: usize,
}

/// A group ready to run.
pub(crate) struct Fused {
    spans: Vec<Span>,
    len: usize,
    lanes: usize,
}

impl Fused {
    /// Prepares a group. `refer` gets the places of all operands and stores, in the order in which [`Fused::run`] wants their
    /// addresses.
    pub fn new(group: &Group, refer: &mut Vec<Place>) -> Result<Self> {
        let lanes = group
            .code
            .lanes
            .iter()
            .map(|lane| {
                let specs: Vec<_> = lane.specs.iter().collect();
                match kerosene_ops::lower(&*lane.op)?.lower(&specs, &[&lane.output])? {
                    Lowered::Lane(code) => Ok(code),
                    _ => Err(Error::internal(format!("{} says it is elementwise but has a kernel.", lane.op.name()))),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        let mut spans = vec![];
        for segment in &group.segments {
            let first = refer.len();
            refer.extend(segment.operands.iter().map(|o| o.place));
            refer.extend(segment.stores.iter().map(|s| s.place));
            spans.push(span(group, &lanes, segment, first)?);
        }
        let len = spans.iter().map(|s| s.len).sum();
        Ok(Self { spans, len, lanes: group.code.lanes.len() + group.code.operands.len() })
    }

    /// Runs all of it on the pool. `addresses` are those of the places that `new` referred to, with all before them.
    ///
    /// # Safety
    /// The addresses hold what the plan says, and nobody else touches what is written.
    pub unsafe fn run(&self, pool: &Pool, addresses: &[*mut u8]) {
        let tasks = (self.len.saturating_mul(self.lanes) / WORTH).clamp(1, 2 * pool.threads());
        if tasks == 1 || pool.threads() == 1 {
            for span in &self.spans {
                // SAFETY: passed on.
                unsafe { span.run(0..span.len, addresses) };
            }
            return;
        }
        let shared = Shared(addresses);
        let per = self.len.div_ceil(tasks);
        pool.run(tasks, &|t| {
            let (lo, hi) = (t * per, ((t + 1) * per).min(self.len));
            let mut start = 0;
            for span in &self.spans {
                let cut = |at: usize| match at.saturating_sub(start).min(span.len) {
                    at if at == span.len => at,
                    at => at / span.step * span.step,
                };
                let range = cut(lo)..cut(hi.max(lo));
                // SAFETY: ranges of different tasks do not overlap.
                unsafe { span.run(range, shared.get()) };
                start += span.len;
            }
        });
    }

    /// Runs a range of elements of the only segment: what follows a kernel.
    ///
    /// # Safety
    /// As [`Fused::run`], for this range.
    pub unsafe fn range(&self, range: Range<usize>, addresses: &[*mut u8]) {
        // SAFETY: passed on.
        unsafe { self.spans[0].run(range, addresses) };
    }
}

/// Addresses that tasks share.
pub(crate) struct Shared<'a>(pub &'a [*mut u8]);
// SAFETY: tasks write to different elements of what the addresses hold.
unsafe impl Sync for Shared<'_> {}

impl Shared<'_> {
    pub fn get(&self) -> &[*mut u8] {
        self.0
    }
}

fn span(group: &Group, lanes: &[Lane], segment: &Segment, first: usize) -> Result<Span> {
    let code = &group.code;
    let count = code.operands.len();
    let len = segment.len();
    let (homes, registers) = homes(group, segment);
    let largest = code.operands.iter().copied().chain(code.lanes.iter().map(|l| l.output.dtype)).map(DType::size).max();
    let size = largest.unwrap_or(8);
    // Each operand that is not read in place needs a buffer; which ones depends on the chunk, so count them all.
    let plain = |o: &kerosene_plan::Operand| o.strides.len() == 1 && o.strides[0] == 1;
    let loaded = segment.operands.iter().filter(|o| !plain(o)).count();
    let buffers = (registers + loaded).max(1);
    let wanted = (CACHE / (buffers * size)).clamp(CHUNK.start, CHUNK.end);
    let wanted = if len <= wanted { len.next_multiple_of(CHUNK.start) } else { wanted / 64 * 64 }.max(CHUNK.start);
    if buffers * wanted * size > ROOM || count + lanes.len() > POINTERS {
        return Err(Error::internal("An elementwise group is too large to run."));
    }
    let loads = load::loads(&segment.dims, &segment.operands, wanted);
    let step = loads.iter().fold(1, |step, l| if let Load::Repeat(p) = l { lcm(step, *p) } else { step });
    let row = loads.iter().find_map(|l| if let Load::Row(p) = l { Some(*p) } else { None }).unwrap_or(usize::MAX);
    let mut next = registers;
    let walks = loads
        .into_iter()
        .zip(&segment.operands)
        .zip(&code.operands)
        .map(|((load, operand), dtype)| {
            let buffer = next;
            next += usize::from(matches!(load, Load::Repeat(_) | Load::Strided));
            Walk { load, strides: operand.strides.clone(), size: dtype.size(), buffer }
        })
        .collect();
    let code = code
        .lanes
        .iter()
        .zip(lanes)
        .zip(homes)
        .map(|((l, lane), home)| Instruction {
            lane: lane.clone(),
            inputs: l
                .inputs
                .iter()
                .map(|s| match *s {
                    Slot::Operand(o) => o as u16,
                    Slot::Register(r) => (count + r) as u16,
                })
                .collect(),
            size: l.output.dtype.size(),
            home,
        })
        .collect();
    let chunk = if wanted >= step { wanted / step * step } else { wanted };
    Ok(Span { dims: segment.dims.clone(), len, walks, code, chunk, buffers, size, step, row, first })
}

/// Where each register goes, and how many buffers that takes: one is free again after its last reader.
fn homes(group: &Group, segment: &Segment) -> (Vec<Home>, usize) {
    let code = &group.code;
    let mut last: Vec<usize> = (0..code.lanes.len()).collect();
    for (i, lane) in code.lanes.iter().enumerate() {
        for s in &lane.inputs {
            if let Slot::Register(r) = *s {
                last[r] = i;
            }
        }
    }
    let (mut free, mut count) = (vec![], 0);
    let mut homes: Vec<Home> = vec![];
    for i in 0..code.lanes.len() {
        let store = code.stored.iter().position(|&r| r == i);
        let home = match store {
            Some(s) if !segment.stores[s].late => Home::Store(s),
            _ => {
                let b = free.pop().unwrap_or_else(|| {
                    count += 1;
                    count - 1
                });
                match store {
                    Some(s) => {
                        last[i] = usize::MAX;
                        Home::Late(b, s)
                    }
                    None => Home::Buffer(b),
                }
            }
        };
        homes.push(home);
        for r in 0..=i {
            if let (Home::Buffer(b), true) = (homes[r], last[r] == i) {
                free.push(b);
            }
        }
    }
    (homes, count)
}

#[repr(align(64))]
struct Room<const N: usize>(MaybeUninit<[u8; N]>);

/// Where the elements of a chunk are.
struct Chunk {
    at: usize,
    n: usize,
    /// Buffers, and bytes of one.
    room: *mut u8,
    buffer: usize,
}

impl Span {
    /// Computes a range of elements.
    ///
    /// # Safety
    /// The addresses hold what the plan says, and nobody else touches the elements of this range that are written.
    unsafe fn run(&self, range: Range<usize>, addresses: &[*mut u8]) {
        if range.is_empty() {
            return;
        }
        let most = self.chunk.min(range.len());
        let buffer = (most * self.size).next_multiple_of(LINE);
        // SAFETY: passed on, with room for all buffers (checked in `span`).
        unsafe {
            if self.buffers * buffer <= SHORT {
                self.within::<SHORT>(range, most, buffer, addresses);
            } else {
                self.within::<ROOM>(range, most, buffer, addresses);
            }
        }
    }

    /// The same in chunks of at most so many elements, with buffers of so many bytes.
    ///
    /// # Safety
    /// As [`Span::run`]; all buffers fit into N bytes.
    #[inline(never)]
    unsafe fn within<const N: usize>(&self, range: Range<usize>, most: usize, buffer: usize, addresses: &[*mut u8]) {
        let mut room = Room::<N>(MaybeUninit::uninit());
        let room: *mut u8 = room.0.as_mut_ptr().cast();
        let mut pointers = [const { MaybeUninit::<*mut u8>::uninit() }; POINTERS];
        let (operands, stores) = addresses[self.first..].split_at(self.walks.len());
        let aligned = self.step == 1 || range.start.is_multiple_of(self.step);
        // Where the range is in its row.
        let mut column = if self.row == usize::MAX { 0 } else { range.start % self.row };
        // SAFETY: buffers lie within the room, elements within the range, lanes get what they were made for.
        unsafe {
            for ((walk, &from), pointer) in self.walks.iter().zip(operands).zip(&mut pointers) {
                pointer.write(match walk.load {
                    Load::Direct | Load::Row(_) => from,
                    Load::Repeat(period) => {
                        let to = room.add(walk.buffer * buffer);
                        if aligned || period == 1 {
                            load::repeat(from, walk.size, period, to, most);
                        }
                        to
                    }
                    Load::Strided => room.add(walk.buffer * buffer),
                });
            }
            let mut at = range.start;
            while at < range.end {
                let n = most.min(range.end - at).min(self.row - column);
                for ((walk, &from), pointer) in self.walks.iter().zip(operands).zip(&mut pointers) {
                    match walk.load {
                        Load::Direct => _ = pointer.write(from.add(at * walk.size)),
                        Load::Row(_) => _ = pointer.write(from.add(column * walk.size)),
                        Load::Repeat(period) if aligned || period == 1 => {}
                        Load::Repeat(period) if at % period + n <= period => {
                            pointer.write(from.add(at % period * walk.size));
                        }
                        Load::Repeat(_) | Load::Strided => {
                            let to = room.add(walk.buffer * buffer);
                            load::copy(&self.dims, &walk.strides, walk.size, from, at, n, to);
                            pointer.write(to);
                        }
                    }
                }
                self.chunk(&Chunk { at, n, room, buffer }, &mut pointers, stores);
                at += n;
                column += n;
                if column == self.row {
                    column = 0;
                }
            }
        }
    }

    /// # Safety
    /// As [`Span::run`], with the operands' pointers in place.
    #[inline]
    unsafe fn chunk(&self, chunk: &Chunk, pointers: &mut [MaybeUninit<*mut u8>; POINTERS], stores: &[*mut u8]) {
        let (&Chunk { at, n, room, buffer }, count) = (chunk, self.walks.len());
        let mut late = false;
        for (i, step) in self.code.iter().enumerate() {
            let mut inputs = [std::ptr::null::<u8>(); MOST_INPUTS];
            // SAFETY: see `run`; a lane reads operands and registers before it.
            unsafe {
                for (input, &p) in inputs.iter_mut().zip(&step.inputs) {
                    *input = pointers[p as usize].assume_init();
                }
                let out = match step.home {
                    Home::Buffer(b) => room.add(b * buffer),
                    Home::Store(s) => stores[s].add(at * step.size),
                    Home::Late(b, _) => {
                        late = true;
                        room.add(b * buffer)
                    }
                };
                pointers[count + i].write(out);
                step.lane.run(&inputs[..step.inputs.len()], out, n);
            }
        }
        if !late {
            return;
        }
        for (i, step) in self.code.iter().enumerate() {
            if let Home::Late(_, s) = step.home {
                // SAFETY: see `run`; every register has its pointer.
                unsafe {
                    let to = stores[s].add(at * step.size);
                    std::ptr::copy_nonoverlapping(pointers[count + i].assume_init(), to, n * step.size);
                }
            }
        }
    }
}
