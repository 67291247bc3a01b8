//! CSV files.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{atomically, names_differ, text_columns};
use crate::{problem::Problem, table::Panel};

/// How a CSV file is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CsvOptions {
    /// Begin with a byte-order mark, by which Excel knows UTF-8.
    pub bom: bool,
}

/// Writes a panel as CSV in UTF-8: unit, Chinese unit (when given), period, groups, variables;
/// missing cells empty, numbers with as many digits as reading them back needs.
///
/// # Errors
/// Two columns with one name, and what [`atomically`] reports.
pub fn csv(path: &Path, panel: &Panel, options: &CsvOptions) -> Result<(), Vec<Problem>> {
    names_differ(panel)?;
    let (texts, before) = text_columns(panel);
    atomically(path, |file| {
        let mut out = BufWriter::new(file);
        if options.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = ::csv::Writer::from_writer(out);
        let mut header: Vec<&str> = texts.iter().map(|t| t.0.as_str()).collect();
        if let Some(period) = &panel.period_name {
            header.insert(before, period);
        }
        header.extend(panel.variables.iter().map(|v| v.name.as_str()));
        writer.write_record(&header)?;
        for row in 0..panel.len() {
            let mut record: Vec<String> = texts.iter().map(|t| t.1.get(row).cloned().unwrap_or_default()).collect();
            if panel.period_name.is_some() {
                record.insert(before, panel.key(row).1.to_string());
            }
            record.extend(panel.variables.iter().map(|v| number(v.values.get(row).copied().unwrap_or(f64::NAN))));
            writer.write_record(&record)?;
        }
        writer.flush()
    })
}

/// The shortest digits that read back as the same number, with an exponent where it is large;
/// empty when missing.
fn number(x: f64) -> String {
    if x.is_nan() {
        return String::new();
    }
    let text = format!("{x:?}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short_and_exact() {
        for (x, text) in [(37767.0, "37767"), (0.1, "0.1"), (1e300, "1e300"), (-1e-300, "-1e-300"), (f64::NAN, "")] {
            assert_eq!(number(x), text);
        }
    }
}
