//! Sentences about a composite index, every number from the result.

use index::{Goalposts, audit};
use numerics::moments;

use super::{
    View,
    tables::{aggregation, weighting},
};
use crate::text::Text;

pub(super) fn summary(v: &View<'_>) -> Vec<Text> {
    let mut out = Vec::new();
    out.extend(leaders(v));
    out.extend(bands(v));
    out.extend(carries(v));
    out.extend(movement(v));
    out.extend(gaps(v));
    out.push(made(v));
    out
}

fn list(items: &[(String, String)]) -> (String, String) {
    let en: Vec<&str> = items.iter().map(|i| i.0.as_str()).collect();
    let zh: Vec<&str> = items.iter().map(|i| i.1.as_str()).collect();
    let joined = match en.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    };
    (joined, zh.join("、"))
}

fn leaders(v: &View<'_>) -> Option<Text> {
    let ranked: Vec<usize> = v.latest.iter().copied().filter(|&i| v.index.ranks[i].is_some()).collect();
    let (&first, &last) = (ranked.first()?, ranked.last()?);
    let named = |i: usize| {
        let (en, zh) = v.unit_label(i).both();
        (format!("{en} ({:.1})", v.score(i)), format!("{zh}（{:.1}）", v.score(i)))
    };
    let (en, zh) = list(&ranked.iter().take(3).map(|&i| named(i)).collect::<Vec<_>>());
    let scores: Vec<f64> = ranked.iter().map(|&i| v.score(i)).collect();
    let median = moments::median(&scores);
    let (when, when_zh) = if v.has_periods() {
        (format!("In {} ", v.period(first)), format!("{} 年，", v.period(first)))
    } else {
        <_>::default()
    };
    if ranked.len() == 1 {
        return Some(Text::new(format!("{when}{en} is the only unit with a score."), format!("{when_zh}仅{zh}有得分。")));
    }
    let (low, low_zh) = named(last);
    let verb = if ranked.len() > 2 { "lead" } else { "are scored" };
    let n = ranked.len();
    Some(Text::new(
        format!("{when}{en} {verb} among {n} units; the median is {median:.1} and the lowest score is that of {low}."),
        format!("{when_zh}{n} 个单元中，{zh}居前；中位数为 {median:.1}，最低为{low_zh}。"),
    ))
}

/// How firm the ranks are.
fn bands(v: &View<'_>) -> Option<Text> {
    let u = v.bands.as_ref()?;
    let ranked: Vec<usize> = v.latest.iter().copied().filter(|&i| v.index.ranks[i].is_some()).collect();
    let widths: Vec<f64> = ranked.iter().map(|&i| u.rank_high[i] - u.rank_low[i]).collect();
    let band = |i: usize| u.rank_high[i] - u.rank_low[i];
    let widest = *ranked.iter().max_by(|&&a, &&b| band(a).total_cmp(&band(b)).then(b.cmp(&a)))?;
    let (en, zh) = v.unit_label(widest).both();
    let (n, median) = (u.alternatives.len(), moments::median(&widths));
    let top = v.options.alternatives().top;
    let safe = ranked.iter().filter(|&&i| u.top[i] >= 0.95).count();
    // The same middle 90 % in both halves of the sentence.
    let place = |r: f64| if r.fract() == 0.0 { format!("{r:.0}") } else { format!("{r:.1}") };
    let (low, high) = (place(u.rank_low[widest]), place(u.rank_high[widest]));
    let (most, most_zh) = if band(widest) > 0.0 {
        (
            format!("; {en} has the widest such band, from rank {low} to rank {high}"),
            format!("；{zh}的这一区间最宽，为第 {low} 至第 {high} 位"),
        )
    } else {
        <_>::default()
    };
    let are = if safe == 1 { "unit is" } else { "units are" };
    let (not, not_zh) = match u.impossible.len() {
        0 => <_>::default(),
        1 => (
            " 1 more alternative cannot be computed on these data.".to_owned(),
            "另有 1 个备选方案无法用现有数据计算。".to_owned(),
        ),
        k => (
            format!(" {k} more alternatives cannot be computed on these data."),
            format!("另有 {k} 个备选方案无法用现有数据计算。"),
        ),
    };
    Some(Text::new(
        format!(
            "Over {n} alternatives the middle 90 % of ranks spans {median:.1} places for the median unit{most}. {safe} {are} among the first {top} in at least 95 % of the alternatives.{not}"
        ),
        format!(
            "在 {n} 个备选方案中，单元名次的中间 90% 区间宽度的中位数为 {median:.1} 位{most_zh}。{safe} 个单元在至少 95% 的方案中居前 {top} 名。{not_zh}"
        ),
    ))
}

/// Which dimension separates the first from the rest, and which indicator carries most.
fn carries(v: &View<'_>) -> Option<Text> {
    let shares = audit::variance_shares(v.index);
    let best = (0..shares.len()).max_by(|&a, &b| shares[a].total_cmp(&shares[b]).then(b.cmp(&a)))?;
    let (en, zh) = v.indicator(best).both();
    if shares[best] <= 0.0 {
        return None;
    }
    let percent = 100.0 * shares[best];
    let dimensions = v.dimensions();
    let first = *v.latest.iter().find(|&&i| v.index.ranks[i].is_some())?;
    let lead = dimensions.iter().copied().max_by(|&a, &b| v.part(a, first).total_cmp(&v.part(b, first)).then(b.cmp(&a)));
    let (mut text, mut text_zh) = (
        format!("{en} carries most of the differences between scores ({percent:.0} % of their variance)."),
        format!("得分差异主要来自“{zh}”（占方差的 {percent:.0}%）。"),
    );
    if let Some(d) = lead {
        let ((unit, unit_zh), (name, name_zh), part) = (v.unit_label(first).both(), v.node(d).both(), v.part(d, first));
        text = format!("{text} Of {unit}'s score, {part:.1} points come from {name}.");
        text_zh = format!("{text_zh}{unit_zh}的得分中有 {part:.1} 分来自“{name_zh}”。");
    }
    Some(Text::new(text, text_zh))
}

/// What moved between the first and the last period.
fn movement(v: &View<'_>) -> Option<Text> {
    let (&from, &to) = (v.periods.first()?, v.periods.last()?);
    if from == to || !v.comparable() {
        return None;
    }
    let n = &v.index.normalised;
    let pairs: Vec<(usize, f64)> = v
        .latest
        .iter()
        .filter_map(|&i| {
            let before = (0..n.units.len()).find(|&k| n.units[k] == n.units[i] && n.periods[k] == from)?;
            let change = v.score(i) - v.score(before);
            (!change.is_nan()).then_some((i, change))
        })
        .collect();
    let (most, gain) = pairs.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let (least, loss) = pairs.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    let mean = moments::mean(&pairs.iter().map(|p| p.1).collect::<Vec<_>>());
    let ((a, a_zh), (b, b_zh)) = (v.unit_label(most).both(), v.unit_label(least).both());
    // Where other cells are left out at the end than at the start, part of the change is theirs.
    let absent = |p: i32| {
        let rows = (0..n.units.len()).filter(|&i| n.periods[i] == p);
        rows.flat_map(|i| (0..n.values.len()).filter(move |&j| n.values[j][i].is_nan()).map(move |j| (&n.units[i], j)))
            .collect::<Vec<_>>()
    };
    let (more, more_zh) = if absent(from) == absent(to) {
        ("", "")
    } else {
        (
            " Different cells are missing in the two periods, which moves scores as well.",
            "两期缺失的单元格不同，这也会影响得分变化。",
        )
    };
    Some(Text::new(
        format!(
            "From {from} to {to} the mean score changed by {mean:+.1} points; {a} changed by {gain:+.1} and {b} by {loss:+.1}, the two ends.{more}"
        ),
        format!("{from} 至 {to} 年平均得分变化 {mean:+.1} 分；变化两端为{a_zh}（{gain:+.1}）和{b_zh}（{loss:+.1}）。{more_zh}"),
    ))
}

/// Cells that were not there.
fn gaps(v: &View<'_>) -> Option<Text> {
    let n = &v.index.normalised;
    let (cells, out) = (n.fills.len(), n.fills.iter().filter(|f| f.value.is_nan()).count());
    if !n.dropped.is_empty() {
        let k = n.dropped.len();
        return Some(Text::new(
            format!("{k} units with missing cells were left out: {}.", n.dropped.join(", ")),
            format!("{k} 个存在缺失的单元未计入：{}。", n.dropped.join("、")),
        ));
    }
    (cells > 0).then(|| {
        let filled = cells - out;
        let are = if cells == 1 { "cell of the indicators is" } else { "cells of the indicators are" };
        Text::new(
            format!("{cells} {are} missing; {filled} were filled and {out} left out of the means."),
            format!("指标中有 {cells} 个单元格缺失，其中 {filled} 个已填补，{out} 个未计入合成。"),
        )
    })
}

/// How the index was made.
fn made(v: &View<'_>) -> Text {
    let (scale, scale_zh) = match v.options.recipe().goalposts {
        Goalposts::Fixed => ("declared goalposts", "给定端点"),
        Goalposts::Pooled => ("goalposts over all units and periods", "全部单元与时期的端点"),
        Goalposts::PerPeriod => ("goalposts of each period", "逐期端点"),
        Goalposts::Base => ("goalposts of the base period", "基期端点"),
    };
    let ((w, w_zh), (a, a_zh)) =
        (weighting(v.options.recipe().weights).both(), aggregation(v.options.recipe().aggregation).both());
    let (k, d) = (v.tree.leaves.len(), v.dimensions().len());
    let (of, of_zh) = if d > 0 { (format!(" in {d} dimensions"), format!("（{d} 个维度）")) } else { <_>::default() };
    Text::new(
        format!("The index aggregates {k} indicators{of}: {scale}, {w} weights, {a} aggregation."),
        format!("指数由 {k} 项指标{of_zh}合成：{scale_zh}，{w_zh}，{a_zh}合成。"),
    )
}
