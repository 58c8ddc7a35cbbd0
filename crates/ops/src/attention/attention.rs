//! softmax(q · kᵀ · scale + bias) · v for each head

use super::prelude::*;
use crate::gradients::through_expansion;

/// softmax(q · kᵀ · scale + bias) · v for each head
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attention {
    #[serde(default = "one")]
    pub(super) scale: f64,
}

fn one() -> f64 {
    1.0
}

/// The axes of heads and of elements along a sequence change places.
fn turned(graph: &mut Graph, x: Value) -> Result<Value> {
    graph.transpose(x, &[0, 2, 1, 3])
}

impl Attention {
    /// Its parameters, and those of its derivative.
    pub const PARAMS: &'static [Param] = &[param("scale", "number", "1", "What the scores are multiplied with.")];

    /// Checks the operands; gives the shapes of q, of k and of v as one says what the others leave open.
    pub fn check(&self, who: &str, x: &[&Spec], bias: Option<&Spec>) -> Result<[Spec; 3]> {
        let fail = |what: &str| {
            let shapes: Vec<String> = x.iter().map(|s| format_shape(&s.shape)).collect();
            Err(Error::value(format!("{who}: {what}, but received shapes {}.", shapes.join(", "))))
        };
        if x[..3].iter().any(|s| s.rank() != 4) {
            return fail(
                "expected q (batch, queries, heads, depth), k (batch, keys, heads, depth) and v (batch, keys, heads, values)",
            );
        }
        if let Some(wrong) = x.iter().copied().chain(bias).find(|s| s.dtype != x[0].dtype || !s.dtype.is_float()) {
            return Err(Error::dtype(format!(
                "{who}: the operands must have one floating dtype, but {wrong} has another."
            )));
        }
        let [q, k, v] = [x[0], x[1], x[2]];
        let same = |a: &Spec, i: usize, b: &Spec, j: usize| unify(&a.shape[i..=i], &b.shape[j..=j]).map(|s| s[0]);
        let lead = |i: usize| {
            let first = same(q, i, k, i)?;
            unify(&[first], &v.shape[i..=i]).map(|s| s[0])
        };
        let (Some(batch), Some(heads), Some(keys), Some(depth)) =
            (lead(0), lead(2), same(k, 1, v, 1), same(q, 3, k, 3))
        else {
            return fail("batches, heads, keys and depths must fit");
        };
        if let Some(bias) = bias {
            let scores = [batch, heads, q.shape[1], keys];
            let fits = bias.rank() == 4
                && bias.shape.iter().zip(scores).all(|(b, s)| *b == Some(1) || b.is_none() || s.is_none() || *b == s);
            if !fits {
                let (bias, scores) = (format_shape(&bias.shape), format_shape(&scores));
                return Err(Error::value(format!(
                    "{who}: a bias of shape {bias} does not broadcast to the scores {scores}."
                )));
            }
        }
        Ok([
            Spec::new(q.dtype, [batch, q.shape[1], heads, depth]),
            Spec::new(q.dtype, [batch, keys, heads, depth]),
            Spec::new(q.dtype, [batch, keys, heads, v.shape[3]]),
        ])
    }

    /// Multiplications and additions of products over the depth of a key and over that of a value, so many of each.
    pub fn products(&self, x: &[&Spec], over_keys: f64, over_values: f64) -> f64 {
        let Ok([q, k, v]) = self.check("attention", x, None) else { return 0.0 };
        let size = |s: &Spec, i: usize| s.shape[i].unwrap_or(0) as f64;
        let scores = size(&q, 0) * size(&q, 2) * size(&q, 1) * size(&k, 1);
        2.0 * scores * (over_keys * size(&q, 3) + over_values * size(&v, 3))
    }

    /// The kernels for operands whose dimensions are known.
    pub fn heads(&self, who: &str, x: &[&Spec], bias: Option<&Spec>) -> Result<Heads> {
        let (q, v) = (x[0].dims(who)?, x[2].dims(who)?);
        let strides = bias.map(|b| {
            let dims = b.dims(who)?;
            let mut step = 1;
            let mut strides = [0; 4];
            for i in (0..4).rev() {
                strides[i] = if dims[i] == 1 { 0 } else { step };
                step *= dims[i];
            }
            Ok::<_, Error>(strides)
        });
        Ok(Heads {
            batch: q[0],
            heads: q[2],
            queries: q[1],
            keys: v[1],
            depth: q[3],
            values: v[3],
            scale: self.scale,
            bias: strides.transpose()?,
        })
    }

    /// The weights of the values (batch, heads, queries, keys), in other ops.
    pub fn weights(&self, graph: &mut Graph, q: Value, k: Value, bias: Option<Value>) -> Result<Value> {
        let (q, k) = (turned(graph, q)?, turned(graph, k)?);
        let scores = graph.matmul(q, k, false, true)?;
        let mut scores = graph.scale(scores, self.scale)?;
        if let Some(bias) = bias {
            scores = graph.add(scores, bias)?;
        }
        graph.apply("softmax", &[scores])
    }

    /// Cases: several heads, one; more queries than a block has; biases that repeat; nothing.
    pub fn samples(bias: bool) -> Vec<Sample> {
        let case = |q: &[usize; 4], keys: usize, values: usize, b: &[usize; 4]| {
            let (k, v) = ([q[0], keys, q[2], q[3]], [q[0], keys, q[2], values]);
            let s = Sample::new(r#"{"scale":0.7}"#).f32(q, -1.0, 1.0).f32(&k, -1.0, 1.0).f32(&v, -1.0, 1.0);
            (s, b.to_vec())
        };
        let cases = [
            case(&[2, 3, 2, 4], 5, 3, &[2, 1, 3, 5]),
            case(&[1, 4, 1, 2], 4, 2, &[1, 1, 4, 4]),
            case(&[1, 70, 2, 3], 9, 2, &[1, 2, 1, 9]),
            case(&[2, 2, 3, 1], 1, 1, &[1, 1, 1, 1]),
            case(&[1, 2, 1, 2], 0, 3, &[1, 1, 2, 0]),
            case(&[0, 2, 1, 2], 3, 3, &[0, 1, 2, 3]),
            case(&[1, 0, 1, 2], 3, 3, &[1, 1, 0, 3]),
        ];
        cases.into_iter().map(|(s, b)| if bias { s.f32(&b, -1.0, 1.0) } else { s }).collect()
    }
}

impl Op for Attention {
    fn name(&self) -> &'static str {
        <Self as Define>::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let [q, _, v] = self.check(self.name(), &inputs[..3], inputs.get(3).copied())?;
        Ok(vec![Spec::new(q.dtype, [q.shape[0], q.shape[1], q.shape[2], v.shape[3]])])
    }

    fn flops(&self, inputs: &[&Spec], _: &[&Spec]) -> f64 {
        self.products(inputs, 1.0, 1.0)
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let weights = self.weights(graph, inputs[0], inputs[1], inputs.get(3).copied())?;
            let values = turned(graph, inputs[2])?;
            let out = graph.matmul(weights, values, false, false)?;
            turned(graph, out).map(|v| vec![v])
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        if cx.needs.get(3) == Some(&true) {
            return through_expansion(self, cx);
        }
        let g = cx.grad();
        let mut inputs = vec![cx.inputs[0], cx.inputs[1], cx.inputs[2], g];
        inputs.extend(cx.inputs.get(3));
        let grads = crate::push(cx.graph, "attention_gradient", &self.attrs(), &inputs)?;
        let mut out: Vec<Option<Value>> = grads.into_iter().zip(cx.needs).map(|(g, &n)| n.then_some(g)).collect();
        out.resize(cx.inputs.len(), None);
        Ok(out)
    }
}

impl Lower for Attention {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let heads = self.heads(self.name(), inputs, inputs.get(3).copied())?;
        Ok(Lowered::Kernel(for_dtype!(float, self.name(), inputs[0].dtype, T => heads.forward::<T>())))
    }
}

impl Define for Attention {
    const NAME: &'static str = "attention";
    const DOC: &'static str = "softmax(q · kᵀ · `scale` + bias) · v for each head: q (batch, queries, heads, depth), k (batch, keys, heads, \
        depth), v (batch, keys, heads, values) → (batch, queries, heads, values). The bias broadcasts to (batch, heads, queries, keys).";
    const INPUTS: &'static [&'static str] = &["q", "k", "v", "bias?"];
    const PARAMS: &'static [Param] = Attention::PARAMS;
    const PROMOTE: Promote = Promote::None;

    fn samples() -> Vec<Sample> {
        [Attention::samples(false), Attention::samples(true)].concat()
    }
}
