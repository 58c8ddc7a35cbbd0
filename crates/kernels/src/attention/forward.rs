//! What attention gives.

use super::{
    Attention, TASKS,
    block::{product, scale_rows},
    room, split,
};
use crate::{Kernel, conv::Number, shared::Shared};

impl Attention {
    /// softmax(q · kᵀ · scale + bias) · v, of inputs q, k, v and perhaps the bias: (batch, queries, heads, values).
    pub fn forward<T: Number>(self) -> Kernel {
        let (n, d, e, columns) = (self.keys, self.depth, self.values, self.columns());
        let units = self.batch * self.heads * self.blocks();
        let sizes = [columns, n * columns, d * columns, n * e];
        let (each, most) = (room(&sizes), units.min(TASKS));
        let kernel = Kernel::new(move |io| {
            let len = self.batch * self.queries * self.heads * e;
            // SAFETY: the plan gives buffers of these specs, and the scratch asked for.
            let ([q, k, v, bias], out, scratch) =
                unsafe { (self.inputs::<T>(io, 3), io.output::<T>(0, len), io.scratch::<T>(most * each)) };
            if n == 0 {
                return out.fill(T::from_f64(0.0));
            }
            let (out, scratch) = (&Shared::new(out), &Shared::new(scratch));
            let tasks = io.pool.threads().min(most);
            io.pool.run(tasks, &|task| {
                // SAFETY: the memory of this task.
                let [shares, p, turned, values] = split(unsafe { scratch.slice(task * each, each) }, sizes);
                let mut before = None;
                for u in units * task / tasks..units * (task + 1) / tasks {
                    let pair = u / self.blocks();
                    let unit = self.unit(pair, u % self.blocks());
                    let (columns, step) = (unit.columns, self.heads * e);
                    let (shares, p) = (&mut shares[..columns], &mut p[..n * columns]);
                    if before.replace(pair) != Some(pair) {
                        self.of_keys(&unit, v, e).together(None, values);
                    }
                    let (q, k) = (self.of_queries(&unit, q, d), self.of_keys(&unit, k, d));
                    self.weights(&unit, [q, k], bias, turned, p, shares);
                    // SAFETY: the unit's own rows of the output.
                    unsafe {
                        let out = out.start().add(self.at(&unit, self.queries, unit.first, e));
                        let (p, v) = ((p.as_ptr(), [1, columns]), (values.as_ptr(), e));
                        product([unit.rows, e, n], p, v, (out, step), false);
                        scale_rows(out, step, e, &shares[..unit.rows]);
                    }
                }
            });
        });
        kernel.with_scratch(most * each * size_of::<T>())
    }
}
