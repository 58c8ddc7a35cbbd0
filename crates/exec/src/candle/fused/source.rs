//! From a group to the text of kernels: one thread an element, and arithmetic on indices only where operands repeat.

use super::{
    dialect::{Dialect, type_name},
    stored,
};
use kerosene_ir::{DType, Error, Literal, Result, Spec};
use kerosene_plan::{Code, Group, Segment, Slot, collapse};
use std::{fmt::Write, sync::Arc};

/// What a kernel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What its elements are kept as.
    pub dtype: DType,
    /// What is done with them.
    pub access: Access,
}

/// How a kernel takes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A tensor that it reads.
    Read,
    /// A tensor that it writes.
    Written,
    /// A number by its value: what candle has no tensors of.
    Value,
}

/// The type of an element's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// 32 bits, as long as they are enough.
    Narrow,
    /// 64 bits.
    Wide,
}

impl Index {
    pub(super) fn name(self) -> &'static str {
        if self == Index::Wide { "u64" } else { "u32" }
    }
}

/// A kernel as text, the same for all tensors that it fits.
#[derive(Debug)]
pub struct Source {
    /// Its name, made of its text.
    pub name: String,
    /// All of it but the dialect's prelude.
    pub text: String,
    /// What it takes, tensors that it writes last.
    pub parameters: Vec<Parameter>,
    /// How many numbers of elements follow them: one for each segment. There is a thread for each element of all.
    pub lengths: usize,
    /// Their type.
    pub index: Index,
}

/// A kernel with the tensors that it is called with.
#[derive(Debug)]
pub(super) struct Call {
    pub source: Arc<Source>,
    /// Values read and written, in the order of the parameters.
    pub reads: Vec<usize>,
    pub writes: Vec<usize>,
    pub lengths: Vec<usize>,
}

/// An op's expression in a dialect, where it has one.
pub(super) fn expression(
    dialect: Dialect,
    op: &dyn kerosene_ir::Op,
    inputs: &[&Spec],
    output: &Spec,
) -> Option<String> {
    let found = kerosene_ops::lower(op).ok()?.expression(inputs, output)?;
    dialect.knows(&found, inputs.iter().copied().chain([output]).map(|s| s.dtype)).then_some(found)
}

/// The kernels of a group: one where there is room for all its tensors. `constant` knows values that do not change.
pub(super) fn calls<'a>(
    dialect: Dialect,
    group: &Group<usize>,
    constant: &dyn Fn(usize) -> Option<&'a Literal>,
) -> Result<Vec<Call>> {
    let each = group.code.operands.len() + group.code.stored.len() + 1;
    let segments: Vec<&Segment<usize>> = group.segments.iter().filter(|s| !s.is_empty()).collect();
    let together = segments.chunks((dialect.room() / each).max(1));
    together.map(|segments| call(dialect, &group.code, segments, constant)).collect()
}

fn call<'a>(
    dialect: Dialect,
    code: &Code,
    segments: &[&Segment<usize>],
    constant: &dyn Fn(usize) -> Option<&'a Literal>,
) -> Result<Call> {
    let (mut reads, mut writes, mut parameters) = (vec![], vec![], vec![]);
    let kept = |dtype| stored(dtype).ok_or_else(|| Error::internal(format!("candle has no {dtype}.")));
    let read = |dtype| match stored(dtype) {
        Some(dtype) => Parameter { dtype, access: Access::Read },
        None => Parameter { dtype, access: Access::Value },
    };
    let mut operands: Vec<Tensor> = vec![];
    for (o, &dtype) in code.operands.iter().enumerate() {
        let places: Vec<usize> = segments.iter().map(|s| s.operands[o].place).collect();
        let one = places.iter().all(|p| *p == places[0]).then_some(places[0]);
        if let Some(number) = one.and_then(constant).and_then(number) {
            operands.push(Tensor::Number(number));
            continue;
        }
        let mut of = vec![];
        for place in places {
            of.push(reads.iter().position(|&r| r == place).unwrap_or(reads.len()));
            if of.last() == Some(&reads.len()) {
                reads.push(place);
                parameters.push(read(dtype));
            }
        }
        operands.push(Tensor::In(of));
    }
    let mut stores: Vec<Vec<usize>> = vec![];
    for (s, &r) in code.stored.iter().enumerate() {
        stores.push((parameters.len()..parameters.len() + segments.len()).collect());
        for segment in segments {
            writes.push(segment.stores[s].place);
            parameters.push(Parameter { dtype: kept(code.lanes[r].output.dtype)?, access: Access::Written });
        }
    }
    if parameters.len() + segments.len() > dialect.room() {
        return Err(Error::internal("An elementwise group has too many tensors for one kernel."));
    }
    let body = body(dialect, code, segments, &parameters, &operands, &stores)?;
    let lengths: Vec<usize> = segments.iter().map(|s| s.len()).collect();
    // Unsigned, and the last block may be beyond the end.
    let wide = lengths.iter().sum::<usize>() > (u32::MAX >> 1) as usize;
    let index = if wide { Index::Wide } else { Index::Narrow };
    let write = |name: &str| dialect.kernel(name, &parameters, lengths.len(), index, &body);
    let name = format!("fused_{:016x}", hash(&write("")));
    let source = Source { text: write(&name), name, parameters, lengths: lengths.len(), index };
    Ok(Call { source: Arc::new(source), reads, writes, lengths })
}

/// What a lane reads.
enum Tensor {
    Number(String),
    /// Parameters by segment.
    In(Vec<usize>),
}

fn body(
    dialect: Dialect,
    code: &Code,
    segments: &[&Segment<usize>],
    parameters: &[Parameter],
    operands: &[Tensor],
    stores: &[Vec<usize>],
) -> Result<String> {
    let mut text = String::new();
    let mut line =
        |line: std::fmt::Arguments<'_>| writeln!(text, "  {line}").map_err(|e| Error::internal(e.to_string()));
    // What differs between segments is chosen first.
    let differ = |p: &[usize]| p.iter().any(|&k| k != p[0]);
    let tensors = operands.iter().enumerate().filter_map(|(o, t)| match t {
        Tensor::In(p) if differ(p) => Some((format!("x{o}_"), p)),
        _ => None,
    });
    let written = stores.iter().enumerate().filter(|(_, p)| differ(p)).map(|(s, p)| (format!("y{s}_"), p));
    let chosen: Vec<(String, &Vec<usize>)> = tensors.chain(written).collect();
    for (name, p) in &chosen {
        line(format_args!("{} {name};", dialect.variable(parameters[p[0]])))?;
    }
    if segments.len() == 1 {
        line(format_args!("if (i >= n0) return;"))?;
    } else {
        for k in 0..segments.len() {
            let test = if k == 0 { "if (i < n0)".into() } else { format!("else if ((i -= n{}) < n{k})", k - 1) };
            let choice: Vec<String> = chosen.iter().map(|(name, p)| format!("{name} = p{};", p[k])).collect();
            line(format_args!("{test} {{ {} }}", choice.join(" ")))?;
        }
        line(format_args!("else return;"))?;
    }
    let called = |name: String, p: &[usize]| if differ(p) { name } else { format!("p{}", p[0]) };
    for (o, (tensor, &dtype)) in operands.iter().zip(&code.operands).enumerate() {
        let t = type_name(dtype);
        match tensor {
            Tensor::Number(number) => line(format_args!("const {t} x{o} = {number};"))?,
            Tensor::In(p) => {
                if parameters[p[0]].access == Access::Value {
                    line(format_args!("const {t} x{o} = {};", called(format!("x{o}_"), p)))?;
                    continue;
                }
                let at = offset(&segments[0].dims, &segments[0].operands[o].strides);
                if segments.iter().any(|s| offset(&s.dims, &s.operands[o].strides) != at) {
                    return Err(Error::internal("Segments of an elementwise group are walked in different ways."));
                }
                line(format_args!("const {t} x{o} = {t}({}[{at}]);", called(format!("x{o}_"), p)))?;
            }
        }
    }
    for (r, lane) in code.lanes.iter().enumerate() {
        let specs: Vec<&Spec> = lane.specs.iter().collect();
        let formula = expression(dialect, &*lane.op, &specs, &lane.output)
            .ok_or_else(|| Error::internal(format!("{} has no expression.", lane.op.name())))?;
        let operand = |(k, slot): (usize, &Slot)| {
            let (t, letter) = (type_name(lane.specs[k].dtype), (b'a' + k as u8) as char);
            match slot {
                Slot::Operand(o) => format!("const {t} {letter} = x{o};"),
                Slot::Register(r) => format!("const {t} {letter} = r{r};"),
            }
        };
        let operands: Vec<String> = lane.inputs.iter().enumerate().map(operand).collect();
        let (first, t) = (type_name(lane.specs[0].dtype), type_name(lane.output.dtype));
        let (operands, types) = (operands.join(" "), format!("typedef {first} A; typedef {t} T;"));
        line(format_args!("{t} r{r}; {{ {types} {operands} r{r} = T({formula}); }}"))?;
    }
    for (s, (p, r)) in stores.iter().zip(&code.stored).enumerate() {
        line(format_args!("{}[i] = r{r};", called(format!("y{s}_"), p)))?;
    }
    Ok(text)
}

/// Which element of an operand belongs to element `i`.
fn offset(dims: &[usize], strides: &[usize]) -> String {
    let mut walk = vec![strides.to_vec()];
    let dims = collapse(dims, &mut walk);
    let strides = &walk[0];
    let mut terms: Vec<String> = vec![];
    let mut inner = 1;
    for k in (0..dims.len()).rev() {
        if strides[k] != 0 {
            let divided = if inner == 1 { "i".into() } else { format!("i / {inner}u") };
            // The outermost needs no remainder: a kernel for one number of rows is one for all.
            let rest = if k == 0 { divided } else { format!("{divided} % {}u", dims[k]) };
            terms.push(if strides[k] == 1 { rest } else { format!("({rest}) * {}u", strides[k]) });
        }
        inner *= dims[k];
    }
    terms.reverse();
    if terms.is_empty() { "0".into() } else { terms.join(" + ") }
}

/// A single number by its bits.
fn number(literal: &Literal) -> Option<String> {
    let spec = literal.spec();
    if spec.len() != Some(1) {
        return None;
    }
    let bits = bits(literal);
    Some(match spec.dtype {
        DType::F32 => format!("as_f32({bits:#x}u)"),
        DType::F64 => format!("as_f64({bits:#x}ul)"),
        d if d.size() == 8 => format!("{}({bits:#x}ul)", type_name(d)),
        d => format!("{}({bits:#x}u)", type_name(d)),
    })
}

/// A number's bytes as one of 64 bits.
pub(super) fn bits(literal: &Literal) -> u64 {
    literal.bytes().iter().rev().fold(0, |bits, &b| bits << 8 | u64::from(b))
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}
