//! NVIDIA's libraries, found and loaded when a GPU is first asked for. The addon is not linked with them, so that it starts on
//! any machine.

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW, Symbol};
use std::{
    env,
    ffi::c_int,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// What candle's kernels are compiled for: the first driver that knows their PTX.
const DRIVER: c_int = 13_000;
/// What candle calls, in the order of dependence.
const LIBRARIES: [&str; 3] = ["libcublasLt.so.13", "libcublas.so.13", "libcurand.so.10"];
/// What compiles kernels at run time, and what it looks for beside itself.
const COMPILER: (&str, &str) = ("libnvrtc.so.13", "libnvrtc-builtins.so.13");
/// CUDA's "no device is there".
const NO_DEVICE: c_int = 100;

/// The number of GPUs, or why there are none for this process.
pub(crate) fn gpus() -> Result<usize, String> {
    static FOUND: OnceLock<Result<usize, String>> = OnceLock::new();
    FOUND.get_or_init(find).clone()
}

/// Whether elementwise groups can be compiled, or why not.
pub(crate) fn nvrtc() -> Result<(), String> {
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let (name, part) = COMPILER;
        let beside = |folder: PathBuf| {
            // Where no search path leads to this part, it is found if it is there already.
            let parts = fs::read_dir(&folder).into_iter().flatten().flatten().map(|e| e.path());
            let parts = parts.filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(part)));
            let path = folder.join(name);
            path.is_file().then(|| parts.filter_map(|p| open(&p).ok()).for_each(std::mem::forget))?;
            open(&path).ok()
        };
        let loaded = places().into_iter().find_map(beside).or_else(|| open(Path::new(name)).ok());
        // It stays loaded as long as the process.
        std::mem::forget(loaded.ok_or_else(|| {
            format!("{name} was not found, so that elementwise ops run one by one: install NVRTC of CUDA 13, or name its folder in CUDA_HOME")
        })?);
        Ok(())
    });
    found.clone()
}

fn find() -> Result<usize, String> {
    let driver = open(Path::new("libcuda.so.1"))
        .map_err(|_| "NVIDIA's driver is not installed (libcuda.so.1 was not found)".to_string())?;
    // SAFETY: the signatures are those of the driver's interface (cuda.h).
    let (begin, version, count) = unsafe {
        let begin: Symbol<unsafe extern "C" fn(u32) -> c_int> = symbol(&driver, b"cuInit")?;
        let version: Symbol<unsafe extern "C" fn(*mut c_int) -> c_int> = symbol(&driver, b"cuDriverGetVersion")?;
        let count: Symbol<unsafe extern "C" fn(*mut c_int) -> c_int> = symbol(&driver, b"cuDeviceGetCount")?;
        (begin, version, count)
    };
    let ask = |f: &Symbol<unsafe extern "C" fn(*mut c_int) -> c_int>| {
        let mut answer = 0;
        // SAFETY: it writes one number.
        match unsafe { f(&mut answer) } {
            0 => Ok(answer),
            code => Err(format!("NVIDIA's driver failed with error {code}")),
        }
    };
    let has = ask(&version)?;
    if has < DRIVER {
        let (major, minor) = (has / 1000, has % 1000 / 10);
        return Err(format!("NVIDIA's driver is for CUDA {major}.{minor}; one for CUDA 13.0 or newer is needed"));
    }
    // SAFETY: as cuda.h says.
    match unsafe { begin(0) } {
        0 => {}
        NO_DEVICE => return Err("NVIDIA's driver finds no GPU".into()),
        code => return Err(format!("NVIDIA's driver failed to begin with error {code}")),
    }
    let gpus = ask(&count)? as usize;
    for name in LIBRARIES {
        let loaded = [PathBuf::from(name)]
            .into_iter()
            .chain(places().into_iter().map(|p| p.join(name)))
            .find_map(|p| open(&p).ok());
        // It stays loaded as long as the process.
        std::mem::forget(loaded.ok_or_else(|| {
            format!("{name} was not found: install CUDA 13's libraries, or name their folder in LD_LIBRARY_PATH or CUDA_HOME")
        })?);
    }
    std::mem::forget(driver);
    Ok(gpus)
}

fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: NVIDIA's libraries have no initialisers that ask for more.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL) }
}

/// # Safety
/// The type is that of the function.
unsafe fn symbol<T>(library: &Library, name: &[u8]) -> Result<Symbol<T>, String> {
    // SAFETY: passed on.
    unsafe { library.get(name) }.map_err(|e| format!("NVIDIA's driver lacks a function: {e}"))
}

/// Where CUDA's libraries usually are, beside the system's own places.
fn places() -> Vec<PathBuf> {
    let home = ["CUDA_HOME", "CUDA_PATH"].into_iter().filter_map(|name| env::var_os(name).map(PathBuf::from));
    let fixed = ["/usr/local/cuda", "/usr/local/cuda-13"].into_iter().map(PathBuf::from);
    let toolkits = home.chain(fixed).flat_map(|p| [p.join("lib64"), p.join("lib")]);
    // PyTorch's and others' come as packages of the Python that is active or found first.
    let environments =
        ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(|name| env::var_os(name).map(PathBuf::from));
    let path = env::var_os("PATH").unwrap_or_default();
    let pythons = env::split_paths(&path).filter(|bin| bin.join("python3").exists());
    let prefixes = pythons.filter_map(|bin| bin.parent().map(Path::to_path_buf));
    let roots = environments.chain(prefixes).chain([PathBuf::from("/usr/local"), PathBuf::from("/usr")]);
    let packages = roots.map(|p| p.join("lib")).flat_map(|lib| {
        let pythons = fs::read_dir(lib).into_iter().flatten().flatten().map(|e| e.path());
        let pythons = pythons.filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("python3")));
        pythons.flat_map(|p| ["site-packages", "dist-packages"].map(|s| p.join(s).join("nvidia/cu13/lib")))
    });
    toolkits.chain(packages).collect()
}
