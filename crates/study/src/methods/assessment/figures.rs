//! Figures of a differentiated assessment.

use std::collections::BTreeMap;

use super::{View, tables::points};
use crate::{
    figure::{Bars, Chart, Figure, Heatmap, Point, Scale, Scatter},
    text::Text,
};

pub(super) fn figures(v: &View<'_>) -> Vec<Figure> {
    let latest = v.latest();
    let mut out = vec![gains(v, &latest)];
    if v.has_progress() {
        out.push(level_and_progress(v, &latest));
    }
    if v.assessed.iter().any(|a| a.achievement.is_some()) {
        out.push(achievement(v, &latest));
    }
    if let Some(c) = &v.clusters {
        out.push(Figure {
            id: "silhouettes".into(),
            title: Text::new("How clear are the clusters?", "分组有多清晰？"),
            note: Text::new("Mean silhouette by number of clusters.", "按聚类数计算的平均轮廓系数。"),
            chart: Chart::Bars(Bars {
                label: Text::new("mean silhouette", "平均轮廓系数"),
                decimals: 3,
                items: c.silhouettes.iter().map(|(k, s)| (Text::new(format!("{k} clusters"), format!("{k} 类")), *s)).collect(),
                items_are_units: false,
            }),
        });
    }
    out
}

fn heatmap(v: &View<'_>, rows: &[(usize, usize)], label: Text, decimals: u8, of: &dyn Fn(usize, usize, usize) -> f64) -> Chart {
    let all = 0..v.tree.leaves.len();
    Chart::Heatmap(Heatmap {
        label,
        decimals,
        scale: Scale::Sequential,
        rows: rows.iter().map(|&(g, i)| Text::plain(v.unit(g, i))).collect(),
        rows_are_units: true,
        columns: all.clone().map(|j| v.indicator(j)).collect(),
        values: rows.iter().map(|&(g, i)| all.clone().map(|j| of(g, i, j)).collect()).collect(),
    })
}

fn gains(v: &View<'_>, rows: &[(usize, usize)]) -> Figure {
    let lines = v.assessed.iter().enumerate().flat_map(|(g, a)| a.cards.iter().map(move |c| (g, c)));
    let known: BTreeMap<(usize, usize, usize), f64> =
        lines.flat_map(|(g, c)| c.lines.iter().map(move |l| ((g, c.row, l.indicator), 100.0 * l.gain))).collect();
    let gain = |g: usize, i: usize, j: usize| known.get(&(g, i, j)).copied().unwrap_or(f64::NAN);
    Figure {
        id: "gains".into(),
        title: Text::new("What would raise each score most", "各单元最有效的改进方向"),
        note: Text::new(
            "Rise of the score for one step typical of the peers; units by group, best first.",
            "前进组内典型的一步时得分的上升；单元按组排列，优者在前。",
        ),
        chart: heatmap(v, rows, Text::new("gain, points", "增益（分）"), 2, &gain),
    }
}

fn achievement(v: &View<'_>, rows: &[(usize, usize)]) -> Figure {
    let of = |g: usize, i: usize, j: usize| v.assessed[g].achievement.as_ref().map_or(f64::NAN, |a| 100.0 * a.values[j][i]);
    Figure {
        id: "achievement".into(),
        title: Text::new("Achievement of targets", "目标实现程度"),
        note: Text::new("Cut at 100 %; empty where there is no target.", "以 100% 为限；无目标者留空。"),
        chart: heatmap(v, rows, Text::new("achievement, %", "实现程度（%）"), 1, &of),
    }
}

fn level_and_progress(v: &View<'_>, rows: &[(usize, usize)]) -> Figure {
    let points_of = rows
        .iter()
        .map(|&(g, i)| Point { unit: v.unit(g, i).to_owned(), x: v.score(g, i), y: v.change(g, 0, i), class: g })
        .filter(|p| !p.x.is_nan() && !p.y.is_nan());
    let (x, y) = (points(), points());
    Figure {
        id: "progress".into(),
        title: Text::new("Level and progress", "水平与进步"),
        note: Text::new("To the right: ahead. Up: moving faster.", "越靠右水平越高，越靠上进步越快。"),
        chart: Chart::Scatter(Scatter {
            x: Text::new(format!("score, {}", x.en), format!("得分，{}", x.zh)),
            y: Text::new(format!("change since the base period, {}", y.en), format!("较基期变化，{}", y.zh)),
            decimals: 1,
            classes: (0..v.assessed.len()).map(|g| v.group(g)).collect(),
            points: points_of.collect(),
            line: None,
            cross: false,
        }),
    }
}
