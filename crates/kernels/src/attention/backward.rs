//! What its gradients are.

use super::{
    Attention, TASKS,
    block::{Rows, product, slopes},
    room, split,
};
use crate::{Kernel, conv::Number, shared::Shared};

impl Attention {
    /// The gradients of q, k and v from that of the result: inputs q, k, v, g and perhaps the bias.
    pub fn backward<T: Number>(self) -> Kernel {
        let (n, d, e, columns) = (self.keys, self.depth, self.values, self.columns());
        let pairs = self.batch * self.heads;
        let sizes = [columns, n * columns, n * columns, d.max(e) * columns, columns * d, columns * e, n * d];
        let (each, most) = (room(&sizes), pairs.min(TASKS));
        let kernel = Kernel::new(move |io| {
            let of_queries = pairs * self.queries;
            // SAFETY: the plan gives buffers of these specs, and the scratch asked for.
            let ([q, k, v, bias], g, scratch) =
                unsafe { (self.inputs::<T>(io, 4), io.input::<T>(3, of_queries * e), io.scratch::<T>(most * each)) };
            // SAFETY: as above.
            let outs = unsafe {
                [io.output::<T>(0, of_queries * d), io.output::<T>(1, pairs * n * d), io.output::<T>(2, pairs * n * e)]
            };
            if n == 0 || self.queries == 0 {
                return outs.into_iter().for_each(|out| out.fill(T::from_f64(0.0)));
            }
            let [dq, dk, dv] = &outs.map(Shared::new);
            let scratch = &Shared::new(scratch);
            let tasks = io.pool.threads().min(most);
            io.pool.run(tasks, &|task| {
                // SAFETY: the memory of this task.
                let [shares, p, s, turned, queries, grads, keys] =
                    split(unsafe { scratch.slice(task * each, each) }, sizes);
                let (step_d, step_e) = (self.heads * d, self.heads * e);
                for pair in pairs * task / tasks..pairs * (task + 1) / tasks {
                    for block in 0..self.blocks() {
                        let unit = self.unit(pair, block);
                        let (columns, count, add) = (unit.columns, unit.rows, block > 0);
                        let (shares, p, s) = (&mut shares[..columns], &mut p[..n * columns], &mut s[..n * columns]);
                        if !add {
                            self.of_keys(&unit, k, d).together(None, keys);
                        }
                        self.of_queries(&unit, q, d).together(None, queries);
                        let close = |x, count, width| Rows { x, step: width, count, width };
                        let (q, k, v) = (close(&*queries, count, d), close(&*keys, n, d), self.of_keys(&unit, v, e));
                        self.weights(&unit, [q, k], bias, turned, p, shares);
                        // What is left of the weights goes into the gradients that they meet.
                        self.of_queries(&unit, g, e).together(Some(shares), grads);
                        let g = close(&*grads, count, e);
                        g.turned(columns, T::from_f64(self.scale), turned);
                        // SAFETY: the rows of this head in every tensor; no other task writes to those of the gradients.
                        unsafe {
                            let dv = dv.start().add(self.at(&unit, n, 0, e));
                            product([n, e, count], (p.as_ptr(), [columns, 1]), (g.x.as_ptr(), e), (dv, step_e), add);
                            let (v, turned) = ((v.x.as_ptr(), [v.step, 1]), (turned.as_ptr(), columns));
                            product([n, columns, e], v, turned, (s.as_mut_ptr(), columns), false);
                        }
                        slopes(p, s, shares);
                        let s = s.as_ptr();
                        // SAFETY: as above.
                        unsafe {
                            let dk = dk.start().add(self.at(&unit, n, 0, d));
                            product([n, d, count], (s, [columns, 1]), (q.x.as_ptr(), d), (dk, step_d), add);
                            let dq = dq.start().add(self.at(&unit, self.queries, unit.first, d));
                            product([count, d, n], (s, [1, columns]), (k.x.as_ptr(), d), (dq, step_d), false);
                        }
                    }
                }
            });
        });
        kernel.with_scratch(most * each * size_of::<T>())
    }
}
