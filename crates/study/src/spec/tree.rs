//! A TOML document as a tree whose every key and value knows its bytes in the file.

use std::ops::Range;

use panel::{Place, Problem};
use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Bytes of the value in the text.
    pub span: Range<usize>,
    /// The value.
    pub kind: Kind,
}

/// A key of a table and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Bytes of the key in the text.
    pub span: Range<usize>,
    /// The key.
    pub name: String,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// Keys and values in the order of the file.
    Table(Vec<(Key, Node)>),
}

/// Reads a TOML text; every syntax error is reported with its bytes.
///
/// # Errors
/// All syntax errors, and values no study can hold (dates, `nan`, `inf`).
pub fn parse(text: &str) -> Result<Node, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> = errors
        .into_iter()
        .map(|e| {
            let span = e.span().unwrap_or(0..0);
            Problem::error("toml-syntax", format!("This is not TOML: {}.", e.message().lines().collect::<Vec<_>>().join("; ")))
                .at(Place { span: Some(span), ..Place::default() })
        })
        .collect();
    let span = table.span();
    let node = Node { span: span.clone(), kind: table_kind(table.get_ref(), &mut problems) };
    if problems.is_empty() { Ok(node) } else { Err(problems) }
}

fn table_kind(table: &DeTable<'_>, problems: &mut Vec<Problem>) -> Kind {
    Kind::Table(
        table
            .iter()
            .map(|(k, v)| (Key { span: k.span(), name: k.get_ref().to_string() }, node(v.span(), v.get_ref(), problems)))
            .collect(),
    )
}

fn node(span: Range<usize>, value: &DeValue<'_>, problems: &mut Vec<Problem>) -> Node {
    let mut bad = |what: String| {
        problems.push(Problem::error("toml-value", what).at(Place { span: Some(span.clone()), ..Place::default() }));
        Kind::Bool(false)
    };
    let kind = match value {
        DeValue::Boolean(b) => Kind::Bool(*b),
        DeValue::String(s) => Kind::String(s.to_string()),
        DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(i) => Kind::Integer(i),
            Err(_) => bad(format!("`{i}` is too large for a whole number.")),
        },
        DeValue::Float(f) => match f.as_str().parse::<f64>() {
            Ok(x) if x.is_finite() => Kind::Float(x),
            _ => bad(format!("`{f}` is not a finite number.")),
        },
        DeValue::Datetime(d) => bad(format!("`{d}` is a date; write periods as whole numbers.")),
        DeValue::Array(items) => Kind::Array(items.iter().map(|v| node(v.span(), v.get_ref(), problems)).collect()),
        DeValue::Table(t) => table_kind(t, problems),
    };
    Node { span, kind }
}

impl Node {
    /// The value of a key of a table.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entries().iter().find(|(k, _)| k.name == name).map(|(_, v)| v)
    }

    /// Keys and values; empty unless this is a table.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Table(entries) => entries,
            _ => &[],
        }
    }

    /// Entries of a list; empty unless this is one.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(s) => Some(s),
            _ => None,
        }
    }

    /// What it is, in words.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Bool(_) => "true or false",
            Kind::Integer(_) => "a whole number",
            Kind::Float(_) => "a number",
            Kind::String(_) => "a text",
            Kind::Array(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }

    /// The same value as JSON.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Integer(i) => Value::Number((*i).into()),
            Kind::Float(x) => Number::from_f64(*x).map_or(Value::Null, Value::Number),
            Kind::String(s) => Value::String(s.clone()),
            Kind::Array(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Table(entries) => {
                Value::Object(entries.iter().map(|(k, v)| (k.name.clone(), v.to_json())).collect::<Map<_, _>>())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_syntax_error_has_its_place() {
        let problems = parse("a = \nb = 1\nc = [1,\n").unwrap_err();
        assert!(problems.len() >= 2, "{problems:?}");
        assert!(problems.iter().all(|p| p.place.span.is_some()));
    }

    #[test]
    fn order_and_spans_are_kept() {
        let text = "z = 1\n[t]\nb = \"x\"\na = [1.5, true]\n";
        let node = parse(text).unwrap();
        let t = node.get("t").unwrap();
        assert_eq!(t.entries()[0].0.name, "b");
        assert_eq!(&text[t.entries()[0].1.span.clone()], "\"x\"");
        assert_eq!(node.to_json().to_string(), r#"{"z":1,"t":{"b":"x","a":[1.5,true]}}"#);
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        assert_eq!(parse("a = nan\nb = inf\nc = 2024-01-01\n").unwrap_err().len(), 3);
    }
}
