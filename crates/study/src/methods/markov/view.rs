//! Words, tables and figures of a chain.

use regions::markov::{Chain, Homogeneity};

use super::Study;
use crate::{
    figure::{Chart, Figure, Heatmap, Scale, Stack, spaced},
    method::{Output, OutputVariable},
    table::{Cells, Table},
    text::{Language, Text, p_value},
};

/// Some periods at most stand in the figure of shares.
const PERIODS: usize = 12;

pub(super) fn output(study: &Study<'_>) -> Output {
    let mut figures = vec![matrix(study), shares(study)];
    if !study.result.around.is_empty() {
        figures.insert(1, by_surroundings(study));
    }
    Output {
        summary: summary(study),
        variables: variables(study),
        tables: vec![transitions(study), classes(study), passage(study), mobility(study), tests(study), probabilities(study)],
        figures,
        ..Output::default()
    }
}

fn percent(share: f64, language: Language) -> String {
    format!("{:.1}{}", 100.0 * share, if language == Language::Zh { "%" } else { " %" })
}

fn summary(study: &Study<'_>) -> Vec<Text> {
    let (sorted, result) = (study.sorted, study.result);
    let (chain, k) = (&result.chain, result.chain.classes);
    let all: u64 = chain.left.iter().sum();
    let part = |keep: &dyn Fn(usize, usize) -> bool| {
        let n: u64 = (0..k * k).filter(|c| keep(c / k, c % k)).map(|c| chain.counts[c]).sum();
        n as f64 / all as f64
    };
    let (stay, up, down) = (part(&|i, j| i == j), part(&|i, j| j > i), part(&|i, j| j < i));
    let far = part(&|i, j| i.abs_diff(j) > 1);
    let (en, zh) = (&sorted.label.en, sorted.label.get(Language::Zh));
    let lag = study.options.lag;
    let steps = if lag == 1 { "one period".to_owned() } else { format!("{lag} periods") };
    let mut said = vec![Text::new(
        format!(
            "Of {all} steps of {en} over {steps}, {} stay in their class, {} lead up and {} down; {} cross more than one class.",
            percent(stay, Language::En),
            percent(up, Language::En),
            percent(down, Language::En),
            percent(far, Language::En)
        ),
        format!(
            "{zh}在 {lag} 期间隔下共 {all} 次转移：{}留在原类别，{}上升，{}下降；{}跨越一个以上类别。",
            percent(stay, Language::Zh),
            percent(up, Language::Zh),
            percent(down, Language::Zh),
            percent(far, Language::Zh)
        ),
    )];
    let kept = |c: usize| (chain.probabilities[c * k + c], chain.intervals[c * k + c]);
    let ((low, (a, b)), (high, (c, d))) = (kept(0), kept(k - 1));
    if low.is_finite() && high.is_finite() {
        let level = 100.0 * study.options.level;
        let names = (&sorted.names[0], &sorted.names[k - 1]);
        said.push(Text::new(
            format!(
                "A unit in class {} stays with probability {low:.3} ({level:.0} % interval {a:.3} to {b:.3}), one in class {} with {high:.3} ({c:.3} to {d:.3}).",
                names.0.en, names.1.en
            ),
            format!(
                "“{}”类单元留在原类别的概率为 {low:.3}（{level:.0}% 区间 {a:.3} 至 {b:.3}），“{}”类为 {high:.3}（{c:.3} 至 {d:.3}）。",
                names.0.get(Language::Zh), names.1.get(Language::Zh)
            ),
        ));
    }
    said.extend(long_run(study));
    said.extend(space(study));
    said
}

fn long_run(study: &Study<'_>) -> Option<Text> {
    let chain = &study.result.chain;
    let (shares, now) = (chain.long_run.ergodic()?, study.shares(*study.periods().last()?));
    let mobility = chain.mobility.as_ref()?;
    let list = |language: Language| {
        let zh = language == Language::Zh;
        let one = |c: usize| {
            let (name, later, last) =
                (study.sorted.names[c].get(language), percent(shares[c], language), percent(now[c], language));
            if zh { format!("{name} {later}（{last}）") } else { format!("{name} {later} ({last})") }
        };
        (0..shares.len()).map(one).collect::<Vec<_>>().join(if zh { "，" } else { ", " })
    };
    let (mut en, mut zh) = (String::new(), String::new());
    if mobility.half_life.is_finite() {
        en = format!(" Deviations from it halve every {:.1} periods.", mobility.half_life);
        zh = format!("偏离长期分布的部分每 {:.1} 期减半。", mobility.half_life);
    }
    Some(Text::new(
        format!(
            "If these probabilities lasted, the shares of the classes would become (last period in brackets): {}.{en}",
            list(Language::En)
        ),
        format!("若转移概率不变，各类别的长期份额为（括号内为末期）：{}。{zh}", list(Language::Zh)),
    ))
}

fn space(study: &Study<'_>) -> Option<Text> {
    let test = study.result.space.as_ref()?;
    let matters = test.p_likelihood_ratio < 1.0 - study.options.level;
    let (said, shuo) = if matters {
        ("how units move depends on their surroundings", "单元的转移取决于其邻域")
    } else {
        ("that units move alike whatever their surroundings is not rejected", "不能拒绝转移与邻域无关")
    };
    let numbers = format!("LR {:.1}, Q {:.1}", test.likelihood_ratio, test.chi_squared);
    Some(Text::new(
        format!(
            "Over classes of the spatial lag, {numbers} with {} degrees of freedom (p {}): {said}.",
            test.degrees,
            p_value(test.p_likelihood_ratio)
        ),
        format!("按空间滞后的类别检验，{numbers}，自由度 {}（p {}）：{shuo}。", test.degrees, p_value(test.p_likelihood_ratio)),
    ))
}

/// The chain over all steps, then one for each class of the surroundings.
fn chains<'a>(study: &'a Study<'_>) -> Vec<(Text, &'a Chain)> {
    let around = study.result.around.iter().zip(&study.sorted.names);
    let named =
        around.map(|(chain, name)| (Text::new(format!("around {}", name.en), format!("邻域{}", name.get(Language::Zh))), chain));
    std::iter::once((Text::new("all", "全部"), &study.result.chain)).chain(named).collect()
}

fn transitions(study: &Study<'_>) -> Table {
    let chains = chains(study);
    let k = study.result.chain.classes;
    let rows: Vec<(&Text, &Chain, usize)> = chains.iter().flat_map(|(n, c)| (0..k).map(move |i| (n, *c, i))).collect();
    let mut table = Table::new("transitions", Text::new("Transition probabilities", "转移概率矩阵"))
        .note(Text::new(
            "Rows: class at departure; columns: class one step later. Empty: the class is never left there.",
            "行为期初类别，列为一步之后的类别；空白表示该处没有从该类别出发的转移。",
        ))
        .column(
            "surroundings",
            Text::new("Surroundings", "邻域"),
            Text::default(),
            Cells::Text(rows.iter().map(|r| r.0.clone()).collect()),
        )
        .column(
            "from",
            Text::new("From", "期初类别"),
            Text::default(),
            Cells::Text(rows.iter().map(|r| study.sorted.names[r.2].clone()).collect()),
        )
        .column(
            "steps",
            Text::new("Steps", "转移次数"),
            Text::default(),
            Cells::Integer(rows.iter().map(|r| Some(r.1.left[r.2] as i64)).collect()),
        );
    for (j, name) in study.sorted.names.iter().enumerate() {
        let cells = rows.iter().map(|r| r.1.probabilities[r.2 * k + j]).collect();
        table = table.column(&format!("to_{}", j + 1), name.clone(), Text::default(), Cells::Number(cells, 3));
    }
    table
}

fn probabilities(study: &Study<'_>) -> Table {
    let chains = chains(study);
    let k = study.result.chain.classes;
    let rows: Vec<(&Text, &Chain, usize)> = chains.iter().flat_map(|(n, c)| (0..k * k).map(move |i| (n, *c, i))).collect();
    let number = |of: &dyn Fn(&Chain, usize) -> f64| Cells::Number(rows.iter().map(|r| of(r.1, r.2)).collect(), 4);
    let name = |of: &dyn Fn(usize) -> usize| Cells::Text(rows.iter().map(|r| study.sorted.names[of(r.2)].clone()).collect());
    let none = Text::default;
    Table::new("probabilities", Text::new("Counts, probabilities and their intervals", "转移次数、概率及区间"))
        .note(Text::new(
            format!("Wilson intervals, level {}; steps count as independent.", study.options.level),
            format!("Wilson 区间，置信水平 {}；各次转移视为独立。", study.options.level),
        ))
        .hidden()
        .column(
            "surroundings",
            Text::new("Surroundings", "邻域"),
            none(),
            Cells::Text(rows.iter().map(|r| r.0.clone()).collect()),
        )
        .column("from", Text::new("From", "期初类别"), none(), name(&|c| c / k))
        .column("to", Text::new("To", "期末类别"), none(), name(&|c| c % k))
        .column(
            "count",
            Text::new("Steps", "转移次数"),
            none(),
            Cells::Integer(rows.iter().map(|r| Some(r.1.counts[r.2] as i64)).collect()),
        )
        .column("probability", Text::new("Probability", "概率"), none(), number(&|c, i| c.probabilities[i]))
        .column("low", Text::new("Low", "下限"), none(), number(&|c, i| c.intervals[i].0))
        .column("high", Text::new("High", "上限"), none(), number(&|c, i| c.intervals[i].1))
}

fn classes(study: &Study<'_>) -> Table {
    let (sorted, chain) = (study.sorted, &study.result.chain);
    let k = chain.classes;
    let run = &chain.long_run;
    let bound = |at: Option<usize>, bounds: &[f64]| at.and_then(|i| bounds.get(i)).copied().unwrap_or(f64::NAN);
    let periods = study.periods();
    let share = |p: Option<&i32>| {
        Cells::Number(p.map_or_else(|| vec![f64::NAN; k], |&p| study.shares(p).iter().map(|s| 100.0 * s).collect()), 1)
    };
    let of = |f: &dyn Fn(usize) -> f64, d: u8| Cells::Number((0..k).map(f).collect(), d);
    let set = |c: usize| run.sets.iter().find(|s| s.classes.contains(&c));
    let long = |c: usize| match (run.dead_ends.is_empty(), set(c)) {
        (true, Some(s)) => 100.0 * s.shares[c],
        (true, None) if !run.unseen.contains(&c) => 0.0,
        _ => f64::NAN,
    };
    let status = |c: usize| {
        if run.dead_ends.contains(&c) {
            return Text::new("never seen to be left", "未见离开");
        }
        match (set(c), run.sets.iter().position(|s| s.classes.contains(&c))) {
            (Some(s), _) if s.cycle > 1 => {
                Text::new(format!("recurrent, cycle of {}", s.cycle), format!("常返，周期 {}", s.cycle))
            }
            (Some(_), Some(at)) if run.sets.len() > 1 => {
                Text::new(format!("recurrent, closed set {}", at + 1), format!("常返，闭集 {}", at + 1))
            }
            (Some(_), _) => Text::new("recurrent", "常返"),
            (None, _) if run.transient.contains(&c) => Text::new("transient", "非常返"),
            (None, _) => Text::new("unseen", "未出现"),
        }
    };
    let interval = |high: bool| {
        of(
            &|c| study.result.intervals.as_ref().map_or(f64::NAN, |i| 100.0 * if high { i.ergodic[c].1 } else { i.ergodic[c].0 }),
            1,
        )
    };
    let (none, share_unit, time) = (Text::default, || Text::plain("%"), || Text::new("periods", "期"));
    let intervals = study.result.intervals.as_ref();
    Table::new("classes", Text::new("Classes and their long run", "类别及其长期分布"))
        .note(Text::new(
            format!(
                "A value on a bound stands below it. Ergodic shares: stationary distribution, with several closed sets within each set. Intervals: {} replicates of whole units, level {}{}.",
                study.options.bootstrap,
                study.options.level,
                intervals.filter(|i| i.without > 0).map_or(String::new(), |i| format!("; {} replicates without one long run are left out", i.without))
            ),
            format!(
                "恰在界上的值归入下方类别。遍历份额为平稳分布；有多个闭集时为各闭集内的份额。区间由整单元重抽样 {} 次得到，置信水平 {}{}。",
                study.options.bootstrap,
                study.options.level,
                intervals.filter(|i| i.without > 0).map_or(String::new(), |i| format!("；{} 次没有唯一长期分布，已剔除", i.without))
            ),
        ))
        .column("class", Text::new("Class", "类别"), none(), Cells::Text(sorted.names.clone()))
        .column("above", Text::new("Above", "大于"), sorted.unit.clone(), of(&|c| bound(c.checked_sub(1), &sorted.bounds), 4))
        .column("up_to", Text::new("Up to", "不超过"), sorted.unit.clone(), of(&|c| bound(Some(c), &sorted.bounds), 4))
        .column("lag_above", Text::new("Spatial lag above", "空间滞后大于"), sorted.unit.clone(), of(&|c| bound(c.checked_sub(1), &sorted.around), 4))
        .column("first", Text::new("Share, first period", "首期份额"), share_unit(), share(periods.first()))
        .column("last", Text::new("Share, last period", "末期份额"), share_unit(), share(periods.last()))
        .column("ergodic", Text::new("Ergodic share", "遍历份额"), share_unit(), of(&long, 1))
        .column("ergodic_low", Text::new("Low", "下限"), share_unit(), interval(false))
        .column("ergodic_high", Text::new("High", "上限"), share_unit(), interval(true))
        .column("stay", Text::new("Mean stay", "平均停留时间"), time(), Cells::Number(finite(&chain.stay), 2))
        .column("return", Text::new("Mean return", "平均重返时间"), time(), of(&|c| some(chain.passage[c * k + c]), 2))
        .column("status", Text::new("Status", "状态"), none(), Cells::Text((0..k).map(status).collect()))
}

/// An empty cell for what is infinite: the column of statuses says why.
fn some(x: f64) -> f64 {
    if x.is_finite() { x } else { f64::NAN }
}

fn finite(xs: &[f64]) -> Vec<f64> {
    xs.iter().map(|&x| some(x)).collect()
}

fn passage(study: &Study<'_>) -> Table {
    let chain = &study.result.chain;
    let k = chain.classes;
    let mut table = Table::new("passage", Text::new("Mean first passage times", "平均首达时间"))
        .note(Text::new(
            "Periods until the class of the column is first reached from that of the row; on the diagonal until the return. Empty: arrival is not certain.",
            "由行类别首次到达列类别所需的平均期数，对角线为平均重返时间；空白表示未必到达。",
        ))
        .column("from", Text::new("From", "期初类别"), Text::default(), Cells::Text(study.sorted.names.clone()));
    for (j, name) in study.sorted.names.iter().enumerate() {
        let cells = (0..k).map(|i| some(chain.passage[i * k + j])).collect();
        table = table.column(&format!("to_{}", j + 1), name.clone(), Text::new("periods", "期"), Cells::Number(cells, 2));
    }
    table
}

fn mobility(study: &Study<'_>) -> Table {
    let chains = chains(study);
    let of = |f: fn(&regions::markov::Mobility) -> f64| {
        Cells::Number(chains.iter().map(|(_, c)| some(c.mobility.as_ref().map_or(f64::NAN, f))).collect(), 4)
    };
    let interval = |f: &dyn Fn(&regions::markov::Intervals) -> f64| {
        let first = study.result.intervals.as_ref().map_or(f64::NAN, f);
        Cells::Number(chains.iter().enumerate().map(|(i, _)| if i == 0 { some(first) } else { f64::NAN }).collect(), 4)
    };
    let status = |c: &Chain| match (&c.mobility, c.long_run.ergodic()) {
        (Some(_), Some(_)) => Text::new("one long run", "长期分布唯一"),
        (Some(_), None) => Text::new("several closed sets", "有多个闭集"),
        (None, _) if c.left.iter().all(|n| *n == 0) => Text::new("no steps", "没有转移"),
        (None, _) if !c.long_run.dead_ends.is_empty() => Text::new("a class is never seen to be left", "有类别未见离开"),
        (None, _) => Text::new("a single class", "只有一个类别"),
    };
    let (none, time) = (Text::default, || Text::new("periods", "期"));
    Table::new("mobility", Text::new("Mobility", "流动性"))
        .note(Text::new(
            "Shorrocks (Prais): (m − tr P)/(m − 1). Half-life: −ln 2 / ln |λ₂|. Crossing: classes crossed per step in the long run, over m − 1.",
            "Shorrocks（Prais）指数：(m − tr P)/(m − 1)。半衰期：−ln 2 / ln |λ₂|。跨越指数：长期中每步平均跨越的类别数除以 m − 1。",
        ))
        .column("surroundings", Text::new("Surroundings", "邻域"), none(), Cells::Text(chains.iter().map(|c| c.0.clone()).collect()))
        .column("shorrocks", Text::new("Shorrocks", "Shorrocks 指数"), none(), of(|m| m.shorrocks))
        .column("shorrocks_low", Text::new("Low", "下限"), none(), interval(&|i| i.shorrocks.0))
        .column("shorrocks_high", Text::new("High", "上限"), none(), interval(&|i| i.shorrocks.1))
        .column("determinant", Text::new("Determinant index", "行列式指数"), none(), of(|m| m.determinant))
        .column("leaving", Text::new("Leaving (Bartholomew)", "离开指数（Bartholomew）"), none(), of(|m| m.leaving))
        .column("crossing", Text::new("Crossing (Bartholomew)", "跨越指数（Bartholomew）"), none(), of(|m| m.crossing))
        .column("second", Text::plain("|λ₂|"), none(), of(|m| m.second))
        .column("half_life", Text::new("Half-life", "半衰期"), time(), of(|m| m.half_life))
        .column("half_life_low", Text::new("Low", "下限"), time(), interval(&|i| i.half_life.0))
        .column("half_life_high", Text::new("High", "上限"), time(), interval(&|i| i.half_life.1))
        .column("status", Text::new("Status", "状态"), none(), Cells::Text(chains.iter().map(|(_, c)| status(c)).collect()))
}

fn tests(study: &Study<'_>) -> Table {
    let result = study.result;
    let mut rows: Vec<(Text, &Option<Homogeneity>)> = vec![
        (Text::new("order 0 against 1: the class does not matter", "0 阶对 1 阶：转移与当前类别无关"), &result.independence),
        (Text::new("order 1 against 2: the class before does not matter", "1 阶对 2 阶：转移与前一期类别无关"), &result.order),
        (Text::new("time: all periods share one chain", "时间齐性：各时期同一链"), &result.time),
    ];
    if !result.around.is_empty() {
        rows.push((Text::new("space: the surroundings do not matter", "空间齐性：转移与邻域无关"), &result.space));
    }
    let number =
        |f: fn(&Homogeneity) -> f64, d: u8| Cells::Number(rows.iter().map(|r| r.1.as_ref().map_or(f64::NAN, f)).collect(), d);
    let whole = |f: fn(&Homogeneity) -> usize| Cells::Integer(rows.iter().map(|r| r.1.as_ref().map(|t| f(t) as i64)).collect());
    let status = |t: &Option<Homogeneity>| match t {
        Some(_) => Text::new("computed", "已计算"),
        None => Text::new("nothing can differ", "没有可比较的差异"),
    };
    let none = Text::default;
    Table::new("tests", Text::new("Tests of homogeneity", "齐性检验"))
        .note(Text::new(
            "Degrees of freedom over the cells that can be filled: Σ (groups that leave the class − 1)(classes reached from it − 1).",
            "自由度只计可能出现的单元：Σ（有该类出发的组数 − 1）（由该类到达的类别数 − 1）。",
        ))
        .column("hypothesis", Text::new("Hypothesis", "原假设"), none(), Cells::Text(rows.iter().map(|r| r.0.clone()).collect()))
        .column("groups", Text::new("Groups", "组数"), none(), whole(|t| t.groups))
        .column("lr", Text::plain("LR"), none(), number(|t| t.likelihood_ratio, 2))
        .column("p_lr", Text::new("p of LR", "LR 的 p 值"), none(), number(|t| t.p_likelihood_ratio, 4).p_values())
        .column("q", Text::plain("Q (χ²)"), none(), number(|t| t.chi_squared, 2))
        .column("p_q", Text::new("p of Q", "Q 的 p 值"), none(), number(|t| t.p_chi_squared, 4).p_values())
        .column("degrees", Text::new("Degrees of freedom", "自由度"), none(), whole(|t| t.degrees))
        .column("sparse", Text::new("Expected counts below 5", "期望频数低于 5 的比例"), Text::plain("%"), number(|t| 100.0 * t.sparse, 0))
        .column("status", Text::new("Status", "状态"), none(), Cells::Text(rows.iter().map(|r| status(r.1)).collect()))
}

fn heatmap(study: &Study<'_>, rows: Vec<Text>, chains: &[&Chain]) -> Chart {
    let k = study.result.chain.classes;
    Chart::Heatmap(Heatmap {
        label: Text::new("Probability of the step", "转移概率"),
        decimals: 2,
        scale: Scale::Sequential,
        rows,
        rows_are_units: false,
        columns: study.sorted.names.clone(),
        values: chains.iter().flat_map(|c| c.probabilities.chunks(k).map(<[f64]>::to_vec)).collect(),
    })
}

fn matrix(study: &Study<'_>) -> Figure {
    let row = |(i, name): (usize, &Text)| {
        let n = study.result.chain.left[i];
        Text::new(format!("{} ({n})", name.en), format!("{}（{n}）", name.get(Language::Zh)))
    };
    Figure {
        id: "transitions".into(),
        title: Text::new("Transitions between classes", "类别之间的转移"),
        note: Text::new(
            "From the row to the column; steps out of the class in brackets.",
            "由行转移到列；括号内为从该类出发的转移次数。",
        ),
        chart: heatmap(study, study.sorted.names.iter().enumerate().map(row).collect(), &[&study.result.chain]),
    }
}

fn by_surroundings(study: &Study<'_>) -> Figure {
    let around: Vec<&Chain> = study.result.around.iter().collect();
    let names = &study.sorted.names;
    let row = |a: &Text, c: &Text| {
        Text::new(format!("{} · {}", a.en, c.en), format!("{} · {}", a.get(Language::Zh), c.get(Language::Zh)))
    };
    Figure {
        id: "surroundings".into(),
        title: Text::new("Transitions by surroundings", "按邻域类别的转移"),
        note: Text::new("Rows: class of the spatial lag · own class at departure.", "行：空间滞后的类别 · 自身期初类别。"),
        chart: heatmap(study, names.iter().flat_map(|a| names.iter().map(move |c| row(a, c))).collect(), &around),
    }
}

/// Shares of the classes over the periods and in the long run.
fn shares(study: &Study<'_>) -> Figure {
    let all = study.periods();
    let shown = spaced(all.len(), PERIODS).into_iter().map(|i| all[i]);
    let mut columns: Vec<(Text, Vec<f64>)> = shown.map(|p| (Text::plain(p.to_string()), study.shares(p))).collect();
    if let Some(shares) = study.result.chain.long_run.ergodic() {
        columns.push((Text::new("long run", "长期"), shares.to_vec()));
    }
    let part = |(c, name): (usize, &Text)| (name.clone(), columns.iter().map(|(_, s)| 100.0 * s[c]).collect());
    Figure {
        id: "shares".into(),
        title: Text::new("Shares of the classes", "各类别的份额"),
        note: Text::new("Long run: the ergodic distribution, if the probabilities lasted.", "长期：转移概率不变时的遍历分布。"),
        chart: Chart::Stack(Stack {
            label: Text::new("Share of units (%)", "单元份额（%）"),
            decimals: 1,
            categories: columns.iter().map(|c| c.0.clone()).collect(),
            categories_are_units: false,
            parts: study.sorted.names.iter().enumerate().map(part).collect(),
            total: Vec::new(),
        }),
    }
}

fn variables(study: &Study<'_>) -> Vec<OutputVariable> {
    let sorted = study.sorted;
    let keys = sorted.rows.iter().map(|&r| (study.panel.units[r].clone(), study.panel.periods[r]));
    let variable = |name: &str, label: Text, values: Vec<f64>| OutputVariable {
        name: name.into(),
        label,
        unit: Text::default(),
        keys: keys.clone().collect(),
        values,
    };
    let mut all = vec![variable(
        "class",
        Text::new("Class, 1 the lowest", "类别（1 为最低）"),
        sorted.seen.iter().map(|s| 1.0 + s.class as f64).collect(),
    )];
    if !study.result.around.is_empty() {
        all.push(variable(
            "surroundings",
            Text::new("Class of the spatial lag, 1 the lowest", "空间滞后的类别（1 为最低）"),
            sorted.seen.iter().map(|s| s.around.map_or(f64::NAN, |a| 1.0 + a as f64)).collect(),
        ));
    }
    all
}
