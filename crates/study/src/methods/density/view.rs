//! Words, tables and figures of densities.

use regions::density::Curve;

use super::Study;
use crate::{
    figure::{Chart, Curves, Figure, Lines, Series, spaced},
    method::Output,
    table::{Cells, Table},
    text::Text,
};

/// Curves drawn in one figure at most.
const DRAWN: usize = 6;
/// Significance level of Silverman's test in words.
const ALPHA: f64 = 0.05;

pub(super) fn output(study: &Study<'_>) -> Output {
    let mut figures = vec![curves(study)];
    if study.periods.len() > 1 {
        figures.push(spread(study));
    }
    Output { summary: summary(study), tables: vec![periods(study), peaks(study), heights(study)], figures, ..Output::default() }
}

fn highest(curve: &Curve) -> Option<&regions::density::Peak> {
    curve.peaks.iter().max_by(|a, b| a.height.total_cmp(&b.height))
}

fn summary(study: &Study<'_>) -> Vec<Text> {
    let all: Vec<(i32, &Curve)> = study.periods.iter().copied().zip(&study.result.curves).collect();
    let (Some(&(first, a)), Some(&(last, b))) = (all.first(), all.last()) else { return Vec::new() };
    let (Some(p), Some(q)) = (highest(a), highest(b)) else { return Vec::new() };
    let (en, zh) = (&study.label.en, study.chinese());
    let width = |c: &Curve| c.shape.quantiles[2] - c.shape.quantiles[0];
    let mut said = vec![if first == last {
        let (when, shi) = study.when(last);
        Text::new(
            format!(
                "The main peak of {en}{when} stands at {:.3}; four units in five lie within {:.3} of each other.",
                q.at,
                width(b)
            ),
            format!("{shi}{zh}的主峰位于 {:.3}；五分之四的单元彼此相差不超过 {:.3}。", q.at, width(b)),
        )
    } else {
        let (verb, dong) = if width(b) < width(a) { ("narrows", "收窄") } else { ("widens", "扩大") };
        Text::new(
            format!(
                "The main peak of {en} moves from {:.3} in {first} to {:.3} in {last}; the distance between the 10 % and 90 % quantile {verb} from {:.3} to {:.3}.",
                p.at,
                q.at,
                width(a),
                width(b)
            ),
            format!(
                "{zh}的主峰由 {first} 年的 {:.3} 移至 {last} 年的 {:.3}；10% 与 90% 分位数的间距由 {:.3} {dong}至 {:.3}。",
                p.at,
                q.at,
                width(a),
                width(b)
            ),
        )
    }];
    let several: Vec<usize> = (0..all.len()).filter(|&i| all[i].1.modes > 1).collect();
    let tested = all.iter().filter(|(_, c)| c.unimodality.is_some()).count();
    let rejected = all.iter().filter(|(_, c)| c.unimodality.is_some_and(|u| u.p <= ALPHA)).count();
    let (mut more, mut duo) = (String::new(), String::new());
    if tested > 0 {
        more = format!(" Silverman's test rejects a single mode at {ALPHA} in {rejected} of {tested} periods.");
        duo = format!("Silverman 检验在 {ALPHA} 水平上拒绝单峰的有 {rejected} 期（共检验 {tested} 期）。");
    }
    said.push(match several.len() {
        0 => Text::new(format!("Every curve has one mode.{more}"), format!("各期曲线均为单峰。{duo}")),
        n => Text::new(
            format!("{n} of {} curves have more than one mode{}.{more}", all.len(), list(&several, study, false)),
            format!("{} 条曲线中有 {n} 条多于一个峰{}。{duo}", all.len(), list(&several, study, true)),
        ),
    });
    said
}

/// These of all periods, runs of three or more by their ends.
fn list(places: &[usize], study: &Study<'_>, zh: bool) -> String {
    if study.panel.period_name.is_none() {
        return String::new();
    }
    let runs = places.chunk_by(|a, b| a + 1 == *b).flat_map(|run| match run {
        [first, _, .., last] => vec![format!("{}–{}", study.periods[*first], study.periods[*last])],
        few => few.iter().map(|&i| study.periods[i].to_string()).collect(),
    });
    let runs: Vec<String> = runs.collect();
    if zh { format!("（{}）", runs.join("、")) } else { format!(" ({})", runs.join(", ")) }
}

fn dated(study: &Study<'_>, id: &str, title: Text, periods: Vec<i32>) -> Table {
    let table = Table::new(id, title);
    if study.panel.period_name.is_none() {
        return table;
    }
    let cells = Cells::Integer(periods.into_iter().map(|p| Some(i64::from(p))).collect());
    table.column("period", Text::new("Period", "时期"), Text::default(), cells)
}

fn periods(study: &Study<'_>) -> Table {
    let curves = &study.result.curves;
    let number = |f: &dyn Fn(&Curve) -> f64, d: u8| Cells::Number(curves.iter().map(f).collect(), d);
    let whole = |f: &dyn Fn(&Curve) -> usize| Cells::Integer(curves.iter().map(|c| Some(f(c) as i64)).collect());
    let (unit, none) = (|| study.unit.clone(), Text::default);
    let quantile = |i: usize| number(&move |c: &Curve| c.shape.quantiles[i], 4);
    let status = |c: &Curve| match (c.own.is_nan(), c.unimodality.is_some()) {
        (true, _) => Text::new("values do not differ", "取值没有差异"),
        (false, true) => Text::new("computed", "已计算"),
        (false, false) => Text::new("computed, modes not tested", "已计算，未检验峰数"),
    };
    dated(study, "periods", Text::new("Distribution by period", "分时期分布"), study.periods.clone())
        .note(Text::new(
            format!(
                "Modes: peaks with a prominence of at least {} of the highest. p: Silverman's test of one mode, {} replicates. Bimodality above 5/9 points to two modes or to skewness.",
                study.options.prominence, study.options.bootstrap
            ),
            format!(
                "峰数：突出度不低于最高峰 {} 倍的峰。p：Silverman 单峰检验，重抽样 {} 次。双峰系数大于 5/9 提示双峰或偏斜。",
                study.options.prominence, study.options.bootstrap
            ),
        ))
        .column("values", Text::new("Values", "取值个数"), none(), whole(&|c| c.shape.values))
        .column("mean", Text::new("Mean", "均值"), unit(), number(&|c| c.shape.mean, 4))
        .column("sd", Text::new("Standard deviation", "标准差"), unit(), number(&|c| c.shape.sd, 4))
        .column("p10", Text::new("10 % quantile", "10% 分位数"), unit(), quantile(0))
        .column("p50", Text::new("Median", "中位数"), unit(), quantile(1))
        .column("p90", Text::new("90 % quantile", "90% 分位数"), unit(), quantile(2))
        .column("skewness", Text::new("Skewness", "偏度"), none(), number(&|c| c.shape.skewness, 3))
        .column("bimodality", Text::new("Bimodality (Sarle)", "双峰系数（Sarle）"), none(), number(&|c| c.shape.bimodality, 3))
        .column("bandwidth", Text::new("Bandwidth", "带宽"), unit(), number(&|c| c.bandwidth, 4))
        .column("own", Text::new("Bandwidth of its own", "自身带宽"), unit(), number(&|c| c.own, 4))
        .column("peak", Text::new("Main peak at", "主峰位置"), unit(), number(&|c| highest(c).map_or(f64::NAN, |p| p.at), 4))
        .column("height", Text::new("Its height", "主峰高度"), none(), number(&|c| highest(c).map_or(f64::NAN, |p| p.height), 4))
        .column("modes", Text::new("Modes", "峰数"), none(), whole(&|c| c.modes))
        .column("critical", Text::new("Critical bandwidth", "临界带宽"), unit(), number(&|c| c.unimodality.map_or(f64::NAN, |u| u.critical), 4))
        .column("p", Text::new("p of one mode", "单峰 p 值"), none(), number(&|c| c.unimodality.map_or(f64::NAN, |u| u.p), 3).p_values())
        .column("status", Text::new("Status", "状态"), none(), Cells::Text(curves.iter().map(status).collect()))
}

fn peaks(study: &Study<'_>) -> Table {
    let curves = study.periods.iter().zip(&study.result.curves);
    let rows: Vec<(i32, f64, &regions::density::Peak)> = curves
        .flat_map(|(&t, c)| {
            let top = highest(c).map_or(f64::NAN, |p| p.height);
            c.peaks.iter().map(move |p| (t, top, p))
        })
        .collect();
    let number = |f: &dyn Fn(&(i32, f64, &regions::density::Peak)) -> f64, d: u8| Cells::Number(rows.iter().map(f).collect(), d);
    let none = Text::default;
    dated(study, "peaks", Text::new("Peaks of the curves", "曲线的峰"), rows.iter().map(|r| r.0).collect())
        .hidden()
        .column("at", Text::new("At", "位置"), study.unit.clone(), number(&|r| r.2.at, 4))
        .column("height", Text::new("Height", "高度"), none(), number(&|r| r.2.height, 4))
        .column(
            "prominence",
            Text::new("Prominence, of the highest peak", "突出度（占最高峰）"),
            Text::plain("%"),
            number(&|r| 100.0 * r.2.prominence / r.1, 2),
        )
}

fn heights(study: &Study<'_>) -> Table {
    let (grid, curves) = (&study.result.grid, &study.result.curves);
    let none = Text::default;
    let periods = study.periods.iter().flat_map(|&p| std::iter::repeat_n(p, grid.len())).collect();
    dated(study, "density", Text::new("Densities on the grid", "网格上的密度"), periods)
        .hidden()
        .column(
            "value",
            study.label.clone(),
            study.unit.clone(),
            Cells::Number(curves.iter().flat_map(|_| grid.iter().copied()).collect(), 4),
        )
        .column(
            "density",
            Text::new("Density", "密度"),
            none(),
            Cells::Number(curves.iter().flat_map(|c| c.values.iter().copied()).collect(), 5),
        )
}

/// The label with its unit of measure.
fn axis(study: &Study<'_>) -> Text {
    let unit = |text: &str| if text.is_empty() { String::new() } else { format!(" ({text})") };
    let (en, zh) = (&study.unit.en, study.unit.get(crate::text::Language::Zh));
    Text::new(format!("{}{}", study.label.en, unit(en)), format!("{}{}", study.chinese(), unit(zh)))
}

fn curves(study: &Study<'_>) -> Figure {
    let n = study.periods.len();
    let shown: Vec<usize> = spaced(n, DRAWN);
    let curves = shown.iter().map(|&i| (study.name(study.periods[i]), study.result.curves[i].values.clone()));
    let all = if shown.len() < n {
        Text::new(
            format!("Light to dark over time; {} of {n} periods, the table has all.", shown.len()),
            format!("由浅到深为时间先后；显示 {n} 期中的 {} 期，其余见表。", shown.len()),
        )
    } else {
        Text::new("Light to dark over time.", "由浅到深为时间先后。")
    };
    Figure {
        id: "curves".into(),
        title: Text::new(format!("Density of {}", study.label.en), format!("{}的核密度", study.chinese())),
        note: all,
        chart: Chart::Curves(Curves {
            x: axis(study),
            y: Text::new("Density", "密度"),
            grid: study.result.grid.clone(),
            curves: curves.collect(),
        }),
    }
}

fn spread(study: &Study<'_>) -> Figure {
    let curves = &study.result.curves;
    Figure {
        id: "spread".into(),
        title: Text::new(format!("Spread of {}", study.label.en), format!("{}的离散程度", study.chinese())),
        note: Text::new("Median, and the band from the 10 % to the 90 % quantile.", "中位数，以及 10% 至 90% 分位数的带。"),
        chart: Chart::Lines(Lines {
            label: axis(study),
            decimals: 3,
            periods: study.periods.clone(),
            series: vec![Series {
                name: Text::new("median", "中位数"),
                unit: false,
                values: curves.iter().map(|c| c.shape.quantiles[1]).collect(),
                band: curves.iter().map(|c| (c.shape.quantiles[0], c.shape.quantiles[2])).collect(),
            }],
            reference: None,
        }),
    }
}
