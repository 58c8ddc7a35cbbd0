//! Writing HDF5: arrays and groups by their paths.

use std::collections::BTreeMap;
use std::io::Write;

use hdf5_pure::{
    AttrValue, DatasetBuilder, Datatype, DatatypeByteOrder, EnumTypeBuilder, FileBuilder, FloatingPointLayout,
    GroupBuilder, make_f32_type, make_f64_type, make_i8_type, make_i16_type, make_i32_type, make_i64_type,
    make_u8_type, make_u16_type, make_u32_type, make_u64_type,
};

use crate::array::{ElementType, NamedArray, byte_size};
use crate::hdf5::BINARY16;
use crate::{Error, Result};

/// What a group says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// One text, of any length.
    One(String),
    /// A list of texts, which may be empty.
    List(Vec<String>),
}

/// A text of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupText {
    /// The group's path, such as `layers/dense/vars`. It is made if nothing else makes it.
    pub group: String,
    /// The attribute's name.
    pub name: String,
    /// The text.
    pub value: Text,
}

/// What a weights file is made of.
#[derive(Debug, Default)]
pub struct Weights {
    /// The arrays by their paths, such as `layers/dense/vars/0`.
    pub arrays: Vec<NamedArray>,
    /// The texts of groups.
    pub texts: Vec<GroupText>,
}

/// Writes the file front to back.
///
/// # Errors
/// For arrays whose bytes are not those of their shape, names that cannot be, and whatever goes wrong in writing.
pub fn write_hdf5(weights: Weights, sink: impl Write) -> Result<()> {
    let mut root = Tree::default();
    for text in weights.texts {
        root.at(&text.group).texts.push((text.name, text.value));
    }
    for array in weights.arrays {
        let (group, name) = array.name.rsplit_once('/').unwrap_or(("", &array.name));
        let name = name.to_owned();
        if byte_size(&array.shape, array.element)? != array.data.len() {
            return Err(Error::new(format!("{}: {} bytes for shape {:?}", array.name, array.data.len(), array.shape)));
        }
        let group = root.at(group);
        group.arrays.push((name, array));
    }
    let mut file = FileBuilder::new();
    for (name, value) in root.texts {
        write_text(&name, value, &mut |name, value| file.set_attr(name, value));
    }
    for (name, array) in root.arrays {
        fill(file.create_dataset(&name), array)?;
    }
    for (name, tree) in root.groups {
        let group = file.create_group(&name);
        file.add_group(tree.build(group)?.finish());
    }
    file.finish_to(sink).map_err(|error| Error::new(format!("the HDF5 file cannot be written: {error}")))
}

/// A group with what is in it.
#[derive(Default)]
struct Tree {
    texts: Vec<(String, Text)>,
    arrays: Vec<(String, NamedArray)>,
    groups: BTreeMap<String, Tree>,
}

impl Tree {
    fn at(&mut self, path: &str) -> &mut Self {
        path.split('/')
            .filter(|part| !part.is_empty())
            .fold(self, |tree, part| tree.groups.entry(part.into()).or_default())
    }

    fn build(self, mut group: GroupBuilder) -> Result<GroupBuilder> {
        for (name, value) in self.texts {
            write_text(&name, value, &mut |name, value| group.set_attr(name, value));
        }
        for (name, array) in self.arrays {
            fill(group.create_dataset(&name), array)?;
        }
        for (name, tree) in self.groups {
            let inner = group.create_group(&name);
            group.add_group(tree.build(inner)?.finish());
        }
        Ok(group)
    }
}

/// An attribute may not be longer; what is goes elsewhere, or into several.
const MAX_ATTRIBUTE: usize = 60_000;

/// Writes a text as h5py does, and a list as Keras does: with as many attributes (`name0`, `name1`, …) as it takes.
fn write_text(name: &str, text: Text, set: &mut dyn FnMut(&str, AttrValue)) {
    match text {
        Text::One(text) if text.len() > MAX_ATTRIBUTE => set(name, AttrValue::VarLenString(text)),
        Text::One(text) => set(name, AttrValue::String(text)),
        // NumPy's empty list is one of numbers.
        Text::List(list) if list.is_empty() => set(name, AttrValue::F64Array(Vec::new())),
        Text::List(list) => {
            let width = list.iter().map(String::len).max().unwrap_or(0).max(1);
            let parts: Vec<&[String]> = list.chunks((MAX_ATTRIBUTE / width).max(1)).collect();
            for (i, part) in parts.iter().enumerate() {
                let name = if parts.len() == 1 { name.to_owned() } else { format!("{name}{i}") };
                set(&name, AttrValue::StringArray(part.to_vec()));
            }
        }
    }
}

fn fill(dataset: &mut DatasetBuilder, array: NamedArray) -> Result<()> {
    let shape: Vec<u64> = array.shape.iter().map(|&size| size as u64).collect();
    let elements = (array.data.len() / array.element.size()) as u64;
    dataset.with_raw_data(datatype(array.element)?, array.data, elements).with_shape(&shape);
    if array.element == ElementType::BFloat16 {
        dataset.set_attr("dtype", AttrValue::String("bfloat16".into()));
    }
    Ok(())
}

fn datatype(element: ElementType) -> Result<Datatype> {
    Ok(match element {
        ElementType::Bool => EnumTypeBuilder::with_base(make_i8_type())
            .value("FALSE", 0)
            .value("TRUE", 1)
            .build()
            .map_err(|error| Error::new(error.to_string()))?,
        ElementType::Int8 => make_i8_type(),
        ElementType::Int16 => make_i16_type(),
        ElementType::Int32 => make_i32_type(),
        ElementType::Int64 => make_i64_type(),
        ElementType::Uint8 => make_u8_type(),
        ElementType::Uint16 => make_u16_type(),
        ElementType::Uint32 => make_u32_type(),
        ElementType::Uint64 => make_u64_type(),
        ElementType::Float16 => float(2, BINARY16),
        // As h5py stores what HDF5 has no name for.
        ElementType::BFloat16 => Datatype::Opaque { size: 2, tag: Vec::new() },
        ElementType::Float32 => make_f32_type(),
        ElementType::Float64 => make_f64_type(),
    })
}

fn float(size: u32, layout: FloatingPointLayout) -> Datatype {
    Datatype::FloatingPoint { size, byte_order: DatatypeByteOrder::LittleEndian, layout }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::Hdf5;

    fn array(name: &str, element: ElementType, shape: &[usize]) -> NamedArray {
        let bytes = byte_size(shape, element).unwrap();
        let data = (0..bytes).map(|i| if element == ElementType::Bool { (i % 2) as u8 } else { i as u8 }).collect();
        NamedArray { name: name.into(), element, shape: shape.to_vec(), data }
    }

    fn written(arrays: Vec<NamedArray>, texts: Vec<GroupText>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write_hdf5(Weights { arrays, texts }, &mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn every_type_comes_back() {
        let mut arrays: Vec<_> = [
            "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "bfloat16",
            "float32", "float64",
        ]
        .map(|name| array(&format!("layers/{name}/vars/0"), ElementType::from_name(name).unwrap(), &[2, 3]))
        .into();
        arrays.push(array("scalar", ElementType::Float32, &[]));
        arrays.push(array("vars/empty", ElementType::Float32, &[0, 3]));
        let mut read = Hdf5::from_bytes(written(arrays.clone(), vec![]).unwrap()).unwrap().read(None).unwrap();
        read.sort_by(|a, b| a.name.cmp(&b.name));
        arrays.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(read, arrays);
    }

    #[test]
    fn groups_have_their_texts() {
        let text =
            GroupText { group: "layers/dense/vars".into(), name: "name".into(), value: Text::One("größe".into()) };
        let file = Hdf5::from_bytes(written(vec![], vec![text]).unwrap()).unwrap();
        let contents = file.contents(true).unwrap();
        assert!(contents.arrays.is_empty());
        assert_eq!(contents.attributes.len(), 1);
        assert_eq!(contents.attributes[0].group, "layers/dense/vars");
        assert_eq!(contents.attributes[0].values, ["größe"]);
    }

    #[test]
    fn long_texts_and_lists() {
        let long: Vec<String> = (0..5000).map(|i| format!("a_rather_long_name_of_a_layer_{i:05}")).collect();
        let text = |group: &str, name: &str, value: Text| GroupText { group: group.into(), name: name.into(), value };
        let texts = vec![
            text("", "config", Text::One("x".repeat(200_000))),
            text("group", "few", Text::List(vec!["a".into(), "größe".into()])),
            text("group", "none", Text::List(vec![])),
            text("group", "many", Text::List(long.clone())),
        ];
        let contents = Hdf5::from_bytes(written(vec![], texts).unwrap()).unwrap().contents(true).unwrap();
        let found = |name: &str| contents.attributes.iter().find(|a| a.name == name).map(|a| a.values.clone());
        assert_eq!(found("config").unwrap()[0].len(), 200_000);
        assert_eq!(found("few").unwrap(), ["a", "größe"]);
        assert_eq!(found("none"), None);
        let parts: Vec<String> = (0..).map_while(|i| found(&format!("many{i}"))).flatten().collect();
        assert_eq!(parts, long);
    }

    #[test]
    fn many_arrays_of_one_group() {
        let arrays: Vec<_> =
            (0..500).map(|i| array(&format!("optimizer/vars/{i}"), ElementType::Int32, &[1])).collect();
        assert_eq!(Hdf5::from_bytes(written(arrays, vec![]).unwrap()).unwrap().read(None).unwrap().len(), 500);
    }

    #[test]
    fn bytes_must_fit_the_shape() {
        let mut wrong = array("a", ElementType::Float32, &[2]);
        wrong.data.pop();
        assert!(written(vec![wrong], vec![]).unwrap_err().to_string().contains("7 bytes"));
    }
}
