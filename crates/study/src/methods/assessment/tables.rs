//! Tables of a differentiated assessment: peers, achievement, progress, weights, clusters.

use index::assessment::{Distance, Ends, Status};

use super::{View, cards};
use crate::{
    table::{Cells, Table},
    text::Text,
};

pub(super) fn points() -> Text {
    Text::new("points (0-100)", "分（0–100）")
}

pub(super) fn tables(v: &View<'_>) -> Vec<Table> {
    let latest = v.latest();
    let mut out = vec![ranking(v, &latest)];
    if v.has_progress() {
        out.push(progress(v, &latest));
    }
    let aimed = |rows: &[(usize, usize)]| -> Vec<(usize, usize)> {
        rows.iter().copied().filter(|&(g, _)| v.assessed[g].achievement.is_some()).collect()
    };
    if !aimed(&latest).is_empty() {
        out.push(achievement(v, &aimed(&latest)));
        out.push(achievements(v, &aimed(&v.every())));
    }
    out.extend(cards::tables(v, &latest));
    out.push(weights(v));
    if v.panel.period_name.is_some() {
        out.push(all_periods(v));
    }
    out.extend(silhouettes(v));
    out
}

pub(super) fn when(v: &View<'_>) -> (String, String) {
    v.when().map_or_else(Default::default, |p| (format!(", {p}"), format!("{p} 年")))
}

/// Group and unit of each row.
pub(super) fn keyed(v: &View<'_>, id: &str, title: Text, rows: &[(usize, usize)]) -> Table {
    Table::new(id, title)
        .column(
            "group",
            Text::new("Peer group", "组别"),
            Text::default(),
            Cells::Text(rows.iter().map(|&(g, _)| v.group(g)).collect()),
        )
        .column(
            "unit",
            Text::new("Unit", "单元"),
            Text::default(),
            Cells::Unit(rows.iter().map(|&(g, i)| v.unit(g, i).to_owned()).collect()),
        )
}

pub(super) fn number(rows: &[(usize, usize)], decimals: u8, of: impl Fn(usize, usize) -> f64) -> Cells {
    Cells::Number(rows.iter().map(|&(g, i)| of(g, i)).collect(), decimals)
}

fn integer(rows: &[(usize, usize)], of: impl Fn(usize, usize) -> Option<usize>) -> Cells {
    Cells::Integer(rows.iter().map(|&(g, i)| of(g, i).and_then(|x| i64::try_from(x).ok())).collect())
}

fn ranking(v: &View<'_>, rows: &[(usize, usize)]) -> Table {
    let none = Text::default;
    let (en, zh) = when(v);
    let (scale_en, scale_zh) = match v.options.ends {
        Ends::All => (
            "Scales, data-driven weights and ideals are those of all units; scores of groups with weights or goalposts of their own stand on scales of their own.",
            "尺度、客观权重与理想点取自全部单元；自定权重或端点的组，其得分各有尺度。",
        ),
        Ends::Peers => (
            "Scales, data-driven weights and ideals are those of the peers: scores of different groups cannot be compared.",
            "尺度、客观权重与理想点取自组内单元：不同组的得分不可比较。",
        ),
    };
    let mut t = keyed(v, "peers", Text::new(format!("Units among their peers{en}"), format!("{zh}组内排名")), rows)
        .note(Text::new(
            format!("{scale_en} Beside them the score and rank of the index over all units without the groups' terms."),
            format!("{scale_zh}另列不分组的综合指数得分与名次。"),
        ))
        .column("rank", Text::new("Rank among peers", "组内名次"), none(), integer(rows, |g, i| v.place(g, i)))
        .column("peers", Text::new("Peers", "组内单元数"), none(), integer(rows, |g, _| Some(v.assessed[g].latest.len())))
        .column("score", Text::new("Score", "得分"), points(), number(rows, 1, |g, i| v.score(g, i)));
    if v.has_progress() {
        t = t.column("change", Text::new("Change", "变化"), points(), number(rows, 1, |g, i| v.change(g, 0, i)));
        if v.options.progress_share > 0.0 {
            let joined = |g: usize, i: usize| v.assessed[g].progress.as_ref().map_or(f64::NAN, |p| 100.0 * p.joined[i]);
            t = t.column("joined", Text::new("Level and progress", "水平与进步合成"), points(), number(rows, 1, joined)).column(
                "level_rank",
                Text::new("Rank by level", "水平名次"),
                none(),
                integer(rows, |g, i| v.assessed[g].ranks[i]),
            );
        }
    }
    let common = |g: usize, i: usize| v.shared(g, i).map_or(f64::NAN, |k| 100.0 * v.common.scores[0][k]);
    t.column("index", Text::new("Index of all", "全体综合指数"), points(), number(rows, 1, common)).column(
        "index_rank",
        Text::new("Rank among all", "全体名次"),
        none(),
        integer(rows, |g, i| v.shared(g, i).and_then(|k| v.common.ranks[k])),
    )
}

fn progress(v: &View<'_>, rows: &[(usize, usize)]) -> Table {
    let since = v.assessed.iter().find_map(|a| a.progress.as_ref().map(|p| p.since)).unwrap_or(0);
    let ranks = |g: usize, i: usize| v.assessed[g].progress.as_ref().and_then(|p| p.ranks[i]);
    let mut order = rows.to_vec();
    order.sort_by_key(|&(g, i)| (g, ranks(g, i).unwrap_or(usize::MAX), i));
    let title = Text::new(format!("Progress against the own past, since {since}"), format!("自 {since} 年以来的自身进步"));
    let mut t = keyed(v, "progress", title, &order)
        .note(Text::new(
            "Score less that of the base period; empty where a unit has no score in it.",
            "得分减去基期得分；基期无得分者留空。",
        ))
        .column("rank", Text::new("Rank of progress among peers", "组内进步名次"), Text::default(), integer(&order, ranks))
        .column("change", Text::new("Change of the score", "得分变化"), points(), number(&order, 1, |g, i| v.change(g, 0, i)));
    for n in v.tree.dimensions() {
        let id = format!("change_{}", v.tree.nodes[n].node.id);
        t = t.column(&id, v.node(n), points(), number(&order, 1, |g, i| v.change(g, n, i)));
    }
    t
}

fn distance(v: &View<'_>) -> Text {
    match v.options.distance {
        Distance::Ratio => Text::new(
            "min(1, x / target), target / x where less is better, as in the official monitoring of progress in science and technology",
            "min(1, x/标准)，负向指标为标准/x，与全国科技进步统计监测的做法一致",
        ),
        Distance::FromWorst => Text::new("min(1, (x - worst) / (target - worst))", "min(1, (x-最差)/(目标-最差))"),
        Distance::FromBase => Text::new(
            "min(1, (x - base) / (target - base)), below 0 where a unit fell back",
            "min(1, (x-基期)/(目标-基期))，倒退时为负",
        ),
    }
}

fn achievement(v: &View<'_>, rows: &[(usize, usize)]) -> Table {
    let count = |g: usize, i: usize, of: &dyn Fn(Status) -> bool| {
        v.assessed[g].achievement.as_ref().map(|a| a.status.iter().filter(|s| of(s[i])).count())
    };
    let total = |g: usize, i: usize| v.assessed[g].achievement.as_ref().map_or(f64::NAN, |a| 100.0 * a.total[i]);
    let (en, zh) = when(v);
    let how = distance(v);
    keyed(v, "achievement", Text::new(format!("Achievement of targets{en}"), format!("{zh}目标实现程度")), rows)
        .note(Text::new(
            format!("{}. The total is the mean weighted as in the group, over the indicators with an achievement.", how.en),
            format!("{}。合计按组内权重对有实现程度的指标加权平均。", how.zh),
        ))
        .column("total", Text::new("Achievement", "实现程度"), Text::plain("%"), number(rows, 1, total))
        .column(
            "reached",
            Text::new("Targets reached", "已达目标数"),
            Text::default(),
            integer(rows, |g, i| count(g, i, &|s| s == Status::Reached)),
        )
        .column(
            "measured",
            Text::new("Targets measured", "可测目标数"),
            Text::default(),
            integer(rows, |g, i| count(g, i, &|s| matches!(s, Status::Reached | Status::Measured))),
        )
}

fn status(s: Status) -> Text {
    match s {
        Status::Measured => Text::new("on the way", "进行中"),
        Status::Reached => Text::new("reached", "已达到"),
        Status::NoTarget => Text::new("no target", "无目标"),
        Status::Missing => Text::new("value missing", "缺值"),
        Status::NoBase => Text::new("no base value", "无基期值"),
        Status::Behind => Text::new("target behind the start", "目标劣于起点"),
    }
}

/// Every cell: group, unit, period, indicator.
fn achievements(v: &View<'_>, rows: &[(usize, usize)]) -> Table {
    let m = v.tree.leaves.len();
    let cells: Vec<(usize, usize, usize)> = rows.iter().flat_map(|&(g, i)| (0..m).map(move |j| (g, i, j))).collect();
    let keys: Vec<(usize, usize)> = cells.iter().map(|c| (c.0, c.1)).collect();
    let text = |of: &dyn Fn(usize, usize, usize) -> Text| Cells::Text(cells.iter().map(|&(g, i, j)| of(g, i, j)).collect());
    let numbers =
        |of: &dyn Fn(usize, usize, usize) -> f64, d| Cells::Number(cells.iter().map(|&(g, i, j)| of(g, i, j)).collect(), d);
    let none = Text::default;
    let periods = Cells::Integer(keys.iter().map(|&(g, i)| Some(i64::from(v.period(g, i)))).collect());
    let own = |g: usize| v.assessed[g].achievement.as_ref();
    let target = |g: usize, j: usize| -> f64 {
        let declared = v.options.terms.get(&v.assessed[g].name).and_then(|t| t.targets.get(&v.tree.leaves[j].id).copied());
        let ideal = v.tree.leaves[j].direction.ideal().map(|(low, _)| low);
        ideal.or(declared).or(v.tree.leaves[j].target).unwrap_or(f64::NAN)
    };
    keyed(v, "achievement_all", Text::new("Achievement by indicator, all periods", "各期各指标的实现程度"), &keys)
        .hidden()
        .note(Text::new(
            "Values and targets in the unit of the indicator; for an indicator best within an interval the target is its lower end.",
            "指标值与目标采用指标自身单位；区间型指标的目标列其下限。",
        ))
        .column("period", Text::new("Period", "时期"), none(), periods)
        .column("indicator", Text::new("Indicator", "指标"), none(), text(&|_, _, j| v.indicator(j)))
        .column("measure", Text::new("Unit of measure", "单位"), none(), text(&|_, _, j| unit_of(v, j)))
        .column("value", Text::new("Value", "指标值"), none(), numbers(&|g, i, j| v.assessed[g].composite.normalised.raw[j][i], 3))
        .column("target", Text::new("Target", "目标"), none(), numbers(&|g, _, j| target(g, j), 3))
        .column(
            "achievement",
            Text::new("Achievement", "实现程度"),
            Text::plain("%"),
            numbers(&|g, i, j| own(g).map_or(f64::NAN, |a| 100.0 * a.values[j][i]), 1),
        )
        .column("status", Text::new("Status", "状态"), none(), text(&|g, i, j| own(g).map_or_else(none, |a| status(a.status[j][i]))))
}

/// Unit of measure of an indicator.
pub(super) fn unit_of(v: &View<'_>, j: usize) -> Text {
    let unit = &v.tree.leaves[j].unit;
    Text::new(&unit.en, &unit.zh)
}

/// Effective weights by group, of the last period where they differ by period.
fn weights(v: &View<'_>) -> Table {
    let mut t = Table::new("group_weights", Text::new("Effective weights by group", "各组有效权重"))
        .note(Text::new("Each column sums to 1.", "每列合计为 1。"))
        .column(
            "indicator",
            Text::new("Indicator", "指标"),
            Text::default(),
            Cells::Text((0..v.tree.leaves.len()).map(|j| v.indicator(j)).collect()),
        );
    for (g, assessed) in v.assessed.iter().enumerate() {
        let last = assessed.composite.weights.effective.last().cloned().unwrap_or_default();
        t = t.column(&format!("group_{}", g + 1), v.group(g), Text::default(), Cells::Number(last, 3));
    }
    t
}

fn all_periods(v: &View<'_>) -> Table {
    let rows = v.every();
    let periods = Cells::Integer(rows.iter().map(|&(g, i)| Some(i64::from(v.period(g, i)))).collect());
    keyed(v, "peers_all", Text::new("Scores and ranks among peers, all periods", "各期组内得分与名次"), &rows)
        .hidden()
        .column("period", Text::new("Period", "时期"), Text::default(), periods)
        .column("rank", Text::new("Rank by level", "水平名次"), Text::default(), integer(&rows, |g, i| v.assessed[g].ranks[i]))
        .column("score", Text::new("Score", "得分"), points(), number(&rows, 1, |g, i| v.score(g, i)))
        .column("change", Text::new("Change", "变化"), points(), number(&rows, 1, |g, i| v.change(g, 0, i)))
}

fn silhouettes(v: &View<'_>) -> Option<Table> {
    let clusters = v.clusters.as_ref()?;
    let taken = |k: usize| if k == clusters.number { Text::new("taken", "采用") } else { Text::plain("–") };
    Some(
        Table::new("silhouettes", Text::new("Numbers of clusters", "聚类数的选择"))
            .note(Text::new(
                "Ward's method on z scores of the last period; mean silhouette from -1 to 1, larger is clearer.",
                "对末期 z 分数作 Ward 聚类；平均轮廓系数介于 -1 与 1，越大分组越清晰。",
            ))
            .column(
                "clusters",
                Text::new("Clusters", "类数"),
                Text::default(),
                Cells::Integer(clusters.silhouettes.iter().map(|s| i64::try_from(s.0).ok()).collect()),
            )
            .column(
                "silhouette",
                Text::new("Mean silhouette", "平均轮廓系数"),
                Text::default(),
                Cells::Number(clusters.silhouettes.iter().map(|s| s.1).collect(), 3),
            )
            .column(
                "taken",
                Text::new("Taken", "采用"),
                Text::default(),
                Cells::Text(clusters.silhouettes.iter().map(|s| taken(s.0)).collect()),
            ),
    )
}
