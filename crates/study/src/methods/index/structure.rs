//! The multivariate audit: how the indicators of each dimension hang together.

use index::multivariate::{Correlations, correlations, cronbach_alpha};
use numerics::moments;

use super::View;
use crate::{
    figure::{Chart, Figure, Heatmap},
    table::{Cells, Table},
    text::Text,
};

/// Most indicators whose correlations are drawn.
const DRAWN: usize = 40;

/// One group of indicators: a dimension that holds some, or all of them.
struct Group {
    name: Text,
    leaves: Vec<usize>,
    alpha: f64,
    found: Option<Correlations>,
}

fn groups(v: &View<'_>) -> Vec<Group> {
    let values = &v.index.normalised.values;
    let rows: Vec<usize> = (0..v.index.normalised.units.len()).collect();
    let group = |name: Text, leaves: Vec<usize>| {
        let columns: Vec<Vec<f64>> = leaves.iter().map(|&j| values[j].clone()).collect();
        let alpha = cronbach_alpha(&columns, &rows).unwrap_or(f64::NAN);
        Group { name, alpha, found: correlations(&columns, &rows), leaves }
    };
    let dimensions = v.tree.nodes.iter().enumerate().filter(|(k, n)| *k > 0 && n.node.indicators.len() > 1);
    let mut out: Vec<Group> = dimensions.map(|(k, n)| group(v.node(k), n.leaves.clone().collect())).collect();
    out.push(group(Text::new("all indicators", "全部指标"), (0..values.len()).collect()));
    out
}

/// Alpha, adequacy, first component and the smallest and largest correlation of each dimension; inflation by indicator.
pub(super) fn tables(v: &View<'_>) -> Vec<Table> {
    let groups = groups(v);
    let number = |f: &dyn Fn(&Group) -> f64, d| Cells::Number(groups.iter().map(f).collect(), d);
    let of = |g: &Group, f: &dyn Fn(&Correlations) -> Option<f64>| g.found.as_ref().and_then(f).unwrap_or(f64::NAN);
    let pairs = |c: &Correlations| -> Vec<f64> {
        let k = c.size();
        (0..k).flat_map(|a| (a + 1..k).map(move |b| (a, b))).map(|(a, b)| c.matrix[a * k + b]).collect()
    };
    let plain = Text::default;
    let structure = Table::new("structure", Text::new("How the indicators of a dimension hang together", "各维度指标的内部结构"))
        .hidden()
        .note(Text::new(
            "On normalised values over rows with every cell. Cronbach's alpha; Kaiser-Meyer-Olkin measure; Bartlett's test that all correlations are 0; share of the first principal component; correlations. Empty where indicators are linear combinations of others or rows too few.",
            "基于归一化值及无缺失的行。克朗巴哈 α；KMO 值；Bartlett 球形检验；第一主成分方差占比；相关系数。指标线性相关或行数过少时为空。",
        ))
        .column("dimension", Text::new("Dimension", "维度"), plain(), Cells::Text(groups.iter().map(|g| g.name.clone()).collect()))
        .column(
            "indicators",
            Text::new("Indicators", "指标数"),
            plain(),
            Cells::Integer(groups.iter().map(|g| i64::try_from(g.leaves.len()).ok()).collect()),
        )
        .column("alpha", Text::new("Cronbach's alpha", "克朗巴哈 α"), plain(), number(&|g| g.alpha, 2))
        .column("kmo", Text::new("KMO", "KMO"), plain(), number(&|g| of(g, &|c| c.sampling_adequacy().map(|a| a.overall)), 2))
        .column("bartlett_p", Text::new("Bartlett, p", "Bartlett p 值"), plain(), number(&|g| of(g, &|c| c.sphericity().map(|s| s.p)), 4))
        .column(
            "first_component",
            Text::new("First component", "第一主成分"),
            Text::plain("%"),
            number(&|g| of(g, &|c| c.components().shares.first().map(|s| 100.0 * s)), 0),
        )
        .column("r_low", Text::new("Smallest r", "最小相关"), plain(), number(&|g| of(g, &|c| pairs(c).into_iter().reduce(f64::min)), 2))
        .column("r_mean", Text::new("Mean r", "平均相关"), plain(), number(&|g| of(g, &|c| Some(moments::mean(&pairs(c)))), 2))
        .column("r_high", Text::new("Largest r", "最大相关"), plain(), number(&|g| of(g, &|c| pairs(c).into_iter().reduce(f64::max)), 2));
    let mut out = vec![structure];
    let all = groups.last().and_then(|g| g.found.as_ref());
    if let Some((c, inflation)) = all.and_then(|c| Some((c, c.variance_inflation()?))) {
        let text = |f: &dyn Fn(usize) -> Text| Cells::Text(c.columns.iter().map(|&j| f(j)).collect());
        out.push(
            Table::new("collinearity", Text::new("Variance inflation of the indicators", "指标的方差膨胀因子"))
                .hidden()
                .note(Text::new(
                    "1 / (1 − R²) of the regression of an indicator on all others; above 10 it says little that others do not.",
                    "以其余全部指标回归所得 1 / (1 − R²)；大于 10 时该指标所含独立信息很少。",
                ))
                .column("indicator", Text::new("Indicator", "指标"), plain(), text(&|j| v.indicator(j)))
                .column("id", Text::new("Name", "名称"), plain(), text(&|j| Text::plain(v.tree.leaves[j].id.clone())))
                .column("vif", Text::new("Variance inflation", "方差膨胀因子"), plain(), Cells::Number(inflation, 1)),
        );
    }
    out
}

/// Correlations of all indicators.
pub(super) fn figure(v: &View<'_>) -> Option<Figure> {
    let rows: Vec<usize> = (0..v.index.normalised.units.len()).collect();
    let found = correlations(&v.index.normalised.values, &rows).filter(|c| (3..=DRAWN).contains(&c.size()))?;
    let k = found.size();
    let names: Vec<Text> = found.columns.iter().map(|&j| v.indicator(j)).collect();
    Some(Figure {
        id: "correlations".to_owned(),
        title: Text::new("Correlations of the indicators", "指标间的相关系数"),
        note: Text::new(
            "Pearson correlations of the normalised values, negative indicators turned round: what belongs together should lie above 0.",
            "归一化值（负向指标已正向化）的皮尔逊相关系数：同一维度的指标应为正相关。",
        ),
        chart: Chart::Heatmap(Heatmap::correlations(
            Text::new("correlation", "相关系数"),
            names,
            found.matrix.chunks(k).map(<[f64]>::to_vec).collect(),
        )),
    })
}
