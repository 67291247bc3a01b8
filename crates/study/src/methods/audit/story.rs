//! What an audit says: sentences and findings.

use std::collections::BTreeSet;

use panel::{
    Panel,
    audit::{self as room, Audit},
};

use super::{
    tables::spans,
    words::{code, grouped, kinds, place, shown, text},
};
use crate::{
    finding::{Finding, Weight},
    method::Input,
    methods::lookup,
    text::{Language, Text},
};

/// Findings that are told one by one; the table has them all.
const TOLD: usize = 30;
/// Score from which a suspicion is a warning.
const SERIOUS: f64 = 10.0;

/// Number of cells that some suspicion about a unit covers.
pub(super) fn touched(input: &Input<'_>, a: &Audit) -> usize {
    let panel = input.panel;
    let mut cells: BTreeSet<(&str, usize)> = BTreeSet::new();
    for s in a.suspicions.iter().filter(|s| !s.unit.is_empty()) {
        let from = panel.units.partition_point(|u| *u < s.unit);
        let to = panel.units.partition_point(|u| *u <= s.unit);
        cells.extend((from..to).filter(|&i| (s.period..=s.last).contains(&panel.periods[i])).map(|i| (s.variable.as_str(), i)));
    }
    cells.len()
}

pub(super) fn summary(input: &Input<'_>, a: &Audit) -> Vec<Text> {
    let mut all = Vec::new();
    let cells: usize = a.coverage.iter().map(|c| c.cells).sum();
    let all_cells = grouped(cells);
    if let Some(worst) = a.suspicions.first() {
        let n = touched(input, a);
        let (look, number) = (if n == 1 { "looks" } else { "look" }, grouped(n));
        let cause = if a.found == 1 { "1 suspicion".to_owned() } else { format!("{} suspicions", grouped(a.found)) };
        let wrong = kinds(a.suspicions.iter());
        all.push(Text::new(
            format!("Of {all_cells} cells {number} {look} wrong ({cause}: {}).", wrong.en),
            format!("{all_cells} 个单元格中有 {number} 个疑似有误（{} 条疑点：{}）。", grouped(a.found), wrong.zh),
        ));
        let Text { en: place, zh: place_zh } = place(input.panel, worst);
        all.push(if worst.value.is_finite() && worst.expected.is_finite() {
            let (v, e) = (shown(worst.value), shown(worst.expected));
            Text::new(
                format!("The worst is {place}: {v} where about {e} would be expected."),
                format!("最严重者为{place_zh}：数值为 {v}，按理应约为 {e}。"),
            )
        } else {
            Text::new(
                format!("The worst is {place}: {}.", worst.reason.en),
                format!("最严重者为{place_zh}：{}。", worst.reason.zh),
            )
        });
    } else {
        all.push(Text::new(
            format!("Nothing suspicious was found in {all_cells} cells."),
            format!("{all_cells} 个单元格中未发现可疑之处。"),
        ));
    }
    all.push(absent(input.panel, a, cells));
    all.push(if a.balanced {
        Text::new("Every unit has a row in every period (the panel is balanced).", "每个单元在每一期均有记录（面板是平衡的）。")
    } else {
        let inside = a.gaps.iter().filter(|g| !g.inside.is_empty()).count();
        let lack = if a.gaps.len() == 1 { "1 unit lacks".to_owned() } else { format!("{} units lack", a.gaps.len()) };
        Text::new(
            format!("{lack} rows for some periods (the panel is unbalanced), {inside} of them inside their own span."),
            format!("{} 个单元在部分时期没有记录（面板不平衡），其中 {inside} 个在自身时间跨度之内缺期。", a.gaps.len()),
        )
    });
    all
}

/// Missing cells, the emptiest variables by name.
pub(super) fn absent(panel: &Panel, a: &Audit, cells: usize) -> Text {
    let mut lacking: Vec<&room::Coverage> = a.coverage.iter().filter(|c| c.missing > 0).collect();
    lacking.sort_by(|x, y| y.missing.cmp(&x.missing).then_with(|| x.variable.cmp(&y.variable)));
    if lacking.is_empty() {
        return Text::new("No cell is missing.", "没有缺失的单元格。");
    }
    let empty: usize = lacking.iter().map(|c| c.missing).sum();
    let named = |language, comma: &str| -> String {
        let one =
            |c: &&room::Coverage| format!("{} {}", lookup::variable_label(panel, &c.variable).get(language), grouped(c.missing));
        lacking.iter().take(5).map(one).collect::<Vec<_>>().join(comma)
    };
    let (en, zh) = match lacking.len().saturating_sub(5) {
        0 => (String::new(), String::new()),
        1 => (" and 1 more variable".to_owned(), " 及另外 1 个变量".to_owned()),
        n => (format!(" and {n} more variables"), format!(" 及另外 {n} 个变量")),
    };
    let (is, share) = (if empty == 1 { "is" } else { "are" }, 100.0 * empty as f64 / cells as f64);
    Text::new(
        format!("{} cells ({share:.1} %) {is} missing: {}{en}.", grouped(empty), named(Language::En, ", ")).replacen(
            "1 cells",
            "1 cell",
            usize::from(empty == 1),
        ),
        format!("缺失 {} 个单元格（{share:.1}%）：{}{zh}。", grouped(empty), named(Language::Zh, "，")),
    )
}

pub(super) fn findings(panel: &Panel, a: &Audit) -> Vec<Finding> {
    let mut all = Vec::new();
    let holes: Vec<&room::Gap> = a.gaps.iter().filter(|g| !g.inside.is_empty()).collect();
    if let Some(first) = holes.first() {
        all.push(Finding {
            code: "AU001".to_owned(),
            weight: Weight::Warning,
            place: Text::plain(&first.unit),
            message: Text::new(
                format!(
                    "{} units lack periods inside their own span, e.g. {} lacks {}.",
                    holes.len(),
                    first.unit,
                    spans(&first.inside)
                ),
                format!("{} 个单元在自身跨度之内缺期，例如 {} 缺 {}。", holes.len(), first.unit, spans(&first.inside)),
            ),
        });
    }
    for s in a.suspicions.iter().take(TOLD) {
        all.push(Finding {
            code: code(s.kind).to_owned(),
            weight: if s.score >= SERIOUS { Weight::Warning } else { Weight::Info },
            place: place(panel, s),
            message: text(&s.reason),
        });
    }
    for c in a.coverage.iter().filter(|c| c.missing > 0) {
        let share = 100.0 * c.missing as f64 / c.cells as f64;
        let (alone, alone_zh) = match c.empty_units.as_slice() {
            [] => (String::new(), String::new()),
            [one] => (format!("; {one} has none at all"), format!("；{one} 全缺")),
            more => (format!("; {} units have none at all", more.len()), format!("；{} 个单元全缺", more.len())),
        };
        all.push(Finding {
            code: "AU002".to_owned(),
            weight: if share >= 20.0 { Weight::Warning } else { Weight::Info },
            place: lookup::variable_label(panel, &c.variable),
            message: Text::new(
                format!("{} of {} cells are missing ({share:.1} %){alone}.", c.missing, c.cells),
                format!("{} 个单元格中缺失 {} 个（{share:.1}%）{alone_zh}。", c.cells, c.missing),
            ),
        });
    }
    all
}
