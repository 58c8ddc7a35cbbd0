//! A plan as text, one step a line.

use crate::{Group, KernelStep, Operand, Place, Plan, Slot, Step};
use std::fmt;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Input(i) => write!(f, "in{i}"),
            Place::Output(i) => write!(f, "out{i}"),
            Place::Constant(i) => write!(f, "const{i}"),
            Place::Variable(i) => write!(f, "var{i}"),
            Place::Arena(at) => write!(f, "@{at}"),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, s) in self.inputs.iter().enumerate() {
            writeln!(f, "in{i}: {s}")?;
        }
        for (i, v) in self.variables.iter().enumerate() {
            writeln!(f, "var{i}: {}{}", v.spec, if v.assigned { ", assigned" } else { "" })?;
        }
        for (i, c) in self.constants.iter().enumerate() {
            writeln!(f, "const{i}: {} = {c:?}", c.spec())?;
        }
        writeln!(f, "arena: {} bytes", self.arena)?;
        for (i, step) in self.steps.iter().enumerate() {
            write!(f, "{i}: ")?;
            match step {
                Step::Copy(c) => writeln!(f, "{} = copy {} ({} bytes)", c.to, c.from, c.bytes)?,
                Step::Group(g, followers) => {
                    group(f, g)?;
                    follow(f, followers)?;
                }
                Step::Kernel(k) => {
                    kernel(f, k)?;
                    if let Some(tail) = &k.tail {
                        write!(f, ", then ")?;
                        group(f, tail)?;
                    } else {
                        writeln!(f)?;
                    }
                    follow(f, &k.followers)?;
                }
            }
        }
        for (i, s) in self.outputs.iter().enumerate() {
            writeln!(f, "out{i}: {s}")?;
        }
        Ok(())
    }
}

fn kernel(f: &mut fmt::Formatter<'_>, k: &KernelStep) -> fmt::Result {
    let outs: Vec<_> = k.outputs.iter().map(|a| a.place.to_string()).collect();
    let ins: Vec<_> = k.inputs.iter().map(|a| a.place.to_string()).collect();
    let specs: Vec<_> = k.outputs.iter().map(|a| a.spec.to_string()).collect();
    let attrs = k.op.attrs();
    let attrs = if attrs == "{}" { String::new() } else { format!(" {attrs}") };
    write!(f, "{} = {}({}){attrs} : {}", outs.join(", "), k.op.name(), ins.join(", "), specs.join(", "))
}

fn follow(f: &mut fmt::Formatter<'_>, followers: &[KernelStep]) -> fmt::Result {
    for k in followers {
        write!(f, "     part by part: ")?;
        kernel(f, k)?;
        writeln!(f)?;
    }
    Ok(())
}

/// How an operand is walked, when not element by element.
fn walk(o: &Operand) -> String {
    if o.strides.iter().all(|&s| s == 0) {
        return if o.strides.is_empty() { String::new() } else { "*".into() };
    }
    if o.strides.len() > 1 { format!("{:?}", o.strides) } else { String::new() }
}

fn group(f: &mut fmt::Formatter<'_>, g: &Group) -> fmt::Result {
    writeln!(f, "elementwise")?;
    for (i, lane) in g.code.lanes.iter().enumerate() {
        let ins: Vec<_> = lane
            .inputs
            .iter()
            .map(|s| match s {
                Slot::Operand(o) => format!("${o}"),
                Slot::Register(r) => format!("r{r}"),
            })
            .collect();
        let attrs = lane.op.attrs();
        let attrs = if attrs == "{}" { String::new() } else { format!(" {attrs}") };
        writeln!(f, "     r{i} = {}({}){attrs} : {}", lane.op.name(), ins.join(", "), lane.output.dtype)?;
    }
    for s in &g.segments {
        let ins: Vec<_> = s.operands.iter().map(|o| format!("{}{}", o.place, walk(o))).collect();
        let outs: Vec<_> = s
            .stores
            .iter()
            .zip(&g.code.stored)
            .map(|(s, r)| format!("{} = r{r}{}", s.place, if s.late { " late" } else { "" }))
            .collect();
        writeln!(f, "     over {:?} of ({}): {}", s.dims, ins.join(", "), outs.join(", "))?;
    }
    Ok(())
}
