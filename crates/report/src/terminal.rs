//! The result of one method in plain text.

use std::fmt::Write;

use study::{
    finding::Weight,
    method::{Check, Output},
    table::{Cells, Column, Table},
    text::{Language, Text},
};

use crate::{Units, number, width};

const ROWS: usize = 20;
const FINDINGS: usize = 10;
const WIDEST: usize = 36;
const LINE: usize = 132;

/// Summary sentences, the first shown table (at most 20 rows), findings and checks of one run, ready
/// to print. Columns are aligned for wide characters, numbers to the right.
pub fn terminal(output: &Output, units: &Units, language: Language) -> String {
    let say = |en: &str, zh: &str| if language == Language::Zh { zh.to_owned() } else { en.to_owned() };
    let mut out = String::new();
    for sentence in output.summary.iter().filter(|s| !s.is_empty()) {
        let _ = writeln!(out, "{}", clean(sentence.get(language)));
    }
    if let Some(table) = output.tables.iter().find(|t| t.show && !t.columns.is_empty() && !t.is_empty()) {
        let title = clean(table.title.get(language));
        let (grid, hidden) = grid(table, units, language);
        let _ = writeln!(out, "\n{title}\n{}", grid.trim_end());
        let file = format!("{}.csv", clean(&table.id));
        let more = table.len().saturating_sub(ROWS);
        if more > 0 {
            let _ = writeln!(
                out,
                "{}",
                say(
                    &format!("… {more} more {} in {file}", if more == 1 { "row" } else { "rows" }),
                    &format!("… 其余 {more} 行见 {file}")
                )
            );
        }
        if hidden > 0 {
            let _ = writeln!(
                out,
                "{}",
                say(
                    &format!("… {hidden} more {} in {file}", if hidden == 1 { "column" } else { "columns" }),
                    &format!("… 其余 {hidden} 列见 {file}")
                )
            );
        }
    }
    if !output.findings.is_empty() {
        let _ = writeln!(out, "\n{}", say("Findings", "诊断"));
        let mut findings: Vec<_> = output.findings.iter().collect();
        findings.sort_by_key(|f| std::cmp::Reverse(f.weight));
        for finding in findings.iter().take(FINDINGS) {
            let weight = match finding.weight {
                Weight::Error => say("error", "错误"),
                Weight::Warning => say("warning", "警告"),
                Weight::Info => say("info", "提示"),
            };
            let place =
                if finding.place.is_empty() { String::new() } else { format!(" {}:", clean(finding.place.get(language))) };
            let _ = writeln!(out, "  {weight} {}{place} {}", clean(&finding.code), clean(finding.message.get(language)));
        }
        if findings.len() > FINDINGS {
            let more = findings.len() - FINDINGS;
            let _ = writeln!(
                out,
                "  {}",
                say(&format!("… {more} more {}", if more == 1 { "finding" } else { "findings" }), &format!("… 另有 {more} 条"))
            );
        }
    }
    if !output.checks.is_empty() {
        let _ = writeln!(out, "\n{}", say("Checks", "校验"));
        for check in &output.checks {
            let _ = writeln!(out, "  {} {}", verdict(check), clean(check.name.get(language)));
        }
    }
    out
}

fn verdict(check: &Check) -> String {
    let mark = if check.residual <= check.tolerance { "✓" } else { "✗" };
    format!("{mark} {} ≤ {}", number::scientific(check.residual), number::scientific(check.tolerance))
}

/// One line of text: no control characters reach the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The aligned table, and how many columns found no room in a line.
fn grid(table: &Table, units: &Units, language: Language) -> (String, usize) {
    let rows = table.len().min(ROWS);
    let columns: Vec<(bool, Vec<String>)> = table
        .columns
        .iter()
        .map(|column| {
            let right = matches!(column.cells, Cells::Integer(_) | Cells::Number(..) | Cells::P(_));
            let cells = (0..rows).map(|row| cell(column, row, units, language));
            (right, [heading(column, language)].into_iter().chain(cells).map(|c| cut(&c)).collect())
        })
        .collect();
    let widths: Vec<usize> = columns.iter().map(|c| c.1.iter().map(|t| width::columns(t)).max().unwrap_or(0)).collect();
    let mut used = 0;
    let shown = widths.iter().take_while(|w| {
        used += *w + 2;
        used <= LINE
    });
    let shown = shown.count().max(1);
    let (columns, widths) = (&columns[..shown.min(columns.len())], &widths[..shown.min(widths.len())]);
    let mut out = String::new();
    for row in 0..=rows {
        let mut line = String::new();
        for ((right, cells), width) in columns.iter().zip(widths) {
            let text = cells.get(row).map_or("", String::as_str);
            let pad = " ".repeat(width.saturating_sub(width::columns(text)));
            let (before, after) = if *right { (pad.as_str(), "") } else { ("", pad.as_str()) };
            let _ = write!(line, "  {before}{text}{after}");
        }
        let _ = writeln!(out, "{}", line.trim_end());
        if row == 0 {
            let rule: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
            let _ = writeln!(out, "  {}", "─".repeat(rule));
        }
    }
    (out, table.columns.len() - shown)
}

fn heading(column: &Column, language: Language) -> String {
    let label = if column.label.is_empty() { &column.name } else { column.label.get(language) };
    if column.unit.is_empty() { clean(label) } else { clean(&format!("{label} ({})", column.unit.get(language))) }
}

fn cell(column: &Column, row: usize, units: &Units, language: Language) -> String {
    match &column.cells {
        Cells::Unit(v) => v.get(row).map(|u| clean(units.label(u).get(language))).unwrap_or_default(),
        Cells::Integer(v) => v.get(row).copied().flatten().map_or_else(|| "–".to_owned(), number::whole),
        Cells::Number(v, decimals) => number::fixed(v.get(row).copied().unwrap_or(f64::NAN), (*decimals).into()),
        Cells::P(v) => number::p_value(v.get(row).copied().unwrap_or(f64::NAN)),
        Cells::Text(v) => v.get(row).map(|t: &Text| clean(t.get(language))).unwrap_or_default(),
    }
}

fn cut(text: &str) -> String {
    if width::columns(text) <= WIDEST {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if width::columns(&out) + 2 > WIDEST {
            break;
        }
        out.push(c);
    }
    format!("{out}…")
}
