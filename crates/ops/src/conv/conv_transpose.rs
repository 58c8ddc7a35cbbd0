//! The transposed convolution: what a convolution does to the gradient of its input

use super::prelude::*;

/// The transposed convolution: what a convolution does to the gradient of its input
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvTranspose {
    strides: Vec<usize>,
    padding: Pads,
    dilation: Vec<usize>,
    #[serde(default = "super::prelude::one")]
    groups: usize,
}

impl ConvTranspose {
    fn geometry(&self, y: &Spec, kernel: &Spec) -> Result<Geometry<'_>> {
        let spatial = &kernel.shape[..kernel.rank().saturating_sub(2)];
        let geometry = Geometry::new(Self::NAME, &self.strides, &self.dilation, self.groups, spatial, y)?;
        if spatial.contains(&Some(0)) {
            return Err(Error::value(format!("conv_transpose: the kernel {kernel} is empty.")));
        }
        geometry.channels(None, y.shape[geometry.rank() + 1], kernel)?;
        Ok(geometry)
    }

    fn shared(&self) -> Attrs<'_> {
        Attrs { strides: &self.strides, dilation: &self.dilation, pads: &self.padding, groups: self.groups }
    }
}

impl Op for ConvTranspose {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (y, kernel) = (inputs[0], inputs[1]);
        let geometry = self.geometry(y, kernel)?;
        let rank = geometry.rank();
        let spatial = geometry.inputs(&y.shape[1..=rank], &self.padding)?;
        let channels = kernel.shape[rank].and_then(|c| c.checked_mul(self.groups));
        let shape: Shape = [y.shape[0]].into_iter().chain(spatial).chain([channels]).collect();
        Ok(vec![Spec { dtype: y.dtype, shape }])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn flops(&self, inputs: &[&Spec], _: &[&Spec]) -> f64 {
        flops(inputs[0], inputs[1])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (u, y) = (cx.grad(), cx.inputs[0]);
        let geometry = self.geometry(cx.input(0), cx.input(1))?;
        self.shared().pull_back(cx, "conv", &geometry.kernel, [u, y])
    }
}

impl Lower for ConvTranspose {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let geometry = self.geometry(inputs[0], inputs[1])?;
        inputs[1].dims(Self::NAME)?;
        let (y, x) = (inputs[0].dims(Self::NAME)?, outputs[0].dims(Self::NAME)?);
        let c = geometry.convolution(&x, &y, &self.padding);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, outputs[0].dtype, T => conv_transpose::<T>(c))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let [of, kernel] = [0, 1].map(|i| Spec::known(DType::F32, x[i].dims()));
        let Ok(out) = self.infer(&[&of, &kernel]) else { return Ok(None) };
        let Ok(dims) = out[0].dims(Self::NAME) else { return Ok(None) };
        on_candle::conv_transpose(&x[0], &x[1], &self.shared(), &dims[1..=self.strides.len()])
    }
}

impl Define for ConvTranspose {
    const NAME: &'static str = "conv_transpose";
    const DOC: &'static str = "The transposed convolution of x (batch, …, filters) with a kernel (…, channels / groups, filters): \
        each element of x times the kernel, added up where the windows of a convolution with these attributes lie. The gradient \
        of that convolution's input. Each axis has (n - 1) · stride + reach of the kernel - pads elements.";
    const INPUTS: &'static [&'static str] = &["x", "kernel"];
    const PARAMS: &'static [Param] = &[STRIDES, PADS, DILATION, GROUPS];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let case = |strides: &str, padding: &str, dilation: &str, groups: usize, x: &[usize], k: &[usize]| {
            let attrs =
                format!(r#"{{"strides":{strides},"padding":{padding},"dilation":{dilation},"groups":{groups}}}"#);
            Sample::new(attrs).f32(x, -1.0, 1.0).f32(k, -1.0, 1.0)
        };
        vec![
            case("[1]", "[[0,0]]", "[1]", 1, &[2, 4, 4], &[3, 3, 4]),
            case("[2]", "[[0,1]]", "[1]", 1, &[2, 3, 2], &[3, 3, 2]),
            case("[3]", "[[0,-1]]", "[1]", 1, &[1, 3, 2], &[2, 1, 2]),
            case("[2]", "[[-1,1]]", "[1]", 1, &[1, 3, 2], &[4, 3, 2]),
            case("[1]", "[[2,2]]", "[2]", 1, &[1, 5, 3], &[3, 2, 3]),
            case("[1,1]", "[[0,0],[0,0]]", "[1,1]", 1, &[1, 3, 2, 3], &[1, 1, 2, 3]),
            case("[2,2]", "[[1,1],[1,1]]", "[1,1]", 1, &[1, 3, 3, 2], &[3, 3, 2, 2]),
            case("[2,1]", "[[0,1],[1,1]]", "[1,1]", 2, &[1, 3, 4, 4], &[3, 3, 2, 4]),
            case("[2,1]", "[[1,0],[1,1]]", "[1,1]", 3, &[1, 3, 4, 6], &[2, 3, 1, 6]),
            case("[2,1,2]", "[[0,0],[1,1],[0,0]]", "[1,1,1]", 1, &[1, 2, 3, 2, 2], &[2, 3, 1, 2, 2]),
            case("[2]", "[[0,1]]", "[1]", 1, &[0, 3, 2], &[3, 3, 2]),
            case("[2]", "[[0,1]]", "[1]", 1, &[1, 3, 0], &[3, 3, 0]),
        ]
    }
}
