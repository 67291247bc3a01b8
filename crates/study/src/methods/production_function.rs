//! `production`: production functions on panels of firms by several estimators, whole or industry by industry.

use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::production::{
    self,
    acf::Form,
    dynamic::DynamicOptions,
    gmm::GmmOptions,
    proxy::{Law, Selection},
};

pub use self::arms::Estimator;
use self::{
    linear_arms::LinearChoice,
    rows::{Proxy, Rows},
    story::Story,
};
use super::lookup;
use crate::method::{Input, Method, Output, Page};

mod arms;
mod figures;
mod findings;
mod linear_arms;
mod linear_findings;
mod moments;
mod rows;
mod silent;
mod story;
mod tables;
#[cfg(test)]
mod tests;

/// Options of production functions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductionOptions {
    /// Output, in constant prices: value added, or gross output with `gross`.
    #[schemars(extend("x-role" = "variable"))]
    pub output: String,
    /// Freely chosen inputs, such as labour.
    #[schemars(extend("x-role" = "variable"))]
    pub free: Vec<String>,
    /// State variables, fixed before the period, such as capital.
    #[schemars(extend("x-role" = "variable"))]
    pub state: Vec<String>,
    /// Materials: a proxy, and an input of all estimators with `gross`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub materials: Option<String>,
    /// Investment: the proxy of `op`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub investment: Option<String>,
    /// Energy, such as electricity: a proxy, no input of production.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub energy: Option<String>,
    /// What reveals productivity to `lp`, `wooldridge`, `robinson` and `acf`.
    #[serde(default)]
    pub proxy: Proxy,
    /// Cost of materials over revenue, for `gnr`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub share: Option<String>,
    /// Estimators, in order; when empty `ols`, `fe`, `lp`, `op`, `acf` and `gmm`, as far as the columns allow.
    #[serde(default)]
    pub estimators: Vec<Estimator>,
    /// Industry column: every estimator runs industry by industry.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub industry: Option<String>,
    /// Controls of the production function, in levels: they enter linearly and are no productivity.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub controls: Vec<String>,
    /// What moves productivity, in levels, such as exporting or R&D: enters its law of motion with its lag.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub process: Vec<String>,
    /// Output, inputs, materials and investment are logarithms already.
    #[serde(default)]
    pub logs: bool,
    /// Output is gross output: materials are an input of production too.
    #[serde(default)]
    pub gross: bool,
    /// Degree of the polynomial of the first stage, 1 to 6.
    #[serde(default = "three")]
    pub degree: usize,
    /// Degree of the law of motion of productivity, 1 to 6.
    #[serde(default = "three")]
    pub motion: usize,
    /// What the law of motion is fitted to in the second stage of `op` and `lp`.
    #[serde(default)]
    pub law: Law,
    /// Range of the coefficients of a second stage, low and high: all solutions inside are looked for.
    #[serde(default = "range")]
    pub range: Vec<f64>,
    /// Correction of `op`, `lp` and `acf` for firms that leave.
    #[serde(default)]
    pub selection: Selection,
    /// Exits: 0 where the firm goes on, anything else where the row is its exit. Without it a firm leaves at its last row
    /// before the last period.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub exit: Option<String>,
    /// Degree of the polynomial of the probit of survival, 1 to 6; `degree` where not given.
    #[serde(default)]
    pub survival: Option<usize>,
    /// Low-discrepancy starts of `acf` and `gnr`, from which all roots are sought.
    #[serde(default = "starts")]
    pub starts: usize,
    /// Returns to scale, low and high, within which a root of `acf` or `gnr` qualifies; its elasticities must be positive.
    #[serde(default = "qualify")]
    pub qualify: Vec<f64>,
    /// A root of `acf` is flagged as spurious where free inputs sum to 1 and the state to 0, both within this distance; it
    /// then gives way to another that qualifies.
    #[serde(default = "spurious")]
    pub spurious: f64,
    /// Form of the production function of `acf`.
    #[serde(default)]
    pub form: Form,
    /// Distance between adjacent periods; a lag over a longer gap does not exist.
    #[serde(default = "one")]
    pub step: u32,
    /// Options of `ols`, `fe`, `fd` and `re`.
    #[serde(default)]
    pub linear: LinearChoice,
    /// Options of `gmm`.
    #[serde(default)]
    pub gmm: GmmOptions,
    /// Options of `dynamic-panel`.
    #[serde(default)]
    pub dynamic: DynamicOptions,
    /// Replicates of the bootstrap over firms, for standard errors where no analytic ones exist; 0 for none.
    #[serde(default)]
    pub replicates: usize,
    /// Band of returns to scale, low and high, outside which a finding is raised.
    #[serde(default = "band")]
    pub band: Vec<f64>,
}

impl ProductionOptions {
    /// Column of a proxy.
    fn column_of(&self, proxy: Proxy) -> Option<&String> {
        match proxy {
            Proxy::Materials => self.materials.as_ref(),
            Proxy::Investment => self.investment.as_ref(),
            Proxy::Energy => self.energy.as_ref(),
        }
    }
}

fn one() -> u32 {
    1
}

fn three() -> usize {
    3
}

fn range() -> Vec<f64> {
    vec![-0.5, 1.5]
}

fn starts() -> usize {
    256
}

fn qualify() -> Vec<f64> {
    vec![0.7, 1.3]
}

fn spurious() -> f64 {
    0.15
}

fn band() -> Vec<f64> {
    vec![0.8, 1.2]
}

/// Production functions.
pub struct ProductionFunctions;

impl Method for ProductionFunctions {
    type Options = ProductionOptions;
    const NAME: &'static str = "production";
    const PAGE: Page = Page {
        title: ("Production functions of firms", "企业生产函数与全要素生产率"),
        en: production::PAGE,
        zh: production::PAGE_ZH,
        example: "xinzhi production firms.csv --unit firm --period year --output value_added --free labour --state capital --materials materials --investment investment --industry industry --out result",
    };

    fn check(options: &ProductionOptions) -> Vec<Problem> {
        let mut problems = Vec::new();
        if options.free.is_empty() || options.state.is_empty() {
            problems.push(
                Problem::error("no-input", "A production function needs a freely chosen input and a state variable.")
                    .help("Name them in `free` and `state`, e.g. labour and capital."),
            );
        }
        let mut names: Vec<&String> = std::iter::once(&options.output).chain(&options.free).chain(&options.state).collect();
        names.extend(options.materials.iter().chain(&options.investment).chain(&options.energy).chain(&options.controls));
        names.sort();
        names.dedup_by(|a, b| {
            let twice = a == b;
            if twice {
                problems.push(
                    Problem::error("repeated-variable", format!("`{a}` is named more than once."))
                        .why("An input that is its own proxy, or counted twice, leaves nothing to identify its coefficient.")
                        .at(Place { column: Some((*a).clone()), ..Place::default() }),
                );
            }
            twice
        });
        let missing = |name: &str, what: &str| {
            Problem::error("missing-column", format!("{what} needs `{name}`.")).help(format!("Name the column in `{name}`."))
        };
        for estimator in &options.estimators {
            if let Some(proxy) = estimator.proxy(options).filter(|p| options.column_of(*p).is_none()) {
                problems.push(missing(proxy.option(), &format!("Estimator `{}`", estimator.id())));
            }
        }
        if options.estimators.contains(&Estimator::Lp) && options.proxy == Proxy::Investment {
            problems.push(
                Problem::error("proxy", "Levinsohn-Petrin with investment as the proxy is Olley-Pakes.")
                    .help("Name the estimator `op`, or another `proxy`."),
            );
        }
        if options.selection == Selection::None && (options.exit.is_some() || options.survival.is_some()) {
            problems.push(
                Problem::error(
                    "selection",
                    "`exit` and `survival` are read by the correction for firms that leave, and `selection` asks for none.",
                )
                .help("Set `selection` to `after-last` or `at-last`, or leave both out."),
            );
        }
        for estimator in options.estimators.iter().filter(|e| options.gross && !e.takes_gross()) {
            problems.push(
                Problem::error("gross", format!("Estimator `{}` is for value added.", estimator.id()))
                    .help("Leave out `gross`, or the estimator."),
            );
        }
        if options.estimators.contains(&Estimator::Gnr) {
            if options.share.is_none() {
                problems.push(missing("share", "Estimator `gnr`"));
            }
            if !options.gross {
                problems.push(
                    Problem::error("gross", "Estimator `gnr` needs gross output.")
                        .why("It reads the elasticity of materials off their share of revenue.")
                        .help("Give gross output as `output` and set `gross = true`."),
                );
            }
        }
        if !(1..=100_000).contains(&options.starts) {
            problems.push(Problem::error("starts", "`starts` must lie between 1 and 100,000."));
        }
        if options.spurious.is_nan() || options.spurious < 0.0 {
            problems.push(Problem::error("spurious", "`spurious` must be 0 or more."));
        }
        if options.gross && options.materials.is_none() {
            problems.push(missing("materials", "`gross = true`"));
        }
        let mut seen = options.estimators.clone();
        seen.sort();
        if seen.windows(2).any(|w| w[0] == w[1]) {
            problems.push(Problem::error("estimators", "`estimators` names an estimator more than once."));
        }
        let degrees = [("degree", Some(options.degree)), ("motion", Some(options.motion)), ("survival", options.survival)];
        for (name, degree) in degrees.into_iter().filter_map(|(name, degree)| Some((name, degree?))) {
            if !(1..=6).contains(&degree) {
                problems.push(Problem::error(name, format!("`{name}` is {degree}; it must lie between 1 and 6.")));
            }
        }
        for (name, pair) in [("range", &options.range), ("band", &options.band), ("qualify", &options.qualify)] {
            if !matches!(pair[..], [low, high] if low < high && (high - low).is_finite()) {
                problems.push(Problem::error(name, format!("`{name}` must be two rising numbers, e.g. [0.8, 1.2].")));
            }
        }
        problems.extend(linear_arms::problems(options));
        if options.step == 0 {
            problems.push(Problem::error("step", "`step` must be at least 1."));
        }
        if options.replicates == 1 || options.replicates > 100_000 {
            problems.push(Problem::error("replicates", "`replicates` must be 0 or lie between 2 and 100,000."));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &ProductionOptions) -> Result<Output, Vec<Problem>> {
        let mut problems = Self::check(options);
        problems.extend(unknown(input.panel, options));
        if !problems.is_empty() {
            return Err(problems);
        }
        let estimators: Vec<Estimator> = match options.estimators.is_empty() {
            false => options.estimators.clone(),
            true => Estimator::USUAL.into_iter().filter(|e| e.given(options)).collect(),
        };
        let rows = Rows::new(input.panel, options)?;
        let mut cells = Vec::new();
        for industry in 0..rows.industries.len() {
            let part = rows.part(industry);
            for &estimator in &estimators {
                cells.push(story::Cell { industry, estimator, told: arms::fit(estimator, &part, options, input.seed) });
            }
        }
        if cells.iter().all(|c| c.told.is_err()) {
            let why = |c: &story::Cell| {
                let of =
                    if options.industry.is_some() { format!(" ({})", rows.industries[c.industry].en) } else { String::new() };
                let reason = c.told.as_ref().err().map_or("", |e| e.why.en.as_str());
                Problem::error("not-estimated", format!("Estimator `{}`{of}: {reason}.", c.estimator.id()))
            };
            return Err(cells.iter().take(12).map(why).collect());
        }
        Ok(Story { panel: input.panel, options, rows: &rows, estimators: &estimators, cells: &cells }.output())
    }
}

fn unknown(panel: &Panel, options: &ProductionOptions) -> Vec<Problem> {
    let mut names: Vec<&String> = std::iter::once(&options.output).chain(&options.free).chain(&options.state).collect();
    names.extend(options.materials.iter().chain(&options.investment).chain(&options.energy).chain(&options.controls));
    names.extend(options.process.iter().chain(&options.share).chain(&options.exit));
    let mut problems: Vec<Problem> =
        names.into_iter().filter(|n| panel.values(n).is_none()).map(|n| lookup::unknown_variable(panel, n)).collect();
    if let Some(g) = options.industry.as_ref().filter(|g| panel.group(g).is_none()) {
        problems.push(lookup::unknown_group(panel, g));
    }
    problems
}
