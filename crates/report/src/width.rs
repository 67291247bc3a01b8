//! How wide words are: in em for figures, in columns for terminals.

/// Whether a character fills a square: CJK, kana, hangul, full-width forms.
pub fn wide(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD)
}

/// Width in em of a sans-serif face, a little generous.
pub fn em(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            c if wide(c) => 1.0,
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 0.28,
            'f' | 't' | 'r' | 'I' | '(' | ')' | ' ' | '-' => 0.36,
            '\u{2009}' => 0.2,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.86,
            'A'..='Z' => 0.66,
            _ => 0.56,
        })
        .sum()
}

/// Width in terminal columns.
pub fn columns(text: &str) -> usize {
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// The text, shortened with an ellipsis to at most `limit` em.
pub fn fit(text: &str, limit: f64) -> String {
    if em(text) <= limit + 1e-6 {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if em(&out) + em(c.encode_utf8(&mut [0; 4])) > limit - 1.0 {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end())
}

/// Lines of at most `limit` em, broken at spaces and between wide characters; the last of `most`
/// lines is shortened.
pub fn wrap(text: &str, limit: f64, most: usize) -> Vec<String> {
    let mut pieces: Vec<String> = vec![String::new()];
    for c in text.chars() {
        let last = pieces.len() - 1;
        let after_wide = || c.is_alphanumeric() && pieces[last].chars().last().is_some_and(wide);
        if wide(c) || c == ' ' || after_wide() {
            pieces.push(c.to_string());
        } else {
            pieces[last].push(c);
        }
    }
    let mut lines: Vec<String> = vec![String::new()];
    for piece in pieces {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines.len() < most && em(&lines[last]) + em(&piece) > limit {
            lines.push(piece.trim_start().to_owned());
        } else {
            lines[last].push_str(&piece);
        }
    }
    lines.iter().map(|l| fit(l.trim(), limit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_double() {
        assert_eq!(columns("北京 GDP"), 8);
        assert!(em("北京") > em("ab"));
    }

    #[test]
    fn wrapping_keeps_every_line_within_the_limit() {
        for text in
            ["Labour productivity and capital deepening", "全要素生产率的增长分解结果", "Averyverylongwordwithoutanybreak"]
        {
            for line in wrap(text, 8.0, 3) {
                assert!(em(&line) <= 8.0, "{line}");
            }
        }
    }
}
