//! The subset of Markdown that method pages use: headings, paragraphs, lists, code, bold, emphasis.

use crate::draw::svg::escape;

/// HTML of the text; headings begin at `level`.
pub fn html(text: &str, level: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut list: Option<&str> = None;
    let mut code: Option<String> = None;
    for line in text.lines() {
        if let Some(block) = &mut code {
            if line.trim_start().starts_with("```") {
                out.push_str(&format!("<pre><code>{}</code></pre>", lines_escaped(block)));
                code = None;
            } else {
                block.push_str(line);
                block.push('\n');
            }
            continue;
        }
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            close(&mut out, &mut paragraph, &mut list);
            code = Some(String::new());
        } else if trimmed.is_empty() {
            // A list goes on over blank lines until another block begins.
            close(&mut out, &mut paragraph, &mut None);
        } else if let Some((depth, words)) = heading(trimmed) {
            close(&mut out, &mut paragraph, &mut list);
            let tag = (level + depth.saturating_sub(1)).clamp(1, 6);
            out.push_str(&format!("<h{tag}>{}</h{tag}>", inline(words)));
        } else if let Some((kind, words)) = item(trimmed) {
            close(&mut out, &mut paragraph, &mut None);
            if list != Some(kind) {
                close(&mut out, &mut paragraph, &mut list);
                out.push_str(&format!("<{kind}>"));
                list = Some(kind);
            }
            out.push_str(&format!("<li>{}</li>", inline(words)));
        } else if list.is_some() && line.starts_with(' ') && out.ends_with("</li>") {
            out.truncate(out.len() - "</li>".len());
            out.push_str(&format!(" {}</li>", inline(trimmed)));
        } else {
            if list.is_some() {
                close(&mut out, &mut paragraph, &mut list);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    if let Some(block) = code {
        out.push_str(&format!("<pre><code>{}</code></pre>", lines_escaped(&block)));
    }
    close(&mut out, &mut paragraph, &mut list);
    out
}

fn close(out: &mut String, paragraph: &mut String, list: &mut Option<&str>) {
    if !paragraph.is_empty() {
        out.push_str(&format!("<p>{}</p>", inline(paragraph)));
        paragraph.clear();
    }
    if let Some(kind) = list.take() {
        out.push_str(&format!("</{kind}>"));
    }
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let depth = line.bytes().take_while(|b| *b == b'#').count();
    let rest = line.get(depth..)?;
    ((1..=6).contains(&depth) && rest.starts_with(' ')).then(|| (depth, rest.trim()))
}

fn item(line: &str) -> Option<(&'static str, &str)> {
    if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(("ul", rest));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits) {
        return line.get(digits..)?.strip_prefix(". ").map(|rest| ("ol", rest));
    }
    None
}

/// Inline code, bold and emphasis; everything else is escaped.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (i, part) in text.split('`').enumerate() {
        let closed = i % 2 == 1 && text.matches('`').count() > i;
        if closed {
            out.push_str(&format!("<code>{}</code>", escape(part)));
        } else {
            if i % 2 == 1 {
                out.push('`');
            }
            out.push_str(&spans(&escape(part), "**", "strong", |rest| spans(rest, "*", "em", str::to_owned)));
        }
    }
    out
}

/// Wraps what stands between pairs of a mark; a mark next to a space (a product, a footnote) is left.
fn spans(text: &str, mark: &str, tag: &str, inner: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(mark) {
        let after = &rest[start + mark.len()..];
        let end = after.find(mark).filter(|&e| e > 0 && !after.starts_with(' ') && !after[..e].ends_with(' '));
        let Some(end) = end else {
            out.push_str(&inner(&rest[..start]));
            out.push_str(mark);
            rest = after;
            continue;
        };
        out.push_str(&inner(&rest[..start]));
        out.push_str(&format!("<{tag}>{}</{tag}>", inner(&after[..end])));
        rest = &after[end + mark.len()..];
    }
    out.push_str(&inner(rest));
    out
}

fn lines_escaped(text: &str) -> String {
    text.trim_end().lines().map(escape).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn the_subset_renders() {
        assert_eq!(
            html("## Model\n\nA **bold** `x < y`\nline.", 3),
            "<h4>Model</h4><p>A <strong>bold</strong> <code>x &lt; y</code> line.</p>"
        );
        assert_eq!(html("- one\n- two\n  more\n\nend", 3), "<ul><li>one</li><li>two more</li></ul><p>end</p>");
        assert_eq!(html("1. a\n2. b", 3), "<ol><li>a</li><li>b</li></ol>");
        assert_eq!(html("```\na <b>\n```", 3), "<pre><code>a &lt;b&gt;</code></pre>");
    }

    #[test]
    fn nothing_slips_through() {
        assert_eq!(html("<script>alert(1)</script>", 3), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        assert_eq!(html("a * b ** c", 3), "<p>a * b ** c</p>");
    }
}
