//! Industries of economies: in the rows of a panel (its units are industries) or in its columns (one variable per
//! industry, its units are economies).

use panel::{Panel, Place, Problem};
use tfp::industries::Twice;

use super::lookup;
use crate::{
    figure::{Bars, Chart, Figure, Heatmap, Scale},
    table::Cells,
    text::Text,
};

/// Which rows and columns of a panel are which industry of which economy.
pub(super) struct Industries {
    /// Economy, industry and period of each entry.
    pub(super) economies: Vec<usize>,
    pub(super) industries: Vec<usize>,
    pub(super) periods: Vec<i32>,
    /// Row and column of the panel behind each entry.
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// Names of the economies, and whether they are units of the panel.
    pub(super) economy_names: Vec<Text>,
    pub(super) economies_are_units: bool,
    /// Names of the industries, and whether they are units of the panel.
    pub(super) industry_names: Vec<Text>,
    pub(super) industries_are_units: bool,
}

/// An economy, and its industries with the contribution of each.
pub(super) type Contributions = (usize, Vec<(usize, f64)>);

/// How the options name economies and industries.
pub(super) struct Naming<'a> {
    /// One variable: industries stand in the rows. Several: one variable per industry.
    pub(super) names: &'a [String],
    /// Group column of the economies, in the rows.
    pub(super) economy: Option<&'a String>,
    /// Group column of the industries, in the rows.
    pub(super) industry: Option<&'a String>,
}

/// Reads who is who; what does not fit is added to the problems.
pub(super) fn industries(panel: &Panel, naming: &Naming<'_>, problems: &mut Vec<Problem>) -> Industries {
    let n = panel.len();
    let units = lookup::unit_numbers(panel);
    let unit_names: Vec<Text> = panel.unit_set().into_iter().map(Text::plain).collect();
    let m = naming.names.len();
    if m == 0 {
        problems.push(
            Problem::error("no-output", "No variable of the industries is named.")
                .help("Name one variable where the rows are industries, or one variable per industry."),
        );
    }
    if m > 1 {
        for name in [naming.economy, naming.industry].into_iter().flatten() {
            problems.push(
                Problem::error("economy", format!("`{name}` groups rows, but the industries are columns here."))
                    .why("With one variable per industry the units of the panel are the economies.")
                    .help("Leave out `economy` and `industry`, or name one variable."),
            );
        }
        let each =
            |f: &dyn Fn(usize, usize) -> usize| (0..n).flat_map(|i| (0..m).map(move |k| (i, k))).map(|(i, k)| f(i, k)).collect();
        return Industries {
            economies: each(&|i, _| units[i]),
            industries: each(&|_, k| k),
            periods: (0..n).flat_map(|i| std::iter::repeat_n(panel.periods[i], m)).collect(),
            rows: each(&|i, _| i),
            columns: each(&|_, k| k),
            economy_names: unit_names,
            economies_are_units: true,
            industry_names: naming.names.iter().map(|v| lookup::variable_label(panel, v)).collect(),
            industries_are_units: false,
        };
    }
    let mut grouped = |name: Option<&String>| -> Option<(Vec<usize>, Vec<Text>)> {
        let name = name?;
        let Some(group) = panel.group(name) else {
            problems.push(lookup::unknown_group(panel, name));
            return None;
        };
        let (labels, numbers) = lookup::numbered(&group.labels);
        Some((numbers, labels.into_iter().map(Text::plain).collect()))
    };
    let economy = grouped(naming.economy);
    let industry = grouped(naming.industry);
    let industries_are_units = industry.is_none();
    let (economies, economy_names) = economy.unwrap_or_else(|| (vec![0; n], vec![Text::new("whole", "总体")]));
    let (industries, industry_names) = industry.unwrap_or((units, unit_names));
    Industries {
        economies,
        industries,
        periods: panel.periods.clone(),
        rows: (0..n).collect(),
        columns: vec![0; n],
        economy_names,
        economies_are_units: false,
        industry_names,
        industries_are_units,
    }
}

impl Industries {
    /// Values of the entries from one variable, or one per industry; an unknown name, or a wrong count, is added to
    /// the problems.
    pub(super) fn values(&self, panel: &Panel, option: &str, names: &[String], problems: &mut Vec<Problem>) -> Vec<f64> {
        let wanted = if self.economies_are_units { self.industry_names.len() } else { 1 };
        let columns: Vec<&[f64]> = names.iter().map(|name| lookup::column(panel, name, problems)).collect();
        if names.len() != wanted {
            problems.push(
                Problem::error("industries", format!("`{option}` names {} variables where {wanted} are needed.", names.len()))
                    .why("Every quantity is given in one variable, or in one per industry in the same order."),
            );
            return Vec::new();
        }
        if columns.iter().any(|c| c.len() != panel.len()) {
            return Vec::new();
        }
        self.rows.iter().zip(&self.columns).map(|(&i, &k)| columns[k][i]).collect()
    }

    /// Row of the panel behind an entry, and the variable among `names`.
    fn cell<'a>(&self, names: &'a [String], entry: usize) -> (&'a str, usize) {
        (names.get(self.columns[entry]).map_or("", String::as_str), self.rows[entry])
    }

    /// Place of an entry, in the variable among `names`.
    pub(super) fn at(&self, panel: &Panel, names: &[String], entry: usize) -> Place {
        let (column, row) = self.cell(names, entry);
        lookup::cell(panel, column, row)
    }

    /// The problem of an industry that stands twice.
    pub(super) fn twice(&self, panel: &Panel, names: &[String], Twice(first, second): Twice) -> Problem {
        Problem::error("duplicate-industry", "The same industry stands twice in an economy and period.")
            .why(format!("The other row is {}.", panel.units[self.cell(names, first).1]))
            .help("Name `economy` and `industry` so that they tell the rows apart.")
            .at(self.at(panel, names, second))
    }

    /// Contributions of industries, by economy: bars, the largest first, of the only economy; a heatmap of several.
    pub(super) fn contributions(&self, of: &[Contributions], label: Text, note: Text, decimals: u8) -> Figure {
        let chart = match of {
            [(_, list)] if self.economy_names.len() == 1 => {
                let mut items: Vec<(Text, f64)> = list.iter().map(|&(k, c)| (self.industry_names[k].clone(), c)).collect();
                items.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.en.cmp(&b.0.en)));
                Chart::Bars(Bars { label, decimals, items, items_are_units: self.industries_are_units })
            }
            _ => {
                let mut values = vec![vec![f64::NAN; self.industry_names.len()]; of.len()];
                for (row, (_, list)) in values.iter_mut().zip(of) {
                    list.iter().for_each(|&(k, c)| row[k] = c);
                }
                Chart::Heatmap(Heatmap {
                    label,
                    decimals,
                    scale: Scale::Diverging { middle: 0.0 },
                    rows: of.iter().map(|&(economy, _)| self.economy_names[economy].clone()).collect(),
                    rows_are_units: self.economies_are_units,
                    columns: self.industry_names.clone(),
                    values,
                })
            }
        };
        Figure { id: "industries".into(), title: Text::new("Contributions of industries", "各行业的贡献"), note, chart }
    }

    /// Names of economies as cells.
    pub(super) fn economy_cells(&self, numbers: impl Iterator<Item = usize>) -> Cells {
        cells(&self.economy_names, self.economies_are_units, numbers)
    }

    /// Names of industries as cells.
    pub(super) fn industry_cells(&self, numbers: impl Iterator<Item = usize>) -> Cells {
        cells(&self.industry_names, self.industries_are_units, numbers)
    }

    /// "economy: industry period", or without the economy where there is only one.
    pub(super) fn named(&self, economy: usize, industry: usize, period: i32) -> String {
        let industry = &self.industry_names[industry].en;
        match self.economy_names.len() {
            1 => format!("{industry} {period}"),
            _ => format!("{}: {industry} {period}", self.economy_names[economy].en),
        }
    }
}

fn cells(names: &[Text], units: bool, numbers: impl Iterator<Item = usize>) -> Cells {
    let names = numbers.map(|n| names[n].clone());
    if units { Cells::Unit(names.map(|t| t.en).collect()) } else { Cells::Text(names.collect()) }
}
