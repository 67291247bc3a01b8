//! Tables of what a unit is good and poor at, and of how its indicators grow.

use index::{
    profile::{Profile, Standing, profiles},
    trend::{Growth, Trend, trends},
};

use super::{View, words};
use crate::{
    table::{Cells, Table},
    text::Text,
};

pub(super) fn tables(v: &View<'_>) -> Vec<Table> {
    let mut out = Vec::new();
    if v.options.strengths > 0 {
        out.push(standings(v));
    }
    if v.has_periods() && v.periods.len() > 1 {
        out.push(growth(v));
    }
    out
}

fn standings(v: &View<'_>) -> Table {
    let found = profiles(&v.tree, &v.index.normalised, &v.latest, v.options.strengths);
    let rows: Vec<(usize, bool, &Standing)> = found
        .iter()
        .flat_map(|p: &Profile| {
            let strong = p.strengths.iter().map(|s| (p.row, true, s));
            strong.chain(p.weaknesses.iter().map(|s| (p.row, false, s)))
        })
        .collect();
    let text = |f: &dyn Fn(&Standing) -> Text| Cells::Text(rows.iter().map(|r| f(r.2)).collect());
    let whole = |f: &dyn Fn(&Standing) -> usize| Cells::Integer(rows.iter().map(|r| i64::try_from(f(r.2)).ok()).collect());
    let leaf = |s: &Standing| v.tree.leaves[s.indicator];
    let kind = |strong: bool| if strong { Text::new("strength", "优势") } else { Text::new("weakness", "短板") };
    let plain = Text::default;
    Table::new("strengths", Text::new("Strengths and weaknesses", "优势与短板"))
        .hidden()
        .note(Text::new(
            "Indicators with the best and the worst rank of each unit in the last period, by measured values; filled cells are not ranked, ties share the best rank. A strength has more units behind it than ahead.",
            "末期各单元名次最好与最差的指标，按实测值排序；填补的单元格不参与排序，并列取最好名次。优势指落后于该单元者多于领先者。",
        ))
        .column("unit", Text::new("Unit", "单元"), plain(), Cells::Unit(rows.iter().map(|r| v.unit(r.0).to_owned()).collect()))
        .column("kind", Text::new("Kind", "类别"), plain(), Cells::Text(rows.iter().map(|r| kind(r.1)).collect()))
        .column("indicator", Text::new("Indicator", "指标"), plain(), text(&|s| v.indicator(s.indicator)))
        .column("id", Text::new("Name", "名称"), plain(), text(&|s| Text::plain(leaf(s).id.clone())))
        .column("dimension", Text::new("Dimension", "维度"), plain(), text(&|s| v.node(v.tree.parents[s.indicator])))
        .column("rank", Text::new("Rank", "名次"), plain(), whole(&|s| s.rank))
        .column("tied", Text::new("Units at that rank", "同名次单元数"), plain(), whole(&|s| s.tied))
        .column("ranked", Text::new("Units ranked", "参与排序单元数"), plain(), whole(&|s| s.ranked))
        .column("value", Text::new("Value", "数值"), plain(), Cells::Number(rows.iter().map(|r| r.2.value).collect(), 3))
        .column("measure", Text::new("Unit of measure", "单位"), plain(), text(&|s| words(&leaf(s).unit)))
}

fn status(growth: Growth) -> Text {
    match growth {
        Growth::Rate(_) => Text::new("computed", "已计算"),
        Growth::NotPositive => Text::new("an end is 0 or below", "首末值不为正"),
        Growth::TooFew => Text::new("fewer than two periods", "不足两期"),
    }
}

fn growth(v: &View<'_>) -> Table {
    let n = &v.index.normalised;
    let mut units = n.units.clone();
    units.dedup();
    let columns: Vec<Vec<f64>> = (0..v.tree.leaves.len()).map(|j| n.measured(j)).collect();
    let found: Vec<Vec<Trend>> = columns.iter().map(|c| trends(&n.units, &n.periods, c)).collect();
    let rows: Vec<(usize, usize)> = (0..units.len()).flat_map(|u| (0..columns.len()).map(move |j| (u, j))).collect();
    let trend = |(u, j): (usize, usize)| &found[j][u];
    let text = |f: &dyn Fn(usize) -> Text| Cells::Text(rows.iter().map(|r| f(r.1)).collect());
    let whole = |f: &dyn Fn(&Trend) -> Option<i64>| Cells::Integer(rows.iter().map(|r| f(trend(*r))).collect());
    let at = |r: (usize, usize), last: bool| trend(r).ends.map(|(a, b)| if last { b } else { a });
    let value = |last: bool| Cells::Number(rows.iter().map(|&r| at(r, last).map_or(f64::NAN, |i| columns[r.1][i])).collect(), 3);
    let period = |last: bool| Cells::Integer(rows.iter().map(|&r| at(r, last).map(|i| i64::from(n.periods[i]))).collect());
    let rate = |t: &Trend| if let Growth::Rate(g) = t.growth { 100.0 * g } else { f64::NAN };
    let plain = Text::default;
    Table::new("growth", Text::new("Compound growth of the indicators", "各指标的复合增长率"))
        .hidden()
        .note(Text::new(
            "(last / first)^(1 / (t last − t first)) − 1 between the first and the last period with a measured value; filled cells do not count.",
            "首末实测期之间的 (末值/首值)^(1/(末期 − 首期)) − 1；填补的单元格不计。",
        ))
        .column("unit", Text::new("Unit", "单元"), plain(), Cells::Unit(rows.iter().map(|r| units[r.0].clone()).collect()))
        .column("indicator", Text::new("Indicator", "指标"), plain(), text(&|j| v.indicator(j)))
        .column("id", Text::new("Name", "名称"), plain(), text(&|j| Text::plain(v.tree.leaves[j].id.clone())))
        .column("first_period", Text::new("First period", "首期"), plain(), period(false))
        .column("last_period", Text::new("Last period", "末期"), plain(), period(true))
        .column("first", Text::new("First value", "首值"), plain(), value(false))
        .column("last", Text::new("Last value", "末值"), plain(), value(true))
        .column("measure", Text::new("Unit of measure", "单位"), plain(), text(&|j| words(&v.tree.leaves[j].unit)))
        .column(
            "growth",
            Text::new("Growth", "增长率"),
            Text::new("% per period", "%/期"),
            Cells::Number(rows.iter().map(|r| rate(trend(*r))).collect(), 2),
        )
        .column("known", Text::new("Periods with a value", "有值期数"), plain(), whole(&|t| i64::try_from(t.known).ok()))
        .column("periods", Text::new("Periods", "期数"), plain(), whole(&|t| i64::try_from(t.periods).ok()))
        .column("status", Text::new("Status", "状态"), plain(), Cells::Text(rows.iter().map(|r| status(trend(*r).growth)).collect()))
}
