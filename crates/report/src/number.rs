//! Numbers as people read them.

use std::io::Write;

/// Fixed decimals, a true minus sign, thin spaces between thousands from five digits on; an en dash
/// where there is no number; powers of ten beyond 10¹⁵.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() >= 1e15 {
        return scientific(value);
    }
    let digits = format!("{:.*}", decimals.min(12), value.abs());
    let negative = value < 0.0 && digits.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let (whole, rest) = digits.split_once('.').map_or((digits.as_str(), ""), |(w, r)| (w, r));
    let mut out = if negative { "−".to_owned() } else { String::new() };
    out.push_str(&grouped(whole));
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// A p-value: four decimals, or that it is smaller.
pub fn p_value(p: f64) -> String {
    if p < 1e-4 { "< 0.0001".to_owned() } else { fixed(p, 4) }
}

/// A whole number, grouped from five digits on, so that years stay whole.
pub fn whole(value: i64) -> String {
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(&value.unsigned_abs().to_string()))
}

/// `1.2×10⁻¹²`.
pub fn scientific(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{value:.1e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let raised: String = power
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '0' => '⁰',
            d => char::from_u32(0x2070 + (d as u32 - '0' as u32)).unwrap_or(d),
        })
        .collect();
    format!("{}×10{raised}", mantissa.replace('-', "−"))
}

/// All digits, as files carry them; empty where there is no number.
pub fn exact(value: f64) -> String {
    let mut out = Vec::new();
    write_exact(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

/// The digits of [`exact`], added to a line.
pub fn write_exact(line: &mut Vec<u8>, value: f64) {
    let _ = if !value.is_finite() {
        Ok(())
    } else if value != 0.0 && !(1e-5..1e15).contains(&value.abs()) {
        write!(line, "{value:e}")
    } else {
        write!(line, "{value}")
    };
}

fn grouped(digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(fixed(-1234.5, 1), "−1234.5");
        assert_eq!(fixed(12_345_678.0, 0), "12\u{2009}345\u{2009}678");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(f64::NAN, 2), "–");
        assert_eq!(scientific(-1.23e-12), "−1.2×10⁻¹²");
        assert_eq!(scientific(4.5e6), "4.5×10⁶");
        assert_eq!(whole(2024), "2024");
    }

    #[test]
    fn exact_digits_come_back() {
        for x in [0.1 + 0.2, 1e-12, 1e300, -7.25, 0.0, 123_456_789.123] {
            assert_eq!(exact(x).parse::<f64>().unwrap(), x);
        }
        assert_eq!(exact(f64::NAN), "");
    }
}
