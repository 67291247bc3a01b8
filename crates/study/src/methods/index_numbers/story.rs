//! What index numbers say: sentences, variables, tables and findings.

use panel::Panel;
use tfp::index_numbers::{Measure, Model, Series, Status, basket::Basket, bilateral::Formula};

use super::{IndexStep, words};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::Text,
};

/// Share of the value below which a comparison rests on few products.
const THIN: f64 = 0.8;
/// Difference in logarithms between two models, or two formulas, that a reader should know of.
const APART: f64 = 0.05;

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub panel: &'a Panel,
    pub options: &'a IndexStep,
    pub basket: &'a Basket,
    pub main: Series,
    pub compared: Vec<(Formula, Series)>,
    pub groups: Vec<(String, Option<Series>)>,
    pub models: Vec<(Model, Series)>,
}

impl Story<'_> {
    pub(super) fn output(&self) -> Output {
        Output {
            summary: self.summary(),
            variables: self.variables(),
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![self.check()],
        }
    }

    /// Name of the index, e.g. "Fisher, chained".
    pub(super) fn name(&self) -> Text {
        let model = words::model(self.options.model);
        if !self.options.by_formula() {
            return model;
        }
        let formula = words::formula(self.options.formula);
        Text::new(format!("{}, {}", formula.en, model.en), format!("{}，{}", formula.zh, zh(&model)))
    }

    fn noun(&self) -> (&'static str, &'static str) {
        match self.options.measure {
            Measure::Price => ("prices", "价格"),
            Measure::Quantity => ("quantities", "数量"),
        }
    }

    /// First and last place with a number in a series.
    fn ends(series: &Series) -> Option<(usize, usize)> {
        let has = |t: &usize| series.index[*t].is_finite();
        let n = series.index.len();
        (0..n).find(has).zip((0..n).rev().find(has)).filter(|(a, b)| a < b)
    }

    fn check(&self) -> Check {
        let name = match self.options.model {
            Model::Geks => Text::new("GEKS balances all comparisons of each period", "GEKS 对各期所有比较取得平衡"),
            Model::GearyKhamis => Text::new("value at world prices = deflated value", "世界价格下的总值 = 平减后总值"),
            Model::TimeProductDummy => Text::new("weighted residuals of each period sum to 0", "各期加权残差之和为 0"),
            _ => Text::new(
                "P₀₁ P₁₀ = 1 and P Q = V₁/V₀, where the formula claims them",
                "P₀₁ P₁₀ = 1 与 P Q = V₁/V₀（公式声称满足者）",
            ),
        };
        Check { name, residual: self.main.residual, tolerance: 1e-10 }
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let at = |p: &i32| self.main.periods.binary_search(p).map_or(f64::NAN, |t| self.main.index[t]);
        let base = self.options.base.or(self.main.periods.first().copied()).unwrap_or_default();
        let unit = match self.options.model {
            Model::PeriodOnPeriod => Text::new("period before = 1", "上期 = 1"),
            _ => Text::new(format!("{base} = 1"), format!("{base} = 1")),
        };
        vec![OutputVariable {
            name: "index".into(),
            label: self.name(),
            unit,
            keys: self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect(),
            values: self.panel.periods.iter().map(at).collect(),
        }]
    }

    fn summary(&self) -> Vec<Text> {
        let mut out = Vec::new();
        let (noun, noun_zh) = self.noun();
        let name = self.name();
        let s = &self.main;
        if self.options.model != Model::PeriodOnPeriod
            && let Some((a, b)) = Self::ends(s)
        {
            let change = s.index[b] / s.index[a];
            let steps = f64::from(s.periods[b] - s.periods[a]);
            let (whole, each) = (100.0 * (change - 1.0), 100.0 * (change.powf(1.0 / steps) - 1.0));
            out.push(Text::new(
                format!(
                    "From {} to {} {noun} changed by {whole:.2} %, {each:.2} % a period ({}).",
                    s.periods[a], s.periods[b], name.en
                ),
                format!("{}—{} 年{noun_zh}变动 {whole:.2}%，每期 {each:.2}%（{}）。", s.periods[a], s.periods[b], zh(&name)),
            ));
        }
        let ends = |s: &Series| Self::ends(s).map(|(a, b)| 100.0 * (s.index[b] / s.index[a] - 1.0));
        let mut all: Vec<(Text, f64)> = self.models.iter().filter_map(|(m, s)| Some((words::model(*m), ends(s)?))).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        if let (Some(low), Some(high)) = (all.first(), all.last())
            && all.len() > 1
        {
            out.push(Text::new(
                format!(
                    "By model the whole change lies between {:.2} % ({}) and {:.2} % ({}).",
                    low.1, low.0.en, high.1, high.0.en
                ),
                format!("按模型，总变动在 {:.2}%（{}）与 {:.2}%（{}）之间。", low.1, zh(&low.0), high.1, zh(&high.0)),
            ));
        }
        let seen: Vec<usize> = (0..s.matched.len()).filter(|&t| !s.coverage[t].is_nan() && s.status[t] != Status::Base).collect();
        if let Some(&least) = seen.iter().min_by(|a, b| s.coverage[**a].total_cmp(&s.coverage[**b])) {
            let (count, share) = (s.matched[least], 100.0 * s.coverage[least]);
            let (of, of_zh) = if self.basket.weighted { ("value", "价值") } else { ("number", "数目") };
            out.push(Text::new(
                format!("The thinnest comparison is that of {}: {count} products, {share:.1} % of the {of}.", s.periods[least]),
                format!("匹配最少的是 {} 年：{count} 种产品，占{of_zh}的 {share:.1}%。", s.periods[least]),
            ));
        }
        out
    }

    fn tables(&self) -> Vec<Table> {
        let s = &self.main;
        let period = || Cells::Integer(s.periods.iter().map(|p| Some(i64::from(*p))).collect());
        let change: Vec<f64> = (0..s.index.len())
            .map(|t| match self.options.model {
                Model::PeriodOnPeriod => 100.0 * (s.index[t] - 1.0),
                _ if t == 0 => f64::NAN,
                _ => 100.0 * (s.index[t] / s.index[t - 1] - 1.0),
            })
            .collect();
        let counts = |v: &[usize]| Cells::Integer(v.iter().map(|n| Some(*n as i64)).collect());
        let products: Vec<usize> = (0..s.periods.len()).map(|t| self.basket.count(t)).collect();
        let unit = self.variables().remove(0).unit;
        let mut index = Table::new("index", self.name())
            .note(Text::new(
                "Compared are the products that both periods have; multilateral models: that another period of the window has. The share is of value, of number where there are no quantities.",
                "参与比较的是两期共有的产品；多边模型为窗口内其他时期也有的产品。份额按价值计，无数量时按产品数计。",
            ))
            .column("period", Text::new("Period", "时期"), Text::default(), period())
            .column("index", Text::new("Index", "指数"), unit.clone(), Cells::Number(s.index.clone(), 4))
            .column("change", Text::new("Change", "变动"), Text::plain("%"), Cells::Number(change, 2))
            .column("products", Text::new("Products", "产品数"), Text::default(), counts(&products))
            .column("matched", Text::new("Compared", "参与比较"), Text::default(), counts(&s.matched))
            .column(
                "coverage",
                Text::new("Share compared", "比较份额"),
                Text::plain("%"),
                Cells::Number(s.coverage.iter().map(|c| 100.0 * c).collect(), 1),
            )
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(s.status.iter().map(|s| words::status(*s)).collect()));
        for (formula, other) in &self.compared {
            let name = words::name(*formula).replace('-', "_");
            index = index.column(
                &format!("index_{name}"),
                words::formula(*formula),
                unit.clone(),
                Cells::Number(other.index.clone(), 4),
            );
        }
        let mut out = vec![index];
        if self.models.len() > 1 {
            let base = self.options.base.or(s.periods.first().copied()).unwrap_or_default();
            let mut models = Table::new("models", Text::new("The index by model", "各模型的指数"))
                .note(Text::new(
                    "The same data; models of two periods and GEKS with the formula of the step, Fisher where it has none.",
                    "同一数据；两期模型与 GEKS 采用本步骤的公式，无公式时用费雪。",
                ))
                .column("period", Text::new("Period", "时期"), Text::default(), period());
            for (model, series) in &self.models {
                let cells = Cells::Number(series.index.clone(), 4);
                models = models.column(words::column(*model), words::model(*model), Text::plain(format!("{base} = 1")), cells);
            }
            out.push(models);
        }
        if !self.groups.is_empty() {
            let mut lines: Vec<(Text, i32, f64, usize, Text)> = Vec::new();
            for (name, series) in &self.groups {
                match series {
                    Some(g) => lines.extend((0..g.periods.len()).map(|t| {
                        (Text::plain(name.clone()), g.periods[t], g.index[t], g.matched[t], words::status(g.status[t]))
                    })),
                    None => lines.extend(s.periods.first().map(|p| {
                        (Text::plain(name.clone()), *p, f64::NAN, 0, Text::new("no index with these options", "此选项下无指数"))
                    })),
                }
            }
            let words = |k: usize| Cells::Text(lines.iter().map(|l| if k == 0 { l.0.clone() } else { l.4.clone() }).collect());
            out.push(
                Table::new("by_group", Text::new("The index by group of products", "分组指数"))
                    .column("group", Text::new("Group", "组别"), Text::default(), words(0))
                    .column(
                        "period",
                        Text::new("Period", "时期"),
                        Text::default(),
                        Cells::Integer(lines.iter().map(|l| Some(i64::from(l.1))).collect()),
                    )
                    .column("index", Text::new("Index", "指数"), unit, Cells::Number(lines.iter().map(|l| l.2).collect(), 4))
                    .column(
                        "matched",
                        Text::new("Compared", "参与比较"),
                        Text::default(),
                        Cells::Integer(lines.iter().map(|l| Some(l.3 as i64)).collect()),
                    )
                    .column("status", Text::new("Status", "状态"), Text::default(), words(1)),
            );
        }
        out
    }

    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let mut find = |code: &str, weight, place: Text, en: String, zh: String| {
            out.push(Finding { code: code.into(), weight, place, message: Text::new(en, zh) });
        };
        let s = &self.main;
        let incomplete = &self.basket.incomplete;
        if !incomplete.is_empty() {
            let named = |&i: &usize| format!("{} {}", self.panel.units[i], self.panel.periods[i]);
            find(
                "TF030",
                Weight::Warning,
                Text::plain(some(incomplete.iter().map(named))),
                format!("{} rows have a price or a quantity but not both, and are left out.", incomplete.len()),
                format!("{} 行只有价格或只有数量，未纳入。", incomplete.len()),
            );
        }
        let thin: Vec<usize> =
            (0..s.periods.len()).filter(|&t| s.status[t] != Status::Base && s.matched[t] > 0 && s.coverage[t] < THIN).collect();
        if !thin.is_empty() {
            let named = |&t: &usize| format!("{} ({:.0} %)", s.periods[t], 100.0 * s.coverage[t]);
            find(
                "TF031",
                Weight::Warning,
                Text::plain(some(thin.iter().map(named))),
                format!("In {} periods the comparison covers less than {:.0} % of the value.", thin.len(), 100.0 * THIN),
                format!("{} 个时期的比较覆盖不足 {:.0}%。", thin.len(), 100.0 * THIN),
            );
        }
        let none: Vec<usize> = (0..s.periods.len())
            .filter(|&t| matches!(s.status[t], Status::NoMatch | Status::Unlinked | Status::OutOfRange))
            .collect();
        if !none.is_empty() {
            let named = |&t: &usize| format!("{} ({})", s.periods[t], words::status(s.status[t]).en);
            find(
                "TF032",
                Weight::Warning,
                Text::plain(some(none.iter().map(named))),
                format!("{} periods have no index.", none.len()),
                format!("{} 个时期没有指数。", none.len()),
            );
        }
        if s.missing_pairs > 0 {
            find(
                "TF032",
                Weight::Info,
                Text::plain("GEKS"),
                format!("{} pairs of periods have no product in common; GEKS is fitted to the others.", s.missing_pairs),
                format!("{} 对时期没有共同产品，GEKS 只拟合其余各对。", s.missing_pairs),
            );
        }
        let last = |m: Model| self.models.iter().find(|x| x.0 == m).and_then(|x| Some(x.1.index[Self::ends(&x.1)?.1]));
        if let Some((chained, direct)) = last(Model::Chained).zip(last(Model::Geks).or(last(Model::FixedBase)))
            && (chained / direct).ln().abs() > APART
        {
            let gap = 100.0 * (chained / direct - 1.0);
            let beside = if last(Model::Geks).is_some() { ("GEKS", "GEKS") } else { ("the fixed base", "固定基期") };
            find(
                "TF033",
                if self.options.model == Model::Chained { Weight::Warning } else { Weight::Info },
                Text::new("chained", "链式"),
                format!("At the end the chained index stands {gap:.1} % from that of {}.", beside.0),
                format!("期末链式指数与{}相差 {gap:.1}%。", beside.1),
            );
        }
        let asked = || std::iter::once(self.options.formula).chain(self.options.compare.iter().copied());
        if self.options.by_formula() && asked().any(|f| f == Formula::Dutot) {
            find(
                "TF034",
                Weight::Warning,
                Text::plain("dutot"),
                "Dutot adds up prices of different products: another unit of measure gives another index.".into(),
                "Dutot 将不同产品的价格相加：换一个计量单位，指数就不同。".into(),
            );
        }
        if self.options.model == Model::Chained && asked().any(|f| f == Formula::Carli) {
            find(
                "TF034",
                Weight::Warning,
                Text::plain("carli"),
                "Carli multiplied up drifts upwards: prices that return to where they were leave the index above 1.".into(),
                "链式 Carli 向上漂移：价格回到原处，指数仍高于 1。".into(),
            );
        }
        if let Some(spread) = self.spread()
            && spread.abs() > APART
        {
            find(
                "TF035",
                Weight::Info,
                Text::new("fixed base, last period", "固定基期，末期"),
                format!("Laspeyres stands {:.1} % above Paasche: the formula matters.", 100.0 * (spread.exp() - 1.0)),
                format!("拉氏指数比帕氏高 {:.1}%：公式的选择影响结果。", 100.0 * (spread.exp() - 1.0)),
            );
        }
        out
    }

    /// Logarithm of Laspeyres over Paasche between the ends.
    fn spread(&self) -> Option<f64> {
        if !self.basket.weighted {
            return None;
        }
        let of = |f| {
            let o = super::IndexOptions { reference: Vec::new(), ..self.options.with(Model::FixedBase, f) };
            let s = tfp::index_numbers::index_numbers(self.basket, &o).ok()?;
            Some(s.index[Self::ends(&s)?.1])
        };
        Some((of(Formula::Laspeyres)? / of(Formula::Paasche)?).ln())
    }
}

/// Chinese where there is some.
pub(super) fn zh(text: &Text) -> &str {
    text.get(crate::text::Language::Zh)
}

/// The first few names, and whether there are more.
fn some(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let more = if names.len() > 8 { " …" } else { "" };
    format!("{}{more}", names.iter().take(8).cloned().collect::<Vec<_>>().join(", "))
}
