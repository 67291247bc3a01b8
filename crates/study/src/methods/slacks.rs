//! What the slack-based methods (`additive`, `sbm`) show beside their scores.

use frontier::{Cell, Projection, Role, State, dea::Class};
use panel::Panel;

use super::{
    production::{self, Names},
    scores::{self, Frontier, Part},
};
use crate::{
    finding::{Finding, Weight},
    method::Check,
    table::{Cells, Table},
    text::Text,
};

/// Slacks, targets, prices and peers.
pub(super) fn tables<R>(
    panel: &Panel,
    parts: &[Part<R>],
    frontier: Frontier,
    names: &Names<'_>,
    get: impl Fn(&R) -> &Projection,
) -> Vec<Table> {
    type Side = fn(&Projection, Role) -> &Vec<Vec<f64>>;
    let matrices: [(&str, Text, bool, Side); 3] = [
        ("slacks", Text::new("Slacks", "松弛"), false, |p, role| match role {
            Role::Input => &p.input_slacks,
            Role::Output => &p.output_slacks,
            Role::BadOutput | Role::Intermediate => &p.bad_output_slacks,
        }),
        ("targets", Text::new("Targets on the efficient frontier", "有效前沿上的目标值"), false, |p, role| match role {
            Role::Input => &p.input_targets,
            Role::Output => &p.output_targets,
            Role::BadOutput | Role::Intermediate => &p.bad_output_targets,
        }),
        ("prices", Text::new("Shadow prices", "影子价格"), true, |p, role| match role {
            Role::Input => &p.input_prices,
            Role::Output => &p.output_prices,
            Role::BadOutput | Role::Intermediate => &p.bad_output_prices,
        }),
    ];
    let mut tables: Vec<Table> = matrices
        .into_iter()
        .map(|(id, title, pure, side)| {
            scores::matrix(panel, names, id, title, pure, |role, v| {
                scores::spread(panel, parts, f64::NAN, |r, u| side(get(r), role)[v][u])
            })
        })
        .collect();
    tables.push(scores::peers(panel, parts, frontier, |r| &get(r).peers));
    tables
}

/// The column with the class, and whether peers and slacks are the only optimal ones.
pub(super) fn class_and_unique<R>(
    table: Table,
    panel: &Panel,
    parts: &[Part<R>],
    class: impl Fn(&R) -> &[Class],
    get: impl Fn(&R) -> &Projection,
) -> Table {
    let classes = scores::spread(panel, parts, Text::default(), |r, u| match class(r)[u] {
        Class::Strong => Text::new("efficient", "有效"),
        Class::Weak => Text::new("weakly efficient", "弱有效"),
        Class::Inefficient => Text::new("inefficient", "非有效"),
        Class::Super => Text::new("beyond the frontier", "超出前沿"),
        Class::None => Text::default(),
    });
    let unique = scores::spread(panel, parts, Text::default(), |r, u| match (class(r)[u], get(r).unique[u]) {
        (Class::None, _) => Text::default(),
        (_, true) => Text::new("one", "唯一"),
        (_, false) => Text::new("several", "多组"),
    });
    table.column("class", Text::new("Class", "类别"), Text::default(), Cells::Text(classes)).column(
        "optima",
        Text::new("Optimal slacks", "最优松弛"),
        Text::default(),
        Cells::Text(unique),
    )
}

/// The widest certified interval, relative to the size of what the score is made from.
pub(super) fn certificate<R>(
    parts: &[Part<R>],
    state: impl Fn(&R) -> &[State],
    interval: impl Fn(&R) -> &[(f64, f64)],
    size: impl Fn(&R, usize) -> f64,
) -> Check {
    let mut widest = 0.0_f64;
    for part in parts {
        for (u, (s, i)) in state(&part.result).iter().zip(interval(&part.result)).enumerate() {
            if *s == State::Optimal {
                widest = widest.max((i.1 - i.0) / (1.0 + i.1.abs()).max(size(&part.result, u)));
            }
        }
    }
    Check {
        name: Text::new("Widest certified interval of a score (relative)", "认证区间的最大宽度（相对值）"),
        residual: widest,
        tolerance: 1e-8,
    }
}

/// A finding about slacks that could not be counted because the value is 0.
pub(super) fn zeros<R>(panel: &Panel, parts: &[Part<R>], names: &Names<'_>, cells: impl Fn(&R) -> &[Cell]) -> Option<Finding> {
    let mut places = Vec::new();
    for part in parts {
        for c in cells(&part.result) {
            places.push(format!("{} {}", scores::place(panel, part.rows[c.unit]), names.get(c.role, c.variable)));
        }
    }
    (!places.is_empty()).then(|| Finding {
        code: "FR005".into(),
        weight: Weight::Info,
        place: production::listed(&places),
        message: Text::new(
            format!(
                "{} cells are 0, so that their slack is no share of them; the page of the method says how they count.",
                places.len()
            ),
            format!("{} 个单元格为 0，其松弛无法表示为自身的比例；如何计入见方法说明。", places.len()),
        ),
    })
}
