//! Findings about how the weights of a composite index came about, CI017 and CI018.

use index::{
    Child,
    judgement::Judged,
    weights::{WeightNote, combination::Combining},
};

use super::{
    View,
    findings::{finding, whole},
};
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

pub(super) fn findings(v: &View<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = v.index.weights.notes.iter().map(|n| of_note(v, n)).collect();
    // The same is told once, however many periods it holds for.
    let mut seen: Vec<Finding> = Vec::new();
    out.retain(|f| {
        let new = !seen.contains(f);
        if new {
            seen.push(f.clone());
        }
        new
    });
    out
}

fn of_note(v: &View<'_>, note: &WeightNote) -> Finding {
    match note {
        WeightNote::Inconsistent { node, judged } => inconsistent(v, *node, judged),
        WeightNote::Combining { set, status, refused } => {
            let (when, when_zh) = match v.index.weights.periods.get(*set).copied().flatten() {
                Some(p) => (format!(" in {p}"), format!("{p} 年")),
                None => Default::default(),
            };
            let list = refused.iter().map(|a| format!("{a:.3}")).collect::<Vec<_>>().join(", ");
            let (why, why_zh) = match status {
                Combining::NegativeCoefficient => (
                    format!("the game has a negative coefficient ({list}), so that a set would count against itself"),
                    format!("博弈论组合出现负系数（{list}），会有一组权重以负数计入"),
                ),
                Combining::Dependent => (
                    "the sets of weights depend on one another, so that the game has no single solution".to_owned(),
                    "各组权重线性相关，博弈论组合没有唯一解".to_owned(),
                ),
                Combining::Disjoint => (
                    "no indicator has weight in all sets, so that every product is 0".to_owned(),
                    "没有指标在各组权重中同时为正，乘积全部为 0".to_owned(),
                ),
                Combining::AsAsked => ("it was made as asked".to_owned(), "已按要求生成".to_owned()),
            };
            finding(
                "CI018",
                Weight::Warning,
                whole(),
                Text::new(
                    format!("The combination of weights{when} was replaced by equal shares: {why}."),
                    format!("{when_zh}组合权重改用相等份额：{why_zh}。"),
                ),
            )
        }
        WeightNote::AtBound { indicators } => {
            let names: Vec<(String, String)> = indicators.iter().map(|&j| v.indicator(j).both()).collect();
            let en = names.iter().map(|n| n.0.as_str()).collect::<Vec<_>>().join(", ");
            let zh = names.iter().map(|n| n.1.as_str()).collect::<Vec<_>>().join("、");
            finding(
                "CI018",
                Weight::Info,
                whole(),
                Text::new(
                    format!("Scatter-degree weights hold indicators at 0 that would otherwise count negatively: {en}."),
                    format!("纵横向拉开档次法将下列本会取负的指标权重限制为 0：{zh}。"),
                ),
            )
        }
        WeightNote::LeftOut { rows } => finding(
            "CI018",
            Weight::Info,
            whole(),
            Text::new(
                format!("{rows} rows with missing cells were left out of the correlations that components are taken from."),
                format!("计算主成分的相关系数时剔除了 {rows} 行含缺失值的数据。"),
            ),
        ),
    }
}

fn inconsistent(v: &View<'_>, node: usize, judged: &Judged) -> Finding {
    let name = |place: usize| {
        let label = match v.tree.nodes[node].children.get(place) {
            Some(Child::Node(n)) => v.node(*n),
            Some(Child::Leaf(j)) => v.indicator(*j),
            None => Text::plain((place + 1).to_string()),
        };
        label.both()
    };
    let grade = |x: f64| if x < 1.0 { format!("1/{}", plain(1.0 / x)) } else { plain(x) };
    let (mut en, mut zh) = (Vec::new(), Vec::new());
    for r in &judged.revisions {
        let ((a, a_zh), (b, b_zh)) = (name(r.row), name(r.column));
        let (given, suggested) = (grade(r.given), grade(r.suggested));
        en.push(format!("{a} over {b}, given {given}, would fit at {suggested} (ratio then {:.2})", r.ratio));
        zh.push(format!("“{a_zh}”比“{b_zh}”，原为 {given}，取 {suggested} 较合（比率降至 {:.2}）", r.ratio));
    }
    let ratio = judged.ratio.unwrap_or(f64::NAN);
    let members = judged.members.iter().filter(|m| m.is_none_or(|r| r > judged.limit)).count();
    let (of, of_zh) = if members > 0 {
        let all = judged.members.len();
        (format!(" {members} of {all} members are beyond it by themselves."), format!("{all} 名成员中有 {members} 名自身超限。"))
    } else {
        Default::default()
    };
    let (revise, revise_zh) = if en.is_empty() {
        Default::default()
    } else {
        (format!(" Ask again: {}.", en.join("; ")), format!("请重新考虑：{}。", zh.join("；")))
    };
    let (label, label_zh) = if node == 0 { whole().both() } else { v.node(node).both() };
    finding(
        "CI017",
        Weight::Warning,
        Text::new(format!("judgement of {label}"), format!("“{label_zh}”的判断")),
        Text::new(
            format!("The consistency ratio is {ratio:.2}, above {}.{of}{revise}", judged.limit),
            format!("一致性比率为 {ratio:.2}，超过 {}。{of_zh}{revise_zh}", judged.limit),
        ),
    )
}

/// A grade without needless decimals.
fn plain(x: f64) -> String {
    if (x - x.round()).abs() < 1e-9 { format!("{x:.0}") } else { format!("{x:.2}") }
}
