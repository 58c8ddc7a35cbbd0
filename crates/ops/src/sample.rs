//! Cases an op brings for the laws.

use kerosene_ir::DType;

/// A sample tensor: values as float64, stored in `dtype`.
#[derive(Clone, Debug)]
pub struct Data {
    /// Element type.
    pub dtype: DType,
    /// Dimensions.
    pub shape: Vec<usize>,
    /// Values in row-major order.
    pub values: Vec<f64>,
}

/// One case: inputs and attributes.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Inputs in order.
    pub inputs: Vec<Data>,
    /// Attributes as JSON.
    pub attrs: String,
    /// Whether finite differences make sense at these points (not on a kink or a tie).
    pub smooth: bool,
}

impl Sample {
    /// A case with attributes and no inputs yet.
    pub fn new(attrs: impl Into<String>) -> Self {
        Self { inputs: vec![], attrs: attrs.into(), smooth: true }
    }

    /// Adds an input.
    pub fn with(mut self, dtype: DType, shape: &[usize], values: impl Into<Vec<f64>>) -> Self {
        let values = values.into();
        assert_eq!(values.len(), shape.iter().product::<usize>(), "sample values must fill the shape");
        self.inputs.push(Data { dtype, shape: shape.to_vec(), values });
        self
    }

    /// Adds a float32 input of smooth, tie-free values in about [lo, hi].
    pub fn f32(self, shape: &[usize], lo: f64, hi: f64) -> Self {
        let n: usize = shape.iter().product();
        let k = self.inputs.len() as f64;
        let values: Vec<f64> =
            (0..n).map(|i| lo + (hi - lo) * ((i as f64 * 0.618_034 + k * 0.271_8 + 0.137).fract())).collect();
        self.with(DType::F32, shape, values)
    }

    /// Marks a case on a kink or tie: values are compared, finite differences are not.
    pub fn kink(mut self) -> Self {
        self.smooth = false;
        self
    }

    /// The cases every float op of one operand has: some shapes with values in [lo, hi], none, and the edges of the format.
    pub fn unary(lo: f64, hi: f64) -> Vec<Sample> {
        let edges = [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-40, -89.0, 88.5, 1e10, 3e38];
        vec![
            Sample::new("").f32(&[3, 5], lo, hi),
            Sample::new("").f32(&[], lo, hi),
            Sample::new("").f32(&[0, 2], lo, hi),
            Sample::new("").f32(&[131], lo, hi),
            Sample::new("").with(DType::F32, &[12], edges).kink(),
        ]
    }

    /// The cases every float op of two operands has: broadcasting each way, none, and the edges of the format.
    pub fn binary(lo: f64, hi: f64) -> Vec<Sample> {
        let x = [0.0, 0.0, 1.0, -1.0, f64::INFINITY, f64::INFINITY, f64::NAN, 1.0, 3e38, 1e-30];
        let y = [0.0, -0.0, 0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, 1.0, f64::NAN, 3e38, 1e-30];
        vec![
            Sample::new("").f32(&[3, 4], lo, hi).f32(&[3, 4], lo, hi),
            Sample::new("").f32(&[2, 1, 5], lo, hi).f32(&[3, 1], lo, hi),
            Sample::new("").f32(&[], lo, hi).f32(&[7], lo, hi),
            Sample::new("").f32(&[0, 3], lo, hi).f32(&[3], lo, hi),
            Sample::new("").f32(&[2, 66], lo, hi).f32(&[2, 1], lo, hi),
            Sample::new("").with(DType::F32, &[10], x).with(DType::F32, &[10], y).kink(),
        ]
    }

    /// Small integers of each dtype, negative ones where it has them.
    pub fn integers(dtypes: &[DType]) -> Vec<Sample> {
        let values = |d: DType| match d {
            DType::Bool => [0.0, 1.0, 1.0, 0.0],
            d if d.is_signed() => [0.0, 3.0, -7.0, 100.0],
            _ => [0.0, 3.0, 7.0, 200.0],
        };
        dtypes.iter().map(|&d| Sample::new("").with(d, &[2, 2], values(d))).collect()
    }

    /// Pairs of integers of each dtype, some of which overflow the narrow ones.
    pub fn integer_pairs(dtypes: &[DType]) -> Vec<Sample> {
        let ones = Sample::integers(dtypes);
        ones.into_iter()
            .map(|s| {
                let d = s.inputs[0].dtype;
                let values = if d == DType::Bool { [1.0, 1.0] } else { [2.0, 100.0] };
                s.with(d, &[2], values)
            })
            .collect()
    }

    /// Numbers of each sign divided by numbers of each sign, and by 0.
    pub fn divisions() -> Vec<Sample> {
        let (x, y) = ([7.0, -7.0, 7.0, -7.0, 6.0, -1.0], [2.0, 2.0, -2.0, -2.0, 3.0, 0.0]);
        let signed = |d: DType| Sample::new("").with(d, &[6], x).with(d, &[6], y);
        let unsigned = Sample::new("").with(DType::U8, &[2], [7.0, 9.0]).with(DType::U8, &[2], [2.0, 0.0]);
        let more = [signed(DType::F32).kink(), signed(DType::I32), unsigned];
        Sample::binary(0.5, 2.0).into_iter().chain(more).collect()
    }

    /// Integers with common divisors and without, of each sign, and 0.
    pub fn divisors() -> Vec<Sample> {
        let (x, y) = ([12.0, -18.0, 0.0, 7.0, 0.0], [18.0, 12.0, 5.0, -1.0, 0.0]);
        let mut samples = Sample::integer_pairs(&[DType::U8, DType::I8, DType::I32, DType::I64]);
        samples.push(Sample::new("").with(DType::I32, &[5], x).with(DType::I32, &[5], y));
        samples
    }

    /// Pairs with ties, infinities and NaN.
    pub fn comparisons() -> Vec<Sample> {
        let inf = f64::INFINITY;
        vec![
            Sample::new("").with(DType::F32, &[3], [1.0, 2.0, 3.0]).with(DType::F32, &[3], [2.0, 2.0, 2.0]),
            Sample::new("").with(DType::F32, &[2, 1], [-1.0, 0.5]).with(DType::F32, &[2], [0.5, -1.0]),
            Sample::new("").with(DType::F32, &[4], [f64::NAN, inf, inf, 0.0]).with(
                DType::F32,
                &[4],
                [f64::NAN, inf, -inf, -0.0],
            ),
            Sample::new("").with(DType::I32, &[2], [-3.0, 4.0]).with(DType::I32, &[], [4.0]),
            Sample::new("").with(DType::Bool, &[4], [0.0, 0.0, 1.0, 1.0]).with(DType::Bool, &[4], [0.0, 1.0, 0.0, 1.0]),
            Sample::new("").f32(&[0], 0.0, 1.0).f32(&[1], 0.0, 1.0),
        ]
    }

    /// The axes every reduction of floats is asked for.
    pub fn reductions() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[3, 4], -2.0, 2.0),
            Sample::new("{}").f32(&[], -2.0, 2.0),
            Sample::new(r#"{"axis":[0]}"#).f32(&[5, 3], -2.0, 2.0),
            Sample::new(r#"{"axis":-1,"keepdims":true}"#).f32(&[2, 3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":[0,2]}"#).f32(&[2, 3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":1}"#).f32(&[2, 70, 3], -2.0, 2.0),
            Sample::new(r#"{"axis":[]}"#).f32(&[2, 3], -2.0, 2.0),
            Sample::new(r#"{"axis":1}"#).f32(&[0, 3], 0.0, 1.0),
            Sample::new(r#"{"axis":0}"#).with(DType::F32, &[2, 2], [f64::NAN, 1.0, 2.0, f64::INFINITY]).kink(),
        ]
    }
}
