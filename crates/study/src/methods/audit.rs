//! `audit`: what a careful reader would ask about a table before using it.

use std::collections::{BTreeMap, BTreeSet};

use panel::{
    Problem,
    audit::{self as room, Audit, AuditOptions, Kind, Suspicion, Words},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    figure::{Chart, Figure, Heatmap, Scale},
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// The registry entry.
pub struct AuditMethod;

/// Gaps, missing cells and suspicious values of the data set, worst first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditSpec {
    /// Variables to audit; empty means all.
    #[schemars(extend("x-role" = "variable"))]
    pub variables: Vec<String>,
    /// Relations that must hold in every row: `left = right`, `left <= right` or `left >= right`, both
    /// sides formulas, e.g. `gdp = va_primary + va_secondary + va_tertiary`.
    pub identities: Vec<String>,
    /// Relative error allowed in identities and sums to the total.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub tolerance: f64,
    /// The unit that is the sum of all others, e.g. `China`.
    pub total: Option<String>,
    /// Robust standard deviations from which a change against the neighbouring periods is suspicious.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub jump_z: f64,
    /// Longest list of suspicions; the worst are kept.
    pub max_reported: usize,
}

impl Default for AuditSpec {
    fn default() -> Self {
        let AuditOptions { variables, identities, tolerance, total, jump_z, max_reported } = AuditOptions::default();
        Self { variables, identities, tolerance, total, jump_z, max_reported }
    }
}

/// Findings that are told one by one; the table has them all.
const TOLD: usize = 30;
/// Score from which a suspicion is a warning.
const SERIOUS: f64 = 10.0;

impl Method for AuditMethod {
    type Options = AuditSpec;
    const NAME: &'static str = "audit";
    const PAGE: Page = Page {
        title: ("Audit of the data", "数据审查"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi audit data.csv --unit province --period year --identities 'gdp = va_primary + va_secondary + va_tertiary' --out DIR",
    };

    fn run(input: &Input<'_>, options: &AuditSpec) -> Result<Output, Vec<Problem>> {
        let o = options.clone();
        let settings = AuditOptions {
            variables: o.variables,
            identities: o.identities,
            tolerance: o.tolerance,
            total: o.total,
            jump_z: o.jump_z,
            max_reported: o.max_reported,
        };
        let audit = room::audit(input.panel, &settings)?;
        Ok(Output {
            summary: summary(input, &audit),
            tables: vec![suspicions(&audit), coverage(&audit), missing(&audit), gaps(&audit)],
            figures: heatmap(input, &audit).into_iter().collect(),
            findings: findings(&audit),
            ..Output::default()
        })
    }
}

fn text(words: &Words) -> Text {
    Text::new(&words.en, &words.zh)
}

fn kind(kind: Kind) -> Text {
    match kind {
        Kind::Jump => Text::new("jump", "跳变"),
        Kind::MisplacedDecimal => Text::new("misplaced decimal", "小数点错位"),
        Kind::PartYear => Text::new("part-year", "不完整年份"),
        Kind::LevelShift => Text::new("level shift", "水平移位"),
        Kind::Splice => Text::new("splice", "拼接"),
        Kind::Vintage => Text::new("vintage", "版本不一"),
        Kind::Ratio => Text::new("ratio", "比值异常"),
        Kind::Order => Text::new("order", "大小次序"),
        Kind::Impossible => Text::new("impossible value", "不可能的值"),
        Kind::Zero => Text::new("zero", "零值"),
        Kind::Isolated => Text::new("isolated value", "孤立值"),
        Kind::RepeatedValue => Text::new("repeated value", "重复值"),
        Kind::CopiedValue => Text::new("copied value", "误抄值"),
        Kind::Identity => Text::new("identity", "恒等式"),
        Kind::Total => Text::new("total", "总计"),
    }
}

fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Impossible | Kind::Zero | Kind::Isolated => "AU003",
        Kind::Jump | Kind::MisplacedDecimal | Kind::PartYear => "AU004",
        Kind::Identity | Kind::Order | Kind::Ratio => "AU005",
        Kind::Total => "AU006",
        Kind::LevelShift | Kind::Splice | Kind::Vintage => "AU007",
        Kind::RepeatedValue | Kind::CopiedValue => "AU008",
    }
}

fn place(s: &Suspicion) -> Text {
    let when = match (s.kind, s.period == s.last) {
        (Kind::Vintage, _) => String::new(),
        (_, true) => s.period.to_string(),
        (_, false) => format!("{}-{}", s.period, s.last),
    };
    let parts: Vec<&str> = [s.variable.as_str(), &s.unit, &when].into_iter().filter(|p| !p.is_empty()).collect();
    Text::plain(parts.join(", "))
}

/// A count with its thousands apart.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// A value with five significant digits, thousands apart where there are any.
fn shown(x: f64) -> String {
    if (1000.0..1e9).contains(&x) {
        return grouped(x.round() as usize);
    }
    let decimals = if x == 0.0 { 0 } else { (4 - x.abs().log10().floor() as i32).clamp(0, 12) as usize };
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Kinds with their counts, the most frequent first.
fn kinds<'a>(suspicions: impl Iterator<Item = &'a Suspicion>) -> Text {
    let mut count: BTreeMap<Kind, usize> = BTreeMap::new();
    for s in suspicions {
        *count.entry(s.kind).or_default() += 1;
    }
    let mut count: Vec<(Kind, usize)> = count.into_iter().collect();
    count.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    let en: Vec<String> = count.iter().map(|(k, n)| format!("{} {n}", kind(*k).en)).collect();
    let zh: Vec<String> = count.iter().map(|(k, n)| format!("{} {n}", kind(*k).zh)).collect();
    Text::new(en.join(", "), zh.join("，"))
}

/// Number of cells that some suspicion about a unit covers.
fn touched(input: &Input<'_>, a: &Audit) -> usize {
    let panel = input.panel;
    let mut cells: BTreeSet<(&str, usize)> = BTreeSet::new();
    for s in a.suspicions.iter().filter(|s| !s.unit.is_empty()) {
        let from = panel.units.partition_point(|u| *u < s.unit);
        let to = panel.units.partition_point(|u| *u <= s.unit);
        cells.extend((from..to).filter(|&i| (s.period..=s.last).contains(&panel.periods[i])).map(|i| (s.variable.as_str(), i)));
    }
    cells.len()
}

fn summary(input: &Input<'_>, a: &Audit) -> Vec<Text> {
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
        let place = place(worst).en;
        all.push(if worst.value.is_finite() && worst.expected.is_finite() {
            let (v, e) = (shown(worst.value), shown(worst.expected));
            Text::new(
                format!("The worst is {place}: {v} where about {e} would be expected."),
                format!("最严重者为 {place}：数值为 {v}，按理应约为 {e}。"),
            )
        } else {
            Text::new(format!("The worst is {place}: {}.", worst.reason.en), format!("最严重者为 {place}：{}。", worst.reason.zh))
        });
    } else {
        all.push(Text::new(
            format!("Nothing suspicious was found in {all_cells} cells."),
            format!("{all_cells} 个单元格中未发现可疑之处。"),
        ));
    }
    all.push(absent(a, cells));
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
fn absent(a: &Audit, cells: usize) -> Text {
    let mut lacking: Vec<&room::Coverage> = a.coverage.iter().filter(|c| c.missing > 0).collect();
    lacking.sort_by(|x, y| y.missing.cmp(&x.missing).then_with(|| x.variable.cmp(&y.variable)));
    if lacking.is_empty() {
        return Text::new("No cell is missing.", "没有缺失的单元格。");
    }
    let empty: usize = lacking.iter().map(|c| c.missing).sum();
    let named: Vec<String> = lacking.iter().take(5).map(|c| format!("{} {}", c.variable, grouped(c.missing))).collect();
    let (en, zh) = match lacking.len().saturating_sub(5) {
        0 => (String::new(), String::new()),
        1 => (" and 1 more variable".to_owned(), " 及另外 1 个变量".to_owned()),
        n => (format!(" and {n} more variables"), format!(" 及另外 {n} 个变量")),
    };
    let (is, share) = (if empty == 1 { "is" } else { "are" }, 100.0 * empty as f64 / cells as f64);
    Text::new(
        format!("{} cells ({share:.1} %) {is} missing: {}{en}.", grouped(empty), named.join(", ")).replacen(
            "1 cells",
            "1 cell",
            usize::from(empty == 1),
        ),
        format!("缺失 {} 个单元格（{share:.1}%）：{}{zh}。", grouped(empty), named.join("，")),
    )
}

fn name_column(names: impl Iterator<Item = String>) -> Cells {
    Cells::Text(names.map(Text::plain).collect())
}

fn suspicions(a: &Audit) -> Table {
    let s = &a.suspicions;
    let period = |of: fn(&Suspicion) -> i32| {
        Cells::Integer(s.iter().map(|x| (x.kind != Kind::Vintage).then(|| i64::from(of(x)))).collect())
    };
    Table::new("suspicions", Text::new("Suspicions, worst first", "疑点（最严重者在前）"))
        .note(Text::new(
            "Score: robust standard deviations for changes, tolerances for identities, at most 1000. A suspicion is a question to the source, not a correction.",
            "得分：变化以稳健标准差计，恒等式以容差计，上限 1000。疑点是向数据来源提出的问题，而非更正。",
        ))
        .column("score", Text::new("Score", "得分"), Text::default(), Cells::Number(s.iter().map(|x| x.score).collect(), 1))
        .column("kind", Text::new("Kind", "类别"), Text::default(), Cells::Text(s.iter().map(|x| kind(x.kind)).collect()))
        .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(s.iter().map(|x| x.unit.clone()).collect()))
        .column("period", Text::new("From", "起"), Text::default(), period(|x| x.period))
        .column("last", Text::new("To", "止"), Text::default(), period(|x| x.last))
        .column("variable", Text::new("Variable", "变量"), Text::default(), name_column(s.iter().map(|x| x.variable.clone())))
        .column("value", Text::new("Value", "数值"), Text::default(), Cells::Number(s.iter().map(|x| x.value).collect(), 2))
        .column("expected", Text::new("Expected", "按理应为"), Text::default(), Cells::Number(s.iter().map(|x| x.expected).collect(), 2))
        .column("reason", Text::new("Reason", "理由"), Text::default(), Cells::Text(s.iter().map(|x| text(&x.reason)).collect()))
}

fn coverage(a: &Audit) -> Table {
    let c = &a.coverage;
    let count = |of: fn(&room::Coverage) -> usize| Cells::Integer(c.iter().map(|x| i64::try_from(of(x)).ok()).collect());
    let label = |of: fn(&room::Coverage) -> Option<i32>| Cells::Integer(c.iter().map(|x| of(x).map(i64::from)).collect());
    let of = |x: &room::Coverage| {
        let name = x.variable.clone();
        a.suspicions.iter().filter(move |s| s.variable == name)
    };
    Table::new("coverage", Text::new("Suspicions and missing cells by variable", "各变量的疑点与缺失"))
        .column("variable", Text::new("Variable", "变量"), Text::default(), name_column(c.iter().map(|x| x.variable.clone())))
        .column(
            "suspicions",
            Text::new("Suspicions", "疑点"),
            Text::default(),
            Cells::Integer(c.iter().map(|x| i64::try_from(of(x).count()).ok()).collect()),
        )
        .column("kinds", Text::new("Of which", "其中"), Text::default(), Cells::Text(c.iter().map(|x| kinds(of(x))).collect()))
        .column("cells", Text::new("Cells", "单元格"), Text::default(), count(|x| x.cells))
        .column("missing", Text::new("Missing", "缺失"), Text::default(), count(|x| x.missing))
        .column("empty_units", Text::new("Units without any", "全缺的单元"), Text::default(), count(|x| x.empty_units.len()))
        .column("first", Text::new("First", "首期"), Text::default(), label(|x| x.first))
        .column("last", Text::new("Last", "末期"), Text::default(), label(|x| x.last))
}

/// Periods as words, consecutive ones as a span.
fn spans(periods: &[i32]) -> String {
    let mut parts: Vec<(i32, i32)> = Vec::new();
    for &p in periods {
        match parts.last_mut() {
            Some(s) if i64::from(s.1) + 1 == i64::from(p) => s.1 = p,
            _ => parts.push((p, p)),
        }
    }
    let words: Vec<String> = parts.iter().map(|&(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") }).collect();
    words.join(", ")
}

fn missing(a: &Audit) -> Table {
    let m = &a.missing;
    Table::new("missing", Text::new("Missing cells by variable and unit", "各变量、各单元的缺失"))
        .hidden()
        .column("variable", Text::new("Variable", "变量"), Text::default(), name_column(m.iter().map(|x| x.variable.clone())))
        .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(m.iter().map(|x| x.unit.clone()).collect()))
        .column(
            "missing",
            Text::new("Missing", "缺失"),
            Text::default(),
            Cells::Integer(m.iter().map(|x| i64::try_from(x.periods.len()).ok()).collect()),
        )
        .column("periods", Text::new("Periods", "时期"), Text::default(), name_column(m.iter().map(|x| spans(&x.periods))))
}

fn gaps(a: &Audit) -> Table {
    let g = &a.gaps;
    Table::new("gaps", Text::new("Periods without a row", "没有记录的时期"))
        .hidden()
        .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(g.iter().map(|x| x.unit.clone()).collect()))
        .column(
            "inside",
            Text::new("Inside the unit's span", "跨度之内"),
            Text::default(),
            name_column(g.iter().map(|x| spans(&x.inside))),
        )
        .column(
            "outside",
            Text::new("Before or after it", "跨度之外"),
            Text::default(),
            name_column(g.iter().map(|x| spans(&x.outside))),
        )
}

/// Suspicions by unit and period where there are any, missing cells otherwise.
fn heatmap(input: &Input<'_>, a: &Audit) -> Option<Figure> {
    let (units, periods) = (input.panel.unit_set(), input.panel.period_set());
    let mut values = vec![vec![0.0; periods.len()]; units.len()];
    let row = |unit: &str| units.binary_search(&unit).ok();
    let (id, title, label) = if a.suspicions.iter().any(|s| !s.unit.is_empty()) {
        for s in &a.suspicions {
            let Some(r) = row(&s.unit) else { continue };
            for (t, p) in periods.iter().enumerate() {
                values[r][t] += f64::from(u8::from((s.period..=s.last).contains(p)));
            }
        }
        ("suspicions", Text::new("Suspicions by unit and period", "各单元、各时期的疑点"), Text::new("suspicions", "疑点数"))
    } else if !a.missing.is_empty() {
        for m in &a.missing {
            let Some(r) = row(&m.unit) else { continue };
            for p in &m.periods {
                if let Ok(t) = periods.binary_search(p) {
                    values[r][t] += 1.0;
                }
            }
        }
        ("missing", Text::new("Missing cells by unit and period", "各单元、各时期的缺失"), Text::new("missing cells", "缺失数"))
    } else {
        return None;
    };
    // Units without anything to show would only make the figure long.
    let shown: Vec<usize> = (0..units.len()).filter(|&r| values[r].iter().any(|v| *v > 0.0)).collect();
    let chart = Chart::Heatmap(Heatmap {
        label,
        decimals: 0,
        scale: Scale::Sequential,
        rows: shown.iter().map(|&r| Text::plain(units[r])).collect(),
        rows_are_units: true,
        columns: periods.iter().map(|p| Text::plain(p.to_string())).collect(),
        values: shown.iter().map(|&r| values[r].clone()).collect(),
    });
    let note = Text::new("Number of variables concerned in each cell.", "每格为所涉及的变量个数。");
    Some(Figure { id: id.to_owned(), title, note, chart })
}

fn findings(a: &Audit) -> Vec<Finding> {
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
            place: place(s),
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
            place: Text::plain(&c.variable),
            message: Text::new(
                format!("{} of {} cells are missing ({share:.1} %){alone}.", c.missing, c.cells),
                format!("{} 个单元格中缺失 {} 个（{share:.1}%）{alone_zh}。", c.cells, c.missing),
            ),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use panel::{Meaning, Panel, Variable};

    use super::*;

    fn output(values: Vec<f64>) -> Output {
        let n = values.len();
        let panel = Panel::new(Panel {
            unit_name: "unit".into(),
            period_name: Some("year".into()),
            units: (0..n).map(|i| format!("u{}", i / 20)).collect(),
            periods: (0..n).map(|i| 2000 + (i % 20) as i32).collect(),
            variables: vec![Variable { name: "x".into(), meaning: Meaning::default(), values }],
            ..Panel::default()
        })
        .unwrap();
        let input = Input { step: "audit", panel: &panel, folder: Path::new("."), seed: 1 };
        AuditMethod::run(&input, &AuditSpec::default()).unwrap()
    }

    fn smooth() -> Vec<f64> {
        (0..160)
            .map(|i| (1.0 + f64::from(i / 20)) * (0.05 * f64::from(i % 20) + 0.01 * (f64::from(i) * 1.7).sin()).exp())
            .collect()
    }

    #[test]
    fn a_quiet_table_gives_no_finding_and_no_figure() {
        let out = output(smooth());
        assert!(out.findings.is_empty() && out.figures.is_empty(), "{:?}", out.findings);
        assert_eq!(out.summary[0].en, "Nothing suspicious was found in 160 cells.");
    }

    #[test]
    fn an_error_is_found_named_and_drawn() {
        let mut x = smooth();
        x[30] *= 10.0;
        x[75] = f64::NAN;
        let out = output(x);
        let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes, ["AU004", "AU002"]);
        assert_eq!(out.findings[0].place.en, "x, u1, 2010");
        assert_eq!((out.tables[0].id.as_str(), out.tables[0].len()), ("suspicions", 1));
        assert_eq!(out.summary[0].en, "Of 160 cells 1 looks wrong (1 suspicion: misplaced decimal 1).");
        assert!(out.summary[1].en.starts_with("The worst is x, u1, 2010: 3"), "{}", out.summary[1].en);
        assert_eq!(out.summary[2].en, "1 cell (0.6 %) is missing: x 1.");
        assert_eq!(out.figures[0].id, "suspicions");
    }

    #[test]
    fn consecutive_periods_are_a_span() {
        assert_eq!(spans(&[2001, 2002, 2003, 2007]), "2001-2003, 2007");
    }
}
