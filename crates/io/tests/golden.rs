//! Every file that Keras itself wrote for this project, where those files are beside the repository.

use std::path::{Path, PathBuf};

use kerosene_io::{read_keras, read_weights};

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
        let file = read_keras(&path).unwrap();
        assert!(file.config.contains("class_name"), "{}", path.display());
        assert!(file.metadata.contains("keras_version"), "{}", path.display());
        assert_eq!(file.weights, read_weights(&path).unwrap(), "{}", path.display());
    }
}

#[test]
fn weights_are_read_whole() {
    for path in golden(".h5") {
        let arrays = read_weights(&path).unwrap();
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
        let mut arrays = read_weights(path).unwrap();
        arrays.retain(|array| array.name.starts_with("layers/"));
        arrays.sort_by(|a, b| a.name.cmp(&b.name));
        let shapes: Vec<_> = arrays.iter().map(|array| (array.name.as_str(), array.shape.as_slice())).collect();
        assert!(shapes.contains(&("layers/dense/vars/0", &[784, 64][..])), "{shapes:?}");
        assert!(shapes.contains(&("layers/dense_2/vars/1", &[10][..])), "{shapes:?}");
    }
}

#[test]
fn a_broken_keras_file_is_refused_or_read_never_more() {
    let Some(path) = golden("models/shared_dense/model.keras").pop() else { return };
    let good = std::fs::read(path).unwrap();
    let broken = std::env::temp_dir().join(format!("kerosene-broken-{}.keras", std::process::id()));
    for cut in (0..good.len()).step_by(good.len() / 200 + 1) {
        std::fs::write(&broken, &good[..cut]).unwrap();
        assert!(read_keras(&broken).is_err(), "{cut}");
    }
    for at in (0..good.len()).step_by(good.len() / 400 + 1) {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        std::fs::write(&broken, &bad).unwrap();
        let _ = read_keras(&broken);
    }
    std::fs::remove_file(broken).unwrap();
}
