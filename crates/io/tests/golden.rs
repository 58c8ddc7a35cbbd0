//! Every file that Keras itself wrote for this project, where those files are beside the repository.

use std::path::{Path, PathBuf};

use kerosene_io::{Format, inspect_model, read_weights};

/// The golden files with this ending, or none where the folder is not there.
fn golden(ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn keras_files_are_read_whole() {
    for path in golden(".keras") {
        let file = inspect_model(&path).unwrap();
        assert_eq!(file.format, Format::Keras);
        assert!(file.config.unwrap().contains("class_name"), "{}", path.display());
        assert!(file.metadata.unwrap().contains("keras_version"), "{}", path.display());
        let read = read_weights(&path, None).unwrap();
        assert_eq!(read.len(), file.arrays.len(), "{}", path.display());
        for (info, array) in file.arrays.iter().zip(&read) {
            assert_eq!((&info.name, &info.shape, info.bytes), (&array.name, &array.shape, array.data.len()));
        }
        let last = read.last().unwrap();
        assert_eq!(read_weights(&path, Some(std::slice::from_ref(&last.name))).unwrap(), std::slice::from_ref(last));
    }
}

#[test]
fn weights_are_read_whole() {
    for path in golden(".h5") {
        let arrays = read_weights(&path, None).unwrap();
        assert!(!arrays.is_empty(), "{}", path.display());
        for array in arrays {
            assert_eq!(
                array.data.len(),
                array.shape.iter().product::<usize>() * array.element.size(),
                "{}",
                array.name
            );
        }
    }
    for path in golden("weights/mnist_mlp.weights.h5") {
        let mut arrays = read_weights(path, None).unwrap();
        arrays.retain(|array| array.name.starts_with("layers/"));
        arrays.sort_by(|a, b| a.name.cmp(&b.name));
        let shapes: Vec<_> = arrays.iter().map(|array| (array.name.as_str(), array.shape.as_slice())).collect();
        assert!(shapes.contains(&("layers/dense/vars/0", &[784, 64][..])), "{shapes:?}");
        assert!(shapes.contains(&("layers/dense_2/vars/1", &[10][..])), "{shapes:?}");
    }
}

#[test]
fn legacy_files_have_their_texts() {
    for path in golden("legacy/mnist_mlp.h5") {
        let file = inspect_model(&path).unwrap();
        assert_eq!(file.format, Format::Hdf5);
        let of = |group: &str, name: &str| {
            file.attributes.iter().find(|a| a.group == group && a.name == name).map(|a| a.values.clone())
        };
        assert!(of("", "model_config").unwrap()[0].contains("class_name"));
        assert!(!of("model_weights", "layer_names").unwrap().is_empty());
    }
}

#[test]
fn a_broken_keras_file_is_refused_or_read_never_more() {
    let Some(path) = golden("models/shared_dense/model.keras").pop() else { return };
    let good = std::fs::read(path).unwrap();
    let broken = std::env::temp_dir().join(format!("kerosene-broken-{}.keras", std::process::id()));
    for cut in (0..good.len()).step_by(good.len() / 200 + 1) {
        std::fs::write(&broken, &good[..cut]).unwrap();
        assert!(inspect_model(&broken).is_err(), "{cut}");
    }
    for at in (0..good.len()).step_by(good.len() / 400 + 1) {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        std::fs::write(&broken, &bad).unwrap();
        let _ = inspect_model(&broken);
    }
    std::fs::remove_file(broken).unwrap();
}
