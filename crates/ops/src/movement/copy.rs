//! The kernel of this room: copies between strided layouts.

use crate::{Lowered, for_size};
use kerosene_ir::DType;
use kerosene_kernels::{Kernel, StridedCopy};

/// Copies of parts of the inputs into parts of the output, one after the other, after filling the output if asked.
pub struct Move {
    /// The dtype moved.
    pub dtype: DType,
    /// Elements of the output.
    pub len: usize,
    /// One element's bytes to fill the output with first.
    pub fill: Option<Vec<u8>>,
    /// Which input is copied how.
    pub parts: Vec<(usize, StridedCopy)>,
}

impl Move {
    /// One copy that writes the whole output.
    pub fn whole(dtype: DType, len: usize, copy: StridedCopy) -> Lowered {
        Move { dtype, len, fill: None, parts: vec![(0, copy)] }.kernel()
    }

    /// The kernel of these copies.
    pub fn kernel(self) -> Lowered {
        let Move { dtype, len, fill, parts } = self;
        for_size!(dtype, T => {
            let fill = fill.map(|b| T::from_ne_bytes(b.try_into().expect("the fill is one element")));
            Lowered::Kernel(Kernel::new(move |io| {
                if let Some(value) = fill {
                    // SAFETY: the output has `len` elements of this size.
                    unsafe { io.output::<T>(0, len) }.fill(value);
                }
                for (input, copy) in &parts {
                    // SAFETY: the layouts were made from the specs of these buffers, which do not overlap.
                    unsafe { copy.run(io.pool, io.inputs[*input].cast::<T>(), io.outputs[0].cast::<T>()) };
                }
            }))
        })
    }
}
