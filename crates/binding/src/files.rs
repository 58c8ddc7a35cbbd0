//! Files read and written off the main thread.

use crate::{
    bytes::{Bytes, Pin},
    jobs,
    variable::Variable,
};
use kerosene_io::{Asset, ElementType, Format, GroupText, ModelFile, NamedArray, Text, Weights};
use kerosene_ir::Error;
use napi::{
    Either, Env,
    bindgen_prelude::{Buffer, ClassInstance, Object, ToNapiValue},
};
use napi_derive::napi;
use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool},
};

/// A tensor out of a file.
#[napi(object)]
pub struct FileArray {
    /// Name, or path inside the file.
    pub name: String,
    /// Keras's name of the dtype.
    pub dtype: String,
    /// Dimensions.
    pub shape: Vec<f64>,
    /// The bytes, little-endian, row-major.
    pub data: Buffer,
}

/// A tensor of a file before it is read.
#[napi(object)]
pub struct FileArrayInfo {
    /// Path inside the file.
    pub name: String,
    /// Keras's name of the dtype.
    pub dtype: String,
    /// Dimensions.
    pub shape: Vec<f64>,
    /// How many bytes its elements are.
    pub bytes: f64,
}

/// Texts of a group of an HDF5 file.
#[napi(object)]
pub struct FileAttribute {
    /// The group's path, empty for the root.
    pub group: String,
    /// The attribute's name.
    pub name: String,
    /// One text, or those of a list.
    pub values: Vec<String>,
}

/// A file inside a `.keras`.
#[napi(object)]
pub struct FileAsset {
    /// The name under `assets/`.
    pub name: String,
    /// Its contents.
    pub data: Buffer,
}

/// A model's file without the elements of its arrays.
#[napi(object)]
pub struct FileContents {
    /// "keras", "hdf5" or "safetensors".
    pub format: String,
    /// `config.json` of a `.keras`.
    pub config: Option<String>,
    /// `metadata.json` of a `.keras`.
    pub metadata: Option<String>,
    /// The arrays.
    pub arrays: Vec<FileArrayInfo>,
    /// Texts of an HDF5 file's groups.
    pub attributes: Vec<FileAttribute>,
    /// The assets of a `.keras`.
    pub assets: Vec<FileAsset>,
}

/// A tensor to be written.
#[napi(object, object_to_js = false)]
pub struct ArrayToWrite<'env> {
    /// Path inside the file: `layers/dense/vars/0`.
    pub name: String,
    /// Keras's name of the dtype.
    pub dtype: String,
    /// Dimensions.
    pub shape: Vec<f64>,
    /// The elements; they must not change while the file is written.
    #[napi(ts_type = "TypedArray")]
    pub data: Option<Bytes>,
    /// In their stead, a variable, whose value is taken when the file is written.
    pub variable: Option<ClassInstance<'env, Variable>>,
}

/// Where a variable's value lies in a file.
#[napi(object, object_to_js = false)]
pub struct VariableToLoad<'env> {
    /// Path inside the file.
    pub name: String,
    /// What gets it. Dtype and shape are those of the file.
    pub variable: ClassInstance<'env, Variable>,
}

/// A text of a group to be written.
#[napi(object, object_to_js = false)]
pub struct TextToWrite {
    /// The group's path; it is made if nothing else makes it.
    pub group: String,
    /// The attribute's name.
    pub name: String,
    /// The text, or a list of texts.
    pub value: Either<String, Vec<String>>,
}

/// What else a `.keras` is made of.
#[napi(object, object_to_js = false)]
pub struct ModelToWrite {
    /// `config.json`.
    pub config: String,
    /// `metadata.json`.
    pub metadata: String,
    /// Files under `assets/`.
    pub assets: Vec<AssetToWrite>,
}

/// A file to be put under `assets/`.
#[napi(object, object_to_js = false)]
pub struct AssetToWrite {
    /// The name there.
    pub name: String,
    /// Its contents.
    pub text: String,
}

fn arrays(arrays: Vec<NamedArray>) -> Vec<FileArray> {
    arrays.into_iter().map(array).collect()
}

fn array(a: NamedArray) -> FileArray {
    FileArray { name: a.name, dtype: a.element.name().into(), shape: numbers(&a.shape), data: a.data.into() }
}

fn numbers(shape: &[usize]) -> Vec<f64> {
    shape.iter().map(|&size| size as f64).collect()
}

fn contents(file: ModelFile) -> FileContents {
    let format = match file.format {
        Format::Keras => "keras",
        Format::Hdf5 => "hdf5",
        Format::Safetensors => "safetensors",
    };
    let arrays = file.arrays.into_iter().map(|a| FileArrayInfo {
        name: a.name,
        dtype: a.element.name().into(),
        shape: numbers(&a.shape),
        bytes: a.bytes as f64,
    });
    let attributes = file.attributes.into_iter();
    let assets = file.assets.into_iter();
    FileContents {
        format: format.into(),
        config: file.config,
        metadata: file.metadata,
        arrays: arrays.collect(),
        attributes: attributes.map(|a| FileAttribute { group: a.group, name: a.name, values: a.values }).collect(),
        assets: assets.map(|a| FileAsset { name: a.name, data: a.data.into() }).collect(),
    }
}

fn read<'env, T: ToNapiValue + Send + 'static>(
    env: &'env Env,
    path: String,
    read: impl FnOnce(&str) -> kerosene_io::Result<T> + Send + 'static,
) -> napi::Result<Object<'env>> {
    jobs::spawn(env, vec![], Arc::new(AtomicBool::new(false)), move |_, _| {
        read(&path).map_err(|e| Error::value(e.to_string()))
    })
}

/// What is written beside the elements.
struct Outline {
    name: String,
    element: ElementType,
    shape: Vec<usize>,
    source: Source,
}

/// Where elements are until the job copies them.
enum Source {
    /// The next pin's memory, so many bytes.
    Pinned(usize),
    Variable(Arc<kerosene_exec::Variable>),
}

/// Runs `write` on the arrays, whose typed arrays are kept alive until it is done.
fn write<'env>(
    env: &'env Env,
    arrays: Vec<ArrayToWrite<'_>>,
    write: impl FnOnce(Vec<NamedArray>) -> kerosene_io::Result<()> + Send + 'static,
) -> napi::Result<Object<'env>> {
    let mut outlines = Vec::with_capacity(arrays.len());
    let mut pins = Vec::with_capacity(arrays.len());
    for array in arrays {
        let element = ElementType::from_name(&array.dtype)
            .map_err(|e| napi::Error::from_reason(format!("ValueError: {}: {e}", array.name)))?;
        let shape = array.shape.iter().map(|&size| size as usize).collect();
        let source = match (array.data, array.variable) {
            (Some(data), None) => {
                pins.push(data.pin(env.raw())?);
                Source::Pinned(data.len())
            }
            (None, Some(variable)) => Source::Variable(variable.inner.clone()),
            _ => {
                return Err(napi::Error::from_reason(format!(
                    "ValueError: {}: expected data or a variable.",
                    array.name
                )));
            }
        };
        outlines.push(Outline { name: array.name, element, shape, source });
    }
    jobs::spawn(env, pins, Arc::new(AtomicBool::new(false)), move |pins: &[Pin], _| {
        let mut pins = pins.iter();
        let mut copy = |outline: Outline| -> kerosene_ir::Result<NamedArray> {
            let data = match outline.source {
                Source::Pinned(bytes) => {
                    let pin = pins.next().ok_or_else(|| Error::internal("A typed array was not kept."))?;
                    // SAFETY: the pin keeps the typed array's `bytes` bytes, and nobody changes them meanwhile.
                    unsafe { std::slice::from_raw_parts(pin.address().cast_const(), bytes) }.to_vec()
                }
                Source::Variable(variable) => {
                    let spec = variable.spec();
                    let mut data = vec![0; spec.len().unwrap_or(0) * spec.dtype.size()];
                    variable.read(&mut data)?;
                    data
                }
            };
            Ok(NamedArray { name: outline.name, element: outline.element, shape: outline.shape, data })
        };
        let arrays = outlines.into_iter().map(&mut copy).collect::<kerosene_ir::Result<Vec<_>>>()?;
        write(arrays).map_err(|e| Error::value(e.to_string()))
    })
}

fn texts(texts: Vec<TextToWrite>) -> Vec<GroupText> {
    let value = |value| match value {
        Either::A(text) => Text::One(text),
        Either::B(list) => Text::List(list),
    };
    texts.into_iter().map(|t| GroupText { group: t.group, name: t.name, value: value(t.value) }).collect()
}

/// The arrays of a NumPy archive.
#[napi(ts_return_type = "Promise<FileArray[]>")]
pub fn read_npz(env: &Env, path: String) -> napi::Result<Object<'_>> {
    read(env, path, |p| kerosene_io::read_npz(p).map(arrays))
}

/// The array of an IDX file, which may be gzipped.
#[napi(ts_return_type = "Promise<FileArray>")]
pub fn read_idx(env: &Env, path: String) -> napi::Result<Object<'_>> {
    read(env, path, |p| kerosene_io::read_idx(p).map(array))
}

/// What a `.keras`, `.weights.h5`, legacy `.h5` or `.safetensors` holds, without the elements of its arrays.
#[napi(ts_return_type = "Promise<FileContents>")]
pub fn inspect_model(env: &Env, path: String) -> napi::Result<Object<'_>> {
    read(env, path, |p| kerosene_io::inspect_model(p).map(contents))
}

/// The arrays of a model's file by their paths in it, such as `layers/dense/vars/0`: those of these names, or all of them.
#[napi(ts_return_type = "Promise<FileArray[]>")]
pub fn read_weights(env: &Env, path: String, names: Option<Vec<String>>) -> napi::Result<Object<'_>> {
    read(env, path, move |p| kerosene_io::read_weights(p, names.as_deref()).map(arrays))
}

/// Reads arrays of a model's file straight into variables, whose dtypes and shapes must be the file's.
#[napi(ts_return_type = "Promise<void>")]
pub fn load_variables<'env>(
    env: &'env Env,
    path: String,
    wanted: Vec<VariableToLoad<'_>>,
) -> napi::Result<Object<'env>> {
    let variables: HashMap<String, Arc<kerosene_exec::Variable>> =
        wanted.into_iter().map(|w| (w.name, w.variable.inner.clone())).collect();
    read(env, path, move |p| {
        let names: Vec<String> = variables.keys().cloned().collect();
        kerosene_io::visit_weights(p, Some(&names), &mut |elements| {
            let info = elements.info();
            let Some(variable) = variables.get(&info.name) else { return Ok(()) };
            let spec = variable.spec();
            let fits = spec.shape.iter().copied().eq(info.shape.iter().map(|&size| Some(size)));
            if spec.dtype.name() != info.element.name() || !fits {
                let found = format!("{} of shape {:?}", info.element.name(), info.shape);
                return Err(kerosene_io::Error::new(format!("a variable of {spec} cannot take {found}")));
            }
            variable.write_with(|memory| elements.read_into(memory))
        })
    })
}

/// Writes a `.weights.h5`, or with `model` a `.keras`.
#[napi(ts_return_type = "Promise<void>")]
pub fn write_model<'env>(
    env: &'env Env,
    path: String,
    arrays: Vec<ArrayToWrite<'_>>,
    group_texts: Vec<TextToWrite>,
    model: Option<ModelToWrite>,
) -> napi::Result<Object<'env>> {
    write(env, arrays, move |arrays| {
        let weights = Weights { arrays, texts: texts(group_texts) };
        let Some(model) = model else { return kerosene_io::write_weights(path, weights) };
        let asset = |asset: AssetToWrite| Asset { name: asset.name, data: asset.text.into_bytes() };
        let assets: Vec<Asset> = model.assets.into_iter().map(asset).collect();
        kerosene_io::write_keras(path, &model.config, &model.metadata, weights, &assets)
    })
}

/// Writes a `.safetensors`.
#[napi(ts_return_type = "Promise<void>")]
pub fn write_safetensors<'env>(
    env: &'env Env,
    path: String,
    arrays: Vec<ArrayToWrite<'_>>,
) -> napi::Result<Object<'env>> {
    write(env, arrays, move |arrays| {
        kerosene_io::write_safetensors(path, &arrays, [("format".to_owned(), "keras".to_owned())].into())
    })
}
