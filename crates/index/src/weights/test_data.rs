//! Reference data of weights, read where the shared folder is at hand.

use std::path::Path;

/// Rows of a comma separated file of the shared reference folder, its header first; `None`, told, where it is absent.
pub(crate) fn lines(name: &str) -> Option<Vec<Vec<String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/composite").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Said where tests are run with `--nocapture`: the folder is not part of the repository.
        std::io::Write::write_all(&mut std::io::stderr(), format!("skipped: {} is absent\n", path.display()).as_bytes()).ok()?;
        return None;
    };
    Some(text.lines().filter(|l| !l.is_empty()).map(cells).collect())
}

/// Cells of a line; commas between quotation marks belong to their cell.
fn cells(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => out.last_mut().into_iter().for_each(|cell| cell.push(c)),
        }
    }
    out
}

/// The ASEM panel (51 units, 5 years, 49 indicators), pooled min-max values with filled gaps.
pub(crate) struct Asem {
    pub columns: Vec<Vec<f64>>,
    pub rows: Vec<usize>,
    expected: Vec<Vec<String>>,
}

impl Asem {
    /// Compares weights with a column of the expected ones; the inputs are rounded to 12 decimals.
    pub fn compare(&self, name: &str, weights: &[f64]) {
        let at = self.expected[0].iter().position(|c| c == name).unwrap();
        assert_eq!(self.expected.len() - 1, weights.len());
        for (r, w) in self.expected[1..].iter().zip(weights) {
            let e: f64 = r[at].parse().unwrap();
            assert!((w - e).abs() < 1e-9, "{name} {}: {w} {e}", r[0]);
        }
    }
}

/// Reads the panel and the weights expected of it.
pub(crate) fn asem() -> Option<Asem> {
    let panel = lines("entropy_variants/asem_panel_minmax_pooled_imputed.csv")?;
    let expected = lines("entropy_variants/expect_weights_by_variant.csv")?;
    let columns = (2..panel[0].len()).map(|k| panel[1..].iter().map(|r| r[k].parse().unwrap()).collect()).collect();
    Some(Asem { columns, rows: (0..panel.len() - 1).collect(), expected })
}

/// Columns of a matrix given row by row.
pub(crate) fn columns<const N: usize>(matrix: &[[f64; N]]) -> Vec<Vec<f64>> {
    (0..N).map(|j| matrix.iter().map(|r| r[j]).collect()).collect()
}

/// Whether two lists agree within a tolerance.
#[track_caller]
pub(crate) fn agree(ours: &[f64], published: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), published.len());
    for (o, p) in ours.iter().zip(published) {
        assert!((o - p).abs() <= tolerance, "{ours:?} {published:?}");
    }
}
