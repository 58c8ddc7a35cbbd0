//! Ops that are other ops: recorded as their expansion, they get shape, derivative and kernels for nothing.

use crate::{Define, Lower, Lowered, Param, Promote, Sample, def};
use kerosene_ir::{Error, Graph, Op, Result, Spec, Value, Vjp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// What the file of a composite has to say; its fields are its attributes.
pub trait Compose: Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// Formula and shapes.
    const DOC: &'static str;
    /// Names of the inputs.
    const INPUTS: &'static [&'static str] = &["x"];
    /// Attributes.
    const PARAMS: &'static [Param] = &[];
    /// Dtypes of the inputs.
    const PROMOTE: Promote = Promote::Float;
    /// The formula in other ops.
    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value>;
    /// Cases for the laws.
    fn samples() -> Vec<Sample>;
}

/// A composite as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Composite<C: Compose>(C);

impl<C: Compose> Op for Composite<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let mut graph = Graph::new();
        let inputs: Vec<Value> = inputs.iter().map(|&s| graph.input(s.clone())).collect();
        let out = self.0.compose(&mut graph, &inputs)?;
        Ok(vec![graph.spec(out).clone()])
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        Some(self.0.compose(graph, inputs).map(|v| vec![v]))
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Err(never::<C>())
    }
}

impl<C: Compose> Lower for Composite<C> {
    fn lower(&self, _: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Err(never::<C>())
    }
}

fn never<C: Compose>() -> Error {
    Error::internal(format!("{} is a composite: it is recorded as its expansion.", C::NAME))
}

impl<C: Compose> Define for Composite<C> {
    const NAME: &'static str = C::NAME;
    const DOC: &'static str = C::DOC;
    const INPUTS: &'static [&'static str] = C::INPUTS;
    const PARAMS: &'static [Param] = C::PARAMS;
    const PROMOTE: Promote = C::PROMOTE;
    const COMPOSITE: bool = true;

    fn samples() -> Vec<Sample> {
        C::samples()
    }
}
