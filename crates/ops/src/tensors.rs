//! What lowerings to candle's tensors are written with.

use crate::transfers;
use candle_core::{DType, Device, DeviceLocation, Result, Shape, Tensor, WithDType, shape::Dim};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

/// Whether all operands are of floats.
pub fn floats(x: &[Tensor]) -> bool {
    x.iter().all(|t| t.dtype().is_float())
}

/// The operands in the shape they broadcast to, contiguous.
pub fn common<const N: usize>(x: [&Tensor; N]) -> Result<[Tensor; N]> {
    let mut shape = x[0].shape().clone();
    for t in &x[1..] {
        shape = shape.broadcast_shape_binary_op(t.shape(), "broadcast")?;
    }
    let mut out = x.map(Clone::clone);
    for t in &mut out {
        if *t.shape() != shape {
            *t = t.broadcast_as(&shape)?;
        }
        *t = t.contiguous()?;
    }
    Ok(out)
}

/// One number in the shape and dtype of `x`.
pub fn number(x: &Tensor, value: f64) -> Result<Tensor> {
    full(value, x.shape(), x.dtype(), x.device())
}

/// One number everywhere: it travels as an argument of the kernel that writes it.
pub fn full(value: f64, shape: impl Into<Shape>, dtype: DType, device: &Device) -> Result<Tensor> {
    match dtype {
        DType::F32 => Tensor::full(value as f32, shape, device),
        DType::F64 => Tensor::full(value, shape, device),
        DType::I64 => Tensor::full(value as i64, shape, device),
        DType::U32 => Tensor::full(value as u32, shape, device),
        DType::U8 => Tensor::full(value as u8, shape, device),
        other => Tensor::full(value as f32, shape, device)?.to_dtype(other),
    }
}

/// Numbers that a lowering needs again at every run, such as indices: copied to the device once.
pub fn fixed<T: WithDType>(values: &[T], device: &Device) -> Result<Tensor> {
    /// Bytes that are kept, about; beyond, all go and those in use come again.
    const MOST: usize = 32 << 20;
    type Kept = HashMap<(DeviceLocation, DType, Vec<u8>), Tensor>;
    static KEPT: LazyLock<Mutex<(usize, Kept)>> = LazyLock::new(Mutex::default);
    // SAFETY: candle's number types are plain numbers.
    let bytes = unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), size_of_val(values)) };
    let key = (device.location(), T::DTYPE, bytes.to_vec());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(tensor) = kept.1.get(&key).filter(|t| t.device().same_device(device)) {
        return Ok(tensor.clone());
    }
    let tensor = Tensor::from_slice(values, values.len(), device)?;
    transfers::to_device(bytes.len());
    if kept.0 + bytes.len() > MOST {
        *kept = Default::default();
    }
    kept.0 += bytes.len();
    kept.1.insert(key, tensor.clone());
    Ok(tensor)
}

/// `a` where the condition is not 0, elsewhere `b`, all of one shape.
pub fn select(condition: &Tensor, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    condition.contiguous()?.where_cond(&a.contiguous()?, &b.contiguous()?)
}

/// Where `x` is not a number.
pub fn nan(x: &Tensor) -> Result<Tensor> {
    x.ne(x)
}

/// Where either condition holds.
pub fn or(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    a.maximum(b)
}

/// The larger, NaN where either is.
pub fn maximum(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    select(&or(&x.gt(y)?, &nan(x)?)?, x, y)
}

/// The smaller, NaN where either is.
pub fn minimum(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    select(&or(&x.lt(y)?, &nan(x)?)?, x, y)
}

/// max(x, 0), NaN where x is.
pub fn relu(x: &Tensor) -> Result<Tensor> {
    maximum(x, &x.zeros_like()?)
}

/// ln(1 + x), accurate near 0 by the rounding of 1 + x itself.
///
/// Source: Goldberg, *What every computer scientist should know about floating-point arithmetic*, 1991, theorem 4.
pub fn log1p(x: &Tensor) -> Result<Tensor> {
    let u = x.affine(1.0, 1.0)?;
    let rest = u.affine(1.0, -1.0)?;
    let (one, infinite) = (rest.eq(&x.zeros_like()?)?, u.eq(&number(x, f64::INFINITY)?)?);
    let found = (u.log()? * (x / select(&one, &number(x, 1.0)?, &rest)?)?)?;
    select(&one, x, &select(&infinite, &u, &found)?)
}

/// eˣ − 1, accurate near 0 by the same way.
///
/// Source: Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, section 1.14.1.
pub fn expm1(x: &Tensor) -> Result<Tensor> {
    let u = x.exp()?;
    let rest = u.affine(1.0, -1.0)?;
    let far = x.abs()?.gt(&number(x, 1.0)?)?;
    let near = u.eq(&number(x, 1.0)?)?;
    let safe = select(&or(&far, &near)?, &number(x, 2.0)?, &u)?;
    let found = ((safe.affine(1.0, -1.0)? * x)? / safe.log()?)?;
    select(&far, &rest, &select(&near, x, &found)?)
}

/// The largest along an axis (kept), NaN where there is one.
pub fn max_along(x: &Tensor, axis: usize) -> Result<Tensor> {
    let worst = nan(x)?.max_keepdim(axis)?;
    let y = select(&nan(x)?, &number(x, f64::NEG_INFINITY)?, x)?.max_keepdim(axis)?;
    select(&worst, &number(&y, f64::NAN)?, &y)
}

/// The product along an axis (kept): halves are multiplied until one row is left.
pub fn product_along(x: &Tensor, axis: usize) -> Result<Tensor> {
    let mut x = x.clone();
    if x.dim(axis)? == 0 {
        let mut shape = x.dims().to_vec();
        shape[axis] = 1;
        return Tensor::ones(shape, x.dtype(), x.device());
    }
    while x.dim(axis)? > 1 {
        let n = x.dim(axis)?;
        let half = n / 2;
        let folded = (x.narrow(axis, 0, half)?.contiguous()? * x.narrow(axis, half, half)?.contiguous()?)?;
        x = if n % 2 == 0 { folded } else { Tensor::cat(&[folded, x.narrow(axis, n - 1, 1)?], axis)? };
    }
    Ok(x)
}

/// Each row along an axis joined with all before it: with the one before, then those two before, then those four before.
///
/// Source: Hillis & Steele, *Data parallel algorithms*, 1986.
pub fn running(x: &Tensor, axis: usize, join: impl Fn(&Tensor, &Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let (mut x, n) = (x.contiguous()?, x.dim(axis)?);
    let mut step = 1;
    while step < n {
        let first = x.narrow(axis, 0, step)?;
        let (later, earlier) = (x.narrow(axis, step, n - step)?, x.narrow(axis, 0, n - step)?);
        let joined = join(&later.contiguous()?, &earlier.contiguous()?)?;
        x = Tensor::cat(&[first.contiguous()?, joined], axis)?;
        step *= 2;
    }
    Ok(x)
}

/// Indices into `n` rows, counted from the end where negative, and where they are inside; those outside point to row 0.
pub fn places(indices: &Tensor, n: usize) -> Result<(Tensor, Tensor)> {
    let i = indices.to_dtype(DType::I64)?;
    let zero = i.zeros_like()?;
    let n = number(&i, n as f64)?;
    let i = select(&i.lt(&zero)?, &(&i + &n)?, &i)?;
    let inside = (i.ge(&zero)? * i.lt(&n)?)?;
    Ok((select(&inside, &i, &zero)?, inside))
}

/// The rows of `x` along `axis` at these places, rows of `fill` where there is none.
pub fn pick(x: &Tensor, axis: usize, at: &[Option<usize>], fill: f64) -> Result<Tensor> {
    let n = x.dim(axis)?;
    let x = if at.contains(&None) {
        let mut shape = x.dims().to_vec();
        shape[axis] = 1;
        Tensor::cat(&[x, &full(fill, shape, x.dtype(), x.device())?], axis)?
    } else {
        x.contiguous()?
    };
    x.index_select(&ids(at, n, &x)?, axis)
}

/// What [`pick`] read, from what it gave: the rows of `y` added up at their places along an axis of `n`.
pub fn unpick(y: &Tensor, axis: usize, at: &[Option<usize>], n: usize) -> Result<Tensor> {
    let mut shape = y.dims().to_vec();
    shape[axis] = n + 1;
    let zeros = Tensor::zeros(shape, y.dtype(), y.device())?;
    zeros.index_add(&ids(at, n, y)?, &y.contiguous()?, axis)?.narrow(axis, 0, n)?.contiguous()
}

fn ids(at: &[Option<usize>], n: usize, on: &Tensor) -> Result<Tensor> {
    let ids: Vec<u32> = at.iter().map(|i| i.unwrap_or(n) as u32).collect();
    fixed(&ids, on.device())
}

/// [`pick`] along the axes from 1 on.
pub fn pick_all(x: &Tensor, at: &[Vec<Option<usize>>], fill: f64) -> Result<Tensor> {
    at.iter().enumerate().try_fold(x.clone(), |x, (i, at)| pick(&x, i + 1, at, fill))
}

/// [`unpick`] along the axes from 1 on.
pub fn unpick_all(y: &Tensor, at: &[Vec<Option<usize>>], sizes: &[usize]) -> Result<Tensor> {
    at.iter().zip(sizes).enumerate().try_fold(y.clone(), |y, (i, (at, &n))| unpick(&y, i + 1, at, n))
}

/// Every combination of one number below each length, the last one moving fastest.
pub fn combinations(lengths: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<> {
    let lengths = lengths.to_vec();
    (0..lengths.iter().product::<usize>()).map(move |mut i| {
        let mut out = vec![0; lengths.len()];
        for (o, n) in out.iter_mut().zip(&lengths).rev() {
            *o = i % n;
            i /= n;
        }
        out
    })
}

/// The element with index `i` along an axis, the axis gone.
pub fn at<D: Dim>(x: &Tensor, axis: D, i: usize) -> Result<Tensor> {
    let axis = axis.to_index(x.shape(), "at")?;
    x.narrow(axis, i, 1)?.squeeze(axis)
}
