//! `inequality`: Gini, Dagum and Theil of one variable by period.

use std::collections::BTreeMap;

use panel::{Panel, Place, Problem, Variable};
use regions::inequality::{self as room, Inequality, InequalityError, InequalityOptions, Interval, TOLERANCE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::{
    figure::{Chart, Figure, Heatmap, Lines, Scale, Series, Stack},
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

#[cfg(test)]
mod tests;

/// The registry entry.
pub struct InequalityMethod;

/// Inequality of a variable over units, by period, and its decomposition by group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InequalitySpec {
    /// Variable whose inequality is measured; not negative.
    #[schemars(extend("x-role" = "variable"))]
    pub variable: String,
    /// Population that weights the units; give it when the variable is a value per head. Units count equally otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub population: Option<String>,
    /// Group column, e.g. region, for the decompositions; no decomposition otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// Bootstrap replicates, units resampled within groups; 0 gives no intervals.
    #[serde(default = "replicates")]
    #[schemars(range(max = 1_000_000))]
    pub bootstrap: u32,
    /// Confidence level of the intervals.
    #[serde(default = "level")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub level: f64,
    /// How intervals are made from the replicates.
    #[serde(default)]
    pub interval: Interval,
}

fn replicates() -> u32 {
    InequalityOptions::default().bootstrap
}

fn level() -> f64 {
    InequalityOptions::default().level
}

impl Method for InequalityMethod {
    type Options = InequalitySpec;
    const NAME: &'static str = "inequality";
    const PAGE: Page = Page {
        title: ("Inequality: Gini, Dagum decomposition and Theil", "不平等：基尼系数、Dagum 分解与泰尔指数"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi inequality data.csv --unit province --period year --groups region --variable income --population population --group region --out DIR",
    };

    fn run(input: &Input<'_>, options: &InequalitySpec) -> Result<Output, Vec<Problem>> {
        let mut findings = Vec::new();
        let sections = sections(input.panel, options, &mut findings)?;
        let settings = InequalityOptions { bootstrap: options.bootstrap, level: options.level, interval: options.interval };
        let (mut results, mut problems) = (Vec::new(), Vec::new());
        for s in sections {
            let labels: Vec<&str> = s.groups.iter().map(String::as_str).collect();
            let weights = (!s.weights.is_empty()).then_some(s.weights.as_slice());
            match room::inequality(&s.values, weights, options.group.is_some().then_some(&labels), &settings, input.seed) {
                Ok(r) => results.push((s, r)),
                Err(e) => problems.push(refused(&e, input.panel, options, s.period)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let view = View::new(input.panel, options, &results);
        findings.extend(view.small_groups());
        Ok(Output {
            summary: view.summary(),
            variables: Vec::new(),
            tables: view.tables(),
            figures: view.figures(),
            findings,
            checks: view.checks(),
        })
    }
}

/// One period's complete units.
struct Section {
    period: i32,
    units: Vec<String>,
    values: Vec<f64>,
    weights: Vec<f64>,
    groups: Vec<String>,
}

fn refused(error: &InequalityError, panel: &Panel, options: &InequalitySpec, period: i32) -> Problem {
    let dated = panel.period_name.as_ref().map(|_| period);
    Problem::error("inequality", format!("Inequality cannot be measured: {error}.")).at(Place {
        column: Some(options.variable.clone()),
        period: dated,
        ..Place::default()
    })
}

fn variable<'a>(panel: &'a Panel, name: &str) -> Result<&'a Variable, Vec<Problem>> {
    panel.variable(name).ok_or_else(|| vec![lookup::unknown_variable(panel, name)])
}

/// Takes the complete rows out of the panel, names every forbidden cell, and tells what is missing.
fn sections(panel: &Panel, options: &InequalitySpec, findings: &mut Vec<Finding>) -> Result<Vec<Section>, Vec<Problem>> {
    let mut problems = Vec::new();
    let value = variable(panel, &options.variable)?;
    let population = options.population.as_ref().map(|n| variable(panel, n)).transpose()?;
    let group = match &options.group {
        Some(name) => Some(panel.group(name).ok_or_else(|| vec![lookup::unknown_group(panel, name)])?),
        None => None,
    };
    let cell = |row: usize, column: &str| Place {
        column: Some(column.to_owned()),
        unit: Some(panel.units[row].clone()),
        period: panel.period_name.as_ref().map(|_| panel.periods[row]),
        ..Place::default()
    };
    let mut by_period: BTreeMap<i32, Section> = BTreeMap::new();
    let mut missing: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for row in 0..panel.len() {
        let (unit, period) = panel.key(row);
        let section = by_period.entry(period).or_insert_with(|| Section {
            period,
            units: Vec::new(),
            values: Vec::new(),
            weights: Vec::new(),
            groups: Vec::new(),
        });
        let (x, w) = (value.values[row], population.map(|p| p.values[row]));
        if x < 0.0 {
            problems.push(
                Problem::error("negative-value", format!("`{x}` is negative."))
                    .why("Gini and Theil are built on shares of a total, which negative values do not have.")
                    .help("Measure the inequality of a level instead, or leave the cell empty if the value is wrong.")
                    .at(cell(row, &options.variable)),
            );
        }
        if let (Some(w), Some(p)) = (w, population)
            && w <= 0.0
        {
            problems.push(
                Problem::error("weight-not-positive", format!("`{w}` is not a population."))
                    .help("Leave the cell empty if it is unknown.")
                    .at(cell(row, &p.name)),
            );
        }
        if x.is_nan() || w.is_some_and(f64::is_nan) {
            missing.entry(unit.to_owned()).or_default().push(period);
            continue;
        }
        if let Some(g) = group
            && g.labels[row].is_empty()
        {
            problems.push(
                Problem::error("group-unknown", format!("`{unit}` stands in no group."))
                    .why("A decomposition needs every unit in exactly one group.")
                    .at(cell(row, &g.name)),
            );
        }
        section.units.push(unit.to_owned());
        section.values.push(x);
        section.weights.extend(w);
        section.groups.extend(group.map(|g| g.labels[row].clone()));
    }
    if !missing.is_empty() {
        findings.push(absent(panel, value, &missing));
    }
    let mut kept = Vec::new();
    for section in by_period.into_values() {
        match section.values.len() {
            // A period in which nothing is known is a gap, named in the finding; nothing is measured there.
            0 => {}
            1 => problems.push(refused(&InequalityError::TooFew { units: 1 }, panel, options, section.period)),
            _ => kept.push(section),
        }
    }
    if kept.is_empty() && problems.is_empty() {
        problems.push(Problem::error("no-values", format!("`{}` has no value in any period.", options.variable)));
    }
    if problems.is_empty() { Ok(kept) } else { Err(problems) }
}

/// Names the cells that are missing.
fn absent(panel: &Panel, value: &Variable, missing: &BTreeMap<String, Vec<i32>>) -> Finding {
    let cells: usize = missing.values().map(Vec::len).sum();
    let name = |unit: &String, zh: bool| {
        let row = panel.units.partition_point(|u| u < unit);
        if zh { panel.units_zh.get(row).filter(|z| !z.is_empty()).unwrap_or(unit).clone() } else { unit.clone() }
    };
    let list = |zh: bool| {
        let spans: Vec<String> = missing
            .iter()
            .map(|(unit, periods)| match panel.period_name {
                Some(_) => {
                    format!("{} {}", name(unit, zh), periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
                }
                None => name(unit, zh),
            })
            .collect();
        spans.join(if zh { "；" } else { "; " })
    };
    Finding {
        code: "AU002".into(),
        weight: Weight::Warning,
        place: lookup::variable_label(panel, &value.name),
        message: Text::new(
            format!("{cells} missing cell(s) left out of their period, so periods do not cover the same units: {}.", list(false)),
            format!("有 {cells} 个缺失单元格未进入所在时期，因此各期覆盖的单元不同：{}。", list(true)),
        ),
    }
}

/// Everything shown is made from here.
struct View<'a> {
    dated: bool,
    grouped: bool,
    label: Text,
    unit: Text,
    level: f64,
    results: &'a [(Section, Inequality)],
}

/// One number of a result.
type Measure = fn(&Inequality) -> f64;

const DAGUM: [(&str, &str); 3] =
    [("within groups, Gw", "组内 Gw"), ("net between groups, Gnb", "组间净值 Gnb"), ("transvariation, Gt", "超变密度 Gt")];

impl<'a> View<'a> {
    fn new(panel: &Panel, options: &InequalitySpec, results: &'a [(Section, Inequality)]) -> Self {
        let value = panel.variable(&options.variable);
        Self {
            dated: panel.period_name.is_some(),
            grouped: options.group.is_some(),
            label: lookup::variable_label(panel, &options.variable),
            unit: Text::plain(value.map_or("", |v| v.meaning.unit.as_str())),
            level: options.level,
            results,
        }
    }

    /// `in 2023` and `2023年`, or nothing for a single cross-section.
    fn when(&self, period: i32) -> (String, String) {
        if self.dated { (format!(" in {period}"), format!("{period}年")) } else { (String::new(), String::new()) }
    }

    fn category(&self, period: i32) -> Text {
        if self.dated { Text::plain(period.to_string()) } else { Text::new("all units", "全部单元") }
    }

    fn summary(&self) -> Vec<Text> {
        let (Some((first, a)), Some((last, b))) = (self.results.first(), self.results.last()) else { return Vec::new() };
        let mut sentences = vec![self.headline(first, a, last, b)];
        let (en, zh) = self.when(last.period);
        if self.grouped && b.groups.len() > 1 && b.dagum.total > 0.0 {
            let parts = [b.dagum.within, b.dagum.net_between, b.dagum.transvariation].map(|x| 100.0 * x / b.dagum.total);
            let largest = (0..3).fold(0, |m, i| if parts[i] > parts[m] { i } else { m });
            let words = [
                ("inequality inside groups", "组内差距"),
                ("the net difference between groups", "组间净值差距"),
                ("the overlap of groups (transvariation)", "超变密度"),
            ];
            sentences.push(Text::new(
                format!(
                    "The largest source{en} is {} with {:.1} % of the Gini coefficient (inside groups {:.1} %, net between groups {:.1} %, overlap {:.1} %).",
                    words[largest].0, parts[largest], parts[0], parts[1], parts[2]
                ),
                format!(
                    "{zh}差距的最大来源是{}，贡献率为{:.1}%（组内{:.1}%，组间净值{:.1}%，超变密度{:.1}%）。",
                    words[largest].1, parts[largest], parts[0], parts[1], parts[2]
                ),
            ));
            let pair = b.pairs.iter().fold(None, |m: Option<&room::Pair>, q| m.filter(|m| m.gini >= q.gini).or(Some(q)));
            let group = b.groups.iter().fold(None, |m: Option<&room::Group>, g| m.filter(|m| m.gini >= g.gini).or(Some(g)));
            if let (Some(pair), Some(group)) = (pair, group) {
                let (rich, poor) = (&b.groups[pair.rich].name, &b.groups[pair.poor].name);
                sentences.push(Text::new(
                    format!(
                        "The widest gap lies between {rich} and {poor} (G = {:.3}); the most unequal group is {} (G = {:.3}).",
                        pair.gini, group.name, group.gini
                    ),
                    format!(
                        "差距最大的两组是{rich}与{poor}（G = {:.3}）；内部差距最大的组是{}（G = {:.3}）。",
                        pair.gini, group.name, group.gini
                    ),
                ));
            }
            if b.theil_t.total > 0.0 {
                let share = 100.0 * b.theil_t.between / b.theil_t.total;
                sentences.push(Text::new(
                    format!(
                        "By Theil T ({:.4}), {share:.1} % of the inequality{en} lies between groups and {:.1} % inside them.",
                        b.theil_t.total,
                        100.0 - share
                    ),
                    format!(
                        "按泰尔 T 指数（{:.4}），{zh}差距的{share:.1}%来自组间，{:.1}%来自组内。",
                        b.theil_t.total,
                        100.0 - share
                    ),
                ));
            }
        }
        sentences
    }

    fn headline(&self, first: &Section, a: &Inequality, last: &Section, b: &Inequality) -> Text {
        let (name_en, name_zh) = (&self.label.en, if self.label.zh.is_empty() { &self.label.en } else { &self.label.zh });
        let (g0, g1) = (a.dagum.total, b.dagum.total);
        if first.period == last.period {
            let (mut en, mut zh) = (String::new(), String::new());
            if let Some(i) = &b.intervals {
                let (low, high) = i.dagum[0];
                en = format!(" ({:.0} % interval {low:.3} to {high:.3})", 100.0 * self.level);
                zh = format!("（{:.0}%区间 {low:.3} 至 {high:.3}）", 100.0 * self.level);
            }
            let (when, date) = self.when(last.period);
            return Text::new(
                format!("The Gini coefficient of {name_en} over {} units{when} is {g1:.3}{en}.", b.units),
                format!("{date}{name_zh}的基尼系数（{} 个单元）为 {g1:.3}{zh}。", b.units),
            );
        }
        let change = g1 - g0;
        let (verb, dong) = if format!("{g0:.3}") == format!("{g1:.3}") {
            ("stayed at", "保持在")
        } else if change < 0.0 {
            ("fell", "降至")
        } else {
            ("rose", "升至")
        };
        let (mut en, mut zh) = (format!("change {change:+.3}"), format!("变化 {change:+.3}"));
        // Replicates pair off only where both periods have the same units in the same groups.
        if let (Some(i), Some(j), true) = (&a.intervals, &b.intervals, first.units == last.units && first.groups == last.groups)
            && i.gini.len() == j.gini.len()
        {
            let mut draws: Vec<f64> = i.gini.iter().zip(&j.gini).map(|(a, b)| b - a).collect();
            draws.sort_by(f64::total_cmp);
            let tail = (1.0 - self.level) / 2.0;
            let q = |p| numerics::moments::quantile(&draws, p);
            let (low, high) = (2.0 * change - q(1.0 - tail), 2.0 * change - q(tail));
            let unclear = low <= 0.0 && high >= 0.0;
            en.push_str(&format!(", {:.0} % interval {low:+.3} to {high:+.3}", 100.0 * self.level));
            zh.push_str(&format!("，{:.0}%区间 {low:+.3} 至 {high:+.3}", 100.0 * self.level));
            if unclear {
                en.push_str(", which includes no change");
                zh.push_str("，包含零变化");
            }
        }
        let (y0, y1) = (first.period, last.period);
        if verb == "stayed at" {
            return Text::new(
                format!("The Gini coefficient of {name_en} stayed at {g1:.3} from {y0} to {y1} ({en})."),
                format!("{name_zh}的基尼系数在 {y0}—{y1} 年保持在 {g1:.3}（{zh}）。"),
            );
        }
        Text::new(
            format!("The Gini coefficient of {name_en} {verb} from {g0:.3} in {y0} to {g1:.3} in {y1} ({en})."),
            format!("{name_zh}的基尼系数由 {y0} 年的 {g0:.3} {dong} {y1} 年的 {g1:.3}（{zh}）。"),
        )
    }

    fn checks(&self) -> Vec<Check> {
        let worst = |f: fn(&Inequality) -> f64| self.results.iter().map(|(_, r)| f(r)).fold(0.0, f64::max);
        let check = |en: &str, zh: &str, residual| Check { name: Text::new(en, zh), residual, tolerance: TOLERANCE };
        vec![
            check("G = Gw + Gnb + Gt, relative to G", "G = Gw + Gnb + Gt（相对于 G）", worst(|r| r.identity)),
            check(
                "Gnb = Σ p_j p_h |μ_j − μ_h| / μ, relative to G",
                "Gnb = Σ p_j p_h |μ_j − μ_h| / μ（相对于 G）",
                worst(|r| r.closed_form),
            ),
            check("Theil: total = within + between", "泰尔指数：总体 = 组内 + 组间", worst(|r| r.theil_identity)),
        ]
    }

    /// CI014: the Gini coefficient of a group of one or two says little.
    fn small_groups(&self) -> Option<Finding> {
        let mut small: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, r) in self.results.iter().filter(|_| self.grouped) {
            for g in r.groups.iter().filter(|g| g.units < 3) {
                let fewest = small.entry(&g.name).or_insert(g.units);
                *fewest = g.units.min(*fewest);
            }
        }
        if small.is_empty() {
            return None;
        }
        let list = |mark: &str| small.iter().map(|(g, n)| format!("{g} ({n})")).collect::<Vec<_>>().join(mark);
        Some(Finding {
            code: "CI014".into(),
            weight: Weight::Warning,
            place: self.label.clone(),
            message: Text::new(
                format!(
                    "Groups with fewer than three units: {}. Their own Gini coefficient is low by construction and is 0 for one unit.",
                    list(", ")
                ),
                format!("少于三个单元的组：{}。其组内基尼系数因构造而偏低，仅一个单元时为 0。", list("、")),
            ),
        })
    }

    fn numbers(&self, f: impl Fn(&Inequality) -> f64) -> Vec<f64> {
        self.results.iter().map(|(_, r)| f(r)).collect()
    }

    fn table(&self, id: &str, title: Text, periods: Vec<i32>) -> Table {
        let table = Table::new(id, title);
        if !self.dated {
            return table;
        }
        let cells = periods.into_iter().map(|p| Some(i64::from(p))).collect();
        table.column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(cells))
    }

    fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.gini_table(), self.theil_table()];
        if self.grouped {
            tables.push(self.group_table());
            let last = self.results.len().saturating_sub(1);
            let pairs = self.pair_table("pairs", &self.results[last..]);
            if !pairs.is_empty() {
                tables.push(pairs);
                if last > 0 {
                    tables.push(self.pair_table("pairs_all", self.results).hidden());
                }
            }
        }
        tables
    }

    fn gini_table(&self) -> Table {
        let none = Text::default;
        let number = |f: &dyn Fn(&Inequality) -> f64, d| Cells::Number(self.numbers(f), d);
        let bound = |part: usize, high: bool| {
            move |r: &Inequality| r.intervals.as_ref().map_or(f64::NAN, |i| if high { i.dagum[part].1 } else { i.dagum[part].0 })
        };
        let mut table = self
            .table("gini", Text::new("Gini coefficient and its Dagum parts", "基尼系数及其 Dagum 分解"), self.periods())
            .note(Text::new(
                format!(
                    "Denominator n. Shares in per cent of G. Intervals: {:.0} %, units resampled within groups.",
                    100.0 * self.level
                ),
                format!("分母为 n；贡献率为占 G 的百分比；区间水平 {:.0}%，组内重抽样。", 100.0 * self.level),
            ))
            .column("units", Text::new("Units", "单元数"), none(), Cells::Integer(self.counts()))
            .column("mean", Text::new("Mean", "均值"), self.unit.clone(), number(&|r| r.mean, 3))
            .column("gini", Text::plain("G"), none(), number(&|r| r.dagum.total, 4));
        let bounded = self.results.iter().any(|(_, r)| r.intervals.is_some());
        let with_bounds = |table: Table, name: &str, part: usize| {
            if !bounded {
                return table;
            }
            table.column(&format!("{name}_low"), Text::new("low", "下限"), none(), number(&bound(part, false), 4)).column(
                &format!("{name}_high"),
                Text::new("high", "上限"),
                none(),
                number(&bound(part, true), 4),
            )
        };
        table = with_bounds(table, "gini", 0);
        if !self.grouped {
            return table;
        }
        let parts: [(&str, Measure); 3] = [
            ("within", |r| r.dagum.within),
            ("net_between", |r| r.dagum.net_between),
            ("transvariation", |r| r.dagum.transvariation),
        ];
        for (k, (name, part)) in parts.into_iter().enumerate() {
            table = table.column(name, Text::new(DAGUM[k].0, DAGUM[k].1), none(), number(&part, 4));
            table = with_bounds(table, name, k + 1);
        }
        for (k, (name, part)) in parts.into_iter().enumerate() {
            let share = move |r: &Inequality| if r.dagum.total > 0.0 { 100.0 * part(r) / r.dagum.total } else { f64::NAN };
            let heading = Text::new(format!("share {}", DAGUM[k].0), format!("{}贡献率", DAGUM[k].1));
            table = table.column(&format!("share_{name}"), heading, Text::plain("%"), number(&share, 1));
        }
        table
    }

    fn theil_table(&self) -> Table {
        let none = Text::default;
        let number = |f: &dyn Fn(&Inequality) -> f64, d| Cells::Number(self.numbers(f), d);
        let mut table = self
            .table("theil", Text::new("Theil indices and spread", "泰尔指数与离散程度"), self.periods())
            .note(Text::new(
                "T: Theil's first index; L: mean log deviation, empty where a value is 0; CV and σ of logarithms with denominator n.",
                "T 为泰尔第一指数；L 为平均对数离差，有 0 值时为空；变异系数与对数标准差的分母为 n。",
            ))
            .column("theil_t", Text::plain("T"), none(), number(&|r| r.theil_t.total, 4));
        if self.results.iter().any(|(_, r)| r.intervals.is_some()) {
            let bound = |high: bool| {
                move |r: &Inequality| {
                    r.intervals.as_ref().map_or(f64::NAN, |i| if high { i.theil_t[0].1 } else { i.theil_t[0].0 })
                }
            };
            table = table.column("theil_t_low", Text::new("low", "下限"), none(), number(&bound(false), 4)).column(
                "theil_t_high",
                Text::new("high", "上限"),
                none(),
                number(&bound(true), 4),
            );
        }
        let l = |part: fn(&room::Theil) -> f64| move |r: &Inequality| r.theil_l.as_ref().map_or(f64::NAN, part);
        if self.grouped {
            let share =
                |r: &Inequality| if r.theil_t.total > 0.0 { 100.0 * r.theil_t.between / r.theil_t.total } else { f64::NAN };
            table = table
                .column("theil_t_within", Text::new("T within", "T 组内"), none(), number(&|r| r.theil_t.within, 4))
                .column("theil_t_between", Text::new("T between", "T 组间"), none(), number(&|r| r.theil_t.between, 4))
                .column(
                    "theil_t_between_share",
                    Text::new("T between, share", "T 组间贡献率"),
                    Text::plain("%"),
                    number(&share, 1),
                );
        }
        table = table.column("theil_l", Text::plain("L"), none(), number(&l(|t| t.total), 4));
        if self.grouped {
            table = table.column("theil_l_within", Text::new("L within", "L 组内"), none(), number(&l(|t| t.within), 4)).column(
                "theil_l_between",
                Text::new("L between", "L 组间"),
                none(),
                number(&l(|t| t.between), 4),
            );
        }
        table.column("cv", Text::new("CV", "变异系数"), none(), number(&|r| r.cv, 4)).column(
            "sigma_log",
            Text::new("σ of logarithms", "对数标准差 σ"),
            none(),
            number(&|r| r.sigma.unwrap_or(f64::NAN), 4),
        )
    }

    fn group_table(&self) -> Table {
        let rows: Vec<(i32, &room::Group)> =
            self.results.iter().flat_map(|(s, r)| r.groups.iter().map(|g| (s.period, g))).collect();
        let number = |f: fn(&room::Group) -> f64, d| Cells::Number(rows.iter().map(|(_, g)| f(g)).collect(), d);
        let none = Text::default;
        self.table("groups", Text::new("Groups", "各组"), rows.iter().map(|r| r.0).collect())
            .column(
                "group",
                Text::new("Group", "组"),
                none(),
                Cells::Text(rows.iter().map(|(_, g)| Text::plain(&g.name)).collect()),
            )
            .column(
                "units",
                Text::new("Units", "单元数"),
                none(),
                Cells::Integer(rows.iter().map(|(_, g)| Some(g.units as i64)).collect()),
            )
            .column(
                "weight_share",
                Text::new("Share of units or population, p", "单元或人口份额 p"),
                none(),
                number(|g| g.weight_share, 4),
            )
            .column("value_share", Text::new("Share of the total, s", "总量份额 s"), none(), number(|g| g.value_share, 4))
            .column("mean", Text::new("Mean", "均值"), self.unit.clone(), number(|g| g.mean, 3))
            .column("gini", Text::plain("G_jj"), none(), number(|g| g.gini, 4))
            .column("gini_low", Text::new("low", "下限"), none(), number(|g| g.interval.map_or(f64::NAN, |i| i.0), 4))
            .column("gini_high", Text::new("high", "上限"), none(), number(|g| g.interval.map_or(f64::NAN, |i| i.1), 4))
            .column("theil_t", Text::plain("T_j"), none(), number(|g| g.theil_t, 4))
            .hidden()
    }

    fn pair_table(&self, id: &str, results: &[(Section, Inequality)]) -> Table {
        let rows: Vec<(i32, &Inequality, &room::Pair)> =
            results.iter().flat_map(|(s, r)| r.pairs.iter().map(move |q| (s.period, r, q))).collect();
        let number = |f: fn(&room::Pair) -> f64, d| Cells::Number(rows.iter().map(|(_, _, q)| f(q)).collect(), d);
        let name =
            |f: fn(&room::Pair) -> usize| Cells::Text(rows.iter().map(|(_, r, q)| Text::plain(&r.groups[f(q)].name)).collect());
        let none = Text::default;
        self.table(id, Text::new("Pairs of groups", "两两组间"), rows.iter().map(|r| r.0).collect())
            .note(Text::new(
                "d: mean excess of the richer group over the poorer; p: mean excess the other way; D = (d − p)/(d + p), relative affluence.",
                "d 为较高组对较低组的平均超出额，p 为反方向；D = (d − p)/(d + p) 为相对富裕程度。",
            ))
            .column("richer", Text::new("Higher mean", "均值较高组"), none(), name(|q| q.rich))
            .column("poorer", Text::new("Lower mean", "均值较低组"), none(), name(|q| q.poor))
            .column("gini", Text::plain("G_jh"), none(), number(|q| q.gini, 4))
            .column("gini_low", Text::new("low", "下限"), none(), number(|q| q.interval.map_or(f64::NAN, |i| i.0), 4))
            .column("gini_high", Text::new("high", "上限"), none(), number(|q| q.interval.map_or(f64::NAN, |i| i.1), 4))
            .column("affluence", Text::plain("D_jh"), none(), number(|q| q.affluence, 4))
            .column("d", Text::plain("d_jh"), self.unit.clone(), number(|q| q.d, 3))
            .column("p", Text::plain("p_jh"), self.unit.clone(), number(|q| q.p, 3))
    }

    fn periods(&self) -> Vec<i32> {
        self.results.iter().map(|(s, _)| s.period).collect()
    }

    fn counts(&self) -> Vec<Option<i64>> {
        self.results.iter().map(|(_, r)| Some(r.units as i64)).collect()
    }

    fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let total = self.numbers(|r| r.dagum.total);
        if self.grouped {
            let parts: [Measure; 3] = [|r| r.dagum.within, |r| r.dagum.net_between, |r| r.dagum.transvariation];
            figures.push(Figure {
                id: "dagum".into(),
                title: Text::new("Sources of inequality", "差距的来源"),
                note: Text::new(
                    "Dagum parts of the Gini coefficient; the mark is G, their sum.",
                    "基尼系数的 Dagum 分解，标记为三者之和 G。",
                ),
                chart: Chart::Stack(Stack {
                    label: Text::new("Gini coefficient", "基尼系数"),
                    decimals: 3,
                    categories: self.results.iter().map(|(s, _)| self.category(s.period)).collect(),
                    categories_are_units: false,
                    parts: (0..3).map(|k| (Text::new(DAGUM[k].0, DAGUM[k].1), self.numbers(parts[k]))).collect(),
                    total: total.clone(),
                }),
            });
        }
        if self.dated && self.results.len() > 1 {
            let band = (self.results.iter()).map(|(_, r)| r.intervals.as_ref().map(|i| i.dagum[0])).collect::<Option<Vec<_>>>();
            let all =
                Series {
                    name: Text::new("all units", "全部单元"), unit: false, values: total, band: band.unwrap_or_default()
                };
            figures.push(Figure {
                id: "gini".into(),
                title: Text::new("Gini coefficient, all units and inside groups", "基尼系数：全部单元与各组内部"),
                note: Text::new(
                    format!("The band of all units is its {:.0} % interval.", 100.0 * self.level),
                    format!("全部单元的带为 {:.0}% 区间。", 100.0 * self.level),
                ),
                chart: Chart::Lines(Lines {
                    label: Text::new("Gini coefficient", "基尼系数"),
                    decimals: 3,
                    periods: self.periods(),
                    series: std::iter::once(all).chain(self.group_series()).collect(),
                    reference: None,
                }),
            });
        }
        figures.extend(self.heatmap());
        figures
    }

    fn group_series(&self) -> Vec<Series> {
        let mut names: Vec<&str> = self.results.iter().flat_map(|(_, r)| r.groups.iter().map(|g| g.name.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        let value = |r: &Inequality, name: &str| r.groups.iter().find(|g| g.name == name).map_or(f64::NAN, |g| g.gini);
        names
            .into_iter()
            .filter(|_| self.grouped)
            .map(|name| Series {
                name: Text::plain(name),
                unit: false,
                values: self.numbers(|r| value(r, name)),
                band: Vec::new(),
            })
            .collect()
    }

    fn heatmap(&self) -> Option<Figure> {
        let (section, r) = self.results.last().filter(|(_, r)| !r.pairs.is_empty())?;
        let k = r.groups.len();
        let mut values = vec![vec![f64::NAN; k]; k];
        for (j, g) in r.groups.iter().enumerate() {
            values[j][j] = g.gini;
        }
        for q in &r.pairs {
            values[q.rich][q.poor] = q.gini;
            values[q.poor][q.rich] = q.gini;
        }
        let names: Vec<Text> = r.groups.iter().map(|g| Text::plain(&g.name)).collect();
        let (en, zh) = self.when(section.period);
        Some(Figure {
            id: "pairs".into(),
            title: Text::new(format!("Gini coefficient between and inside groups{en}"), format!("{zh}两两组间与组内基尼系数")),
            note: Text::new("Diagonal: inside a group.", "对角线为组内。"),
            chart: Chart::Heatmap(Heatmap {
                label: Text::plain("G_jh"),
                decimals: 3,
                scale: Scale::Sequential,
                rows: names.clone(),
                rows_are_units: false,
                columns: names,
                values,
            }),
        })
    }
}
