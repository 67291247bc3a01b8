//! `coupling`: coupling coordination degree of two or more systems.

use index::coupling::{self, Boundary, CLASSES, Coupling, CouplingError, Formula, misprint::Misprint};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{lookup, production};
use crate::{
    figure::{Chart, Figure, Frame, Lines, Scale, Series, Tiles},
    finding::{Finding, Weight},
    method::{Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::{Language, Text},
};

mod beside;

/// Options of the coupling coordination degree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CouplingOptions {
    /// Two or more systems on one common fixed scale, e.g. the dimension scores of an index step.
    #[schemars(extend("x-role" = "variable"))]
    pub systems: Vec<String>,
    /// Which coupling degree the coordination degree and its class are built on; both are reported.
    #[serde(default)]
    pub formula: Formula,
    /// Weights of the systems in the development index, scaled to sum 1; equal when empty.
    #[serde(default)]
    pub alpha: Vec<f64>,
    /// Value of the scale that stands for no development.
    #[serde(default)]
    pub low: f64,
    /// Value of the scale that stands for full development: 1, or 100 for scores of 0 to 100.
    #[serde(default = "one")]
    pub high: f64,
    /// On which side the ten classes of width 0.1 are closed.
    #[serde(default)]
    pub boundary: Boundary,
    /// Indicators each system is made of, one list per system in the order of `systems`: shared ones are found. Without
    /// it, columns of the data that systems of earlier steps are both computed from.
    #[serde(default)]
    pub made_of: Vec<Vec<String>>,
    /// How far each weight is moved for the band of the coordination degree.
    #[serde(default = "tenth")]
    pub sensitivity: f64,
    /// A misprinted form to reproduce a publication with; the right degree stands beside it, with what differs.
    pub reproduce: Option<Misprint>,
    /// Group column for averages, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
}

fn one() -> f64 {
    1.0
}

fn tenth() -> f64 {
    0.1
}

/// Coupling coordination degree.
pub struct CouplingCoordination;

impl Method for CouplingCoordination {
    type Options = CouplingOptions;
    const NAME: &'static str = "coupling";
    const PAGE: Page = Page {
        title: ("Coupling coordination degree", "耦合协调度"),
        en: coupling::PAGE,
        zh: coupling::PAGE_ZH,
        example: "xinzhi coupling scores.csv --unit province --period year --systems labourers,means,objects --high 100 --out result",
    };
    const OVER_TIME: bool = true;

    fn run(input: &Input<'_>, options: &CouplingOptions) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Vec::new();
        let mut systems: Vec<&[f64]> = Vec::new();
        for (k, name) in options.systems.iter().enumerate() {
            if options.systems[..k].contains(name) {
                problems.push(
                    Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                        .why("A system is always coupled with itself.")
                        .at(Place { column: Some(name.clone()), ..Place::default() }),
                );
            }
            match panel.values(name) {
                Some(v) => systems.push(v),
                None => problems.push(lookup::unknown_variable(panel, name)),
            }
        }
        if let Some(g) = options.group.as_ref().filter(|g| panel.group(g).is_none()) {
            problems.push(lookup::unknown_group(panel, g));
        }
        if !options.made_of.is_empty() && options.made_of.len() != options.systems.len() {
            problems.push(Problem::error(
                "made-of",
                "`made_of` must list the indicators of every system, in the order of `systems`.",
            ));
        }
        if !(options.sensitivity > 0.0 && options.sensitivity < 1.0) {
            problems.push(Problem::error("sensitivity", "`sensitivity` must lie between 0 and 1, e.g. 0.1."));
        }
        if panel.is_empty() {
            problems.push(Problem::error("no-row", "The data set has no row."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let core = coupling::CouplingOptions {
            formula: options.formula,
            alpha: options.alpha.clone(),
            low: options.low,
            high: options.high,
            boundary: options.boundary,
        };
        let refused = |e: CouplingError| refused(&e, options, panel);
        let result = coupling::coupling(&systems, &core).map_err(refused)?;
        if result.class.iter().all(Option::is_none) {
            return Err(vec![
                Problem::error("no-complete-row", "No row has a value of every system.")
                    .help("Restrict the periods of the step, or choose other systems."),
            ]);
        }
        let band = coupling::alpha_band(&systems, &core, options.sensitivity).map_err(refused)?;
        let view = View { panel, options, systems: &systems, result: &result, band: &band };
        let (mut tables, mut findings) = (vec![view.classes(), view.rows(), view.relative()], view.findings());
        if let Some((table, finding)) = view.reproduced() {
            tables.push(table);
            findings.push(finding);
        }
        Ok(Output {
            summary: view.summary(),
            variables: view.variables(),
            tables,
            figures: view.figures(),
            findings,
            checks: Vec::new(),
        })
    }
}

fn refused(error: &CouplingError, options: &CouplingOptions, panel: &Panel) -> Vec<Problem> {
    let CouplingError::Outside(cells) = error else {
        return vec![Problem::error("coupling", format!("Coupling cannot be computed: {error}."))];
    };
    let each = |&(j, row): &(usize, usize)| {
        let name = &options.systems[j];
        let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
        let mut p = Problem::error("off-scale", format!("`{value}` is not between {} and {}.", options.low, options.high))
            .why("All systems must lie on the declared fixed scale, otherwise the degree has no meaning.")
            .at(Place {
                column: Some(name.clone()),
                unit: Some(panel.units[row].clone()),
                period: panel.period_name.as_ref().map(|_| panel.periods[row]),
                ..Place::default()
            });
        if options.high == 1.0 && (0.0..=100.0).contains(&value) {
            p = p.help("Scores of 0 to 100 need `high = 100`.");
        } else {
            p = p.help("Give the ends of the scale as `low` and `high`, or couple the scores of an index step.");
        }
        p
    };
    cells.iter().map(each).collect()
}

struct View<'a> {
    panel: &'a Panel,
    options: &'a CouplingOptions,
    systems: &'a [&'a [f64]],
    result: &'a Coupling,
    band: &'a [(f64, f64)],
}

impl View<'_> {
    /// Rows of one period with a degree.
    fn at(&self, period: i32) -> Vec<usize> {
        (0..self.panel.len()).filter(|&i| self.panel.periods[i] == period && self.result.class[i].is_some()).collect()
    }

    fn mean(&self, rows: &[usize], column: &[f64]) -> f64 {
        numerics::moments::mean(&rows.iter().map(|&i| column[i]).collect::<Vec<_>>())
    }

    fn summary(&self) -> Vec<Text> {
        let periods = self.panel.period_set();
        let computed: Vec<i32> = periods.into_iter().filter(|&p| !self.at(p).is_empty()).collect();
        let (Some(&first), Some(&last)) = (computed.first(), computed.last()) else { return Vec::new() };
        let r = self.result;
        let now = self.at(last);
        let (d, class) = (self.mean(&now, &r.coordination), |d: f64| CLASSES[coupling::class(d, self.options.boundary)]);
        let (c, w, t) = (self.mean(&now, &r.traditional), self.mean(&now, &r.wang), self.mean(&now, &r.development));
        let name = |i: usize, zh: bool| {
            let u = &self.panel.units[i];
            if zh && !self.panel.units_zh[i].is_empty() { self.panel.units_zh[i].clone() } else { u.clone() }
        };
        let best = now.iter().copied().reduce(|a, b| if r.coordination[b] > r.coordination[a] { b } else { a }).unwrap_or(0);
        let worst = now.iter().copied().reduce(|a, b| if r.coordination[b] < r.coordination[a] { b } else { a }).unwrap_or(0);
        let when = |p: i32| if self.panel.period_name.is_some() { format!("{p} 年，") } else { String::new() };
        let mut out = vec![
            Text::new(
                format!(
                    "{} the mean coordination degree of {} units is {d:.3} ({}), from {:.3} ({}) to {:.3} ({}).",
                    if self.panel.period_name.is_some() { format!("In {last}") } else { "Here".into() },
                    now.len(),
                    class(d).0,
                    r.coordination[worst],
                    name(worst, false),
                    r.coordination[best],
                    name(best, false),
                ),
                format!(
                    "{}{} 个单元的耦合协调度平均为 {d:.3}（{}），最低 {:.3}（{}），最高 {:.3}（{}）。",
                    when(last),
                    now.len(),
                    class(d).1,
                    r.coordination[worst],
                    name(worst, true),
                    r.coordination[best],
                    name(best, true),
                ),
            ),
            Text::new(
                format!(
                    "Mean coupling is {c:.3} by the traditional and {w:.3} by the corrected formula, mean development {t:.3}."
                ),
                format!("传统耦合度平均 {c:.3}，修正耦合度平均 {w:.3}，综合发展指数平均 {t:.3}。"),
            ),
        ];
        if first != last {
            let then = self.mean(&self.at(first), &r.coordination);
            out.push(Text::new(
                format!("The mean coordination degree went from {then:.3} in {first} to {d:.3} in {last}."),
                format!("耦合协调度均值由 {first} 年的 {then:.3} 变为 {last} 年的 {d:.3}。"),
            ));
        }
        let classed = |i: usize, d: f64| Some(coupling::class(d, self.options.boundary)) != r.class[i];
        let unsure = now.iter().filter(|&&i| classed(i, self.band[i].0) || classed(i, self.band[i].1)).count();
        out.push(Text::new(
            format!(
                "Moving the weight of one system by {} changes the class of {unsure} of {} units.",
                self.options.sensitivity,
                now.len()
            ),
            format!("任一系统权重变动 {} 时，{} 个单元中有 {unsure} 个改变等级。", self.options.sensitivity, now.len()),
        ));
        out
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let r = self.result;
        [
            ("c", "Coupling degree, traditional", "耦合度（传统）", &r.traditional),
            ("c_wang", "Coupling degree, corrected", "耦合度（修正）", &r.wang),
            ("t", "Development index", "综合发展指数", &r.development),
            ("d", "Coordination degree", "耦合协调度", &r.coordination),
        ]
        .map(|(name, en, zh, values)| OutputVariable {
            name: name.into(),
            label: Text::new(en, zh),
            unit: Text::default(),
            keys: keys.clone(),
            values: values.clone(),
        })
        .into()
    }

    /// Units per class and period.
    fn classes(&self) -> Table {
        let periods = self.panel.period_set();
        let names = CLASSES.iter().map(|(en, zh)| Text::new(*en, *zh)).collect();
        let edge = |k: usize| match self.options.boundary {
            Boundary::LeftClosed => {
                format!("[{:.1}, {:.1}{}", k as f64 / 10.0, (k + 1) as f64 / 10.0, if k == 9 { "]" } else { ")" })
            }
            Boundary::RightClosed => {
                format!("{}{:.1}, {:.1}]", if k == 0 { "[" } else { "(" }, k as f64 / 10.0, (k + 1) as f64 / 10.0)
            }
        };
        let mut table = Table::new("classes", Text::new("Units by class of coordination", "各协调等级的单元数"))
            .note(Text::new(
                "Classes of Liao Chongbin (1999), boundaries as printed.",
                "等级划分据廖重斌（1999），区间边界如表所示。",
            ))
            .column("class", Text::new("Class", "等级"), Text::default(), Cells::Text(names))
            .column(
                "interval",
                Text::new("Degree", "区间"),
                Text::default(),
                Cells::Text((0..10).map(|k| Text::plain(edge(k))).collect()),
            );
        for p in periods {
            let rows = self.at(p);
            let count = |k: usize| Some(rows.iter().filter(|&&i| self.result.class[i] == Some(k)).count() as i64);
            let name = if self.panel.period_name.is_some() { p.to_string() } else { "units".into() };
            table = table.column(&name, Text::plain(&name), Text::default(), Cells::Integer((0..10).map(count).collect()));
        }
        table
    }

    fn rows(&self) -> Table {
        let r = self.result;
        let number = |v: &[f64]| Cells::Number(v.to_vec(), 3);
        let class = |c: &Option<usize>| c.map_or(Text::new("missing", "缺失"), |k| Text::new(CLASSES[k].0, CLASSES[k].1));
        let none = Text::default;
        let mut table = Table::new("coupling", Text::new("Coupling coordination by unit and period", "各单元各期的耦合协调度"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(self.panel.units.clone()))
            .column(
                "period",
                Text::new("Period", "时期"),
                none(),
                Cells::Integer(self.panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
            );
        for (name, values) in self.options.systems.iter().zip(self.systems) {
            table = table.column(name, lookup::variable_label(self.panel, name), none(), number(values));
        }
        table
            .column("c", Text::new("C, traditional", "C（传统）"), none(), number(&r.traditional))
            .column("c_wang", Text::new("C, corrected", "C（修正）"), none(), number(&r.wang))
            .column("t", Text::plain("T"), none(), number(&r.development))
            .column("d", Text::plain("D"), none(), number(&r.coordination))
            .column(
                "d_low",
                Text::new("D, lowest over α", "D 下限（α）"),
                none(),
                number(&self.band.iter().map(|b| b.0).collect::<Vec<_>>()),
            )
            .column(
                "d_high",
                Text::new("D, highest over α", "D 上限（α）"),
                none(),
                number(&self.band.iter().map(|b| b.1).collect::<Vec<_>>()),
            )
            .column("class", Text::new("Class", "等级"), none(), Cells::Text(r.class.iter().map(class).collect()))
    }

    fn figures(&self) -> Vec<Figure> {
        let periods = self.panel.period_set();
        let frame = |p: &i32| Frame {
            label: if self.panel.period_name.is_some() { p.to_string() } else { String::new() },
            values: (self.at(*p).into_iter())
                .map(|i| (self.panel.units[i].clone(), self.result.class[i].map_or(f64::NAN, |k| k as f64)))
                .collect(),
        };
        let tiles = Figure {
            id: "classes".into(),
            title: Text::new("Class of coordination", "协调等级"),
            note: Text::default(),
            chart: Chart::Tiles(Tiles {
                label: Text::new("class of D", "D 的等级"),
                decimals: 0,
                scale: Scale::Classes { names: CLASSES.iter().map(|(en, zh)| Text::new(*en, *zh)).collect(), ordered: true },
                frames: periods.iter().map(frame).collect(),
            }),
        };
        if periods.len() < 2 {
            return vec![tiles];
        }
        let line = |keep: &dyn Fn(usize) -> bool| -> Vec<f64> {
            let at = |p: &i32| {
                let rows: Vec<usize> = self.at(*p).into_iter().filter(|&i| keep(i)).collect();
                self.mean(&rows, &self.result.coordination)
            };
            periods.iter().map(at).collect()
        };
        let series = |name: Text, unit: bool, values: Vec<f64>| Series { name, unit, values, band: Vec::new() };
        let mut lines = vec![series(Text::new("all units", "全部"), false, line(&|_| true))];
        if let Some(g) = self.options.group.as_ref().and_then(|g| self.panel.group(g)) {
            for name in lookup::distinct(&g.labels) {
                lines.push(series(Text::plain(&name), false, line(&|i| g.labels[i] == name)));
            }
        }
        for unit in self.panel.unit_set() {
            lines.push(series(Text::plain(unit), true, line(&|i| self.panel.units[i] == unit)));
        }
        let trend = Figure {
            id: "trend".into(),
            title: Text::new("Coordination degree over time", "耦合协调度的变化"),
            note: Text::new("Unweighted means of units.", "各单元的简单平均。"),
            chart: Chart::Lines(Lines {
                label: Text::new("coordination degree D", "耦合协调度 D"),
                decimals: 3,
                periods,
                series: lines,
                reference: None,
            }),
        };
        vec![tiles, trend]
    }

    /// CI006: what two systems are both made of, as declared, or else as their origin tells.
    fn shared(&self) -> Vec<Finding> {
        let (lists, systems) = (&self.options.made_of, &self.options.systems);
        let mut out = Vec::new();
        for j in 0..systems.len() {
            for k in 0..j {
                let (a, b) = (&systems[k], &systems[j]);
                let declared = !lists.is_empty();
                let both: Vec<String> = match declared {
                    true => lists[k].iter().filter(|i| lists[j].contains(i)).cloned().collect(),
                    false => lookup::shared(self.panel, a, b),
                };
                let list = both.join(", ");
                let (weight, message) = match declared {
                    true => (
                        Weight::Warning,
                        Text::new(
                            format!("`{a}` and `{b}` share the indicators {list}; they are coupled by construction."),
                            format!("`{a}` 与 `{b}` 共用指标 {list}，耦合由构造产生。"),
                        ),
                    ),
                    // Often a common denominator: worth knowing, less than an indicator that counts twice.
                    false => (
                        Weight::Info,
                        Text::new(
                            format!("`{a}` and `{b}` are both computed from {list}: part of their coupling is by construction."),
                            format!("`{a}` 与 `{b}` 均由 {list} 计算，部分耦合由构造产生。"),
                        ),
                    ),
                };
                if !both.is_empty() {
                    out.push(Finding { code: "CI006".into(), weight, place: Text::plain(format!("{a}, {b}")), message });
                }
            }
        }
        out
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |code: &str, place: Text, en: String, zh: String| {
            findings.push(Finding { code: code.into(), weight: Weight::Warning, place, message: Text::new(en, zh) });
        };
        let range = |v: &[f64]| {
            let known = || v.iter().copied().filter(|x| x.is_finite());
            (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max))
        };
        let (column, en, zh) = match self.options.formula {
            Formula::Traditional => (&self.result.traditional, "traditional", "传统"),
            Formula::Wang2021 => (&self.result.wang, "corrected", "修正"),
        };
        let absent: Vec<String> = (0..self.panel.len())
            .filter(|&i| self.result.class[i].is_none())
            .map(|i| match self.panel.period_name {
                Some(_) => format!("{} {}", self.panel.units[i], self.panel.periods[i]),
                None => self.panel.units[i].clone(),
            })
            .collect();
        if !absent.is_empty() {
            let rows = if absent.len() == 1 { "1 row lacks" } else { &format!("{} rows lack", absent.len()) };
            add(
                "AU002",
                production::listed(&absent),
                format!("{rows} a value of some system and have no degree; periods do not cover the same units."),
                format!("{} 行缺少某一系统的取值，没有耦合协调度，各期覆盖的单元不同。", absent.len()),
            );
        }
        let (low, high) = range(column);
        // A single row has nothing to be told apart from.
        if self.panel.len() - absent.len() > 1 && high - low < 0.1 {
            add(
                "CI009",
                Text::new("coupling degree", "耦合度"),
                format!(
                    "The {en} coupling degree lies between {low:.3} and {high:.3} in all rows: it does not tell units apart, D is the development index in other clothes."
                ),
                format!("{zh}耦合度全部在 {low:.3} 与 {high:.3} 之间，不能区分单元，D 只反映综合发展指数。"),
            );
        }
        for (name, values) in self.options.systems.iter().zip(self.systems) {
            let label = lookup::variable_label(self.panel, name);
            if range(values) == (self.options.low, self.options.high) {
                add(
                    "CI009",
                    label.clone(),
                    format!(
                        "The values of `{name}` reach exactly {} and {}: they look scaled by the extremes of the sample, not on a fixed scale.",
                        self.options.low, self.options.high
                    ),
                    format!(
                        "“{}”的取值恰好达到 {} 和 {}，疑似按样本极值标准化，而非固定尺度。",
                        label.get(Language::Zh),
                        self.options.low,
                        self.options.high
                    ),
                );
            }
        }
        findings.extend(self.shared());
        findings
    }
}

#[cfg(test)]
mod tests;
