//! Columns of a production function out of a panel: logarithms, what has none, industries.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::production::Firms;

use super::{super::lookup, ProductionOptions};
use crate::text::Text;

/// What estimators read, one entry a row: logarithms, but for controls, the process and exits; `NaN` is missing or has no
/// logarithm.
struct Columns {
    units: Vec<usize>,
    periods: Vec<i32>,
    step: u32,
    output: Vec<f64>,
    free: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    materials: Option<Vec<f64>>,
    investment: Option<Vec<f64>>,
    energy: Option<Vec<f64>>,
    controls: Vec<Vec<f64>>,
    process: Vec<Vec<f64>>,
    share: Option<Vec<f64>>,
    exit: Option<Vec<f64>>,
}

/// The rows of the panel.
pub(super) struct Rows {
    columns: Columns,
    /// Names of the industries; one without a name where there is no industry column.
    pub industries: Vec<Text>,
    /// Industry of each row.
    pub industry: Vec<usize>,
    /// Values that are missing or have no logarithm: name, row, whether missing.
    pub left_out: Vec<(String, usize, bool)>,
}

/// The rows of one industry.
pub(super) struct Part {
    /// Places of its rows in the panel.
    pub rows: Vec<usize>,
    columns: Columns,
}

/// What reveals productivity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proxy {
    /// Materials (Levinsohn and Petrin 2003).
    #[default]
    Materials,
    /// Investment (Olley and Pakes 1996).
    Investment,
    /// Energy, such as electricity (Levinsohn and Petrin 2003).
    Energy,
}

impl Proxy {
    /// The option that names its column.
    pub(super) fn option(self) -> &'static str {
        match self {
            Self::Materials => "materials",
            Self::Investment => "investment",
            Self::Energy => "energy",
        }
    }
}

impl Columns {
    /// Some of the rows.
    fn rows(&self, rows: &[usize]) -> Self {
        let of = |c: &Vec<f64>| -> Vec<f64> { rows.iter().map(|&i| c[i]).collect() };
        Self {
            units: rows.iter().map(|&i| self.units[i]).collect(),
            periods: rows.iter().map(|&i| self.periods[i]).collect(),
            step: self.step,
            output: of(&self.output),
            free: self.free.iter().map(of).collect(),
            state: self.state.iter().map(of).collect(),
            materials: self.materials.as_ref().map(of),
            investment: self.investment.as_ref().map(of),
            energy: self.energy.as_ref().map(of),
            controls: self.controls.iter().map(of).collect(),
            process: self.process.iter().map(of).collect(),
            share: self.share.as_ref().map(of),
            exit: self.exit.as_ref().map(of),
        }
    }
}

impl Rows {
    pub(super) fn new(panel: &Panel, options: &ProductionOptions) -> Result<Self, Vec<Problem>> {
        let mut left_out = Vec::new();
        let mut infinite = Vec::new();
        let mut column = |name: &str, log: bool| -> Vec<f64> {
            let values = panel.values(name).unwrap_or_default();
            let mut of = |(row, &v): (usize, &f64)| {
                if v.is_infinite() {
                    infinite.push((name.to_owned(), row));
                }
                match log && !options.logs {
                    _ if v.is_nan() => {
                        left_out.push((name.to_owned(), row, true));
                        f64::NAN
                    }
                    true if v <= 0.0 => {
                        left_out.push((name.to_owned(), row, false));
                        f64::NAN
                    }
                    true => v.ln(),
                    false => v,
                }
            };
            values.iter().enumerate().map(&mut of).collect()
        };
        let units = panel.unit_set();
        let columns = Columns {
            units: panel.units.iter().map(|u| units.partition_point(|x| *x < u.as_str())).collect(),
            periods: panel.periods.clone(),
            step: options.step,
            output: column(&options.output, true),
            free: options.free.iter().map(|n| column(n, true)).collect(),
            state: options.state.iter().map(|n| column(n, true)).collect(),
            materials: options.materials.as_ref().map(|n| column(n, true)),
            investment: options.investment.as_ref().map(|n| column(n, true)),
            energy: options.energy.as_ref().map(|n| column(n, true)),
            controls: options.controls.iter().map(|n| column(n, false)).collect(),
            process: options.process.iter().map(|n| column(n, false)).collect(),
            share: options.share.as_ref().map(|n| column(n, true)),
            exit: options.exit.as_ref().map(|n| column(n, false)),
        };
        if !infinite.is_empty() {
            let of = |(name, row): &(String, usize)| {
                let (unit, period) = panel.key(*row);
                Problem::error("infinite", format!("`{name}` is infinite for {unit} in {period}."))
                    .help("Leave the cell empty where the value is not known.")
            };
            return Err(infinite.iter().take(20).map(of).collect());
        }
        let (industries, industry) = match options.industry.as_ref().and_then(|g| panel.group(g)) {
            Some(group) => {
                let names = lookup::distinct(&group.labels);
                let of = group.labels.iter().map(|l| names.partition_point(|n| n < l)).collect();
                (names.into_iter().map(Text::plain).collect(), of)
            }
            None => (vec![Text::new("all", "全部")], vec![0; panel.len()]),
        };
        Ok(Self { columns, industries, industry, left_out })
    }

    pub(super) fn part(&self, industry: usize) -> Part {
        let rows: Vec<usize> = (0..self.industry.len()).filter(|&i| self.industry[i] == industry).collect();
        Part { columns: self.columns.rows(&rows), rows }
    }

    /// Firms that have rows in more than one industry: their lags stop where they change.
    pub(super) fn movers(&self) -> usize {
        let mut keys: Vec<(usize, usize)> = self.columns.units.iter().copied().zip(self.industry.iter().copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut movers: Vec<usize> = keys.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0).collect();
        movers.dedup();
        movers.len()
    }
}

impl Part {
    /// Logarithm of the share of materials in revenue.
    pub(super) fn share(&self) -> Option<&[f64]> {
        self.columns.share.as_deref()
    }

    /// The panel an estimator reads. With `input` the materials are a free input too.
    pub(super) fn firms(&self, proxy: Option<Proxy>, input: bool) -> Firms<'_> {
        let columns = &self.columns;
        let mut free: Vec<&[f64]> = columns.free.iter().map(Vec::as_slice).collect();
        if input {
            free.extend(columns.materials.as_deref());
        }
        Firms {
            units: &columns.units,
            periods: &columns.periods,
            step: columns.step,
            output: &columns.output,
            free,
            state: columns.state.iter().map(Vec::as_slice).collect(),
            proxy: match proxy {
                None => None,
                Some(Proxy::Materials) => columns.materials.as_deref(),
                Some(Proxy::Investment) => columns.investment.as_deref(),
                Some(Proxy::Energy) => columns.energy.as_deref(),
            },
            controls: columns.controls.iter().map(Vec::as_slice).collect(),
            process: columns.process.iter().map(Vec::as_slice).collect(),
            exit: columns.exit.as_deref(),
        }
    }
}
