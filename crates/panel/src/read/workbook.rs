//! Sheets of XLSX, XLSB, XLS and ODS workbooks.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
};

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, Xls, Xlsb, Xlsx};

use super::{
    ReadOptions,
    around::{MOST_ABOVE, header_at},
    damaged,
    grid::Grid,
    unreadable,
};
use crate::{
    problem::{Capped, Place, Problem},
    raw::{Cell, RawTable, listed},
};

/// A cell with what stands in it, or the error its formula gave.
type Found = (u32, u32, Result<Cell, String>);

/// The used cells of a sheet and its merged areas as (first row, first column, last row, last column).
struct Sheet {
    cells: Vec<Found>,
    merged: Vec<(u32, u32, u32, u32)>,
}

pub(super) fn read(path: &Path, zip: bool, options: &ReadOptions) -> Result<RawTable, Vec<Problem>> {
    let open = || File::open(path).map(BufReader::new).map_err(|e| vec![unreadable(&e)]);
    let fail = |e: &dyn std::fmt::Display| vec![damaged(&e.to_string())];
    if !zip {
        let mut book = Xls::new(open()?).map_err(|e| fail(&e))?;
        let names = book.sheet_names();
        let name = choose(&names, options)?;
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let cells = dense(&book.worksheet_range(&name).map_err(|e| fail(&e))?);
        let sheet = Sheet { cells, merged: merged.iter().map(area).collect() };
        return cover(table(path, name, sheet), &names, options);
    }
    let mut head = Vec::new();
    open()?.take(80).read_to_end(&mut head).map_err(|e| vec![unreadable(&e)])?;
    if head.windows(11).any(|w| w == b"opendocumen") {
        let mut book = Ods::new(open()?).map_err(|e| fail(&e))?;
        let names = book.sheet_names();
        let name = choose(&names, options)?;
        let cells = dense(&book.worksheet_range(&name).map_err(|e| fail(&e))?);
        return cover(table(path, name, Sheet { cells, merged: Vec::new() }), &names, options);
    }
    match Xlsx::new(open()?) {
        Ok(mut book) => {
            let names = book.sheet_names();
            let name = choose(&names, options)?;
            let sheet = sparse(&mut book, &name).map_err(|e| fail(&e))?;
            cover(table(path, name, sheet), &names, options)
        }
        Err(e) => {
            let mut book = Xlsb::new(open()?).map_err(|_| fail(&e))?;
            let name = choose(&book.sheet_names(), options)?;
            let cells = dense(&book.worksheet_range(&name).map_err(|e| fail(&e))?);
            table(path, name, Sheet { cells, merged: Vec::new() })
        }
    }
}

fn choose(names: &[String], options: &ReadOptions) -> Result<String, Vec<Problem>> {
    match &options.sheet {
        None => names.first().cloned().ok_or_else(|| vec![damaged("the workbook has no sheets")]),
        Some(wanted) => names.iter().find(|n| n.trim() == wanted.trim()).cloned().ok_or_else(|| {
            vec![
                Problem::error("unknown-sheet", format!("There is no sheet `{wanted}`."))
                    .help(format!("The sheets are: {}.", listed(names.iter().map(String::as_str), 20)))
                    .did_you_mean(wanted, names.iter().map(String::as_str)),
            ]
        }),
    }
}

/// A first sheet of one column or without rows, taken because none was named, is a cover.
fn cover(read: Result<RawTable, Vec<Problem>>, names: &[String], options: &ReadOptions) -> Result<RawTable, Vec<Problem>> {
    let blank = |p: &Problem| matches!(p.code.as_str(), "header-only" | "empty-sheet" | "empty-table");
    let bare = match &read {
        Ok(table) => table.columns.len() < 2,
        Err(problems) => problems.iter().all(blank),
    };
    if !bare || names.len() < 2 || options.sheet.is_some() {
        return read;
    }
    Err(vec![
        Problem::error("cover-sheet", "The first sheet of the workbook holds no panel.")
            .why("It has a single column or no rows; the first sheet is read unless one is named.")
            .help(format!("Name the sheet of the table; the sheets are: {}.", listed(names.iter().map(String::as_str), 20)))
            .at(Place { sheet: names.first().cloned(), ..Place::default() }),
    ])
}

/// Reads cell by cell: one stray cell in the last row must not cost a grid of a billion cells.
fn sparse<R: Read + Seek>(book: &mut Xlsx<R>, name: &str) -> Result<Sheet, calamine::XlsxError> {
    let merged = book.merge_cells_by_sheet_name(name)?.iter().map(area).collect();
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        cells.push((
            row,
            column,
            match cell.get_value() {
                DataRef::Int(x) => number(*x),
                DataRef::Float(x) => Ok(Cell::Number(*x)),
                DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => Ok(Cell::text(s)),
                DataRef::SharedString(s) => Ok(Cell::text(s)),
                DataRef::Bool(b) => Ok(Cell::Number(f64::from(u8::from(*b)))),
                DataRef::DateTime(t) => Ok(date(*t)),
                DataRef::Error(e) => Err(e.to_string()),
                DataRef::Empty => continue,
            },
        ));
    }
    drop(reader);
    cells.sort_by_key(|c| (c.0, c.1));
    // A program that writes formulas without computing them leaves no values for a reader.
    let mut formulas = book.worksheet_cells_reader(name)?;
    let mut without = Vec::new();
    while let Some(cell) = formulas.next_formula()? {
        let at = cell.get_position();
        if !cell.get_value().is_empty() && cells.binary_search_by_key(&at, |c| (c.0, c.1)).is_err() {
            without.push((at.0, at.1, Err("a formula without a value".to_owned())));
        }
    }
    drop(formulas);
    cells.extend(without);
    cells.sort_by_key(|c| (c.0, c.1));
    Ok(Sheet { cells, merged })
}

fn dense(range: &calamine::Range<Data>) -> Vec<Found> {
    let (top, left) = range.start().unwrap_or_default();
    let found = |(row, column, data): (usize, usize, &Data)| {
        let cell = match data {
            Data::Int(x) => number(*x),
            Data::Float(x) => Ok(Cell::Number(*x)),
            Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => Ok(Cell::text(s)),
            Data::Bool(b) => Ok(Cell::Number(f64::from(u8::from(*b)))),
            Data::DateTime(t) => Ok(date(*t)),
            Data::Error(e) => Err(e.to_string()),
            Data::Empty => return None,
        };
        Some((top + u32::try_from(row).ok()?, left + u32::try_from(column).ok()?, cell))
    };
    range.used_cells().filter_map(found).collect()
}

fn number(x: i64) -> Result<Cell, String> {
    #[expect(clippy::cast_precision_loss, reason = "workbooks hold doubles; whole numbers come from them")]
    Ok(Cell::Number(x as f64))
}

fn date(t: ExcelDateTime) -> Cell {
    if t.is_duration() {
        return Cell::Number(t.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = t.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        Cell::Text(date)
    } else {
        Cell::Text(format!("{date}T{hour:02}:{minute:02}:{second:02}"))
    }
}

fn area(d: &calamine::Dimensions) -> (u32, u32, u32, u32) {
    (d.start.0, d.start.1, d.end.0, d.end.1)
}

fn table(path: &Path, name: String, sheet: Sheet) -> Result<RawTable, Vec<Problem>> {
    let used = |found: &&Found| !matches!(found.2, Ok(Cell::Empty));
    let mut first: Vec<(usize, Vec<Cell>)> = Vec::new();
    let mut first_rows = Vec::new();
    for (row, _, cell) in sheet.cells.iter().filter(used) {
        if first_rows.last() != Some(row) {
            if first_rows.len() > MOST_ABOVE {
                break;
            }
            first_rows.push(*row);
            first.push((shown(*row), Vec::new()));
        }
        if let Some((_, cells)) = first.last_mut() {
            cells.push(cell.clone().unwrap_or_else(Cell::Text));
        }
    }
    let above = header_at(&first.iter().map(|r| r.1.clone()).collect::<Vec<_>>());
    let Some(&header_row) = first_rows.get(above) else {
        return Err(vec![
            Problem::error("empty-sheet", format!("Sheet `{name}` is empty."))
                .help("Name the sheet that holds the table.")
                .at(Place { sheet: Some(name), ..Place::default() }),
        ]);
    };
    let in_header = |found: &&Found| found.0 == header_row;
    let left = sheet.cells.iter().filter(|c| c.0 >= header_row).filter(used).map(|c| c.1).min().unwrap_or(0);
    let right = sheet.cells.iter().filter(in_header).filter(used).map(|c| c.1).max().unwrap_or(left);
    let mut header = vec![String::new(); usize::try_from(right - left + 1).unwrap_or(1)];
    for (_, column, cell) in sheet.cells.iter().filter(in_header) {
        if let Some(slot) = column.checked_sub(left).and_then(|j| header.get_mut(usize::try_from(j).ok()?)) {
            *slot = cell.as_ref().map_or_else(Clone::clone, Cell::label);
        }
    }
    let mut grid = Grid::new(path, Some(name.clone()), shown(header_row), &header)?;
    grid.titles(first.get(..above).unwrap_or_default());
    for m in sheet.merged.iter().filter(|m| m.0 <= header_row && header_row <= m.2 && (m.0, m.1) != (m.2, m.3)) {
        grid.report(
            Problem::error(
                "merged-header",
                format!("Cells {} to {} of the header are merged.", reference(m.0, m.1), reference(m.2, m.3)),
            )
            .why("A merged cell names several columns or rows at once, so the names of the columns are not known.")
            .help("Unmerge them and give each column its own name in one row; delete title rows above the header.")
            .at(Place {
                sheet: Some(name.clone()),
                row: Some(shown(m.0)),
                column: Some(letters(m.1)),
                ..Place::default()
            }),
        );
    }
    let mut errors = Capped::default();
    let mut rows = sheet.cells.into_iter().filter(|c| c.0 > header_row).peekable();
    let mut last = header_row;
    while let Some(&(row, ..)) = rows.peek() {
        if row > last + 1 {
            grid.push(shown(row), Vec::new());
        }
        last = row;
        let mut cells = Vec::new();
        while let Some((_, column, cell)) = rows.next_if(|c| c.0 == row) {
            let j = usize::try_from(column.saturating_sub(left)).unwrap_or(0);
            match cell {
                Ok(Cell::Empty) => {}
                Ok(cell) => {
                    cells.resize(j.max(cells.len()), Cell::Empty);
                    cells.push(cell);
                }
                Err(error) => {
                    let titled = header.get(j).filter(|n| !n.is_empty()).cloned().unwrap_or_else(|| letters(column));
                    errors.push(|| {
                        let (why, help) = if error.starts_with('#') {
                            (
                                "Its formula failed, so there is no value.",
                                "Mend the formula, or clear the cell if the value is missing.",
                            )
                        } else {
                            (
                                "The program that wrote it did not compute it.",
                                "Open the workbook in Excel or LibreOffice and save it again.",
                            )
                        };
                        Problem::error("formula-error", format!("Cell {} shows `{error}`.", reference(row, column)))
                            .why(why)
                            .help(help)
                            .at(Place {
                                sheet: Some(name.clone()),
                                row: Some(shown(row)),
                                column: Some(titled),
                                ..Place::default()
                            })
                    });
                }
            }
        }
        cells.resize(header.len().max(cells.len()), Cell::Empty);
        grid.push(shown(row), cells);
    }
    for problem in errors.finish("more cells show formula errors") {
        grid.report(problem);
    }
    grid.finish()
}

/// Rows as the workbook program counts them.
fn shown(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1)
}

/// A column as the workbook program names it: A, B, …, Z, AA, …
fn letters(mut column: u32) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        if column < 26 {
            return name.iter().rev().collect();
        }
        column = column / 26 - 1;
    }
}

fn reference(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), shown(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_the_workbook_names_them() {
        assert_eq!(reference(0, 0), "A1");
        assert_eq!(reference(9, 25), "Z10");
        assert_eq!(reference(0, 26), "AA1");
        assert_eq!(reference(0, 16_383), "XFD1");
    }
}
