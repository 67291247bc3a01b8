//! Stata files, release 118 (Stata 14 and later, UTF-8).

use std::{
    collections::BTreeSet,
    io::{self, BufWriter},
    path::Path,
};

use dta::stata::{
    dta::{
        byte_order::ByteOrder, dta_error::DtaError, dta_writer::DtaWriter, header::Header, release::Release, schema::Schema,
        value::Value, variable::Variable, variable_type::VariableType,
    },
    missing_value::MissingValue,
    stata_double::StataDouble,
    stata_long::StataLong,
};

use super::{atomically, names_differ, text_columns};
use crate::{
    problem::{Capped, Place, Problem},
    table::Panel,
};

/// The longest text of a fixed-length string, the largest double and whole number Stata can hold.
const LONGEST_TEXT: usize = 2045;
const LARGEST: f64 = 8.988_465_674_311_579e307;
const LARGEST_PERIOD: i32 = 2_147_483_620;
const RESERVED: [&str; 26] = [
    "_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip", "byte", "double", "float", "if", "in", "int",
    "long", "using", "with", "strL", "alias", "e", "n", "N", "pi", "_se",
];

/// Writes a panel as a Stata file. Names are made valid: letters of any script, digits and `_`, at
/// most 32 characters; the label of a variable is its English label, else its own name.
///
/// # Errors
/// Two columns with one name, texts and numbers beyond what Stata holds, and what [`atomically`]
/// reports.
pub fn dta(path: &Path, panel: &Panel) -> Result<(), Vec<Problem>> {
    names_differ(panel)?;
    let (texts, before) = text_columns(panel);
    let problems = beyond(panel, &texts);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut taken = BTreeSet::new();
    let mut variables = Vec::new();
    for (name, labels) in &texts {
        let longest = labels.iter().map(String::len).max().unwrap_or(0).clamp(1, LONGEST_TEXT);
        let kind = VariableType::FixedString(u16::try_from(longest).unwrap_or(1));
        variables.push(Variable::builder(kind, valid(name, &mut taken)).format(format!("%{longest}s")).label(cut(name, 80)));
    }
    if let Some(name) = &panel.period_name {
        let variable = Variable::builder(VariableType::Long, valid(name, &mut taken)).format("%12.0g").label(cut(name, 80));
        variables.insert(before, variable);
    }
    for v in &panel.variables {
        let label = if v.meaning.label_en.is_empty() { &v.name } else { &v.meaning.label_en };
        variables
            .push(Variable::builder(VariableType::Double, valid(&v.name, &mut taken)).format("%10.0g").label(cut(label, 80)));
    }
    atomically(path, |file| {
        let write = || -> Result<BufWriter<&mut std::fs::File>, DtaError> {
            let mut schema = Schema::builder();
            for variable in variables {
                schema = schema.add_variable(variable);
            }
            let header = Header::builder(Release::V118, ByteOrder::LittleEndian).build();
            let mut records = DtaWriter::new()
                .from_writer(BufWriter::new(file))
                .write_header(header)?
                .write_schema(schema.build()?)?
                .into_record_writer()?;
            for row in 0..panel.len() {
                let text = |t: &(String, &[String])| t.1.get(row).cloned().unwrap_or_default();
                let mut values: Vec<Value<'_>> = texts.iter().map(|t| Value::String(text(t).into())).collect();
                if panel.period_name.is_some() {
                    values.insert(before, Value::Long(StataLong::Present(panel.key(row).1)));
                }
                values.extend(panel.variables.iter().map(|v| {
                    Value::Double(match v.values.get(row) {
                        Some(x) if !x.is_nan() => StataDouble::Present(*x),
                        _ => StataDouble::Missing(MissingValue::System),
                    })
                }));
                records.write_record(&values)?;
            }
            records.into_long_string_writer()?.into_value_label_writer()?.finish()
        };
        write().map_err(io::Error::other)?.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(())
    })
}

/// What Stata has no room for.
fn beyond(panel: &Panel, texts: &[(String, &[String])]) -> Vec<Problem> {
    let mut problems = Capped::default();
    for (name, labels) in texts {
        for label in labels.iter().filter(|l| l.len() > LONGEST_TEXT) {
            let start: String = label.chars().take(40).collect();
            problems.push(|| {
                Problem::error("long-text", format!("`{start}…` has more than {LONGEST_TEXT} bytes, the most Stata holds."))
                    .help("Shorten it, or write CSV or Parquet.")
                    .at(Place { column: Some(name.clone()), ..Place::default() })
            });
        }
    }
    for row in 0..panel.len() {
        let (unit, period) = panel.key(row);
        let place = |column: &str| Place {
            column: Some(column.to_owned()),
            unit: Some(unit.to_owned()),
            period: panel.period_name.as_ref().map(|_| period),
            ..Place::default()
        };
        if let Some(name) = panel.period_name.as_deref().filter(|_| period.saturating_abs() > LARGEST_PERIOD) {
            problems.push(|| Problem::error("large-number", format!("{period} is beyond the range of Stata.")).at(place(name)));
        }
        for v in &panel.variables {
            if let Some(x) = v.values.get(row).filter(|x| x.abs() >= LARGEST) {
                problems.push(|| {
                    Problem::error("large-number", format!("{x:?} is beyond the range of Stata."))
                        .help("Choose a larger unit of measure, or write CSV or Parquet.")
                        .at(place(&v.name))
                });
            }
        }
    }
    problems.finish("more cells do not fit into a Stata file")
}

/// A valid name close to the given one that is not taken yet.
fn valid(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut plain: String = name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let storage = plain.strip_prefix("str").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if plain.is_empty() || plain.starts_with(char::is_numeric) || storage || RESERVED.contains(&plain.as_str()) {
        plain.insert(0, '_');
    }
    let mut valid = cut(&plain, 32);
    for k in 2_usize.. {
        if !taken.contains(&valid) && !RESERVED.contains(&valid.as_str()) {
            break;
        }
        let tail = format!("_{k}");
        valid = cut(&plain, 32 - tail.len()) + &tail;
    }
    taken.insert(valid.clone());
    valid
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_valid_and_stay_apart() {
        let mut taken = BTreeSet::new();
        for (name, expected) in [
            ("gdp", "gdp"),
            ("GDP (2019)", "GDP__2019_"),
            ("地区生产总值", "地区生产总值"),
            ("2019", "_2019"),
            ("if", "_if"),
            ("str5", "_str5"),
            ("GDP [2019]", "GDP__2019__2"),
            ("", "_"),
        ] {
            assert_eq!(valid(name, &mut taken), expected);
        }
        let long = "x".repeat(40);
        assert_eq!(valid(&long, &mut taken).len(), 32);
        assert!(valid(&long, &mut taken).ends_with("_2"));
    }
}
