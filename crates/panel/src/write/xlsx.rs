//! XLSX workbooks.

use std::{io, path::Path};

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{atomically, names_differ, text_columns};
use crate::{problem::Problem, table::Panel};

/// Writes a panel as a workbook: sheet `data` with one row per unit and period, sheet `columns`
/// with the meaning of each variable, laid out as a columns table.
///
/// # Errors
/// Two columns with one name, more rows, columns or text than a workbook holds, and what
/// [`atomically`] reports.
pub fn xlsx(path: &Path, panel: &Panel) -> Result<(), Vec<Problem>> {
    names_differ(panel)?;
    let bytes = workbook(panel).map_err(|e| {
        vec![
            Problem::error("not-a-workbook", "The table does not fit into a workbook.")
                .why(format!("The reason: {e}."))
                .help("Write CSV or Parquet instead."),
        ]
    })?;
    atomically(path, |mut file| io::Write::write_all(&mut file, &bytes))
}

fn workbook(panel: &Panel) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("data")?;
    sheet.set_freeze_panes(1, 0)?;
    let (texts, before) = text_columns(panel);
    let mut column: u16 = 0;
    let mut next = || {
        column = column.checked_add(1).ok_or(XlsxError::RowColumnLimitError)?;
        Ok::<u16, XlsxError>(column - 1)
    };
    for (i, (name, labels)) in texts.iter().enumerate() {
        let j = next()?;
        sheet.write_with_format(0, j, name, &bold)?;
        for (row, label) in (1..).zip(labels.iter()) {
            if !label.is_empty() {
                sheet.write_string(row, j, label)?;
            }
        }
        if let (Some(name), true) = (&panel.period_name, i + 1 == before) {
            let j = next()?;
            sheet.write_with_format(0, j, name, &bold)?;
            for (row, period) in (1..).zip(&panel.periods) {
                sheet.write_number(row, j, *period)?;
            }
        }
    }
    for v in &panel.variables {
        let j = next()?;
        sheet.write_with_format(0, j, &v.name, &bold)?;
        for (row, x) in (1..).zip(&v.values).filter(|(_, x)| !x.is_nan()) {
            sheet.write_number(row, j, *x)?;
        }
    }
    let sheet = book.add_worksheet().set_name("columns")?;
    sheet.set_freeze_panes(1, 0)?;
    for (j, header) in (0..).zip(["column", "label_en", "label_zh", "unit", "price_base", "vintage", "source"]) {
        sheet.write_with_format(0, j, header, &bold)?;
    }
    for (row, v) in (1..).zip(&panel.variables) {
        let m = &v.meaning;
        let cells = [&v.name, &m.label_en, &m.label_zh, &m.unit, &m.price_base, &m.vintage, &m.source];
        for (j, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, j, text)?;
        }
    }
    book.save_to_buffer()
}
