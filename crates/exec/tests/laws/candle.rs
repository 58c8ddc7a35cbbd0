//! Programs on candle = the reference, for every sample of every op; what runs on the host there is written down.

use crate::harness::{candle, cases, decode, difference, report};
use crate::kernels::run_on;
use std::collections::BTreeSet;

/// Ops that candle has nothing for: they run as their CPU kernels on a copy. docs/devices.md says the same.
fn documented() -> BTreeSet<String> {
    let page = include_str!("../../../../docs/devices.md");
    let list = page.split("<!-- on the host -->").nth(1).expect("docs/devices.md lists the ops between two marks");
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn programs_on_candle_agree_with_the_reference() {
    let device = candle();
    let (mut wrong, mut host, mut lowered) = (vec![], BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let mut check = || {
            let recorded = case.record()?;
            let ours = recorded.run(&case.bytes(), &recorded.outputs)?;
            let (found, on_host) = run_on(&recorded, &case.bytes(), &device)?;
            // Over no elements it does not matter where.
            if on_host.is_empty() {
                lowered.insert(case.def.name.to_owned());
            } else if case.data().iter().all(|d| !d.values.is_empty()) {
                host.extend(on_host.into_iter().map(str::to_owned));
            }
            let specs = recorded.outputs.iter().map(|&v| recorded.graph.spec(v));
            let differences = specs
                .zip(&found)
                .zip(&ours)
                .filter_map(|((spec, found), ours)| difference(&decode(spec.dtype, found), ours, 2e-5, 2e-6));
            Ok::<_, kerosene_ir::Error>(differences.collect::<Vec<_>>())
        };
        match check() {
            Ok(differences) => wrong.extend(differences.into_iter().map(|d| format!("{case}: {d}"))),
            Err(e) => wrong.push(format!("{case}: {e}")),
        }
    }
    report(wrong);
    let documented = documented();
    assert!(lowered.len() > 60, "only {} ops ran as candle's: {lowered:?}", lowered.len());
    let list = |names: &BTreeSet<String>| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    assert!(host == documented, "docs/devices.md should list these ops between its marks:\n{}", list(&host));
}
