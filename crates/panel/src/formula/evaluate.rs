//! Computes a formula over a panel, step by step on whole columns.

use std::{collections::BTreeMap, ops::Range};

use super::{Across, Binary, Formula, Op, Row, Step};
use crate::{
    problem::{Capped, Place, Problem, nearest},
    table::Panel,
};

/// How many cells are named for each fault of a formula.
const NAMED: usize = 5;

/// A cell without a result: at which row and which part of the formula, and why. It is carried
/// along as a missing value and told only if the result depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fault {
    step: usize,
    why: Why,
    row: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    ZeroDivision,
    Logarithm,
    Root,
    Power,
    Overflow,
}

/// A column under way: values, and the faults by row behind missing ones.
#[derive(Clone, Debug, Default)]
struct Column {
    values: Vec<f64>,
    faults: BTreeMap<usize, Fault>,
}

impl Column {
    fn set(&mut self, row: usize, value: Result<f64, Fault>) {
        let value = value.unwrap_or_else(|fault| {
            self.faults.insert(row, fault);
            f64::NAN
        });
        if let Some(slot) = self.values.get_mut(row) {
            *slot = value;
        }
    }

    /// The value of a row, or the fault behind it.
    fn get(&self, row: usize) -> Result<f64, Fault> {
        match self.faults.get(&row) {
            Some(fault) => Err(*fault),
            None => Ok(self.values.get(row).copied().unwrap_or(f64::NAN)),
        }
    }

    fn missing(rows: usize) -> Self {
        Self { values: vec![f64::NAN; rows], faults: BTreeMap::new() }
    }
}

pub(super) fn evaluate(formula: &Formula, panel: &Panel) -> Result<Vec<f64>, Vec<Problem>> {
    let problems = refused(formula, panel);
    if !problems.is_empty() {
        return Err(problems);
    }
    let n = panel.len();
    let mut stack: Vec<Column> = Vec::new();
    for (at, Step { op, .. }) in formula.code.iter().enumerate() {
        let column = match op {
            Op::Number(x) => Column { values: vec![*x; n], ..Column::default() },
            Op::Name(name) => Column { values: panel.values(name).unwrap_or_default().to_vec(), ..Column::default() },
            Op::Missing => Column::missing(n),
            Op::Period => Column { values: panel.periods.iter().map(|&p| f64::from(p)).collect(), ..Column::default() },
            Op::Negate => rowwise(&pop(&mut stack, 1), n, at, |x| Ok(-x[0])),
            Op::Binary(op) => rowwise(&pop(&mut stack, 2), n, at, |x| binary(*op, x[0], x[1])),
            Op::Row(Row::If, _) => choose(&pop(&mut stack, 3), n),
            Op::Row(Row::IsMissing, _) => {
                let operands = pop(&mut stack, 1);
                let mut column = Column::missing(n);
                for row in 0..n {
                    column.set(row, operands[0].get(row).map(|x| f64::from(u8::from(x.is_nan()))));
                }
                column
            }
            Op::Row(function, count) => rowwise(&pop(&mut stack, *count), n, at, |x| of_row(*function, x)),
            Op::Across(function) => across(*function, &pop(&mut stack, 1)[0], panel, at),
        };
        stack.push(column);
    }
    let result = stack.pop().unwrap_or_default();
    if result.faults.is_empty() { Ok(result.values) } else { Err(told(formula, panel, &result.faults)) }
}

/// The topmost operands; the parser has seen to it that they are there.
fn pop(stack: &mut Vec<Column>, count: usize) -> Vec<Column> {
    let mut operands = stack.split_off(stack.len().saturating_sub(count));
    operands.resize_with(count, Column::default);
    operands
}

/// Unknown names, and functions over periods where there are none.
fn refused(formula: &Formula, panel: &Panel) -> Vec<Problem> {
    let mut problems = Vec::new();
    let place = |span: &Range<usize>| Place { span: Some(span.clone()), ..Place::default() };
    for (name, span) in formula.names().filter(|(name, _)| panel.variable(name).is_none()) {
        problems.push(unknown(name, panel.variables.iter().map(|v| v.name.as_str())).at(place(span)));
    }
    for Step { op, span } in &formula.code {
        let function = match op {
            Op::Across(function) => Some(function),
            Op::Period => None,
            _ => continue,
        };
        let by_period = !matches!(
            function,
            Some(Across::MeanByPeriod | Across::SumByPeriod | Across::Share | Across::MeanByUnit | Across::SumByUnit)
        );
        if by_period && panel.period_name.is_none() {
            let part = formula.text.get(span.clone()).unwrap_or_default();
            problems.push(
                Problem::error("no-period", format!("`{part}` needs periods, and the data have none."))
                    .help("Name the period column of the data.")
                    .at(place(span)),
            );
        } else if let Some(Across::Index(period)) = function
            && !panel.is_empty()
            && !panel.periods.contains(period)
        {
            let set = panel.period_set();
            let known = set.first().zip(set.last()).map(|(a, b)| format!("The periods run from {a} to {b}."));
            problems.push(
                Problem::error("unknown-period", format!("The data have no period {period}."))
                    .help(known.unwrap_or_default())
                    .at(place(span)),
            );
        }
    }
    problems
}

pub(super) fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Problem {
    let known: Vec<&str> = known.collect();
    let problem = Problem::error("unknown-variable", format!("There is no variable `{name}`."));
    if nearest(name, known.iter().copied()).is_some() {
        return problem.did_you_mean(name, known);
    }
    problem.help(format!("The variables are: {}.", crate::raw::listed(known, 20)))
}

/// The faults as problems: the first few cells of each, then how many more.
fn told(formula: &Formula, panel: &Panel, faults: &BTreeMap<usize, Fault>) -> Vec<Problem> {
    let mut by_kind: BTreeMap<(usize, Why), Vec<usize>> = BTreeMap::new();
    for fault in faults.values() {
        by_kind.entry((fault.step, fault.why)).or_default().push(fault.row);
    }
    let mut problems = Vec::new();
    for ((step, why), mut rows) in by_kind {
        rows.sort_unstable();
        rows.dedup();
        let span = formula.code.get(step).map(|s| s.span.clone());
        let part = span.clone().and_then(|s| formula.text.get(s)).unwrap_or_default();
        let (code, what, help) = match why {
            Why::ZeroDivision => (
                "division-by-zero",
                "divides by zero",
                "Leave the divisor empty where it is unknown, or guard it by if(x > 0, …, …).",
            ),
            Why::Logarithm => (
                "logarithm",
                "takes the logarithm of a number that is not positive",
                "Use ln(1 + x), or guard it by if(x > 0, ln(x), …).",
            ),
            Why::Root => ("root", "takes the square root of a negative number", "Guard it by if(x >= 0, sqrt(x), …)."),
            Why::Power => ("power", "raises a negative number to a broken power", "Use abs(x) or a whole exponent."),
            Why::Overflow => ("overflow", "goes beyond the range of a double", "Choose a larger unit of measure."),
        };
        for &row in rows.iter().take(NAMED) {
            let (unit, period) = panel.key(row);
            let period = panel.period_name.as_ref().map(|_| period);
            problems.push(
                Problem::error(code, format!("`{part}` {what}."))
                    .why(format!("The formula is `{}`.", formula.text))
                    .help(help)
                    .at(Place { span: span.clone(), unit: Some(unit.to_owned()), period, ..Place::default() }),
            );
        }
        if rows.len() > NAMED {
            let place = Place { span, ..Place::default() };
            problems.push(Problem::error(code, format!("`{part}` {what} in {} more cells.", rows.len() - NAMED)).at(place));
        }
    }
    problems.truncate(Capped::MOST);
    problems
}

/// Applies a function to the values of each row; missing operands make a missing result.
fn rowwise(operands: &[Column], n: usize, step: usize, f: impl Fn(&[f64]) -> Result<f64, Why>) -> Column {
    let mut column = Column::missing(n);
    let mut values = Vec::with_capacity(operands.len());
    'rows: for row in 0..n {
        values.clear();
        for operand in operands {
            match operand.get(row) {
                Ok(x) => values.push(x),
                Err(fault) => {
                    column.set(row, Err(fault));
                    continue 'rows;
                }
            }
        }
        if !values.iter().any(|x| x.is_nan()) {
            column.set(row, finite(f(&values)).map_err(|why| Fault { step, why, row }));
        }
    }
    column
}

fn finite(x: Result<f64, Why>) -> Result<f64, Why> {
    x.and_then(|x| if x.is_finite() { Ok(x) } else { Err(Why::Overflow) })
}

fn divide(a: f64, b: f64) -> Result<f64, Why> {
    if b == 0.0 { Err(Why::ZeroDivision) } else { finite(Ok(a / b)) }
}

fn ln(x: f64) -> Result<f64, Why> {
    if x > 0.0 { Ok(libm::log(x)) } else { Err(Why::Logarithm) }
}

fn binary(op: Binary, a: f64, b: f64) -> Result<f64, Why> {
    let truth = |t: bool| Ok(f64::from(u8::from(t)));
    match op {
        Binary::Add => Ok(a + b),
        Binary::Subtract => Ok(a - b),
        Binary::Multiply => Ok(a * b),
        Binary::Divide => divide(a, b),
        Binary::Power if a == 0.0 && b < 0.0 => Err(Why::ZeroDivision),
        Binary::Power if a < 0.0 && b.fract() != 0.0 => Err(Why::Power),
        Binary::Power => Ok(libm::pow(a, b)),
        Binary::Less => truth(a < b),
        Binary::LessEqual => truth(a <= b),
        Binary::Greater => truth(a > b),
        Binary::GreaterEqual => truth(a >= b),
        Binary::Equal => truth(a == b),
        Binary::NotEqual => truth(a != b),
    }
}

fn of_row(function: Row, x: &[f64]) -> Result<f64, Why> {
    let first = x.first().copied().unwrap_or(f64::NAN);
    match function {
        Row::Ln => ln(first),
        Row::Log10 if first > 0.0 => Ok(libm::log10(first)),
        Row::Log10 => Err(Why::Logarithm),
        Row::Exp => Ok(libm::exp(first)),
        Row::Sqrt if first < 0.0 => Err(Why::Root),
        Row::Sqrt => Ok(first.sqrt()),
        Row::Abs => Ok(first.abs()),
        Row::Round => Ok(first.round()),
        Row::Min => Ok(x.iter().copied().fold(first, f64::min)),
        Row::Max => Ok(x.iter().copied().fold(first, f64::max)),
        // Both need more than present values and are computed apart.
        Row::If | Row::IsMissing => Ok(f64::NAN),
    }
}

/// Takes the branch the condition names, and only its faults.
fn choose(operands: &[Column], n: usize) -> Column {
    let mut column = Column::missing(n);
    for row in 0..n {
        let value = operands[0].get(row).and_then(|cond| match cond {
            c if c.is_nan() => Ok(f64::NAN),
            0.0 => operands[2].get(row),
            _ => operands[1].get(row),
        });
        column.set(row, value);
    }
    column
}

fn across(function: Across, x: &Column, panel: &Panel, step: usize) -> Column {
    let n = panel.len();
    let blocks = blocks(panel);
    // The row of the same unit at a period, by the canonical order of rows.
    let row_at = |block: &Range<usize>, period: Option<i32>| {
        let periods = panel.periods.get(block.clone()).unwrap_or_default();
        period.and_then(|p| periods.binary_search(&p).ok()).map(|i| block.start + i)
    };
    let mut column = Column::missing(n);
    match function {
        Across::MeanByPeriod | Across::SumByPeriod | Across::Share => {
            let mut rows_of: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
            for row in 0..n {
                rows_of.entry(panel.key(row).1).or_default().push(row);
            }
            for rows in rows_of.values() {
                let total = reduce(x, rows, step, function == Across::MeanByPeriod);
                for &row in rows {
                    let fault = |why| Fault { step, why, row };
                    let value = match function {
                        Across::Share => x
                            .get(row)
                            .and_then(|x| total.and_then(|t| if t.is_nan() { Ok(t) } else { divide(x, t).map_err(fault) })),
                        _ => total,
                    };
                    column.set(row, value);
                }
            }
        }
        Across::MeanByUnit | Across::SumByUnit => {
            for block in blocks {
                let rows: Vec<usize> = block.collect();
                let total = reduce(x, &rows, step, function == Across::MeanByUnit);
                for row in rows {
                    column.set(row, total);
                }
            }
        }
        Across::Cumsum => {
            for block in blocks {
                let mut sum = Ok(0.0);
                for row in block {
                    let fault = |why| Fault { step, why, row };
                    sum = sum.and_then(|s: f64| {
                        let next = s + x.get(row)?;
                        if next.is_nan() { Ok(next) } else { finite(Ok(next)).map_err(fault) }
                    });
                    column.set(row, sum);
                }
            }
        }
        Across::Lag(_) | Across::Diff | Across::Growth | Across::Dlog | Across::First | Across::Index(_) => {
            for block in blocks {
                for row in block.clone() {
                    let fault = |why| Fault { step, why, row };
                    let period = panel.key(row).1;
                    let other = match function {
                        Across::Lag(k) => row_at(&block, period.checked_sub(k)),
                        Across::First => Some(block.start),
                        Across::Index(base) => row_at(&block, Some(base)),
                        _ => row_at(&block, period.checked_sub(1)),
                    };
                    let Some(other) = other else { continue };
                    let value = x.get(other).and_then(|then| match function {
                        Across::Lag(_) | Across::First => Ok(then),
                        _ => x.get(row).and_then(|now| {
                            if now.is_nan() || then.is_nan() { Ok(f64::NAN) } else { compare(function, now, then).map_err(fault) }
                        }),
                    });
                    column.set(row, value);
                }
            }
        }
    }
    column
}

/// A present value against the one of another period.
fn compare(function: Across, now: f64, then: f64) -> Result<f64, Why> {
    finite(match function {
        Across::Growth => divide(now, then).map(|ratio| ratio - 1.0),
        Across::Dlog => ln(now).and_then(|a| ln(then).map(|b| a - b)),
        Across::Index(_) => divide(now, then).map(|ratio| 100.0 * ratio),
        _ => Ok(now - then),
    })
}

/// The sum or mean of rows; a fault or a missing value in one of them is that of the whole.
fn reduce(x: &Column, rows: &[usize], step: usize, mean: bool) -> Result<f64, Fault> {
    let mut sum = 0.0;
    for &row in rows {
        sum += x.get(row)?;
    }
    if sum.is_nan() {
        return Ok(sum);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    let value = if mean { sum / rows.len() as f64 } else { sum };
    finite(Ok(value)).map_err(|why| Fault { step, why, row: rows.first().copied().unwrap_or_default() })
}

/// The rows of each unit.
fn blocks(panel: &Panel) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for row in 0..panel.len() {
        match blocks.last_mut() {
            Some(block) if panel.units.get(block.start) == panel.units.get(row) => block.end = row + 1,
            _ => blocks.push(row..row + 1),
        }
    }
    blocks
}
