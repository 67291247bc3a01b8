//! Figures of a composite index.

use std::collections::BTreeMap;

use numerics::moments;

use super::{View, bands, portrait, structure, tables::points};
use crate::{
    figure::{Chart, Figure, Frame, Heatmap, Lines, Ranking, RankingRow, Scale, Series, Tiles},
    text::Text,
};

pub(super) fn figures(v: &View<'_>) -> Vec<Figure> {
    let mut out = vec![tiles(v), ranking(v)];
    out.extend(portrait::contributions(v));
    out.extend(portrait::moves(v));
    out.extend(portrait::profiles(v));
    out.push(profile(v));
    if v.periods.len() > 1 && v.comparable() {
        out.push(trend(v));
    }
    out.push(portrait::tree(v));
    out.extend(structure::figure(v));
    out.extend(v.bands.as_ref().and_then(bands::figure));
    out
}

fn named(v: &View<'_>) -> Text {
    if v.read.title.is_empty() { Text::new("Index", "综合指数") } else { v.read.title.clone() }
}

fn with(a: Text, en: &str, zh: &str) -> Text {
    let base = if a.zh.is_empty() { a.en.clone() } else { a.zh };
    Text::new(format!("{}{en}", a.en), format!("{base}{zh}"))
}

fn when(v: &View<'_>) -> String {
    if v.has_periods() { v.periods.last().map(ToString::to_string).unwrap_or_default() } else { String::new() }
}

fn tiles(v: &View<'_>) -> Figure {
    let frames = v
        .periods
        .iter()
        .map(|&p| Frame {
            label: if v.has_periods() { p.to_string() } else { String::new() },
            values: (0..v.index.ranks.len()).filter(|&i| v.period(i) == p).map(|i| (v.unit(i).to_owned(), v.score(i))).collect(),
        })
        .collect();
    Figure {
        id: "map".to_owned(),
        title: with(named(v), ": score by unit", "：各单元得分"),
        note: Text::default(),
        chart: Chart::Tiles(Tiles {
            label: with(Text::new("score, ", "得分，"), &points().en, &points().zh),
            decimals: 1,
            scale: Scale::Sequential,
            frames,
        }),
    }
}

fn ranking(v: &View<'_>) -> Figure {
    let rows = v
        .latest
        .iter()
        .filter_map(|&i| {
            let rank = v.index.ranks[i]?;
            let (low, high, ranks) = match &v.bands {
                // Scores and ranks over the same percentiles, ranks widened to whole places.
                Some(u) => {
                    let places = (u.rank_low[i].floor() as usize, u.rank_high[i].ceil() as usize);
                    (100.0 * u.low[i], 100.0 * u.high[i], places)
                }
                None => (f64::NAN, f64::NAN, (rank, rank)),
            };
            Some(RankingRow { unit: v.unit(i).to_owned(), value: v.score(i), low, high, ranks })
        })
        .collect();
    let interval = v.bands.as_ref().map_or_else(Text::default, |u| {
        let n = u.alternatives.len();
        Text::new(format!("5th to 95th percentile of {n} alternatives"), format!("{n} 个备选方案的第 5 至第 95 百分位"))
    });
    let p = when(v);
    let (en, zh) = if p.is_empty() {
        (": ranking".to_owned(), "：排名".to_owned())
    } else {
        (format!(": ranking {p}"), format!("：{p} 年排名"))
    };
    Figure {
        id: "ranking".to_owned(),
        title: with(named(v), &en, &zh),
        note: Text::new(
            "The mark is the score; the bar is the interval over the alternatives. Bars that overlap widely mean ranks that cannot be told apart.",
            "标记为得分，横条为各备选方案下的区间；横条大幅重叠意味着名次难以区分。",
        ),
        chart: Chart::Ranking(Ranking { label: points(), decimals: 1, interval, rows }),
    }
}

/// Dimensions of the units in the last period; the indicators where the framework has no dimensions.
fn profile(v: &View<'_>) -> Figure {
    let dimensions = v.dimensions();
    let columns: Vec<Text> = if dimensions.is_empty() {
        (0..v.tree.leaves.len()).map(|j| v.indicator(j)).collect()
    } else {
        dimensions.iter().map(|&d| v.node(d)).collect()
    };
    let row = |i: usize| -> Vec<f64> {
        if dimensions.is_empty() {
            v.index.normalised.values.iter().map(|c| 100.0 * c[i]).collect()
        } else {
            dimensions.iter().map(|&d| 100.0 * v.index.scores[d][i]).collect()
        }
    };
    let p = when(v);
    Figure {
        id: "profile".to_owned(),
        title: if p.is_empty() {
            Text::new("Dimensions by unit", "各单元的维度得分")
        } else {
            Text::new(format!("Dimensions by unit, {p}"), format!("{p} 年各单元的维度得分"))
        },
        note: Text::new("Units in the order of the index.", "单元按综合指数排序。"),
        chart: Chart::Heatmap(Heatmap {
            label: points(),
            decimals: 1,
            scale: Scale::Sequential,
            rows: v.latest.iter().map(|&i| v.unit_label(i)).collect(),
            rows_are_units: true,
            columns,
            values: v.latest.iter().map(|&i| row(i)).collect(),
        }),
    }
}

/// Mean score of the rows of one period that `keep` lets through.
fn mean_of(v: &View<'_>, period: i32, keep: &dyn Fn(usize) -> bool) -> f64 {
    let scores: Vec<f64> = (0..v.index.ranks.len())
        .filter(|&i| v.period(i) == period && keep(i))
        .map(|i| v.score(i))
        .filter(|s| !s.is_nan())
        .collect();
    moments::mean(&scores)
}

fn trend(v: &View<'_>) -> Figure {
    let mut series = Vec::new();
    if let Some(group) = v.panel.groups.first() {
        let label = |i: usize| v.source(i).map(|k| group.labels[k].as_str()).unwrap_or_default();
        let names: BTreeMap<&str, ()> = (0..v.index.ranks.len()).map(label).filter(|l| !l.is_empty()).map(|l| (l, ())).collect();
        for name in names.keys() {
            let values = v.periods.iter().map(|&p| mean_of(v, p, &|i| label(i) == *name)).collect();
            series.push(Series { name: Text::plain(*name), unit: false, values, band: Vec::new() });
        }
    }
    let values = v.periods.iter().map(|&p| mean_of(v, p, &|_| true)).collect();
    series.push(Series { name: Text::new("All units", "全部单元"), unit: false, values, band: Vec::new() });
    Figure {
        id: "trend".to_owned(),
        title: with(named(v), ": mean score by period", "：各期平均得分"),
        note: Text::new("Unweighted means of the units.", "单元的简单平均。"),
        chart: Chart::Lines(Lines { label: points(), decimals: 1, periods: v.periods.clone(), series, reference: None }),
    }
}
