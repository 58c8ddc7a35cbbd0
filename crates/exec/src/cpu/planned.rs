//! A plan with its kernels and its memory.

use super::{
    fused::Shared,
    profile::{Clock, StepTime},
    runner::Cpu,
    steps::{Ready, Steps},
};
use crate::{
    Stats,
    half::widened,
    memory::Memory,
    program::panicked,
    variable::{Locks, Variable, byte_size, used},
};
use kerosene_ir::{Graph, Literal, Result, Spec, Value, VariableId};
use kerosene_kernels::{Pool, quiet_denormals};
use kerosene_plan::{Place, Plan, plan};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// A graph for known shapes with its kernels and memory. One run at a time; others wait.
pub(crate) struct Planned {
    plan: Plan,
    steps: Steps,
    /// In the order of their ids, with whether they are written.
    variables: Vec<(Arc<Variable>, bool)>,
    state: Mutex<State>,
}

struct State {
    /// One for each of the steps' places.
    addresses: Vec<*mut u8>,
    /// Addresses that change from run to run: where, and which input.
    inputs: Vec<(usize, usize)>,
    outputs: Vec<(usize, usize)>,
    /// What the addresses point into.
    arena: Memory,
    pages: Pages,
    _constants: Vec<Literal>,
    clock: Option<Clock>,
}

/// How far a program's memory has come in having large pages. They are not asked for at the first touch, where the system may take
/// milliseconds for each, nor for what runs a few times, and few at a time.
enum Pages {
    Untouched,
    Wait(usize),
    Done(usize),
    Over,
}

/// Runs before the first large page, and pages that are made after each run from then on.
const EARLY: usize = 4;
const PAGES: usize = 2;

impl Pages {
    /// Before a run.
    fn lay_out(&mut self, arena: &Memory, pool: &Pool) {
        if matches!(self, Pages::Untouched) {
            pool.run(arena.pages(), &|page| arena.populate(page));
            *self = Pages::Wait(EARLY);
        }
    }

    /// After a run.
    fn next(&mut self, arena: &Memory) {
        *self = match *self {
            Pages::Untouched | Pages::Wait(0) => Pages::Done(0),
            Pages::Wait(runs) => Pages::Wait(runs - 1),
            Pages::Done(n) if (n..n + PAGES).all(|page| arena.enlarge(page)) => Pages::Done(n + PAGES),
            _ => Pages::Over,
        };
    }
}

// SAFETY: the addresses belong to memory that the program owns or shares under locks; a run has the state to itself.
unsafe impl Send for State {}

impl Planned {
    /// Prepares `outputs` and the graph's assignments.
    ///
    /// # Errors
    /// When a dimension is unknown, a variable is missing, an op cannot run on its specs, or the memory cannot be had.
    pub fn compile(graph: &Graph, outputs: &[Value], variables: &HashMap<VariableId, Arc<Variable>>) -> Result<Self> {
        let (graph, outputs) = widened(graph, outputs)?;
        let plan = plan(&graph, &outputs, &Cpu)?;
        let steps = Steps::new(&plan)?;
        let used = used(&plan.variables, variables)?;
        let state = State::new(&plan, &steps, &used)?;
        let mut variables = used;
        variables.sort_by_key(|(v, _)| v.id());
        Ok(Self { plan, steps, variables, state: Mutex::new(state) })
    }

    /// What a run reads.
    pub fn inputs(&self) -> &[Spec] {
        &self.plan.inputs
    }

    /// What a run writes.
    pub fn outputs(&self) -> &[Spec] {
        &self.plan.outputs
    }

    /// The plan as text.
    pub fn print(&self) -> String {
        self.plan.to_string()
    }

    /// Numbers about it.
    pub fn stats(&self) -> Stats {
        Stats {
            steps: self.plan.steps.len(),
            kernels: self.plan.kernels(),
            arena_bytes: self.plan.arena,
            moved_bytes: self.plan.moved_bytes(),
        }
    }

    /// Measures each step from now on.
    pub fn start_profile(&self) {
        self.state.lock().clock = Some(Clock::new(self.steps.list.len()));
    }

    /// No longer measures.
    pub fn stop_profile(&self) {
        self.state.lock().clock = None;
    }

    /// What was measured; nothing when profiling was not started.
    pub fn profile(&self) -> Vec<StepTime> {
        self.state.lock().clock.as_ref().map_or(vec![], |clock| clock.read(&self.plan))
    }

    /// The outputs for these inputs.
    ///
    /// # Errors
    /// When a kernel fails, or the memory cannot be had.
    ///
    /// # Panics
    /// When the counts are wrong.
    pub fn literals(&self, pool: &Pool, inputs: &[Literal]) -> Result<Vec<Literal>> {
        assert_eq!(inputs.len(), self.inputs().len(), "one literal for each input");
        let sizes = self.outputs().iter().map(|s| byte_size("An output", s)).collect::<Result<Vec<_>>>()?;
        let memories = sizes.iter().map(|&n| Memory::new(n, "An output")).collect::<Result<Vec<_>>>()?;
        let ins: Vec<*const u8> = inputs.iter().map(|l| l.bytes().as_ptr()).collect();
        let outs: Vec<*mut u8> = memories.iter().map(Memory::start).collect();
        // SAFETY: literals are aligned and of the plan's specs, which the caller traced; the memories are new.
        unsafe { self.run(pool, &ins, &outs)? };
        let made = self.outputs().iter().zip(&memories).zip(sizes).map(|((spec, memory), n)| {
            // SAFETY: the run has filled so many bytes.
            let bytes = unsafe { std::slice::from_raw_parts(memory.start().cast_const(), n) };
            Literal::new(spec.dtype, &spec.dims("An output")?, bytes)
        });
        made.collect()
    }

    /// Runs it once on this pool.
    ///
    /// # Safety
    /// As [`crate::Program::run`].
    pub unsafe fn run(&self, pool: &Pool, inputs: &[*const u8], outputs: &[*mut u8]) -> Result<()> {
        let mut state = self.state.lock();
        let State { addresses, inputs: from, outputs: to, clock, arena, pages, .. } = &mut *state;
        for &(at, i) in from.iter() {
            addresses[at] = inputs[i].cast_mut();
        }
        for &(at, i) in to.iter() {
            addresses[at] = outputs[i];
        }
        let _locks = Locks::new(&self.variables);
        for (variable, written) in &self.variables {
            variable.come_home(*written)?;
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            let _quiet = quiet_denormals();
            pages.lay_out(arena, pool);
            match clock {
                None => {
                    let shared = Shared(addresses);
                    // SAFETY: the addresses are current, the arena is ours, the variables are locked.
                    self.run_steps(pool, &|step| unsafe { step.run(pool, shared.get()) });
                }
                Some(clock) => {
                    clock.begin();
                    for (i, step) in self.steps.list.iter().enumerate() {
                        // SAFETY: as above.
                        clock.measure(i, || unsafe { step.run(pool, addresses) });
                    }
                }
            }
        }));
        pages.next(arena);
        result.map_err(panicked)
    }

    /// All steps in order, those that may run together on different threads.
    fn run_steps(&self, pool: &Pool, run: &(dyn Fn(&Ready) + Sync)) {
        let (steps, mut next) = (&self.steps.list, 0);
        for range in &self.plan.together {
            steps[next..range.start].iter().for_each(run);
            pool.run(range.len(), &|i| run(&steps[range.start + i]));
            next = range.end;
        }
        steps[next..].iter().for_each(run);
    }
}

impl State {
    fn new(plan: &Plan, steps: &Steps, variables: &[(Arc<Variable>, bool)]) -> Result<Self> {
        for spec in plan.inputs.iter().chain(&plan.outputs) {
            byte_size("compile", spec)?;
        }
        let arena = Memory::new(plan.arena, "This graph")?;
        let constants = plan.constants.clone();
        let (mut inputs, mut outputs) = (vec![], vec![]);
        let addresses = steps.places.iter().enumerate().map(|(at, place)| match *place {
            Place::Input(i) => {
                inputs.push((at, i));
                std::ptr::null_mut()
            }
            Place::Output(i) => {
                outputs.push((at, i));
                std::ptr::null_mut()
            }
            Place::Constant(i) => constants[i].bytes().as_ptr().cast_mut(),
            Place::Variable(i) => variables[i].0.start(),
            // SAFETY: the planner's offsets lie within the arena.
            Place::Arena(offset) => unsafe { arena.start().add(offset) },
        });
        let addresses = addresses.collect();
        let pages = Pages::Untouched;
        Ok(Self { addresses, inputs, outputs, arena, pages, _constants: constants, clock: None })
    }
}
