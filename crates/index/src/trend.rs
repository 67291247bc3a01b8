//! Trends: compound growth of each unit between the first and the last period with a value.

/// Growth of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Row of the unit's first value, and of its last; the same where there is one value; `None` without any.
    pub ends: Option<(usize, usize)>,
    /// Periods with a value.
    pub known: usize,
    /// Periods of the unit.
    pub periods: usize,
    /// The rate, or why there is none.
    pub growth: Growth,
}

/// A compound rate of growth, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Growth {
    /// Per period: 0.02 is 2 %.
    Rate(f64),
    /// The first or the last value is 0 or below.
    NotPositive,
    /// Fewer than two periods have a value.
    TooFew,
}

/// Compound growth `(last / first)^(1 / (t_last - t_first)) - 1` of each unit, rows sorted by unit, then period;
/// `NaN` is missing. Nothing is interpolated: periods without a value at either end shorten the stretch.
pub fn trends(units: &[String], periods: &[i32], column: &[f64]) -> Vec<Trend> {
    let mut out = Vec::new();
    let mut from = 0;
    for unit in units.chunk_by(|a, b| a == b) {
        let rows = from..from + unit.len();
        from = rows.end;
        let known: Vec<usize> = rows.filter(|&i| !column[i].is_nan()).collect();
        let ends = known.first().copied().zip(known.last().copied());
        let growth = match ends {
            Some((a, b)) if periods[a] < periods[b] => {
                if column[a] > 0.0 && column[b] > 0.0 {
                    let stretch = f64::from(periods[b]) - f64::from(periods[a]);
                    Growth::Rate(((column[b] / column[a]).ln() / stretch).exp_m1())
                } else {
                    Growth::NotPositive
                }
            }
            _ => Growth::TooFew,
        };
        out.push(Trend { ends, known: known.len(), periods: unit.len(), growth });
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("u{}", i / 3)).collect()
    }

    #[test]
    fn what_has_no_rate_says_why() {
        let nan = f64::NAN;
        let column = [1.0, nan, 1.21, 0.0, 2.0, 3.0, nan, 5.0, nan, nan, nan, nan];
        let found = trends(&units(12), &[2000, 2001, 2002].repeat(4), &column);
        let Growth::Rate(rate) = found[0].growth else { panic!("{found:?}") };
        assert!((rate - 0.1).abs() < 1e-15 && found[0].known == 2 && found[0].ends == Some((0, 2)));
        assert_eq!(found[1].growth, Growth::NotPositive);
        assert_eq!((found[2].growth, found[2].ends, found[3].ends), (Growth::TooFew, Some((7, 7)), None));
    }

    proptest! {
        #[test]
        fn steady_growth_is_found_whatever_the_level_and_the_gaps(rate in -0.5..2.0_f64, level in 1e-9..1e9_f64, gap in any::<bool>()) {
            let mut column: Vec<f64> = (0..3).map(|t| level * (1.0 + rate).powi(3 * t)).collect();
            if gap {
                column[1] = f64::NAN;
            }
            let Growth::Rate(found) = trends(&units(3), &[1, 4, 7], &column)[0].growth else { panic!() };
            prop_assert!((found - rate).abs() < 1e-12);
        }
    }
}
