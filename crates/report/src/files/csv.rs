//! Tables as CSV: UTF-8 with a byte order mark (for spreadsheets), machine names, all digits.

use std::{
    error::Error,
    io::{self, Write},
};

use rayon::prelude::*;
use study::{
    finding::Weight,
    result::StudyResult,
    table::{Cells, Table},
    text::Text,
};

use crate::{number, page};

const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Rows that are formatted together.
const BLOCK: usize = 4096;

/// One column of the file.
enum Source<'t> {
    Words(&'t [String]),
    Whole(&'t [Option<i64>]),
    Number(&'t [f64]),
    English(&'t [Text]),
    Chinese(&'t [Text]),
}

/// Writes a table; a text column with Chinese words gets a second column `<name>_zh`.
pub fn table(table: &Table, out: &mut impl Write) -> io::Result<()> {
    let mut columns: Vec<(String, Source<'_>)> = Vec::new();
    for column in &table.columns {
        let name = column.name.clone();
        match &column.cells {
            Cells::Unit(v) => columns.push((name, Source::Words(v))),
            Cells::Integer(v) => columns.push((name, Source::Whole(v))),
            Cells::Number(v, _) | Cells::P(v) => columns.push((name, Source::Number(v))),
            Cells::Text(v) => {
                let zh = format!("{name}_zh");
                let both = v.iter().any(|t| !t.zh.is_empty() && t.zh != t.en) && table.columns.iter().all(|c| c.name != zh);
                columns.push((name, Source::English(v)));
                if both {
                    columns.push((zh, Source::Chinese(v)));
                }
            }
        }
    }
    out.write_all(MARK)?;
    let mut head = Vec::new();
    record(&mut head, columns.iter().map(|c| |line: &mut Vec<u8>| field(line, &c.0)));
    out.write_all(&head)?;
    let block = |from: usize| {
        let mut lines = Vec::with_capacity(BLOCK * 16 * columns.len());
        for row in from..table.len().min(from + BLOCK) {
            record(&mut lines, columns.iter().map(|c| |line: &mut Vec<u8>| c.1.cell(row, line)));
        }
        lines
    };
    // Some blocks at a time, so that memory stays that of a few of them.
    let starts: Vec<usize> = (0..table.len()).step_by(BLOCK).collect();
    for some in starts.chunks(4 * rayon::current_num_threads()) {
        let blocks: Vec<Vec<u8>> = some.par_iter().map(|&from| block(from)).collect();
        blocks.iter().try_for_each(|lines| out.write_all(lines))?;
    }
    Ok(())
}

impl Source<'_> {
    fn cell(&self, row: usize, line: &mut Vec<u8>) {
        match self {
            Self::Words(v) => v.get(row).map_or((), |t| field(line, t)),
            Self::Whole(v) => {
                let _ = v.get(row).copied().flatten().map(|x| write!(line, "{x}"));
            }
            Self::Number(v) => v.get(row).map_or((), |x| number::write_exact(line, *x)),
            Self::English(v) => v.get(row).map_or((), |t| field(line, &t.en)),
            Self::Chinese(v) => v.get(row).map_or((), |t| field(line, &t.zh)),
        }
    }
}

fn record(line: &mut Vec<u8>, fields: impl ExactSizeIterator<Item = impl FnOnce(&mut Vec<u8>)>) {
    let (alone, start) = (fields.len() == 1, line.len());
    for (i, field) in fields.enumerate() {
        if i > 0 {
            line.push(b',');
        }
        field(line);
    }
    // A blank line would be no record.
    if alone && line.len() == start {
        line.extend_from_slice(b"\"\"");
    }
    line.push(b'\n');
}

/// A text, quoted where it must be.
fn field(line: &mut Vec<u8>, text: &str) {
    if text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        line.push(b'"');
        for b in text.bytes() {
            line.push(b);
            if b == b'"' {
                line.push(b);
            }
        }
        line.push(b'"');
    } else {
        line.extend_from_slice(text.as_bytes());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_there_and_reads_back() {
        let n = 3 * BLOCK + 7;
        let words = ["plain", "a,b", "say \"so\"", "two\nlines", "", "back\rhere"];
        let texts: Vec<Text> = (0..n).map(|i| Text::new(words[i % 6], words[(i + 1) % 6])).collect();
        let numbers: Vec<f64> = (0..n).map(|i| if i % 5 == 0 { f64::NAN } else { (i as f64).sqrt() * 1e-7 }).collect();
        let none = Text::default;
        let made = Table::new("t", none())
            .column("unit,1", none(), none(), Cells::Unit((0..n).map(|i| format!("u{i}")).collect()))
            .column("whole", none(), none(), Cells::Integer((0..n).map(|i| (i % 3 > 0).then_some(-(i as i64))).collect()))
            .column("x", none(), none(), Cells::Number(numbers.clone(), 2))
            .column("words", none(), none(), Cells::Text(texts.clone()));
        let mut bytes = Vec::new();
        table(&made, &mut bytes).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.strip_prefix(MARK).unwrap());
        assert_eq!(reader.headers().unwrap(), vec!["unit,1", "whole", "x", "words", "words_zh"]);
        let mut rows = 0;
        for (i, record) in reader.records().enumerate() {
            let record = record.unwrap();
            assert_eq!(&record[0], format!("u{i}"));
            assert_eq!(record[1].parse::<i64>().ok(), (i % 3 > 0).then_some(-(i as i64)));
            assert_eq!(
                record[2].parse::<f64>().map_or(u64::MAX, f64::to_bits),
                if i % 5 == 0 { u64::MAX } else { numbers[i].to_bits() }
            );
            assert_eq!((&record[3], &record[4]), (texts[i].en.as_str(), texts[i].zh.as_str()));
            rows += 1;
        }
        assert_eq!(rows, n);
    }

    #[test]
    fn an_empty_cell_alone_is_a_record() {
        let made =
            Table::new("t", Text::default()).column("x", Text::default(), Text::default(), Cells::Number(vec![f64::NAN], 0));
        let mut bytes = Vec::new();
        table(&made, &mut bytes).unwrap();
        assert_eq!(&bytes[MARK.len()..], b"x\n\"\"\n");
    }
}
