//! Tables of an uncertainty run: which choices matter, and who is ahead of whom.

use index::uncertainty::{Ahead, Factor, Sensitivity, Uncertainty};

use super::View;
use crate::{
    figure::{Bars, Chart, Figure},
    table::{Cells, Table},
    text::Text,
};

/// Share of alternatives from which one unit is called ahead of another.
pub(super) const AHEAD: f64 = 0.95;

pub(super) fn tables(v: &View<'_>, u: &Uncertainty) -> Vec<Table> {
    let mut out = Vec::new();
    if !u.sensitivity.is_empty() {
        out.push(sensitivity(&u.sensitivity));
        out.push(by_unit(v, u));
    }
    if let Some(ahead) = &u.ahead {
        out.push(neighbours(v, ahead));
        out.push(pairs(v, ahead));
    }
    out
}

/// The name of a choice.
pub(super) fn factor(f: Factor) -> Text {
    match f {
        Factor::Missing => Text::new("Missing cells", "缺失值处理"),
        Factor::Winsorise => Text::new("Outliers", "离群值处理"),
        Factor::Normalisation => Text::new("Normalisation", "归一化"),
        Factor::Weights => Text::new("Weights", "赋权方法"),
        Factor::Aggregation => Text::new("Aggregation", "合成方法"),
        Factor::Indicator => Text::new("Indicator left out", "剔除指标"),
        Factor::Noise => Text::new("Noise on weights", "权重扰动"),
        Factor::Imputation => Text::new("Draws of missing cells", "多重插补"),
    }
}

/// How much each choice matters, as bars.
pub(super) fn figure(u: &Uncertainty) -> Option<Figure> {
    let items: Vec<(Text, f64)> =
        u.sensitivity.iter().map(|s| (factor(s.factor), s.shift.total)).filter(|(_, x)| x.is_finite()).collect();
    (!items.is_empty()).then(|| Figure {
        id: "sensitivity".to_owned(),
        title: Text::new("Which choices move ranks", "哪些选择影响名次"),
        note: Text::new(
            "Total Sobol index of the mean absolute change of rank: share of its variance that stays when all other choices are fixed. The table gives bands and first-order indices.",
            "以平均名次变动为输出的总效应 Sobol 指数：固定其余全部选择时仍保留的方差份额。区间与一阶指数见表。",
        ),
        chart: Chart::Bars(Bars {
            label: Text::new("total Sobol index", "总效应 Sobol 指数"),
            decimals: 2,
            items,
            items_are_units: false,
        }),
    })
}

fn sensitivity(all: &[Sensitivity]) -> Table {
    let number = |f: &dyn Fn(&Sensitivity) -> f64| Cells::Number(all.iter().map(f).collect(), 3);
    let plain = Text::default;
    Table::new("sensitivity", Text::new("Which choices move ranks", "哪些选择影响名次"))
        .note(Text::new(
            "Sobol indices of the mean absolute change of rank against the index itself. First order: share of its variance that goes when this choice alone is fixed (Saltelli et al. 2010). Total: share that stays when all others are fixed (Jansen 1999). Bands: 5th to 95th percentile of a bootstrap over the design; first-order indices can fall below 0 by chance.",
            "以相对基准指数的平均名次变动为输出的 Sobol 指数。一阶：仅固定该选择时方差减少的份额（Saltelli 等，2010）；总效应：固定其余全部选择时仍保留的份额（Jansen，1999）。区间为对设计点自助抽样的第 5 至第 95 百分位；一阶指数可能因随机性略低于 0。",
        ))
        .column("choice", Text::new("Choice", "选择"), plain(), Cells::Text(all.iter().map(|s| factor(s.factor)).collect()))
        .column("first", Text::new("First order", "一阶指数"), plain(), number(&|s| s.shift.first))
        .column("first_5", Text::new("First order, 5 %", "一阶 5%"), plain(), number(&|s| s.shift.first_band.0))
        .column("first_95", Text::new("First order, 95 %", "一阶 95%"), plain(), number(&|s| s.shift.first_band.1))
        .column("total", Text::new("Total", "总效应指数"), plain(), number(&|s| s.shift.total))
        .column("total_5", Text::new("Total, 5 %", "总效应 5%"), plain(), number(&|s| s.shift.total_band.0))
        .column("total_95", Text::new("Total, 95 %", "总效应 95%"), plain(), number(&|s| s.shift.total_band.1))
}

fn by_unit(v: &View<'_>, u: &Uncertainty) -> Table {
    let rows: Vec<usize> = u.ahead.as_ref().map(|a| a.rows.clone()).unwrap_or_default();
    let unit = Cells::Unit(rows.iter().map(|&i| v.unit(i).to_owned()).collect());
    let mut t =
        Table::new("sensitivity_by_unit", Text::new("Which choices move the rank of each unit", "各单元名次受哪些选择影响"))
            .hidden()
            .note(Text::new(
                "Total Sobol index of the unit's rank in the last period; empty where its rank never changes.",
                "末期该单元名次的总效应 Sobol 指数；名次从不变化者为空。",
            ))
            .column("unit", Text::new("Unit", "单元"), Text::default(), unit);
    for s in &u.sensitivity {
        let name = format!("{:?}", s.factor).to_lowercase();
        t = t.column(&name, factor(s.factor), Text::default(), Cells::Number(s.rank.clone(), 3));
    }
    t
}

/// Each unit beside the next in the ranking.
fn neighbours(v: &View<'_>, ahead: &Ahead) -> Table {
    let n = ahead.rows.len();
    let pairs: Vec<usize> = (0..n.saturating_sub(1)).collect();
    let unit = |k: usize| Cells::Unit(pairs.iter().map(|&a| v.unit(ahead.rows[a + k]).to_owned()).collect());
    let share: Vec<f64> = pairs.iter().map(|&a| ahead.share[a * n + a + 1]).collect();
    let firm = |s: &f64| if *s >= AHEAD { Text::new("yes", "是") } else { Text::new("no", "否") };
    Table::new("neighbours", Text::new("Is each unit ahead of the next?", "相邻名次是否可靠"))
        .hidden()
        .note(Text::new(
            "Share of alternatives in which the unit scores higher than the next in the ranking; ties count half. Firm: at least 95 %.",
            "单元得分高于后一名的备选方案占比，相同得分计一半。可靠：不低于 95%。",
        ))
        .column("unit", Text::new("Unit", "单元"), Text::default(), unit(0))
        .column("next", Text::new("Next", "后一名"), Text::default(), unit(1))
        .column("ahead", Text::new("Ahead in", "领先占比"), Text::plain("%"), Cells::Number(share.iter().map(|s| 100.0 * s).collect(), 0))
        .column("firm", Text::new("Firm", "是否可靠"), Text::default(), Cells::Text(share.iter().map(firm).collect()))
}

fn pairs(v: &View<'_>, ahead: &Ahead) -> Table {
    let n = ahead.rows.len();
    let unit = Cells::Unit(ahead.rows.iter().map(|&i| v.unit(i).to_owned()).collect());
    let mut t = Table::new("pairs", Text::new("Who is ahead of whom", "两两领先概率"))
        .hidden()
        .note(Text::new(
            "Share of alternatives in which the unit of the row scores higher than that of the column, in percent; ties count half.",
            "行单元得分高于列单元的备选方案占比（%），相同得分计一半。",
        ))
        .column("unit", Text::new("Unit", "单元"), Text::default(), unit);
    for (b, &row) in ahead.rows.iter().enumerate() {
        let share = (0..n).map(|a| if a == b { f64::NAN } else { 100.0 * ahead.share[a * n + b] }).collect();
        t = t.column(v.unit(row), v.unit_label(row), Text::plain("%"), Cells::Number(share, 0));
    }
    t
}
