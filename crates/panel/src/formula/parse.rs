//! From words to a postfix program, by winnow's operator-precedence parser.

use std::ops::Range;

use winnow::{
    Parser,
    combinator::{Infix, Prefix, expression},
    error::{ErrMode, ParserError},
    stream::{Stateful, Stream, TokenSlice},
    token::any,
};

use super::{
    Across, Binary, FUNCTIONS, Op, Row, Step,
    lex::{Token, Word, at, tokens},
};
use crate::problem::Problem;

/// Parentheses, signs and powers nest the parser; no formula a person writes comes near this.
const DEEPEST: usize = 64;
/// Nor near this many words.
const LONGEST: usize = 20_000;

const OPERAND: &str = "a number, a name or `(`";

type Code = Vec<Step>;

/// The words left, and the problems met that need not stop the parser.
type Input<'t> = Stateful<TokenSlice<'t, Token>, Vec<Problem>>;

/// Why and how many words before the end the parser stopped.
#[derive(Debug)]
struct Stop {
    left: usize,
    expected: &'static str,
}

impl<'t> ParserError<Input<'t>> for Stop {
    type Inner = Self;

    fn from_input(input: &Input<'t>) -> Self {
        Self { left: input.eof_offset(), expected: OPERAND }
    }

    fn assert(input: &Input<'t>, _: &'static str) -> Self {
        Self::from_input(input)
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

type Parsed<T> = Result<T, ErrMode<Stop>>;

pub(super) fn parse(text: &str) -> Result<Code, Vec<Problem>> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(vec![at(0..text.len(), Problem::error("formula-syntax", "The formula is empty."))]);
    }
    if let Some(span) = too_deep(&tokens) {
        let problem = Problem::error("formula-too-deep", "The formula is nested too deeply or too long.");
        return Err(vec![at(span, problem.help("Split it into several derived variables."))]);
    }
    let mut input = Input { input: TokenSlice::new(&tokens), state: Vec::new() };
    let stop = match formula(&mut input) {
        Ok(code) if input.eof_offset() == 0 => {
            return if input.state.is_empty() { Ok(code) } else { Err(input.state) };
        }
        Ok(_) => Stop { left: input.eof_offset(), expected: "an operator or the end" },
        Err(ErrMode::Backtrack(stop) | ErrMode::Cut(stop)) => stop,
        Err(ErrMode::Incomplete(_)) => Stop { left: input.eof_offset(), expected: "more" },
    };
    let mut problems = input.state;
    let (span, found) = match tokens.get(tokens.len().saturating_sub(stop.left)) {
        Some(token) => (token.span.clone(), format!("`{}`", text.get(token.span.clone()).unwrap_or_default())),
        None => (text.len()..text.len(), "the end of the formula".to_owned()),
    };
    problems.push(at(span, Problem::error("formula-syntax", format!("Expected {}, found {found}.", stop.expected))));
    Err(problems)
}

/// Where the nesting passes every use: open parentheses plus all signs and powers so far.
fn too_deep(tokens: &[Token]) -> Option<Range<usize>> {
    let (mut open, mut chained, mut operand_before) = (0_usize, 0_usize, false);
    for (i, token) in tokens.iter().enumerate() {
        match token.word {
            Word::Mark("(") => open += 1,
            Word::Mark(")") => open = open.saturating_sub(1),
            Word::Mark("^") => chained += 1,
            Word::Mark("-" | "+") if !operand_before => chained += 1,
            _ => {}
        }
        operand_before = !matches!(token.word, Word::Mark(mark) if mark != ")");
        if open + chained > DEEPEST || i > LONGEST {
            return Some(token.span.clone());
        }
    }
    None
}

fn formula(input: &mut Input<'_>) -> Parsed<Code> {
    expression(operand).prefix(sign).infix(operator).parse_next(input)
}

fn expected<T>(input: &Input<'_>, expected: &'static str) -> Parsed<T> {
    Err(ErrMode::Cut(Stop { left: input.eof_offset(), expected }))
}

fn next<'t>(input: &mut Input<'t>) -> Parsed<&'t Token> {
    any.parse_next(input)
}

/// Whether the next word is this mark; it is then taken.
fn take(input: &mut Input<'_>, mark: &str) -> bool {
    let is = input.peek_token().is_some_and(|t| t.word == Word::Mark(known(mark)));
    if is {
        let _ = input.next_token();
    }
    is
}

fn known(mark: &str) -> &'static str {
    match mark {
        "(" => "(",
        ")" => ")",
        _ => ",",
    }
}

fn operand(input: &mut Input<'_>) -> Parsed<Code> {
    let token = next(input)?;
    let one = |op| vec![Step { op, span: token.span.clone() }];
    match &token.word {
        Word::Number(x) => Ok(one(Op::Number(*x))),
        Word::Name(name) if take(input, "(") => call(input, name, &token.span),
        Word::Name(name) => Ok(one(Op::Name(name.clone()))),
        Word::Mark("(") => {
            let mut inner = formula(input)?;
            if !take(input, ")") {
                return expected(input, "`)`");
            }
            // The brackets belong to the part that a fault quotes.
            let end = input.previous_tokens().next().map_or(token.span.end, |t| t.span.end);
            if let Some(last) = inner.last_mut() {
                last.span = token.span.start..end;
            }
            Ok(inner)
        }
        Word::Mark(_) => Err(ErrMode::Backtrack(Stop { left: input.eof_offset() + 1, expected: OPERAND })),
    }
}

fn sign<'t>(input: &mut Input<'t>) -> Parsed<Prefix<Input<'t>, Code, ErrMode<Stop>>> {
    // Where neither operand nor sign stands nothing else can: `Cut` keeps the place.
    let Ok(token) = next(input) else { return expected(input, OPERAND) };
    match token.word {
        Word::Mark("-") => Ok(Prefix(7, |_, mut code| {
            let span = span(&code);
            code.push(Step { op: Op::Negate, span });
            Ok(code)
        })),
        Word::Mark("+") => Ok(Prefix(7, |_, code| Ok(code))),
        _ => Err(ErrMode::Cut(Stop { left: input.eof_offset() + 1, expected: OPERAND })),
    }
}

macro_rules! infix {
    ($kind:ident, $power:expr, $op:ident) => {
        Ok(Infix::$kind($power, |_, mut left, right| {
            let span = span(&left).start..span(&right).end;
            left.extend(right);
            left.push(Step { op: Op::Binary(Binary::$op), span });
            Ok(left)
        }))
    };
}

fn operator<'t>(input: &mut Input<'t>) -> Parsed<Infix<Input<'t>, Code, ErrMode<Stop>>> {
    match next(input)?.word {
        Word::Mark("<") => infix!(Left, 1, Less),
        Word::Mark("<=") => infix!(Left, 1, LessEqual),
        Word::Mark(">") => infix!(Left, 1, Greater),
        Word::Mark(">=") => infix!(Left, 1, GreaterEqual),
        Word::Mark("==") => infix!(Left, 1, Equal),
        Word::Mark("!=") => infix!(Left, 1, NotEqual),
        Word::Mark("+") => infix!(Left, 3, Add),
        Word::Mark("-") => infix!(Left, 3, Subtract),
        Word::Mark("*") => infix!(Left, 5, Multiply),
        Word::Mark("/") => infix!(Left, 5, Divide),
        Word::Mark("^") => infix!(Right, 9, Power),
        _ => Err(ErrMode::Backtrack(Stop { left: input.eof_offset() + 1, expected: "an operator or the end" })),
    }
}

/// The bytes of a whole program: of its last step, which spans its operands.
fn span(code: &Code) -> Range<usize> {
    code.last().map_or(0..0, |step| step.span.clone())
}

fn call(input: &mut Input<'_>, name: &str, name_span: &Range<usize>) -> Parsed<Code> {
    let mut arguments = Vec::new();
    if !take(input, ")") {
        loop {
            arguments.push(formula(input)?);
            if take(input, ")") {
                break;
            }
            if !take(input, ",") {
                return expected(input, "`,` or `)`");
            }
        }
    }
    let end = input.previous_tokens().next().map_or(name_span.end, |t| t.span.end);
    let span = name_span.start..end;
    match function(name, &mut arguments) {
        Ok(op) => {
            let mut code: Code = arguments.into_iter().flatten().collect();
            code.push(Step { op, span });
            Ok(code)
        }
        Err(problem) => {
            let whole = problem.code == "formula-arguments";
            input.state.push(at(if whole { span.clone() } else { name_span.clone() }, *problem));
            Ok(vec![Step { op: Op::Number(0.0), span }])
        }
    }
}

/// The function of a name; a literal second argument becomes part of it and is taken away.
fn function(name: &str, arguments: &mut Vec<Code>) -> Result<Op, Box<Problem>> {
    let plain = |signature: &str| signature.split('(').next().unwrap_or_default().to_owned();
    let lower = name.to_lowercase();
    let Some((signature, _)) = FUNCTIONS.iter().find(|(s, _)| plain(s) == lower) else {
        let names: Vec<String> = FUNCTIONS.iter().map(|(s, _)| plain(s)).collect();
        let known = names.iter().map(String::as_str);
        let problem = Problem::error("unknown-function", format!("There is no function `{name}`."));
        return Err(Box::new(problem.help(format!("The functions are: {}.", names.join(", "))).did_you_mean(name, known)));
    };
    let n = arguments.len();
    let wrong = |what: &str| {
        Box::new(Problem::error("formula-arguments", format!("`{name}` {what}.")).help(format!("Write {signature}.")))
    };
    let row = |row, fits: bool| if fits { Ok(Op::Row(row, n)) } else { Err(wrong(&format!("does not take {n} arguments"))) };
    let mut whole = || match arguments.pop().as_deref() {
        Some([Step { op: Op::Number(x), .. }]) => literal(*x),
        Some([Step { op: Op::Number(x), .. }, Step { op: Op::Negate, .. }]) => literal(-*x),
        _ => None,
    };
    let across = match lower.as_str() {
        "ln" => return row(Row::Ln, n == 1),
        "log10" => return row(Row::Log10, n == 1),
        "exp" => return row(Row::Exp, n == 1),
        "sqrt" => return row(Row::Sqrt, n == 1),
        "abs" => return row(Row::Abs, n == 1),
        "round" => return row(Row::Round, n == 1),
        "is_missing" => return row(Row::IsMissing, n == 1),
        "missing" if n == 0 => return Ok(Op::Missing),
        "period" if n == 0 => return Ok(Op::Period),
        "missing" | "period" => return Err(wrong("takes nothing between its parentheses")),
        "min" => return row(Row::Min, n >= 1),
        "max" => return row(Row::Max, n >= 1),
        "if" => return row(Row::If, n == 3),
        "lag" | "lead" if n == 2 => {
            let k = whole().ok_or_else(|| wrong("takes a whole number of periods"))?;
            Across::Lag(if lower == "lag" { k } else { k.saturating_neg() })
        }
        "index" if n == 2 => Across::Index(whole().ok_or_else(|| wrong("takes a period written as a whole number"))?),
        _ if n != 1 => return Err(wrong(&format!("does not take {n} arguments"))),
        "lag" => Across::Lag(1),
        "lead" => Across::Lag(-1),
        "diff" => Across::Diff,
        "growth" => Across::Growth,
        "dlog" => Across::Dlog,
        "cumsum" => Across::Cumsum,
        "first" => Across::First,
        "mean_by_period" => Across::MeanByPeriod,
        "sum_by_period" => Across::SumByPeriod,
        "share" => Across::Share,
        "mean_by_unit" => Across::MeanByUnit,
        "sum_by_unit" => Across::SumByUnit,
        _ => return Err(wrong("needs a period as its second argument")),
    };
    Ok(Op::Across(across))
}

fn literal(x: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
    (x.fract() == 0.0 && x.abs() <= f64::from(i32::MAX)).then_some(x as i32)
}
