//! Tables of a composite index.

use index::{Aggregation, Direction, Normalisation, Weighting, audit};

use super::{View, association, bands, data, derivation, profile, structure, weighing};
use crate::{
    table::{Cells, Table},
    text::Text,
};

pub(super) fn points() -> Text {
    Text::new("points (0-100)", "分（0–100）")
}

pub(super) fn tables(v: &View<'_>, geometric: &[f64], mpi: &[f64]) -> Vec<Table> {
    let all: Vec<usize> = (0..v.index.ranks.len()).collect();
    let when = v.has_periods().then(|| v.periods.last().copied()).flatten();
    let title = match when {
        Some(p) => Text::new(format!("Scores and ranks, {p}"), format!("{p} 年得分与名次")),
        None => Text::new("Scores and ranks", "得分与名次"),
    };
    let mut out = vec![scores(v, "scores", title, &v.latest, Some((geometric, mpi))).derived(derivation::sheets(v))];
    if v.periods.len() > 1 {
        let title = Text::new("Scores and ranks, all periods", "各期得分与名次");
        out.push(scores(v, "scores_all", title, &all, Some((geometric, mpi))).hidden());
    }
    out.push(dimensions(v, &all));
    out.push(weights(v));
    out.push(indicators(v, &all));
    out.push(contributions(v, &all));
    if let Some(u) = &v.bands {
        out.push(alternatives(v, u));
        out.extend(bands::tables(v, u));
    }
    out.extend(data::tables(v));
    out.extend(structure::tables(v));
    out.extend(association::tables(v));
    out.extend(weighing::tables(v));
    out.extend(profile::tables(v));
    if !v.index.normalised.fills.is_empty() {
        out.push(filled(v));
    }
    out
}

pub(super) fn keyed(v: &View<'_>, id: &str, title: Text, rows: &[usize]) -> Table {
    let unit = Cells::Unit(rows.iter().map(|&i| v.unit(i).to_owned()).collect());
    let table = Table::new(id, title).column("unit", Text::new("Unit", "单元"), Text::default(), unit);
    if !v.has_periods() {
        return table;
    }
    let period = Cells::Integer(rows.iter().map(|&i| Some(i64::from(v.period(i)))).collect());
    table.column("period", Text::new("Period", "时期"), Text::default(), period)
}

fn integer(values: impl Iterator<Item = Option<usize>>) -> Cells {
    Cells::Integer(values.map(|x| x.and_then(|x| i64::try_from(x).ok())).collect())
}

fn scores(v: &View<'_>, id: &str, title: Text, rows: &[usize], beside: Option<(&[f64], &[f64])>) -> Table {
    let number = |f: &dyn Fn(usize) -> f64, d| Cells::Number(rows.iter().map(|&i| f(i)).collect(), d);
    let ranks = || integer(rows.iter().map(|&i| v.index.ranks[i]));
    let mut t = keyed(v, id, title, rows).column("rank", Text::new("Rank", "名次"), Text::default(), ranks()).column(
        "score",
        Text::new("Score", "得分"),
        points(),
        number(&|i| v.score(i), 1),
    );
    if let Some(u) = &v.bands {
        let rank = |xs: &[usize]| integer(rows.iter().map(|&i| Some(xs[i]).filter(|x| *x > 0)));
        let n = u.alternatives.len();
        let note = Text::new(
            format!(
                "Intervals run from the 5th to the 95th percentile of {n} alternatives, each brought to the mean and standard deviation of the index itself; best and worst rank are those under any of them. Top share: share of alternatives in which the unit is among the first {}.",
                v.options.alternatives().top
            ),
            format!(
                "区间为 {n} 个备选方案的第 5 至第 95 百分位，各方案得分先调整到与基准指数相同的均值和标准差；最好与最差名次取自全部方案。前列占比：单元位居前 {} 名的方案占比。",
                v.options.alternatives().top
            ),
        );
        t = t
            .column("low", Text::new("5 %", "5%"), points(), number(&|i| 100.0 * u.low[i], 1))
            .column("high", Text::new("95 %", "95%"), points(), number(&|i| 100.0 * u.high[i], 1))
            .column("rank_best", Text::new("Best rank", "最好名次"), Text::default(), rank(&u.best))
            .column("rank_worst", Text::new("Worst rank", "最差名次"), Text::default(), rank(&u.worst))
            .column("rank_5", Text::new("Rank, 5 %", "名次 5%"), Text::default(), number(&|i| u.rank_low[i], 1))
            .column("rank_95", Text::new("Rank, 95 %", "名次 95%"), Text::default(), number(&|i| u.rank_high[i], 1))
            .column("rank_median", Text::new("Median rank", "名次中位数"), Text::default(), number(&|i| u.median[i], 1))
            .column("top_share", Text::new("Top share", "前列占比"), Text::plain("%"), number(&|i| 100.0 * u.top[i], 0))
            .note(note);
    }
    if let Some((geometric, mpi)) = beside {
        if v.options.recipe().aggregation != Aggregation::Geometric {
            let label = Text::new("Geometric", "几何合成");
            t = t.column("geometric", label, points(), number(&|i| 100.0 * geometric[i], 1));
        }
        if mpi.iter().any(|x| !x.is_nan()) {
            let label = Text::new("Mazziotta-Pareto", "Mazziotta-Pareto 指数");
            t = t.column("mpi", label, Text::new("mean 100, sd 10", "均值100，标准差10"), number(&|i| mpi[i], 1));
        }
    }
    t
}

fn dimensions(v: &View<'_>, rows: &[usize]) -> Table {
    let mut t = keyed(v, "dimensions", Text::new("Scores of the dimensions", "各维度得分"), rows).hidden();
    for (k, node) in v.tree.nodes.iter().enumerate() {
        let values = rows.iter().map(|&i| 100.0 * v.index.scores[k][i]).collect();
        let label = if k == 0 { Text::new("Index", "综合指数") } else { v.node(k) };
        t = t.column(&node.node.id, label, points(), Cells::Number(values, 1));
    }
    t
}

fn indicators(v: &View<'_>, rows: &[usize]) -> Table {
    let title = Text::new("Normalised indicators (0 worst, 1 best)", "归一化指标（0 最差，1 最好）");
    let mut t = keyed(v, "indicators", title, rows).hidden();
    for (j, leaf) in v.tree.leaves.iter().enumerate() {
        let values = rows.iter().map(|&i| v.index.normalised.values[j][i]).collect();
        t = t.column(&leaf.id, v.indicator(j), Text::default(), Cells::Number(values, 3));
    }
    t
}

fn contributions(v: &View<'_>, rows: &[usize]) -> Table {
    let title = Text::new("Contributions of the indicators to the score", "各指标对得分的贡献");
    let mut t = keyed(v, "contributions", title, rows).hidden();
    for (j, leaf) in v.tree.leaves.iter().enumerate() {
        let values = rows.iter().map(|&i| 100.0 * v.index.contributions[j][i]).collect();
        t = t.column(&leaf.id, v.indicator(j), points(), Cells::Number(values, 2));
    }
    let score = rows.iter().map(|&i| v.score(i)).collect();
    t.column("score", Text::new("Score", "得分"), points(), Cells::Number(score, 1))
}

fn weights(v: &View<'_>) -> Table {
    let leaves = &v.tree.leaves;
    let text = |f: &dyn Fn(usize) -> Text| Cells::Text((0..leaves.len()).map(f).collect());
    let number = |xs: &[f64], d| Cells::Number(xs.iter().map(|x| 100.0 * x).collect(), d);
    let percent = || Text::plain("%");
    let sign = |j: usize| match leaves[j].direction {
        Direction::Positive => Text::plain("+"),
        Direction::Negative => Text::plain("−"),
        Direction::Middle(best) => Text::plain(format!("→ {best}")),
        Direction::Interval(low, high) => Text::plain(format!("→ {low}–{high}")),
    };
    let mut t = Table::new("weights", Text::new("Indicators and their effective weights", "指标体系与有效权重"))
        .column("dimension", Text::new("Dimension", "维度"), Text::default(), text(&|j| v.node(v.tree.parents[j])))
        .column("indicator", Text::new("Indicator", "指标"), Text::default(), text(&|j| v.indicator(j)))
        .column("id", Text::new("Name", "名称"), Text::default(), text(&|j| Text::plain(leaves[j].id.clone())))
        .column("direction", Text::new("Direction", "方向"), Text::default(), text(&sign))
        .column("unit", Text::new("Unit of measure", "单位"), Text::default(), text(&|j| super::words(&leaves[j].unit)))
        .column("formula", Text::new("Formula", "公式"), Text::default(), text(&|j| Text::plain(leaves[j].formula.clone())))
        .column("source", Text::new("Source", "来源"), Text::default(), text(&|j| Text::plain(leaves[j].source.clone())));
    let w = &v.index.weights;
    for (k, set) in w.effective.iter().enumerate() {
        let (name, label) = match w.periods.get(k).copied().flatten() {
            Some(p) => (format!("weight_{p}"), Text::new(format!("Weight {p}"), format!("{p} 年权重"))),
            None => ("weight".to_owned(), Text::new("Weight", "权重")),
        };
        t = t.column(&name, label, percent(), number(set, 1));
    }
    if let [entropy] = w.entropy.as_slice() {
        t = t.column("entropy", Text::new("Entropy", "熵值"), Text::default(), Cells::Number(entropy.clone(), 4));
    }
    let note = Text::new(
        "Effective weight: product of the weights from the index down to the indicator. Influence: share in the squared correlations with the index. Variance: share of the variance of the index carried by the indicator's contribution.",
        "有效权重：自指数至指标各层权重之积。影响：与指数相关系数平方的占比。方差：指标贡献在指数方差中的占比。",
    );
    t.column("influence", Text::new("Influence", "影响"), percent(), number(&audit::importance(v.index), 1))
        .column("variance", Text::new("Variance", "方差"), percent(), number(&audit::variance_shares(v.index), 1))
        .note(note)
}

pub(super) fn weighting(w: Weighting) -> Text {
    match w {
        Weighting::Equal => Text::new("equal", "等权重"),
        Weighting::Manual => Text::new("manual", "给定权重"),
        Weighting::Entropy => Text::new("entropy", "熵权重"),
        Weighting::Critic => Text::new("CRITIC", "CRITIC 权重"),
        Weighting::Variation => Text::new("coefficient of variation", "变异系数权重"),
        Weighting::StandardDeviation => Text::new("standard deviation", "标准差权重"),
        Weighting::Gini => Text::new("Gini", "基尼系数权重"),
        Weighting::PrincipalComponents => Text::new("principal component", "主成分权重"),
        Weighting::Merec => Text::plain("MEREC"),
        Weighting::Cilos => Text::plain("CILOS"),
        Weighting::Idocriw => Text::plain("IDOCRIW"),
        Weighting::Importance => Text::new("sought importance", "目标重要性权重"),
        Weighting::ScatterDegree => Text::new("scatter degree", "纵横向拉开档次权重"),
        Weighting::Combination => Text::new("combination", "组合权重"),
    }
}

pub(super) fn aggregation(a: Aggregation) -> Text {
    match a {
        Aggregation::Arithmetic => Text::new("arithmetic", "算术"),
        Aggregation::Geometric => Text::new("geometric", "几何"),
        Aggregation::Topsis => Text::new("TOPSIS", "TOPSIS "),
        Aggregation::Harmonic => Text::new("harmonic", "调和"),
        Aggregation::Quadratic => Text::new("quadratic", "平方"),
        Aggregation::Power => Text::new("power-mean", "幂平均"),
        Aggregation::Mpi => Text::new("Mazziotta-Pareto", "Mazziotta-Pareto "),
        Aggregation::Ampi => Text::new("adjusted Mazziotta-Pareto", "调整的 Mazziotta-Pareto "),
        Aggregation::MeanMin => Text::new("mean-min", "均值-最小值"),
        Aggregation::Owa => Text::new("ordered weighted", "有序加权"),
        Aggregation::Copeland => Text::new("Copeland", "Copeland "),
    }
}

pub(super) fn normalisation(n: Normalisation) -> Text {
    match n {
        Normalisation::MinMax => Text::new("min-max", "最小最大"),
        Normalisation::ZScore => Text::new("z score", "z 分数"),
        Normalisation::Rank => Text::new("rank", "名次"),
        Normalisation::PercentRank => Text::new("percent rank", "百分位名次"),
        Normalisation::FractionOfMaximum => Text::new("fraction of maximum", "极大值化"),
        Normalisation::Sum => Text::new("share of sum", "求和归一化"),
        Normalisation::Vector => Text::new("vector", "向量归一化"),
        Normalisation::Mean => Text::new("ratio to mean", "均值化"),
        Normalisation::Reference => Text::new("ratio to reference", "参照单元比值"),
        Normalisation::Target => Text::new("distance to target", "目标距离"),
        Normalisation::Efficacy => Text::new("efficacy coefficient", "功效系数"),
        Normalisation::Logistic => Text::new("logistic", "逻辑函数"),
    }
}

fn alternatives(v: &View<'_>, u: &index::uncertainty::Uncertainty) -> Table {
    let text = |f: &dyn Fn(&index::uncertainty::Alternative) -> Text| Cells::Text(u.alternatives.iter().map(f).collect());
    let number = Cells::Integer((1..=u.alternatives.len()).map(|k| i64::try_from(k).ok()).collect());
    Table::new("alternatives", Text::new("Alternatives", "备选方案"))
        .hidden()
        .note(Text::new("The first is the index itself.", "第一个方案即基准指数。"))
        .column("alternative", Text::new("Alternative", "方案"), Text::default(), number)
        .column("normalisation", Text::new("Normalisation", "归一化"), Text::default(), text(&|a| normalisation(a.normalisation)))
        .column("weights", Text::new("Weights", "权重"), Text::default(), text(&|a| weighting(a.weights)))
        .column("aggregation", Text::new("Aggregation", "合成"), Text::default(), text(&|a| aggregation(a.aggregation)))
        .column(
            "without",
            Text::new("Left out", "剔除指标"),
            Text::default(),
            text(&|a| a.without.map_or_else(|| Text::plain("–"), |j| v.indicator(j))),
        )
        .column(
            "agreement",
            Text::new("Rank correlation with the index", "与基准指数的秩相关"),
            Text::default(),
            Cells::Number(u.agreement.clone(), 3),
        )
}

fn filled(v: &View<'_>) -> Table {
    let fills = &v.index.normalised.fills;
    let rows: Vec<usize> = fills.iter().map(|f| f.row).collect();
    let left_out = |x: f64| if x.is_nan() { Text::new("left out", "未计入") } else { Text::new("filled", "已填补") };
    keyed(v, "filled", Text::new("Missing cells", "缺失单元格"), &rows)
        .hidden()
        .column(
            "indicator",
            Text::new("Indicator", "指标"),
            Text::default(),
            Cells::Text(fills.iter().map(|f| v.indicator(f.indicator)).collect()),
        )
        .column(
            "treatment",
            Text::new("Treatment", "处理"),
            Text::default(),
            Cells::Text(fills.iter().map(|f| left_out(f.value)).collect()),
        )
        .column(
            "value",
            Text::new("Value put in", "填补值"),
            Text::default(),
            Cells::Number(fills.iter().map(|f| f.value).collect(), 3),
        )
}
