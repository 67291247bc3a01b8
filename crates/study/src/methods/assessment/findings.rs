//! Findings of a differentiated assessment: CI030 to CI033, CI010 for ranks without an interval, CI011 for filled cells.

use index::{Goalposts, Scope, assessment::Status};

use super::View;
use crate::{
    finding::{Finding, Weight},
    methods::lookup::first_of,
    text::Text,
};

pub(super) fn findings(v: &View<'_>) -> Vec<Finding> {
    let mut out = vec![finding(
        "CI010",
        Weight::Info,
        Text::new("ranks among peers", "组内名次"),
        "Ranks among peers are those of one way of computing; `index` on the same framework gives intervals and rank bands."
            .to_owned(),
        "组内名次出自一种算法；对同一指标体系运行 `index` 可得区间与名次区间。".to_owned(),
    )];
    out.extend(filled(v));
    out.extend(small(v));
    out.extend(moved(v));
    out.extend(behind(v));
    out.extend(reached(v));
    out.extend(scales(v));
    out
}

fn finding(code: &str, weight: Weight, place: Text, en: String, zh: String) -> Finding {
    Finding { code: code.to_owned(), weight, place, message: Text::new(en, zh) }
}

fn group(v: &View<'_>, g: usize) -> Text {
    let name = v.group(g);
    let zh = if name.zh.is_empty() { name.en.clone() } else { name.zh };
    Text::new(format!("group {}", name.en), format!("组“{zh}”"))
}

fn named(v: &View<'_>, j: usize) -> (String, String) {
    let label = v.indicator(j);
    let zh = if label.zh.is_empty() { label.en.clone() } else { label.zh };
    (label.en, zh)
}

fn filled(v: &View<'_>) -> Option<Finding> {
    let n = &v.common.normalised;
    let (cells, gone) = (n.fills.len(), n.dropped.len());
    if cells + gone == 0 {
        return None;
    }
    let list = first_of(&n.dropped, 5).en;
    let left = if gone > 0 { (format!(" Left out: {list}."), format!("剔除：{list}。")) } else { <_>::default() };
    Some(finding(
        "CI011",
        Weight::Info,
        Text::new("the index", "综合指数"),
        format!(
            "{cells} missing cells were filled or left out, {gone} units left out; run `index` for the list.{} Changes to and from filled cells set no step.",
            left.0
        ),
        format!("{cells} 个缺失单元格被填补或略去，{gone} 个单元被剔除，清单见 `index`。{}涉及填补值的变化不计入步长。", left.1),
    ))
}

fn small(v: &View<'_>) -> Vec<Finding> {
    let least = v.options.least;
    let of = |g: usize| -> Option<Finding> {
        let (n, rows) = (v.assessed[g].latest.len(), &v.assessed[g].latest);
        if n >= least.max(2) {
            return None;
        }
        let units: Vec<String> = rows.iter().map(|&i| v.unit(g, i).to_owned()).collect();
        let list = first_of(&units, 5).en;
        Some(match n {
            0 => finding(
                "CI030",
                Weight::Warning,
                group(v, g),
                "No unit of the group has a row in the last period: nothing is ranked.".to_owned(),
                "该组在末期没有任何单元：不作排名。".to_owned(),
            ),
            1 => finding(
                "CI030",
                Weight::Warning,
                group(v, g),
                format!("{list} is alone in its group: its rank, median and best are its own."),
                format!("{list}在组内只有自己：名次、中位数与最优值都是它自身。"),
            ),
            _ => finding(
                "CI030",
                Weight::Warning,
                group(v, g),
                format!(
                    "Only {n} units ({list}), fewer than the {least} asked for: a rank among them and a step taken from them say little."
                ),
                format!("仅 {n} 个单元（{list}），少于要求的 {least} 个：组内名次与步长说明不了什么。"),
            ),
        })
    };
    (0..v.assessed.len()).filter_map(of).collect()
}

/// Units whose group changes over time.
fn moved(v: &View<'_>) -> Option<Finding> {
    let labels = &v.panel.group(v.options.peers.as_deref()?)?.labels;
    let pairs = (1..v.panel.len()).filter(|&i| v.panel.units[i] == v.panel.units[i - 1] && labels[i] != labels[i - 1]);
    let mut units: Vec<String> = pairs.map(|i| v.panel.units[i].clone()).collect();
    units.dedup();
    if units.is_empty() {
        return None;
    }
    let (n, list) = (units.len(), first_of(&units, 5).en);
    Some(finding(
        "CI030",
        Weight::Info,
        Text::new("peer groups", "组别"),
        format!("{n} units change their group over time ({list}); they are assessed in that of their last row throughout."),
        format!("{n} 个单元的组别随时间改变（{list}）；一律按其最后一行的组别考核。"),
    ))
}

/// Targets that are missing, or no better than where the distance to them starts.
fn behind(v: &View<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (g, assessed) in v.assessed.iter().enumerate() {
        let Some(a) = &assessed.achievement else { continue };
        for (j, status) in a.status.iter().enumerate() {
            let rows: Vec<usize> = assessed.latest.iter().copied().filter(|&i| status[i] == Status::Behind).collect();
            if !rows.is_empty() {
                let units: Vec<String> = rows.iter().map(|&i| v.unit(g, i).to_owned()).collect();
                let (place, (en, zh), list) = (group(v, g), named(v, j), first_of(&units, 5).en);
                out.push(finding(
                    "CI031",
                    Weight::Warning,
                    Text::new(format!("{}, {en}", place.en), format!("{}，{zh}", place.zh)),
                    format!("The target is no better than where the distance starts, for {} units ({list}): they have no achievement.", rows.len()),
                    format!("对 {} 个单元（{list}），目标不优于起点：没有实现程度。", rows.len()),
                ));
            }
        }
        let without: Vec<usize> =
            (0..a.status.len()).filter(|&j| assessed.rows.iter().any(|&i| a.status[j][i] == Status::NoTarget)).collect();
        if !without.is_empty() {
            let (en, zh): (Vec<String>, Vec<String>) = without.iter().map(|&j| named(v, j)).unzip();
            out.push(finding(
                "CI031",
                Weight::Info,
                group(v, g),
                format!("{} indicators have no target ({}); the others share their weight.", without.len(), first_of(&en, 5).en),
                format!("{} 项指标没有目标（{}），其权重由其余指标分担。", without.len(), first_of(&zh, 5).en),
            ));
        }
    }
    out
}

/// Targets that all peers have reached, and units that have reached all.
fn reached(v: &View<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (g, assessed) in v.assessed.iter().enumerate() {
        let Some(a) = &assessed.achievement else { continue };
        let known = |s: Status| matches!(s, Status::Measured | Status::Reached);
        let all = |cells: &mut dyn Iterator<Item = Status>| {
            let cells: Vec<Status> = cells.filter(|s| known(*s)).collect();
            !cells.is_empty() && cells.iter().all(|s| *s == Status::Reached)
        };
        let targets: Vec<usize> =
            (0..a.status.len()).filter(|&j| all(&mut assessed.latest.iter().map(|&i| a.status[j][i]))).collect();
        if !targets.is_empty() {
            let (en, zh): (Vec<String>, Vec<String>) = targets.iter().map(|&j| named(v, j)).unzip();
            out.push(finding(
                "CI032",
                Weight::Warning,
                group(v, g),
                format!("Every unit has reached the target of {}: it tells nobody apart.", first_of(&en, 5).en),
                format!("所有单元均已达到{}的目标：不再有区分度。", first_of(&zh, 5).en),
            ));
        }
        let units: Vec<String> = assessed
            .latest
            .iter()
            .filter(|&&i| all(&mut a.status.iter().map(|s| s[i])))
            .map(|&i| v.unit(g, i).to_owned())
            .collect();
        if !units.is_empty() {
            let list = first_of(&units, 5).en;
            out.push(finding(
                "CI032",
                Weight::Info,
                group(v, g),
                format!("{} units have reached every target ({list}): no distance is left to assess.", units.len()),
                format!("{} 个单元已达到全部目标（{list}）：没有可考核的距离。", units.len()),
            ));
        }
    }
    out
}

/// Progress between periods that do not share a scale.
fn scales(v: &View<'_>) -> Option<Finding> {
    let recipe = &v.options.construction.recipe;
    let scales = recipe.goalposts == Goalposts::PerPeriod
        && v.assessed.iter().any(|a| a.framework.tree().is_ok_and(|t| t.leaves.iter().any(|l| l.goalposts.is_none())));
    let weights = recipe.is_data_driven() && recipe.scope == Scope::PerPeriod;
    if !v.has_progress() || !(scales || weights) {
        return None;
    }
    let weight = if v.options.progress_share > 0.0 { Weight::Error } else { Weight::Warning };
    Some(finding(
        "CI033",
        weight,
        Text::new("progress", "进步"),
        "Scales or weights are taken anew in each period: a change of the score is a change of place among the others, not progress against the own past.".to_owned(),
        "各期分别取尺度或权重：得分变化反映的是相对位置的变化，而非自身进步。".to_owned(),
    ))
}
