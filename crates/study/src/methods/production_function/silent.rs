//! Firms behind the estimates: those of which no row informs the last stage, and industries with few.

use super::{
    arms::Told,
    story::{Cell, Story},
};
use crate::{
    finding::{Finding, Weight},
    table::{Cells, Table},
    text::Text,
};

/// Fewer firms than this are few.
const FIRMS: usize = 30;
/// Fewer firms a coefficient than this are few.
const EACH: usize = 10;

/// Firms with a row in the last stage.
fn informative(told: &Told) -> usize {
    told.fitted.firms - told.fitted.silent.len()
}

/// Coefficients of the production function: elasticities, with squares and products where they differ by row.
fn coefficients(told: &Told) -> usize {
    let k = told.inputs.len();
    if told.by_row.is_empty() { k } else { k * (k + 3) / 2 }
}

impl Story<'_> {
    pub(super) fn few(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let all = self.told().count();
        let of: Vec<(&Cell, &Told)> = self.told().filter(|(_, t)| informative(t) < FIRMS.max(EACH * coefficients(t))).collect();
        if let Some(least) = of.iter().map(|(_, t)| informative(t)).min() {
            let n = of.len();
            out.push(Finding {
                code: "TF009".into(),
                weight: Weight::Warning,
                place: self.cells_named(&of.iter().map(|c| c.0).collect::<Vec<_>>()),
                message: Text::new(
                    format!("{n} of {all} estimates rest on fewer than {FIRMS} firms or fewer than {EACH} firms a coefficient; the least on {least}."),
                    format!("{all} 个估计中有 {n} 个所依据的企业不足 {FIRMS} 家，或每个系数不足 {EACH} 家；最少为 {least} 家。"),
                ),
            });
        }
        let silent: Vec<(&Cell, &Told)> = self.told().filter(|(_, t)| !t.fitted.silent.is_empty()).collect();
        if let Some((_, told)) = silent.iter().max_by_key(|(_, t)| t.fitted.silent.len()) {
            let (most, firms) = (told.fitted.silent.len(), told.fitted.firms);
            out.push(Finding {
                code: "TF009".into(),
                weight: Weight::Info,
                place: self.cells_named(&silent.iter().map(|c| c.0).collect::<Vec<_>>()),
                message: Text::new(
                    format!("Firms with one row, or without a lag, say nothing in the last stage: up to {most} of {firms}. They are counted among the firms; table `silent` lists them."),
                    format!("只有一行或没有滞后值的企业在末阶段不提供信息：最多 {firms} 家中有 {most} 家。它们计入企业数，见表 `silent`。"),
                ),
            });
        }
        out
    }

    /// Firms of which no row informs the last stage, one line a firm and estimate.
    pub(super) fn silent(&self) -> Table {
        let units = self.panel.unit_set();
        let lines: Vec<(&Cell, usize)> =
            self.told().flat_map(|(c, t)| t.fitted.silent.iter().map(move |&firm| (c, firm))).collect();
        let table = Table::new("silent", Text::new("Firms that do not inform the last stage", "末阶段不提供信息的企业")).hidden();
        self.estimates(table, lines.iter().map(|l| l.0)).column(
            "unit",
            Text::new("Firm", "企业"),
            Text::default(),
            Cells::Unit(lines.iter().map(|l| units[l.1].to_owned()).collect()),
        )
    }
}
