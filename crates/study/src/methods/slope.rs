//! The title of a slope chart: who moves most.

use crate::{
    figure::{Slope, SlopeRow},
    text::{Language, Text},
};

/// `lead`, then the unit that climbs most and the one that falls most, of equals the first.
pub(super) fn title(lead: &Text, slope: &Slope, label: impl Fn(&str) -> Text) -> Text {
    let most = |by: &dyn Fn(&SlopeRow) -> usize| {
        let far = slope.rows.iter().map(by).max().filter(|m| *m > 0)?;
        slope.rows.iter().find(|r| by(r) == far).map(|r| (label(&r.unit), far))
    };
    let mut parts: Vec<(String, String)> = Vec::new();
    if let Some((unit, far)) = most(&|r| r.from.saturating_sub(r.to)) {
        parts.push((format!("{} climbs most (+{far})", unit.en), format!("{}升幅最大（+{far}）", unit.get(Language::Zh))));
    }
    if let Some((unit, far)) = most(&|r| r.to.saturating_sub(r.from)) {
        parts.push((format!("{} falls most (−{far})", unit.en), format!("{}降幅最大（−{far}）", unit.get(Language::Zh))));
    }
    if parts.is_empty() {
        parts.push(("no one moves".to_owned(), "名次无变化".to_owned()));
    }
    let (en, zh): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
    Text::new(format!("{}: {}", lead.en, en.join(", ")), format!("{}：{}", lead.get(Language::Zh), zh.join("，")))
}
