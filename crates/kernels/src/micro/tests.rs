//! Every tile against its definition, through products with all kinds of edges.

use crate::product::Product;

#[test]
fn products_are_their_definition() {
    if super::micro().is_none() {
        return;
    }
    let number = |i: usize| ((i * 7) % 11) as f32 - 5.0;
    for (m, n, k) in [(4, 16, 1), (5, 17, 3), (12, 32, 40), (13, 70, 9), (31, 48, 600), (40, 64, 5), (7, 130, 1100)] {
        for (a_t, b_t, add) in [(false, false, false), (true, false, true), (false, true, true), (true, false, false)] {
            let a: Vec<f32> = (0..m * k).map(number).collect();
            let b: Vec<f32> = (0..k * n).map(|i| number(i + 3)).collect();
            let mut c: Vec<f32> = (0..m * n).map(|i| number(i + 5)).collect();
            let before = c.clone();
            let a_strides = if a_t { [1, m as isize] } else { [k as isize, 1] };
            let b_strides = if b_t { [1, k as isize] } else { [n as isize, 1] };
            let (a_start, b_start) = (a.as_ptr(), b.as_ptr());
            let product = Product {
                m,
                n,
                k,
                a: a_start,
                a_strides,
                b: b_start,
                b_strides,
                c: c.as_mut_ptr(),
                c_row: n as isize,
                add,
            };
            // SAFETY: the strides are those of the vectors.
            assert!(unsafe { product.run(None, None) }, "{m} {n} {k}");
            for (at, &got) in c.iter().enumerate() {
                let (i, j) = (at / n, at % n);
                let term = |l: usize| {
                    let (x, y) = (i * a_strides[0] as usize + l * a_strides[1] as usize, l * b_strides[0] as usize);
                    a[x] * b[y + j * b_strides[1] as usize]
                };
                let want = (0..k).map(term).sum::<f32>() + if add { before[at] } else { 0.0 };
                assert_eq!(got, want, "{m}x{k}x{n} {a_t} {b_t} {add}: row {i}, column {j}");
            }
        }
    }
}
