//! Capital and labour across regions or industries.

use panel::{Panel, Problem, problem::Capped};
use tfp::{
    factor_misallocation::{self as room, Data, FactorError, FactorMisallocation, Period, SlopeError, Slopes, Status},
    growth,
    shares::{self, Effects, Returns},
};

use super::{super::production::listed, Columns, Estimate, MisallocationSpec, Outside, key, share_cell, variable};
use crate::{
    figure::{Chart, Figure, Frame, Lines, Scale, Series, Stack, Tiles},
    finding::{Finding, Weight},
    method::{Check, Output},
    table::{Cells, Table},
    text::Text,
};

/// Elasticities as they are used, and how they came about.
struct Elasticities {
    capital: Vec<f64>,
    slopes: Option<Slopes>,
    /// The common slope and its standard error.
    common: Option<(f64, f64)>,
    /// Units whose own slope is not inside (0, 1): number and slope.
    outside: Vec<(usize, f64)>,
}

struct View<'a> {
    panel: &'a Panel,
    options: &'a MisallocationSpec,
    names: Vec<&'a str>,
    elasticities: Elasticities,
    result: FactorMisallocation,
}

pub(super) fn run(panel: &Panel, options: &MisallocationSpec, columns: Columns<'_>) -> Result<Output, Vec<Problem>> {
    let Columns { units, output, capital, labour, alpha } = columns;
    let names = panel.unit_set();
    let data = Data { units: &units, periods: &panel.periods, output, capital, labour };
    let elasticities = match alpha {
        Some(capital) => Elasticities { capital, slopes: None, common: None, outside: Vec::new() },
        None => estimate(&data, options, &names)?,
    };
    let rest: Vec<f64> = elasticities.capital.iter().map(|b| 1.0 - b).collect();
    let result = room::factor_misallocation(&data, [&elasticities.capital, &rest])
        .map_err(|e| refused(&e, panel, options, &elasticities))?;
    Ok(View { panel, options, names, elasticities, result }.output())
}

fn estimate(data: &Data<'_>, options: &MisallocationSpec, names: &[&str]) -> Result<Elasticities, Vec<Problem>> {
    let inputs = [data.capital, data.labour];
    let growth = growth::Data { units: data.units, periods: data.periods, output: data.output, inputs: &inputs };
    let help = "Give the elasticities with `capital_share` or `capital_share_variable`, or choose the other `estimate`.";
    let common = || {
        shares::estimate(&growth, Effects::TwoWay, Returns::Constant)
            .map(|e| (e.shares[0], e.errors[0]))
            .map_err(|e| vec![Problem::error("estimate", format!("The common elasticity cannot be estimated: {e}.")).help(help)])
    };
    let n = data.units.len();
    if options.estimate == Estimate::Common {
        let (slope, error) = common()?;
        if !(slope > 0.0 && slope < 1.0) {
            return Err(vec![
                Problem::error(
                    "elasticity-outside",
                    format!("The common elasticity of capital is {slope:.3} (standard error {error:.3}), outside 0 to 1."),
                )
                .why("Without positive elasticities of both factors there is no efficient allocation.")
                .help(help),
            ]);
        }
        return Ok(Elasticities { capital: vec![slope; n], slopes: None, common: Some((slope, error)), outside: Vec::new() });
    }
    let list = |units: &[usize]| listed(&units.iter().map(|&u| names[u].to_owned()).collect::<Vec<_>>()).en;
    let slopes = room::slopes(data, true).map_err(|e| {
        let what = match &e {
            SlopeError::Short(units) => format!("{e}: {}", list(units)),
            SlopeError::Constant(units) => format!("{e}: {}", list(units)),
            SlopeError::Shape | SlopeError::Collinear | SlopeError::Rows { .. } => e.to_string(),
        };
        vec![Problem::error("estimate", format!("Elasticities by unit cannot be estimated: {what}.")).help(help)]
    })?;
    let outside: Vec<(usize, f64)> =
        slopes.units.iter().copied().zip(slopes.slopes.iter().copied()).filter(|(_, b)| !(*b > 0.0 && *b < 1.0)).collect();
    let mut fallback = None;
    if !outside.is_empty() {
        match options.outside {
            Outside::Refuse => {
                let shown: Vec<String> = outside.iter().map(|(u, b)| format!("{} {b:.3}", names[*u])).collect();
                return Err(vec![
                    Problem::error("elasticity-outside", format!("{} of {} units have an estimated elasticity of capital outside 0 to 1: {}.", outside.len(), slopes.units.len(), listed(&shown).en))
                        .why("The index takes the logarithm of elasticities; outside 0 to 1 one factor lowers output.")
                        .help("Set `outside = \"leave-out\"` or `outside = \"common\"`, take `estimate = \"common\"`, or give the elasticities."),
                ]);
            }
            Outside::LeaveOut => {}
            Outside::Common => {
                let (slope, error) = common()?;
                if !(slope > 0.0 && slope < 1.0) {
                    return Err(vec![
                        Problem::error(
                            "elasticity-outside",
                            format!("The common elasticity of capital, {slope:.3}, lies outside 0 to 1 too."),
                        )
                        .help("Set `outside = \"leave-out\"`, or give the elasticities."),
                    ]);
                }
                fallback = Some((slope, error));
            }
        }
    }
    let of = |u: usize| -> f64 {
        let Ok(at) = slopes.units.binary_search(&u) else { return f64::NAN };
        let own = slopes.slopes[at];
        if own > 0.0 && own < 1.0 { own } else { fallback.map_or(f64::NAN, |f| f.0) }
    };
    let capital = data.units.iter().map(|&u| of(u)).collect();
    Ok(Elasticities { capital, slopes: Some(slopes), common: fallback, outside })
}

fn refused(error: &FactorError, panel: &Panel, options: &MisallocationSpec, elasticities: &Elasticities) -> Vec<Problem> {
    match error {
        FactorError::Elasticity(cells) => {
            let mut capped = Capped::default();
            for &(_, row) in cells {
                capped.push(|| {
                    let value = elasticities.capital[row];
                    Problem::error(
                        "share-outside",
                        format!("The elasticity of capital is {value}, that of labour {}.", 1.0 - value),
                    )
                    .why("The index takes the logarithm of both elasticities.")
                    .help("Correct the share; it must lie between 0 and 1.")
                    .at(share_cell(panel, options, row))
                });
            }
            capped.finish("more elasticities outside 0 to 1")
        }
        other => vec![Problem::error("misallocation", format!("The allocation cannot be accounted for: {other}."))],
    }
}

impl View<'_> {
    fn output(&self) -> Output {
        let log = |name: &str, label: Text, values: &[f64]| variable(self.panel, name, label, Text::default(), values.to_vec());
        let size = |v: &[f64]| v.iter().map(|t| t.abs()).collect::<Vec<f64>>();
        let tau = &self.result.tau;
        Output {
            summary: self.summary(),
            variables: vec![
                log("tau_k", Text::new("Misallocation of capital τ_K", "资本错配指数 τ_K"), &tau[0]),
                log("tau_l", Text::new("Misallocation of labour τ_L", "劳动力错配指数 τ_L"), &tau[1]),
                log("abs_tau_k", Text::plain("|τ_K|"), &size(&tau[0])),
                log("abs_tau_l", Text::plain("|τ_L|"), &size(&tau[1])),
            ],
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new("Σ s β γ / β = 1", "Σ s β γ / β = 1"),
                residual: self.result.residual,
                tolerance: 1e-12,
            }],
        }
    }

    fn summary(&self) -> Vec<Text> {
        let mut out = Vec::new();
        let p = &self.result.periods;
        let mut told: Vec<&Period> = p.last().into_iter().chain(p.first()).collect();
        told.dedup_by_key(|p| p.period);
        for p in told {
            let dated = self.panel.period_name.is_some();
            let (en, zh) = if dated { (format!("In {} ", p.period), format!("{} 年", p.period)) } else { Default::default() };
            let output = if dated { "output" } else { "Output" };
            let one = |k: usize| 100.0 * ((-p.log_ratio[k]).exp() - 1.0);
            out.push(Text::new(
                format!("{en}{output} would be {:.2} % higher with capital and labour where their marginal products are equal: capital {:.2}, labour {:.2}.", p.loss(), one(0), one(1)),
                format!("{zh}若资本与劳动的边际产出均等，产出可提高 {:.2}%：资本 {:.2}%，劳动 {:.2}%。", p.loss(), one(0), one(1)),
            ));
        }
        if let Some(s) = &self.elasticities.slopes {
            let mut sorted = s.slopes.clone();
            sorted.sort_by(f64::total_cmp);
            let (a, b) = (sorted.first().copied().unwrap_or(f64::NAN), sorted.last().copied().unwrap_or(f64::NAN));
            out.push(Text::new(
                format!(
                    "Elasticities of capital by unit lie between {a:.2} and {b:.2}; table `elasticities` has standard errors."
                ),
                format!("各单元的资本弹性在 {a:.2} 与 {b:.2} 之间，标准误见表 `elasticities`。"),
            ));
        } else if let Some((slope, error)) = self.elasticities.common {
            out.push(Text::new(
                format!("Common elasticity of capital {slope:.3}, standard error {error:.3}."),
                format!("共同的资本弹性为 {slope:.3}，标准误 {error:.3}。"),
            ));
        }
        out
    }

    fn tables(&self) -> Vec<Table> {
        let (none, percent) = (Text::default, || Text::plain("%"));
        let p = &self.result.periods;
        let number = |d: u8, f: &dyn Fn(&Period) -> f64| Cells::Number(p.iter().map(f).collect(), d);
        let loss = |k: usize| move |p: &Period| 100.0 * ((-p.log_ratio[k]).exp() - 1.0);
        let periods = Table::new("efficiency", Text::new("Efficiency of the allocation", "配置效率"))
            .note(Text::new(
                "Loss: 100 (TFP*/TFP − 1), Aoki (2012); losses of both factors multiply.",
                "损失：100 (TFP*/TFP − 1)，Aoki (2012)；两要素的损失相乘。",
            ))
            .column(
                "period",
                Text::new("Period", "时期"),
                none(),
                Cells::Integer(p.iter().map(|p| Some(i64::from(p.period))).collect()),
            )
            .column(
                "units",
                Text::new("Units", "单元数"),
                none(),
                Cells::Integer(p.iter().map(|p| Some(p.units as i64)).collect()),
            )
            .column("beta_k", Text::new("Elasticity of capital", "资本弹性"), none(), number(3, &|p| p.elasticity[0]))
            .column("log_ratio", Text::plain("ln(TFP/TFP*)"), Text::plain("log"), number(5, &|p| p.log_ratio[0] + p.log_ratio[1]))
            .column("loss", Text::new("Loss", "损失"), percent(), number(2, &Period::loss))
            .column("loss_k", Text::new("by capital", "资本错配"), percent(), number(2, &loss(0)))
            .column("loss_l", Text::new("by labour", "劳动错配"), percent(), number(2, &loss(1)))
            .column("distortion_k", Text::new("Mean |τ_K|", "|τ_K| 均值"), none(), number(3, &|p| p.distortion[0]))
            .column("distortion_l", Text::new("Mean |τ_L|", "|τ_L| 均值"), none(), number(3, &|p| p.distortion[1]));
        let mut tables = vec![periods];
        if let Some(s) = &self.elasticities.slopes {
            let used = |k: usize| match s.slopes[k] {
                b if b > 0.0 && b < 1.0 => Text::new("own slope", "自身斜率"),
                _ if self.elasticities.common.is_some() => Text::new("common slope", "共同斜率"),
                _ => Text::new("left out", "剔除"),
            };
            tables.push(
                Table::new("elasticities", Text::new("Elasticities of capital by unit", "各单元的资本弹性"))
                    .note(Text::new(
                        "ln(y/l) on ln(k/l) with unit and period effects; standard errors under equal variances.",
                        "ln(y/l) 对 ln(k/l) 回归，含单元与时期效应；标准误假定同方差。",
                    ))
                    .column(
                        "unit",
                        Text::new("Unit", "单元"),
                        none(),
                        Cells::Unit(s.units.iter().map(|&u| self.names[u].to_owned()).collect()),
                    )
                    .column("slope", Text::new("Elasticity", "弹性"), none(), Cells::Number(s.slopes.clone(), 3))
                    .column("error", Text::new("Standard error", "标准误"), none(), Cells::Number(s.errors.clone(), 3))
                    .column("used", Text::new("Used", "采用"), none(), Cells::Text((0..s.units.len()).map(used).collect())),
            );
        }
        let word = |s: &Status| match s {
            Status::Used => Text::new("counted", "计入"),
            Status::Missing => Text::new("missing", "缺失"),
            Status::NotPositive => Text::new("not positive", "非正"),
        };
        let column = |v: &[f64]| Cells::Number(v.to_vec(), 4);
        let r = &self.result;
        tables.push(
            Table::new("units", Text::new("Misallocation by unit and period", "各单元各期的错配指数"))
                .hidden()
                .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(self.panel.units.clone()))
                .column(
                    "period",
                    Text::new("Period", "时期"),
                    none(),
                    Cells::Integer(self.panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
                )
                .column("status", Text::new("Status", "状态"), none(), Cells::Text(r.status.iter().map(word).collect()))
                .column("share", Text::new("Share in output", "产出份额"), none(), column(&r.share))
                .column("beta_k", Text::new("Elasticity of capital", "资本弹性"), none(), column(&self.elasticities.capital))
                .column("gamma_k", Text::plain("γ_K"), none(), column(&r.gamma[0]))
                .column("gamma_l", Text::plain("γ_L"), none(), column(&r.gamma[1]))
                .column("tau_k", Text::plain("τ_K"), none(), column(&r.tau[0]))
                .column("tau_l", Text::plain("τ_L"), none(), column(&r.tau[1])),
        );
        tables
    }

    fn figures(&self) -> Vec<Figure> {
        let p = &self.result.periods;
        let mut figures = Vec::new();
        let loss = |k: usize| p.iter().map(|p| -100.0 * p.log_ratio[k]).collect::<Vec<f64>>();
        let total: Vec<f64> = p.iter().map(|p| -100.0 * (p.log_ratio[0] + p.log_ratio[1])).collect();
        figures.push(Figure {
            id: "efficiency".into(),
            title: Text::new("What misallocation costs", "错配的损失"),
            note: Text::new("The mark is the sum; logarithms add up.", "标记为合计；对数值可加。"),
            chart: Chart::Stack(Stack {
                label: Text::new("ln(TFP*/TFP), %", "ln(TFP*/TFP)（%）"),
                decimals: 2,
                categories: p.iter().map(|p| Text::plain(p.period.to_string())).collect(),
                categories_are_units: false,
                parts: vec![(Text::new("capital", "资本"), loss(0)), (Text::new("labour", "劳动"), loss(1))],
                total,
            }),
        });
        if p.len() > 1 {
            let series = |k: usize, name: Text| Series {
                name,
                unit: false,
                values: p.iter().map(|p| p.distortion[k]).collect(),
                band: Vec::new(),
            };
            figures.push(Figure {
                id: "distortion".into(),
                title: Text::new("Mean size of the distortions", "错配程度的均值"),
                note: Text::default(),
                chart: Chart::Lines(Lines {
                    label: Text::new("mean |τ|", "|τ| 均值"),
                    decimals: 3,
                    periods: p.iter().map(|p| p.period).collect(),
                    series: vec![series(0, Text::new("capital", "资本")), series(1, Text::new("labour", "劳动"))],
                    reference: None,
                }),
            });
        }
        for (k, id, title) in [
            (0, "map_capital", Text::new("Misallocation of capital", "资本错配指数")),
            (1, "map_labour", Text::new("Misallocation of labour", "劳动力错配指数")),
        ] {
            let frames = p
                .iter()
                .map(|p| Frame {
                    label: p.period.to_string(),
                    values: (0..self.panel.len())
                        .filter(|&i| self.panel.periods[i] == p.period)
                        .map(|i| (self.panel.units[i].clone(), self.result.tau[k][i]))
                        .collect(),
                })
                .collect();
            figures.push(Figure {
                id: id.into(),
                title,
                note: Text::new(
                    "Above 0: too little of the factor; below 0: too much.",
                    "大于 0 为配置不足，小于 0 为配置过度。",
                ),
                chart: Chart::Tiles(Tiles {
                    label: Text::plain("τ"),
                    decimals: 2,
                    scale: Scale::Diverging { middle: 0.0 },
                    frames,
                }),
            });
        }
        figures
    }

    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for (status, en, zh) in [
            (Status::Missing, "lack output, capital, labour or an elasticity", "缺产出、资本、劳动或弹性"),
            (Status::NotPositive, "have zero or negative output, capital or labour", "产出、资本或劳动为零或负"),
        ] {
            let rows: Vec<String> =
                (0..self.panel.len()).filter(|&i| self.result.status[i] == status).map(|i| key(self.panel, i)).collect();
            if !rows.is_empty() {
                let n = rows.len();
                out.push(Finding {
                    code: "TF076".into(),
                    weight: Weight::Warning,
                    place: listed(&rows),
                    message: Text::new(
                        format!(
                            "{n} of {} rows {en} and are not counted: shares and totals are over the others.",
                            self.panel.len()
                        ),
                        format!("{} 行中有 {n} 行{zh}，不予计入，份额与总量取自其余各行。", self.panel.len()),
                    ),
                });
            }
        }
        let places: Vec<String> = self.elasticities.outside.iter().map(|(u, b)| format!("{} {b:.3}", self.names[*u])).collect();
        if !places.is_empty() {
            let n = places.len();
            let (en, zh) = match self.options.outside {
                Outside::Common => ("take the common slope", "改用共同斜率"),
                Outside::Refuse | Outside::LeaveOut => ("are left out of every period", "各期均予剔除"),
            };
            out.push(Finding {
                code: "TF080".into(),
                weight: Weight::Warning,
                place: listed(&places),
                message: Text::new(
                    format!("{n} units have an estimated elasticity of capital outside 0 to 1; they {en}."),
                    format!("{n} 个单元的资本弹性估计值在 0 与 1 之外，{zh}。"),
                ),
            });
        }
        if let Some(s) = &self.elasticities.slopes {
            let wide: Vec<String> = (0..s.units.len())
                .filter(|&k| s.errors[k] > 0.15)
                .map(|k| format!("{} {:.2}±{:.2}", self.names[s.units[k]], s.slopes[k], s.errors[k]))
                .collect();
            if !wide.is_empty() {
                let n = wide.len();
                out.push(Finding {
                    code: "TF081".into(),
                    weight: Weight::Warning,
                    place: listed(&wide),
                    message: Text::new(
                        format!(
                            "{n} of {} elasticities have a standard error above 0.15: their index is as uncertain.",
                            s.units.len()
                        ),
                        format!("{} 个弹性中有 {n} 个的标准误大于 0.15，相应指数同样不确定。", s.units.len()),
                    ),
                });
            }
        }
        out
    }
}
