//! Derivations in the workbook: sheets whose formulas a reader can follow, the program's numbers as their results.

use rust_xlsxwriter::{Color, Format, FormatAlign, Formula, Url, Workbook, Worksheet, XlsxError};
use study::{
    derivation::{Cell, Content, Sheet},
    text::Language,
};

use super::xlsx::{head, text};
use crate::{Units, number, width};

/// The looks of cells.
struct Looks {
    head: Format,
    words: Format,
    given: Format,
}

impl Looks {
    fn new() -> Self {
        Self { head: head(), words: Format::new().set_font_color(GREY), given: Format::new().set_font_color(BLUE) }
    }

    fn number(decimals: u8, fixed: bool) -> Format {
        let digits = "0".repeat(decimals.into());
        let format = Format::new().set_num_format(if digits.is_empty() { "0".to_owned() } else { format!("0.{digits}") });
        if fixed { format.set_font_color(GREY).set_italic() } else { format }
    }
}

const BLUE: Color = Color::RGB(0x0F_5499);
const GREY: Color = Color::RGB(0x6B_6965);

/// Writes the sheets of one derivation; `names[i]` is the name of sheet `i` in the workbook, `contents` of the way back.
pub fn write(
    book: &mut Workbook,
    sheets: &[Sheet],
    names: &[String],
    (contents, units, language): (&str, &Units, Language),
) -> Result<(), XlsxError> {
    let looks = Looks::new();
    for (sheet, name) in sheets.iter().zip(names) {
        let page = book.add_worksheet().set_name(name.as_str())?;
        // A formula without a number gives an empty text.
        page.set_formula_result_default("");
        page.write_with_format(0, 0, text(sheet.title.get(language)), &Format::new().set_bold())?;
        page.write_url(1, 0, Url::new(format!("internal:'{contents}'!A1")).set_text(contents))?;
        for (row, note) in (2..).zip(&sheet.notes) {
            page.write(row, 0, text(note.get(language)))?;
        }
        let mut widest: Vec<usize> = Vec::new();
        for cell in &sheet.cells {
            let wide = put(page, cell, &looks, &|formula| named(formula, sheets, names), (units, language))?;
            let column = usize::from(cell.column);
            if widest.len() <= column {
                widest.resize(column + 1, 9);
            }
            widest[column] = widest[column].max(wide);
        }
        for (column, wide) in (0..).zip(&widest) {
            page.set_column_width(column, (*wide as f64 + 2.0).min(44.0))?;
        }
        if sheet.freeze != (0, 0) {
            page.set_freeze_panes(sheet.freeze.0, sheet.freeze.1)?;
        }
    }
    Ok(())
}

/// Writes a cell and says how many columns of characters it wants.
fn put(
    page: &mut Worksheet,
    cell: &Cell,
    looks: &Looks,
    named: &dyn Fn(&str) -> String,
    (units, language): (&Units, Language),
) -> Result<usize, XlsxError> {
    let (row, column) = (cell.row, cell.column);
    Ok(match &cell.content {
        Content::Head(words) => {
            let words = words.get(language);
            page.write_with_format(row, column, text(words), &looks.head)?;
            // Heads wrap.
            width::columns(words).div_ceil(3).min(20)
        }
        Content::Words(words) => {
            let words = words.get(language);
            page.write_with_format(row, column, text(words), &looks.words)?;
            if column == 0 { width::columns(words) } else { width::columns(words).min(16) }
        }
        Content::Unit(id) => {
            let label = units.label(id);
            page.write(row, column, text(label.get(language)))?;
            width::columns(label.get(language))
        }
        Content::Whole(x) => {
            page.write_with_format(row, column, *x as f64, &Format::new().set_num_format("0").set_align(FormatAlign::Left))?;
            0
        }
        Content::Given(x) => {
            page.write_with_format(row, column, *x, &looks.given)?;
            0
        }
        Content::Fixed(x, decimals) => {
            page.write_with_format(row, column, *x, &Looks::number(*decimals, true))?;
            0
        }
        Content::Formula { text, array, value, decimals } => {
            let formula = Formula::new(format!("={}", named(text))).set_result(number::exact(*value));
            let format = Looks::number(*decimals, false);
            if *array {
                page.write_array_formula_with_format(row, column, row, column, formula, &format)?;
            } else {
                page.write_formula_with_format(row, column, formula, &format)?;
            }
            0
        }
    })
}

/// The formula with `[id]` as the name of that sheet.
fn named(formula: &str, sheets: &[Sheet], names: &[String]) -> String {
    let mut out = formula.to_owned();
    for (sheet, name) in sheets.iter().zip(names) {
        out = out.replace(&format!("[{}]", sheet.id), &format!("'{}'!", name.replace('\'', "''")));
    }
    out
}
