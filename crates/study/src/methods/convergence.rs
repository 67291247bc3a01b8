//! `convergence`: dispersion by period, growth on the first level, and what the slope consists of.

use panel::{Panel, Place, Problem};
use regions::convergence::{self as room, Beta, ConvergenceError, Errors, Sigma};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;
mod view;

use super::{
    lookup,
    production::{listed, two_periods},
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    text::{Language, Text, p_value},
};

/// The registry entry.
pub struct ConvergenceMethod;

/// Sigma and absolute beta convergence of a variable.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvergenceSpec {
    /// Positive variable whose dispersion is followed.
    #[schemars(extend("x-role" = "variable"))]
    pub variable: String,
    /// Periods that part the time into spans, each with its own regression; the first and the last period need not be named.
    #[serde(default)]
    pub breaks: Vec<i32>,
    /// Standard errors of the slope.
    #[serde(default)]
    pub errors: Errors,
    /// Confidence level of the interval of the speed.
    #[serde(default = "level")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub level: f64,
}

fn level() -> f64 {
    0.95
}

impl Method for ConvergenceMethod {
    type Options = ConvergenceSpec;
    const NAME: &'static str = "convergence";
    const OVER_TIME: bool = true;
    const PAGE: Page = Page {
        title: ("Sigma and beta convergence", "σ 收敛与 β 收敛"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi convergence data.csv --unit province --period year --variable income --out DIR",
    };

    fn run(input: &Input<'_>, options: &ConvergenceSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = two_periods(panel).err().unwrap_or_default();
        let values = lookup::column(panel, &options.variable, &mut problems);
        for (row, x) in values.iter().enumerate().filter(|(_, x)| **x <= 0.0) {
            problems.push(
                Problem::error("not-positive", format!("`{x}` has no logarithm."))
                    .why("Growth rates and their dispersion are differences of logarithms.")
                    .help("Leave the cell empty if the value is wrong; a variable that may be 0 or negative has no growth rate.")
                    .at(lookup::cell(panel, &options.variable, row)),
            );
        }
        let periods: Vec<i32> = panel.period_set();
        for b in options.breaks.iter().filter(|b| !periods.contains(b)) {
            problems.push(Problem::error("breaks", format!("`breaks` names {b}, which is not a period of the data.")));
        }
        if !options.breaks.windows(2).all(|w| w[0] < w[1]) {
            problems.push(Problem::error("breaks", "`breaks` must be periods that ascend."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let known = |period: i32| (0..panel.len()).filter(move |&r| panel.periods[r] == period && !values[r].is_nan());
        let seen: Vec<i32> = periods.iter().copied().filter(|p| known(*p).next().is_some()).collect();
        let (Some(&first), Some(&last)) = (seen.first(), seen.last()) else {
            return Err(vec![Problem::error("no-values", format!("`{}` has no value in any period.", options.variable))]);
        };
        let sigmas = seen.iter().map(|&p| (p, room::sigma(&known(p).map(|r| values[r]).collect::<Vec<_>>()))).collect();
        let mut ends = vec![first];
        ends.extend(options.breaks.iter().copied().filter(|b| (first + 1..last).contains(b)));
        ends.push(last);
        let mut pairs: Vec<(i32, i32)> = ends.windows(2).map(|w| (w[0], w[1])).collect();
        if pairs.len() > 1 {
            pairs.insert(0, (first, last));
        }
        let spans: Vec<Span> = pairs.into_iter().map(|ends| span(panel, values, ends, options)).collect();
        if spans.iter().all(|s| s.result.is_err()) {
            return Err(spans.iter().filter_map(|s| Some(refused(s.result.as_ref().err()?, s, options))).collect());
        }
        let study = Study { options, label: lookup::variable_label(panel, &options.variable), sigmas, spans };
        let mut output = view::output(&study);
        output.findings = findings(&study);
        let identity = study.done().map(|(s, b)| (1.0 + b.slope * f64::from(s.to - s.from) - b.correlation * b.ratio).abs());
        output.checks = vec![Check {
            name: Text::new("1 + bT = r σ_T/σ_0", "1 + bT = r σ_T/σ_0"),
            residual: identity.fold(0.0, f64::max),
            tolerance: 1e-9,
        }];
        Ok(output)
    }
}

/// One span of time.
struct Span {
    from: i32,
    to: i32,
    /// Units with a value at both ends, their first logarithm and their growth a period.
    units: Vec<(String, f64, f64)>,
    /// Units with a value at one end only.
    left_out: Vec<String>,
    result: Result<Beta, ConvergenceError>,
}

/// What the words and pictures are made from.
struct Study<'a> {
    options: &'a ConvergenceSpec,
    label: Text,
    sigmas: Vec<(i32, Sigma)>,
    /// The whole time first, then its parts.
    spans: Vec<Span>,
}

impl Study<'_> {
    fn done(&self) -> impl Iterator<Item = (&Span, &Beta)> {
        self.spans.iter().filter_map(|s| s.result.as_ref().ok().map(|b| (s, b)))
    }
}

fn span(panel: &Panel, values: &[f64], (from, to): (i32, i32), options: &ConvergenceSpec) -> Span {
    let (mut first, mut last, mut units, mut left_out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for unit in panel.unit_set() {
        let at = |period: i32| panel.row(unit, period).map(|r| values[r]).filter(|x| !x.is_nan());
        match (at(from), at(to)) {
            (Some(a), Some(z)) => {
                first.push(a);
                last.push(z);
                units.push((unit.to_owned(), a.ln(), (z / a).ln() / f64::from(to - from)));
            }
            (None, None) => {}
            _ => left_out.push(unit.to_owned()),
        }
    }
    let result = room::beta(&first, &last, f64::from(to - from), options.errors, options.level);
    Span { from, to, units, left_out, result }
}

fn refused(error: &ConvergenceError, span: &Span, options: &ConvergenceSpec) -> Problem {
    Problem::error("convergence", format!("Nothing can be said from {} to {}: {error}.", span.from, span.to))
        .at(Place { column: Some(options.variable.clone()), ..Place::default() })
}

/// Level at which narrowing counts as shown.
const ALPHA: f64 = 0.05;

fn findings(study: &Study<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: &str, place: Text, en: String, zh: String| {
        findings.push(Finding { code: code.into(), weight: Weight::Warning, place, message: Text::new(en, zh) });
    };
    for s in &study.spans {
        if !s.left_out.is_empty() {
            let n = s.left_out.len();
            add(
                "AU001",
                listed(&s.left_out),
                format!("{n} units have a value in only one of {} and {}; they are not part of the regression.", s.from, s.to),
                format!("{n} 个单元在 {} 年与 {} 年中仅有一期有值，未进入回归。", s.from, s.to),
            );
        }
        if let Err(e) = &s.result {
            add(
                "SP004",
                study.label.clone(),
                format!("No regression from {} to {}: {e}.", s.from, s.to),
                format!("{} 至 {} 年无法回归，单元过少或取值没有差异。", s.from, s.to),
            );
        }
    }
    for (s, b) in study.done().filter(|(_, b)| b.slope < 0.0 && b.p < ALPHA && (b.ratio >= 1.0 || b.p_sigma > ALPHA)) {
        let (en, zh) = (&study.label.en, study.label.get(Language::Zh));
        add(
            "SP004",
            study.label.clone(),
            format!(
                "From {} to {} the slope is negative (p {}), but the dispersion of {en} does not fall demonstrably (σ ratio {:.3}, p {}): \
                 the slope may be change of places alone, Galton's fallacy.",
                s.from,
                s.to,
                p_value(b.p),
                b.ratio,
                p_value(b.p_sigma)
            ),
            format!(
                "{} 至 {} 年斜率为负（p {}），但{zh}的离散程度并未明显下降（σ 之比 {:.3}，p {}）：斜率可能只是位次变动，即高尔顿谬误。",
                s.from,
                s.to,
                p_value(b.p),
                b.ratio,
                p_value(b.p_sigma)
            ),
        );
    }
    findings
}
