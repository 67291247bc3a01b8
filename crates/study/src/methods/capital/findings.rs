//! What a reader of stocks should be told.

use tfp::capital::{Initial, Status};

use super::{Model, story::Story};
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

/// Share of a stock that may come from before the first period without a word.
const OLD: f64 = 0.1;

fn finding(code: &str, weight: Weight, place: impl Into<String>, en: String, zh: String) -> Finding {
    Finding { code: code.into(), weight, place: Text::plain(place), message: Text::new(en, zh) }
}

impl Story<'_> {
    /// The first rows by name.
    fn named(&self, rows: &[usize]) -> String {
        let panel = self.account.panel;
        let list: Vec<String> = rows.iter().take(8).map(|&i| format!("{} {}", panel.units[i], panel.periods[i])).collect();
        format!("{}{}", list.join(", "), if rows.len() > 8 { " …" } else { "" })
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut out: Vec<Finding> = self.history().into_iter().collect();
        out.extend(self.prices());
        out.extend(self.absent());
        out.extend(self.beginnings());
        out.extend(self.disposals());
        out.extend(self.mixed());
        out
    }

    fn history(&self) -> Option<Finding> {
        let panel = self.account.panel;
        let n = panel.len();
        let lacking = |i: usize| self.stocks.iter().map(|s| s.lacking[i]).fold(0.0, f64::max);
        let old: Vec<usize> = (0..n).filter(|&i| self.initial_share[i] > OLD || lacking(i) > OLD).collect();
        let last = self.periods.last().copied();
        let late: Vec<usize> = old.iter().copied().filter(|&i| Some(panel.periods[i]) == last).collect();
        let computed = self.total.iter().filter(|v| v.is_finite()).count();
        let weight = if late.is_empty() { Weight::Info } else { Weight::Warning };
        let place = self.named(if late.is_empty() { &old } else { &late });
        let none =
            self.account.options.model == Model::Vintage && self.account.options.history == tfp::capital::vintage::History::None;
        let (en, zh) = if none {
            ("lack more than 10 % of the price weight of old vintages", "缺少占价格权重 10% 以上的旧批次")
        } else {
            ("rest to more than 10 % on what was assumed about the beginning", "有 10% 以上取决于对期初的假定")
        };
        let (rows, now) = (old.len(), late.len());
        (!old.is_empty()).then(|| {
            finding(
                "TF010",
                weight,
                place,
                format!("{rows} of {computed} stocks {en}, {now} of them in the last period."),
                format!("{computed} 个存量中有 {rows} 个{zh}，其中 {now} 个在最后一期。"),
            )
        })
    }

    fn prices(&self) -> Vec<Finding> {
        let o = self.account.options;
        let base = |name: &String| self.account.panel.variable(name).map_or("", |v| v.meaning.price_base.as_str());
        let current = |b: &str| ["current", "nominal", "当年价", "现价", "当年价格"].contains(&b.trim().to_lowercase().as_str());
        let list =
            |f: &dyn Fn(&str) -> bool| -> Vec<&str> { o.investment.iter().filter(|n| f(base(n))).map(String::as_str).collect() };
        let deflated = !o.deflators.is_empty();
        let mut out = Vec::new();
        let nominal = list(&|b| current(b));
        if !deflated && !nominal.is_empty() {
            out.push(finding(
                "TF011",
                Weight::Warning,
                nominal.join(", "),
                format!("{} variables of investment are in current prices, and no deflator is named.", nominal.len()),
                format!("{} 个投资变量为当年价格，而未给平减指数。", nominal.len()),
            ));
        }
        let silent = list(&str::is_empty);
        if !deflated && !silent.is_empty() {
            out.push(finding(
                "TF011",
                Weight::Info,
                silent.join(", "),
                format!(
                    "The data do not say in which prices {} variables of investment are; they are taken as constant prices.",
                    silent.len()
                ),
                format!("数据未说明 {} 个投资变量的价格口径，按不变价处理。", silent.len()),
            ));
        }
        let real = list(&|b| !b.is_empty() && !current(b));
        if deflated && !real.is_empty() {
            out.push(finding(
                "TF011",
                Weight::Warning,
                real.join(", "),
                format!("{} variables of investment are in constant prices already, and are deflated again.", real.len()),
                format!("{} 个投资变量已是不变价，却再次平减。", real.len()),
            ));
        }
        out
    }

    fn absent(&self) -> Option<Finding> {
        let missing = |i: &usize| self.stocks.iter().any(|s| s.status[*i] == Status::Missing);
        let rows: Vec<usize> = (0..self.account.panel.len()).filter(missing).collect();
        (!rows.is_empty()).then(|| {
            finding(
                "TF012",
                Weight::Warning,
                self.named(&rows),
                format!("{} rows lie before or after the investment of an asset and have no stock.", rows.len()),
                format!("{} 行位于某资产投资序列之前或之后，没有存量。", rows.len()),
            )
        })
    }

    fn beginnings(&self) -> Vec<Finding> {
        let o = self.account.options;
        let core = o.core();
        let starts = || self.stocks.iter().flat_map(|s| &s.starts);
        let uses = o.model == Model::Vintage || !matches!(core.initial, Initial::Rate | Initial::Given);
        if !uses {
            return Vec::new();
        }
        let odd: Vec<usize> = starts().filter(|s| s.growth < 0.0 || s.growth > 0.3).map(|s| s.row).collect();
        let short: Vec<usize> =
            starts().filter(|s| s.periods.is_some_and(|n| n > 0 && n < core.growth_periods)).map(|s| s.row).collect();
        let mut out = Vec::new();
        if !odd.is_empty() {
            out.push(finding(
                "TF013",
                Weight::Warning,
                self.named(&odd),
                format!("{} first stocks rest on growth below 0 or above 30 % a period.", odd.len()),
                format!("{} 个初始存量所依据的增长率低于 0 或高于每期 30%。", odd.len()),
            ));
        }
        if !short.is_empty() {
            out.push(finding(
                "TF013",
                Weight::Info,
                self.named(&short),
                format!("{} first stocks rest on growth over fewer than {} periods.", short.len(), core.growth_periods),
                format!("{} 个初始存量所依据的增长率少于 {} 期。", short.len(), core.growth_periods),
            ));
        }
        out
    }

    fn disposals(&self) -> Vec<Finding> {
        let n = self.account.panel.len();
        let negative: Vec<usize> = (0..n).filter(|&i| self.account.real.iter().any(|r| r[i] < 0.0)).collect();
        let below: Vec<usize> = (0..n).filter(|&i| self.stocks.iter().any(|s| s.net[i] < 0.0)).collect();
        let mut out = Vec::new();
        if !negative.is_empty() {
            out.push(finding(
                "TF014",
                Weight::Warning,
                self.named(&negative),
                format!("{} rows have negative investment; it is taken as disposals.", negative.len()),
                format!("{} 行投资为负，按处置处理。", negative.len()),
            ));
        }
        if !below.is_empty() {
            out.push(finding(
                "TF014",
                Weight::Error,
                self.named(&below),
                format!("{} stocks are negative: more was disposed of than was there.", below.len()),
                format!("{} 个存量为负：处置超过了原有存量。", below.len()),
            ));
        }
        out
    }

    fn mixed(&self) -> Option<Finding> {
        let o = self.account.options;
        let names = o.investment.iter().chain(&o.deflators);
        let mut vintages: Vec<&str> = names
            .filter_map(|n| self.account.panel.variable(n))
            .map(|v| v.meaning.vintage.as_str())
            .filter(|v| !v.is_empty())
            .collect();
        vintages.sort_unstable();
        vintages.dedup();
        (vintages.len() > 1).then(|| {
            finding(
                "TF018",
                Weight::Warning,
                vintages.join(", "),
                format!("Investment and deflators come from {} vintages of the statistics.", vintages.len()),
                format!("投资与平减指数来自 {} 个不同的统计版本。", vintages.len()),
            )
        })
    }
}
