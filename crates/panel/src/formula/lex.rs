//! The words of a formula.

use std::ops::Range;

use winnow::{
    LocatingSlice, Parser, Result,
    ascii::{digit1, multispace0},
    combinator::{alt, delimited, opt, preceded, repeat},
    stream::Location,
    token::{any, one_of, take_till, take_while},
};

use crate::problem::{Place, Problem};

/// A word and its bytes in the formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    Number(f64),
    Name(String),
    /// An operator, parenthesis or comma in its plain form.
    Mark(&'static str),
}

type Text<'a> = LocatingSlice<&'a str>;

/// Cuts a formula into words.
///
/// # Errors
/// The first character that begins no word.
pub(super) fn tokens(text: &str) -> std::result::Result<Vec<Token>, Vec<Problem>> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    loop {
        let _ = blank(&mut input);
        if input.is_empty() {
            return Ok(tokens);
        }
        let from = input.current_token_start();
        match alt((number, quoted, name, mark)).with_span().parse_next(&mut input) {
            Ok((Word::Number(x), span)) if !x.is_finite() => {
                return Err(vec![at(span, Problem::error("formula-syntax", "The number is beyond the range of a double."))]);
            }
            Ok((word, span)) => tokens.push(Token { word, span }),
            Err(_) => {
                let c = text.get(from..).and_then(|t| t.chars().next()).unwrap_or(' ');
                let problem = Problem::error("formula-syntax", format!("`{c}` has no meaning in a formula."));
                return Err(vec![at(
                    from..from + c.len_utf8(),
                    problem.help(match c {
                        '=' => "Write `==` to compare; the name of the variable stands outside the formula.",
                        '`' => "Close the name with a second back-quote.",
                        '&' | '|' | '!' => "Combine conditions by `*` (and), `max(a, b)` (or) and `a == 0` (not).",
                        _ => "A name with unusual characters stands in back-quotes: `name`.",
                    }),
                )]);
            }
        }
    }
}

pub(super) fn at(span: Range<usize>, problem: Problem) -> Problem {
    problem.at(Place { span: Some(span), ..Place::default() })
}

fn blank<'a>(input: &mut Text<'a>) -> Result<&'a str> {
    alt((take_while(1.., char::is_whitespace), multispace0)).parse_next(input)
}

fn number(input: &mut Text<'_>) -> Result<Word> {
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    let mantissa = alt(((digit1, opt(('.', opt(digit1)))).void(), ('.', digit1).void()));
    (mantissa, opt(exponent)).take().try_map(|text: &str| text.parse().map(Word::Number)).parse_next(input)
}

fn quoted(input: &mut Text<'_>) -> Result<Word> {
    delimited('`', take_till(1.., '`'), '`').map(|name: &str| Word::Name(name.trim().to_owned())).parse_next(input)
}

fn name(input: &mut Text<'_>) -> Result<Word> {
    let head = |c: char| c.is_alphabetic() || c == '_';
    let part = move || (one_of(head), take_while(0.., |c: char| c.is_alphanumeric() || c == '_')).void();
    (part(), repeat::<_, _, (), _, _>(0.., preceded('.', part())))
        .take()
        .map(|name: &str| Word::Name(name.to_owned()))
        .parse_next(input)
}

/// Full-width marks, as a Chinese keyboard gives them, count as the plain ones.
fn mark(input: &mut Text<'_>) -> Result<Word> {
    let two = alt(("<=".value("<="), ">=".value(">="), "==".value("=="), "!=".value("!="), "**".value("^")));
    let one = any.verify_map(|c| {
        Some(match c {
            '+' | '＋' => "+",
            '-' | '－' | '−' => "-",
            '*' | '＊' | '×' | '·' => "*",
            '/' | '／' | '÷' => "/",
            '^' => "^",
            '(' | '（' => "(",
            ')' | '）' => ")",
            ',' | '，' => ",",
            '<' | '＜' => "<",
            '>' | '＞' => ">",
            '≤' => "<=",
            '≥' => ">=",
            '≠' => "!=",
            _ => return None,
        })
    });
    alt((two, one)).map(Word::Mark).parse_next(input)
}
