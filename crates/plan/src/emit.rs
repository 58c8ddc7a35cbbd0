//! Units in order, values with places: the steps.

use crate::{
    Arg, Code, Copy, Group, KernelStep, Lane, Operand, Place, Plan, Segment, Slot, Step, Store, VariableUse,
    memory::{Places, is_stored},
    merge::inside,
    space::{collapse, contiguous, space, strides},
    units::{Unit, Units},
    work::{Ix, Val, Work},
};

struct Emit<'a> {
    work: &'a Work,
    units: &'a Units,
    places: Places,
    /// New numbers of the constants that are still read.
    constants: Vec<usize>,
}

/// Writes the plan down.
pub(crate) fn emit(
    work: &Work,
    units: &Units,
    order: &[usize],
    together: &[std::ops::Range<usize>],
    places: Places,
) -> Plan {
    let mut emit = Emit { work, units, places, constants: vec![] };
    // Some units are no steps: nothing is to be done.
    let mut starts = vec![];
    let mut steps: Vec<Step> = vec![];
    for &u in order {
        starts.push(steps.len());
        steps.extend(emit.step(u));
    }
    starts.push(steps.len());
    let written: Vec<Place> = work.values.iter().filter_map(|i| i.home).collect();
    Plan {
        inputs: work.inputs.clone(),
        outputs: work.outputs.clone(),
        variables: work
            .variables
            .iter()
            .enumerate()
            .map(|(i, (id, spec))| VariableUse {
                id: *id,
                spec: spec.clone(),
                assigned: written.contains(&Place::Variable(i)),
            })
            .collect(),
        constants: emit.constants.iter().map(|&c| work.constants[c].clone()).collect(),
        arena: emit.places.arena,
        steps,
        together: together.iter().map(|r| starts[r.start]..starts[r.end]).collect(),
    }
}

impl Emit<'_> {
    fn place(&mut self, v: Val) -> Place {
        match self.places.of[&self.work.root(v)] {
            Place::Constant(c) => Place::Constant(self.constants.iter().position(|&k| k == c).unwrap_or_else(|| {
                self.constants.push(c);
                self.constants.len() - 1
            })),
            place => place,
        }
    }

    fn arg(&mut self, v: Val) -> Arg {
        Arg { place: self.place(v), spec: self.work.values[v].spec.clone() }
    }

    fn step(&mut self, u: usize) -> Option<Step> {
        let work = self.work;
        let unit = &self.units.list[u];
        let Some(n) = unit.anchor else {
            let group = self.group(unit)?;
            return Some(Step::Group(group, self.followers(unit)));
        };
        let node = &work.nodes[n];
        if node.op.is_none() {
            let (from, to) = (self.place(node.inputs[0]), self.place(node.outputs[0]));
            let bytes = work.values[node.outputs[0]].bytes;
            return (bytes > 0).then_some(Step::Copy(Copy { from, to, bytes }));
        }
        let (tail, followers) = (self.group(unit), self.followers(unit));
        let passing = followers.is_empty()
            && work.values[node.outputs[0]].home.is_none()
            && self.units.readers[n].iter().all(|&r| self.units.of[r] == u);
        Some(Step::Kernel(KernelStep { tail, passing, followers, ..self.kernel(n) }))
    }

    /// The kernel of a node by itself.
    fn kernel(&mut self, n: Ix) -> KernelStep {
        let node = &self.work.nodes[n];
        KernelStep {
            op: node.op.clone().expect("a node with a kernel is an op"),
            scope: node.scope.clone(),
            inputs: node.inputs.iter().map(|&v| self.arg(v)).collect(),
            outputs: node.outputs.iter().map(|&v| self.arg(v)).collect(),
            scratch: self.places.scratch.get(&n).copied().unwrap_or_default(),
            tail: None,
            passing: false,
            followers: vec![],
        }
    }

    fn followers(&mut self, unit: &Unit) -> Vec<KernelStep> {
        unit.followers.iter().map(|&n| self.kernel(n)).collect()
    }

    fn group(&mut self, unit: &Unit) -> Option<Group> {
        let (work, units) = (self.work, self.units);
        let mut group = group(work, units, unit, &mut |v| self.place(v))?;
        group.segments.retain(|s| !s.is_empty());
        (!group.segments.is_empty()).then_some(group)
    }
}

/// The group of a unit's lanes, whose tensors are where `place` says.
pub(crate) fn group<P: PartialEq>(
    work: &Work,
    units: &Units,
    unit: &Unit,
    place: &mut impl FnMut(Val) -> P,
) -> Option<Group<P>> {
    let (code, _) = code(work, units, unit.segments.first()?);
    let segments = unit.segments.iter().map(|s| segment(work, units, s, place)).collect();
    Some(Group { code, segments })
}

/// The code of a segment, and the operands it reads in their order.
fn code(work: &Work, units: &Units, lanes: &[Ix]) -> (Code, Vec<(Val, Vec<usize>)>) {
    let mut operands: Vec<(Val, Vec<usize>)> = vec![];
    let mut code = Code { lanes: vec![], operands: vec![], stored: vec![] };
    for (i, &l) in lanes.iter().enumerate() {
        let node = &work.nodes[l];
        let out = node.outputs[0];
        let mut inputs = vec![];
        for &v in &node.inputs {
            if let Some(register) = inside(work, lanes, v) {
                inputs.push(Slot::Register(register));
                continue;
            }
            let operand = (v, strides(work, v, out));
            let at = operands.iter().position(|o| *o == operand).unwrap_or_else(|| {
                code.operands.push(work.values[v].spec.dtype);
                operands.push(operand);
                operands.len() - 1
            });
            inputs.push(Slot::Operand(at));
        }
        if is_stored(work, units, l) {
            code.stored.push(i);
        }
        let spec = |v: &Val| work.values[*v].spec.clone();
        let op = node.op.clone().expect("a lane is an op");
        let specs = node.inputs.iter().map(spec).collect();
        code.lanes.push(Lane { op, scope: node.scope.clone(), inputs, specs, output: spec(&out) });
    }
    (code, operands)
}

fn segment<P: PartialEq>(work: &Work, units: &Units, lanes: &[Ix], place: &mut impl FnMut(Val) -> P) -> Segment<P> {
    let (code, read) = code(work, units, lanes);
    let dims = space(&work.values[work.nodes[lanes[0]].outputs[0]]);
    let mut walks: Vec<Vec<usize>> = read.iter().map(|(_, s)| s.clone()).collect();
    walks.push(contiguous(&dims));
    let dims = collapse(&dims, &mut walks);
    let operands: Vec<Operand<P>> =
        read.iter().zip(walks).map(|((v, _), strides)| Operand { place: place(*v), strides }).collect();
    let stores = code
        .stored
        .iter()
        .map(|&r| {
            let place = place(work.nodes[lanes[r]].outputs[0]);
            let later = code.lanes[r + 1..].iter().flat_map(|l| &l.inputs);
            let late = later.into_iter().any(|s| matches!(*s, Slot::Operand(o) if operands[o].place == place));
            Store { place, late }
        })
        .collect();
    Segment { dims, operands, stores }
}
