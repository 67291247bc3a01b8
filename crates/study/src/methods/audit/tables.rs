//! Tables and the figure of an audit.

use panel::{
    Panel,
    audit::{self as room, Audit, Kind, Suspicion},
};

use super::words::{kind, kinds, text};
use crate::{
    figure::{Chart, Figure, Heatmap, Scale},
    method::Input,
    methods::lookup,
    table::{Cells, Table},
    text::Text,
};

pub(super) fn labels<'a>(panel: &Panel, names: impl Iterator<Item = &'a String>) -> Cells {
    Cells::Text(names.map(|name| lookup::variable_label(panel, name)).collect())
}

pub(super) fn name_column(names: impl Iterator<Item = String>) -> Cells {
    Cells::Text(names.map(Text::plain).collect())
}

pub(super) fn suspicions(panel: &Panel, a: &Audit) -> Table {
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
        .column("variable", Text::new("Variable", "变量"), Text::default(), labels(panel, s.iter().map(|x| &x.variable)))
        .column("value", Text::new("Value", "数值"), Text::default(), Cells::Number(s.iter().map(|x| x.value).collect(), 2))
        .column("expected", Text::new("Expected", "按理应为"), Text::default(), Cells::Number(s.iter().map(|x| x.expected).collect(), 2))
        .column("reason", Text::new("Reason", "理由"), Text::default(), Cells::Text(s.iter().map(|x| text(&x.reason)).collect()))
        .column("name", Text::new("Column", "列名"), Text::default(), name_column(s.iter().map(|x| x.variable.clone())))
}

pub(super) fn coverage(panel: &Panel, a: &Audit) -> Table {
    let c = &a.coverage;
    let count = |of: fn(&room::Coverage) -> usize| Cells::Integer(c.iter().map(|x| i64::try_from(of(x)).ok()).collect());
    let label = |of: fn(&room::Coverage) -> Option<i32>| Cells::Integer(c.iter().map(|x| of(x).map(i64::from)).collect());
    let of = |x: &room::Coverage| {
        let name = x.variable.clone();
        a.suspicions.iter().filter(move |s| s.variable == name)
    };
    Table::new("coverage", Text::new("Suspicions and missing cells by variable", "各变量的疑点与缺失"))
        .column("variable", Text::new("Variable", "变量"), Text::default(), labels(panel, c.iter().map(|x| &x.variable)))
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
pub(super) fn spans(periods: &[i32]) -> String {
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

pub(super) fn missing(a: &Audit) -> Table {
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

pub(super) fn gaps(a: &Audit) -> Table {
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
pub(super) fn heatmap(input: &Input<'_>, a: &Audit) -> Option<Figure> {
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
