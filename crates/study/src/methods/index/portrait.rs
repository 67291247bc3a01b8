//! What an index is made of and where units stand, as pictures: tree of weights, contributions, profiles, moves.

use index::Child;
use numerics::moments;

use super::{View, tables::points};
use crate::{
    figure::{Chart, Figure, Part, Profile, Radar, Slope, SlopeRow, Stack, Tree},
    methods::slope,
    text::{Language, Text},
};

/// Units whose contributions are drawn.
const FIRST: usize = 20;
/// Parts that colours tell apart.
const PARTS: usize = 8;
/// Most axes of a profile.
const AXES: usize = 12;
/// Most profiles.
const PROFILES: usize = 9;

/// How the index is made.
pub(super) fn tree(v: &View<'_>) -> Figure {
    let weights = &v.index.weights;
    let set = weights.effective.len() - 1;
    let effective: Vec<f64> = weights.effective[set].iter().map(|w| 100.0 * w).collect();
    let mut parts = vec![Part { name: whole(v), parent: None, share: 100.0 }];
    grow(v, 0, 0, set, &mut parts);
    let order = |j: &usize, k: &usize| effective[*j].total_cmp(&effective[*k]).then(k.cmp(j));
    let most = (0..effective.len()).max_by(order).unwrap_or(0);
    let least = (0..effective.len()).rev().min_by(order).unwrap_or(0);
    let title = if effective[most] - effective[least] < 0.05 {
        let n = effective.len();
        Text::new(format!("What the index counts: {n} indicators of equal weight"), format!("指数构成：{n} 项指标权重相等"))
    } else {
        let name = |j: usize| v.indicator(j);
        Text::new(
            format!(
                "What the index counts: {} most ({:.1} %), {} least ({:.1} %)",
                name(most).en,
                effective[most],
                name(least).en,
                effective[least]
            ),
            format!(
                "指数构成：“{}”权重最大（{:.1}%），“{}”最小（{:.1}%）",
                name(most).get(Language::Zh),
                effective[most],
                name(least).get(Language::Zh),
                effective[least]
            ),
        )
    };
    let note = match weights.periods.get(set).copied().flatten() {
        Some(p) => Text::new(
            format!("Effective weights of {p}; other periods have their own."),
            format!("为 {p} 年的有效权重；其他时期另有权重。"),
        ),
        None => Text::new(
            "Effective weight: product of the weights from the index down to the indicator; a block has the sum of what belongs to it.",
            "有效权重为自指数至指标各层权重之积；色块为其下各项之和。",
        ),
    };
    Figure {
        id: "framework".to_owned(),
        title,
        note,
        chart: Chart::Tree(Tree { label: Text::new("effective weight, %", "有效权重（%）"), decimals: 1, parts }),
    }
}

fn whole(v: &View<'_>) -> Text {
    if v.read.title.is_empty() { Text::new("Index", "综合指数") } else { v.read.title.clone() }
}

/// Adds what stands below a dimension, whose own part stands at `at`.
fn grow(v: &View<'_>, node: usize, at: usize, set: usize, parts: &mut Vec<Part>) {
    let local = &v.index.weights.local[set][node];
    let own = parts[at].share;
    for (&child, weight) in v.tree.nodes[node].children.iter().zip(local) {
        let name = match child {
            Child::Node(n) => v.node(n),
            Child::Leaf(j) => v.indicator(j),
        };
        parts.push(Part { name, parent: Some(at), share: own * weight });
        if let Child::Node(n) = child {
            grow(v, n, parts.len() - 1, set, parts);
        }
    }
}

/// What the scores of the first units are made of.
pub(super) fn contributions(v: &View<'_>) -> Option<Figure> {
    let dimensions = v.dimensions();
    let ranked: Vec<usize> = v.latest.iter().copied().filter(|&i| v.index.ranks[i].is_some()).collect();
    // A single dimension is the index itself.
    let named: Vec<(Text, Vec<f64>)> = if dimensions.len() < 2 {
        let of = |j: usize| (v.indicator(j), ranked.iter().map(|&i| 100.0 * v.index.contributions[j][i]).collect());
        (0..v.tree.leaves.len()).map(of).collect()
    } else {
        dimensions.iter().map(|&d| (v.node(d), ranked.iter().map(|&i| v.part(d, i)).collect())).collect()
    };
    let known = |x: &[f64]| moments::mean(&x.iter().copied().filter(|x| !x.is_nan()).collect::<Vec<_>>());
    let ahead = |x: &[f64]| x.first().copied().unwrap_or(f64::NAN) - known(x);
    let lead = named.iter().filter(|p| ahead(&p.1).is_finite()).max_by(|a, b| ahead(&a.1).total_cmp(&ahead(&b.1)))?;
    if named.len() < 2 || ranked.len() < 2 {
        return None;
    }
    let (first, gain) = (v.unit_label(*ranked.first()?), ahead(&lead.1));
    let title = Text::new(
        format!(
            "What the scores are made of: {} owes most of its lead to {} ({gain:+.1} points over the average)",
            first.en, lead.0.en
        ),
        format!("得分构成：{}的优势主要来自“{}”（比平均高 {gain:.1} 分）", first.get(Language::Zh), lead.0.get(Language::Zh)),
    );
    let shown = ranked.len().min(FIRST);
    let mut parts: Vec<(Text, Vec<f64>)> = named.into_iter().map(|(n, x)| (n, x[..shown].to_vec())).collect();
    if parts.len() > PARTS {
        parts.sort_by(|a, b| known(&b.1).total_cmp(&known(&a.1)));
        let rest = parts.split_off(PARTS - 1);
        let sum = |k: usize| rest.iter().map(|p| p.1[k]).filter(|x| !x.is_nan()).sum();
        parts.push((Text::new("Others", "其他"), (0..shown).map(sum).collect()));
    }
    let all = ranked.len();
    let note = if shown < all {
        Text::new(format!("The first {shown} of {all} units, best first."), format!("{all} 个单元中的前 {shown} 位，由高到低。"))
    } else {
        Text::new("Best first.", "由高到低。")
    };
    Some(Figure {
        id: "contributions".to_owned(),
        title,
        note,
        chart: Chart::Stack(Stack {
            label: points(),
            decimals: 1,
            categories: ranked.iter().take(shown).map(|&i| v.unit_label(i)).collect(),
            categories_are_units: true,
            parts,
            total: ranked.iter().take(shown).map(|&i| v.score(i)).collect(),
        }),
    })
}

/// Profiles of the first units, the one in the middle and the last; of the first, the middle and those asked for.
pub(super) fn profiles(v: &View<'_>) -> Option<Figure> {
    let dimensions = v.dimensions();
    let nodes = dimensions.len() >= 3;
    let count = if nodes { dimensions.len() } else { v.tree.leaves.len() };
    if !(3..=AXES).contains(&count) {
        return None;
    }
    let value =
        |k: usize, i: usize| 100.0 * if nodes { v.index.scores[dimensions[k]][i] } else { v.index.normalised.values[k][i] };
    let ranked: Vec<usize> = v.latest.iter().copied().filter(|&i| v.index.ranks[i].is_some()).collect();
    let (&first, last) = (ranked.first()?, ranked.len() - 1);
    let mut chosen: Vec<usize> = if v.options.profiles.is_empty() {
        [0, 1, 2, last / 2, last.saturating_sub(1), last].into_iter().filter(|k| *k <= last).collect()
    } else {
        let asked = v.options.profiles.iter().filter_map(|u| ranked.iter().position(|&i| v.unit(i) == u));
        [0, last / 2].into_iter().chain(asked).collect()
    };
    let mut seen = Vec::new();
    chosen.retain(|k| {
        !seen.contains(k) && {
            seen.push(*k);
            true
        }
    });
    if v.options.profiles.is_empty() {
        chosen.sort_unstable();
    }
    chosen.truncate(PROFILES);
    let median = |k: usize| {
        let known: Vec<f64> = ranked.iter().map(|&i| value(k, i)).filter(|x| !x.is_nan()).collect();
        if known.is_empty() { f64::NAN } else { moments::median(&known) }
    };
    let middle: Vec<f64> = (0..count).map(median).collect();
    let axes: Vec<Text> = (0..count).map(|k| if nodes { v.node(dimensions[k]) } else { v.indicator(k) }).collect();
    let ahead = |k: &usize| value(*k, first) - middle[*k];
    let there = || (0..count).filter(|k| ahead(k).is_finite());
    let most = there().max_by(|a, b| ahead(a).total_cmp(&ahead(b)))?;
    let least = there().min_by(|a, b| ahead(a).total_cmp(&ahead(b)))?;
    let unit = v.unit_label(first);
    let rank = |i: usize| v.index.ranks[i].unwrap_or(0);
    let profile = |k: &usize| {
        let i = ranked[*k];
        Profile {
            unit: v.unit(i).to_owned(),
            caption: Text::new(
                format!("rank {}, score {:.1}", rank(i), v.score(i)),
                format!("第 {} 位，{:.1} 分", rank(i), v.score(i)),
            ),
            values: (0..count).map(|k| value(k, i)).collect(),
        }
    };
    let asked = if v.options.profiles.is_empty() {
        Text::new("The first units, the one in the middle and the last.", "名次最前、居中与最后的单元。")
    } else {
        Text::new("The first unit, the one in the middle and those asked for.", "第一名、居中者与指定单元。")
    };
    Some(Figure {
        id: "profiles".to_owned(),
        title: Text::new(
            format!(
                "Profiles: {} is farthest ahead of the median in {} ({:+.1} points), least in {} ({:+.1})",
                unit.en,
                axes[most].en,
                ahead(&most),
                axes[least].en,
                ahead(&least)
            ),
            format!(
                "单元画像：{}领先中位数最多的是“{}”（{:+.1} 分），最少的是“{}”（{:+.1} 分）",
                unit.get(Language::Zh),
                axes[most].get(Language::Zh),
                ahead(&most),
                axes[least].get(Language::Zh),
                ahead(&least)
            ),
        ),
        note: asked,
        chart: Chart::Radar(Radar {
            label: points(),
            decimals: 1,
            axes,
            reference: (Text::new("Median of all units", "全部单元的中位数"), middle),
            profiles: chosen.iter().map(profile).collect(),
        }),
    })
}

/// Ranks of the first and the last period.
pub(super) fn moves(v: &View<'_>) -> Option<Figure> {
    let (&from, &to) = (v.periods.first()?, v.periods.last()?);
    if from == to {
        return None;
    }
    let n = &v.index.normalised;
    let order: Vec<(&str, i32)> = n.units.iter().map(String::as_str).zip(n.periods.iter().copied()).collect();
    // Rows are sorted by unit, then period.
    let at = |unit: &str, period: i32| order.binary_search(&(unit, period)).ok();
    let apart = |a: usize, b: usize| match &v.bands {
        Some(u) => u.rank_high[a] < u.rank_low[b] || u.rank_high[b] < u.rank_low[a],
        None => true,
    };
    let row = |&b: &usize| {
        let a = at(v.unit(b), from)?;
        let (from, to) = (v.index.ranks[a]?, v.index.ranks[b]?);
        Some(SlopeRow { unit: v.unit(b).to_owned(), from, to, clear: from != to && apart(a, b) })
    };
    let rows: Vec<SlopeRow> = v.latest.iter().filter_map(row).collect();
    if rows.len() < 3 {
        return None;
    }
    let left = v.latest.len() - rows.len();
    let clear = match &v.bands {
        Some(_) => Text::new(
            "Thick: the middle 90 % of ranks over the alternatives do not overlap between the two periods.",
            "粗线：各备选方案下名次的中间 90% 在两期之间互不重叠。",
        ),
        None => Text::default(),
    };
    let slope = Slope { from: Text::plain(from.to_string()), to: Text::plain(to.to_string()), clear, rows };
    let label = |unit: &str| at(unit, to).map_or_else(|| Text::plain(unit), |i| v.unit_label(i));
    let lead = Text::new(format!("Ranks {from} and {to}"), format!("{from} 年与 {to} 年名次"));
    Some(Figure {
        id: "moves".to_owned(),
        title: slope::title(&lead, &slope, label),
        note: match left {
            0 => Text::default(),
            n => Text::new(
                format!("{n} units without a rank in both periods are left out."),
                format!("{n} 个单元未在两期都有名次，未列出。"),
            ),
        },
        chart: Chart::Slope(slope),
    })
}
