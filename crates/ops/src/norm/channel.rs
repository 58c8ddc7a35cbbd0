//! What the ops on an axis of channels share.

use super::prelude::*;
use kerosene_kernels::Channels;

/// The parameter of these ops.
pub const AXIS: Param = param("axis", "number", "-1", "The axis of the channels.");

/// The default axis.
pub fn last() -> i64 {
    -1
}

/// The axis of the channels of x, a float tensor.
pub fn channel_axis(who: &str, axis: i64, x: &Spec) -> Result<usize> {
    if !x.dtype.is_float() {
        return Err(Error::dtype(format!("{who}: x must be floating, but is {x}.")));
    }
    normalize_axis(who, axis, x.rank())
}

/// The spec of two numbers for each channel.
pub fn pairs(x: &Spec, axis: usize) -> Spec {
    Spec { dtype: x.dtype, shape: [Some(2), x.shape[axis]].into_iter().collect() }
}

/// Checks that `pair` is two numbers for each channel of x.
pub fn check_pairs(who: &str, x: &Spec, axis: usize, pair: &Spec) -> Result<()> {
    let want = pairs(x, axis);
    match unify(&pair.shape, &want.shape) {
        Some(_) if pair.dtype == x.dtype => Ok(()),
        _ => Err(Error::value(format!("{who}: expected two numbers for each channel, {want}, got {pair}."))),
    }
}

/// The kernels for an x.
pub fn channels(who: &str, x: &Spec, axis: usize) -> Result<Channels> {
    let x = x.dims(who)?;
    Ok(Channels { outer: x[..axis].iter().product(), channels: x[axis], inner: x[axis + 1..].iter().product() })
}

/// The axes other than that of the channels.
pub fn others(rank: usize, axis: usize) -> Vec<usize> {
    (0..rank).filter(|&i| i != axis).collect()
}

/// One of the two numbers of each channel as a vector.
pub fn part(graph: &mut Graph, pairs: Value, i: usize) -> Result<Value> {
    let attrs = serde_json::json!({ "start": [i, 0], "size": [1, null] }).to_string();
    let row = graph.op("slice", &attrs, &[pairs])?;
    let channels = graph.spec(row).shape[1];
    graph.reshape(row, &[channels])
}

/// A vector with one number for each channel, spread along the axes of x.
pub fn spread(graph: &mut Graph, vector: Value, x: Value, axis: usize) -> Result<Value> {
    let channels = graph.spec(vector).shape[0];
    let shape: Vec<_> = (0..graph.spec(x).rank()).map(|i| if i == axis { channels } else { Some(1) }).collect();
    graph.reshape(vector, &shape)
}
