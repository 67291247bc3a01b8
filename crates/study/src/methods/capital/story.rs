//! What stocks say: sentences, variables, checks.

use panel::Problem;
use tfp::capital::{
    Preset,
    fan::{Scenario, band},
};

use super::{
    super::lookup,
    Model,
    account::{Account, Stock, total},
};
use crate::{
    method::{Check, Output, OutputVariable},
    text::{Language, Text},
};

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub(super) account: Account<'a>,
    /// By asset.
    pub(super) stocks: Vec<Stock>,
    /// Total productive stock by row.
    pub(super) total: Vec<f64>,
    /// Share of the total net stock that comes from the first stocks.
    pub(super) initial_share: Vec<f64>,
    pub(super) fan: Vec<(Scenario, Vec<f64>)>,
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    pub(super) presets: Vec<(Preset, Result<Vec<f64>, String>)>,
    pub(super) periods: Vec<i32>,
}

impl<'a> Story<'a> {
    /// Computes everything.
    ///
    /// # Errors
    /// What the central case refuses, over all assets.
    pub(super) fn new(account: Account<'a>) -> Result<Self, Vec<Problem>> {
        let (mut stocks, mut problems) = (Vec::new(), Vec::new());
        for asset in 0..account.assets() {
            match account.stock(asset, &Scenario::default()) {
                Ok(stock) => stocks.push(stock),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let fan = account.fan();
        let columns: Vec<&[f64]> = fan.iter().map(|(_, c)| c.as_slice()).collect();
        let (low, high) = band(&columns);
        let net = total(&stocks, |s| &s.net);
        let old: Vec<f64> =
            (0..net.len()).map(|i| stocks.iter().map(|s| s.initial_share[i] * s.net[i]).sum::<f64>() / net[i]).collect();
        Ok(Self {
            total: total(&stocks, |s| &s.productive),
            initial_share: old,
            low,
            high,
            presets: Preset::ALL.into_iter().map(|p| (p, account.preset(p))).collect(),
            periods: account.panel.period_set(),
            fan,
            stocks,
            account,
        })
    }

    pub(super) fn label(&self, asset: usize) -> Text {
        lookup::variable_label(self.account.panel, &self.account.options.investment[asset])
    }

    /// Unit of measure of the stocks, with the price base.
    pub(super) fn unit(&self) -> Text {
        let variable = self.account.panel.variable(&self.account.options.investment[0]);
        let (unit, base) = variable.map_or(("", ""), |v| (v.meaning.unit.as_str(), v.meaning.price_base.as_str()));
        let deflated = !self.account.options.deflators.is_empty();
        let price = if deflated { self.account.base.to_string() } else { base.to_owned() };
        let comma = if unit.is_empty() { "" } else { ", " };
        match price.as_str() {
            "" => Text::plain(unit),
            p => Text::new(
                format!("{unit}{comma}prices of {p}"),
                format!("{unit}{}{p} 年价格", if unit.is_empty() { "" } else { "，" }),
            ),
        }
    }

    /// Sum over units by period, in periods in which every unit with a stock has one.
    pub(super) fn aggregate(&self, column: &[f64]) -> Vec<f64> {
        let panel = self.account.panel;
        let has = |i: usize| self.total[i].is_finite();
        let mut with: Vec<&str> = (0..panel.len()).filter(|&i| has(i)).map(|i| panel.units[i].as_str()).collect();
        with.sort_unstable();
        with.dedup();
        let at = |p: &i32| {
            let rows: Vec<usize> = (0..panel.len()).filter(|&i| panel.periods[i] == *p && has(i)).collect();
            let whole = !rows.is_empty() && rows.len() == with.len();
            if whole { rows.iter().map(|&i| column[i]).sum() } else { f64::NAN }
        };
        self.periods.iter().map(at).collect()
    }

    /// First and last position of an aggregate that is there.
    pub(super) fn ends(&self) -> Option<(usize, usize)> {
        let sums = self.aggregate(&self.total);
        let first = sums.iter().position(|v| v.is_finite())?;
        let last = sums.iter().rposition(|v| v.is_finite())?;
        Some((first, last))
    }

    /// Mean growth per period of an aggregate between its ends, in per cent.
    pub(super) fn growth(&self, column: &[f64]) -> f64 {
        let sums = self.aggregate(column);
        match self.ends() {
            Some((a, b)) if b > a => {
                let span = f64::from(self.periods[b]) - f64::from(self.periods[a]);
                100.0 * ((sums[b] / sums[a]).ln() / span).exp_m1()
            }
            _ => f64::NAN,
        }
    }

    /// Value of an aggregate in its last period.
    pub(super) fn last(&self, column: &[f64]) -> f64 {
        self.ends().map_or(f64::NAN, |(_, b)| self.aggregate(column)[b])
    }

    /// Last stock of a scenario beside the central one, in per cent of it.
    pub(super) fn off(&self, column: &[f64]) -> f64 {
        100.0 * (self.last(column) / self.last(&self.total) - 1.0)
    }

    pub(super) fn output(&self) -> Output {
        Output {
            summary: self.summary(),
            variables: self.variables(),
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks: self.checks(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        let residual = self.stocks.iter().map(|s| s.residual).fold(0.0, f64::max);
        let name = match self.account.options.model {
            Model::Geometric => Text::new("recursion = closed form of the stock", "递推 = 存量的闭式解"),
            Model::Vintage => {
                Text::new("change of net stock = investment − consumption of capital", "净额变动 = 投资 − 固定资本消耗")
            }
        };
        vec![Check { name, residual, tolerance: 1e-10 }]
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let panel = self.account.panel;
        let keys: Vec<(String, i32)> = panel.units.iter().cloned().zip(panel.periods.iter().copied()).collect();
        let variable = |name: String, label: Text, unit: Text, values: Vec<f64>| OutputVariable {
            name,
            label,
            unit,
            keys: keys.clone(),
            values,
        };
        let unit = self.unit();
        let mut out = vec![
            variable("capital".into(), Text::new("Productive capital stock", "生产性资本存量"), unit.clone(), self.total.clone()),
            variable("low".into(), Text::new("Lower end of the fan", "扇面下端"), unit.clone(), self.low.clone()),
            variable("high".into(), Text::new("Upper end of the fan", "扇面上端"), unit.clone(), self.high.clone()),
        ];
        if self.account.options.model == Model::Vintage {
            let net = total(&self.stocks, |s| &s.net);
            let gross = total(&self.stocks, |s| &s.gross);
            out.push(variable("net".into(), Text::new("Net (wealth) capital stock", "资本净额"), unit.clone(), net));
            out.push(variable("gross".into(), Text::new("Gross capital stock", "资本总额"), unit.clone(), gross));
        }
        if self.stocks.len() > 1 {
            for (a, stock) in self.stocks.iter().enumerate() {
                let name = format!("capital_{}", self.account.options.investment[a]);
                out.push(variable(name, self.label(a), unit.clone(), stock.productive.clone()));
            }
        }
        out
    }

    fn summary(&self) -> Vec<Text> {
        let mut out = Vec::new();
        let (unit, unit_zh) = (self.unit().en, self.unit().get(Language::Zh).to_owned());
        let Some((a, b)) = self.ends() else {
            return vec![Text::new(
                "There is no period in which every unit has a stock; see the table `stocks`.",
                "没有任何一期所有单元都有存量，见表 `stocks`。",
            )];
        };
        let (from, to) = (self.periods[a], self.periods[b]);
        let (first, last, g) = (self.aggregate(&self.total)[a], self.last(&self.total), self.growth(&self.total));
        let (open, open_zh) =
            if unit.is_empty() { (String::new(), String::new()) } else { (format!(" ({unit})"), format!("（{unit_zh}）")) };
        out.push(if b > a {
            Text::new(
                format!("From {from} to {to} the capital stock of all units went from {first:.4} to {last:.4}{open}, {g:.2} % a period."),
                format!("{from}—{to} 年全部单元的资本存量由 {first:.4} 变为 {last:.4}{open_zh}，每期 {g:.2}%。"),
            )
        } else {
            Text::new(
                format!("In {to} the capital stock of all units is {last:.4}{open}."),
                format!("{to} 年全部单元的资本存量为 {last:.4}{open_zh}。"),
            )
        });
        let o = self.account.options;
        let (lo, hi) = (self.off(&self.low), self.off(&self.high));
        let moved = match o.model {
            Model::Geometric => (
                format!("depreciation by ±{:.1} points", 100.0 * o.fan_depreciation),
                format!("折旧率 ±{:.1} 个百分点", 100.0 * o.fan_depreciation),
            ),
            Model::Vintage => {
                (format!("mean lives by ±{:.0} %", 100.0 * o.fan_life), format!("平均役龄 ±{:.0}%", 100.0 * o.fan_life))
            }
        };
        let (start, deflator) = (100.0 * o.fan_initial, 100.0 * o.fan_deflator);
        out.push(Text::new(
            format!("Moving {}, the first stock by ±{start:.0} % and the growth of the deflator by ±{deflator:.1} points puts the stock of {to} between {lo:+.1} and {hi:+.1} %.", moved.0),
            format!("{}、初始存量 ±{start:.0}%、平减指数增速 ±{deflator:.1} 个百分点时，{to} 年存量变动 {lo:+.1}% 至 {hi:+.1}%。", moved.1),
        ));
        let net = total(&self.stocks, |s| &s.net);
        let old: Vec<f64> = self.initial_share.iter().zip(&net).map(|(s, k)| s * k).collect();
        let left = 100.0 * self.last(&old) / self.last(&net);
        if left.is_finite() {
            out.push(Text::new(
                format!("In {to}, {left:.1} % of the stock still rests on what was assumed about the beginning."),
                format!("{to} 年的存量中有 {left:.1}% 仍取决于对期初的假定。"),
            ));
        }
        if let Some(y) = o.output.as_ref().and_then(|n| self.account.panel.values(n)) {
            let (now, then) = (last / self.aggregate(y)[b], first / self.aggregate(y)[a]);
            if now.is_finite() && then.is_finite() {
                out.push(Text::new(
                    format!("The capital-output ratio went from {then:.2} in {from} to {now:.2} in {to}."),
                    format!("资本产出比由 {from} 年的 {then:.2} 变为 {to} 年的 {now:.2}。"),
                ));
            }
        }
        out
    }
}
