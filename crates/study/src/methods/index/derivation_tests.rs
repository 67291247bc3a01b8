//! The formulas of a derivation, worked out by a small reader of spreadsheet formulas of its own, against the numbers
//! of the index.

use std::{cell::RefCell, collections::BTreeMap};

use super::{run, table};
use crate::derivation::{Content, Sheet};

/// A value of a formula: one, or a block of rows by columns.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(f64),
    Word(String),
    Block(Vec<Vec<Value>>),
}

use Value::{Block, Number, Word};

/// All sheets of a derivation by the names of their cells.
struct Book {
    cells: BTreeMap<(String, u32, u16), Content>,
    known: RefCell<BTreeMap<(String, u32, u16), Value>>,
}

impl Book {
    fn new(sheets: &[Sheet]) -> Self {
        let cells =
            sheets.iter().flat_map(|s| s.cells.iter().map(|c| ((s.id.clone(), c.row, c.column), c.content.clone()))).collect();
        Self { cells, known: RefCell::default() }
    }

    fn cell(&self, at: &(String, u32, u16)) -> Value {
        if let Some(known) = self.known.borrow().get(at) {
            return known.clone();
        }
        let value = match self.cells.get(at) {
            Some(Content::Given(x) | Content::Fixed(x, _)) => Number(*x),
            Some(Content::Whole(x)) => Number(*x as f64),
            Some(Content::Formula { text, .. }) => Reader { book: self, sheet: &at.0, text: text.as_bytes(), at: 0 }.whole(),
            _ => Word(String::new()),
        };
        self.known.borrow_mut().insert(at.clone(), value.clone());
        value
    }
}

/// Reads a formula from left to right.
struct Reader<'a> {
    book: &'a Book,
    sheet: &'a str,
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn whole(mut self) -> Value {
        let value = self.compare();
        assert_eq!(self.at, self.text.len(), "left over in {}", String::from_utf8_lossy(self.text));
        value
    }

    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, c: u8) -> bool {
        let there = self.peek() == c;
        self.at += usize::from(there);
        there
    }

    fn compare(&mut self) -> Value {
        let mut left = self.join();
        while matches!(self.peek(), b'<' | b'>' | b'=') {
            let sign = self.peek();
            self.at += 1;
            let right = self.join();
            left = both(&left, &right, &|a, b| match sign {
                b'<' => f64::from(u8::from(a < b)),
                b'>' => f64::from(u8::from(a > b)),
                _ => f64::from(u8::from(a == b)),
            });
        }
        left
    }

    fn join(&mut self) -> Value {
        let left = self.sum();
        if !self.eat(b'&') {
            return left;
        }
        let (Word(a), Number(b)) = (left, self.sum()) else { panic!("only a sign is joined to a number") };
        Word(format!("{a}{b}"))
    }

    fn sum(&mut self) -> Value {
        let mut left = self.product();
        while matches!(self.peek(), b'+' | b'-') {
            let minus = self.peek() == b'-';
            self.at += 1;
            let right = self.product();
            left = both(&left, &right, &|a, b| if minus { a - b } else { a + b });
        }
        left
    }

    fn product(&mut self) -> Value {
        let mut left = self.power();
        while matches!(self.peek(), b'*' | b'/') {
            let over = self.peek() == b'/';
            self.at += 1;
            let right = self.power();
            left = both(&left, &right, &|a, b| if over { a / b } else { a * b });
        }
        left
    }

    fn power(&mut self) -> Value {
        let left = self.sign();
        if self.eat(b'^') { both(&left, &self.sign(), &f64::powf) } else { left }
    }

    fn sign(&mut self) -> Value {
        if self.eat(b'-') { both(&Number(0.0), &self.sign(), &|a, b| a - b) } else { self.atom() }
    }

    fn atom(&mut self) -> Value {
        match self.peek() {
            b'(' => {
                self.at += 1;
                let value = self.compare();
                assert!(self.eat(b')'));
                value
            }
            b'"' => Word(self.until(b'"')),
            b'[' => {
                let sheet = self.until(b']');
                self.cells(&sheet)
            }
            c if c.is_ascii_digit() => Number(self.number()),
            _ => {
                let start = self.at;
                while self.peek().is_ascii_uppercase() {
                    self.at += 1;
                }
                if self.peek() == b'(' {
                    let name = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
                    self.at += 1;
                    return self.call(&name);
                }
                self.at = start;
                let sheet = self.sheet.to_owned();
                self.cells(&sheet)
            }
        }
    }

    fn until(&mut self, end: u8) -> String {
        let start = self.at + 1;
        self.at = start + self.text[start..].iter().position(|c| *c == end).unwrap() + 1;
        String::from_utf8_lossy(&self.text[start..self.at - 1]).into_owned()
    }

    fn number(&mut self) -> f64 {
        let start = self.at;
        while self.peek().is_ascii_digit() || self.peek() == b'.' {
            self.at += 1;
        }
        if self.eat(b'E') {
            self.eat(b'-');
            while self.peek().is_ascii_digit() {
                self.at += 1;
            }
        }
        String::from_utf8_lossy(&self.text[start..self.at]).parse().unwrap()
    }

    fn place(&mut self) -> (u32, u16) {
        let mut column = 0;
        self.eat(b'$');
        while self.peek().is_ascii_uppercase() {
            column = column * 26 + u16::from(self.peek() - b'A') + 1;
            self.at += 1;
        }
        self.eat(b'$');
        (self.number() as u32 - 1, column - 1)
    }

    fn cells(&mut self, sheet: &str) -> Value {
        let from = self.place();
        let one = |row, column| self.book.cell(&(sheet.to_owned(), row, column));
        if self.peek() != b':' {
            return one(from.0, from.1);
        }
        self.at += 1;
        let to = self.place();
        let one = |row, column| self.book.cell(&(sheet.to_owned(), row, column));
        Block((from.0..=to.0).map(|r| (from.1..=to.1).map(|c| one(r, c)).collect()).collect())
    }

    fn call(&mut self, name: &str) -> Value {
        let mut given = Vec::new();
        while !self.eat(b')') {
            given.push(self.compare());
            self.eat(b',');
        }
        let numbers: Vec<f64> = given.iter().flat_map(flat).filter_map(|v| number(&v)).collect();
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        Number(match name {
            "SUM" => numbers.iter().sum(),
            "PRODUCT" => numbers.iter().product(),
            "MIN" => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            "MAX" => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            "COUNT" => numbers.len() as f64,
            "AVERAGE" => mean,
            "STDEV" => (numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (numbers.len() - 1) as f64).sqrt(),
            "EXP" => numbers[0].exp(),
            "LN" => return each(&given[0], &|v| Number(number(v).unwrap_or(f64::NAN).ln())),
            "ISNUMBER" => return each(&given[0], &|v| Number(f64::from(u8::from(number(v).is_some())))),
            "SUMPRODUCT" => {
                let columns: Vec<Vec<Value>> = given.iter().map(flat).collect();
                assert!(columns.iter().all(|c| c.len() == columns[0].len()));
                (0..columns[0].len()).map(|i| columns.iter().map(|c| number(&c[i]).unwrap_or(0.0)).product::<f64>()).sum()
            }
            "RANK" => {
                let all: Vec<f64> = flat(&given[1]).iter().filter_map(number).collect();
                let own = number(&given[0]).unwrap();
                all.iter().filter(|x| **x > own).count() as f64 + 1.0
            }
            "COUNTIF" => {
                let Word(rule) = &given[1] else { panic!("a rule is a text") };
                let above: f64 = rule.strip_prefix('>').unwrap().parse().unwrap();
                flat(&given[0]).iter().filter_map(number).filter(|x| *x > above).count() as f64
            }
            "IF" => return choose(&given[0], &given[1], &given[2]),
            other => panic!("unknown function {other}"),
        })
    }
}

fn number(value: &Value) -> Option<f64> {
    if let Number(x) = value { Some(*x) } else { None }
}

fn flat(value: &Value) -> Vec<Value> {
    match value {
        Block(rows) => rows.iter().flatten().cloned().collect(),
        other => vec![other.clone()],
    }
}

fn each(value: &Value, f: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Block(rows) => Block(rows.iter().map(|r| r.iter().map(f).collect()).collect()),
        other => f(other),
    }
}

fn at(value: &Value, row: usize, column: usize) -> &Value {
    match value {
        Block(rows) => &rows[row.min(rows.len() - 1)][column.min(rows[0].len() - 1)],
        other => other,
    }
}

fn shape(values: &[&Value]) -> Option<(usize, usize)> {
    values.iter().filter_map(|v| if let Block(r) = v { Some((r.len(), r[0].len())) } else { None }).max()
}

fn both(a: &Value, b: &Value, f: &dyn Fn(f64, f64) -> f64) -> Value {
    let one = |a: &Value, b: &Value| Number(f(number(a).unwrap_or(f64::NAN), number(b).unwrap_or(f64::NAN)));
    match shape(&[a, b]) {
        Some((rows, columns)) => {
            Block((0..rows).map(|r| (0..columns).map(|c| one(at(a, r, c), at(b, r, c))).collect()).collect())
        }
        None => one(a, b),
    }
}

fn choose(test: &Value, yes: &Value, no: &Value) -> Value {
    let one = |t: &Value, y: &Value, n: &Value| if number(t) == Some(0.0) { n.clone() } else { y.clone() };
    match shape(&[test]) {
        Some((rows, columns)) => {
            let cell = |r, c| one(at(test, r, c), at(yes, r, c), at(no, r, c));
            Block((0..rows).map(|r| (0..columns).map(|c| cell(r, c)).collect()).collect())
        }
        None => one(test, yes, no),
    }
}

/// Formulas worked out, and how many; every one gives the program's own number.
fn worked(sheets: &[Sheet]) -> usize {
    let book = Book::new(sheets);
    let mut count = 0;
    for sheet in sheets {
        for cell in &sheet.cells {
            let Content::Formula { text, value, .. } = &cell.content else { continue };
            let found = book.cell(&(sheet.id.clone(), cell.row, cell.column));
            match found {
                Number(x) => assert!((x - value).abs() <= 1e-9 * value.abs().max(1.0), "{text}: {x} for {value}"),
                other => assert!(value.is_nan() && other == Word(String::new()), "{text}: {other:?} for {value}"),
            }
            count += 1;
        }
    }
    count
}

const WEIGHED: &str = "title = 'Weighed'\n\
    [[dimension]]\nid = 'people'\nweight = 2\n\
    [[dimension.indicator]]\nid = 'skill'\nformula = 'a'\ndirection = 'positive'\nweight = 3\ntarget = 12\n\
    [[dimension.indicator]]\nid = 'idle'\nformula = 'b'\ndirection = 'negative'\nweight = 1\ntarget = -1\n\
    [[dimension]]\nid = 'tools'\nweight = 1\n\
    [[dimension.dimension]]\nid = 'old'\n\
    [[dimension.dimension.indicator]]\nid = 'machines'\nformula = 'c'\ndirection = 'positive'\ntarget = 20\n\
    [[dimension.dimension]]\nid = 'new'\n\
    [[dimension.dimension.indicator]]\nid = 'balance'\nformula = 'a + b'\ndirection = 'middle'\nbest = 9\n\
    [[dimension.dimension.indicator]]\nid = 'range'\nformula = 'b + c'\ndirection = 'interval'\nbest = [8, 12]\n";

#[test]
fn every_formula_gives_the_number_of_the_program() {
    let cases = [
        ("", true),
        ("normalisation = 'efficacy'\nweights = 'manual'", true),
        ("normalisation = 'target'", true),
        ("goalposts = 'per-period'\nweights = 'entropy'\nscope = 'per-period'", true),
        ("goalposts = 'base'\nbase = 2021\nweights = 'manual'", true),
        ("weights = 'entropy'", true),
        ("weights = 'entropy'\nreach = 'within'\nentropy = { zeros = 'shift', shift = 0.01 }", true),
        ("weights = 'entropy'\nscope = 'base'\nentropy = { zeros = 'shift-to-positive' }", true),
        ("weights = 'entropy'\nentropy = { zeros = 'stretch' }", true),
        ("aggregation = 'geometric'", true),
        ("normalisation = 'z-score'", true),
        ("normalisation = 'logistic'\nweights = 'critic'", false),
        ("normalisation = 'rank'\naggregation = 'topsis'", false),
        ("aggregation = 'harmonic'", false),
    ];
    for gap in [false, true] {
        for (more, scored) in cases {
            let out =
                run(WEIGHED, &super::panel(gap), &format!("missing = 'mean-of-present'\nuncertainty = false\n{more}")).unwrap();
            let sheets = &table(&out, "scores").derivation;
            assert!(worked(sheets) > 20, "{more}");
            let last = sheets.last().unwrap();
            let all = table(&out, "scores_all").len();
            let formulas = last.cells.iter().filter(|c| c.column > 2 && matches!(c.content, Content::Formula { .. })).count();
            // What stands without a formula is explained.
            assert!(!scored || formulas >= all, "{more}: {formulas}");
            let plain = |s: &Sheet| s.cells.iter().any(|c| matches!(c.content, Content::Fixed(..)));
            for sheet in sheets.iter().filter(|s| plain(s)) {
                assert!(
                    sheet.notes.iter().any(|n| n.en.contains("Grey") || n.en.contains("does not vary")),
                    "{more}: {}",
                    sheet.id
                );
            }
        }
    }
}

#[test]
fn too_many_cells_are_refused_with_a_reason() {
    let mut long = super::panel(false);
    let n = 8_000;
    long.units = (0..n).map(|i| format!("u{:04}", i / 2)).collect();
    long.units_zh = vec![String::new(); n];
    long.periods = (0..n).map(|i| 2020 + (i % 2) as i32).collect();
    long.groups.clear();
    for v in &mut long.variables {
        v.values = (0..n).map(|i| ((i * 7919 + 3) % 9973) as f64).collect();
    }
    let out = run(WEIGHED, &panel::Panel::new(long).unwrap(), "uncertainty = false").unwrap();
    let sheets = &table(&out, "scores").derivation;
    assert!(sheets.len() == 1 && sheets[0].cells.is_empty() && sheets[0].notes[0].en.contains("100000"), "{:?}", sheets[0].notes);
}
