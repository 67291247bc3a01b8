//! Sentences about a differentiated assessment, every number from the result.

use index::assessment::Ends;

use super::View;
use crate::text::Text;

/// How many groups are spoken of one by one.
const SPOKEN: usize = 6;

/// Unit as it is called in each language.
fn unit(v: &View<'_>, g: usize, i: usize) -> (String, String) {
    let name = v.unit(g, i);
    let row = v.panel.row(name, v.period(g, i));
    let zh = row.map(|r| v.panel.units_zh[r].clone()).filter(|z| !z.is_empty());
    (name.to_owned(), zh.unwrap_or_else(|| name.to_owned()))
}

pub(super) fn summary(v: &View<'_>) -> Vec<Text> {
    let latest = v.latest();
    let mut out = vec![groups(v)];
    for (g, assessed) in v.assessed.iter().enumerate().take(SPOKEN) {
        let ranked: Vec<usize> = latest.iter().filter(|(h, i)| *h == g && v.place(g, *i).is_some()).map(|x| x.1).collect();
        let Some(&first) = ranked.first() else { continue };
        let ((group_en, group_zh), (en, zh)) = (v.group(g).both(), unit(v, g, first));
        let mut sentence = (
            format!("{group_en}: {en} leads {} peers with {:.1} points", ranked.len(), v.score(g, first)),
            format!("{group_zh}：{} 个单元中{zh}居首（{:.1} 分）", ranked.len(), v.score(g, first)),
        );
        let fastest = assessed.progress.as_ref().and_then(|p| ranked.iter().copied().find(|&i| p.ranks[i] == Some(1)));
        if let Some(i) = fastest {
            let (en, zh) = unit(v, g, i);
            sentence.0 += &format!("; {en} has moved most since the base period ({:+.1})", v.change(g, 0, i));
            sentence.1 += &format!("；{zh}较基期变化最大（{:+.1} 分）", v.change(g, 0, i));
        }
        out.push(Text::new(sentence.0 + ".", sentence.1 + "。"));
    }
    out.extend(lever(v));
    out.extend(targets(v));
    out
}

fn groups(v: &View<'_>) -> Text {
    let (n, units) = (v.assessed.len(), v.assessed.iter().map(|a| a.units.len()).sum::<usize>());
    let own = v.assessed.iter().filter(|a| v.options.terms.contains_key(&a.name)).count();
    let (by_en, by_zh) = match &v.clusters {
        Some(c) => {
            let s = c.silhouettes.iter().find(|s| s.0 == c.number).map_or(f64::NAN, |s| s.1);
            (format!(", made by clustering (mean silhouette {s:.2})"), format!("（聚类所得，平均轮廓系数 {s:.2}）"))
        }
        None => <_>::default(),
    };
    let (ends_en, ends_zh) = match v.options.ends {
        Ends::All => ("of all units", "全部单元"),
        Ends::Peers => ("of the peers", "组内单元"),
    };
    Text::new(
        format!(
            "{units} units are assessed in {n} peer groups{by_en}; {own} groups have terms of their own. Scales are those {ends_en}."
        ),
        format!("{units} 个单元分 {n} 组考核{by_zh}，其中 {own} 组自定条件；尺度取自{ends_zh}。"),
    )
}

/// The indicator that is worth most to most units.
fn lever(v: &View<'_>) -> Option<Text> {
    let cards = || v.assessed.iter().flat_map(|a| &a.cards);
    let mut first = vec![0_usize; v.tree.leaves.len()];
    for line in cards().filter_map(|c| c.lines.first()).filter(|l| l.gain > 0.0) {
        first[line.indicator] += 1;
    }
    let best = (0..first.len()).max_by(|&a, &b| first[a].cmp(&first[b]).then(b.cmp(&a))).filter(|&j| first[j] > 0)?;
    let (en, zh) = v.indicator(best).both();
    let (k, n) = (first[best], cards().count());
    let differs = cards().filter(|c| {
        let obstacle = c.lines.iter().max_by(|a, b| a.degree.total_cmp(&b.degree).then(b.indicator.cmp(&a.indicator)));
        c.lines.first().map(|l| l.indicator) != obstacle.map(|l| l.indicator)
    });
    let m = differs.count();
    Some(Text::new(
        format!(
            "For {k} of {n} units one typical step of {en} would raise the score most; for {m} the largest obstacle is another indicator than the one with the largest gain."
        ),
        format!("对 {n} 个单元中的 {k} 个，{zh}前进典型的一步最能提高得分；{m} 个单元的首要障碍与增益最大的指标不同。"),
    ))
}

fn targets(v: &View<'_>) -> Option<Text> {
    if v.assessed.iter().all(|a| a.achievement.is_none()) {
        return Some(Text::new(
            "No indicator declares a target, so that no distance to targets is shown.",
            "没有指标设定目标，故不列目标实现程度。",
        ));
    }
    let total = |g: usize, i: usize| v.assessed[g].achievement.as_ref().map_or(f64::NAN, |a| 100.0 * a.total[i]);
    let values: Vec<f64> = v.latest().into_iter().map(|(g, i)| total(g, i)).filter(|x| !x.is_nan()).collect();
    if values.is_empty() {
        return None;
    }
    let (median, n) = (numerics::moments::median(&values), values.len());
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(Text::new(
        format!("Targets are achieved by {median:.1} % at the median of {n} units, from {low:.1} % to {high:.1} %."),
        format!("{n} 个单元的目标实现程度中位数为 {median:.1}%，介于 {low:.1}% 与 {high:.1}% 之间。"),
    ))
}
