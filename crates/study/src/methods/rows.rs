//! Rows whose growth is accounted for: their status in words, and the finding on those without growth.

use panel::Panel;
use tfp::rows::Status;

use super::lookup;
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

/// A status in words.
pub(super) fn word(status: &Status) -> Text {
    match status {
        Status::Computed => Text::new("computed", "已计算"),
        Status::First => Text::new("first period", "首期"),
        Status::Gap => Text::new("gap before", "之前有间断"),
        Status::Missing => Text::new("missing", "缺失"),
    }
}

/// Rows without growth that should have some; `missing` says in English and Chinese what rows lack, `table` shows them.
pub(super) fn without_growth(panel: &Panel, status: &[Status], missing: [&str; 2], table: &str) -> Vec<Finding> {
    let finding = |of: Status, [en, zh]: [&str; 2]| {
        let rows: Vec<String> =
            (0..panel.len()).filter(|&i| status[i] == of).map(|i| format!("{} {}", panel.units[i], panel.periods[i])).collect();
        (!rows.is_empty()).then(|| Finding {
            code: "GA002".into(),
            weight: Weight::Warning,
            place: lookup::first_of(&rows, 8),
            message: Text::new(
                format!("{} rows {en} and have no growth; table `{table}` shows each.", rows.len()),
                format!("{} 行{zh}，没有增长率，见表 `{table}`。", rows.len()),
            ),
        })
    };
    let found = [finding(Status::Missing, missing), finding(Status::Gap, ["follow a gap", "之前有间断"])];
    found.into_iter().flatten().collect()
}
