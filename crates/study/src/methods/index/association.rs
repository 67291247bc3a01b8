//! How indicators go with their siblings, with the index and with size: tables, and finding CI005.

use index::audit::{self, Band};

use super::{
    View,
    findings::{finding, indicator},
};
use crate::{
    finding::{Finding, Weight},
    table::{Cells, Table},
    text::Text,
};

pub(super) fn tables(v: &View<'_>) -> Vec<Table> {
    let mut out = vec![siblings(v), with_index(v)];
    let found = sizes(v);
    if !found.is_empty() {
        out.push(with_size(v, &found));
    }
    out
}

/// One indicator and one size variable, with their correlation.
struct Size<'a> {
    indicator: usize,
    name: &'a str,
    correlation: f64,
}

fn sizes<'a>(v: &View<'a>) -> Vec<Size<'a>> {
    let n = &v.index.normalised;
    let known = v.options.size.iter().filter_map(|name| Some((name.as_str(), v.panel.values(name)?)));
    known
        .flat_map(|(name, column)| {
            let size: Vec<f64> = (0..n.units.len()).map(|i| v.source(i).map_or(f64::NAN, |k| column[k])).collect();
            let found = audit::size_correlations(&n.raw, &size);
            found.into_iter().enumerate().map(move |(indicator, correlation)| Size { indicator, name, correlation })
        })
        .collect()
}

/// CI005: indicators that follow a size variable.
pub(super) fn findings(v: &View<'_>) -> Vec<Finding> {
    let follow = |s: &Size<'_>| {
        let (r, name) = (s.correlation, s.name);
        finding(
            "CI005",
            Weight::Warning,
            indicator(v, s.indicator),
            Text::new(
                format!("Correlation {r:.2} with {name}: it measures size more than intensity. Divide it by a suitable base."),
                format!("与 {name} 的相关系数为 {r:.2}：更多反映规模而非强度，宜除以适当的基数。"),
            ),
        )
    };
    sizes(v).iter().filter(|s| s.correlation.abs() > audit::SIZE).map(follow).collect()
}

fn band(b: Band) -> Text {
    match b {
        Band::Opposed => Text::new("opposed", "此消彼长"),
        Band::Weak => Text::new("weak", "弱"),
        Band::Common => Text::new("in common", "适中"),
        Band::Double => Text::new("counted twice", "重复计算"),
        Band::None => Text::new("none: one does not vary", "无：其一没有变异"),
    }
}

fn siblings(v: &View<'_>) -> Table {
    let found = audit::pairs(&v.tree, &v.index.normalised.values);
    let text = |f: &dyn Fn(&audit::Pair) -> Text| Cells::Text(found.iter().map(f).collect());
    let id = |j: usize| Text::plain(v.tree.leaves[j].id.clone());
    let plain = Text::default;
    Table::new("siblings", Text::new("Correlations within dimensions", "维度内指标的相关系数"))
        .hidden()
        .note(Text::new(
            format!(
                "Pearson correlations of normalised values over the rows that have both. Opposed: below {}; weak: smaller than {} either way; counted twice: above {}.",
                audit::OPPOSED, audit::COMMON, audit::DOUBLE
            ),
            format!(
                "归一化值的皮尔逊相关系数，取两者均有值的行。此消彼长：低于 {}；弱：绝对值小于 {}；重复计算：高于 {}。",
                audit::OPPOSED, audit::COMMON, audit::DOUBLE
            ),
        ))
        .column("dimension", Text::new("Dimension", "维度"), plain(), text(&|p| v.node(p.node)))
        .column("indicator_a", Text::new("Indicator", "指标"), plain(), text(&|p| v.indicator(p.pair.0)))
        .column("indicator_b", Text::new("With", "与"), plain(), text(&|p| v.indicator(p.pair.1)))
        .column("id_a", Text::new("Name", "名称"), plain(), text(&|p| id(p.pair.0)))
        .column("id_b", Text::new("Name of the other", "另一名称"), plain(), text(&|p| id(p.pair.1)))
        .column("r", Text::new("Correlation", "相关系数"), plain(), Cells::Number(found.iter().map(|p| p.correlation).collect(), 3))
        .column("band", Text::new("Band", "区间"), plain(), text(&|p| band(p.band)))
}

fn with_index(v: &View<'_>) -> Table {
    let (nodes, leaves) = (audit::nodes_with_index(v.index), audit::indicators_with_index(v.index));
    let names: Vec<(String, Text)> = (1..nodes.len())
        .map(|k| (v.tree.nodes[k].node.id.clone(), v.node(k)))
        .chain(v.tree.leaves.iter().enumerate().map(|(j, l)| (l.id.clone(), v.indicator(j))))
        .collect();
    let all: Vec<(f64, f64)> = nodes.into_iter().skip(1).chain(leaves).collect();
    let plain = Text::default;
    Table::new("with_index", Text::new("Dimensions and indicators with the index", "维度、指标与指数的相关"))
        .hidden()
        .note(Text::new(
            "What goes against the index, or hardly with it, weighs on paper only.",
            "与指数负相关或几乎不相关者，权重仅存于纸面。",
        ))
        .column(
            "name",
            Text::new("Dimension or indicator", "维度或指标"),
            plain(),
            Cells::Text(names.iter().map(|n| n.1.clone()).collect()),
        )
        .column("id", Text::new("Name", "名称"), plain(), Cells::Text(names.iter().map(|n| Text::plain(n.0.clone())).collect()))
        .column("r", Text::new("Correlation", "相关系数"), plain(), Cells::Number(all.iter().map(|r| r.0).collect(), 3))
        .column("rho", Text::new("Rank correlation", "秩相关"), plain(), Cells::Number(all.iter().map(|r| r.1).collect(), 3))
}

fn with_size(v: &View<'_>, found: &[Size<'_>]) -> Table {
    let text = |f: &dyn Fn(&Size<'_>) -> Text| Cells::Text(found.iter().map(f).collect());
    let plain = Text::default;
    Table::new("with_size", Text::new("Indicators with size", "指标与规模的相关"))
        .hidden()
        .note(Text::new(
            format!(
                "Pearson correlations of the indicators in their own units, over all rows; beyond {} they are finding CI005.",
                audit::SIZE
            ),
            format!("指标原单位数值与规模变量的皮尔逊相关系数，取全部行；绝对值超过 {} 即诊断 CI005。", audit::SIZE),
        ))
        .column("indicator", Text::new("Indicator", "指标"), plain(), text(&|s| v.indicator(s.indicator)))
        .column("id", Text::new("Name", "名称"), plain(), text(&|s| Text::plain(v.tree.leaves[s.indicator].id.clone())))
        .column("size", Text::new("Size variable", "规模变量"), plain(), text(&|s| Text::plain(s.name)))
        .column(
            "r",
            Text::new("Correlation", "相关系数"),
            plain(),
            Cells::Number(found.iter().map(|s| s.correlation).collect(), 2),
        )
}
