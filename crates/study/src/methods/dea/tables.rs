//! Columns and tables of `dea` that belong to an option.

use frontier::{Role, State, dea::ScaleClass};

use super::Story;
use crate::{
    methods::{lookup, production, scores},
    table::{Cells, Table},
    text::Text,
};

impl Story<'_> {
    /// Bounds of the local scale elasticity, and the one value where there is but one.
    pub(super) fn elasticities(&self, table: Table) -> Table {
        let number = |get: fn(&frontier::dea::Elasticity, usize) -> f64| {
            Cells::Number(self.spread(f64::NAN, |d, u| d.elasticity.as_ref().map_or(f64::NAN, |e| get(e, u))), 3)
        };
        let none = Text::default;
        let class = self.spread(none(), |d, u| d.elasticity.as_ref().map_or_else(none, |e| scale_class(e.class[u])));
        let state = self.spread(State::Missing, |d, u| d.elasticity.as_ref().map_or(State::Missing, |e| e.state[u]));
        let state = state.into_iter().map(production::state).collect();
        table
            .column(
                "elasticity",
                Text::new("Scale elasticity", "规模弹性"),
                none(),
                number(|e, u| e.single(u).unwrap_or(f64::NAN)),
            )
            .column("elasticity_low", Text::new("Elasticity when growing", "规模弹性（扩张）"), none(), number(|e, u| e.low[u]))
            .column(
                "elasticity_high",
                Text::new("Elasticity when shrinking", "规模弹性（收缩）"),
                none(),
                number(|e, u| e.high[u]),
            )
            .column(
                "elasticity_rts",
                Text::new("Returns to scale by elasticity", "规模报酬（按弹性）"),
                none(),
                Cells::Text(class),
            )
            .column("elasticity_status", Text::new("Status of the elasticity", "弹性状态"), none(), Cells::Text(state))
    }

    /// Panel rows that the reference cannot reach, with the variables at fault.
    pub(super) fn unreached_rows(&self) -> Vec<(usize, Vec<(Role, usize)>)> {
        let mut rows: Vec<_> =
            self.parts.iter().flat_map(|p| p.result.unreached.iter().map(|x| (p.rows[x.unit], x.variables.clone()))).collect();
        rows.sort_by_key(|r| r.0);
        rows
    }

    pub(super) fn label(&self, role: Role, variable: usize) -> Text {
        let names = if role == Role::Input { &self.options.inputs } else { &self.options.outputs };
        lookup::variable_label(self.panel, &names[variable])
    }

    pub(super) fn unreached(&self) -> Option<Table> {
        let found = self.unreached_rows();
        let pairs: Vec<(usize, Role, usize)> =
            found.iter().flat_map(|(row, list)| list.iter().map(|&(role, v)| (*row, role, v))).collect();
        let rows: Vec<usize> = pairs.iter().map(|p| p.0).collect();
        let side = |role| match role {
            Role::Input => Text::new("input too small", "投入过小"),
            _ => Text::new("output too large", "产出过大"),
        };
        let table =
            scores::keyed(self.panel, "unreached", Text::new("Values that no reference reaches", "参照集无法达到的取值"), &rows)
                .note(Text::new(
                    "Where several variables are named for a unit, each may be reached, but not all at once.",
                    "同一单元列出多个变量时，单个变量或可达到，但无法同时达到。",
                ))
                .column(
                    "variable",
                    Text::new("Variable", "变量"),
                    Text::default(),
                    Cells::Text(pairs.iter().map(|p| self.label(p.1, p.2)).collect()),
                )
                .column(
                    "side",
                    Text::new("Side", "原因"),
                    Text::default(),
                    Cells::Text(pairs.iter().map(|p| side(p.1)).collect()),
                );
        (!table.is_empty()).then_some(table)
    }
}

/// The word for a class of returns to scale.
pub(super) fn scale_class(class: ScaleClass) -> Text {
    match class {
        ScaleClass::Constant => Text::new("constant", "规模报酬不变"),
        ScaleClass::Increasing => Text::new("increasing", "规模报酬递增"),
        ScaleClass::Decreasing => Text::new("decreasing", "规模报酬递减"),
        ScaleClass::Unknown => Text::default(),
    }
}
