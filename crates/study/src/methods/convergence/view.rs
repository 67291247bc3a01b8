//! Words, tables and figures of convergence.

use regions::convergence::Beta;

use super::{Span, Study};
use crate::{
    figure::{Chart, Figure, Lines, Point, Scatter, Series},
    method::Output,
    table::{Cells, Table},
    text::{Language, Text},
};

pub(super) fn output(study: &Study<'_>) -> Output {
    let mut figures = vec![dispersion(study)];
    figures.extend(study.done().next().map(|(s, b)| scatter(study, s, b)));
    Output { summary: summary(study), tables: vec![sigma(study), beta(study)], figures, ..Output::default() }
}

fn summary(study: &Study<'_>) -> Vec<Text> {
    let (en, zh) = (&study.label.en, study.label.get(Language::Zh));
    let mut said = Vec::new();
    if let [(first, a), .., (last, z)] = study.sigmas[..] {
        let (verb, dong) = if z.sd_log < a.sd_log { ("falls", "降至") } else { ("rises", "升至") };
        said.push(Text::new(
            format!(
                "The standard deviation of the logarithm of {en} {verb} from {:.3} in {first} to {:.3} in {last}.",
                a.sd_log, z.sd_log
            ),
            format!("{zh}对数的标准差由 {first} 年的 {:.3} {dong} {last} 年的 {:.3}。", a.sd_log, z.sd_log),
        ));
    }
    if let Some((s, b)) = study.done().next() {
        let level = 100.0 * study.options.level;
        let (low, high) = b.speed_interval;
        if b.speed.is_finite() && low.is_finite() && high.is_finite() {
            let (mut half, mut ban) = (String::new(), String::new());
            if b.half_life.is_finite() {
                half = format!(", a half-life of {:.1} periods", b.half_life);
                ban = format!("，半衰期 {:.1} 期", b.half_life);
            }
            said.push(Text::new(
                format!(
                    "From {} to {} units of low {en} catch up at {:.2} % a period ({level:.0} % interval {:.2} to {:.2}){half}; {:.2} points of that are narrowing, {:.2} change of places.",
                    s.from, s.to, 100.0 * b.speed, 100.0 * low, 100.0 * high, 100.0 * b.narrowing, 100.0 * b.reshuffling
                ),
                format!(
                    "{} 至 {} 年{zh}的收敛速度为每期 {:.2}%（{level:.0}% 区间 {:.2} 至 {:.2}）{ban}；其中差距缩小占 {:.2} 个百分点，位次变动占 {:.2} 个百分点。",
                    s.from, s.to, 100.0 * b.speed, 100.0 * low, 100.0 * high, 100.0 * b.narrowing, 100.0 * b.reshuffling
                ),
            ));
        }
    }
    said
}

fn sigma(study: &Study<'_>) -> Table {
    let (rows, none) = (&study.sigmas, Text::default);
    Table::new("sigma", Text::new("Dispersion by period", "分时期离散程度"))
        .note(Text::new("Denominator n − 1.", "分母为 n − 1。"))
        .column(
            "period",
            Text::new("Period", "时期"),
            none(),
            Cells::Integer(rows.iter().map(|r| Some(i64::from(r.0))).collect()),
        )
        .column(
            "units",
            Text::new("Units", "单元数"),
            none(),
            Cells::Integer(rows.iter().map(|r| Some(r.1.units as i64)).collect()),
        )
        .column(
            "sd_log",
            Text::new("Standard deviation of logarithms", "对数标准差"),
            none(),
            Cells::Number(rows.iter().map(|r| r.1.sd_log).collect(), 4),
        )
        .column(
            "cv",
            Text::new("Coefficient of variation", "变异系数"),
            none(),
            Cells::Number(rows.iter().map(|r| r.1.cv).collect(), 4),
        )
}

fn beta(study: &Study<'_>) -> Table {
    let rows = &study.spans;
    let number = |f: fn(&Beta) -> f64, d: u8| {
        let one = |s: &Span| s.result.as_ref().map_or(f64::NAN, f);
        Cells::Number(rows.iter().map(|s| Some(one(s)).filter(|x| x.is_finite()).unwrap_or(f64::NAN)).collect(), d)
    };
    let whole = |f: &dyn Fn(&Span) -> i64| Cells::Integer(rows.iter().map(|s| Some(f(s))).collect());
    let status = |s: &Span| match &s.result {
        Ok(b) if b.speed.is_nan() => Text::new("order reversed, no speed", "次序颠倒，没有速度"),
        Ok(b) if b.speed <= 0.0 => Text::new("divergence, no half-life", "发散，没有半衰期"),
        Ok(_) => Text::new("convergence", "收敛"),
        Err(e) => Text::plain(e.to_string()),
    };
    let (none, rate, time) = (Text::default, || Text::new("% a period", "%/期"), || Text::new("periods", "期"));
    Table::new("beta", Text::new("Growth on the first level", "增长对期初水平的回归"))
        .note(Text::new(
            "Slope of log growth a period on the first logarithm; speed −ln(1 + bT)/T = change of places −ln r / T + narrowing −ln(σ_T/σ_0)/T. p of σ: both dispersions are equal (Pitman, Morgan).",
            "每期对数增长对期初对数的斜率；速度 −ln(1 + bT)/T = 位次变动 −ln r / T + 差距缩小 −ln(σ_T/σ_0)/T。σ 的 p 值：两期离散程度相等（Pitman、Morgan）。",
        ))
        .column("from", Text::new("From", "起"), none(), whole(&|s| i64::from(s.from)))
        .column("to", Text::new("To", "止"), none(), whole(&|s| i64::from(s.to)))
        .column("units", Text::new("Units", "单元数"), none(), whole(&|s| s.units.len() as i64))
        .column("slope", Text::new("Slope b", "斜率 b"), none(), number(|b| b.slope, 5))
        .column("error", Text::new("Standard error", "标准误"), none(), number(|b| b.error, 5))
        .column("p", Text::plain("p"), none(), number(|b| b.p, 4).p_values())
        .column("r_squared", Text::plain("R²"), none(), number(|b| b.r_squared, 3))
        .column("speed", Text::new("Speed", "收敛速度"), rate(), number(|b| 100.0 * b.speed, 3))
        .column("speed_low", Text::new("Low", "下限"), rate(), number(|b| 100.0 * b.speed_interval.0, 3))
        .column("speed_high", Text::new("High", "上限"), rate(), number(|b| 100.0 * b.speed_interval.1, 3))
        .column("half_life", Text::new("Half-life", "半衰期"), time(), number(|b| b.half_life, 1))
        .column("reshuffling", Text::new("of it change of places", "其中位次变动"), rate(), number(|b| 100.0 * b.reshuffling, 3))
        .column("narrowing", Text::new("of it narrowing", "其中差距缩小"), rate(), number(|b| 100.0 * b.narrowing, 3))
        .column("ratio", Text::plain("σ_T/σ_0"), none(), number(|b| b.ratio, 4))
        .column("p_sigma", Text::new("p of σ", "σ 的 p 值"), none(), number(|b| b.p_sigma, 4).p_values())
        .column("status", Text::new("Status", "状态"), none(), Cells::Text(rows.iter().map(status).collect()))
}

fn dispersion(study: &Study<'_>) -> Figure {
    let series = |name: Text, values: Vec<f64>| Series { name, unit: false, values, band: Vec::new() };
    Figure {
        id: "sigma".into(),
        title: Text::new("Dispersion over time", "离散程度的变化"),
        note: Text::new("Falling: sigma convergence.", "下降即为 σ 收敛。"),
        chart: Chart::Lines(Lines {
            label: Text::new(format!("Dispersion of {}", study.label.en), format!("{}的离散程度", study.label.get(Language::Zh))),
            decimals: 3,
            periods: study.sigmas.iter().map(|s| s.0).collect(),
            series: vec![
                series(Text::new("SD of logs", "对数标准差"), study.sigmas.iter().map(|s| s.1.sd_log).collect()),
                series(Text::new("CV", "变异系数"), study.sigmas.iter().map(|s| s.1.cv).collect()),
            ],
            reference: None,
        }),
    }
}

fn scatter(study: &Study<'_>, s: &Span, b: &Beta) -> Figure {
    let point = |(unit, x, y): &(String, f64, f64)| Point { unit: unit.clone(), x: *x, y: 100.0 * y, class: 0 };
    Figure {
        id: "beta".into(),
        title: Text::new(
            format!("Growth from {} to {} on the first level", s.from, s.to),
            format!("{}—{} 年增长与期初水平", s.from, s.to),
        ),
        note: Text::new("A falling line is no proof of narrowing: see the table.", "直线下倾不等于差距缩小，见表。"),
        chart: Chart::Scatter(Scatter {
            x: Text::new(
                format!("Logarithm of {} in {}", study.label.en, s.from),
                format!("{} 年{}的对数", s.from, study.label.get(Language::Zh)),
            ),
            y: Text::new("Growth (% a period)", "增长率（%/期）"),
            decimals: 2,
            classes: vec![Text::default()],
            points: s.units.iter().map(point).collect(),
            line: Some((100.0 * b.constant, 100.0 * b.slope, Text::plain(format!("b = {:.4}", b.slope)))),
            cross: false,
        }),
    }
}
