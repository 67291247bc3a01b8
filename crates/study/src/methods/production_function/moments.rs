//! Estimators that are roots of moments: `acf` and `gnr`, their findings and the map of their roots.

use tfp::production::{
    Firms, Fitted, Sample,
    acf::{self, AcfError, AcfOptions, Replicates},
    bootstrap::Bootstrap,
    choice::{Choice, Root as Found, Rule},
    gnr::{self, GnrError, GnrOptions},
};

use super::{
    super::lookup,
    ProductionOptions,
    arms::{Detail, Root, Told, Untold, exits, firms_words, names},
    story::{Cell, Story},
};
use crate::{
    figure::{Chart, Figure, Point, Scatter},
    finding::{Finding, Weight},
    method::Check,
    text::Text,
};

fn rule(options: &ProductionOptions, spurious: f64) -> Rule {
    Rule { returns: [options.qualify[0], options.qualify[1]], spurious, stable: None }
}

fn replicates(options: &ProductionOptions, seed: u64) -> Replicates {
    Replicates { count: options.replicates, seed, ..Replicates::default() }
}

fn roots(found: &[Found], starts: usize, chosen: Option<usize>, names: &[String]) -> Vec<Root> {
    let tell = |(at, r): (usize, &Found)| {
        let singular = &r.solution.singular;
        let (first, last) = (singular.first().copied().unwrap_or(f64::NAN), singular.last().copied().unwrap_or(f64::NAN));
        Root {
            point: names.iter().cloned().zip(r.elasticities.iter().copied()).collect(),
            criterion: r.solution.criterion,
            chosen: chosen == Some(at),
            detail: Some(Detail {
                exact: r.solution.exact,
                spurious: r.spurious,
                qualifies: r.qualifies,
                starts: r.solution.starts as f64 / starts as f64,
                condition: last / first,
                moved: r.moved.unwrap_or(f64::NAN),
            }),
        }
    };
    found.iter().enumerate().map(tell).collect()
}

/// Why no root is the estimate.
fn refused(choice: &Choice, roots: Vec<Root>) -> Untold {
    let exact = roots.iter().filter(|r| r.detail.is_some_and(|d| d.exact)).count();
    let why = match choice {
        Choice::Refused(good) if good.is_empty() => Text::new(
            format!("{exact} exact roots exist and none qualifies, so none is chosen; see table `roots`"),
            format!("存在 {exact} 个精确根而无一合格，故不作选择，见表 `roots`"),
        ),
        Choice::Refused(good) => Text::new(
            format!("{} of {exact} exact roots qualify, so none is chosen; see table `roots`", good.len()),
            format!("{exact} 个精确根中有 {} 个合格，故不作选择，见表 `roots`", good.len()),
        ),
        _ => Text::new("no start reached an exact root of the moments", "没有一个起点到达矩条件的精确根"),
    };
    Untold { why, roots }
}

/// What the last stage of an estimator found.
struct Last<'a> {
    roots: &'a [Found],
    lost: usize,
    choice: &'a Choice,
    fitted: Option<Fitted>,
    by_row: Vec<Vec<f64>>,
    bootstrap: Option<&'a Bootstrap>,
    sample: &'a Sample,
}

/// What is told of an estimate at a root: counts of roots and minima, starts that ended nowhere, the moments there, and
/// numbers of the estimator's own.
fn told(last: Last<'_>, own: Vec<(Text, f64, f64)>, inputs: Vec<String>, options: &ProductionOptions) -> Result<Told, Untold> {
    let roots = roots(last.roots, options.starts, last.choice.root(), &inputs);
    let Some(fitted) = last.fitted else { return Err(refused(last.choice, roots)) };
    let exact = roots.iter().filter(|r| r.detail.is_some_and(|d| d.exact)).count();
    let mut diagnostics = vec![
        (Text::new("exact roots", "精确根个数"), exact as f64, f64::NAN),
        (Text::new("other local minima", "其他局部极小点个数"), (roots.len() - exact) as f64, f64::NAN),
        (Text::new("starts that ended nowhere", "无终点的起点数"), last.lost as f64, f64::NAN),
    ];
    diagnostics.extend(own);
    for (name, column) in inputs.iter().zip(&last.by_row) {
        let negative = column.iter().filter(|e| **e <= 0.0).count();
        diagnostics.push((
            Text::new(format!("rows with a non-positive elasticity of {name}"), format!("{name} 弹性非正的行数")),
            negative as f64,
            f64::NAN,
        ));
    }
    let left = roots.iter().filter(|r| r.chosen).map(|r| r.criterion.sqrt()).fold(0.0, f64::max);
    Ok(Told {
        fitted,
        by_row: last.by_row,
        inputs,
        diagnostics,
        roots,
        replicates: last.bootstrap.map(|b| (b.draws.len() + b.failed.len(), b.failed.len())),
        missing: last.sample.missing,
        gaps: last.sample.gaps,
        checks: vec![Check {
            name: Text::new("moments at the estimate = 0", "估计值处矩 = 0"), residual: left, tolerance: 1e-8
        }],
    })
}

/// `gross`: the proxy is an input.
pub(super) fn acf(firms: &Firms<'_>, gross: bool, options: &ProductionOptions, seed: u64) -> Result<Told, Untold> {
    let core = AcfOptions {
        degree: options.degree,
        law: options.motion,
        form: options.form,
        gross,
        selection: options.selection,
        survival: options.survival,
        starts: options.starts,
        rule: rule(options, options.spurious),
        replicates: replicates(options, seed),
        ..AcfOptions::default()
    };
    let done = acf::acf(firms, &core).map_err(|e| Untold::from(words(&e)))?;
    let mut own = vec![(Text::new("R² of the first stage", "第一阶段 R²"), done.first_stage_r2, f64::NAN)];
    own.extend(done.exits.map(|e| (exits(), e as f64, f64::NAN)));
    let last = Last {
        roots: &done.roots,
        lost: done.lost,
        choice: &done.choice,
        fitted: done.fitted,
        by_row: if options.form == acf::Form::Translog { done.by_row } else { vec![] },
        bootstrap: done.bootstrap.as_ref(),
        sample: &done.sample,
    };
    told(last, own, names(options, gross), options)
}

pub(super) fn gnr(firms: &Firms<'_>, share: Option<&[f64]>, options: &ProductionOptions, seed: u64) -> Result<Told, Untold> {
    let share = share.ok_or_else(|| Untold::from(Text::new("`share` is not given", "未给出 `share`")))?;
    let core = GnrOptions {
        degree: options.degree,
        integration: options.degree,
        law: options.motion,
        starts: options.starts,
        rule: rule(options, 0.0),
        replicates: replicates(options, seed),
    };
    let done = gnr::gnr(firms, share, &core).map_err(|e| {
        Untold::from(match &e {
            GnrError::Stages(e) => words(e),
            GnrError::Share => Text::new(e.to_string(), "份额回归没有拟合：行数少于项数，或份额没有变化"),
        })
    })?;
    let own = vec![(Text::new("E[exp ε] of the share regression", "份额回归的 E[exp ε]"), done.scale, f64::NAN)];
    let last = Last {
        roots: &done.roots,
        lost: done.lost,
        choice: &done.choice,
        fitted: done.fitted,
        by_row: done.by_row,
        bootstrap: done.bootstrap.as_ref(),
        sample: &done.sample,
    };
    told(last, own, names(options, true), options)
}

fn words(e: &AcfError) -> Text {
    let zh = match e {
        AcfError::Firms(e) => return firms_words(e),
        AcfError::Degree => "次数和起点数至少为 1".to_owned(),
        AcfError::Short { rows } => format!("只有 {rows} 行，企业太少，不足以支撑第一阶段"),
        AcfError::Proxy => "代理变量为常数，不能反映生产率".to_owned(),
        AcfError::Survival => "生存概率单位模型无解：投入与代理变量将退出完全分开".to_owned(),
        AcfError::Collinear(_) => "某项投入为常数或为其余各项的线性组合".to_owned(),
        AcfError::Lags { rows, needed } => format!("只有 {rows} 行有滞后值，需要 {needed} 行"),
        AcfError::Instrument(_) => "某项工具变量为其余各项的线性组合".to_owned(),
        AcfError::NoProductivity => "第一阶段为投入的线性组合，没有剩下生产率".to_owned(),
        AcfError::Large(k) => format!("{k} 个系数过多"),
    };
    Text::new(e.to_string(), zh)
}

/// Whether a root is the estimate, and what is known of it.
type Described = Vec<(bool, Detail)>;
type Test<'a> = &'a dyn Fn(&[(bool, Detail)]) -> bool;
type Saying<'a> = &'a dyn Fn(usize) -> Text;

impl Story<'_> {
    /// Findings about roots of moments.
    pub(super) fn root_findings(&self) -> Vec<Finding> {
        let cells: Vec<(&Cell, Described)> = self
            .roots_found()
            .map(|(c, roots)| (c, roots.iter().filter_map(|r| r.detail.map(|d| (r.chosen, d))).collect()))
            .collect();
        let all = cells.iter().filter(|c| !c.1.is_empty()).count();
        let which = |test: Test<'_>| -> Vec<&Cell> { cells.iter().filter(|c| test(&c.1)).map(|c| c.0).collect() };
        let exact = |roots: &[(bool, Detail)]| roots.iter().filter(|r| r.1.exact).count();
        let chosen = |roots: &[(bool, Detail)]| roots.iter().find(|r| r.0).map(|r| r.1);
        let most = cells.iter().map(|c| exact(&c.1)).max().unwrap_or(0);
        let [low, high] = self.options.qualify[..] else { return Vec::new() };
        let mut out = Vec::new();
        let mut tell = |code: &str, weight: Weight, found: Vec<&Cell>, say: Saying<'_>| {
            if !found.is_empty() {
                out.push(Finding { code: code.into(), weight, place: self.cells_named(&found), message: say(found.len()) });
            }
        };
        tell("TF060", Weight::Warning, which(&|r| exact(r) > 1), &|n| {
            Text::new(
                format!("The moments of {n} of {all} estimates have several exact roots, up to {most}; table `roots` shows all."),
                format!("{all} 个估计中有 {n} 个的矩条件有多个精确根，最多 {most} 个，见表 `roots`。"),
            )
        });
        tell("TF061", Weight::Warning, which(&|r| !r.is_empty() && chosen(r).is_none()), &|n| {
            Text::new(
                format!("For {n} of {all} estimates no root is chosen: several qualify, none of several does, or there is none."),
                format!("{all} 个估计中有 {n} 个不作选择：多个根合格、多个根无一合格，或没有根。"),
            )
        });
        tell("TF062", Weight::Info, which(&|r| r.iter().any(|r| r.1.exact && r.1.spurious && !r.0)), &|n| {
            Text::new(
                format!("{n} of {all} estimates have a root flagged as spurious, which gave way to another or was refused."),
                format!("{all} 个估计中有 {n} 个含有疑似伪根，已让位于其他根或被拒绝。"),
            )
        });
        tell("TF062", Weight::Warning, which(&|r| chosen(r).is_some_and(|d| d.spurious)), &|n| {
            Text::new(
                format!("{n} of {all} estimates are at a root flagged as spurious; no other root qualifies."),
                format!("{all} 个估计中有 {n} 个取在疑似伪根处，没有其他合格的根。"),
            )
        });
        tell("TF063", Weight::Warning, which(&|r| chosen(r).is_some_and(|d| d.condition.is_nan() || d.condition < 0.02)), &|n| {
            Text::new(
                format!(
                    "{n} of {all} estimates are weakly identified: the smallest singular value of the moments' Jacobian is below 2 % of the largest."
                ),
                format!("{all} 个估计中有 {n} 个识别较弱：矩的雅可比最小奇异值不足最大者的 2%。"),
            )
        });
        tell("TF064", Weight::Warning, which(&|r| chosen(r).is_some_and(|d| !d.qualifies)), &|n| {
            Text::new(
                format!(
                    "{n} of {all} estimates are the only exact root and do not qualify: an elasticity is not positive or returns to scale are outside {low} to {high}."
                ),
                format!("{all} 个估计中有 {n} 个取在唯一的精确根处而不合格：有弹性非正，或规模报酬在 {low} 至 {high} 之外。"),
            )
        });
        out
    }

    /// Where the roots lie, one map an estimator.
    pub(super) fn root_maps(&self) -> Vec<Figure> {
        let (Some(free), Some(state)) = (self.options.free.first(), self.options.state.first()) else { return Vec::new() };
        let map = |&estimator: &super::arms::Estimator| {
            let mut points = Vec::new();
            for (cell, roots) in self.roots_found().filter(|(c, _)| c.estimator == estimator) {
                for (at, root) in roots.iter().enumerate() {
                    let Some(detail) = root.detail else { continue };
                    let value = |name: &String| root.point.iter().find(|p| p.0 == *name).map_or(f64::NAN, |p| p.1);
                    let class = match (root.chosen, detail.exact) {
                        (true, _) => 0,
                        (false, true) => 1,
                        (false, false) => 2,
                    };
                    let name = format!("{} · {}", self.name(cell).en, at + 1);
                    points.push(Point { unit: name, x: value(free), y: value(state), class });
                }
            }
            (!points.is_empty()).then(|| Figure {
                id: format!("root_map_{}", estimator.id()),
                title: Text::new(format!("Roots of {}", estimator.label()), format!("{} 的根", estimator.label())),
                note: Text::new(
                    "Every exact root of the moments and every other local minimum of their criterion, from all starts.",
                    "从全部起点找到的每一个精确根和每一个其他局部极小点。",
                ),
                chart: Chart::Scatter(Scatter {
                    x: lookup::variable_label(self.panel, free),
                    y: lookup::variable_label(self.panel, state),
                    decimals: 3,
                    classes: vec![
                        Text::new("the estimate", "采用的估计"),
                        Text::new("other exact root", "其他精确根"),
                        Text::new("local minimum, no root", "局部极小点，非根"),
                    ],
                    points,
                    line: None,
                    cross: false,
                }),
            })
        };
        self.estimators.iter().filter_map(map).collect()
    }
}
