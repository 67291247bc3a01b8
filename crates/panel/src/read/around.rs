//! What stands around a table: titles and comments above its header, notes below its last row.
//!
//! Yearbooks print a title, a unit of measure, sources and footnotes on the sheet of the table.
//! They are passed over, and told as warnings that quote them.

use crate::{
    problem::{Place, Problem},
    raw::Cell,
};

/// Rows that may stand above a header.
pub(super) const MOST_ABOVE: usize = 12;

/// How the lines below a table begin that explain it.
const NOTES: [&str; 13] = ["注", "资料", "数据来源", "来源", "说明", "备注", "本表", "note", "source", "*", "#", "①", "†"];

/// Which of the first rows is the header: the first with two filled cells, if the rows above it
/// hold one each or are comments. Rows of another shape are left as they are.
pub(super) fn header_at(rows: &[Vec<Cell>]) -> usize {
    let filled = |row: &[Cell]| row.iter().filter(|c| **c != Cell::Empty).count();
    let above = |i: usize, row: &[Cell]| filled(row) < 2 || comment(row, rows.get(i + 1..).unwrap_or_default());
    let Some(at) = rows.iter().enumerate().position(|(i, row)| !above(i, row)) else { return 0 };
    // `,x` over `A,1` is a table whose first column has no name, not a title.
    let named = |row: &Vec<Cell>| filled(row) > 2 || row.iter().all(|c| !matches!(c, Cell::Number(_)) && !digits(c));
    if rows.get(at).is_some_and(named) { at } else { 0 }
}

/// Whether a row is a comment: `# text`, or `#text` with another number of cells than the next row.
fn comment(row: &[Cell], below: &[Vec<Cell>]) -> bool {
    let Some(Cell::Text(first)) = row.first() else { return false };
    let Some(rest) = first.strip_prefix('#') else { return false };
    let next = below.iter().find(|r| !matches!(r.first(), Some(Cell::Text(t)) if t.starts_with('#')));
    rest.starts_with([' ', '#', '!']) || next.is_some_and(|next| next.len() != row.len())
}

fn digits(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(t) if t.parse::<f64>().is_ok())
}

/// The warning for rows above a header.
pub(super) fn titles(rows: &[(usize, Vec<Cell>)]) -> Option<Problem> {
    let (first, _) = rows.first()?;
    let what = format!("{} above the header {} passed over: {}.", counted(rows.len()), verb(rows.len()), quoted(rows));
    Some(
        Problem::warning("title-lines", what)
            .why("What stands there is taken as a title or comment; units of measure named in it are not read.")
            .help("Say units of measure in the columns table.")
            .at(Place { row: Some(*first), ..Place::default() }),
    )
}

/// From which of the last rows on, each with a single text, they are notes: from the first that
/// follows a blank row or begins like a note.
pub(super) fn notes_from(held: &[(usize, Vec<Cell>, bool)]) -> usize {
    let note = |(_, cells, gap): &(usize, Vec<Cell>, bool)| {
        *gap || cells.iter().any(|c| {
            let text = c.label().trim_start_matches(['(', '（', '[', '【', ' ']).to_lowercase();
            NOTES.iter().any(|start| text.starts_with(start))
        })
    };
    held.iter().position(note).unwrap_or(held.len())
}

/// The warning for rows below a table.
pub(super) fn notes(rows: &[(usize, Vec<Cell>)]) -> Option<Problem> {
    let (first, _) = rows.first()?;
    let what = format!("{} below the table {} passed over: {}.", counted(rows.len()), verb(rows.len()), quoted(rows));
    Some(
        Problem::warning("note-lines", what)
            .why("A single text after the last row is taken as a note, not as a unit without data.")
            .help("If it names a unit, delete the blank row above it.")
            .at(Place { row: Some(*first), ..Place::default() }),
    )
}

fn counted(rows: usize) -> String {
    if rows == 1 { "One row".to_owned() } else { format!("{rows} rows") }
}

fn verb(rows: usize) -> &'static str {
    if rows == 1 { "is" } else { "are" }
}

/// The beginnings of the first rows.
fn quoted(rows: &[(usize, Vec<Cell>)]) -> String {
    let text = |cells: &[Cell]| {
        let whole = cells.iter().map(Cell::label).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        let mut start: String = whole.chars().take(40).collect();
        if whole.chars().nth(40).is_some() {
            start.push('…');
        }
        format!("`{start}`")
    };
    let mut all: Vec<String> = rows.iter().take(4).map(|(_, cells)| text(cells)).collect();
    if rows.len() > 4 {
        all.push("…".to_owned());
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rows: &[&str]) -> usize {
        header_at(&rows.iter().map(|r| r.split(',').map(Cell::text).collect()).collect::<Vec<_>>())
    }

    #[test]
    fn a_header_is_found_below_titles_and_comments() {
        assert_eq!(at(&["省份,年份,x", "北京,2019,1"]), 0);
        assert_eq!(at(&["表1", ",,单位：亿元", "省份,年份,x", "北京,2019,1"]), 2);
        assert_eq!(at(&["# a, b, c", "#d", "province,year,x", "A,2019,1"]), 2);
        assert_eq!(at(&["#,province,x", "1,A,2"]), 0);
        assert_eq!(at(&["", "省份,2019,2020", "北京,1,2"]), 1);
    }

    #[test]
    fn a_narrow_table_keeps_its_header() {
        assert_eq!(at(&[",x", "A,1", "B,2"]), 0);
        assert_eq!(at(&["alone", "1", "2"]), 0);
    }
}
