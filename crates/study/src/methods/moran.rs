//! `moran`: global and local Moran's I of one variable by period.

use panel::{Panel, Problem};
use regions::{
    moran::{self as room, Denominator, LocalStatus, Moran, MoranError, MoranOptions, Quadrant},
    weights::{Style, Weights},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) mod neighbours;
#[cfg(test)]
mod tests;
mod view;

use super::lookup;
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    text::Text,
};

/// The registry entry.
pub struct MoranMethod;

/// Spatial association of a variable between neighbours, by period.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoranSpec {
    /// Variable whose association between neighbours is measured.
    #[schemars(extend("x-role" = "variable"))]
    pub variable: String,
    /// Table of pairs of neighbours, one pair a row, either direction.
    #[schemars(extend("x-role" = "file"))]
    pub neighbours: String,
    /// Column of the pairs that names the first unit; found by its content unless given.
    #[serde(default)]
    pub unit_column: Option<String>,
    /// Column of the pairs that names the second unit; found by its content unless given.
    #[serde(default)]
    pub neighbour_column: Option<String>,
    /// What to do with pairs that name a unit the data do not have.
    #[serde(default)]
    pub unknown: Unknown,
    /// How neighbours are weighted.
    #[serde(default)]
    pub style: Style,
    /// Random permutations for the p-values; 0 leaves only the normal approximation.
    #[serde(default = "permutations")]
    #[schemars(range(max = 10_000_000))]
    pub permutations: u32,
    /// Significance level: the false discovery rate with `fdr`, else the level of each test.
    #[serde(default = "alpha")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub alpha: f64,
    /// Whether local significance controls the false discovery rate over all units (Benjamini-Hochberg).
    #[serde(default = "fdr")]
    pub fdr: bool,
    /// Denominator of the second moment in the local statistic.
    #[serde(default)]
    pub denominator: Denominator,
}

/// What to do with pairs that name a unit the data do not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// Stop and name each of them.
    #[default]
    Refuse,
    /// Leave the pair out and say so in a finding.
    Skip,
}

fn permutations() -> u32 {
    MoranOptions::default().permutations
}

fn alpha() -> f64 {
    MoranOptions::default().alpha
}

fn fdr() -> bool {
    MoranOptions::default().fdr
}

impl Method for MoranMethod {
    type Options = MoranSpec;
    const NAME: &'static str = "moran";
    const PAGE: Page = Page {
        title: ("Spatial association: global and local Moran's I", "空间关联：全局与局部莫兰指数"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi moran data.csv --unit province --period year --variable income --neighbours neighbours.csv --out DIR",
    };

    fn run(input: &Input<'_>, options: &MoranSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let units: Vec<&str> = panel.unit_set();
        let values = panel.values(&options.variable);
        let weights = neighbours::read(input, options, &units);
        let (values, (weights, skipped)) = match (values, weights) {
            (Some(v), Ok(w)) => (v, w),
            (v, w) => {
                let unknown = v.is_none().then(|| lookup::unknown_variable(panel, &options.variable));
                return Err(unknown.into_iter().chain(w.err().into_iter().flatten()).collect());
            }
        };
        let settings = MoranOptions {
            permutations: options.permutations,
            alpha: options.alpha,
            fdr: options.fdr,
            denominator: options.denominator,
        };
        let mut years = Vec::new();
        for period in panel.period_set() {
            let cell = |unit: &&str| panel.row(unit, period).map_or(f64::NAN, |row| values[row]);
            let all: Vec<f64> = units.iter().map(cell).collect();
            let keep: Vec<bool> = all.iter().map(|x| x.is_finite()).collect();
            let known: Vec<f64> = all.iter().copied().filter(|x| x.is_finite()).collect();
            let weights = weights.restrict(&keep);
            years.push(Year {
                period,
                units: units.iter().zip(&keep).filter(|(_, k)| **k).map(|(u, _)| (*u).to_owned()).collect(),
                missing: units.iter().zip(&keep).filter(|(_, k)| !**k).map(|(u, _)| (*u).to_owned()).collect(),
                lag: lag(&weights, &known),
                result: room::moran(&known, &weights, &settings, input.seed),
                values: known,
            });
        }
        if years.iter().all(|y| y.result.is_err()) {
            return Err(years.iter().map(|y| refused(y, panel, options)).collect());
        }
        let study = Study { panel, options, label: lookup::variable_label(panel, &options.variable), years: &years };
        let mut output = view::output(&study);
        output.findings = findings(&study, &weights, &units, &skipped);
        output.checks = vec![Check {
            name: Text::new("Σ local I = S0 · I, divided by S0", "Σ 局部 I = S0 · I（除以 S0）"),
            residual: study.done().map(|(_, m)| m.identity).fold(0.0, f64::max),
            tolerance: 1e-12,
        }];
        Ok(output)
    }
}

/// One period.
struct Year {
    period: i32,
    /// Units with a value.
    units: Vec<String>,
    /// Units without.
    missing: Vec<String>,
    values: Vec<f64>,
    /// Lag of the values themselves, in their unit; `NaN` for islands.
    lag: Vec<f64>,
    result: Result<Moran, MoranError>,
}

/// What the words and pictures are made from.
struct Study<'a> {
    panel: &'a Panel,
    options: &'a MoranSpec,
    label: Text,
    years: &'a [Year],
}

impl Study<'_> {
    fn done(&self) -> impl Iterator<Item = (&Year, &Moran)> {
        self.years.iter().filter_map(|y| y.result.as_ref().ok().map(|m| (y, m)))
    }

    /// Chinese name of a unit, its identifier where it has none.
    fn chinese<'b>(&'b self, unit: &'b str) -> &'b str {
        let row = self.panel.units.partition_point(|u| u.as_str() < unit);
        self.panel.units_zh.get(row).map(String::as_str).filter(|z| !z.is_empty()).unwrap_or(unit)
    }

    /// Names of units in both languages.
    fn names<'b>(&'b self, units: impl Iterator<Item = &'b str> + Clone) -> (String, String) {
        let zh: Vec<&str> = units.clone().map(|u| self.chinese(u)).collect();
        (units.collect::<Vec<_>>().join(", "), zh.join("、"))
    }

    /// ` in 2023` and `2023年`, or nothing for a single cross-section.
    fn when(&self, period: i32) -> (String, String) {
        match self.panel.period_name {
            Some(_) => (format!(" in {period}"), format!("{period} 年")),
            None => (String::new(), String::new()),
        }
    }
}

fn lag(weights: &Weights, values: &[f64]) -> Vec<f64> {
    let mut lag = weights.lag(values);
    for i in weights.islands() {
        lag[i] = f64::NAN;
    }
    lag
}

fn refused(year: &Year, panel: &Panel, options: &MoranSpec) -> Problem {
    let Err(error) = &year.result else { return Problem::error("moran", "Nothing is wrong.") };
    let missing = if year.missing.is_empty() { String::new() } else { format!("No value: {}.", year.missing.join(", ")) };
    Problem::error("moran", format!("Moran's I does not exist: {error}.")).why(missing).at(panel::Place {
        column: Some(options.variable.clone()),
        period: panel.period_name.as_ref().map(|_| year.period),
        ..panel::Place::default()
    })
}

/// Class of a unit: 0 not significant, 1 high-high, 2 low-low, 3 low-high, 4 high-low.
fn cluster(local: &room::Local) -> usize {
    if local.significant { quadrant(local) } else { 0 }
}

/// Quadrant of a unit, 1 to 4 as above; 0 for an island.
fn quadrant(local: &room::Local) -> usize {
    match local.quadrant {
        None => 0,
        Some(Quadrant::HighHigh) => 1,
        Some(Quadrant::LowLow) => 2,
        Some(Quadrant::LowHigh) => 3,
        Some(Quadrant::HighLow) => 4,
    }
}

fn findings(study: &Study<'_>, weights: &Weights, units: &[&str], skipped: &[String]) -> Vec<Finding> {
    let options = study.options;
    let finding =
        |code: &str, message: Text| Finding { code: code.into(), weight: Weight::Warning, place: study.label.clone(), message };
    let mut findings = Vec::new();
    let needed = study.done().map(|(_, m)| m.permutations_needed).max().unwrap_or(0);
    if options.permutations == 0 {
        findings.push(finding(
            "CI014",
            Text::new(
                "The p-values of Moran's I are not from permutation but from a normal approximation, and units are not tested.",
                "莫兰指数的 p 值来自正态近似而非置换检验，各单元未作检验。",
            ),
        ));
    } else if options.fdr && u64::from(options.permutations) < needed {
        findings.push(finding(
            "CI014",
            Text::new(
                format!(
                    "{} permutations are too few for the false discovery rate to single out one unit; that needs {needed}.",
                    options.permutations
                ),
                format!("{} 次置换过少，错误发现率无法识别单独一个单元；至少需要 {needed} 次。", options.permutations),
            ),
        ));
    }
    let islands = weights.islands();
    if !islands.is_empty() {
        let (en, zh) = study.names(islands.iter().map(|&i| units[i]));
        findings.push(finding(
            "SP001",
            Text::new(
                format!("Without neighbours: {en}. They count among the units of the global statistic with a row of zeros and have no local one."),
                format!("没有邻居的单元：{zh}。它们以全零行计入全局统计量，没有局部统计量。"),
            ),
        ));
    }
    if !skipped.is_empty() {
        findings.push(finding(
            "SP001",
            Text::new(
                format!("Pairs left out because the data do not have: {}.", skipped.join(", ")),
                format!("因数据中没有下列单元而略去相应的邻接对：{}。", skipped.join("、")),
            ),
        ));
    }
    let gaps: Vec<(String, String)> = (study.years.iter().filter(|y| !y.missing.is_empty()))
        .map(|y| {
            let (en, zh) = study.names(y.missing.iter().map(String::as_str));
            if study.panel.period_name.is_some() {
                (format!("{} {en}", y.period), format!("{} {zh}", y.period))
            } else {
                (en, zh)
            }
        })
        .collect();
    if !gaps.is_empty() {
        let (en, zh): (Vec<String>, Vec<String>) = gaps.into_iter().unzip();
        findings.push(finding(
            "AU002",
            Text::new(
                format!("Units without a value leave the map of their period, and their neighbours' weights are spread over those that remain: {}.", en.join("; ")),
                format!("缺失的单元退出当期地图，其邻居的权重由其余邻居分担：{}。", zh.join("；")),
            ),
        ));
    }
    for y in study.years {
        if let Err(error) = &y.result {
            let (en, zh) = study.when(y.period);
            let reason = match error {
                MoranError::Constant => "取值没有变化",
                MoranError::TooFew { .. } => "有值的单元不足三个",
                MoranError::NoNeighbours => "没有任何相邻单元",
                _ => "输入不符合要求",
            };
            findings.push(finding(
                "SP001",
                Text::new(format!("No Moran's I{en}: {error}."), format!("{zh}没有莫兰指数：{reason}。")),
            ));
        }
    }
    findings
}
