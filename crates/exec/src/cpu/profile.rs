//! What each step of a program took.

use kerosene_plan::{KernelStep, Plan, Step};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The time one step took, over all runs since profiling began, and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct StepTime {
    /// The step, as in [`crate::Program::print`] but on one line.
    pub name: String,
    /// The kernel's op; "elementwise" or "copy".
    pub op: &'static str,
    /// The parts of the program it works for, one for each op in it.
    pub scopes: Vec<Option<Arc<str>>>,
    /// Floating multiplications and additions of one run, as far as ops count theirs.
    pub flops: f64,
    /// Bytes that one run reads and writes.
    pub bytes: usize,
    /// Time in all runs.
    pub total: Duration,
    /// Number of runs.
    pub runs: usize,
    /// Start, from that of the run, and time in the last run.
    pub last: (Duration, Duration),
}

/// The clock of a program that is being measured.
pub(super) struct Clock {
    runs: usize,
    began: Instant,
    times: Vec<(Duration, (Duration, Duration))>,
}

impl Clock {
    /// For so many steps.
    pub fn new(steps: usize) -> Self {
        Self { runs: 0, began: Instant::now(), times: vec![Default::default(); steps] }
    }

    /// A run begins.
    pub fn begin(&mut self) {
        self.runs += 1;
        self.began = Instant::now();
    }

    /// Runs a step by the clock.
    pub fn measure(&mut self, step: usize, run: impl FnOnce()) {
        let start = self.began.elapsed();
        run();
        let took = self.began.elapsed().saturating_sub(start);
        let (total, last) = &mut self.times[step];
        *total += took;
        *last = (start, took);
    }

    /// What was measured of this plan.
    pub fn read(&self, plan: &Plan) -> Vec<StepTime> {
        let times = plan.steps.iter().zip(&self.times);
        let read = times.map(|(step, &(total, last))| StepTime {
            name: name(step),
            op: op(step),
            scopes: step.scopes(),
            flops: step.flops(),
            bytes: step.moved_bytes(),
            total,
            runs: self.runs,
            last,
        });
        read.collect()
    }
}

fn op(step: &Step) -> &'static str {
    match step {
        Step::Kernel(k) => k.op.name(),
        Step::Group(..) => "elementwise",
        Step::Copy(_) => "copy",
    }
}

fn follow(followers: &[KernelStep]) -> String {
    followers.iter().map(|k| format!(" + {}", k.op.name())).collect()
}

fn name(step: &Step) -> String {
    match step {
        Step::Kernel(k) => {
            let shapes: Vec<_> = k.inputs.iter().map(|a| a.spec.to_string()).collect();
            let tail = k.tail.as_ref().map_or(String::new(), |t| format!(" + {} lanes", t.code.lanes.len()));
            format!("{}({}){tail}{}", k.op.name(), shapes.join(", "), follow(&k.followers))
        }
        Step::Group(g, followers) => {
            let elements: usize = g.segments.iter().map(|s| s.len()).sum();
            let names: Vec<_> = g.code.lanes.iter().map(|l| l.op.name()).collect();
            format!("{} × [{}]{}", elements, names.join(" "), follow(followers))
        }
        Step::Copy(c) => format!("copy {} bytes", c.bytes),
    }
}
