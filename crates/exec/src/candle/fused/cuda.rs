//! Kernels on NVIDIA's GPUs: compiled by NVRTC, all that were announced in one go, and kept for all programs of the process.

use super::{Argument, Book, Dialect, Fusion, Index, Launcher, Source};
use candle_core::{
    CudaDevice, CudaStorage, InplaceOp1, Layout, Storage, Tensor,
    cuda_backend::{
        CudaStorageSlice,
        cudarc::{
            driver::{CudaFunction, DevicePtr, DevicePtrMut, LaunchConfig, PushKernelArg},
            nvrtc::{CompileError, CompileOptions, compile_ptx_with_opts},
        },
    },
};
use parking_lot::Mutex;
use std::{cell::Cell, sync::Arc};

/// Threads of a block.
const BLOCK: u32 = 256;

struct Nvrtc {
    device: CudaDevice,
    book: Mutex<Book<CudaFunction>>,
}

/// The one of a device; none where NVRTC is not installed, as the list of devices says.
pub fn launcher(device: &CudaDevice) -> Fusion {
    static ALL: Mutex<Vec<Arc<Nvrtc>>> = Mutex::new(vec![]);
    crate::cuda::nvrtc().ok()?;
    let mut all = ALL.lock();
    if let Some(known) = all.iter().find(|n| n.device.id() == device.id()) {
        return Some(known.clone());
    }
    all.push(Arc::new(Nvrtc { device: device.clone(), book: Mutex::default() }));
    all.last().map(|n| n.clone() as Arc<dyn Launcher>)
}

impl Launcher for Nvrtc {
    fn dialect(&self) -> Dialect {
        Dialect::Cuda
    }

    fn announce(&self, source: &Arc<Source>) {
        self.book.lock().announce(source);
    }

    fn launch(&self, source: &Source, arguments: &[Argument<'_>], lengths: &[usize]) -> candle_core::Result<()> {
        let function = self.book.lock().kernel(source, |sources, module| self.compile(sources, module))?;
        let stream = self.device.cuda_stream();
        let argument = |a: &Argument<'_>| match *a {
            Argument::Read(tensor) => address(tensor),
            Argument::Written(tensor) => address_to_write(tensor),
            Argument::Value(bits) => Ok(bits),
        };
        let arguments: Vec<u64> = arguments.iter().map(argument).collect::<candle_core::Result<_>>()?;
        let wide: Vec<u64> = lengths.iter().map(|&n| n as u64).collect();
        let narrow: Vec<u32> = lengths.iter().map(|&n| n as u32).collect();
        let mut launch = stream.launch_builder(&function);
        for argument in &arguments {
            launch.arg(argument);
        }
        match source.index {
            Index::Narrow => narrow.iter().for_each(|n| _ = launch.arg(n)),
            Index::Wide => wide.iter().for_each(|n| _ = launch.arg(n)),
        }
        let blocks = wide.iter().sum::<u64>().div_ceil(BLOCK.into());
        let blocks = u32::try_from(blocks).map_err(candle_core::Error::wrap)?;
        let config = LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (BLOCK, 1, 1), shared_mem_bytes: 0 };
        // SAFETY: the arguments are those of the source, whose tensors are contiguous and on this device; its threads stay within
        // the lengths. All work of the device is on one stream, so what it reads has been written before.
        unsafe { launch.launch(config) }.map_err(candle_core::Error::wrap)?;
        Ok(())
    }
}

impl Nvrtc {
    fn compile(&self, sources: &[Arc<Source>], module: usize) -> candle_core::Result<Vec<CudaFunction>> {
        let texts = sources.iter().map(|source| source.text.as_str());
        let text: String = [Dialect::Cuda.prelude().as_str()].into_iter().chain(texts).collect();
        // Each operation rounds by itself, as where ops run one after the other.
        let options = CompileOptions { fmad: Some(false), ..CompileOptions::default() };
        let compiled = compile_ptx_with_opts(text, options).map_err(|e| match e {
            CompileError::CompileError { log, .. } => {
                candle_core::Error::Msg(format!("NVRTC: {}", log.to_string_lossy())).bt()
            }
            other => candle_core::Error::wrap(other),
        })?;
        let (ptx, module) = (compiled.to_src(), format!("kerosene_fused_{module}"));
        let function = |source: &Arc<Source>| {
            self.device.get_or_load_custom_func(&source.name, &module, &ptx).map(|f| f.into_cuda_function())
        };
        sources.iter().map(function).collect()
    }
}

/// Evaluates `$body` with `$slice` bound to a storage's memory, whatever its dtype.
macro_rules! with_slice {
    ($storage:expr, $slice:ident => $body:expr) => {
        with_slice!(@ $storage, $slice, $body, U8 U32 I16 I32 I64 F16 BF16 F32 F64)
    };
    (@ $storage:expr, $slice:ident, $body:expr, $($D:ident)*) => {
        match $storage {
            $(CudaStorageSlice::$D($slice) => $body,)*
            _ => return Err(candle_core::Error::Msg("nothing here is of this dtype".into())),
        }
    };
}

/// Where a contiguous tensor's elements begin.
fn address(tensor: &Tensor) -> candle_core::Result<u64> {
    let (storage, layout) = tensor.storage_and_layout();
    let Storage::Cuda(storage) = &*storage else {
        return Err(candle_core::Error::Msg("a tensor of a kernel is not on the GPU".into()));
    };
    let stream = storage.device.cuda_stream();
    let offset = layout.start_offset() * tensor.dtype().size_in_bytes();
    Ok(with_slice!(&storage.slice, slice => slice.device_ptr(&stream).0) + offset as u64)
}

/// The same of one that a kernel writes.
fn address_to_write(tensor: &Tensor) -> candle_core::Result<u64> {
    struct Address(Cell<u64>);
    impl InplaceOp1 for Address {
        fn name(&self) -> &'static str {
            "address"
        }
        fn cpu_fwd(&self, _: &mut candle_core::CpuStorage, _: &Layout) -> candle_core::Result<()> {
            Err(candle_core::Error::Msg("a tensor of a kernel is not on the GPU".into()))
        }
        fn cuda_fwd(&self, storage: &mut CudaStorage, layout: &Layout) -> candle_core::Result<()> {
            let stream = storage.device.cuda_stream();
            let size = candle_core::backend::BackendStorage::dtype(storage).size_in_bytes();
            let start = with_slice!(&mut storage.slice, slice => slice.device_ptr_mut(&stream).0);
            self.0.set(start + (layout.start_offset() * size) as u64);
            Ok(())
        }
    }
    let address = Address(Cell::new(0));
    tensor.inplace_op1(&address)?;
    Ok(address.0.get())
}
