//! `merger`: potential gains from merging units.

use std::collections::BTreeMap;

use frontier::{
    FrontierError, Missing, Orientation, Role, State, Technology,
    dea::Returns,
    merger::{self, Merger, MergerOptions},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    lookup,
    production::{self, Names},
    scores::{self, Frontier, Part, capital, returns},
};
use crate::{
    figure::{Bars, Chart, Figure},
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of merger gains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergerStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Group column: the units of each group are one merger.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// Mergers as lists of unit names, e.g. `[["A", "B"], ["C", "D", "E"]]`.
    #[serde(default)]
    pub mergers: Vec<Vec<String>>,
    /// Which side is measured.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier; units are merged within a period.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Merger gains.
pub struct MergerGains;

/// The mergers of one frontier.
struct Found {
    /// Name and period of each.
    names: Vec<(String, i32)>,
    sets: Vec<Vec<usize>>,
    result: Merger,
}

impl Method for MergerGains {
    type Options = MergerStep;
    const NAME: &'static str = "merger";
    const PAGE: Page = Page {
        title: ("Merger gains", "合并收益"),
        en: merger::PAGE,
        zh: merger::PAGE_ZH,
        example: "xinzhi merger data.csv --unit province --period year --groups region --inputs capital,employment --outputs gdp_real --group region --rts crs --out result",
    };

    fn check(options: &MergerStep) -> Vec<Problem> {
        let mut problems = options.names().repeated();
        if matches!(options.rts, Returns::Generalised | Returns::Replication | Returns::Upscaling) {
            problems.push(production::conflict("rts", "mergers take `crs`, `vrs`, `nirs`, `ndrs` or `fdh`"));
        }
        if options.group.is_some() != options.mergers.is_empty() {
            let why = "name a `group` column, or lists of units in `mergers`, not both";
            problems.push(production::conflict("mergers", why));
        }
        for list in &options.mergers {
            let twice = list.iter().enumerate().any(|(i, u)| list[..i].contains(u));
            if list.len() < 2 || twice {
                let why = format!("[{}] needs two or more units, each once", list.join(", "));
                problems.push(production::conflict("mergers", &why));
            }
        }
        problems
    }

    fn run(input: &Input<'_>, options: &MergerStep) -> Result<Output, Vec<Problem>> {
        let problems = Self::check(options);
        if !problems.is_empty() {
            return Err(problems);
        }
        let panel = input.panel;
        options.known(panel)?;
        let core = MergerOptions { orientation: options.orientation, returns: options.rts, missing: options.missing };
        let run = |t: &Technology<'_>, rows: &[usize]| -> Result<Found, FrontierError> {
            let (names, sets) = options.sets(panel, rows);
            let result = if sets.is_empty() { Merger::default() } else { merger::merger(t, &sets, &core)? };
            Ok(Found { names, sets, result })
        };
        let parts = scores::measure_units(panel, &options.names(), options.frontier, options.missing, run)?;
        if parts.iter().all(|p| p.result.sets.is_empty()) {
            return Err(vec![
                Problem::error("no-merger", "No period has two units to be merged.")
                    .help("A merger needs two or more units of the same group, or of the same list, in a period."),
            ]);
        }
        Ok(Story { panel, options, parts }.output())
    }
}

impl MergerStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &[] }
    }

    /// Names that the panel does not have.
    fn known(&self, panel: &Panel) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        problems.extend(self.group.iter().filter(|g| panel.group(g).is_none()).map(|g| lookup::unknown_group(panel, g)));
        let units = panel.unit_set();
        let mut missing: Vec<&String> = self.mergers.iter().flatten().filter(|u| !units.contains(&u.as_str())).collect();
        missing.sort_unstable();
        missing.dedup();
        problems.extend(
            missing.into_iter().map(|u| {
                Problem::error("unknown-unit", format!("There is no unit `{u}`.")).did_you_mean(u, units.iter().copied())
            }),
        );
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The mergers among these rows: names with periods, and positions in `rows`. Lists with a unit that a period does not
    /// have are left out of it.
    fn sets(&self, panel: &Panel, rows: &[usize]) -> (Vec<(String, i32)>, Vec<Vec<usize>>) {
        let mut sets: BTreeMap<(i32, usize, String), Vec<usize>> = BTreeMap::new();
        let group = self.group.as_ref().and_then(|g| panel.group(g));
        for (i, &row) in rows.iter().enumerate() {
            let period = panel.periods[row];
            if let Some(g) = group {
                sets.entry((period, 0, g.labels[row].clone())).or_default().push(i);
            }
            for (l, list) in self.mergers.iter().enumerate().filter(|(_, list)| list.contains(&panel.units[row])) {
                sets.entry((period, l, list.join(" + "))).or_default().push(i);
            }
        }
        let whole = |l: usize, set: &Vec<usize>| set.len() >= 2 && (group.is_some() || set.len() == self.mergers[l].len());
        let kept = sets.into_iter().filter(|((_, l, _), set)| whole(*l, set));
        kept.map(|((period, _, name), set)| ((name, period), set)).unzip()
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a MergerStep,
    parts: Vec<Part<Found>>,
}

impl Story<'_> {
    /// One value per merger.
    fn each<T>(&self, get: impl Fn(&Found, usize) -> T) -> Vec<T> {
        self.parts.iter().flat_map(|p| (0..p.result.sets.len()).map(|s| get(&p.result, s)).collect::<Vec<_>>()).collect()
    }

    fn number(&self, get: impl Fn(&Merger, usize) -> f64) -> Vec<f64> {
        self.each(|f, s| get(&f.result, s))
    }

    fn output(&self) -> Output {
        let single =
            scores::spread(self.panel, &self.parts, f64::NAN, |f, u| f.result.single.score.get(u).copied().unwrap_or(f64::NAN));
        let label = Text::new("Efficiency of the single unit", "单个单元的效率");
        let (widest, identity) = self.residuals();
        let check = |en: &str, zh: &str, residual, tolerance| Check { name: Text::new(en, zh), residual, tolerance };
        Output {
            summary: self.summary(),
            variables: vec![scores::variable(self.panel, "score", label, single)],
            tables: vec![self.mergers(), self.quantities()],
            figures: self.figure().into_iter().collect(),
            findings: self.findings(),
            checks: vec![
                check("Widest certified interval of a distance", "距离认证区间的最大宽度", widest, 1e-8),
                check("E = LE × HA × SI", "E = LE × HA × SI", identity, 1e-9),
            ],
        }
    }

    fn keyed(&self, id: &str, title: Text) -> Table {
        let none = Text::default;
        let names = self.each(|f, s| Text::plain(f.names[s].0.clone()));
        let table = Table::new(id, title).column("merger", Text::new("Merger", "合并"), none(), Cells::Text(names));
        if self.panel.period_name.is_none() {
            return table;
        }
        let periods = self.each(|f, s| Some(i64::from(f.names[s].1)));
        table.column("period", Text::new("Period", "时期"), none(), Cells::Integer(periods))
    }

    fn mergers(&self) -> Table {
        let none = Text::default;
        let number = |get: fn(&Merger, usize) -> f64| Cells::Number(self.number(get), 4);
        let state = |get: fn(&Merger, usize) -> State| Cells::Text(self.each(|f, s| production::state(get(&f.result, s))));
        let rts = returns(self.options.rts);
        let side = match self.options.orientation {
            Orientation::Input => ("input", "投入"),
            Orientation::Output => ("output", "产出"),
        };
        let table = self
            .keyed("mergers", Text::new("Potential gains from mergers", "潜在合并收益"))
            .note(Text::new(
                format!("E = LE × HA × SI; below 1 is a gain; {} orientation, {}. The bounds are those of E.", side.0, rts.en),
                format!("E = LE × HA × SI，小于 1 为收益；{}导向，{}。界为 E 的界。", side.1, rts.zh),
            ))
            .column("units", Text::new("Units", "单元数"), none(), Cells::Integer(self.each(|f, s| Some(f.sets[s].len() as i64))))
            .column("overall", Text::new("Overall E", "总体 E"), none(), number(|m, s| m.overall[s].value))
            .column("adjusted", Text::new("Without inefficiency E*", "剔除无效率 E*"), none(), number(|m, s| m.adjusted[s].value))
            .column("learning", Text::new("Learning LE", "学习 LE"), none(), number(|m, s| m.learning[s]))
            .column("harmony", Text::new("Harmony HA", "协调 HA"), none(), number(|m, s| m.harmony[s].value))
            .column("scale", Text::new("Scale SI", "规模 SI"), none(), number(|m, s| m.scale[s]))
            .column("adjusted_status", Text::new("Status of E*", "E* 状态"), none(), state(|m, s| m.adjusted[s].state))
            .column("harmony_status", Text::new("Status of HA", "HA 状态"), none(), state(|m, s| m.harmony[s].state));
        scores::certified(table, &self.each(|f, s| f.result.overall[s].state), &self.each(|f, s| f.result.overall[s].interval))
    }

    /// What the merged units use and make, and what they could.
    fn quantities(&self) -> Table {
        let mut table = self.keyed("targets", Text::new("Merged units and their targets", "合并单元及其目标值")).hidden();
        let names = self.options.names();
        for (role, list) in [(Role::Input, names.inputs), (Role::Output, names.outputs)] {
            for (v, name) in list.iter().enumerate() {
                let unit = Text::plain(self.panel.variable(name).map_or_else(String::new, |x| x.meaning.unit.clone()));
                let label = lookup::variable_label(self.panel, name);
                let sum = self.number(|m, s| if role == Role::Input { m.inputs[v][s] } else { m.outputs[v][s] });
                let target = self.number(|m, s| {
                    let columns = if role == Role::Input { &m.plan.input_targets } else { &m.plan.output_targets };
                    columns.get(v).map_or(f64::NAN, |c| c[s])
                });
                let aim = Text::new(format!("{}, target", label.en), format!("{}目标值", label.zh));
                table = table.column(name, label, unit.clone(), Cells::Number(sum, 4)).column(
                    &format!("{name}_target"),
                    aim,
                    unit,
                    Cells::Number(target, 4),
                );
            }
        }
        table
    }

    /// Mergers of the last period that have any.
    fn last(&self) -> Vec<(String, i32, f64)> {
        let all = self.each(|f, s| (f.names[s].0.clone(), f.names[s].1, f.result.overall[s].value));
        let last = all.iter().map(|m| m.1).max();
        let mut kept: Vec<_> = all.into_iter().filter(|m| Some(m.1) == last && m.2.is_finite()).collect();
        kept.sort_by(|a, b| a.2.total_cmp(&b.2).then_with(|| a.0.cmp(&b.0)));
        kept
    }

    fn figure(&self) -> Option<Figure> {
        const SHOWN: usize = 30;
        let items: Vec<(Text, f64)> = self.last().into_iter().take(SHOWN).map(|m| (Text::plain(m.0), 1.0 - m.2)).collect();
        (!items.is_empty()).then(|| Figure {
            id: "gains".into(),
            title: Text::new("Potential gain 1 − E", "潜在收益 1 − E"),
            note: Text::new("Of the last period, largest first; below 0 is a loss.", "最近一期，由大到小；小于 0 为损失。"),
            chart: Chart::Bars(Bars { label: Text::new("share", "份额"), decimals: 3, items, items_are_units: false }),
        })
    }

    fn findings(&self) -> Vec<Finding> {
        let named = |wanted: fn(State) -> bool| -> Vec<String> {
            let of = |f: &Found, s: usize| {
                let m = &f.result;
                let found = [m.overall[s].state, m.adjusted[s].state, m.harmony[s].state].into_iter().any(wanted);
                let when = if self.panel.period_name.is_some() { format!(" {}", f.names[s].1) } else { String::new() };
                found.then(|| format!("{}{when}", f.names[s].0))
            };
            self.each(of).into_iter().flatten().collect()
        };
        let mut lost: Vec<String> = Vec::new();
        for part in &self.parts {
            let state = &part.result.result.single.state;
            let rows = part.rows.iter().zip(state).filter(|(_, s)| **s == State::Missing);
            lost.extend(rows.map(|(r, _)| scores::place(self.panel, *r)));
        }
        let mut findings: Vec<Finding> = production::left_out(&lost).into_iter().collect();
        findings.extend(production::unsolved(&named(|s| matches!(s, State::Numerical | State::Unbounded))));
        findings.extend(too_large(&named(|s| s == State::Infeasible)));
        for part in self.parts.iter().filter(|p| !p.result.sets.is_empty()) {
            let units = part.result.result.single.state.iter().filter(|s| **s != State::Missing).count();
            let when = match self.options.frontier {
                Frontier::PerPeriod if self.panel.period_name.is_some() => self.panel.periods[part.rows[0]].to_string(),
                _ => String::new(),
            };
            findings.extend(production::too_few(units, self.options.inputs.len(), self.options.outputs.len(), &when));
        }
        findings
    }

    fn residuals(&self) -> (f64, f64) {
        let (mut widest, mut identity) = (0.0_f64, 0.0_f64);
        for part in &self.parts {
            let m = &part.result.result;
            for s in 0..part.result.sets.len() {
                for d in [&m.overall[s], &m.adjusted[s], &m.harmony[s]].into_iter().filter(|d| d.state == State::Optimal) {
                    widest = widest.max((d.interval.1 - d.interval.0) / d.value.max(1.0));
                }
                if m.solved(s) {
                    let parts = m.learning[s] * m.harmony[s].value * m.scale[s];
                    identity = identity.max((parts - m.overall[s].value).abs());
                }
            }
        }
        (widest, identity)
    }

    fn summary(&self) -> Vec<Text> {
        let last = self.last();
        let Some(best) = last.first() else {
            return vec![Text::new("No merger has a value; the status says why.", "没有可计算的合并，原因见状态列。")];
        };
        let (when, when_zh) = scores::when(self.panel, best.1);
        let gain = last.iter().filter(|m| m.2 < 1.0).count();
        vec![Text::new(
            capital(format!(
                "{when}{gain} of {} mergers with a value promise a gain; the largest is {} (E = {:.3}).",
                last.len(),
                best.0,
                best.2
            )),
            format!("{when_zh}{} 个可计算的合并中 {gain} 个有潜在收益，最大的是{}（E = {:.3}）。", last.len(), best.0, best.2),
        )]
    }
}

/// A finding about merged units beyond what the technology of single units knows.
fn too_large(places: &[String]) -> Option<Finding> {
    (!places.is_empty()).then(|| Finding {
        code: "FR041".into(),
        weight: Weight::Warning,
        place: production::listed(places),
        message: Text::new(
            format!(
                "{} larger than anything that single units show: overall gain, learning and scale have no value there. Harmony needs no size; `rts = \"crs\"` or `\"ndrs\"` assumes that size can be had.",
                match places.len() {
                    1 => "1 merged unit is".to_owned(),
                    n => format!("{n} merged units are"),
                }
            ),
            format!(
                "{} 个合并单元大于任何观测单元，总收益、学习与规模效应没有数值。协调效应不受规模影响；`rts = \"crs\"` 或 `\"ndrs\"` 假定规模可以达到。",
                places.len()
            ),
        ),
    })
}

#[cfg(test)]
#[path = "merger_tests.rs"]
mod tests;
