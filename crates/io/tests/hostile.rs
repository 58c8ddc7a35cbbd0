//! Files that h5py made and that hope for more than being read: other files, memory, time. (The cases of CVE-2026-0897 and CVE-2026-1669.)

use std::path::PathBuf;

use kerosene_io::{inspect_model, read_weights};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

fn refusal(name: &str) -> String {
    let message = read_weights(file(name), None).unwrap_err().to_string();
    assert_eq!(inspect_model(file(name)).unwrap_err().to_string(), message);
    message
}

#[test]
fn other_files_are_not_read() {
    for name in ["external.h5", "virtual.h5"] {
        let message = refusal(name);
        assert!(message.contains("layers/dense/vars/0"), "{message}");
    }
}

#[test]
fn links_lead_nowhere() {
    for name in ["external_link.h5", "soft_link.h5"] {
        let arrays = inspect_model(file(name)).unwrap().arrays;
        assert!(arrays.iter().all(|array| array.name == "secret"), "{arrays:?}");
    }
}

#[test]
fn what_is_declared_must_be_stored() {
    for name in ["bomb.h5", "unwritten.h5"] {
        let message = refusal(name);
        assert!(message.contains("layers/dense/vars/0"), "{message}");
    }
}

#[test]
fn circles_end() {
    let message = refusal("circle.h5");
    assert!(message.contains("circle"), "{message}");
}

#[test]
fn types_that_h5py_writes_in_ways_of_its_own() {
    let read = read_weights(file("types.h5"), None).unwrap();
    let found: Vec<_> = read.iter().map(|array| (array.element.name(), array.data.as_slice())).collect();
    assert_eq!(
        found,
        [
            ("bfloat16", [0xc0, 0x3f, 0x00, 0xc0].as_slice()),
            ("bool", &[1, 0]),
            ("float16", &[0x00, 0x3e]),
            ("int32", &[7, 0, 0, 0]),
        ]
    );
}
