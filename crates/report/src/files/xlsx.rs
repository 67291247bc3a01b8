//! All tables in one workbook: a contents sheet, then one sheet per table, its derivation after it.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet, XlsxError};
use study::{
    result::{Step, StudyResult},
    table::{Cells, Column, Table},
    text::{Language, Text},
};

use super::sheets;
use crate::{Units, limits::SHEET, width};

const COLUMNS: usize = 16_384;

/// A table and the names of its sheets.
struct Entry<'r> {
    name: String,
    step: &'r Step,
    table: &'r Table,
    derivation: Vec<String>,
}

/// The workbook; `language` is that of labels and headers.
pub fn workbook(result: &StudyResult, units: &Units, language: Language) -> Result<Vec<u8>, XlsxError> {
    let say = |en: &'static str, zh: &'static str| if language == Language::Zh { zh } else { en };
    let mut book = Workbook::new();
    // The format wants a date of creation; a fixed one keeps the same result the same bytes.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let contents = say("Contents", "目录");
    let mut names = vec![contents.to_lowercase()];
    let mut tables: Vec<Entry<'_>> = Vec::new();
    for (step, table) in result.steps.iter().flat_map(|s| s.output.tables.iter().map(move |t| (s, t))) {
        let mut name = |id: &str| sheet_name(&format!("{}_{id}", step.id), &mut names);
        let entry = Entry { name: name(&table.id), step, table, derivation: Vec::new() };
        tables.push(Entry { derivation: table.derivation.iter().map(|s| name(&s.id)).collect(), ..entry });
    }
    // A sheet has all rows of its table or is not there.
    let fits = |table: &Table| table.len() <= SHEET;

    let (title, bold, head) = (Format::new().set_bold().set_font_size(14), Format::new().set_bold(), head());
    let sheet = book.add_worksheet().set_name(contents)?;
    sheet.write_with_format(0, 0, text(result.title.get(language)), &title)?;
    let headings = [say("Sheet", "工作表"), say("Table", "表"), say("Step", "步骤"), say("Rows", "行数"), say("Note", "说明")];
    for (i, words) in headings.iter().enumerate() {
        sheet.write_with_format(2, i as u16, *words, &head)?;
    }
    let mut row = 3;
    for Entry { name, step, table, derivation } in &tables {
        let mut line = |at: Option<&str>, title: &Text, rows: usize, note: &Text| -> Result<(), XlsxError> {
            match at {
                Some(name) => {
                    let link = Url::new(format!("internal:'{}'!A1", name.replace('\'', "''"))).set_text(name);
                    sheet.write_url(row, 0, link)?
                }
                None => sheet.write(row, 0, say("only as CSV: too many rows", "行数过多，仅有 CSV 文件"))?,
            };
            sheet.write(row, 1, text(title.get(language)))?;
            sheet.write(row, 2, text(step.title.get(language)))?;
            sheet.write(row, 3, rows as f64)?;
            sheet.write(row, 4, text(note.get(language)))?;
            row += 1;
            Ok(())
        };
        line(Some(name.as_str()).filter(|_| fits(table)), &table.title, table.len(), &table.note)?;
        for (name, made) in derivation.iter().zip(&table.derivation) {
            let note = made.notes.first().cloned().unwrap_or_default();
            line(Some(name), &made.title, made.rows() as usize, &note)?;
        }
    }
    for (i, wide) in [32.0, 52.0, 36.0, 10.0, 80.0].into_iter().enumerate() {
        sheet.set_column_width(i as u16, wide)?;
    }
    sheet.set_freeze_panes(3, 0)?;

    for Entry { name, table, derivation, .. } in &tables {
        if !fits(table) {
            sheets::write(&mut book, &table.derivation, derivation, (contents, units, language))?;
            continue;
        }
        let sheet = book.add_worksheet().set_name(name.as_str())?;
        sheet.write_with_format(0, 0, text(table.title.get(language)), &bold)?;
        let back = Url::new(format!("internal:'{contents}'!A1")).set_text(contents);
        sheet.write_url(1, 0, back)?;
        for (c, column) in table.columns.iter().take(COLUMNS).enumerate() {
            fill(sheet, c as u16, column, units, language, &head)?;
        }
        sheet.set_freeze_panes(3, 1)?;
        if !table.note.is_empty() {
            sheet.write(table.len() as u32 + 4, 0, text(table.note.get(language)))?;
        }
        sheets::write(&mut book, &table.derivation, derivation, (contents, units, language))?;
    }
    book.save_to_buffer()
}

/// The look of headings.
pub fn head() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_top(FormatBorder::Medium)
        .set_border_bottom(FormatBorder::Thin)
}

fn fill(
    sheet: &mut Worksheet,
    at: u16,
    column: &Column,
    units: &Units,
    language: Language,
    head: &Format,
) -> Result<(), XlsxError> {
    let label = if column.label.is_empty() { &column.name } else { column.label.get(language) };
    let heading = if column.unit.is_empty() { label.to_owned() } else { format!("{label} ({})", column.unit.get(language)) };
    sheet.write_with_format(2, at, text(&heading), head)?;
    let mut widest = (width::columns(&heading) / 2).max(8);
    match &column.cells {
        Cells::Unit(v) => {
            for (i, id) in v.iter().enumerate() {
                let label = units.label(id);
                widest = widest.max(width::columns(label.get(language)));
                sheet.write(3 + i as u32, at, text(label.get(language)))?;
            }
        }
        Cells::Text(v) => {
            for (i, words) in v.iter().enumerate() {
                widest = widest.max(width::columns(words.get(language)));
                sheet.write(3 + i as u32, at, text(words.get(language)))?;
            }
        }
        Cells::Integer(v) => {
            let format = Format::new().set_num_format("0");
            for (i, x) in v.iter().enumerate().filter_map(|(i, x)| x.map(|x| (i, x))) {
                sheet.write_with_format(3 + i as u32, at, x as f64, &format)?;
            }
        }
        Cells::Number(v, decimals) => {
            let digits = "0".repeat((*decimals).min(12).into());
            let format =
                Format::new().set_num_format(if digits.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{digits}") });
            for (i, x) in v.iter().enumerate().filter(|(_, x)| x.is_finite()) {
                sheet.write_with_format(3 + i as u32, at, *x, &format)?;
            }
            widest = widest.max(11);
        }
        Cells::P(v) => {
            let format = Format::new().set_num_format("[<0.0001]\"< 0.0001\";0.0000");
            for (i, p) in v.iter().enumerate().filter(|(_, p)| p.is_finite()) {
                sheet.write_with_format(3 + i as u32, at, *p, &format)?;
            }
        }
    }
    sheet.set_column_width(at, (widest as f64 + 2.0).min(60.0))?;
    Ok(())
}

/// A cell holds at most 32,767 characters.
pub fn text(words: &str) -> String {
    words.chars().take(32_000).collect()
}

/// A valid sheet name of at most 31 characters that is not taken yet (names differ by more than case).
fn sheet_name(wanted: &str, taken: &mut Vec<String>) -> String {
    let kept: String = wanted.chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { '-' } else { c }).collect();
    let mut name = cut(&kept, 31);
    let mut again = 1;
    while name.is_empty() || name.to_lowercase() == "history" || taken.contains(&name.to_lowercase()) {
        again += 1;
        let tail = format!("~{again}");
        name = format!("{}{tail}", cut(&kept, 31 - tail.len()));
    }
    taken.push(name.to_lowercase());
    name
}

/// The first `limit` UTF-16 units, as spreadsheets count.
fn cut(text: &str, limit: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_valid_and_differ() {
        let mut taken = vec!["contents".to_owned()];
        let long = "a".repeat(40);
        let names: Vec<String> =
            [long.as_str(), &long, "x/y", "X-Y", "Contents", "history", ""].iter().map(|n| sheet_name(n, &mut taken)).collect();
        for name in &names {
            assert!((1..=31).contains(&name.chars().count()), "{name}");
            assert!(!name.contains(['[', ']', ':', '*', '?', '/', '\\']), "{name}");
        }
        taken.sort();
        let before = taken.len();
        taken.dedup();
        assert_eq!(before, taken.len());
    }
}
