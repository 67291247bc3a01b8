//! What a reader of a decomposition should be told.

use tfp::decomposition::{Role, Status, Variant};

use super::{
    super::production::listed,
    View,
    tables::{parts, variant},
};
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

impl View<'_> {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let mut find = |code: &str, weight: Weight, place: Text, en: String, zh: String| {
            out.push(Finding { code: code.into(), weight, place, message: Text::new(en, zh) });
        };
        let missing: Vec<String> = self
            .result
            .incomplete
            .iter()
            .map(|&i| match self.panel.period_name {
                Some(_) => format!("{} {}", self.panel.units[i], self.panel.periods[i]),
                None => self.panel.units[i].clone(),
            })
            .collect();
        if !missing.is_empty() {
            let n = missing.len();
            find(
                "TF070",
                Weight::Warning,
                listed(&missing),
                format!(
                    "{n} rows have no productivity or no weight. A change leaves such a unit out of both its periods; table `units` names it."
                ),
                format!("{n} 行缺生产率或权重。相应变化的两期均不含这些单元，见表 `units`。"),
            );
        }
        let mut back: Vec<String> = self
            .result
            .changes
            .iter()
            .flat_map(|c| c.members.iter().filter(|m| m.returns).map(|m| self.names[m.unit].to_owned()))
            .collect();
        back.sort();
        back.dedup();
        if !back.is_empty() {
            let n = back.len();
            find(
                "TF071",
                Weight::Warning,
                listed(&back),
                format!(
                    "{n} units are counted as leaving though they are seen again later, or as entering though they were seen before."
                ),
                format!("{n} 个单元被计为退出而后来再次出现，或被计为进入而此前已经出现。"),
            );
        }
        for (status, en, zh) in [
            (Status::NoSurvivors, "has no value: no survivor has weight in both periods", "无值：没有两期均有权重的存续者"),
            (Status::NoExits, "is that of Griliches and Regev: nobody exits", "等同于 GR：无退出者"),
        ] {
            let places: Vec<String> = self
                .result
                .changes
                .iter()
                .flat_map(|c| c.parts.iter().map(move |p| (c, p)))
                .filter(|(_, p)| p.status == status && self.variants().contains(&p.variant))
                .map(|(c, p)| format!("{} {}–{}", variant(p.variant).en, c.from, c.to))
                .collect();
            if let Some(first) = places.first() {
                let weight = if status == Status::NoExits { Weight::Info } else { Weight::Warning };
                find("TF072", weight, listed(&places), format!("{first} {en}."), format!("{first} {zh}。"));
            }
        }
        if let Some(whole) = self.result.changes.last() {
            let shown: Vec<_> =
                whole.parts.iter().filter(|p| self.variants().contains(&p.variant) && p.status != Status::NoSurvivors).collect();
            let large = whole
                .parts
                .iter()
                .flat_map(|p| parts(p).map(|x| x.2))
                .filter(|x| x.is_finite())
                .fold(0.0, |m: f64, x| m.max(x.abs()));
            for k in [0, 1, 3, 4] {
                // Within and between of Melitz and Polanec are other quantities than those of the rest.
                let of: Vec<(Text, f64)> = shown
                    .iter()
                    .filter(|p| k > 1 || p.variant != Variant::Mp)
                    .map(|p| (variant(p.variant), parts(p)[k].2))
                    .collect();
                // A part that is nothing beside the others has no sign to speak of.
                let high = of.iter().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|x| x.1 > 1e-9 * large);
                let low = of.iter().min_by(|a, b| a.1.total_cmp(&b.1)).filter(|x| x.1 < -1e-9 * large);
                if let (Some(high), Some(low), Some(p)) = (high, low, shown.first()) {
                    let label = parts(p)[k].1.clone();
                    let (a, b) = (format!("{} {:.4}", high.0.en, high.1), format!("{} {:.4}", low.0.en, low.1));
                    find(
                        "TF073",
                        Weight::Warning,
                        label.clone(),
                        format!("The sign of {} depends on the variant: {a}, {b}.", label.en.to_lowercase()),
                        format!("{}项的符号随变体而变：{a}，{b}。", label.zh),
                    );
                }
            }
            let (stay, all) = (whole.count(Role::Survivor), whole.members.len() - whole.count(Role::Incomplete));
            if stay * 10 < all {
                find(
                    "TF074",
                    Weight::Warning,
                    Text::plain(format!("{}–{}", whole.from, whole.to)),
                    format!(
                        "Only {stay} of {all} units survive: MP and DF measure entry and exit against these few. Shorter changes have more."
                    ),
                    format!("{all} 个单元中只有 {stay} 个存续，MP 与 DF 以这少数单元为参照。缩短时期可增加存续者。"),
                );
            }
        }
        if let Some(groups) = self.groups.as_ref().filter(|g| !g.moved.is_empty()) {
            let n = groups.moved.len();
            find(
                "TF075",
                Weight::Warning,
                listed(&groups.moved),
                format!("{n} units change their group: they leave one group and enter another in the tables by group."),
                format!("{n} 个单元变更了组别：在分组结果中计为一组的退出者和另一组的进入者。"),
            );
        }
        out
    }
}
