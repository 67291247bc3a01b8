//! Arms on the panel itself, without a proxy: fixed and random effects, differences, GMM, the dynamic equation.

use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::production::{
    Firms, Sample,
    dynamic::{self, DynamicError},
    gmm::{self, Gmm, GmmError},
    linear::{self, Components, Covariance, Effects, LinearError, LinearOptions},
};

use super::{
    ProductionOptions,
    arms::{Root, Told, Untold, firms_words, names},
};
use crate::text::Text;

/// Options of `ols`, `fe`, `fd` and `re`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinearChoice {
    /// Effects of `fe`: of firms, or of firms and periods. `re` has effects of firms.
    pub effects: Effects,
    /// Estimator of the variances of the random effects.
    pub components: Components,
    /// Whether first differences have a constant: a trend common to all firms.
    pub drift: bool,
    /// Covariance of the coefficients.
    pub covariance: Covariance,
}

impl Default for LinearChoice {
    fn default() -> Self {
        let LinearOptions { components, drift, covariance, .. } = LinearOptions::default();
        Self { effects: Effects::FirmPeriod, components, drift, covariance }
    }
}

/// Names of the tests that findings look for.
pub(super) struct Name;

impl Name {
    pub(super) fn m1() -> Text {
        Text::new("m1: autocorrelation of order 1 in differences", "m1：差分残差一阶自相关")
    }
    pub(super) fn m2() -> Text {
        Text::new("m2: autocorrelation of order 2 in differences", "m2：差分残差二阶自相关")
    }
    pub(super) fn hansen() -> Text {
        Text::new("Hansen test of the instruments", "Hansen 过度识别检验")
    }
    pub(super) fn sargan() -> Text {
        Text::new("Sargan test of the instruments (one variance)", "Sargan 过度识别检验（同方差）")
    }
    pub(super) fn instruments() -> Text {
        Text::new("instruments", "工具变量数")
    }
    pub(super) fn lost() -> Text {
        Text::new("rank that the weights of the second step lack", "第二步权重矩阵缺少的秩")
    }
    pub(super) fn rho() -> Text {
        Text::new("ρ, persistence of productivity", "ρ，生产率的持续性")
    }
    pub(super) fn restriction() -> Text {
        Text::new("common factor restriction", "公因子约束检验")
    }
    pub(super) fn hausman() -> Text {
        Text::new("Hausman test, one residual variance", "Hausman 检验（同一残差方差）")
    }
    pub(super) fn firm_variance() -> Text {
        Text::new("variance of the firm effects", "企业效应方差")
    }
}

/// What is wrong with the options before there are data.
pub(super) fn problems(options: &ProductionOptions) -> Vec<Problem> {
    let inputs = options.free.len() + options.state.len() + usize::from(options.gross);
    let mut out = Vec::new();
    for (name, given) in [("gmm", options.gmm.inputs.len()), ("dynamic", options.dynamic.inputs.len())] {
        if given != 1 && given != inputs {
            out.push(
                Problem::error(name, format!("`{name}.inputs` has {given} entries for {inputs} inputs."))
                    .help("Give one entry for all inputs, or one each: free inputs, materials with `gross`, state variables."),
            );
        }
    }
    let lags = |i: &gmm::Instruments| match i {
        gmm::Instruments::Lags(lags) => Some(*lags),
        gmm::Instruments::Itself | gmm::Instruments::ItselfDifferenced => None,
    };
    let mut ranges = vec![("gmm", options.gmm.output_instruments), ("dynamic", options.dynamic.output_instruments)];
    ranges.extend(options.gmm.inputs.iter().filter_map(|r| lags(&r.instruments)).map(|l| ("gmm", l)));
    ranges.extend(options.dynamic.inputs.iter().filter_map(lags).map(|l| ("dynamic", l)));
    for (name, range) in ranges {
        if range.first == 0 || range.last.is_some_and(|last| last < range.first) {
            out.push(
                Problem::error(
                    name,
                    format!("`{name}` has instruments from lag {} to lag {}.", range.first, range.last.unwrap_or(0)),
                )
                .why("A variable of the same period is no instrument of the differenced equation.")
                .help("Let `first` be 1 or more, and `last` not below it."),
            );
        }
    }
    out
}

/// `ols`, `fe`, `fd`, `re`.
pub(super) fn of_linear(firms: &Firms<'_>, estimator: linear::Estimator, options: &ProductionOptions) -> Result<Told, Untold> {
    let LinearChoice { effects, components, drift, covariance } = options.linear;
    // Two-way random effects need a balanced panel, which firms never are.
    let effects = if estimator == linear::Estimator::Random { Effects::Firm } else { effects };
    let core = LinearOptions { estimator, effects, components, drift, covariance };
    let found = linear::ols(firms, &core).map_err(|e| Untold::from(linear_words(&e)))?;
    let mut diagnostics =
        vec![(Text::new("R² of what is regressed", "回归的 R²"), found.r_squared.unwrap_or(f64::NAN), f64::NAN)];
    if let Some(v) = &found.variances {
        diagnostics.push((Name::firm_variance(), v.firm, f64::NAN));
        diagnostics.push((Text::new("variance of what is left", "剩余误差方差"), v.idiosyncratic, f64::NAN));
        if let Ok(test) = linear::hausman(firms, components) {
            let none = f64::NAN;
            diagnostics.push((Name::hausman(), test.same_variance.unwrap_or(none), test.same_variance_p.unwrap_or(none)));
        }
    }
    Ok(told(found.fitted, names(options, false), diagnostics, vec![], &found.sample))
}

/// `gmm`.
pub(super) fn of_gmm(firms: &Firms<'_>, options: &ProductionOptions) -> Result<Told, Untold> {
    let found = gmm::gmm(firms, &options.gmm).map_err(|e| Untold::from(gmm_words(&e)))?;
    let inputs = names(options, false);
    let mut diagnostics = tests(&found);
    for s in 1..=options.gmm.output_lags {
        let at = found.terms.iter().position(|t| *t == gmm::Term::Output(s));
        let (b, p) = at.map_or((f64::NAN, f64::NAN), |j| {
            let b = found.coefficients[j];
            (b, numerics::distributions::normal_two_sided(b / found.covariance[j * (found.terms.len() + 1)].sqrt()))
        });
        diagnostics.push((Text::new(format!("output, lag {s}"), format!("产出滞后 {s} 期")), b, p));
    }
    if options.gmm.output_lags > 0 || options.gmm.inputs.iter().any(|r| r.lags > 0) {
        for (name, value) in inputs.iter().zip(found.long_run.iter().flatten()) {
            diagnostics.push((Text::new(format!("long-run elasticity, {name}"), format!("长期弹性，{name}")), *value, f64::NAN));
        }
    }
    let sample = found.sample;
    Ok(told(found.fitted, inputs, diagnostics, vec![], &sample))
}

/// `dynamic-panel`.
pub(super) fn of_dynamic(firms: &Firms<'_>, options: &ProductionOptions) -> Result<Told, Untold> {
    let found = dynamic::dynamic(firms, &options.dynamic).map_err(|e| Untold::from(dynamic_words(&e)))?;
    let mut diagnostics = vec![
        (Name::rho(), found.rho.value, found.rho.p),
        (Name::restriction(), found.restriction.statistic, found.restriction.p.unwrap_or(f64::NAN)),
    ];
    diagnostics.extend(tests(&found.unrestricted));
    let roots = found.minima.iter().enumerate().map(|(at, m)| Root {
        point: vec![("ρ".to_owned(), m.rho)],
        criterion: m.distance,
        chosen: at == 0,
        detail: None,
    });
    let roots = roots.collect();
    Ok(told(found.fitted, names(options, false), diagnostics, roots, &found.unrestricted.sample))
}

fn told(
    fitted: tfp::production::Fitted,
    inputs: Vec<String>,
    diagnostics: Vec<(Text, f64, f64)>,
    roots: Vec<Root>,
    sample: &Sample,
) -> Told {
    Told {
        fitted,
        by_row: vec![],
        inputs,
        diagnostics,
        roots,
        replicates: None,
        missing: sample.missing,
        gaps: sample.gaps,
        checks: vec![],
    }
}

/// What GMM rests on.
fn tests(found: &Gmm) -> Vec<(Text, f64, f64)> {
    let none = f64::NAN;
    let [first, second] = found.autocorrelation;
    let of = |name: Text, test: gmm::Overidentification| (name, test.statistic, test.p.unwrap_or(none));
    vec![
        (Name::m1(), first.z.unwrap_or(none), first.p.unwrap_or(none)),
        (Name::m2(), second.z.unwrap_or(none), second.p.unwrap_or(none)),
        of(Name::hansen(), found.hansen),
        of(Name::sargan(), found.sargan),
        (Text::new("degrees of freedom of both", "两者的自由度"), found.hansen.degrees as f64, none),
        (Name::instruments(), found.instruments as f64, none),
        (Name::lost(), (found.independent - found.weights.min(found.independent)) as f64, none),
    ]
}

fn linear_words(e: &LinearError) -> Text {
    let zh = match e {
        LinearError::Firms(e) => return firms_words(e),
        LinearError::Collinear(_) => {
            return Text::new(
                "an input or control is constant, or a combination of the others, in what the estimator looks at",
                "在该方法所用的变异中，某项投入或控制变量为常数或为其余各项的线性组合",
            );
        }
        LinearError::Short { rows, parameters } => format!("{rows} 行数据无法估计 {parameters} 个系数和效应"),
        LinearError::Unbalanced(rows, all) => format!("双向随机效应要求平衡面板，{all} 行中只有 {rows} 行"),
    };
    Text::new(e.to_string(), zh)
}

fn gmm_words(e: &GmmError) -> Text {
    let zh = match e {
        GmmError::Firms(e) => return firms_words(e),
        GmmError::Collinear(_) => {
            return Text::new(
                "a regressor does not vary apart from the others in what the instruments see",
                "在工具变量所见的变异中，某个回归元与其余各项共线",
            );
        }
        GmmError::Inputs { given, inputs } => format!("`inputs` 有 {given} 项，投入有 {inputs} 项"),
        GmmError::Lags { first, last } => format!("工具变量从滞后 {first} 期到 {last} 期，范围有误"),
        GmmError::Short(periods) => format!("没有企业连续出现 {periods} 期，方程无法写出"),
        GmmError::Underidentified { instruments, coefficients } => {
            format!("{instruments} 个独立工具变量不足以识别 {coefficients} 个系数")
        }
    };
    Text::new(e.to_string(), zh)
}

fn dynamic_words(e: &DynamicError) -> Text {
    let zh = match e {
        DynamicError::Gmm(e) => return gmm_words(e),
        DynamicError::Singular => "无约束系数的协方差奇异；请减少工具变量",
        DynamicError::Edge => "−2 至 2 之间没有使距离最小的持续性参数",
    };
    Text::new(e.to_string(), zh)
}
