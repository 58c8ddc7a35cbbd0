//! Planned = reference, on random graphs.

mod common;

use common::{check, random_graph};
use kerosene_exec::Device;

fn many(seeds: std::ops::Range<u64>, device: &Device) {
    let mut wrong = vec![];
    for seed in seeds {
        let case = random_graph(seed);
        if let Err(e) = check(&case, seed, device) {
            wrong.push((seed, e.lines().next().unwrap_or_default().to_owned()));
            if wrong.len() <= 2 {
                eprintln!("seed {seed}: {e}\n{}", case.graph);
            }
        }
    }
    assert!(wrong.is_empty(), "wrong: {wrong:#?}");
}

#[test]
fn random_graphs_on_one_thread() {
    kerosene_exec::set_threads(1);
    many(0..1500, &Device::Cpu);
}

#[test]
fn random_graphs_on_three_threads() {
    kerosene_exec::set_threads(3);
    many(1500..3000, &Device::Cpu);
}

#[test]
fn random_graphs_on_candle() {
    many(3000..3500, &Device::named("candle:cpu").expect("it is always there"));
}
