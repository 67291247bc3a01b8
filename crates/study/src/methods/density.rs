//! `density`: the distribution of a variable over units, period by period.

use panel::{Panel, Place, Problem};
use regions::density::{self as room, Density, DensityError, DensityOptions, Kernel, Rule, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[cfg(test)]
pub(super) mod tests;
mod view;

use super::{lookup, markov::classes, production::conflict};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    methods::production::listed,
    text::{Language, Text},
};

/// The registry entry.
pub struct DensityMethod;

/// Kernel densities of a variable by period, their peaks and whether they have one mode.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DensitySpec {
    /// Variable whose distribution is shown.
    #[schemars(extend("x-role" = "variable"))]
    pub variable: String,
    /// Whether values are divided by the mean of their period first.
    #[serde(default)]
    pub relative: bool,
    /// Kernel.
    #[serde(default)]
    pub kernel: Kernel,
    /// Rule that gives the bandwidth.
    #[serde(default)]
    pub rule: Rule,
    /// The bandwidth itself, instead of a rule.
    #[serde(default)]
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub bandwidth: Option<f64>,
    /// Whether periods share a bandwidth; with their own they cannot be compared (CI014).
    #[serde(default)]
    pub scope: Scope,
    /// Smallest possible value: the curve is reflected there.
    #[serde(default)]
    pub lower: Option<f64>,
    /// Largest possible value: the curve is reflected there.
    #[serde(default)]
    pub upper: Option<f64>,
    /// Least number of points of the grid; narrow bandwidths take more.
    #[serde(default = "points")]
    #[schemars(range(min = 16, max = 100_000))]
    pub points: usize,
    /// Least prominence of a peak that counts as a mode, as a share of the highest.
    #[serde(default = "prominence")]
    #[schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub prominence: f64,
    /// Replicates of Silverman's test of one mode; 0 leaves it out.
    #[serde(default = "replicates")]
    #[schemars(range(max = 1_000_000))]
    pub bootstrap: u32,
}

fn points() -> usize {
    DensityOptions::default().points
}

fn prominence() -> f64 {
    DensityOptions::default().prominence
}

fn replicates() -> u32 {
    DensityOptions::default().bootstrap
}

impl Method for DensityMethod {
    type Options = DensitySpec;
    const NAME: &'static str = "density";
    const OVER_TIME: bool = true;
    const PAGE: Page = Page {
        title: ("Kernel density by period", "分时期核密度"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi density data.csv --unit province --period year --variable index --lower 0 --upper 1 --out DIR",
    };

    fn check_given(given: &Map<String, Value>) -> Vec<Problem> {
        let idle = ["rule", "scope"].into_iter().filter(|n| given.contains_key("bandwidth") && given.contains_key(*n));
        idle.map(|n| conflict(n, "the bandwidth is given, and the same for all periods")).collect()
    }

    fn run(input: &Input<'_>, options: &DensitySpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let values = classes::values(panel, &options.variable, options.relative)?;
        let mut sections = Vec::new();
        for period in panel.period_set() {
            let rows: Vec<usize> = (0..panel.len()).filter(|&r| panel.periods[r] == period && !values[r].is_nan()).collect();
            if !rows.is_empty() {
                sections.push((period, rows));
            }
        }
        let samples: Vec<Vec<f64>> = sections.iter().map(|(_, rows)| rows.iter().map(|&r| values[r]).collect()).collect();
        let settings = DensityOptions {
            kernel: options.kernel,
            rule: options.rule,
            bandwidth: options.bandwidth,
            scope: options.scope,
            lower: options.lower,
            upper: options.upper,
            points: options.points,
            prominence: options.prominence,
            bootstrap: options.bootstrap,
        };
        let result = room::density(&samples, &settings, input.seed)
            .map_err(|errors| errors.iter().map(|e| refused(e, panel, options, &sections)).collect::<Vec<_>>())?;
        let study = Study {
            panel,
            options,
            label: lookup::variable_label(panel, &options.variable),
            unit: match (options.relative, panel.variable(&options.variable)) {
                (true, _) => Text::new("mean of the period = 1", "当期均值 = 1"),
                (false, v) => Text::plain(v.map_or("", |v| v.meaning.unit.as_str())),
            },
            periods: sections.iter().map(|s| s.0).collect(),
            missing: (0..panel.len()).filter(|&r| values[r].is_nan()).collect(),
            result: &result,
        };
        let mut output = view::output(&study);
        output.findings = findings(&study);
        // Curves end three bandwidths past the outermost values, where a Gaussian leaves 0.14 % on either side at most.
        output.checks = vec![Check {
            name: Text::new("mass of the densest grid is 1", "网格上的质量为 1"),
            residual: result.curves.iter().map(|c| (c.mass - 1.0).abs()).fold(0.0, f64::max),
            tolerance: 0.02,
        }];
        Ok(output)
    }
}

/// What the words and pictures are made from.
struct Study<'a> {
    panel: &'a Panel,
    options: &'a DensitySpec,
    label: Text,
    unit: Text,
    periods: Vec<i32>,
    /// Rows without a value.
    missing: Vec<usize>,
    result: &'a Density,
}

fn refused(error: &DensityError, panel: &Panel, options: &DensitySpec, sections: &[(i32, Vec<usize>)]) -> Problem {
    let problem = Problem::error("density", format!("There is no density: {error}."));
    let column = |place: Place| Place { column: Some(options.variable.clone()), ..place };
    let dated =
        |sample: usize| column(Place { period: panel.period_name.as_ref().map(|_| sections[sample].0), ..Place::default() });
    match *error {
        DensityError::Outside { sample, row, .. } => problem
            .why("A support says which values are possible; this one contradicts it.")
            .help("Correct the value, or widen `lower` and `upper`.")
            .at(column(lookup::place(panel, sections[sample].1[row]))),
        DensityError::NotFinite { sample, row } => problem.at(column(lookup::place(panel, sections[sample].1[row]))),
        DensityError::TooFew { sample, .. } => {
            problem.help("Leave the period out with `from` and `to`, or fill its cells.").at(dated(sample))
        }
        DensityError::NoBandwidth { sample: Some(sample) } => {
            problem.help("Share the bandwidth (`scope = \"common\"`), or give one.").at(dated(sample))
        }
        DensityError::NoBandwidth { sample: None } => problem.help("Give a `bandwidth`.").at(column(Place::default())),
        DensityError::Narrow { .. } => problem
            .why("Each value would stand as a needle of its own.")
            .help("Give a wider `bandwidth`, take logarithms of the variable, or look at its outliers.")
            .at(column(Place::default())),
        DensityError::Option { .. } | DensityError::Empty => problem,
    }
}

/// Share of the mass of a curve that may lie beyond a bound before it is told.
const LEAK: f64 = 0.01;

fn findings(study: &Study<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: &str, place: Text, en: String, zh: String| {
        findings.push(Finding { code: code.into(), weight: Weight::Warning, place, message: Text::new(en, zh) });
    };
    let curves = &study.result.curves;
    let widths = || curves.iter().map(|c| c.bandwidth);
    let (narrow, wide) = (widths().fold(f64::INFINITY, f64::min), widths().fold(0.0, f64::max));
    if study.options.scope == Scope::PerPeriod && wide > narrow * (1.0 + 1e-9) {
        add(
            "CI014",
            study.label.clone(),
            format!(
                "The bandwidth differs by period, from {narrow:.4} to {wide:.4}: peaks rise and widen with it, and the curves cannot be \
                 compared. `scope = \"common\"` gives all periods one."
            ),
            format!(
                "各期带宽不同，由 {narrow:.4} 至 {wide:.4}：峰的高低宽窄随之变化，曲线不可比。`scope = \"common\"` 使各期共用一个带宽。"
            ),
        );
    }
    if !study.missing.is_empty() {
        let n = study.missing.len();
        let rows: Vec<String> =
            study.missing.iter().map(|&r| format!("{} {}", study.panel.units[r], study.panel.periods[r])).collect();
        add(
            "AU002",
            listed(&rows),
            format!("{n} missing cells are left out of their period, so periods do not cover the same units."),
            format!("有 {n} 个缺失单元格未进入所在时期，因此各期覆盖的单元不同。"),
        );
    }
    if let Some((end, share)) = leak(study) {
        let name = if end { "upper" } else { "lower" };
        let bound = u8::from(end);
        add(
            "SP003",
            study.label.clone(),
            format!(
                "No value lies beyond {bound}, but up to {:.1} % of the mass of a curve does. If {bound} is a bound, say so: `{name} = {bound}`.",
                100.0 * share
            ),
            format!(
                "没有取值越过 {bound}，曲线却有多达 {:.1}% 的质量越过。若 {bound} 为边界，请写明 `{name} = {bound}`。",
                100.0 * share
            ),
        );
    }
    findings
}

/// The larger share of mass below 0 or above 1, where all values stop there and no bound is stated: its end and size.
fn leak(study: &Study<'_>) -> Option<(bool, f64)> {
    let values = study.panel.values(&study.options.variable)?;
    let known = || values.iter().copied().filter(|x| !x.is_nan());
    let (options, grid) = (study.options, &study.result.grid);
    let past = |upper: bool| {
        let beyond = |g: f64| if upper { g > 1.0 } else { g < 0.0 };
        let step = grid[1] - grid[0];
        let mass = |values: &[f64]| step * grid.iter().zip(values).filter(|(g, _)| beyond(**g)).map(|(_, v)| v).sum::<f64>();
        study.result.curves.iter().map(|c| mass(&c.values)).fold(0.0, f64::max)
    };
    let below = (options.lower.is_none() && known().all(|x| x >= 0.0)).then(|| (false, past(false)));
    let share = !options.relative && known().all(|x| (0.0..=1.0).contains(&x));
    let above = (options.upper.is_none() && share).then(|| (true, past(true)));
    below.into_iter().chain(above).filter(|(_, share)| *share > LEAK).max_by(|a, b| a.1.total_cmp(&b.1))
}

impl Study<'_> {
    /// Label in Chinese.
    fn chinese(&self) -> &str {
        self.label.get(Language::Zh)
    }

    /// ` in 2023` and `2023 年`, or nothing for a single cross-section.
    fn when(&self, period: i32) -> (String, String) {
        match self.panel.period_name {
            Some(_) => (format!(" in {period}"), format!("{period} 年")),
            None => (String::new(), String::new()),
        }
    }

    /// Name of a period's curve.
    fn name(&self, period: i32) -> Text {
        if self.panel.period_name.is_some() { Text::plain(period.to_string()) } else { self.label.clone() }
    }
}
