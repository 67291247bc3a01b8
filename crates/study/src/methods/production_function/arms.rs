//! One arm an estimator: from the columns of an industry to what is told of it.

use numerics::least_squares::{self, Unfit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::production::{
    Firms, FirmsError, Fitted,
    proxy::{self, ProxyError, ProxyOptions},
};

use super::{
    ProductionOptions,
    rows::{Part, Proxy},
};
use crate::{method::Check, text::Text};

/// An estimator of a production function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Estimator {
    /// Ordinary least squares, standard errors clustered by firm.
    Ols,
    /// Olley and Pakes (1996): investment is the proxy.
    Op,
    /// Levinsohn and Petrin (2003): materials are the proxy.
    Lp,
}

impl Estimator {
    /// All, in the order in which papers show them.
    pub const ALL: [Self; 3] = [Self::Ols, Self::Op, Self::Lp];

    /// Name in options, columns and tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ols => "ols",
            Self::Op => "op",
            Self::Lp => "lp",
        }
    }

    /// Name in figures.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ols => "OLS",
            Self::Op => "OP",
            Self::Lp => "LP",
        }
    }

    /// Options without which it cannot run.
    pub fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Ols => &[],
            Self::Op => &["investment"],
            Self::Lp => &["materials"],
        }
    }

    /// Whether the columns it needs are given.
    pub fn given(self, options: &ProductionOptions) -> bool {
        self.needs().iter().all(|n| match *n {
            "materials" => options.materials.is_some(),
            _ => options.investment.is_some(),
        })
    }
}

/// What an estimator says of one industry.
pub(super) struct Told {
    /// Elasticities and productivity; columns have the rows of the industry.
    pub fitted: Fitted,
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
}

/// Why an estimator has nothing to say of an industry.
pub(super) struct Untold {
    /// The reason, without a full stop.
    pub why: Text,
}

/// Runs an estimator on an industry.
pub(super) fn fit(estimator: Estimator, part: &Part, options: &ProductionOptions, _seed: u64) -> Result<Told, Untold> {
    match estimator {
        Estimator::Ols => ols(&part.firms(Proxy::None, options.gross), options),
        Estimator::Op => by_proxy(&part.firms(Proxy::Investment, options.gross), false, options),
        Estimator::Lp => by_proxy(&part.firms(Proxy::Materials, false), options.gross, options),
    }
}

/// Names of the inputs of an estimate, in its order. `last`: materials come last (from the second stage), not with the
/// free inputs.
fn names(options: &ProductionOptions, last: bool) -> Vec<String> {
    let materials = || options.materials.iter().filter(|_| options.gross).cloned();
    let mut names = options.free.clone();
    names.extend(materials().filter(|_| !last));
    names.extend(options.state.clone());
    names.extend(materials().filter(|_| last));
    names
}

fn ols(firms: &Firms<'_>, options: &ProductionOptions) -> Result<Told, Untold> {
    let sample = firms.sample(&[]).map_err(|e| Untold { why: firms_words(&e) })?;
    let y = sample.of(firms.output);
    let n = y.len();
    let mut x = vec![vec![1.0; n]];
    x.extend(firms.free.iter().chain(&firms.state).chain(&firms.controls).map(|c| sample.of(c)));
    let fit = least_squares::fit(&x, &y).map_err(|e| Untold { why: unfit_words(&e, n, x.len()) })?;
    let (all, k) = (x.len(), firms.inputs());
    let clustered = fit.cluster_covariance(&x, &sample.firm);
    let b = &fit.coefficients;
    let known = |i: usize| (1..all).filter(|j| *j > 0).map(|j| b[j] * x[j][i]).sum::<f64>();
    let tfp: Vec<f64> = (0..n).map(|i| y[i] - known(i)).collect();
    let rows = firms.units.len();
    Ok(Told {
        fitted: Fitted {
            elasticities: b[1..=k].to_vec(),
            covariance: (sample.firms > 1).then(|| (0..k * k).map(|c| clustered[(1 + c / k) * all + 1 + c % k]).collect()),
            omega: vec![f64::NAN; rows],
            tfp: sample.back(&tfp, rows),
            rows: [n, n],
            firms: sample.firms,
        },
        inputs: names(options, false),
        diagnostics: vec![],
        roots: vec![],
        replicates: None,
        missing: sample.missing,
        gaps: sample.gaps,
        checks: vec![],
    })
}

fn by_proxy(firms: &Firms<'_>, gross: bool, options: &ProductionOptions) -> Result<Told, Untold> {
    let core = ProxyOptions {
        degree: options.degree,
        motion: options.motion,
        law: options.law,
        gross,
        range: [options.range[0], options.range[1]],
    };
    let done = proxy::proxy(firms, &core).map_err(|e| Untold { why: proxy_words(&e) })?;
    let inputs = names(options, gross);
    let second = &inputs[firms.free.len()..];
    let roots = done.minima.iter().enumerate().map(|(at, minimum)| Root {
        point: second.iter().cloned().zip(minimum.point.iter().copied()).collect(),
        criterion: minimum.criterion,
        chosen: at == 0,
    });
    Ok(Told {
        roots: roots.collect(),
        inputs,
        diagnostics: vec![],
        replicates: None,
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

fn firms_words(e: &FirmsError) -> Text {
    let zh = match e {
        FirmsError::Empty => "没有一行数据齐全".to_owned(),
        FirmsError::Duplicates(pairs) => format!("{} 对行是同一企业的同一时期", pairs.len()),
        FirmsError::Needs(_) => "缺少所需的列".to_owned(),
        other => other.to_string(),
    };
    Text::new(e.to_string(), zh)
}

fn unfit_words(e: &Unfit, rows: usize, terms: usize) -> Text {
    match e {
        Unfit::Collinear { .. } => {
            Text::new("an input is constant or a combination of the others", "某项投入为常数或为其余各项的线性组合")
        }
        _ => Text::new(format!("{rows} rows for {terms} coefficients"), format!("{rows} 行数据估计 {terms} 个系数")),
    }
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
        ProxyError::NoMinimum([low, high]) => Text::new(
            format!("the second stage has no minimum with coefficients from {low} to {high}; widen `range`"),
            format!("第二阶段在系数 {low} 至 {high} 之间没有极小值，请放宽 `range`"),
        ),
    }
}
