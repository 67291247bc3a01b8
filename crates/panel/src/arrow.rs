//! Panels and Arrow record batches; field metadata carry the meaning of a column.

use std::{collections::HashMap, path::Path, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Date64Array, Decimal32Array, Decimal64Array, Decimal128Array, Decimal256Array,
    Float16Array, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, LargeStringArray, RecordBatch,
    StringArray, StringViewArray, TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    TimestampSecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array, cast::AsArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use crate::{
    problem::Problem,
    raw::{Cell, Keys, RawColumn, iso_date},
    read,
    table::{Meaning, Panel},
};

/// The panel as one record batch: unit, Chinese unit (when given), period, groups, variables.
/// Missing cells are nulls.
///
/// # Errors
/// Two columns of the panel with one name.
pub fn to_record_batch(panel: &Panel) -> Result<RecordBatch, Vec<Problem>> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    let mut text = |name: &str, labels: &[String]| {
        fields.push(Field::new(name, DataType::Utf8, true));
        arrays.push(Arc::new(StringArray::from_iter(labels.iter().map(|l| (!l.is_empty()).then_some(l)))));
    };
    let keys = panel.keys();
    text(&keys.unit, &panel.units);
    if let Some(name) = &keys.unit_zh {
        text(name, &panel.units_zh);
    }
    for group in &panel.groups {
        text(&group.name, &group.labels);
    }
    if let Some(name) = &panel.period_name {
        let at = 1 + usize::from(keys.unit_zh.is_some());
        fields.insert(at, Field::new(name, DataType::Int32, false));
        arrays.insert(at, Arc::new(Int32Array::from(panel.periods.clone())));
    }
    for v in &panel.variables {
        fields.push(Field::new(&v.name, DataType::Float64, true).with_metadata(metadata(&v.meaning)));
        arrays.push(Arc::new(Float64Array::from_iter(v.values.iter().map(|x| (!x.is_nan()).then_some(*x)))));
    }
    names_differ(fields.iter().map(|f| f.name().as_str()))?;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| vec![Problem::error("ragged-columns", "The columns of the panel differ in length.").why(e.to_string())])
}

/// A panel from a record batch; the second item holds warnings.
///
/// # Errors
/// Column types that are neither numbers, text nor dates, and whatever is wrong with the keys.
pub fn from_record_batch(batch: &RecordBatch, keys: &Keys) -> Result<(Panel, Vec<Problem>), Vec<Problem>> {
    let mut columns = columns(&batch.schema());
    append(&mut columns, batch)?;
    read::whole(Path::new(""), columns)?.into_panel(keys, &[])
}

/// Refuses names that stand twice.
pub(crate) fn names_differ<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), Vec<Problem>> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let twice: Vec<Problem> = names
        .windows(2)
        .filter(|w| w[0] == w[1])
        .map(|w| Problem::error("duplicate-column", format!("Two columns are named `{}`.", w[0])).help("Rename one of them."))
        .collect();
    if twice.is_empty() { Ok(()) } else { Err(twice) }
}

const TAGS: [&str; 6] = ["label_en", "label_zh", "unit", "price_base", "vintage", "source"];

fn metadata(m: &Meaning) -> HashMap<String, String> {
    let values = [&m.label_en, &m.label_zh, &m.unit, &m.price_base, &m.vintage, &m.source];
    TAGS.iter().zip(values).filter(|(_, v)| !v.is_empty()).map(|(tag, v)| ((*tag).to_owned(), v.clone())).collect()
}

/// Empty columns with the names and meanings of a schema.
pub(crate) fn columns(schema: &Schema) -> Vec<RawColumn> {
    let named = |field: &Field| {
        let [label_en, label_zh, unit, price_base, vintage, source] =
            TAGS.map(|tag| field.metadata().get(tag).cloned().unwrap_or_default());
        RawColumn {
            name: field.name().trim().to_owned(),
            meaning: Meaning { label_en, label_zh, unit, price_base, vintage, source, ..Meaning::default() },
            ..RawColumn::default()
        }
    };
    schema.fields().iter().map(|f| named(f)).collect()
}

/// Appends the rows of a batch to columns in the same order.
pub(crate) fn append(columns: &mut [RawColumn], batch: &RecordBatch) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for (column, array) in columns.iter_mut().zip(batch.columns()) {
        match cells(array) {
            Some(cells) => column.cells.extend(cells),
            None => problems.push(
                Problem::error("column-type", format!("Column `{}` is of type {}.", column.name, array.data_type()))
                    .why("A panel holds numbers, text and dates.")
                    .help("Drop or flatten the column and save the table again."),
            ),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

macro_rules! numbers {
    ($array:expr, $type:ty) => {
        $array.as_any().downcast_ref::<$type>()?.iter().map(|x| x.map_or(Cell::Empty, |x| finite(x as f64))).collect()
    };
}

/// Whole numbers beyond 2^53 are kept as text: as codes of units they must not lose their last digits.
macro_rules! integers {
    ($array:expr, $type:ty) => {
        $array
            .as_any()
            .downcast_ref::<$type>()?
            .iter()
            .map(|x| match x {
                None => Cell::Empty,
                Some(x) if (x as i128).unsigned_abs() <= 1 << 53 => Cell::Number(x as f64),
                Some(x) => Cell::Text(x.to_string()),
            })
            .collect()
    };
}

/// Through text, so that 1234 of scale 2 is the double nearest to 12.34.
macro_rules! decimals {
    ($array:expr, $type:ty, $scale:expr) => {{
        let power = -i32::from(*$scale);
        let array = $array.as_any().downcast_ref::<$type>()?;
        array.iter().map(|x| x.map_or(Cell::Empty, |x| format!("{x}e{power}").parse().map_or(Cell::Empty, finite))).collect()
    }};
}

macro_rules! texts {
    ($array:expr, $type:ty) => {
        $array.as_any().downcast_ref::<$type>()?.iter().map(|x| x.map_or(Cell::Empty, Cell::text)).collect()
    };
}

macro_rules! dates {
    ($array:expr, $type:ty, $per_day:expr) => {
        $array
            .as_any()
            .downcast_ref::<$type>()?
            .iter()
            .map(|x| x.map_or(Cell::Empty, |x| day((x as f64 / $per_day).floor(), x as f64)))
            .collect()
    };
}

#[expect(clippy::cast_precision_loss, clippy::cast_lossless, reason = "every number of a panel is a double")]
fn cells(array: &ArrayRef) -> Option<Vec<Cell>> {
    Some(match array.data_type() {
        DataType::Null => vec![Cell::Empty; array.len()],
        DataType::Boolean => {
            let array = array.as_any().downcast_ref::<BooleanArray>()?;
            array.iter().map(|x| x.map_or(Cell::Empty, |x| Cell::Number(f64::from(u8::from(x))))).collect()
        }
        DataType::Int8 => numbers!(array, Int8Array),
        DataType::Int16 => numbers!(array, Int16Array),
        DataType::Int32 => numbers!(array, Int32Array),
        DataType::Int64 => integers!(array, Int64Array),
        DataType::UInt8 => numbers!(array, UInt8Array),
        DataType::UInt16 => numbers!(array, UInt16Array),
        DataType::UInt32 => numbers!(array, UInt32Array),
        DataType::UInt64 => integers!(array, UInt64Array),
        DataType::Float16 => {
            let array = array.as_any().downcast_ref::<Float16Array>()?;
            array.iter().map(|x| x.map_or(Cell::Empty, |x| finite(x.to_f64()))).collect()
        }
        DataType::Float32 => numbers!(array, Float32Array),
        DataType::Float64 => numbers!(array, Float64Array),
        DataType::Decimal32(_, scale) => decimals!(array, Decimal32Array, scale),
        DataType::Decimal64(_, scale) => decimals!(array, Decimal64Array, scale),
        DataType::Decimal128(_, scale) => decimals!(array, Decimal128Array, scale),
        DataType::Decimal256(_, scale) => decimals!(array, Decimal256Array, scale),
        DataType::Utf8 => texts!(array, StringArray),
        DataType::LargeUtf8 => texts!(array, LargeStringArray),
        DataType::Utf8View => texts!(array, StringViewArray),
        DataType::Date32 => dates!(array, Date32Array, 1.0),
        DataType::Date64 => dates!(array, Date64Array, 86_400e3),
        DataType::Timestamp(TimeUnit::Second, _) => dates!(array, TimestampSecondArray, 86_400.0),
        DataType::Timestamp(TimeUnit::Millisecond, _) => dates!(array, TimestampMillisecondArray, 86_400e3),
        DataType::Timestamp(TimeUnit::Microsecond, _) => dates!(array, TimestampMicrosecondArray, 86_400e6),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => dates!(array, TimestampNanosecondArray, 86_400e9),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt()?;
            let values = cells(dictionary.values())?;
            let keys = dictionary.normalized_keys();
            let pick = |(i, &key): (usize, &usize)| {
                if dictionary.is_null(i) { Cell::Empty } else { values.get(key).cloned().unwrap_or_default() }
            };
            keys.iter().enumerate().map(pick).collect()
        }
        _ => return None,
    })
}

/// `NaN` of a typed file is a missing value; an infinity is told as such.
fn finite(x: f64) -> Cell {
    if x.is_nan() { Cell::Empty } else { Cell::Number(x) }
}

fn day(days: f64, raw: f64) -> Cell {
    iso_date(days).map_or(Cell::Number(raw), Cell::Text)
}
