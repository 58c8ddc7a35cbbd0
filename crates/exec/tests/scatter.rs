//! Rows added up at places, and what follows on them while they are hot, against a loop.

mod common;

use common::{Random, check, numbers, run};
use kerosene_exec::{Device, Program, Variable};
use kerosene_ir::{DType, Graph, Spec};
use kerosene_ops::{GraphOps, push};
use std::collections::HashMap;

/// Rows of the table, elements of a row, updates, and whether the sums are asked for besides.
const CASES: &[(usize, usize, usize, bool)] = &[
    (1, 1, 3, false),
    (90, 5, 200, false),
    (90, 5, 200, true),
    (100, 300, 40, false),
    (100, 300, 40, true),
    (3, 5000, 7, false),
    (50, 4096, 60, false),
    (2000, 64, 0, false),
    (300, 64, 900, false),
    (300, 64, 900, true),
];

#[test]
fn a_table_learns_where_it_was_read() {
    kerosene_exec::set_threads(3);
    for &(size, row, count, sums) in CASES {
        let mut graph = Graph::new();
        let table = Variable::new(Spec::known(DType::F32, &[size, row]), None).unwrap();
        let places = graph.input(Spec::known(DType::I32, &[count]));
        let updates = graph.input(Spec::known(DType::F32, &[count, row]));
        let attrs = format!(r#"{{"size":{size}}}"#);
        let sum = push(&mut graph, "scatter_add", &attrs, &[places, updates]).unwrap()[0];
        let before = graph.read(table.id(), table.spec());
        let step = graph.scale(sum, -0.5).unwrap();
        let after = graph.add(before, step).unwrap();
        graph.assign(table.id(), table.spec(), after).unwrap();
        let variables = HashMap::from([(table.id(), table.clone())]);
        let outputs = if sums { vec![sum] } else { vec![] };

        let program = Program::compile(&graph, &outputs, &variables, &Device::Cpu).unwrap();
        assert_eq!(program.stats().steps, 1, "{}", program.print());
        let r = &mut Random(7);
        let inputs: Vec<Vec<u8>> = program.inputs().iter().map(|s| r.bytes(s)).collect();
        let (at, added) = (numbers(DType::I32, &inputs[0]), numbers(DType::F32, &inputs[1]));
        let mut want = vec![0f32; size * row];
        for (i, &p) in at.iter().enumerate() {
            let p = if p < 0.0 { p + size as f64 } else { p };
            if (0.0..size as f64).contains(&p) {
                for k in 0..row {
                    want[p as usize * row + k] += added[i * row + k] as f32;
                }
            }
        }
        let got = run(&program, &inputs);
        let exact = |bytes: &[u8], times: f32, what: &str| {
            for (i, (g, w)) in numbers(DType::F32, bytes).into_iter().zip(&want).enumerate() {
                assert_eq!(g, f64::from(w * times), "{what} {i} of {size}x{row}, {count} updates");
            }
        };
        exact(&common::read(&table), -0.5, "element");
        got.iter().for_each(|sums| exact(sums, 1.0, "sum"));
        check(&common::Case { graph, outputs, variables }, 3, &Device::Cpu).unwrap();
    }
}
