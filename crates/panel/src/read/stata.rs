//! Stata files of every release.

use std::{fs::File, io::Read, path::Path};

use dta::stata::{
    dta::{
        dta_error::DtaError, dta_reader::DtaReader, long_string_table::LongStringTable, value::Value,
        value_label_table::ValueLabelTable, variable::Variable,
    },
    stata_byte::StataByte,
    stata_double::StataDouble,
    stata_float::StataFloat,
    stata_int::StataInt,
    stata_long::StataLong,
    temporal::TemporalKind,
};

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::{ReadOptions, damaged, grid, text::pairs, unreadable};
use crate::{
    problem::Problem,
    raw::{Cell, RawColumn, RawTable, iso_date},
    table::Meaning,
};

pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<RawTable, Vec<Problem>> {
    let fail = |e: DtaError| vec![damaged(&e.to_string())];
    if let Some(label) = &options.encoding {
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            vec![
                Problem::error("unknown-encoding", format!("There is no encoding `{label}`."))
                    .help("Use gb18030, windows-1252 or utf-8."),
            ]
        })?;
        return grid::whole(path, columns(DtaReader::new().encoding(encoding), path).map_err(fail)?);
    }
    let plain = columns(DtaReader::new(), path).map_err(fail)?;
    if texts(&plain).all(str::is_ascii) || modern(path).map_err(|e| vec![unreadable(&e)])? {
        return grid::whole(path, plain);
    }
    // Files before Stata 14 do not tell their encoding: UTF-8 or GB18030 where every text reads as such.
    let latin: Vec<u8> = texts(&plain).flat_map(|t| WINDOWS_1252.encode(t).0.into_owned()).collect();
    for encoding in [UTF_8, GB18030] {
        if encoding == GB18030 && !pairs(&latin) {
            continue;
        }
        let Ok(columns) = columns(DtaReader::new().encoding(encoding), path) else { continue };
        if !texts(&columns).any(|t| t.contains('\u{fffd}')) {
            return told(path, columns, encoding);
        }
    }
    told(path, plain, WINDOWS_1252)
}

/// Whether the file is of Stata 14 or later, whose texts are UTF-8.
fn modern(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(40).read_to_end(&mut head)?;
    let release = head.strip_prefix(b"<stata_dta><header><release>").and_then(|r| r.get(..3));
    Ok(release.is_some_and(|r| r >= b"118".as_slice()))
}

/// The table, with a warning that says in which encoding its texts were read.
fn told(path: &Path, columns: Vec<RawColumn>, encoding: &'static Encoding) -> Result<RawTable, Vec<Problem>> {
    let mut table = grid::whole(path, columns)?;
    let name = encoding.name();
    table.notes.push(
        Problem::warning("guessed-encoding", format!("The texts are read as {name}."))
            .why("Files before Stata 14 do not say in which encoding their texts are.")
            .help("If names look wrong, name the encoding, or save the file in Stata 14 or later.")
            .at(table.place_of_table()),
    );
    Ok(table)
}

/// Every text of the file: names, labels, cells and value labels.
fn texts(columns: &[RawColumn]) -> impl Iterator<Item = &str> {
    columns.iter().flat_map(|c| {
        let cells = c.cells.iter().filter_map(|cell| if let Cell::Text(t) = cell { Some(t.as_str()) } else { None });
        [c.name.as_str(), &c.meaning.label_en].into_iter().chain(cells).chain(c.labels.iter().map(|l| l.1.as_str()))
    })
}

fn columns(reader: DtaReader, path: &Path) -> Result<Vec<RawColumn>, DtaError> {
    let mut characteristics = reader.from_path(path)?.read_header()?.read_schema()?;
    characteristics.skip_to_end()?;
    let mut records = characteristics.into_record_reader()?;
    let variables: Vec<Variable> = records.schema().variables().to_vec();
    let mut columns: Vec<RawColumn> = variables
        .iter()
        .map(|v| grid::column(v.name(), Meaning { label_en: v.label().trim().to_owned(), ..Meaning::default() }, Vec::new()))
        .collect();
    let kinds: Vec<Option<TemporalKind>> = variables.iter().map(|v| TemporalKind::from_format(v.format())).collect();
    // Long strings follow the records: their places are kept until they are known.
    let mut waiting = Vec::new();
    while let Some(record) = records.read_record()? {
        for (j, ((column, kind), value)) in columns.iter_mut().zip(&kinds).zip(record.values()).enumerate() {
            if let Value::LongStringRef(reference) = value {
                waiting.push((j, column.cells.len(), *reference));
            }
            column.cells.push(cell(value, *kind));
        }
    }
    let mut long_strings = records.into_long_string_reader()?;
    let encoding = long_strings.encoding();
    let mut texts = LongStringTable::for_reading();
    long_strings.read_remaining_into(&mut texts)?;
    for (j, i, reference) in waiting {
        let text = texts.get(&reference).and_then(|s| s.data_str(encoding).map(|t| Cell::text(&t)));
        if let (Some(text), Some(slot)) = (text, columns.get_mut(j).and_then(|c| c.cells.get_mut(i))) {
            *slot = text;
        }
    }
    let mut label_sets = long_strings.into_value_label_reader()?;
    let mut sets = ValueLabelTable::new();
    label_sets.read_remaining_into(&mut sets)?;
    for (column, variable) in columns.iter_mut().zip(&variables) {
        if let Some(set) = sets.get(variable.value_label_name()) {
            column.labels = set.entries().iter().map(|e| (f64::from(e.value()), e.label().trim().to_owned())).collect();
        }
    }
    Ok(columns)
}

fn cell(value: &Value<'_>, kind: Option<TemporalKind>) -> Cell {
    let x = match value {
        Value::Byte(StataByte::Present(x)) => f64::from(*x),
        Value::Int(StataInt::Present(x)) => f64::from(*x),
        Value::Long(StataLong::Present(x)) => f64::from(*x),
        Value::Float(StataFloat::Present(x)) => f64::from(*x),
        Value::Double(StataDouble::Present(x)) => *x,
        Value::String(text) => return Cell::text(text),
        Value::Byte(_) | Value::Int(_) | Value::Long(_) | Value::Float(_) | Value::Double(_) | Value::LongStringRef(_) => {
            return Cell::Empty;
        }
    };
    // Stata counts days and milliseconds from 1960-01-01, 3653 days before 1970.
    let days = match kind {
        Some(TemporalKind::Date) => x,
        Some(TemporalKind::DateTime | TemporalKind::DateTimeLeap) => (x / 86_400_000.0).floor(),
        _ => return Cell::Number(x),
    };
    iso_date(days - 3653.0).map_or(Cell::Number(x), Cell::Text)
}
