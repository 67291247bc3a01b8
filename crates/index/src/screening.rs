//! Screening: how much of a unit's and of an indicator's data is there.

use crate::recipe::Screen;

/// Availability of one unit over all its rows and indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// The unit.
    pub unit: String,
    /// Cells missing.
    pub missing: usize,
    /// Cells that are 0.
    pub zero: usize,
    /// Share of cells that are present.
    pub present: f64,
    /// Share of present cells that are not 0.
    pub nonzero: f64,
    /// Whether the unit is kept.
    pub kept: bool,
}

/// Availability of each unit; rows are sorted by unit.
pub fn availability(units: &[String], columns: &[Vec<f64>], screen: &Screen) -> Vec<Availability> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < units.len() {
        let end = at + units[at..].iter().take_while(|u| **u == units[at]).count();
        let cells = || columns.iter().flat_map(|c| &c[at..end]);
        let all = (end - at) * columns.len();
        let missing = cells().filter(|x| x.is_nan()).count();
        let zero = cells().filter(|x| **x == 0.0).count();
        let there = (all - missing).max(1) as f64;
        let (present, nonzero) = ((all - missing) as f64 / all.max(1) as f64, 1.0 - zero as f64 / there);
        let kept = present >= screen.units && nonzero >= screen.nonzero;
        out.push(Availability { unit: units[at].clone(), missing, zero, present, nonzero, kept });
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_over_all_rows_of_a_unit() {
        let units = ["a", "a", "b"].map(String::from);
        let columns = [vec![1.0, f64::NAN, 0.0], vec![2.0, 3.0, 0.0]];
        let found = availability(&units, &columns, &Screen { units: 0.75, nonzero: 0.5, indicators: 0.0 });
        assert_eq!((found[0].missing, found[0].zero, found[0].present, found[0].kept), (1, 0, 0.75, true));
        assert_eq!((found[1].missing, found[1].zero, found[1].nonzero, found[1].kept), (0, 2, 0.0, false));
    }
}
