//! How the variables of a design move together: ranks within a side and across.

use frontier::Role;
use numerics::moments;

use super::checks::{Design, FEW, finding};
use crate::{
    finding::{Finding, Weight},
    methods::production,
    text::Text,
};

/// Rank correlation above which two variables of one side tell the same.
const ALIKE: f64 = 0.95;
/// Rank correlation below which an input and an output move apart.
const APART: f64 = -0.3;

impl Design<'_> {
    /// Rank correlations of the last frontier: pairs of positions among the columns.
    pub(super) fn correlations(&self) -> Vec<(usize, usize, f64)> {
        let Some((_, rows)) = self.last().filter(|g| g.1.len() >= 3) else { return Vec::new() };
        let ranks: Vec<Vec<f64>> = self.columns.iter().map(|c| ranks(&self.values(c, rows))).collect();
        let pairs = (0..ranks.len()).flat_map(|i| (i + 1..ranks.len()).map(move |j| (i, j)));
        pairs.map(|(i, j)| (i, j, moments::correlation(&ranks[i], &ranks[j]))).collect()
    }

    /// Pairs of one side whose ranks agree.
    pub(super) fn alike(&self) -> Vec<(usize, usize, f64)> {
        if self.last().is_none_or(|g| g.1.len() < FEW) {
            return Vec::new();
        }
        let mut pairs = self.correlations();
        pairs.retain(|&(i, j, r)| self.columns[i].role == self.columns[j].role && r >= ALIKE);
        pairs
    }

    /// A pair whose ranks agree, with what leaving out each of them does to the scores.
    pub(super) fn told_alike(&self, &(i, j, r): &(usize, usize, f64), dropped: Option<(Text, Text)>) -> Finding {
        let (a, b) = (self.columns[i].name, self.columns[j].name);
        let (en, zh) = match dropped {
            Some((a, b)) => (format!(" {} {}", a.en, b.en), format!("{}{}", a.zh, b.zh)),
            None => (
                " `xinzhi design` tells what leaving one of them out would change.".into(),
                "`xinzhi design` 给出去掉其一的影响。".into(),
            ),
        };
        finding(
            "FR023",
            Weight::Info,
            Text::plain(format!("{a}, {b}")),
            format!("The ranks of the two agree almost wholly (correlation {r:.3}).{en}"),
            format!("两者的排序几乎一致（秩相关 {r:.3}）。{zh}"),
        )
    }

    /// Inputs that fall as every output rises, and outputs that fall as every input rises.
    pub(super) fn apart(&self) -> Option<Finding> {
        if self.last().is_none_or(|g| g.1.len() < FEW) {
            return None;
        }
        let pairs = self.correlations();
        let against = |i: usize| -> Vec<f64> {
            let other = if self.columns[i].role == Role::Input { Role::Output } else { Role::Input };
            let of = |&(a, b, r): &(usize, usize, f64)| match (a == i, b == i) {
                (true, _) if self.columns[b].role == other => Some(r),
                (_, true) if self.columns[a].role == other => Some(r),
                _ => None,
            };
            pairs.iter().filter_map(of).collect()
        };
        let apart = |i: &usize| {
            let r = against(*i);
            self.columns[*i].role != Role::BadOutput && !r.is_empty() && r.iter().all(|r| *r <= APART)
        };
        let found: Vec<usize> = (0..self.columns.len()).filter(apart).collect();
        let closest = found.iter().flat_map(|&i| against(i)).fold(-1.0, f64::max);
        let names: Vec<String> = found.iter().map(|&i| self.columns[i].name.to_owned()).collect();
        (!found.is_empty()).then(|| {
            finding(
                "FR024",
                Weight::Warning,
                production::listed(&names),
                format!(
                    "Falls as every variable of the other side rises (rank correlations of {closest:.2} or less). More of an input \
                     should allow more output: is one of them measured the wrong way round?"
                ),
                format!(
                    "随另一侧每一项变量上升而下降（秩相关均不高于 {closest:.2}）。投入增加应使产出可以增加：是否有指标的方向颠倒？"
                ),
            )
        })
    }
}

/// Ranks with ties at the middle of their block.
pub(super) fn ranks(xs: &[f64]) -> Vec<f64> {
    let first = moments::ranks_descending(xs);
    let mut size = vec![0_usize; xs.len() + 2];
    first.iter().for_each(|&r| size[r] += 1);
    first.iter().map(|&r| r as f64 + (size[r] as f64 - 1.0) / 2.0).collect()
}
