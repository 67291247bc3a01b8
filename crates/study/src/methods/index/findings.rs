//! Findings of a composite index, CI001 to CI018.

use index::{
    Missing, Transform, Verification,
    audit::{self, Note, Shift},
};
use panel::Panel;

use super::View;
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

/// Share of filled cells from which a reader should be warned.
const FILLED: f64 = 0.05;
/// Difference in ranks from which one way of computing contradicts another.
const MOVES: usize = 3;
/// Indicators that are named before the rest is counted.
const NAMED: usize = 8;
/// Words of a source that name nobody who answers for the figures.
const NOBODY: [&str; 10] = ["unknown", "internet", "reseller", "macrodatas", "不详", "网络", "未知", "转售", "马克数据", "论坛"];

pub(super) fn finding(code: &str, weight: Weight, place: Text, message: Text) -> Finding {
    Finding { code: code.to_owned(), weight, place, message }
}

pub(super) fn findings(v: &View<'_>, panel: &Panel) -> Vec<Finding> {
    let mut out: Vec<Finding> = v.notes.iter().map(|n| of_note(v, n)).collect();
    out.extend(super::weighing::findings(v));
    out.extend(super::association::findings(v));
    out.extend(treated(v));
    out.extend(unverified(v));
    out.extend(no_bands(v));
    out.extend(sources(v, panel));
    out.sort_by(|a, b| a.code.cmp(&b.code));
    out
}

pub(super) fn indicator(v: &View<'_>, j: usize) -> Text {
    let (en, zh) = v.indicator(j).both();
    Text::new(format!("indicator {en}"), format!("指标“{zh}”"))
}

pub(super) fn whole() -> Text {
    Text::new("the index", "综合指数")
}

/// Where and how far ranks move.
pub(super) fn moved(v: &View<'_>, s: &Shift) -> Text {
    let (en, zh) = v.unit_label(s.row).both();
    let (at, at_zh) = if v.has_periods() {
        (format!("{en}, {}", v.period(s.row)), format!("{zh}，{} 年", v.period(s.row)))
    } else {
        (en, zh)
    };
    let (m, n, k) = (s.moved, s.rows, s.largest);
    Text::new(
        format!("{m} of {n} ranks differ, at most by {k} ({at})"),
        format!("{n} 个名次中有 {m} 个改变，最多相差 {k} 位（{at_zh}）"),
    )
}

pub(super) fn serious(s: &Shift) -> Weight {
    if s.largest >= MOVES { Weight::Warning } else { Weight::Info }
}

fn of_note(v: &View<'_>, note: &Note) -> Finding {
    match note {
        Note::WeightSum { sum } => finding(
            "CI001",
            Weight::Error,
            whole(),
            Text::new(format!("The effective weights sum to {sum}, not to 1."), format!("有效权重之和为 {sum}，不等于 1。")),
        ),
        Note::NegativeWeight { indicator: j, weight } => finding(
            "CI001",
            Weight::Error,
            indicator(v, *j),
            Text::new(
                format!("Its effective weight is {weight:.4}: what is good in it counts against a unit."),
                format!("有效权重为 {weight:.4}：该指标越好，得分反而越低。"),
            ),
        ),
        Note::EntropyOfShifted { change } => {
            let m = change.as_ref().map_or_else(|| Text::new("no rank differs", "名次不变"), |c| moved(v, c));
            finding(
                "CI002",
                change.as_ref().map_or(Weight::Info, serious),
                whole(),
                Text::new(
                    format!(
                        "Entropy was taken from values that were shifted or stretched first, by a constant of choice. With 0 ln 0 = 0 instead: {}.",
                        m.en
                    ),
                    format!("熵值取自平移或压缩后的数值，其常数系人为选定。若改用 0 ln 0 = 0：{}。", m.zh),
                ),
            )
        }
        Note::EntropyShift { shift, change } => {
            let m = moved(v, change);
            finding(
                "CI002",
                if *shift < 1.0 { serious(change) } else { Weight::Info },
                whole(),
                Text::new(
                    format!(
                        "Entropy weights here use 0 ln 0 = 0. Had {shift} been added to the normalised values first: {}.",
                        m.en
                    ),
                    format!("此处熵权采用 0 ln 0 = 0。若先对归一化值加 {shift}：{}。", m.zh),
                ),
            )
        }
        Note::Constant { indicator: j, period } => {
            let (en, zh) = period.map_or_else(Default::default, |p| (format!(" in {p}"), format!("在 {p} 年")));
            finding(
                "CI003",
                Weight::Warning,
                indicator(v, *j),
                Text::new(
                    format!("All units have the same value{en}; it stands at the middle of the scale and tells nothing apart."),
                    format!("各单元{zh}取值相同，置于尺度中点，不具区分作用。"),
                ),
            )
        }
        Note::Zeros { indicator: j, share } => finding(
            "CI003",
            Weight::Warning,
            indicator(v, *j),
            Text::new(format!("{:.0} % of the cells are 0.", 100.0 * share), format!("{:.0}% 的单元格为 0。", 100.0 * share)),
        ),
        Note::NearConstant { indicator: j, share } => finding(
            "CI003",
            Weight::Warning,
            indicator(v, *j),
            Text::new(
                format!(
                    "{:.0} % of the cells have one and the same value, or all differ by rounding only: scaling makes differences of what is none.",
                    100.0 * share
                ),
                format!("{:.0}% 的单元格取同一值，或差异仅来自舍入：归一化会放大本不存在的差异。", 100.0 * share),
            ),
        ),
        Note::PeriodScale => finding(
            "CI004",
            Weight::Warning,
            whole(),
            Text::new(
                "Scales or weights are taken anew in each period: scores of different periods cannot be compared, and no trend is drawn.",
                "各期分别归一化或赋权：不同时期的得分不可比较，因此不绘制趋势图。",
            ),
        ),
        Note::MixedScale { declared } => finding(
            "CI004",
            Weight::Error,
            whole(),
            Text::new(
                format!(
                    "{} indicators have declared goalposts, the others those of each period: the score mixes fixed and moving scales.",
                    declared.len()
                ),
                format!("{} 项指标采用固定端点，其余逐期取端点：得分混合了固定尺度与变动尺度。", declared.len()),
            ),
        ),
        Note::IsComposite { indicator: j } => finding(
            "CI006",
            Weight::Warning,
            indicator(v, *j),
            Text::new(
                "It is itself a composite index: its own weights and gaps are inside this one, unseen.",
                "该指标本身是综合指数，其权重与缺口被隐含带入。",
            ),
        ),
        Note::Against { indicator: j, correlation } => finding(
            "CI007",
            Weight::Warning,
            indicator(v, *j),
            Text::new(
                format!(
                    "It runs against the rest of its dimension (correlation {correlation:.2}): check its direction, or whether it belongs there."
                ),
                format!("与所在维度其余指标反向变动（相关系数 {correlation:.2}）：请检查方向，或是否归入该维度。"),
            ),
        ),
        Note::Double { pair, correlation } => {
            let ((a, a_zh), (b, b_zh)) = (v.indicator(pair.0).both(), v.indicator(pair.1).both());
            finding(
                "CI008",
                Weight::Info,
                Text::new(format!("indicators {a} and {b}"), format!("指标“{a_zh}”与“{b_zh}”")),
                Text::new(
                    format!("Correlation {correlation:.2}: they tell nearly the same and count twice."),
                    format!("相关系数 {correlation:.2}：信息几乎相同，存在重复计算。"),
                ),
            )
        }
        Note::Loose { node, alpha } => {
            let (en, zh) = v.node(*node).both();
            finding(
                "CI008",
                Weight::Info,
                Text::new(format!("dimension {en}"), format!("维度“{zh}”")),
                Text::new(
                    format!("Cronbach's alpha is {alpha:.2}, below {}: its indicators do not move together.", audit::ALPHA),
                    format!("克朗巴哈 α 为 {alpha:.2}，低于 {}：其指标并不同向变动。", audit::ALPHA),
                ),
            )
        }
        Note::Opposed { node, pair, correlation, pairs } => {
            let ((a, a_zh), (b, b_zh)) = (v.indicator(pair.0).both(), v.indicator(pair.1).both());
            let (en, zh) = v.node(*node).both();
            finding(
                "CI008",
                Weight::Info,
                Text::new(format!("dimension {en}"), format!("维度“{zh}”")),
                Text::new(
                    format!(
                        "{pairs} of its pairs of indicators correlate below {}, {a} and {b} most ({correlation:.2}): their sum hides that one is had at the cost of the other.",
                        audit::OPPOSED
                    ),
                    format!(
                        "有 {pairs} 对指标的相关系数低于 {}，其中“{a_zh}”与“{b_zh}”最低（{correlation:.2}）：加总掩盖了此消彼长。",
                        audit::OPPOSED
                    ),
                ),
            )
        }
        Note::Idle { indicator: j, weight, importance } => finding(
            "CI008",
            Weight::Info,
            indicator(v, *j),
            Text::new(
                format!(
                    "It has {:.1} % of the weight but {:.1} % of the influence on the index (correlation ratios).",
                    100.0 * weight,
                    100.0 * importance
                ),
                format!("权重占 {:.1}%，对指数的影响（相关比）占 {:.1}%。", 100.0 * weight, 100.0 * importance),
            ),
        ),
        Note::Filled { cells, share, indicator: j, most } => {
            let (en, zh) = v.indicator(*j).both();
            let (did, did_zh) = treatment(v.options.recipe().missing);
            finding(
                "CI011",
                if *share > FILLED { Weight::Warning } else { Weight::Info },
                whole(),
                Text::new(
                    format!(
                        "{cells} missing cells ({:.1} %) were {did}, most of them in {en} ({most}). The table of missing cells lists each.",
                        100.0 * share
                    ),
                    format!(
                        "共 {cells} 个缺失单元格（{:.1}%）{did_zh}，其中“{zh}”最多（{most} 个），逐格列于缺失单元格表。",
                        100.0 * share
                    ),
                ),
            )
        }
        Note::Cut { cells } => finding(
            "CI011",
            Weight::Info,
            whole(),
            Text::new(
                format!("{cells} cells lie beyond a declared goalpost and were cut there."),
                format!("{cells} 个单元格超出给定端点，已截断。"),
            ),
        ),
        Note::Heavy { indicator: j, weight, variance } => finding(
            "CI012",
            Weight::Warning,
            indicator(v, *j),
            Text::new(
                format!(
                    "It carries {:.0} % of the weight and {:.0} % of the variance of the index.",
                    100.0 * weight,
                    100.0 * variance
                ),
                format!("占有效权重的 {:.0}%，占指数方差的 {:.0}%。", 100.0 * weight, 100.0 * variance),
            ),
        ),
        Note::WithoutLast { period, change } => {
            let m = moved(v, change);
            finding(
                "CI013",
                Weight::Info,
                whole(),
                Text::new(
                    format!("Without {period}, earlier periods rank differently: {}.", m.en),
                    format!("若不含 {period} 年，此前各期名次随之改变：{}。", m.zh),
                ),
            )
        }
        Note::WithoutUnit { unit, change } => {
            let m = moved(v, change);
            let row = v.index.normalised.units.iter().position(|u| u == unit);
            let (en, zh) = row.map_or_else(|| (unit.clone(), unit.clone()), |i| v.unit_label(i).both());
            finding(
                "CI013",
                Weight::Info,
                Text::new(format!("unit {en}"), format!("单元“{zh}”")),
                Text::new(
                    format!("Without it, the others rank differently: {}.", m.en),
                    format!("若剔除该单元，其余单元名次随之改变：{}。", m.zh),
                ),
            )
        }
        Note::HidesZero { row, node, rows } => {
            let ((en, zh), (d, d_zh)) = (v.unit_label(*row).both(), v.node(*node).both());
            finding(
                "CI016",
                Weight::Info,
                Text::new(format!("dimension {d}"), format!("维度“{d_zh}”")),
                Text::new(
                    format!(
                        "{en} scores next to nothing in it and still ranks in the better half of the last period, as {rows} units do in some dimension."
                    ),
                    format!("{zh}在该维度几乎为零，末期名次仍居前半；此类单元共 {rows} 个。"),
                ),
            )
        }
        Note::Compensates { change } => {
            let m = moved(v, change);
            finding(
                "CI016",
                Weight::Info,
                whole(),
                Text::new(
                    format!(
                        "Arithmetic aggregation lets a strong dimension make up for a weak one. Under geometric aggregation, in the last period, {}; both scores stand in the table.",
                        m.en
                    ),
                    format!("算术合成允许强项弥补弱项。改用几何合成后，末期{}；两种得分并列于表中。", m.zh),
                ),
            )
        }
    }
}

fn treatment(missing: Missing) -> (&'static str, &'static str) {
    match missing {
        Missing::Carry => (
            "filled with the last earlier value of the unit, or left out where there is none",
            "以该单元前值填补，无前值者不计入",
        ),
        Missing::Interpolate => ("interpolated within the unit, or left out at its ends", "在单元内线性插值，两端缺失者不计入"),
        Missing::Mean => ("filled with the mean of the period", "以当期均值填补"),
        Missing::Median => ("filled with the median of the period", "以当期中位数填补"),
        Missing::GroupMean => ("filled with the mean of the unit's group in the period", "以所在组当期均值填补"),
        Missing::GroupMedian => ("filled with the median of the unit's group in the period", "以所在组当期中位数填补"),
        Missing::Em => {
            ("filled with their conditional means given the other indicators (EM)", "以其余指标为条件的均值填补（EM 算法）")
        }
        Missing::MeanOfPresent | Missing::Refuse | Missing::DropUnit => {
            ("left out, with the other weights of the dimension renormalised", "不计入合成，所在维度其余权重重新归一")
        }
    }
}

/// CI011: values brought in and indicators transformed.
fn treated(v: &View<'_>) -> Option<Finding> {
    let n = &v.index.normalised;
    let cells: usize = n.treatments.iter().map(|t| t.winsorised.len()).sum();
    let transformed = n.treatments.iter().filter(|t| t.transform != Transform::None).count();
    let open: Vec<(String, String)> =
        n.treatments.iter().filter(|t| !t.passes).map(|t| v.indicator(t.indicator).both()).collect();
    let share = cells as f64 / (n.raw.len() * n.units.len()).max(1) as f64;
    let (still, still_zh) = if open.is_empty() {
        Default::default()
    } else {
        let en: Vec<&str> = open.iter().map(|o| o.0.as_str()).collect();
        let zh: Vec<&str> = open.iter().map(|o| o.1.as_str()).collect();
        (format!(" Still skewed: {}.", en.join(", ")), format!("仍然偏斜：{}。", zh.join("、")))
    };
    (!n.treatments.is_empty()).then(|| {
        finding(
            "CI011",
            if share > FILLED || !open.is_empty() { Weight::Warning } else { Weight::Info },
            whole(),
            Text::new(
                format!(
                    "{cells} outlying cells ({:.1} %) were brought to the nearest value left and {transformed} indicators transformed; the table of treatments lists each.{still}",
                    100.0 * share
                ),
                format!(
                    "对 {cells} 个离群单元格（{:.1}%）作缩尾处理，{transformed} 项指标作变换，逐项列于处理表。{still_zh}",
                    100.0 * share
                ),
            ),
        )
    })
}

/// CI015: frameworks and indicators nobody has compared with where they are published.
fn unverified(v: &View<'_>) -> Option<Finding> {
    let framework = v.read.verification == Verification::Unverified;
    let unverified = v.tree.leaves.iter().enumerate().filter(|(_, l)| l.verification == Verification::Unverified);
    let leaves: Vec<(String, String)> = unverified.map(|(j, _)| v.indicator(j).both()).collect();
    let note = if v.read.verification_note.is_empty() { String::new() } else { format!(" {}", v.read.verification_note) };
    (framework || !leaves.is_empty()).then(|| {
        let (what, what_zh) = if framework {
            ("The framework".to_owned(), "该指标体系".to_owned())
        } else {
            let en: Vec<&str> = leaves.iter().map(|l| l.0.as_str()).collect();
            let zh: Vec<&str> = leaves.iter().map(|l| l.1.as_str()).collect();
            (format!("Part of the framework ({})", en.join(", ")), format!("指标体系的一部分（{}）", zh.join("、")))
        };
        finding(
            "CI015",
            Weight::Warning,
            whole(),
            Text::new(
                format!("{what} is marked as not compared with its publication.{note}"),
                format!("{what_zh}标注为尚未与原文核对。{note}"),
            ),
        )
    })
}

/// CI010: ranks without intervals.
fn no_bands(v: &View<'_>) -> Option<Finding> {
    v.bands.is_none().then(|| {
        finding(
            "CI010",
            Weight::Warning,
            whole(),
            Text::new(
                "Scores and ranks are shown without intervals: the uncertainty run was switched off.",
                "得分与名次未附区间：不确定性分析已关闭。",
            ),
        )
    })
}

/// CI015: indicators whose data nobody answers for.
fn sources(v: &View<'_>, panel: &Panel) -> Option<Finding> {
    let variables = v.read.variables();
    let named = |s: &str| !s.trim().is_empty() && !NOBODY.iter().any(|w| s.to_lowercase().contains(w));
    let without: Vec<Text> = v
        .tree
        .leaves
        .iter()
        .enumerate()
        .filter(|(_, leaf)| {
            let of_data = |name: &String| panel.variable(name).is_some_and(|x| named(&x.meaning.source));
            !named(&leaf.source) && !variables.get(&leaf.id).is_some_and(|vs| !vs.is_empty() && vs.iter().all(of_data))
        })
        .map(|(j, _)| v.indicator(j))
        .collect();
    (!without.is_empty()).then(|| {
        let list = |f: &dyn Fn(&Text) -> String, sep: &str| without.iter().take(NAMED).map(f).collect::<Vec<_>>().join(sep);
        let (more, more_zh) = match without.len().saturating_sub(NAMED) {
            0 => <_>::default(),
            k => (format!(" and {k} more"), format!("等 {} 项", without.len())),
        };
        finding(
            "CI015",
            Weight::Warning,
            whole(),
            Text::new(
                format!("No publisher is named for {}{more}.", list(&|t| t.both().0, ", ")),
                format!("以下指标未注明数据发布机构：{}{more_zh}。", list(&|t| t.both().1, "、")),
            ),
        )
    })
}
