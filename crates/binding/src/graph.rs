//! A trace being recorded.

use crate::{
    bytes::Bytes,
    error::guard,
    plan::Plan,
    spec::{self, Spec},
    variable::Variable,
};
use kerosene_exec::{Device, Program};
use kerosene_ir::{Error, Literal, Result, Value, VariableId};
use napi_derive::napi;
use std::{collections::HashMap, sync::Arc};

/// The op graph of one trace. Values are small integers, valid in this graph only.
#[napi]
#[derive(Default)]
pub struct Graph {
    graph: kerosene_ir::Graph,
    variables: HashMap<VariableId, Arc<kerosene_exec::Variable>>,
}

/// A part of a graph: a function of some values.
#[napi]
pub struct Body {
    body: kerosene_ops::Body,
}

#[napi]
impl Body {
    /// Which of its parameters it reads.
    #[napi(getter)]
    pub fn reads(&self) -> Vec<bool> {
        self.body.reads()
    }
}

fn id(v: Value) -> u32 {
    v.0
}

fn values(ids: &[u32]) -> Vec<Value> {
    ids.iter().map(|&i| Value(i)).collect()
}

/// Shape and dtype rule of an op, for inputs that need not be fully known.
#[napi]
pub fn infer(op: String, attrs: String, inputs: Vec<Spec>) -> napi::Result<Vec<Spec>> {
    guard(|| {
        let mut graph = kerosene_ir::Graph::new();
        let ins =
            inputs.iter().map(|s| Ok(graph.input(spec::from_js(&s.dtype, &s.shape)?))).collect::<Result<Vec<_>>>()?;
        let out = kerosene_ops::push(&mut graph, &op, &attrs, &ins)?;
        Ok(out.into_iter().map(|v| spec::to_js(graph.spec(v))).collect())
    })
}

#[napi]
impl Graph {
    /// An empty graph.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new input.
    #[napi]
    pub fn input(
        &mut self,
        dtype: String,
        #[napi(ts_arg_type = "(number | null)[]")] shape: Vec<Option<f64>>,
    ) -> napi::Result<u32> {
        guard(|| Ok(id(self.graph.input(spec::from_js(&dtype, &shape)?))))
    }

    /// What is recorded from now on belongs to this part of the program (null: to none). For profiles.
    #[napi]
    pub fn enter(&mut self, scope: Option<String>) {
        self.graph.enter(scope.map(Into::into));
    }

    /// A constant; the data is copied.
    #[napi]
    pub fn constant(
        &mut self,
        dtype: String,
        shape: Vec<f64>,
        #[napi(ts_arg_type = "TypedArray")] data: Bytes,
    ) -> napi::Result<u32> {
        guard(|| {
            let shape: Vec<_> = shape.into_iter().map(Some).collect();
            let spec = spec::from_js(&dtype, &shape)?;
            data.check_spec("A constant", &spec)?;
            // SAFETY: read inside this synchronous call.
            let literal = Literal::new(spec.dtype, &spec.dims("A constant")?, unsafe { data.read() })?;
            Ok(id(self.graph.constant(literal)))
        })
    }

    /// A constant without dimensions.
    #[napi]
    pub fn scalar(&mut self, dtype: String, value: f64) -> napi::Result<u32> {
        guard(|| Ok(id(self.graph.constant(Literal::scalar(dtype.parse()?, value)?))))
    }

    /// The variable's value at this point of the recording: the last one assigned, else the one it starts with.
    #[napi]
    pub fn read(&mut self, variable: &Variable) -> napi::Result<u32> {
        guard(|| {
            let v = &variable.inner;
            self.variables.entry(v.id()).or_insert_with(|| v.clone());
            Ok(id(self.graph.read(v.id(), v.spec())))
        })
    }

    /// The value the variable starts with, whatever was assigned since: what gradients are taken with respect to.
    #[napi]
    pub fn leaf(&mut self, variable: &Variable) -> napi::Result<u32> {
        guard(|| {
            let v = &variable.inner;
            self.variables.entry(v.id()).or_insert_with(|| v.clone());
            Ok(id(self.graph.variable(v.id(), v.spec())))
        })
    }

    /// From here on the variable has this value; it is stored when a plan of the graph has run.
    #[napi]
    pub fn assign(&mut self, variable: &Variable, value: u32) -> napi::Result<()> {
        guard(|| {
            let v = &variable.inner;
            self.variables.entry(v.id()).or_insert_with(|| v.clone());
            self.graph.assign(v.id(), v.spec(), Value(value))
        })
    }

    /// Records an op by wire name with its attributes as JSON; gives its outputs.
    #[napi]
    pub fn push(&mut self, op: String, inputs: Vec<u32>, attrs: String) -> napi::Result<Vec<u32>> {
        guard(|| Ok(kerosene_ops::push(&mut self.graph, &op, &attrs, &values(&inputs))?.into_iter().map(id).collect()))
    }

    /// The part of the graph that computes `results` from `parameters` (any of its values), as JSON: the body of a loop.
    #[napi]
    pub fn body(&self, parameters: Vec<u32>, results: Vec<u32>) -> napi::Result<String> {
        guard(|| {
            let body = kerosene_ops::Body::extract(&self.graph, &values(&parameters), &values(&results))?;
            Ok(kerosene_ops::def::attrs(&body))
        })
    }

    /// The part of the graph that computes `results` from `parameters` (any of its values), to be put into other graphs.
    #[napi]
    pub fn extract(&self, parameters: Vec<u32>, results: Vec<u32>) -> napi::Result<Body> {
        guard(|| Ok(Body { body: kerosene_ops::Body::extract(&self.graph, &values(&parameters), &values(&results))? }))
    }

    /// Records a part of another graph with these values as its parameters; gives its results.
    #[napi]
    pub fn inline(&mut self, body: &Body, parameters: Vec<u32>) -> napi::Result<Vec<u32>> {
        guard(|| Ok(body.body.inline(&mut self.graph, &values(&parameters))?.into_iter().map(id).collect()))
    }

    /// The number of values so far.
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        self.graph.len() as u32
    }

    /// Forgets everything at once: JavaScript's collector does not see how much there is.
    #[napi]
    pub fn dispose(&mut self) {
        *self = Self::default();
    }

    /// Shape and dtype of a value.
    #[napi]
    pub fn spec(&self, value: u32) -> napi::Result<Spec> {
        guard(|| self.graph.try_spec(Value(value)).map(spec::to_js))
    }

    /// Reverse-mode gradients of Σ seedᵢ·targetᵢ (seeds default to ones); null where a value does not matter. `within` has the
    /// first value and the one after the last of each span of the recording that gradients go through; everything by default.
    #[napi(ts_return_type = "(number | null)[]")]
    pub fn gradients(
        &mut self,
        targets: Vec<u32>,
        wrt: Vec<u32>,
        #[napi(ts_arg_type = "(number | null)[] | undefined | null")] seeds: Option<Vec<Option<u32>>>,
        within: Option<Vec<u32>>,
    ) -> napi::Result<Vec<Option<u32>>> {
        guard(|| {
            let seeds: Vec<_> = seeds.unwrap_or_default().into_iter().map(|s| s.map(Value)).collect();
            let spans: Vec<_> = within.unwrap_or_default().chunks_exact(2).map(|span| span[0]..span[1]).collect();
            let out =
                kerosene_ops::gradients_within(&mut self.graph, &values(&targets), &seeds, &values(&wrt), &spans)?;
            Ok(out.into_iter().map(|g| g.map(id)).collect())
        })
    }

    /// The graph as text.
    #[napi]
    pub fn print(&self) -> napi::Result<String> {
        guard(|| Ok(self.graph.to_string()))
    }

    /// Optimises and plans the graph for these outputs and all assignments, to run on this device ("cpu" when absent). Every
    /// shape must be known.
    #[napi]
    pub fn compile(&self, outputs: Vec<u32>, device: Option<String>) -> napi::Result<Plan> {
        guard(|| {
            let device = device.map_or(Ok(Device::Cpu), |name| Device::named(&name))?;
            let outputs = values(&outputs);
            for &v in &outputs {
                self.graph.try_spec(v)?;
            }
            if let Some(&v) = self.graph.inputs().iter().find(|&&v| self.graph.spec(v).len().is_none()) {
                return Err(Error::value(format!(
                    "An input of {} is not fully known; a plan needs known shapes.",
                    self.graph.spec(v)
                )));
            }
            let program = Program::compile(&self.graph, &outputs, &self.variables, &device)?;
            Ok(Plan { program: Some(Arc::new(program)) })
        })
    }
}
