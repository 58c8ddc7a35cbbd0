//! Generated kernels on this machine: the text that a GPU's compiler would get, compiled as C++ with all others of its dialect
//! into one library, and run one thread after the other on candle's tensors.

use candle_core::{CpuStorage, InplaceOp1, Layout, Storage, Tensor};
use kerosene_exec::fused::{Access, Argument, Book, Dialect, Index, Launcher, Parameter, Source, type_name};
use libloading::{Library, Symbol};
use std::{
    cell::Cell,
    env, fs,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
};

/// Tensors and values, numbers of elements, threads.
type Run = unsafe extern "C" fn(*const *mut u8, *const u64, u64);

pub struct Compiled {
    dialect: Dialect,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    book: Book<Run>,
    libraries: Vec<Library>,
    launched: usize,
}

impl Compiled {
    pub fn new(dialect: Dialect) -> Arc<Self> {
        Arc::new(Self { dialect, state: Mutex::default() })
    }

    /// How many kernels there are, in how many libraries, and how often one was launched.
    pub fn counts(&self) -> (usize, usize, usize) {
        let state = self.state.lock().unwrap();
        let (kernels, libraries) = state.book.counts();
        (kernels, libraries, state.launched)
    }
}

impl Launcher for Compiled {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn announce(&self, source: &Arc<Source>) {
        self.state.lock().unwrap().book.announce(source);
    }

    fn launch(&self, source: &Source, arguments: &[Argument<'_>], lengths: &[usize]) -> candle_core::Result<()> {
        let State { book, libraries, launched } = &mut *self.state.lock().unwrap();
        *launched += 1;
        let run = book.kernel(source, |sources, number| {
            let library = compile(self.dialect, sources, number);
            let run = |source: &Arc<Source>| {
                // SAFETY: `unit` has written it with this signature, and the library is kept.
                let run: Symbol<'_, Run> = unsafe { library.get(format!("run_{}", source.name)) }.unwrap();
                *run
            };
            let runs = sources.iter().map(run).collect();
            libraries.push(library);
            Ok(runs)
        })?;
        assert_eq!(arguments.len(), source.parameters.len());
        let argument = |(a, p): (&Argument<'_>, &Parameter)| match (*a, p.access) {
            (Argument::Read(tensor), Access::Read) | (Argument::Written(tensor), Access::Written) => address(tensor, p),
            (Argument::Value(bits), Access::Value) => Ok(std::ptr::without_provenance_mut(bits as usize)),
            _ => panic!("{a:?} for {p:?}"),
        };
        let pointers: Vec<*mut u8> =
            arguments.iter().zip(&source.parameters).map(argument).collect::<Result<_, _>>()?;
        let numbers: Vec<u64> = lengths.iter().map(|&n| n as u64).collect();
        // SAFETY: tensors are contiguous and of the kernel's dtypes.
        unsafe { run(pointers.as_ptr(), numbers.as_ptr(), numbers.iter().sum()) };
        Ok(())
    }
}

/// The address of a contiguous tensor's elements.
fn address(tensor: &Tensor, parameter: &Parameter) -> candle_core::Result<*mut u8> {
    struct Start(Cell<*mut u8>);
    impl InplaceOp1 for Start {
        fn name(&self) -> &'static str {
            "address"
        }
        fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
            assert!(layout.is_contiguous());
            let at = layout.start_offset();
            macro_rules! start {
                ($($D:ident),*) => {
                    match storage {
                        $(CpuStorage::$D(v) => v.as_mut_ptr().wrapping_add(at).cast(),)*
                        _ => panic!("a dtype that nothing here has"),
                    }
                };
            }
            self.0.set(start!(U8, U32, I16, I32, I64, F16, BF16, F32, F64));
            Ok(())
        }
    }
    let (storage, _) = tensor.storage_and_layout();
    assert!(matches!(*storage, Storage::Cpu(_)));
    drop(storage);
    assert_eq!(tensor.dtype().size_in_bytes(), parameter.dtype.size());
    let start = Start(Cell::new(std::ptr::null_mut()));
    tensor.inplace_op1(&start)?;
    Ok(start.0.get())
}

/// All kernels as one text: the dialect's, and a function for each that calls it for every thread of its blocks.
pub fn unit(dialect: Dialect, sources: &[Arc<Source>]) -> String {
    let mut text = if dialect == Dialect::Cuda { "#include \"cuda_host.h\"\n".into() } else { String::new() };
    text += &dialect.prelude();
    for source in sources {
        text += &source.text;
        let argument = |(k, p): (usize, &Parameter)| match (p.access, type_name(p.dtype)) {
            (Access::Value, number) => format!("({number})p[{k}]"),
            (_, element) => format!("({element}*)p[{k}]"),
        };
        let index = if source.index == Index::Wide { "u64" } else { "u32" };
        let arguments = source.parameters.iter().enumerate().map(argument);
        let lengths = (0..source.lengths).map(|k| format!("{index}(n[{k}])"));
        let takes: Vec<String> = arguments.chain(lengths).collect();
        text += &format!(
            "extern \"C\" void run_{0}(void** p, const u64* n, u64 threads) {{\n  for (u64 t = 0; t < (threads + 255) / 256 * 256; \
             t++) {{ AT(t); {0}({1} THREAD(t)); }}\n}}\n",
            source.name,
            takes.join(", ")
        );
    }
    text
}

fn compile(dialect: Dialect, sources: &[Arc<Source>], number: usize) -> Library {
    let folder = env::temp_dir().join(format!("kerosene-fused-{}-{dialect:?}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| -> PathBuf { folder.join(name) };
    fs::write(file("cuda_host.h"), include_str!("cuda_host.h")).unwrap();
    fs::write(file("metal_stdlib"), include_str!("metal_host.h")).unwrap();
    fs::write(file("kernels.cpp"), unit(dialect, sources)).unwrap();
    // Each operation rounds by itself, as on the GPU.
    let flags = ["-std=c++17", "-O0", "-shared", "-fPIC", "-ffp-contract=off", "-fsigned-char", "-w", "-I."];
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".into());
    let made =
        Command::new(&compiler).args(flags).args(["kernels.cpp", "-o", "kernels.so"]).current_dir(&folder).output();
    let made =
        made.unwrap_or_else(|e| panic!("this test needs a C++ compiler (c++, or what CXX names): {compiler}: {e}"));
    let errors = String::from_utf8_lossy(&made.stderr);
    assert!(
        made.status.success(),
        "{compiler} does not take {folder:?}:\n{}",
        errors.chars().take(4000).collect::<String>()
    );
    // SAFETY: the library has no initialisers.
    let library = unsafe { Library::new(file("kernels.so")) }.unwrap();
    if env::var_os("KEROSENE_KEEP_KERNELS").is_none() {
        fs::remove_dir_all(&folder).unwrap();
    }
    library
}
