//! Columns of a production function out of a panel: logarithms, what has none, industries.

use panel::{Panel, Problem};
use tfp::production::Firms;

use super::{super::lookup, ProductionOptions};
use crate::text::Text;

/// Columns in logarithms, one entry a row of the panel; `NaN` is missing or has no logarithm.
pub(super) struct Rows {
    units: Vec<usize>,
    periods: Vec<i32>,
    step: u32,
    output: Vec<f64>,
    free: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    materials: Option<Vec<f64>>,
    investment: Option<Vec<f64>>,
    controls: Vec<Vec<f64>>,
    process: Vec<Vec<f64>>,
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
    units: Vec<usize>,
    periods: Vec<i32>,
    step: u32,
    output: Vec<f64>,
    free: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    materials: Option<Vec<f64>>,
    investment: Option<Vec<f64>>,
    controls: Vec<Vec<f64>>,
    process: Vec<Vec<f64>>,
}

/// Which column stands as the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proxy {
    None,
    Materials,
    Investment,
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
        let output = column(&options.output, true);
        let free = options.free.iter().map(|n| column(n, true)).collect();
        let state = options.state.iter().map(|n| column(n, true)).collect();
        let materials = options.materials.as_ref().map(|n| column(n, true));
        let investment = options.investment.as_ref().map(|n| column(n, true));
        let controls = options.controls.iter().map(|n| column(n, false)).collect();
        let process = options.process.iter().map(|n| column(n, false)).collect();
        if !infinite.is_empty() {
            let of = |(name, row): &(String, usize)| {
                let (unit, period) = panel.key(*row);
                Problem::error("infinite", format!("`{name}` is infinite for {unit} in {period}."))
                    .help("Leave the cell empty where the value is not known.")
            };
            return Err(infinite.iter().take(20).map(of).collect());
        }
        let units = panel.unit_set();
        let (industries, industry) = match options.industry.as_ref().and_then(|g| panel.group(g)) {
            Some(group) => {
                let names = lookup::distinct(&group.labels);
                let of = group.labels.iter().map(|l| names.partition_point(|n| n < l)).collect();
                (names.into_iter().map(Text::plain).collect(), of)
            }
            None => (vec![Text::new("all", "全部")], vec![0; panel.len()]),
        };
        Ok(Self {
            units: panel.units.iter().map(|u| units.partition_point(|x| *x < u.as_str())).collect(),
            periods: panel.periods.clone(),
            step: options.step,
            output,
            free,
            state,
            materials,
            investment,
            controls,
            process,
            industries,
            industry,
            left_out,
        })
    }

    pub(super) fn part(&self, industry: usize) -> Part {
        let rows: Vec<usize> = (0..self.units.len()).filter(|&i| self.industry[i] == industry).collect();
        let of = |c: &Vec<f64>| -> Vec<f64> { rows.iter().map(|&i| c[i]).collect() };
        Part {
            units: rows.iter().map(|&i| self.units[i]).collect(),
            periods: rows.iter().map(|&i| self.periods[i]).collect(),
            step: self.step,
            output: of(&self.output),
            free: self.free.iter().map(of).collect(),
            state: self.state.iter().map(of).collect(),
            materials: self.materials.as_ref().map(of),
            investment: self.investment.as_ref().map(of),
            controls: self.controls.iter().map(of).collect(),
            process: self.process.iter().map(of).collect(),
            rows,
        }
    }

    /// Firms that have rows in more than one industry: their lags stop where they change.
    pub(super) fn movers(&self) -> usize {
        let mut keys: Vec<(usize, usize)> = self.units.iter().copied().zip(self.industry.iter().copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut movers: Vec<usize> = keys.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0).collect();
        movers.dedup();
        movers.len()
    }
}

impl Part {
    /// The panel an estimator reads. With `input` the materials are a free input too.
    pub(super) fn firms(&self, proxy: Proxy, input: bool) -> Firms<'_> {
        let mut free: Vec<&[f64]> = self.free.iter().map(Vec::as_slice).collect();
        if input {
            free.extend(self.materials.as_deref());
        }
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: self.step,
            output: &self.output,
            free,
            state: self.state.iter().map(Vec::as_slice).collect(),
            proxy: match proxy {
                Proxy::None => None,
                Proxy::Materials => self.materials.as_deref(),
                Proxy::Investment => self.investment.as_deref(),
            },
            controls: self.controls.iter().map(Vec::as_slice).collect(),
            process: self.process.iter().map(Vec::as_slice).collect(),
        }
    }
}
