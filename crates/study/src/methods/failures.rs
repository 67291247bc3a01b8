//! Distances that do not exist: which, of which observation, why, in a table and a finding.

use frontier::{
    Role, State,
    luenberger::{Failure, Which, Why},
};

use super::{
    change::Change,
    production::{self, Names},
};
use crate::{
    finding::{Finding, Weight},
    method::Output,
    table::{Cells, Table},
    text::Text,
};

/// The variables that no weights reach together, in words.
pub(super) fn unreached(names: &Names<'_>, variables: &[(Role, usize)]) -> Text {
    let list: Vec<&str> = variables.iter().map(|&(role, v)| names.get(role, v)).collect();
    if list.is_empty() {
        return Text::new("no weights meet the constraints", "没有权重满足约束");
    }
    Text::new(format!("no weights reach {} together", list.join(", ")), format!("没有权重能同时达到 {}", list.join("、")))
}

fn why(names: &Names<'_>, why: &Why) -> Text {
    match why {
        Why::Unreached(variables) => unreached(names, variables),
        Why::Vanishing => Text::new("reached only by giving up all output", "须放弃全部产出才能达到"),
        Why::State(s) => production::state(*s),
    }
}

fn which(which: Which) -> Text {
    match which {
        Which::BaseOwn => Text::new("earlier observation, own technology", "前期观测对前期前沿"),
        Which::ComparisonOwn => Text::new("later observation, own technology", "后期观测对后期前沿"),
        Which::BaseOther => Text::new("earlier observation, other technology", "前期观测对另一前沿"),
        Which::ComparisonOther => Text::new("later observation, other technology", "后期观测对另一前沿"),
    }
}

/// What stands beside an index that has failures: machine name, label, one value per change.
pub(super) struct Beside<'a> {
    pub name: &'static str,
    pub label: Text,
    pub values: &'a [f64],
}

/// Adds the table of failures, the alternatives and the finding that names them; the finding about programs without a
/// solution keeps those that are not infeasible.
pub(super) fn tell(out: &mut Output, change: &Change<'_>, names: &Names<'_>, failures: &[Failure], beside: &[Beside<'_>]) {
    if failures.is_empty() {
        return;
    }
    let place = |f: &Failure| format!("{} {}-{}", change.names[f.unit], change.from[f.change], change.to[f.change]);
    let infeasible: Vec<&Failure> = failures.iter().filter(|f| !matches!(f.why, Why::State(_))).collect();
    let open: Vec<String> = failures.iter().filter(|f| matches!(f.why, Why::State(_))).map(place).collect();
    out.findings.retain(|f| f.code != "FR002");
    out.findings.extend(production::unsolved(&open));
    if let Some(first) = infeasible.first() {
        let mut changes: Vec<usize> = infeasible.iter().map(|f| f.change).collect();
        changes.dedup();
        let (all, count) = (change.unit.len(), changes.len());
        let technology =
            |f: &Failure| f.technology.map_or_else(|| Text::new("all periods", "全部时期"), |t| Text::plain(t.to_string()));
        let (cause, against) = (why(names, &first.why), technology(first));
        let words = |get: fn(&Text) -> &String| beside.iter().map(|b| get(&b.label).as_str()).collect::<Vec<_>>();
        let (en, zh) = (words(|t| &t.en).join(", "), words(|t| &t.zh).join("、"));
        let mut places: Vec<String> = infeasible.iter().map(|f| place(f)).collect();
        places.dedup();
        out.findings.push(Finding {
            code: "FR009".into(),
            weight: Weight::Warning,
            place: production::listed(&places),
            message: Text::new(
                format!("{count} of {all} changes have no value because a distance is infeasible, e.g. {} {} against the technology of {}: {}. Means are over the others only. Table `failures` names each; table `alternatives` has, for all changes: {en}.", change.names[first.unit], first.observed, against.en, cause.en),
                format!("{all} 个变化中有 {count} 个因距离无可行解而无值，例如 {} {} 年观测对 {} 技术：{}。均值只含其余变化。表 `failures` 逐一列出；表 `alternatives` 给出全部变化的{zh}。", change.names[first.unit], first.observed, against.zh, cause.zh),
            ),
        });
    }
    let texts = |get: &dyn Fn(&Failure) -> Text| Cells::Text(failures.iter().map(get).collect());
    let whole = |get: &dyn Fn(&Failure) -> Option<i32>| Cells::Integer(failures.iter().map(|f| get(f).map(i64::from)).collect());
    let units = Cells::Unit(failures.iter().map(|f| change.names[f.unit].to_owned()).collect());
    let none = Text::default;
    out.tables.push(
        Table::new("failures", Text::new("Distances without a value", "无值的距离"))
            .note(Text::new("A technology without a period is that of all periods.", "未注明时期的技术由全部时期构成。"))
            .column("unit", Text::new("Unit", "单元"), none(), units)
            .column("from", Text::new("From", "起"), none(), whole(&|f| Some(change.from[f.change])))
            .column("to", Text::new("To", "止"), none(), whole(&|f| Some(change.to[f.change])))
            .column("distance", Text::new("Distance", "距离"), none(), texts(&|f| which(f.which)))
            .column("observed", Text::new("Period of the observation", "观测时期"), none(), whole(&|f| Some(f.observed)))
            .column("technology", Text::new("Period of the technology", "技术时期"), none(), whole(&|f| f.technology))
            .column("why", Text::new("Why", "原因"), none(), texts(&|f| why(names, &f.why))),
    );
    if beside.is_empty() {
        return;
    }
    let title = Text::new("Alternatives beside the adjacent changes", "与相邻变化并列的替代结果");
    let whole = |xs: &[i32]| Cells::Integer(xs.iter().map(|x| Some(i64::from(*x))).collect());
    let all = Cells::Unit(change.unit.iter().map(|&u| change.names[u].to_owned()).collect());
    let mut t = Table::new("alternatives", title)
        .note(Text::new(
            "Other indices, with values of their own: a series is of one of them.",
            "它们是不同的指标，数值各异：一个序列只能取其中之一。",
        ))
        .column("unit", Text::new("Unit", "单元"), none(), all)
        .column("from", Text::new("From", "起"), none(), whole(change.from))
        .column("to", Text::new("To", "止"), none(), whole(change.to));
    let first = &change.components[0];
    t = t.column(first.name, first.label.clone(), none(), Cells::Number(first.values.to_vec(), 4));
    for b in beside {
        t = t.column(b.name, b.label.clone(), none(), Cells::Number(b.values.to_vec(), 4));
    }
    out.tables.push(t.hidden());
}

/// A finding about units that lie beyond what their reference reaches.
pub(super) fn beyond(places: &[String], example: &Text) -> Option<Finding> {
    (!places.is_empty()).then(|| Finding {
        code: "FR009".into(),
        weight: Weight::Warning,
        place: production::listed(places),
        message: Text::new(
            format!(
                "{} units have no distance: their reference does not reach them along the direction, e.g. {}.",
                places.len(),
                example.en
            ),
            format!("{} 个单元没有距离值：参照集沿该方向无法达到，例如{}。", places.len(), example.zh),
        ),
    })
}

/// Whether a state is none that a distance can be read from.
pub(super) fn uncertified(state: State) -> bool {
    matches!(state, State::Numerical | State::Unbounded)
}
