//! Growth by group and period, and over sub-periods. Averages are linear, so contributions and
//! productivity growth of a group add up to its output growth as they do for a unit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::growth::{Data, Growth};

/// How the units of a group count in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Averaging {
    /// Every unit counts the same.
    Units,
    /// Units count by their share of the group's output, mean of the two periods (Törnqvist).
    #[default]
    Output,
}

/// Mean growth of one group in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    /// Group.
    pub group: usize,
    /// Period.
    pub period: i32,
    /// Units with growth in this period.
    pub units: usize,
    /// Growth of output.
    pub output: f64,
    /// Contribution of each input.
    pub contributions: Vec<f64>,
    /// Growth of productivity.
    pub tfp: f64,
}

/// Means by group and period, in order of group, then period; a group without any growth in a period
/// has no entry. `group[i]` is the group of row `i`.
pub fn by_period(data: &Data<'_>, growth: &Growth, group: &[usize], averaging: Averaging) -> Vec<Mean> {
    let mut rows: Vec<usize> = (0..group.len()).filter(|&i| growth.before[i].is_some()).collect();
    rows.sort_by_key(|&i| (group[i], data.periods[i], data.units[i]));
    rows.chunk_by(|&a, &b| (group[a], data.periods[a]) == (group[b], data.periods[b]))
        .map(|block| {
            let now: f64 = block.iter().map(|&i| data.output[i]).sum();
            let then: f64 = block.iter().filter_map(|&i| growth.before[i]).map(|j| data.output[j]).sum();
            let weight: Vec<f64> = block
                .iter()
                .map(|&i| match (averaging, growth.before[i]) {
                    (Averaging::Output, Some(j)) => f64::midpoint(data.output[i] / now, data.output[j] / then),
                    _ => 1.0 / block.len() as f64,
                })
                .collect();
            let over = |column: &[f64]| block.iter().zip(&weight).map(|(&i, w)| w * column[i]).sum::<f64>();
            Mean {
                group: group[block[0]],
                period: data.periods[block[0]],
                units: block.len(),
                output: over(&growth.output),
                contributions: growth.contributions.iter().map(|c| over(c)).collect(),
                tfp: over(&growth.tfp),
            }
        })
        .collect()
}

/// Simple mean over the periods `from < period <= to` of one group: average growth per step between
/// `from` and `to`. `None` when the group has no growth in them. `units` is the largest number of
/// units met, `period` is `to`.
pub fn over(means: &[Mean], group: usize, from: i32, to: i32) -> Option<Mean> {
    let inside: Vec<&Mean> = means.iter().filter(|m| m.group == group && from < m.period && m.period <= to).collect();
    let first = inside.first()?;
    let mean = |value: &dyn Fn(&Mean) -> f64| inside.iter().map(|m| value(m)).sum::<f64>() / inside.len() as f64;
    Some(Mean {
        group,
        period: to,
        units: inside.iter().map(|m| m.units).max().unwrap_or(0),
        output: mean(&|m| m.output),
        contributions: (0..first.contributions.len()).map(|k| mean(&|m| m.contributions[k])).collect(),
        tfp: mean(&|m| m.tfp),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::{GrowthOptions, Shares, growth};

    #[test]
    fn weighted_and_plain_means_differ_as_they_should() {
        let (units, periods) = ([0, 0, 1, 1], [1, 2, 1, 2]);
        let (y, x) = ([1.0, 2.0, 9.0, 9.0], [1.0, 1.0, 1.0, 1.0]);
        let data = Data { units: &units, periods: &periods, output: &y, inputs: &[&x] };
        let g = growth(&data, &Shares::Constant(vec![1.0]), &GrowthOptions::default()).unwrap();
        let plain = by_period(&data, &g, &[0; 4], Averaging::Units);
        let weighted = by_period(&data, &g, &[0; 4], Averaging::Output);
        assert_eq!((plain.len(), plain[0].units), (1, 2));
        assert!((plain[0].tfp - 2.0_f64.ln() / 2.0).abs() < 1e-15);
        assert!((weighted[0].tfp - 2.0_f64.ln() * (0.1 + 2.0 / 11.0) / 2.0).abs() < 1e-15);
        assert_eq!(over(&plain, 0, 1, 2).map(|m| m.tfp), Some(plain[0].tfp));
        assert_eq!(over(&plain, 0, 2, 3), None);
    }
}
