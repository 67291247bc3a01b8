//! Numbers written with a decimal comma, as in most of Europe: `1,5` and `1.234,5`.

use crate::{
    problem::Problem,
    raw::{Cell, Parsed, RawTable, parse},
};

/// Rewrites the columns whose every number reads as written with a decimal comma and where at
/// least one can be read in no other way; each is told as a warning.
pub(super) fn decimal_commas(table: &mut RawTable) {
    let mut notes = Vec::new();
    for j in 0..table.columns.len() {
        let Some(column) = table.columns.get(j) else { continue };
        let Some((cells, example)) = pointed(&column.cells) else { continue };
        let name = column.name.clone();
        notes.push(
            Problem::warning(
                "decimal-comma",
                format!("`{example}` and the other numbers of column `{name}` have a decimal comma."),
            )
            .why("The whole column is written so; the comma is read as the decimal point.")
            .help("If the cells are lists or codes, write them with another mark.")
            .at(table.place_of(&name)),
        );
        if let Some(column) = table.columns.get_mut(j) {
            column.cells = cells;
        }
    }
    table.notes.extend(notes);
}

/// The cells with decimal points, and the first that settles that the comma is a decimal one.
fn pointed(cells: &[Cell]) -> Option<(Vec<Cell>, String)> {
    let mut example = None;
    let mut out = Vec::with_capacity(cells.len());
    for cell in cells {
        out.push(match cell {
            Cell::Text(text) if parse(text) != Parsed::Missing => {
                let (number, settled) = number(text)?;
                if settled && example.is_none() {
                    example = Some(text.clone());
                }
                Cell::Text(number)
            }
            // A number of a typed file stands beside texts only where they are something else.
            Cell::Number(_) => return None,
            other => other.clone(),
        });
    }
    example.map(|text| (out, text))
}

/// A number with a decimal comma, and whether its comma cannot part thousands.
fn number(text: &str) -> Option<(String, bool)> {
    let all = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = rest.split_once(',').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut groups = whole.split('.');
    let first = groups.next().filter(|g| all(g))?;
    let rest: Vec<&str> = groups.collect();
    let grouped = !rest.is_empty();
    if grouped && (first.len() > 3 || fraction.is_none() || rest.iter().any(|g| g.len() != 3 || !all(g))) {
        return None;
    }
    let Some(fraction) = fraction else { return Some((format!("{sign}{first}"), false)) };
    if !all(fraction) {
        return None;
    }
    let thousands = !grouped && fraction.len() == 3 && first.len() <= 3 && !first.starts_with('0');
    Some((format!("{sign}{first}{}.{fraction}", rest.concat()), !thousands))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Option<Vec<String>> {
        let cells: Vec<Cell> = texts.iter().map(|t| Cell::text(t)).collect();
        pointed(&cells).map(|(cells, _)| cells.iter().map(Cell::label).collect())
    }

    #[test]
    fn a_whole_column_decides_what_a_comma_means() {
        let got = read(&["1,5", "-0,125", "3", "", "1.234.567,8", "12,345"]).unwrap();
        assert_eq!(got, ["1.5", "-0.125", "3", "", "1234567.8", "12.345"]);
        for column in [
            &["1,234", "5,678"][..],
            &["1,5", "2.5"],
            &["1,5", "x"],
            &["1,2,3"],
            &["1", "2"],
            &["1.234", "1,5"],
            &["1,5 ", "A,5"],
        ] {
            assert_eq!(read(column), None, "{column:?}");
        }
    }
}
