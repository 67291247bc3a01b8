//! What the text of a cell says when a number is expected there.

/// What a cell of text holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parsed {
    /// A finite number.
    Number(f64),
    /// One of the accepted marks for a missing value.
    Missing,
    /// `NaN`, `inf` or a number beyond the range of a double.
    NotFinite,
    /// A number so near zero that a double keeps only some of its digits.
    TooSmall,
    /// A number with thousands separators.
    Grouped,
    /// A number with a percent sign.
    Percent,
    /// Something else.
    Text,
}

const MISSING: [&str; 16] = ["", "NA", "N/A", "n.a.", "n/a", ".", "-", "--", "—", "–", "…", "...", "NULL", "null", "na", "#N/A"];

/// Reads the text of one cell. Full-width digits, signs and points count as plain ones.
pub fn parse(text: &str) -> Parsed {
    let plain;
    let text = if text.is_ascii() {
        text.trim()
    } else {
        plain = text.chars().map(narrow).collect::<String>();
        plain.trim()
    };
    if MISSING.contains(&text) {
        return Parsed::Missing;
    }
    if let Ok(x) = text.parse::<f64>() {
        return of(x);
    }
    if text.strip_suffix('%').is_some_and(|t| t.trim_end().parse::<f64>().is_ok()) {
        return Parsed::Percent;
    }
    if grouped(text) { Parsed::Grouped } else { Parsed::Text }
}

/// A double that can be computed with, or why it cannot.
pub(crate) fn of(x: f64) -> Parsed {
    match x.classify() {
        std::num::FpCategory::Nan | std::num::FpCategory::Infinite => Parsed::NotFinite,
        std::num::FpCategory::Subnormal => Parsed::TooSmall,
        _ => Parsed::Number(x),
    }
}

/// `1,234.5` and the like: groups of three digits after the first.
fn grouped(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut groups = whole.split([',', ' ', '\u{a0}', '\u{202f}']);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    digits(fraction) && digits(first) && first.len() <= 3 && !rest.is_empty() && rest.iter().all(|g| g.len() == 3 && digits(g))
}

/// The plain form of a full-width character.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2212}' => '-',
        _ => c,
    }
}

/// The text with full-width forms made plain.
pub(crate) fn narrowed(text: &str) -> String {
    text.chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_marks_and_strangers_are_told_apart() {
        assert_eq!(parse(" 1e-300 "), Parsed::Number(1e-300));
        assert_eq!(parse("１２.５"), Parsed::Number(12.5));
        assert_eq!(parse("−3"), Parsed::Number(-3.0));
        for mark in ["", "NA", "n.a.", ".", "…", "-", "NULL"] {
            assert_eq!(parse(mark), Parsed::Missing, "{mark}");
        }
        for literal in ["nan", "NaN", "inf", "-Infinity", "1e999"] {
            assert_eq!(parse(literal), Parsed::NotFinite, "{literal}");
        }
        assert_eq!(parse("1,234,567.5"), Parsed::Grouped);
        assert_eq!(parse("12.5 %"), Parsed::Percent);
        for text in ["1,23", "12a", "0x1f", "1_000", "1,2345", "-,123"] {
            assert_eq!(parse(text), Parsed::Text, "{text}");
        }
    }
}
