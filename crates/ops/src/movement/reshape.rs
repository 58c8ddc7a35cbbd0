//! The same elements in another shape

use super::prelude::*;

/// The same elements in another shape
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    shape: Vec<Option<i64>>,
}

/// Records the reshape unless `x` has the shape already.
pub fn reshape(graph: &mut Graph, x: Value, shape: &[Dim]) -> Result<Value> {
    if graph.try_spec(x)?.shape[..] == *shape {
        return Ok(x);
    }
    let shape = shape.iter().map(|d| d.map(|d| d as i64)).collect();
    Ok(graph.push(Arc::new(Reshape { shape }), &[x])?[0])
}

impl Reshape {
    fn error(&self, x: &Spec, why: &str) -> Error {
        let to: Vec<_> = self.shape.iter().map(|d| d.map_or("null".into(), |d| d.to_string())).collect();
        let from = format_shape(&x.shape);
        Error::value(format!("reshape: a tensor of shape {from} cannot become ({}): {why}.", to.join(", ")))
    }
}

impl Op for Reshape {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let x = inputs[0];
        let mut shape = Shape::new();
        for d in &self.shape {
            shape.push(match d {
                Some(-1) | None => None,
                Some(d) => Some(usize::try_from(*d).map_err(|_| self.error(x, "a dimension is below −1"))?),
            });
        }
        if self.shape.iter().filter(|d| **d == Some(-1)).count() > 1 {
            return Err(self.error(x, "only one dimension may be −1"));
        }
        let rest = shape.iter().flatten().try_fold(1usize, |n, &d| n.checked_mul(d));
        let rest = rest.ok_or_else(|| self.error(x, "it has too many elements"))?;
        let open: Vec<usize> = (0..shape.len()).filter(|&i| shape[i].is_none()).collect();
        if let Some(n) = x.len() {
            match open[..] {
                [] if n == rest => {}
                [i] if rest != 0 && n % rest == 0 => shape[i] = Some(n / rest),
                [] | [_] => return Err(self.error(x, "the numbers of elements differ")),
                // Several unknown dimensions: known only when the input's are.
                _ => {}
            }
        }
        Ok(vec![Spec { dtype: x.dtype, shape }])
    }

    fn traits(&self) -> Traits {
        Traits { alias: true, ..Traits::default() }
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, shape) = (cx.grad(), cx.input(0).shape.clone());
        Ok(vec![Some(cx.graph.reshape(g, &shape)?)])
    }
}

impl Lower for Reshape {
    fn lower(&self, _: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Alias)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Some(shape) =
            self.shape.iter().map(|d| d.and_then(|d| usize::try_from(d).ok())).collect::<Option<Vec<_>>>()
        else {
            return Ok(None);
        };
        x[0].reshape(shape).map(Some)
    }
}

impl Define for Reshape {
    const NAME: &'static str = "reshape";
    const DOC: &'static str =
        "The elements of x, in row-major order, in another shape. One dimension may be −1 (or null): what is left.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param("shape", "Shape", "", "The shape of the result.")];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"shape":[3,4]}"#).f32(&[2, 6], -1.0, 1.0),
            Sample::new(r#"{"shape":[-1,2]}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"shape":[null,2]}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"shape":[]}"#).f32(&[1, 1], -1.0, 1.0),
            Sample::new(r#"{"shape":[1]}"#).f32(&[], -1.0, 1.0),
            Sample::new(r#"{"shape":[-1,3]}"#).f32(&[0, 3], -1.0, 1.0),
            Sample::new(r#"{"shape":[4]}"#).with(DType::U8, &[2, 2], [1.0, 2.0, 3.0, 4.0]),
        ]
    }
}
