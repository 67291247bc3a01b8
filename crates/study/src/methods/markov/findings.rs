//! What a chain cannot say.

use super::{Scope, Study};
use crate::{
    finding::{Finding, Weight},
    methods::production::listed,
    text::{Language, Text, p_value},
};

/// Departures below which the probabilities of a class are little more than anecdotes.
const FEW: u64 = 10;
/// Share of small expected counts above which the chi-squared distribution is doubtful (Cochran 1954).
const SPARSE: f64 = 0.2;

impl Study<'_> {
    /// Names of classes, in both languages.
    fn classes(&self, which: &[usize]) -> Text {
        let list = |language: Language, mark: &str| {
            which.iter().map(|&c| self.sorted.names[c].get(language)).collect::<Vec<_>>().join(mark)
        };
        Text::new(list(Language::En, ", "), list(Language::Zh, "、"))
    }
}

pub(super) fn findings(study: &Study<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: &str, place: Text, en: String, zh: String| {
        findings.push(Finding { code: code.into(), weight: Weight::Warning, place, message: Text::new(en, zh) });
    };
    let sorted = study.sorted;
    let label = &sorted.label;
    let places = |rows: &[usize]| listed(&rows.iter().map(|&r| study.place(r)).collect::<Vec<_>>());
    if !sorted.missing.is_empty() {
        let n = sorted.missing.len();
        add(
            "AU002",
            places(&sorted.missing),
            format!("{n} cells of {} are empty and stand in no class; steps from and to them do not count.", label.en),
            format!("{} 有 {n} 个空单元格，不属于任何类别，与之相连的转移不计。", label.get(Language::Zh)),
        );
    }
    let unfollowed: Vec<usize> = study.result.unfollowed.iter().map(|&i| sorted.rows[i]).collect();
    if !unfollowed.is_empty() {
        let (n, lag) = (unfollowed.len(), study.options.lag);
        let periods = if lag == 1 { "period" } else { "periods" };
        add(
            "AU001",
            places(&unfollowed),
            format!(
                "{n} observations are not seen again after {lag} {periods}, although the data reach that far: no step leads from them."
            ),
            format!("{n} 个观测在 {lag} 期之后没有观测值（数据本身覆盖该期），不构成转移。"),
        );
    }
    place(study, &mut add);
    shape(study, &mut add);
    tests(study, &mut add);
    findings
}

/// Holes in the map.
fn place(study: &Study<'_>, add: &mut impl FnMut(&str, Text, String, String)) {
    let sorted = study.sorted;
    if !sorted.islands.is_empty() {
        add(
            "SP001",
            listed(&sorted.islands),
            format!(
                "{} units have no neighbours and so no surroundings; {} steps count in the chain but in no class of the surroundings.",
                sorted.islands.len(),
                study.result.placeless
            ),
            format!(
                "{} 个单元没有邻居，因而没有邻域类别；{} 次转移计入总链而不计入任何邻域类别。",
                sorted.islands.len(),
                study.result.placeless
            ),
        );
    }
    if !sorted.skipped.is_empty() {
        add(
            "SP001",
            listed(&sorted.skipped),
            format!("Pairs of neighbours are left out: the data do not have {} of the units they name.", sorted.skipped.len()),
            format!("数据中没有 {} 个邻接表所列的单元，相应的邻接对略去。", sorted.skipped.len()),
        );
    }
}

/// Chains that do not have one long run, or one that means little.
fn shape(study: &Study<'_>, add: &mut impl FnMut(&str, Text, String, String)) {
    let (sorted, chain) = (study.sorted, &study.result.chain);
    let run = &chain.long_run;
    if !run.dead_ends.is_empty() {
        add(
            "SP002",
            study.classes(&run.dead_ends),
            "Entered, but never seen to be left: nothing is known of what follows, and there is no ergodic distribution.".into(),
            "只见进入、不见离开的类别：其后的去向未知，没有遍历分布。".into(),
        );
    }
    if run.sets.len() > 1 {
        let all: Vec<Text> = run.sets.iter().map(|s| study.classes(&s.classes)).collect();
        let list = |language: Language| all.iter().map(|t| format!("{{{}}}", t.get(language))).collect::<Vec<_>>().join(" ");
        add(
            "SP002",
            sorted.label.clone(),
            format!(
                "The chain is reducible: {} are never left once entered, so the long run depends on where a unit starts.",
                list(Language::En)
            ),
            format!("链可约：{} 一经进入便不再离开，长期分布取决于起点。", list(Language::Zh)),
        );
    } else if !run.transient.is_empty() && run.dead_ends.is_empty() {
        add(
            "SP002",
            study.classes(&run.transient),
            "Left for good sooner or later: the ergodic share of these classes is 0, however many units stand there now.".into(),
            "迟早永久离开的类别：无论目前有多少单元，其遍历份额均为 0。".into(),
        );
    }
    let few: Vec<usize> = (0..chain.classes).filter(|&c| chain.left[c] < FEW).collect();
    if !few.is_empty() {
        add(
            "SP002",
            study.classes(&few),
            format!("Fewer than {FEW} steps lead out of each of these classes: their probabilities rest on a handful of units."),
            format!("从这些类别出发的转移各不足 {FEW} 次，其概率仅依据极少数单元。"),
        );
    }
    let quantiles = study.options.labels.is_none() && study.options.bounds.is_empty();
    if quantiles && study.options.scope == Scope::PerPeriod {
        add(
            "SP002",
            sorted.label.clone(),
            "Classes at quantiles of each period hold equal shares in every period by construction, and so does the ergodic \
             distribution, nearly: it says nothing of convergence. Mobility and passage times remain."
                .into(),
            "逐期分位数的类别按构造每期份额相等，遍历分布也近乎均匀，不能说明收敛与否；流动性与首达时间仍有意义。".into(),
        );
    }
    let mean = |p: i32| study.shares(p).iter().enumerate().map(|(c, s)| c as f64 * s).sum::<f64>();
    if let [first, .., last] = study.periods()[..]
        && (mean(last) - mean(first)).abs() > 1.0
    {
        let (from, to) = (1.0 + mean(first), 1.0 + mean(last));
        add(
            "SP002",
            sorted.label.clone(),
            format!(
                "The mean class moves from {from:.1} in {first} to {to:.1} in {last}: the whole distribution drifts, and the ergodic \
                 distribution carries that drift on for ever. Values relative to the mean of their period (`relative`) take it out."
            ),
            format!(
                "平均类别由 {first} 年的 {from:.1} 变为 {last} 年的 {to:.1}：整个分布在漂移，遍历分布等于让漂移永远持续；用当期均值作相对化（`relative`）可消除。"
            ),
        );
    }
}

/// Tests that are rough, and an order that is rejected.
fn tests(study: &Study<'_>, add: &mut impl FnMut(&str, Text, String, String)) {
    let result = study.result;
    let named = [
        (&result.space, Text::new("surroundings", "邻域")),
        (&result.time, Text::new("time", "时间")),
        (&result.order, Text::new("order", "阶数")),
    ];
    for (test, name) in &named {
        if let Some(t) = test.as_ref().filter(|t| t.sparse > SPARSE) {
            add(
                "SP002",
                name.clone(),
                format!(
                    "{:.0} % of the expected counts of this test are below 5: its p-values are rough. Fewer classes, or longer subperiods (`breaks`), help.",
                    100.0 * t.sparse
                ),
                format!(
                    "该检验有 {:.0}% 的期望频数低于 5，p 值只是粗略参考；减少类别或用 `breaks` 合并时期可改善。",
                    100.0 * t.sparse
                ),
            );
        }
    }
    let alpha = 1.0 - study.options.level;
    if let Some(t) = result.order.as_ref().filter(|t| t.p_likelihood_ratio < alpha) {
        let p = p_value(t.p_likelihood_ratio);
        add(
            "SP002",
            study.sorted.label.clone(),
            format!(
                "A step depends on the class before the last too (LR {:.1}, {} degrees of freedom, p {p}): a first-order chain \
                 forgets too fast, its half-life and long run are approximations.",
                t.likelihood_ratio, t.degrees
            ),
            format!(
                "转移还取决于再前一期的类别（LR {:.1}，自由度 {}，p {p}）：一阶链遗忘过快，半衰期与长期分布只是近似。",
                t.likelihood_ratio, t.degrees
            ),
        );
    }
}
