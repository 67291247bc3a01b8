//! Tables as CSV: UTF-8 with a byte order mark (for spreadsheets), machine names, all digits.

use std::error::Error;

use study::{
    finding::Weight,
    result::StudyResult,
    table::{Cells, Table},
};

use crate::{number, page};

const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// A table; a text column with Chinese words gets a second column `<name>_zh`.
pub fn table(table: &Table) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    for column in &table.columns {
        let name = column.name.clone();
        match &column.cells {
            Cells::Unit(v) => columns.push((name, v.clone())),
            Cells::Integer(v) => columns.push((name, v.iter().map(|x| x.map_or_else(String::new, |x| x.to_string())).collect())),
            Cells::Number(v, _) => columns.push((name, v.iter().map(|x| number::exact(*x)).collect())),
            Cells::Text(v) => {
                let zh = format!("{name}_zh");
                let both = v.iter().any(|t| !t.zh.is_empty() && t.zh != t.en) && table.columns.iter().all(|c| c.name != zh);
                columns.push((name, v.iter().map(|t| t.en.clone()).collect()));
                if both {
                    columns.push((zh, v.iter().map(|t| t.zh.clone()).collect()));
                }
            }
        }
    }
    let mut writer = csv::Writer::from_writer(MARK.to_vec());
    writer.write_record(columns.iter().map(|c| c.0.as_str()))?;
    for row in 0..table.len() {
        writer.write_record(columns.iter().map(|c| c.1.get(row).map_or("", String::as_str)))?;
    }
    Ok(writer.into_inner()?)
}

/// All findings of a study.
pub fn findings(result: &StudyResult) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(MARK.to_vec());
    writer.write_record(["step", "code", "weight", "place", "place_zh", "message", "message_zh"])?;
    for (step, finding) in page::findings(result) {
        let weight = match finding.weight {
            Weight::Info => "info",
            Weight::Warning => "warning",
            Weight::Error => "error",
        };
        let (place, message) = (&finding.place, &finding.message);
        writer.write_record([step, &finding.code, weight, &place.en, &place.zh, &message.en, &message.zh])?;
    }
    Ok(writer.into_inner()?)
}
