//! `dea`: radial efficiency.

use frontier::{
    FrontierError, Missing, Orientation, Role, State,
    dea::{self, Class, Control, Dea, DeaOptions, Returns, Slacks},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::scores::Frontier;
use super::{
    defaults, lookup,
    production::{self, Names},
    scores::{self, Part, Words},
};
use crate::{
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

mod story;
mod tables;

/// Options of radial data envelopment analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeaStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale.
    #[serde(default)]
    pub rts: Returns,
    /// Inputs and outputs that are not moved, and whose slack does not count (Banker and Morey 1986).
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub non_discretionary: Vec<String>,
    /// Inputs and outputs that are not moved and whose target is the unit's own value.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub non_controllable: Vec<String>,
    /// What surrounds a unit, or ordered categories; larger is more favourable. A unit is compared only with units
    /// whose environment is no more favourable in any of these variables (Ruggiero 1996).
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub environment: Vec<String>,
    /// Undesirable outputs, turned round by `translation`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// A number for each undesirable output, above its largest value: `number − value` is then an output (Seiford and
    /// Zhu 2002). Under `output` orientation the score depends on it.
    #[serde(default)]
    pub translation: Vec<f64>,
    /// With `generalised`: least sum of the weights, from 0 to 1. With `fdh`: least scale of the peer.
    #[serde(default)]
    pub lower: Option<f64>,
    /// With `generalised`: largest sum of the weights, 1 or more. With `fdh`: largest scale of the peer.
    #[serde(default)]
    pub upper: Option<f64>,
    /// Inputs and outputs whose targets are whole numbers, such as beds or persons (Lozano and Villa 2006; Kuosmanen and
    /// Kazemi Matin 2009). Their values must be whole; slacks then follow one variable after the other.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub integer: Vec<String>,
    /// What the second phase maximises: the plain `sum` of slacks, or slacks over `range` or `mean`.
    #[serde(default)]
    pub slacks: Slacks,
    /// Whether to add scale efficiency and the class of returns to scale.
    #[serde(default = "defaults::yes")]
    pub scale: bool,
    /// Whether to measure each unit against the others only (super-efficiency). A unit with the same
    /// values stays in the reference, and so does the same unit of another period in a pooled one.
    #[serde(default)]
    pub super_efficiency: bool,
    /// Whether to add bounds of the local scale elasticity; `rts = "vrs"` only.
    #[serde(default)]
    pub elasticity: bool,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Radial data envelopment analysis.
pub struct RadialDea;

impl Method for RadialDea {
    type Options = DeaStep;
    const NAME: &'static str = "dea";
    const PAGE: Page = Page {
        title: ("Data envelopment analysis (radial)", "数据包络分析（径向）"),
        en: dea::PAGE,
        zh: dea::PAGE_ZH,
        example: "xinzhi dea data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --rts vrs --out result",
    };

    fn check(options: &DeaStep) -> Vec<Problem> {
        let mut problems = options.names().repeated();
        if let Err(FrontierError::Options(list)) = options.core().check() {
            problems.extend(list.iter().map(|(name, why)| production::conflict(name, why)));
        }
        problems.extend(options.out_of_place());
        problems
    }

    fn run(input: &Input<'_>, options: &DeaStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let problems = options.out_of_place();
        if !problems.is_empty() {
            return Err(problems);
        }
        let columns: Vec<Option<&[f64]>> = options.environment.iter().map(|v| panel.values(v)).collect();
        let unknown = options.environment.iter().zip(&columns).filter(|(_, c)| c.is_none());
        let problems: Vec<Problem> = unknown.map(|(v, _)| lookup::unknown_variable(panel, v)).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let core = options.core();
        let parts = scores::measure_units(panel, &options.names(), options.frontier, options.missing, |part, rows| {
            let pick = |c: &[f64]| rows.iter().map(|&r| c[r]).collect();
            let environment = columns.iter().flatten().map(|c| pick(c)).collect();
            dea::dea(part, &DeaOptions { environment, ..core.clone() })
        })?;
        Ok(Story { panel, options, parts }.output())
    }
}

impl DeaStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.bad_outputs }
    }

    /// Names that are not what their option asks for, and undesirable outputs without their numbers.
    fn out_of_place(&self) -> Vec<Problem> {
        let known = |name: &&String| self.inputs.contains(name) || self.outputs.contains(name);
        let held = self.non_discretionary.iter().chain(&self.non_controllable);
        let mut problems: Vec<Problem> = held
            .filter(|name| !known(name))
            .map(|name| {
                Problem::error("control", format!("`{name}` is neither an input nor an output.")).help(
                    "Name it in `inputs` or `outputs` too; what surrounds a unit without being used up belongs in `environment`.",
                )
            })
            .collect();
        problems.extend(self.integer.iter().filter(|name| !known(name)).map(|name| {
            Problem::error("integer", format!("`{name}` is neither an input nor an output."))
                .help("Name it in `inputs` or `outputs` too.")
        }));
        let both = self.non_discretionary.iter().filter(|name| self.non_controllable.contains(name));
        problems.extend(both.map(|name| {
            Problem::error("control", format!("`{name}` is both non-discretionary and non-controllable."))
                .help("The first lets the target do with less of it, the second holds the target at the unit's own value.")
        }));
        if self.bad_outputs.len() != self.translation.len() {
            let (b, t) = (self.bad_outputs.len(), self.translation.len());
            problems.push(
                Problem::error("translation", format!("{t} numbers in `translation` for {b} undesirable outputs."))
                    .why("Here an undesirable output is turned into an output by taking it from a number above its largest value; the score depends on that number.")
                    .help("Give one number for each, or use `directional`, which needs none."),
            );
        }
        problems
    }

    fn control(&self) -> Vec<Control> {
        let of = |name: &String| {
            if self.non_discretionary.contains(name) {
                Control::NonDiscretionary
            } else if self.non_controllable.contains(name) {
                Control::NonControllable
            } else {
                Control::Chosen
            }
        };
        let control: Vec<Control> = self.inputs.iter().chain(&self.outputs).map(of).collect();
        // What is turned round is always the unit's to choose.
        if control.iter().all(|c| *c == Control::Chosen) {
            return Vec::new();
        }
        control.into_iter().chain(self.bad_outputs.iter().map(|_| Control::Chosen)).collect()
    }

    fn integer(&self) -> Vec<bool> {
        if self.integer.is_empty() {
            return Vec::new();
        }
        self.inputs.iter().chain(&self.outputs).map(|name| self.integer.contains(name)).collect()
    }

    fn core(&self) -> DeaOptions {
        DeaOptions {
            integer: self.integer(),
            control: self.control(),
            environment: Vec::new(),
            translation: self.translation.clone(),
            orientation: self.orientation,
            returns: self.rts,
            lower: self.lower,
            upper: self.upper,
            slacks: self.slacks,
            scale: self.scale,
            super_efficiency: self.super_efficiency,
            elasticity: self.elasticity,
            missing: self.missing,
        }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a DeaStep,
    parts: Vec<Part<Dea>>,
}

impl Story<'_> {
    /// One value per panel row.
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Dea, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, get)
    }

    fn names(&self) -> Names<'_> {
        self.options.names()
    }

    fn words(&self) -> Words {
        let (score, note) = if self.options.super_efficiency {
            (
                Text::new("Super-efficiency", "超效率"),
                Text::new(
                    "Units above 1 span the frontier; they are measured against the others.",
                    "大于 1 的单元构成前沿，其效率相对其余单元计算。",
                ),
            )
        } else {
            (Text::new("Efficiency", "效率"), Text::new("Units with score 1 span the frontier.", "效率为 1 的单元构成前沿。"))
        };
        Words { score, note, label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"), high_is_best: true }
    }

    fn output(&self) -> Output {
        let scores = self.spread(f64::NAN, |d, u| d.score[u]);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        let findings = self.findings(&scores);
        let words = self.words();
        let mut tables = words.last_period_first(self.panel, self.scores(&scores, &states), &scores);
        tables.push(self.matrix("slacks", Text::new("Slacks after the radial move", "径向移动后的松弛"), |d, role| {
            by_role(role, [&d.input_slacks, &d.output_slacks, &d.bad_output_slacks])
        }));
        tables.push(self.matrix(
            "targets",
            Text::new("Targets on the efficient frontier", "有效前沿上的目标值"),
            |d, role| by_role(role, [&d.input_targets, &d.output_targets, &d.bad_output_targets]),
        ));
        let hull = matches!(self.options.rts, Returns::Fdh | Returns::Replication | Returns::Upscaling);
        if !hull && self.options.integer.is_empty() {
            tables.push(self.matrix("prices", Text::new("Shadow prices", "影子价格"), |d, role| {
                by_role(role, [&d.input_prices, &d.output_prices, &d.bad_output_prices])
            }));
        }
        tables.push(scores::peers(self.panel, &self.parts, self.options.frontier, |d| &d.peers));
        tables.extend(self.unreached());
        Output {
            summary: self.summary(&scores),
            variables: vec![scores::variable(self.panel, "score", words.score.clone(), scores.clone())],
            tables,
            figures: words.figures(self.panel, &scores),
            findings,
            checks: self.checks(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        let widest = self.parts.iter().flat_map(|p| {
            let r = &p.result;
            let width = |u: usize| (r.interval[u].1 - r.interval[u].0) / r.score[u].max(1.0);
            (0..r.score.len()).filter(|&u| r.state[u] == State::Optimal).map(width)
        });
        let mut checks = vec![Check {
            name: Text::new("Widest certified interval of a score", "效率值认证区间的最大宽度"),
            residual: widest.fold(0.0, f64::max),
            tolerance: 1e-8,
        }];
        let nesting =
            self.parts.iter().filter_map(|p| p.result.scale.as_ref()).flat_map(|s| {
                (0..s.crs.len()).flat_map(|u| [s.crs[u] - s.nirs[u], s.nirs[u] - s.vrs[u]]).filter(|d| d.is_finite())
            });
        if self.options.scale && self.options.rts == Returns::Fdh {
            let inside = self.parts.iter().filter_map(|p| p.result.scale.as_ref().map(|s| (s, &p.result.score)));
            let inside = inside.flat_map(|(s, fdh)| s.vrs.iter().zip(fdh).map(|(v, f)| v - f)).filter(|d| d.is_finite());
            checks.push(Check {
                name: Text::new("VRS score ≤ FDH score", "VRS 效率 ≤ FDH 效率"),
                residual: inside.fold(0.0, f64::max),
                tolerance: 1e-8,
            });
        }
        if self.options.scale {
            checks.push(Check {
                name: Text::new("CRS score ≤ NIRS score ≤ VRS score", "CRS 效率 ≤ NIRS 效率 ≤ VRS 效率"),
                residual: nesting.fold(0.0, f64::max),
                tolerance: 1e-8,
            });
        }
        checks
    }

    fn scores(&self, scores: &[f64], states: &[State]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let number = |values: Vec<f64>| Cells::Number(values, 4);
        let none = Text::default;
        let class = self.spread(Text::default(), |d, u| match d.class[u] {
            Class::Strong => Text::new("efficient", "有效"),
            Class::Weak => Text::new("weakly efficient", "弱有效"),
            Class::Inefficient => Text::new("inefficient", "非有效"),
            Class::Super => Text::new("beyond the others", "超出其余单元"),
            Class::None => Text::default(),
        });
        let reciprocal = match self.options.orientation {
            Orientation::Input => Text::new("1 / score (input distance)", "1/效率（投入距离）"),
            Orientation::Output => Text::new("1 / score (phi)", "1/效率（φ）"),
        };
        let mut table = scores::keyed(self.panel, "scores", Text::new("Efficiency scores", "效率值"), &every)
            .note(self.note())
            .column("score", self.words().score, none(), number(scores.to_vec()))
            .column("reciprocal", reciprocal, none(), number(scores.iter().map(|s| 1.0 / s).collect()))
            .column("class", Text::new("Class", "类别"), none(), Cells::Text(class));
        if self.options.scale {
            let scale = |get: fn(&dea::Scale, usize) -> f64| {
                self.spread(f64::NAN, |d, u| d.scale.as_ref().map_or(f64::NAN, |s| get(s, u)))
            };
            let returns = self
                .spread(Text::default(), |d, u| d.scale.as_ref().map_or_else(Text::default, |s| tables::scale_class(s.class[u])));
            table = table
                .column(
                    "crs",
                    Text::new("Overall efficiency (CRS)", "综合技术效率（CRS）"),
                    none(),
                    number(scale(|s, u| s.crs[u])),
                )
                .column("vrs", Text::new("Pure efficiency (VRS)", "纯技术效率（VRS）"), none(), number(scale(|s, u| s.vrs[u])))
                .column("scale", Text::new("Scale efficiency", "规模效率"), none(), number(scale(|s, u| s.efficiency[u])))
                .column("rts", Text::new("Returns to scale", "规模报酬"), none(), Cells::Text(returns));
        }
        if self.options.elasticity {
            table = self.elasticities(table);
        }
        scores::certified(table, states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    fn matrix(&self, id: &str, title: Text, get: impl Fn(&Dea, Role) -> &[Vec<f64>]) -> Table {
        scores::matrix(self.panel, &self.names(), id, title, id == "prices", |role, v| {
            self.spread(f64::NAN, |d, u| get(d, role)[v][u])
        })
    }
}

/// Those of three lists of columns that belong to a role.
fn by_role(role: Role, [inputs, outputs, bads]: [&Vec<Vec<f64>>; 3]) -> &[Vec<f64>] {
    match role {
        Role::Input => inputs,
        Role::Output => outputs,
        // Chains of stages have intermediates, single technologies none.
        Role::BadOutput | Role::Intermediate => bads,
    }
}

#[cfg(test)]
mod tests;
