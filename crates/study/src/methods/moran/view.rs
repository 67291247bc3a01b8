//! Words, tables and figures of Moran's I.

use super::{LocalStatus, Moran, Quadrant, Study, Year, cluster, quadrant};
use crate::{
    figure::{Chart, Figure, Frame, Lines, Point, Scale, Scatter, Series, Tiles},
    method::{Output, OutputVariable},
    table::{Cells, Table},
    text::{Text, p_value},
};

const CLASSES: [(&str, &str); 5] =
    [("not significant", "不显著"), ("high-high", "高-高"), ("low-low", "低-低"), ("low-high", "低-高"), ("high-low", "高-低")];

pub(super) fn output(study: &Study<'_>) -> Output {
    let mut tables = vec![global_table(study)];
    let (mut figures, mut summary) = (Vec::new(), Vec::new());
    let last = study.done().last();
    if let Some((year, moran)) = last {
        tables.push(local_table(study, "local", &[(year, moran)]));
        figures.push(scatter(study, year, moran));
        summary = sentences(study, year, moran);
    }
    figures.push(tiles(study));
    let done: Vec<(&Year, &Moran)> = study.done().collect();
    if done.len() > 1 {
        tables.push(local_table(study, "local_all", &done).hidden());
        figures.push(lines(study, &done));
    }
    Output { summary, variables: variables(study), tables, figures, ..Output::default() }
}

/// The p-value that stands for the global statistic: by permutation, else by the normal approximation.
fn global_p(m: &Moran) -> f64 {
    m.permutation.map(|p| p.p_two_sided).or(m.randomisation.map(|r| r.p_two_sided)).unwrap_or(m.normality.p_two_sided)
}

fn sentences(study: &Study<'_>, year: &Year, m: &Moran) -> Vec<Text> {
    let (en, zh) = study.when(year.period);
    let alpha = study.options.alpha;
    let (name_en, name_zh) = (study.label.get(crate::text::Language::En), study.label.get(crate::text::Language::Zh));
    let p = global_p(m);
    let (said, shuo) = match (p <= alpha, m.i > m.expected) {
        (true, true) => ("neighbours resemble each other more than chance would have it", "相邻单元的相似程度超出偶然"),
        (true, false) => ("neighbours differ more than chance would have it", "相邻单元的差异程度超出偶然"),
        (false, _) => ("chance alone could give this", "该值可由偶然产生"),
    };
    let mut all = vec![Text::new(
        format!("Moran's I of {name_en} over {} units{en} is {:.3} (two-sided p {}): {said}.", year.units.len(), m.i, p_value(p)),
        format!("{zh}{name_zh}的莫兰指数（{} 个单元）为 {:.3}（双侧 p {}）：{shuo}。", year.units.len(), m.i, p_value(p)),
    )];
    if let Some((first, start)) = study.done().next().filter(|(y, _)| y.period != year.period) {
        let periods = study.done().count();
        let significant = study.done().filter(|(_, m)| global_p(m) <= alpha).count();
        let (verb, dong) = if m.i < start.i { ("fell", "降至") } else { ("rose", "升至") };
        all.push(Text::new(
            format!(
                "It {verb} from {:.3} in {} to {:.3} in {}; it is significant at {alpha} in {significant} of {periods} periods.",
                start.i, first.period, m.i, year.period
            ),
            format!(
                "莫兰指数由 {} 年的 {:.3} {dong} {} 年的 {:.3}；{periods} 期中有 {significant} 期在 {alpha} 水平上显著。",
                first.period, start.i, year.period, m.i
            ),
        ));
    }
    if m.local.iter().any(|l| l.status == LocalStatus::Tested) {
        all.push(clusters(study, year, m, &en, &zh));
    }
    all
}

fn clusters(study: &Study<'_>, year: &Year, m: &Moran, en: &str, zh: &str) -> Text {
    let alpha = study.options.alpha;
    let (rule, gui) = if study.options.fdr {
        (format!("at a false discovery rate of {alpha}"), format!("在错误发现率 {alpha} 下"))
    } else {
        (format!("at {alpha}, unit by unit and unadjusted"), format!("在 {alpha} 水平（逐个检验，未校正）下"))
    };
    let (mut words, mut ci) = (Vec::new(), Vec::new());
    for (class, (name_en, name_zh)) in CLASSES.iter().enumerate().skip(1) {
        let members = year.units.iter().zip(&m.local).filter(|(_, l)| cluster(l) == class).map(|(u, _)| u.as_str());
        if members.clone().next().is_some() {
            let (list, zh) = study.names(members);
            words.push(format!("{name_en} {list}"));
            ci.push(format!("{name_zh}：{zh}"));
        }
    }
    if words.is_empty() {
        let raw = m.local.iter().filter(|l| l.p_two_sided <= alpha).count();
        if raw == 0 || !study.options.fdr {
            return Text::new(format!("No single unit is significant{en} {rule}."), format!("{zh}{gui}没有显著的单元。"));
        }
        return Text::new(
            format!("No single unit is significant{en} {rule}; without adjustment {raw} would be."),
            format!("{zh}{gui}没有显著的单元；若不校正则有 {raw} 个。"),
        );
    }
    Text::new(format!("Significant{en} {rule}: {}.", words.join("; ")), format!("{zh}{gui}显著的单元——{}。", ci.join("；")))
}

fn period_column(study: &Study<'_>, id: &str, title: Text, periods: impl Iterator<Item = i32>) -> Table {
    let table = Table::new(id, title);
    if study.panel.period_name.is_none() {
        return table;
    }
    let cells = Cells::Integer(periods.map(|p| Some(i64::from(p))).collect());
    table.column("period", Text::new("Period", "时期"), Text::default(), cells)
}

fn global_table(study: &Study<'_>) -> Table {
    let number = |f: &dyn Fn(&Moran) -> f64, d| {
        Cells::Number(study.years.iter().map(|y| y.result.as_ref().map_or(f64::NAN, f)).collect(), d)
    };
    let count = |class: usize| {
        let of = |m: &Moran| m.local.iter().filter(|l| cluster(l) == class).count() as i64;
        Cells::Integer(study.years.iter().map(|y| y.result.as_ref().ok().map(of)).collect())
    };
    let none = Text::default;
    let random = |f: fn(&super::room::Normal) -> f64| move |m: &Moran| m.randomisation.as_ref().map_or(f64::NAN, f);
    let permuted = |f: fn(&super::room::Permutation) -> f64| move |m: &Moran| m.permutation.as_ref().map_or(f64::NAN, f);
    let units = Cells::Integer(study.years.iter().map(|y| Some(y.units.len() as i64)).collect());
    let status = study.years.iter().map(|y| match &y.result {
        Ok(_) => Text::new("computed", "已计算"),
        Err(e) => Text::plain(e.to_string()),
    });
    let mut table = period_column(study, "global", Text::new("Global Moran's I", "全局莫兰指数"), study.years.iter().map(|y| y.period))
        .note(Text::new(
            format!(
                "{} permutations. One-sided: folded, (1 + min(#≥, #≤))/(R + 1); two-sided: twice that, at most 1. z and p under randomisation: normal approximation.",
                study.options.permutations
            ),
            format!(
                "置换 {} 次。单侧为折叠 p 值 (1 + min(#≥, #≤))/(R + 1)；双侧为其两倍，不超过 1。随机化假设下的 z 与 p 为正态近似。",
                study.options.permutations
            ),
        ))
        .column("units", Text::new("Units", "单元数"), none(), units)
        .column("i", Text::plain("I"), none(), number(&|m| m.i, 4))
        .column("expected", Text::plain("E(I)"), none(), number(&|m| m.expected, 4))
        .column("p_two_sided", Text::new("p, two-sided, permutation", "双侧 p（置换）"), none(), number(&permuted(|p| p.p_two_sided), 4).p_values())
        .column("p_one_sided", Text::new("p, one-sided, permutation", "单侧 p（置换）"), none(), number(&permuted(|p| p.p_one_sided), 4).p_values())
        .column("variance_randomisation", Text::new("V(I), randomisation", "V(I)，随机化"), none(), number(&random(|r| r.variance), 5))
        .column("z_randomisation", Text::new("z, randomisation", "z，随机化"), none(), number(&random(|r| r.z), 3))
        .column("p_randomisation", Text::new("p, randomisation", "p，随机化"), none(), number(&random(|r| r.p_two_sided), 4).p_values())
        .column("variance_normality", Text::new("V(I), normality", "V(I)，正态"), none(), number(&|m| m.normality.variance, 5))
        .column("z_normality", Text::new("z, normality", "z，正态"), none(), number(&|m| m.normality.z, 3));
    for (class, (en, zh)) in CLASSES.iter().enumerate().skip(1) {
        table = table.column(&en.replace('-', "_"), Text::new(*en, *zh), none(), count(class));
    }
    table.column("status", Text::new("Status", "状态"), none(), Cells::Text(status.collect()))
}

fn local_table(study: &Study<'_>, id: &str, years: &[(&Year, &Moran)]) -> Table {
    let rows: Vec<(&Year, &Moran, usize)> = years.iter().flat_map(|&(y, m)| (0..y.units.len()).map(move |i| (y, m, i))).collect();
    let number =
        |f: &dyn Fn(&Year, &Moran, usize) -> f64, d| Cells::Number(rows.iter().map(|&(y, m, i)| f(y, m, i)).collect(), d);
    let class = |m: &Moran, i: usize| match m.local[i].status {
        LocalStatus::Island => Text::new("no neighbours", "无邻居"),
        LocalStatus::Untested => Text::new("not tested", "未检验"),
        LocalStatus::Tested => Text::new(CLASSES[cluster(&m.local[i])].0, CLASSES[cluster(&m.local[i])].1),
    };
    let corner = |m: &Moran, i: usize| {
        m.local[i].quadrant.map_or_else(Text::default, |_| {
            let (en, zh) = CLASSES[quadrant(&m.local[i])];
            Text::new(en, zh)
        })
    };
    let unit = Text::plain(study.panel.variable(&study.options.variable).map_or("", |v| v.meaning.unit.as_str()));
    let none = Text::default;
    period_column(study, id, Text::new("Local Moran's I", "局部莫兰指数"), rows.iter().map(|r| r.0.period))
        .note(Text::new(
            "E and z of I_i from the conditional moments; q: two-sided p adjusted over all units (Benjamini-Hochberg).",
            "I_i 的期望与 z 由条件矩给出；q 为双侧 p 对全部单元作 Benjamini-Hochberg 校正后的值。",
        ))
        .column(
            "unit",
            Text::new("Unit", "单元"),
            none(),
            Cells::Unit(rows.iter().map(|&(y, _, i)| y.units[i].clone()).collect()),
        )
        .column("value", study.label.clone(), unit.clone(), number(&|y, _, i| y.values[i], 3))
        .column("lag", Text::new("Neighbours", "邻居"), unit, number(&|y, _, i| y.lag[i], 3))
        .column("i", Text::plain("I_i"), none(), number(&|_, m, i| m.local[i].i, 4))
        .column("expected", Text::plain("E(I_i)"), none(), number(&|_, m, i| m.local[i].expected, 4))
        .column("z", Text::plain("z"), none(), number(&z_score, 2))
        .column(
            "p_one_sided",
            Text::new("p, one-sided", "单侧 p"),
            none(),
            number(&|_, m, i| m.local[i].p_one_sided, 4).p_values(),
        )
        .column(
            "p_two_sided",
            Text::new("p, two-sided", "双侧 p"),
            none(),
            number(&|_, m, i| m.local[i].p_two_sided, 4).p_values(),
        )
        .column("q", Text::plain("q"), none(), number(&|_, m, i| m.local[i].q, 4).p_values())
        .column(
            "quadrant",
            Text::new("Quadrant", "象限"),
            none(),
            Cells::Text(rows.iter().map(|&(_, m, i)| corner(m, i)).collect()),
        )
        .column("class", Text::new("Class", "类型"), none(), Cells::Text(rows.iter().map(|&(_, m, i)| class(m, i)).collect()))
}

fn z_score(_: &Year, m: &Moran, i: usize) -> f64 {
    let l = &m.local[i];
    if l.variance > 0.0 { (l.i - l.expected) / l.variance.sqrt() } else { f64::NAN }
}

fn scatter(study: &Study<'_>, year: &Year, m: &Moran) -> Figure {
    let (en, zh) = study.when(year.period);
    let points = (0..year.units.len())
        .filter(|&i| m.local[i].status != LocalStatus::Island)
        .map(|i| Point { unit: year.units[i].clone(), x: m.z[i], y: m.lag[i], class: cluster(&m.local[i]) })
        .collect();
    // The slope is I itself where every row of the weights adds up to one.
    let name = if (m.slope - m.i).abs() < 1e-9 { format!("I = {:.3}", m.i) } else { format!("I · S0/n = {:.3}", m.slope) };
    Figure {
        id: "scatter".into(),
        title: Text::new(format!("Moran scatter plot{en}"), format!("{zh}莫兰散点图")),
        note: Text::new(
            "Upper right and lower left: units like their neighbours; the other corners: units unlike them.",
            "右上与左下为与邻居相似的单元，另两角为与邻居相异的单元。",
        ),
        chart: Chart::Scatter(Scatter {
            x: Text::new(
                format!("{}, standardised", study.label.en),
                format!("{}（标准化）", study.label.get(crate::text::Language::Zh)),
            ),
            y: Text::new("Spatial lag", "空间滞后"),
            decimals: 2,
            classes: CLASSES.iter().map(|(en, zh)| Text::new(*en, *zh)).collect(),
            points,
            line: Some((numerics::moments::mean(&m.lag), m.slope, Text::plain(name))),
            cross: true,
        }),
    }
}

fn tiles(study: &Study<'_>) -> Figure {
    let frames = study.done().map(|(y, m)| Frame {
        label: if study.panel.period_name.is_some() { y.period.to_string() } else { String::new() },
        values: (y.units.iter().zip(&m.local))
            .filter(|(_, l)| l.status == LocalStatus::Tested)
            .map(|(u, l)| (u.clone(), cluster(l) as f64))
            .collect(),
    });
    let alpha = study.options.alpha;
    Figure {
        id: "lisa".into(),
        title: Text::new("Clusters and outliers", "集聚与异常"),
        note: if study.options.fdr {
            Text::new(format!("False discovery rate {alpha}."), format!("错误发现率 {alpha}。"))
        } else {
            Text::new(format!("Unadjusted level {alpha}."), format!("未校正水平 {alpha}。"))
        },
        chart: Chart::Tiles(Tiles {
            label: Text::new("Local Moran's I", "局部莫兰指数"),
            decimals: 0,
            scale: Scale::Lisa,
            frames: frames.collect(),
        }),
    }
}

fn lines(study: &Study<'_>, done: &[(&Year, &Moran)]) -> Figure {
    Figure {
        id: "trend".into(),
        title: Text::new("Moran's I over time", "莫兰指数的变化"),
        note: Text::new("The line marks no association, E(I).", "参考线为无关联时的期望 E(I)。"),
        chart: Chart::Lines(Lines {
            label: Text::new("Moran's I", "莫兰指数"),
            decimals: 3,
            periods: done.iter().map(|(y, _)| y.period).collect(),
            series: vec![Series {
                name: study.label.clone(),
                unit: false,
                values: done.iter().map(|(_, m)| m.i).collect(),
                band: Vec::new(),
            }],
            reference: done.last().map(|(_, m)| m.expected),
        }),
    }
}

fn variables(study: &Study<'_>) -> Vec<OutputVariable> {
    let keys: Vec<(String, i32)> = study.done().flat_map(|(y, _)| y.units.iter().map(|u| (u.clone(), y.period))).collect();
    let unit = Text::plain(study.panel.variable(&study.options.variable).map_or("", |v| v.meaning.unit.as_str()));
    let variable = |name: &str, label: Text, unit: Text, f: &dyn Fn(&Year, &Moran, usize) -> f64| OutputVariable {
        name: name.into(),
        label,
        unit,
        keys: keys.clone(),
        values: study.done().flat_map(|(y, m)| (0..y.units.len()).map(move |i| f(y, m, i))).collect(),
    };
    let code = |q: Option<Quadrant>, class: usize| if q.is_some() { class as f64 } else { f64::NAN };
    vec![
        variable("local", Text::new("Local Moran's I", "局部莫兰指数"), Text::default(), &|_, m, i| m.local[i].i),
        variable("lag", Text::new("Spatial lag", "空间滞后"), unit, &|y, _, i| y.lag[i]),
        variable(
            "quadrant",
            Text::new("Quadrant: 1 high-high, 2 low-low, 3 low-high, 4 high-low", "象限：1 高-高，2 低-低，3 低-高，4 高-低"),
            Text::default(),
            &|_, m, i| code(m.local[i].quadrant, quadrant(&m.local[i])),
        ),
        variable(
            "cluster",
            Text::new("Class: quadrant where significant, 0 elsewhere", "类型：显著者为其象限，其余为 0"),
            Text::default(),
            &|_, m, i| code(m.local[i].quadrant, cluster(&m.local[i])),
        ),
    ]
}
