//! What a convolution does to the gradient of its kernel

use super::prelude::*;

/// What a convolution does to the gradient of its kernel
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvKernelGradient {
    kernel_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Pads,
    dilation: Vec<usize>,
    #[serde(default = "super::prelude::one")]
    groups: usize,
}

impl ConvKernelGradient {
    fn shared(&self) -> Attrs<'_> {
        Attrs { strides: &self.strides, dilation: &self.dilation, pads: &self.padding, groups: self.groups }
    }

    fn geometry(&self, x: &Spec, y: &Spec) -> Result<Geometry<'_>> {
        let kernel: Vec<Dim> = self.kernel_size.iter().map(|&k| Some(k)).collect();
        let geometry = Geometry::new(Self::NAME, &self.strides, &self.dilation, self.groups, &kernel, x)?;
        let rank = geometry.rank();
        let bad =
            || Error::value(format!("conv_kernel_gradient: {x} and {y} are not input and output of one convolution."));
        if y.rank() != x.rank() || self.kernel_size.contains(&0) {
            return Err(bad());
        }
        let padding = Padding::Given(self.padding.clone());
        let places = geometry.outputs(&x.shape[1..=rank], &padding, || format!("{x} with {self:?}"))?;
        let expected = [x.shape[0]].into_iter().chain(places).chain([y.shape[rank + 1]]);
        let differ = |(a, b): (Dim, &Dim)| matches!((a, b), (Some(a), Some(b)) if a != *b);
        let divides = |d: Dim| d.is_none_or(|d| d % self.groups == 0);
        if expected.zip(&y.shape).any(differ) || !divides(x.shape[rank + 1]) || !divides(y.shape[rank + 1]) {
            return Err(bad());
        }
        Ok(geometry)
    }
}

impl Op for ConvKernelGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, y) = (inputs[0], inputs[1]);
        let rank = self.geometry(x, y)?.rank();
        let ends = [x.shape[rank + 1].map(|c| c / self.groups), y.shape[rank + 1]];
        Ok(vec![Spec::new(x.dtype, self.kernel_size.iter().map(|&k| Some(k)).chain(ends))])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn flops(&self, inputs: &[&Spec], outputs: &[&Spec]) -> f64 {
        flops(inputs[1], outputs[0])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (u, x, y) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let mut out = vec![None, None];
        if cx.needs[0] {
            // The last elements of x may lie behind all windows: then they get nothing, which these pads say.
            let geometry = self.geometry(cx.input(0), cx.input(1))?;
            let spatial = 1..=geometry.rank();
            let (from, to) = (&cx.input(0).shape[spatial.clone()], &cx.input(1).shape[spatial]);
            let pads = geometry.exact(from, to, &Padding::Given(self.padding.clone()))?;
            let attrs = Attrs { pads: &pads, ..self.shared() };
            out[0] = Some(cx.graph.op("conv_transpose", &attrs.json(None), &[y, u])?);
        }
        if cx.needs[1] {
            out[1] = Some(cx.graph.op("conv", &self.shared().json(None), &[x, u])?);
        }
        Ok(out)
    }
}

impl Lower for ConvKernelGradient {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let geometry = self.geometry(inputs[0], inputs[1])?;
        let (x, y) = (inputs[0].dims(Self::NAME)?, inputs[1].dims(Self::NAME)?);
        let c = geometry.convolution(&x, &y, &self.padding);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, outputs[0].dtype, T => conv_kernel_gradient::<T>(c))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        on_candle::conv_kernel_gradient(&x[0], &x[1], &self.kernel_size, &self.shared())
    }
}

impl Define for ConvKernelGradient {
    const NAME: &'static str = "conv_kernel_gradient";
    const DOC: &'static str = "The gradient of the kernel (…, channels / groups, filters) of a convolution with these attributes, \
        from its input x (batch, …, channels) and the gradient g (batch, …, filters) of its output.";
    const INPUTS: &'static [&'static str] = &["x", "g"];
    const PARAMS: &'static [Param] =
        &[param("kernel_size", "number[]", "", "The spatial shape of the kernel."), STRIDES, PADS, DILATION, GROUPS];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let case = |k: &str, strides: &str, padding: &str, dilation: &str, groups: usize, x: &[usize], g: &[usize]| {
            let attrs = format!(
                r#"{{"kernel_size":{k},"strides":{strides},"padding":{padding},"dilation":{dilation},"groups":{groups}}}"#
            );
            Sample::new(attrs).f32(x, -1.0, 1.0).f32(g, -1.0, 1.0)
        };
        vec![
            case("[3]", "[1]", "[[0,0]]", "[1]", 1, &[2, 6, 3], &[2, 4, 2]),
            case("[3]", "[2]", "[[0,0]]", "[1]", 1, &[2, 6, 1], &[2, 2, 2]),
            case("[2]", "[3]", "[[-1,2]]", "[1]", 1, &[1, 8, 2], &[1, 3, 3]),
            case("[3]", "[1]", "[[2,2]]", "[2]", 1, &[1, 5, 2], &[1, 5, 3]),
            case("[1,1]", "[1,1]", "[[0,0],[0,0]]", "[1,1]", 1, &[1, 3, 2, 3], &[1, 3, 2, 2]),
            case("[3,2]", "[2,1]", "[[1,1],[0,1]]", "[1,1]", 2, &[1, 5, 4, 4], &[1, 3, 4, 4]),
            case("[3,3]", "[1,1]", "[[1,1],[1,1]]", "[1,1]", 3, &[2, 3, 4, 3], &[2, 3, 4, 6]),
            case("[2,3,1]", "[1,2,1]", "[[0,0],[1,1],[0,0]]", "[1,1,1]", 1, &[1, 3, 4, 2, 2], &[1, 2, 2, 2, 2]),
            case("[3]", "[1]", "[[1,1]]", "[1]", 1, &[0, 4, 2], &[0, 4, 3]),
            case("[3]", "[1]", "[[1,1]]", "[1]", 1, &[2, 4, 2], &[2, 4, 0]),
        ]
    }
}
