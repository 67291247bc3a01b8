//! `design`: what is wrong with the design of a frontier study, before its scores are read.

use frontier::{
    Missing, Orientation, Technology,
    dea::{self, Influence, Returns, ScoreOptions, Scores},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::checks::Design;
use super::{
    production::{self, Names},
    scores::{self, Frontier, Part},
};
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
};

mod checks;
mod meaning;
mod relations;
mod story;
mod tables;

/// Options of the design check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesignStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs; they count as inputs where scores are solved.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// Which side the study is to move to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// Super-efficiency above which a unit stands far from all others.
    #[serde(default = "far")]
    pub far: f64,
    /// Rise of the mean score of all others above which a unit that leaves moves the frontier.
    #[serde(default = "rise")]
    pub rise: f64,
}

fn far() -> f64 {
    2.0
}

fn rise() -> f64 {
    0.02
}

/// Design of a frontier study.
pub struct DesignCheck;

impl Method for DesignCheck {
    type Options = DesignStep;
    const NAME: &'static str = "design";
    const PAGE: Page = Page {
        title: ("Design of a frontier study", "前沿研究的设计诊断"),
        en: include_str!("design/design.md"),
        zh: include_str!("design/design.zh.md"),
        example: "xinzhi design data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --rts vrs --out result",
    };

    fn check(options: &DesignStep) -> Vec<Problem> {
        let mut problems = options.names().repeated();
        if options.rts == Returns::Generalised {
            problems.push(production::conflict("rts", "the design check takes `crs`, `vrs`, `nirs`, `ndrs` or `fdh`"));
        }
        for (name, value, least) in [("far", options.far, 1.0), ("rise", options.rise, 0.0)] {
            if !(value.is_finite() && value > least) {
                problems.push(production::conflict(name, &format!("the threshold is a number above {least}")));
            }
        }
        problems
    }

    fn run(input: &Input<'_>, options: &DesignStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        options.names().technology(panel)?;
        let design = Design::new(panel, &options.names(), options.frontier == Frontier::Pooled);
        if design.groups.iter().all(|g| g.1.is_empty()) {
            return Err(options.names().refused(&frontier::FrontierError::Empty, panel, &[]));
        }
        let mut findings = production::left_out(&design.incomplete()).into_iter().collect::<Vec<_>>();
        findings.extend(design.common().into_iter().filter(|f| f.code != "FR023"));
        findings.extend(design.signs());
        findings.extend(design.constant(options.orientation, options.rts, None));
        let solved = options.solve(panel);
        // Data that the radial model refuses are told as findings, by what refuses them.
        let refused = findings.iter().any(|f| f.code == "FR020" && f.weight > Weight::Info);
        let parts = match solved {
            Ok(parts) => parts,
            Err(_) if refused => Vec::new(),
            Err(problems) => return Err(problems),
        };
        Ok(story::Story { panel, options, design, parts }.output(findings))
    }
}

impl DesignStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.bad_outputs }
    }

    /// What enters the radial program as an input: undesirable outputs do.
    fn shrinking(&self) -> Vec<String> {
        self.inputs.iter().chain(&self.bad_outputs).cloned().collect()
    }

    fn core(&self) -> ScoreOptions {
        ScoreOptions { orientation: self.orientation, returns: self.rts, missing: Missing::Exclude, ..ScoreOptions::default() }
    }

    fn solve(&self, panel: &Panel) -> Result<Vec<Part<Solved>>, Vec<Problem>> {
        let (inputs, core) = (self.shrinking(), self.core());
        let names = Names { inputs: &inputs, outputs: &self.outputs, bad_outputs: &[] };
        let run = |t: &Technology<'_>| -> Result<Solved, frontier::FrontierError> {
            let mut without = Vec::new();
            for (side, other) in [(&t.inputs, true), (&t.outputs, false)] {
                for v in 0..side.len() {
                    // The last variable of a side cannot be left out, nor one whose absence leaves a unit with nothing.
                    let mut rest = side.clone();
                    rest.remove(v);
                    let part = match other {
                        true => Technology { inputs: rest, ..t.clone() },
                        false => Technology { outputs: rest, ..t.clone() },
                    };
                    without.push(if side.len() > 1 { dea::scores(&part, &core).ok() } else { None });
                }
            }
            Ok(Solved { influence: dea::influence(t, &core)?, without })
        };
        scores::measure(panel, &names, self.frontier, Missing::Exclude, run)
    }
}

/// One frontier.
struct Solved {
    influence: Influence,
    /// Scores without each input (undesirable outputs among them), then each output; none where nothing is left to compare.
    without: Vec<Option<Scores>>,
}

/// What the options of any frontier method say of its design: those of its findings that need no solving. `told` are the
/// findings that the method made itself.
pub(super) fn automatic(panel: &Panel, options: &Value, told: &[Finding]) -> Vec<Finding> {
    let of = |table: &Value, name: &str| -> Option<Vec<String>> {
        table.get(name)?.as_array()?.iter().map(|v| v.as_str().map(str::to_owned)).collect()
    };
    // Units made of divisions have the inputs and outputs of all of these.
    let divisions: Vec<&Value> =
        options.get("divisions").and_then(Value::as_object).map_or_else(Vec::new, |d| d.values().collect());
    let list = |name: &str| -> Option<Vec<String>> {
        let parts: Vec<String> = divisions.iter().filter_map(|d| of(d, name)).flatten().collect();
        if parts.is_empty() { of(options, name) } else { Some(parts) }
    };
    let (Some(inputs), Some(outputs)) = (list("inputs"), list("outputs")) else { return Vec::new() };
    let bad_outputs = list("bad_outputs").unwrap_or_default();
    let names = Names { inputs: &inputs, outputs: &outputs, bad_outputs: &bad_outputs };
    let pooled = options.get("frontier").and_then(Value::as_str) == Some("pooled");
    // Where a technology has more than the units of a period, the number of these says nothing.
    let wider = ["pooled", "global", "sequential", "window", "biennial"];
    let wide = options.as_object().is_some_and(|o| o.values().any(|v| v.as_str().is_some_and(|v| wider.contains(&v))));
    let mut found = Design::new(panel, &names, pooled).common();
    found.retain(|f| told.iter().all(|t| t.code != f.code) && !(wide && f.code == "FR003"));
    found
}

/// A side of production that a radial model is to move and that does not move.
pub(super) fn constant(
    panel: &Panel,
    names: &Names<'_>,
    pooled: bool,
    (orientation, returns, lower): (Orientation, Returns, Option<f64>),
) -> Option<Finding> {
    Design::new(panel, names, pooled).constant(orientation, returns, lower)
}

#[cfg(test)]
mod tests;
