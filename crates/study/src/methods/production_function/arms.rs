//! One arm an estimator: from the columns of an industry to what is told of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::production::{
    Firms, FirmsError, Fitted,
    bootstrap::Kind,
    linear,
    proxy::{self, ProxyError, ProxyOptions},
    wooldridge::{System, WooldridgeOptions, wooldridge},
};

use super::{
    ProductionOptions, linear_arms, moments,
    rows::{Part, Proxy},
};
use crate::{method::Check, text::Text};

/// An estimator of a production function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Estimator {
    /// Ordinary least squares, standard errors clustered by firm.
    Ols,
    /// Fixed effects.
    Fe,
    /// First differences.
    Fd,
    /// Random effects.
    Re,
    /// Olley and Pakes (1996): investment is the proxy.
    Op,
    /// Levinsohn and Petrin (2003): materials or energy are the proxy.
    Lp,
    /// Wooldridge (2009): both equations by two-stage least squares.
    Wooldridge,
    /// The second equation of Wooldridge alone, robust to labour that the proxy determines.
    Robinson,
    /// Ackerberg, Caves and Frazer (2015): every root is sought.
    Acf,
    /// Gandhi, Navarro and Rivers (2020): gross output, materials by their share of revenue.
    Gnr,
    /// Difference or system GMM (Arellano and Bond 1991, Blundell and Bond 1998).
    Gmm,
    /// Dynamic panel with the common factor restriction (Blundell and Bond 2000).
    DynamicPanel,
}

impl Estimator {
    /// What runs when none is named: the six columns that papers show, in their order.
    pub const USUAL: [Self; 6] = [Self::Ols, Self::Fe, Self::Lp, Self::Op, Self::Acf, Self::Gmm];

    /// Name in options, columns and tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ols => "ols",
            Self::Fe => "fe",
            Self::Fd => "fd",
            Self::Re => "re",
            Self::Op => "op",
            Self::Lp => "lp",
            Self::Wooldridge => "wooldridge",
            Self::Robinson => "robinson",
            Self::Acf => "acf",
            Self::Gnr => "gnr",
            Self::Gmm => "gmm",
            Self::DynamicPanel => "dynamic-panel",
        }
    }

    /// Name in figures.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ols => "OLS",
            Self::Fe => "FE",
            Self::Fd => "FD",
            Self::Re => "RE",
            Self::Op => "OP",
            Self::Lp => "LP",
            Self::Wooldridge => "Wooldridge",
            Self::Robinson => "Robinson",
            Self::Acf => "ACF",
            Self::Gnr => "GNR",
            Self::Gmm => "GMM",
            Self::DynamicPanel => "Dynamic panel",
        }
    }

    /// Its proxy; for `gnr` the flexible input.
    pub(super) fn proxy(self, options: &ProductionOptions) -> Option<Proxy> {
        match self {
            Self::Ols | Self::Fe | Self::Fd | Self::Re | Self::Gmm | Self::DynamicPanel => None,
            Self::Op => Some(Proxy::Investment),
            Self::Lp | Self::Wooldridge | Self::Robinson | Self::Acf => Some(options.proxy),
            Self::Gnr => Some(Proxy::Materials),
        }
    }

    /// Name of the variable with the elasticity of an input at each row.
    pub fn elasticity_of(self, input: &str) -> String {
        format!("elasticity_{}_{input}", self.id().replace('-', "_"))
    }

    /// Whether its productivity without noise leaves the noise of the first stage.
    pub fn tells_noise(self) -> bool {
        matches!(self, Self::Op | Self::Lp | Self::Wooldridge | Self::Acf | Self::Gnr)
    }

    /// Whether it has a form for gross output with materials among the inputs.
    pub fn takes_gross(self) -> bool {
        !matches!(self, Self::Wooldridge | Self::Robinson)
    }

    /// Whether the columns it needs are given, and the form of output suits it.
    pub(super) fn given(self, options: &ProductionOptions) -> bool {
        (self.takes_gross() || !options.gross)
            && self.proxy(options).is_none_or(|p| options.column_of(p).is_some())
            && (self != Self::Gnr || (options.share.is_some() && options.gross))
            && (self != Self::Lp || options.proxy != Proxy::Investment)
    }
}

/// What an estimator says of one industry.
pub(super) struct Told {
    /// Elasticities and productivity; columns have the rows of the industry.
    pub fitted: Fitted,
    /// Elasticities of each row of the industry, one column an input, where the function is not Cobb-Douglas; else empty.
    pub by_row: Vec<Vec<f64>>,
    /// Name of the variable of each elasticity.
    pub inputs: Vec<String>,
    /// Tests and other numbers: name, value, p-value (`NaN` where it is no test).
    pub diagnostics: Vec<(Text, f64, f64)>,
    /// All solutions of the last stage; empty where it has one by construction.
    pub roots: Vec<Root>,
    /// Replicates of the bootstrap asked for, and how many failed.
    pub replicates: Option<(usize, usize)>,
    /// Rows without a value the estimator reads.
    pub missing: usize,
    /// Rows that follow a gap and so have no lag.
    pub gaps: usize,
    /// Identities.
    pub checks: Vec<Check>,
}

/// One solution of the last stage.
pub(super) struct Root {
    /// Variables and their coefficients there.
    pub point: Vec<(String, f64)>,
    /// Criterion there.
    pub criterion: f64,
    /// Whether it is the estimate.
    pub chosen: bool,
    /// What else is known of a root of moments.
    pub detail: Option<Detail>,
}

/// A root of moments, or another minimum of their criterion.
#[derive(Clone, Copy)]
pub(super) struct Detail {
    /// Whether the moments vanish.
    pub exact: bool,
    /// Whether it is near the known spurious root.
    pub spurious: bool,
    /// Whether it meets the rule.
    pub qualifies: bool,
    /// Share of the starts that end here.
    pub starts: f64,
    /// Smallest singular value of the Jacobian beside the largest.
    pub condition: f64,
    /// Distance to the nearest root when the first stage has the neighbouring degree; `NaN` where none is known.
    pub moved: f64,
}

/// Why an estimator has nothing to say of an industry.
pub(super) struct Untold {
    /// The reason, without a full stop.
    pub why: Text,
    /// What the last stage found, where that is why.
    pub roots: Vec<Root>,
}

impl From<Text> for Untold {
    fn from(why: Text) -> Self {
        Self { why, roots: Vec::new() }
    }
}

/// Runs an estimator on an industry.
pub(super) fn fit(estimator: Estimator, part: &Part, options: &ProductionOptions, seed: u64) -> Result<Told, Untold> {
    let whole = || part.firms(None, options.gross);
    // Materials are an input of gross output: with the free inputs, or from the second stage where they are the proxy.
    let proxy = estimator.proxy(options);
    let last = options.gross && proxy == Some(Proxy::Materials);
    let firms = || part.firms(proxy, options.gross && !last);
    match estimator {
        Estimator::Op | Estimator::Lp => by_proxy(&firms(), last, options, seed),
        Estimator::Wooldridge => system(&firms(), System::Both, options),
        Estimator::Robinson => system(&firms(), System::Second, options),
        Estimator::Acf => moments::acf(&firms(), last, options, seed),
        Estimator::Gnr => moments::gnr(&firms(), part.share(), options, seed),
        Estimator::Ols => linear_arms::of_linear(&whole(), linear::Estimator::Pooled, options),
        Estimator::Fe => linear_arms::of_linear(&whole(), linear::Estimator::Within, options),
        Estimator::Fd => linear_arms::of_linear(&whole(), linear::Estimator::FirstDifferences, options),
        Estimator::Re => linear_arms::of_linear(&whole(), linear::Estimator::Random, options),
        Estimator::Gmm => linear_arms::of_gmm(&whole(), options),
        Estimator::DynamicPanel => linear_arms::of_dynamic(&whole(), options),
    }
}

/// Name of the count of exits.
pub(super) fn exits() -> Text {
    Text::new("exits in the probit of survival", "生存概率单位模型中的退出数")
}

/// Names of the inputs of an estimate, in its order. `last`: materials come last (from the second stage), not with the
/// free inputs.
pub(super) fn names(options: &ProductionOptions, last: bool) -> Vec<String> {
    let materials = || options.materials.iter().filter(|_| options.gross).cloned();
    let mut names = options.free.clone();
    names.extend(materials().filter(|_| !last));
    names.extend(options.state.clone());
    names.extend(materials().filter(|_| last));
    names
}

fn by_proxy(firms: &Firms<'_>, gross: bool, options: &ProductionOptions, seed: u64) -> Result<Told, Untold> {
    let core = ProxyOptions {
        degree: options.degree,
        motion: options.motion,
        law: options.law,
        gross,
        selection: options.selection,
        survival: options.survival,
        range: [options.range[0], options.range[1]],
    };
    let mut done = proxy::proxy(firms, &core).map_err(|e| Untold::from(proxy_words(&e)))?;
    let mut replicates = None;
    if options.replicates > 0 {
        let point = &done.minima[0].point;
        let drawn = proxy::bootstrap(firms, &core, point, options.replicates, seed, Kind::Multinomial)
            .map_err(|e| Untold::from(proxy_words(&e)))?;
        replicates = Some((options.replicates, drawn.failed.len()));
        done.fitted.covariance = drawn.covariance;
    }
    let mut diagnostics = Vec::new();
    if let Some(exits) = done.exits {
        diagnostics.push((self::exits(), exits as f64, f64::NAN));
    }
    let inputs = names(options, gross);
    let second = &inputs[firms.free.len()..];
    let roots = done.minima.iter().enumerate().map(|(at, minimum)| Root {
        point: second.iter().cloned().zip(minimum.point.iter().copied()).collect(),
        criterion: minimum.criterion,
        chosen: at == 0,
        detail: None,
    });
    Ok(Told {
        roots: roots.collect(),
        by_row: vec![],
        inputs,
        diagnostics,
        replicates,
        missing: done.missing,
        gaps: done.gaps,
        checks: vec![Check {
            name: Text::new("ln A = ω + residual of the first stage", "ln A = ω + 第一阶段残差"),
            residual: done.residual,
            tolerance: 1e-10,
        }],
        fitted: done.fitted,
    })
}

fn system(firms: &Firms<'_>, system: System, options: &ProductionOptions) -> Result<Told, Untold> {
    let core = WooldridgeOptions { degree: options.degree, system };
    let done = wooldridge(firms, &core).map_err(|e| Untold::from(proxy_words(&e)))?;
    Ok(Told {
        fitted: done.fitted,
        by_row: vec![],
        inputs: names(options, false),
        diagnostics: vec![],
        roots: vec![],
        replicates: None,
        missing: done.missing,
        gaps: done.gaps,
        checks: vec![],
    })
}

pub(super) fn firms_words(e: &FirmsError) -> Text {
    let zh = match e {
        FirmsError::Empty => "没有一行数据齐全".to_owned(),
        FirmsError::Duplicates(pairs) => format!("{} 对行是同一企业的同一时期", pairs.len()),
        FirmsError::Needs(_) => "缺少所需的列".to_owned(),
        other => other.to_string(),
    };
    Text::new(e.to_string(), zh)
}

fn proxy_words(e: &ProxyError) -> Text {
    match e {
        ProxyError::Firms(e) => firms_words(e),
        ProxyError::Options(_) => Text::new(e.to_string(), "选项有误"),
        ProxyError::Few { stage, rows, terms } => Text::new(
            format!("stage {stage} has {rows} rows for {terms} terms; too few firms for this degree"),
            format!("第 {stage} 阶段只有 {rows} 行，却有 {terms} 项；企业太少，不足以支撑该次数"),
        ),
        ProxyError::Collinear(_) => Text::new(
            "a free input or control moves exactly with the polynomial of states and proxy, or a state is constant",
            "某项自由投入或控制变量与状态变量、代理变量的多项式完全共线，或状态变量为常数",
        ),
        ProxyError::Survival => Text::new(
            "the probit of survival has no solution: exits are separated by states and proxy",
            "生存概率单位模型无解：状态变量与代理变量将退出完全分开",
        ),
        ProxyError::NoMinimum([low, high]) => Text::new(
            format!("the second stage has no minimum with coefficients from {low} to {high}; widen `range`"),
            format!("第二阶段在系数 {low} 至 {high} 之间没有极小值，请放宽 `range`"),
        ),
    }
}
