//! Windows of x times a kernel

use super::prelude::*;
use kerosene_ir::format_shape;

/// Windows of x times a kernel
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv {
    strides: Vec<usize>,
    padding: Padding,
    dilation: Vec<usize>,
    #[serde(default = "one")]
    groups: usize,
}

impl Conv {
    fn geometry(&self, x: &Spec, kernel: &Spec) -> Result<Geometry<'_>> {
        let spatial = &kernel.shape[..kernel.rank().saturating_sub(2)];
        let geometry = Geometry::new(Self::NAME, &self.strides, &self.dilation, self.groups, spatial, x)?;
        if spatial.contains(&Some(0)) {
            return Err(Error::value(format!("conv: the kernel {} is empty.", format_shape(&kernel.shape))));
        }
        geometry.channels(x.shape[geometry.rank() + 1], None, kernel)?;
        Ok(geometry)
    }

    fn attrs_with<'a>(&'a self, pads: &'a [[i64; 2]]) -> Attrs<'a> {
        Attrs { strides: &self.strides, dilation: &self.dilation, pads, groups: self.groups }
    }

    fn received(&self, x: &Spec, kernel: &Spec) -> String {
        let list = |v: &[usize]| format_shape(&v.iter().map(|&d| Some(d)).collect::<Vec<_>>());
        let padding = match &self.padding {
            Padding::Rule(rule) => format!("{rule:?}").to_lowercase(),
            Padding::Given(pads) => format!("{pads:?}"),
        };
        let (x, kernel) = (format_shape(&x.shape), format_shape(&kernel.shape));
        let (dilation, strides) = (list(&self.dilation), list(&self.strides));
        format!(
            "`inputs shape={x}`, `kernel shape={kernel}`, `dilation_rate={dilation}`, `strides={strides}`, `padding={padding}`"
        )
    }
}

impl Op for Conv {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, kernel) = (inputs[0], inputs[1]);
        let geometry = self.geometry(x, kernel)?;
        let rank = geometry.rank();
        let spatial = geometry.outputs(&x.shape[1..=rank], &self.padding, || self.received(x, kernel))?;
        let shape: Shape = [x.shape[0]].into_iter().chain(spatial).chain([kernel.shape[rank + 1]]).collect();
        Ok(vec![Spec { dtype: x.dtype, shape }])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn flops(&self, inputs: &[&Spec], outputs: &[&Spec]) -> f64 {
        flops(outputs[0], inputs[1])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let geometry = self.geometry(cx.input(0), cx.input(1))?;
        let rank = geometry.rank();
        let (from, to) = (cx.graph.spec(x).shape.clone(), cx.graph.spec(g).shape.clone());
        let pads = geometry.exact(&from[1..=rank], &to[1..=rank], &self.padding)?;
        self.attrs_with(&pads).pull_back(cx, "conv_transpose", &geometry.kernel, [x, g])
    }
}

impl Lower for Conv {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let geometry = self.geometry(inputs[0], inputs[1])?;
        inputs[1].dims(Self::NAME)?;
        let (x, y) = (inputs[0].dims(Self::NAME)?, outputs[0].dims(Self::NAME)?);
        let spatial = 1..=geometry.rank();
        let pads = geometry.exact(&inputs[0].shape[spatial.clone()], &outputs[0].shape[spatial], &self.padding)?;
        let c = geometry.convolution(&x, &y, &pads);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, outputs[0].dtype, T => conv::<T>(c))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let [of, kernel] = [0, 1].map(|i| Spec::known(DType::F32, x[i].dims()));
        let Ok(out) = self.infer(&[&of, &kernel]) else { return Ok(None) };
        let spatial = 1..=self.strides.len();
        let pads = self
            .geometry(&of, &kernel)
            .and_then(|g| g.exact(&of.shape[spatial.clone()], &out[0].shape[spatial.clone()], &self.padding));
        let (Ok(pads), Ok(dims)) = (pads, out[0].dims(Self::NAME)) else { return Ok(None) };
        on_candle::conv(&x[0], &x[1], &self.attrs_with(&pads), &dims[spatial])
    }
}

impl Define for Conv {
    const NAME: &'static str = "conv";
    const DOC: &'static str = "The convolution (cross-correlation) of x (batch, …, channels) with a kernel (…, channels / groups, \
        filters), in one to three spatial dimensions: each window of x times the kernel. With `same` padding each axis has \
        ⌈n / stride⌉ windows and the odd zero stands behind.";
    const INPUTS: &'static [&'static str] = &["x", "kernel"];
    const PARAMS: &'static [Param] = &[
        STRIDES,
        param(
            "padding",
            "string | [number, number][]",
            "",
            "`valid`, `same`, or the zeros before and after each axis; negative: elements left out.",
        ),
        DILATION,
        GROUPS,
    ];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let case = |strides: &str, padding: &str, dilation: &str, groups: usize, x: &[usize], k: &[usize]| {
            let attrs =
                format!(r#"{{"strides":{strides},"padding":{padding},"dilation":{dilation},"groups":{groups}}}"#);
            Sample::new(attrs).f32(x, -1.0, 1.0).f32(k, -1.0, 1.0)
        };
        vec![
            case("[1]", r#""valid""#, "[1]", 1, &[2, 6, 3], &[3, 3, 4]),
            case("[2]", r#""same""#, "[1]", 1, &[2, 6, 3], &[3, 3, 2]),
            case("[1]", "[[2,0]]", "[1]", 1, &[2, 5, 1], &[3, 1, 2]),
            case("[3]", "[[-1,2]]", "[1]", 1, &[1, 8, 2], &[2, 2, 3]),
            case("[1]", "[[2,2]]", "[2]", 1, &[1, 7, 2], &[3, 2, 3]),
            case("[1,1]", r#""valid""#, "[1,1]", 1, &[2, 4, 5, 2], &[1, 1, 2, 3]),
            case("[2,1]", r#""same""#, "[1,1]", 2, &[1, 5, 4, 4], &[3, 2, 2, 4]),
            case("[1,1]", "[[1,1],[1,1]]", "[1,1]", 3, &[1, 4, 4, 3], &[3, 3, 1, 6]),
            case("[2,2]", "[[1,1],[1,1]]", "[1,1]", 3, &[1, 5, 4, 3], &[3, 3, 1, 3]),
            case("[1,1]", r#""same""#, "[2,3]", 1, &[1, 7, 9, 1], &[3, 3, 1, 2]),
            case("[1,2,1]", r#""same""#, "[1,1,1]", 1, &[1, 3, 4, 3, 2], &[2, 3, 2, 2, 2]),
            case("[1]", r#""same""#, "[1]", 1, &[0, 4, 2], &[3, 2, 2]),
            case("[1]", r#""same""#, "[1]", 1, &[1, 0, 2], &[3, 2, 2]),
            case("[1]", r#""valid""#, "[1]", 1, &[2, 4, 0], &[3, 0, 2]),
        ]
    }
}
