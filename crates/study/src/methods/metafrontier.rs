//! `metafrontier`: technology gaps between groups.

use frontier::{
    Distance, Missing, Orientation, State,
    dea::Returns,
    directional::{BadOutputs, DirectionalReturns},
    metafrontier::{self, Measure, Meta, Metafrontier, MetafrontierOptions},
};
use numerics::moments;
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    direction::{self, DirectionName},
    lookup,
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital},
};
use crate::{
    finding::Finding,
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// How far a unit is from a frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureName {
    /// Farrell efficiency along `orientation`.
    #[default]
    Radial,
    /// Directional distance along `direction`.
    Directional,
}

/// Options of the metafrontier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetafrontierStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs, for `directional`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// Group column, e.g. region: units of one group share a technology.
    #[schemars(extend("x-role" = "group"))]
    pub group: String,
    /// How far a unit is from a frontier.
    #[serde(default)]
    pub measure: MeasureName,
    /// With `radial`: which side is moved.
    #[serde(default)]
    pub orientation: Orientation,
    /// With `directional`: direction in which units are moved: `observed`, `inputs`, `outputs` or `ones`.
    #[serde(default)]
    pub direction: DirectionName,
    /// With `directional`: undesirable outputs are `weak` (equalities) or `strong` (as if inputs).
    #[serde(default)]
    pub disposability: BadOutputs,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs`; with weakly disposable bads `vrs-convex`,
    /// `vrs-shephard` or `vrs-kuosmanen`.
    #[serde(default)]
    pub rts: DirectionalReturns,
    /// What spans the metafrontier: all units `pooled`, or the `union` of the group technologies.
    #[serde(default)]
    pub meta: Meta,
    /// Which observations span the frontiers.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Metafrontier and technology gap ratios.
pub struct MetafrontierMethod;

impl Method for MetafrontierMethod {
    type Options = MetafrontierStep;
    const NAME: &'static str = "metafrontier";
    const PAGE: Page = Page {
        title: ("Metafrontier and technology gap ratios", "共同前沿与技术落差比率"),
        en: metafrontier::PAGE,
        zh: metafrontier::PAGE_ZH,
        example: "xinzhi metafrontier data.csv --unit province --period year --groups region --inputs capital,employment --outputs gdp_real --group region --out result",
    };

    fn check(options: &MetafrontierStep) -> Vec<Problem> {
        let mut problems = options.names().repeated();
        problems.extend(options.measure().err().unwrap_or_default());
        problems
    }

    fn run(input: &Input<'_>, options: &MetafrontierStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = options.names();
        let core = MetafrontierOptions { measure: options.measure()?, meta: options.meta, missing: options.missing };
        let group = panel.group(&options.group).ok_or_else(|| vec![lookup::unknown_group(panel, &options.group)])?;
        let (labels, of) = lookup::numbered(&group.labels);
        let empty = (0..panel.len()).filter(|&r| group.labels[r].trim().is_empty());
        let problems: Vec<Problem> = empty
            .map(|r| {
                let place = Place { unit: Some(panel.units[r].clone()), ..Place::default() };
                Problem::error("group-unknown", format!("`{}` stands in no group.", panel.units[r]))
                    .why("A technology gap is that between a unit's group and all groups.")
                    .at(place)
            })
            .collect();
        if !problems.is_empty() {
            return Err(production::once(problems));
        }
        let said = std::cell::RefCell::new(Vec::new());
        let parts = scores::measure_units(panel, &names, options.frontier, options.missing, |technology, rows| {
            let groups: Vec<usize> = rows.iter().map(|&r| of[r]).collect();
            metafrontier::metafrontier(technology, &groups, &core).map_err(|e| {
                said.borrow_mut().extend(direction::refused(&names, &e, panel, rows));
                match e {
                    frontier::directional::DirectionalError::Frontier(e) => e,
                    other => frontier::FrontierError::Options(vec![("direction", other.to_string())]),
                }
            })
        });
        let parts = parts.map_err(|told| if said.borrow().is_empty() { told } else { production::once(said.take()) })?;
        Ok(Story { panel, options, names, labels, of, parts }.output())
    }
}

impl MetafrontierStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.bad_outputs }
    }

    fn measure(&self) -> Result<Measure, Vec<Problem>> {
        let wrong = |name: &str, why: &str| Err(vec![production::conflict(name, why)]);
        match self.measure {
            MeasureName::Radial => {
                let returns = match self.rts {
                    DirectionalReturns::Crs => Returns::Crs,
                    DirectionalReturns::Vrs => Returns::Vrs,
                    DirectionalReturns::Nirs => Returns::Nirs,
                    DirectionalReturns::Ndrs => Returns::Ndrs,
                    _ => return wrong("rts", "a radial measure takes `crs`, `vrs`, `nirs` or `ndrs`"),
                };
                if !self.bad_outputs.is_empty() {
                    return wrong("bad_outputs", "a radial measure takes none; set `measure = \"directional\"`");
                }
                Ok(Measure::Radial { orientation: self.orientation, returns })
            }
            MeasureName::Directional => match self.direction.fixed() {
                Some(direction) => Ok(Measure::Directional { direction, returns: self.rts, bad_outputs: self.disposability }),
                None => wrong(
                    "direction",
                    "groups take `observed`, `inputs`, `outputs` or `ones`, which are the same against every frontier",
                ),
            },
        }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a MetafrontierStep,
    names: Names<'a>,
    labels: Vec<String>,
    /// Group of each panel row.
    of: Vec<usize>,
    parts: Vec<Part<Metafrontier>>,
}

impl Story<'_> {
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Metafrontier, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, get)
    }

    fn words(&self) -> Words {
        Words {
            score: Text::new("Technology gap ratio", "技术落差比率"),
            label: Text::new("technology gap ratio (1 = no gap)", "技术落差比率（1 为无落差）"),
            note: Text::new(
                "Units with ratio 1 have a group technology as good as the best.",
                "比率为 1 的单元，其组技术不逊于最佳技术。",
            ),
            high_is_best: true,
        }
    }

    fn output(&self) -> Output {
        let ratio = self.spread(f64::NAN, |d, u| d.ratio[u]);
        let words = self.words();
        let mut tables = vec![self.means(&ratio)];
        tables.extend(words.last_period_first(self.panel, self.scores(&ratio), &ratio));
        let value = |get: fn(&Metafrontier) -> &Vec<Distance>| self.spread(f64::NAN, |d, u| get(d)[u].value);
        let variable = |name: &str, en: &str, zh: &str, values| scores::variable(self.panel, name, Text::new(en, zh), values);
        Output {
            summary: self.summary(&ratio),
            variables: vec![
                variable("ratio", "Technology gap ratio", "技术落差比率", ratio.clone()),
                variable("group", "Against the own group", "相对本组前沿", value(|d| &d.group)),
                variable("meta", "Against the metafrontier", "相对共同前沿", value(|d| &d.meta)),
            ],
            tables,
            figures: words.figures(self.panel, &ratio),
            findings: self.findings(),
            checks: self.checks(),
        }
    }

    /// What became of the ratios.
    fn states(&self) -> Vec<State> {
        self.spread(State::Missing, Metafrontier::state)
    }

    fn scores(&self, ratio: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let radial = self.options.measure == MeasureName::Radial;
        let number = |values: Vec<f64>| Cells::Number(values, 4);
        let none = Text::default;
        let (own, all) = if radial {
            (Text::new("Efficiency in the group", "组内效率"), Text::new("Efficiency, metafrontier", "共同前沿效率"))
        } else {
            (Text::new("Distance β in the group", "组内距离 β"), Text::new("Distance β, metafrontier", "共同前沿距离 β"))
        };
        let label = |r: &usize| Text::plain(&self.labels[self.of[*r]]);
        let mut table = scores::keyed(self.panel, "scores", Text::new("Technology gaps", "技术落差"), &every)
            .note(Text::new(
                "Ratio: share of the best technology that the group's own attains at the unit; 1 is no gap.",
                "比率：在该单元处本组技术达到最佳技术的份额，1 为无落差。",
            ))
            .column("belongs_to", Text::new("Group", "组"), none(), Cells::Text(every.iter().map(label).collect()))
            .column("group", own, none(), number(self.spread(f64::NAN, |d, u| d.group[u].value)))
            .column("meta", all, none(), number(self.spread(f64::NAN, |d, u| d.meta[u].value)))
            .column("ratio", self.words().score, none(), number(ratio.to_vec()));
        if !radial {
            let gap = self.spread(f64::NAN, |d, u| d.gap[u]);
            table = table.column("gap", Text::new("Gap of β", "β 的落差"), none(), number(gap));
        }
        if self.options.meta == Meta::Union {
            let ahead = self.spread(None, |d, u| d.ahead[u]);
            let ahead = ahead.into_iter().map(|g| g.map_or_else(none, |g| Text::plain(&self.labels[g]))).collect();
            table = table.column("ahead", Text::new("Group farthest ahead", "领先最多的组"), none(), Cells::Text(ahead));
        }
        scores::certified(table, &self.states(), &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    /// Means by period and group, over the units with a ratio.
    fn means(&self, ratio: &[f64]) -> Table {
        let none = Text::default;
        let (group, meta) = (self.spread(f64::NAN, |d, u| d.group[u].value), self.spread(f64::NAN, |d, u| d.meta[u].value));
        let (mut periods, mut names, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        let mut columns: [Vec<f64>; 4] = Default::default();
        for period in self.panel.period_set() {
            for (g, label) in self.labels.iter().enumerate() {
                let here = |r: &usize| self.panel.periods[*r] == period && self.of[*r] == g && ratio[*r].is_finite();
                let rows: Vec<usize> = (0..self.panel.len()).filter(here).collect();
                let mean = |values: &[f64]| moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
                periods.push(Some(i64::from(period)));
                names.push(Text::plain(label));
                counts.push(Some(rows.len() as i64));
                let least = rows.iter().map(|&r| ratio[r]).fold(f64::NAN, f64::min);
                let values = if rows.is_empty() { [f64::NAN; 4] } else { [mean(&group), mean(&meta), mean(ratio), least] };
                columns.iter_mut().zip(values).for_each(|(c, x)| c.push(x));
            }
        }
        let mut table = Table::new("groups", Text::new("Means by group", "各组均值"))
            .note(Text::new("Plain means over the units with a ratio.", "对有比率的单元取简单平均。"))
            .column("belongs_to", Text::new("Group", "组"), none(), Cells::Text(names));
        if self.panel.period_name.is_some() {
            table = table.column("period", Text::new("Period", "时期"), none(), Cells::Integer(periods));
        }
        let [group, meta, mean, least] = columns.map(|c| Cells::Number(c, 4));
        table
            .column("units", Text::new("Units", "单元数"), none(), Cells::Integer(counts))
            .column("group", Text::new("Against the own group", "相对本组前沿"), none(), group)
            .column("meta", Text::new("Against the metafrontier", "相对共同前沿"), none(), meta)
            .column("ratio", Text::new("Technology gap ratio", "技术落差比率"), none(), mean)
            .column("least", Text::new("Smallest ratio", "最小比率"), none(), least)
    }

    fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let states = self.states();
        let places = |wanted: &dyn Fn(State) -> bool| -> Vec<String> {
            (0..self.panel.len()).filter(|&r| wanted(states[r])).map(|r| scores::place(self.panel, r)).collect()
        };
        found.extend(production::left_out(&places(&|s| s == State::Missing)));
        found.extend(production::unsolved(&places(&|s| !matches!(s, State::Optimal | State::Missing))));
        let outputs = self.names.outputs.len() + self.names.bad_outputs.len();
        for part in &self.parts {
            for (g, label) in self.labels.iter().enumerate() {
                let units = part.rows.iter().filter(|&&r| self.of[r] == g && states[r] != State::Missing).count();
                let dated = self.options.frontier == Frontier::PerPeriod && self.panel.period_name.is_some();
                let place = if dated { format!("{label} {}", self.panel.periods[part.rows[0]]) } else { label.clone() };
                found.extend(production::too_few(units, self.names.inputs.len(), outputs, &place).filter(|_| units > 0));
            }
        }
        found
    }

    fn summary(&self, ratio: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let mean = |g: usize| {
            let here = |r: &usize| self.panel.periods[*r] == period && self.of[*r] == g && ratio[*r].is_finite();
            let values: Vec<f64> = (0..self.panel.len()).filter(here).map(|r| ratio[r]).collect();
            (!values.is_empty()).then(|| (self.labels[g].as_str(), moments::mean(&values)))
        };
        let mut means: Vec<(&str, f64)> = (0..self.labels.len()).filter_map(mean).collect();
        means.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let (Some(best), Some(worst)) = (means.first(), means.last()) else {
            return vec![Text::new("No technology gap could be computed.", "没有可计算的技术落差。")];
        };
        let (when, when_zh) = scores::when(self.panel, period);
        vec![Text::new(
            capital(format!(
                "{when}{} is closest to the metafrontier (mean technology gap ratio {:.3}), {} farthest from it ({:.3}).",
                best.0, best.1, worst.0, worst.1
            )),
            format!("{when_zh}{}最接近共同前沿（平均技术落差比率 {:.3}），{}最远（{:.3}）。", best.0, best.1, worst.0, worst.1),
        )]
    }

    fn checks(&self) -> Vec<Check> {
        let every = || self.parts.iter().flat_map(|p| (0..p.result.ratio.len()).map(move |u| (&p.result, u)));
        let widest = every().map(|(d, u)| d.interval[u].1 - d.interval[u].0).filter(|w| w.is_finite()).fold(0.0, f64::max);
        let sign = if self.options.measure == MeasureName::Radial { 1.0 } else { -1.0 };
        let solved = |d: &Distance| d.state == State::Optimal;
        let behind = every()
            .filter(|(d, u)| solved(&d.group[*u]) && solved(&d.meta[*u]))
            .map(|(d, u)| sign * (d.meta[u].value - d.group[u].value))
            .fold(0.0, f64::max);
        vec![
            Check {
                name: Text::new("Widest certified interval of a ratio", "比率认证区间的最大宽度"),
                residual: widest,
                tolerance: 1e-7,
            },
            Check {
                name: Text::new("No group is ahead of the metafrontier", "任何组前沿都不超出共同前沿"),
                residual: behind,
                tolerance: 1e-8,
            },
        ]
    }
}

#[cfg(test)]
mod tests;
