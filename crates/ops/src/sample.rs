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
    /// Whether candle has this meaning (it cannot compare random numbers).
    pub candle: bool,
}

impl Sample {
    /// A case with attributes and no inputs yet.
    pub fn new(attrs: impl Into<String>) -> Self {
        Self { inputs: vec![], attrs: attrs.into(), smooth: true, candle: true }
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

    /// Marks a case that candle means differently.
    pub fn not_candle(mut self) -> Self {
        self.candle = false;
        self
    }
}
