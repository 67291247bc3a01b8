//! Findings about how the weights of a composite index came about, CI017 and CI018.

use index::{
    Child,
    judgement::Judged,
    weights::{WeightNote, combination::Combining, importance::ImportanceWeights},
};

use super::{
    View,
    findings::{finding, whole},
};
use crate::{
    finding::{Finding, Weight},
    table::{Cells, Table},
    text::Text,
};

pub(super) fn findings(v: &View<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = v.index.weights.notes.iter().filter_map(|n| of_note(v, n)).collect();
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

fn of_note(v: &View<'_>, note: &WeightNote) -> Option<Finding> {
    Some(match note {
        WeightNote::Sought { found, .. } if found.reached => return None,
        WeightNote::Sought { node, declared, found, .. } => short_of(v, *node, declared, found),
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
    })
}

/// Name of what stands below a dimension.
fn child(v: &View<'_>, node: usize, place: usize) -> (String, String) {
    let label = match v.tree.nodes[node].children.get(place) {
        Some(Child::Node(n)) => v.node(*n),
        Some(Child::Leaf(j)) => v.indicator(*j),
        None => Text::plain((place + 1).to_string()),
    };
    label.both()
}

fn dimension(v: &View<'_>, node: usize) -> (String, String) {
    if node == 0 { whole().both() } else { v.node(node).both() }
}

/// Weights that come nearest to a declared importance and do not reach it.
fn short_of(v: &View<'_>, node: usize, declared: &[f64], found: &ImportanceWeights) -> Finding {
    let distance = |k: &usize| (found.importance[*k] - declared[*k]).abs();
    let worst = (0..declared.len()).max_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
    let ((label, label_zh), (name, name_zh)) = (dimension(v, node), child(v, node, worst));
    let (got, wanted) = (100.0 * found.importance[worst], 100.0 * declared[worst]);
    finding(
        "CI018",
        Weight::Warning,
        Text::new(format!("weights of {label}"), format!("“{label_zh}”的权重")),
        Text::new(
            format!(
                "No weights of at least 0 give what stands below it the importance declared. The nearest found leave {name} at {got:.1} % instead of {wanted:.1} %; the table of importance lists all."
            ),
            format!(
                "不存在使其下各项达到给定重要性的非负权重。所得最接近的权重使“{name_zh}”为 {got:.1}%，而非 {wanted:.1}%；详见重要性表。"
            ),
        ),
    )
}

/// Declared importance beside the one that the weights found give.
pub(super) fn tables(v: &View<'_>) -> Vec<Table> {
    let mut rows = Vec::new();
    for note in &v.index.weights.notes {
        let WeightNote::Sought { node, period, declared, found } = note else { continue };
        rows.extend((0..declared.len()).map(|k| (*period, *node, k, declared[k], found)));
    }
    if rows.is_empty() {
        return Vec::new();
    }
    type Row<'a> = (Option<i32>, usize, usize, f64, &'a ImportanceWeights);
    let text =
        |f: &dyn Fn(&Row<'_>) -> (String, String)| Cells::Text(rows.iter().map(f).map(|(en, zh)| Text::new(en, zh)).collect());
    let number = |f: &dyn Fn(&Row<'_>) -> f64| Cells::Number(rows.iter().map(|r| 100.0 * f(r)).collect(), 2);
    let (plain, percent) = (Text::default, || Text::plain("%"));
    let status = |r: &Row<'_>| {
        let (en, zh) = if r.4.reached { ("reached", "达到") } else { ("nearest found", "最接近") };
        (en.to_owned(), zh.to_owned())
    };
    let mut table =
        Table::new("importance", Text::new("Importance sought and reached", "给定与实现的重要性")).hidden().note(Text::new(
            "Weights of arithmetic means of min-max values. The importance reached is measured with the very weights listed.",
            "最小最大归一化值算术平均的权重。实现的重要性由所列权重本身量得。",
        ));
    if rows.iter().any(|r| r.0.is_some()) {
        let periods = Cells::Integer(rows.iter().map(|r| r.0.map(i64::from)).collect());
        table = table.column("period", Text::new("Period", "时期"), plain(), periods);
    }
    let table = table
        .column("dimension", Text::new("Dimension", "维度"), plain(), text(&|r| dimension(v, r.1)))
        .column("below", Text::new("What stands below", "下层"), plain(), text(&|r| child(v, r.1, r.2)))
        .column("declared", Text::new("Importance declared", "给定重要性"), percent(), number(&|r| r.3))
        .column("reached", Text::new("Importance reached", "实现重要性"), percent(), number(&|r| r.4.importance[r.2]))
        .column("weight", Text::new("Weight", "权重"), percent(), number(&|r| r.4.weights[r.2]))
        .column("status", Text::new("Status", "状态"), plain(), text(&status));
    vec![table]
}

fn inconsistent(v: &View<'_>, node: usize, judged: &Judged) -> Finding {
    let name = |place: usize| child(v, node, place);
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
    let (label, label_zh) = dimension(v, node);
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
