//! Formulas over the variables of a panel.
//!
//! Numbers, names (letters of any script, digits, `_`, and `.` inside, as in `step.variable`; any
//! other name in back-quotes), `+ - * / ^`, comparisons that give 1 or 0, parentheses, and the
//! functions of [`FUNCTIONS`]. `^` binds tighter than the sign and groups to the right, so
//! `-2^2` is -4 and `2^3^2` is 512.
//!
//! A missing operand makes a missing result. Arithmetic that has no finite result (a division by
//! zero, the logarithm of a number that is not positive, an overflow) is a problem that names unit
//! and period, never an infinity; `if(cond, a, b)` computes only the branch it takes.
//!
//! Lags go by the value of the period, not by row: `lag(x)` of 2019 is `x` of 2018, and missing
//! where the unit has no 2018. Sums and means over a period or unit are missing as soon as one of
//! their cells is: the sum of a part is not the total.

mod derive;
mod evaluate;
mod lex;
mod parse;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, ops::Range};

pub use derive::{Derived, derive};

use crate::{problem::Problem, table::Panel};

/// The functions with their arguments and what they give.
pub const FUNCTIONS: [(&str, &str); 25] = [
    ("ln(x)", "natural logarithm"),
    ("log10(x)", "decimal logarithm"),
    ("exp(x)", "exponential"),
    ("sqrt(x)", "square root"),
    ("abs(x)", "absolute value"),
    ("round(x)", "nearest whole number, halves away from zero"),
    ("min(a, b, …)", "smallest of the arguments"),
    ("max(a, b, …)", "largest of the arguments"),
    ("if(cond, a, b)", "a where cond is not 0, else b"),
    ("lag(x) or lag(x, k)", "x of the same unit 1 or k periods before"),
    ("lead(x) or lead(x, k)", "x of the same unit 1 or k periods after"),
    ("diff(x)", "x - lag(x)"),
    ("growth(x)", "x / lag(x) - 1"),
    ("dlog(x)", "ln(x) - ln(lag(x))"),
    ("cumsum(x)", "sum of x over the observed periods of the unit up to this one"),
    ("first(x)", "x in the first observed period of the unit"),
    ("index(x, 2019)", "100 * x / x of the unit in 2019"),
    ("mean_by_period(x)", "mean over the units of the period"),
    ("sum_by_period(x)", "sum over the units of the period"),
    ("share(x)", "x / sum_by_period(x)"),
    ("mean_by_unit(x)", "mean over the periods of the unit"),
    ("sum_by_unit(x)", "sum over the periods of the unit"),
    ("is_missing(x)", "1 where x is missing, else 0"),
    ("missing()", "nothing: leaves the cell missing"),
    ("period()", "the period of the row"),
];

/// A formula that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    /// The steps in postfix order: no recursion when computed, copied or dropped.
    code: Vec<Step>,
}

/// One step of the postfix program and the bytes of the formula it came from.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    op: Op,
    span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum Op {
    Number(f64),
    Name(String),
    Missing,
    Period,
    Negate,
    Binary(Binary),
    /// A function of the values of one row, with its number of arguments.
    Row(Row, usize),
    /// A function that looks at other rows.
    Across(Across),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Ln,
    Log10,
    Exp,
    Sqrt,
    Abs,
    Round,
    Min,
    Max,
    If,
    IsMissing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Across {
    /// Periods back; a lead is a negative lag.
    Lag(i32),
    Diff,
    Growth,
    Dlog,
    Cumsum,
    First,
    Index(i32),
    MeanByPeriod,
    SumByPeriod,
    Share,
    MeanByUnit,
    SumByUnit,
}

impl Formula {
    /// Reads a formula. Spans of problems are byte ranges inside `text`.
    ///
    /// # Errors
    /// What cannot be read and where: stray characters, missing operands and parentheses, unknown
    /// functions, wrong numbers of arguments, nesting beyond any use.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let code = parse::parse(text)?;
        Ok(Self { text: text.to_owned(), code })
    }

    /// The formula as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variables it names, sorted.
    pub fn variables(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.names().map(|(name, _)| name).collect();
        names.into_iter().cloned().collect()
    }

    /// One value per row of the panel; `NaN` where an operand is missing.
    ///
    /// # Errors
    /// Unknown variables, functions over periods of a panel without periods, and every cell
    /// without a finite result, by unit and period.
    pub fn evaluate(&self, panel: &Panel) -> Result<Vec<f64>, Vec<Problem>> {
        evaluate::evaluate(self, panel)
    }

    fn names(&self) -> impl Iterator<Item = (&String, &Range<usize>)> {
        self.code.iter().filter_map(|step| match &step.op {
            Op::Name(name) => Some((name, &step.span)),
            _ => None,
        })
    }
}
