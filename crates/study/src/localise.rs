//! Gives words of the data (group names) their Chinese in the texts that methods made from them.

use std::collections::BTreeMap;

use crate::{figure::Chart, method::Output, table::Cells, text::Text};

/// A hyphen before a number that starts a word is a minus sign.
fn minus(text: &mut String) {
    let mut before = ' ';
    let chars: Vec<char> = text.chars().collect();
    let sign = |i: usize, before: char| {
        chars[i] == '-'
            && (before.is_whitespace() || "(（".contains(before))
            && chars.get(i + 1).is_some_and(char::is_ascii_digit)
    };
    if chars.contains(&'-') {
        *text = (0..chars.len())
            .map(|i| {
                let c = if sign(i, before) { '−' } else { chars[i] };
                before = chars[i];
                c
            })
            .collect();
    }
}

/// Fills in the Chinese of every text that is exactly one of the labels, and sets minus signs.
pub fn localise(output: &mut Output, labels: &BTreeMap<String, String>) {
    let sentences = output.summary.iter_mut().chain(output.findings.iter_mut().map(|f| &mut f.message));
    sentences.flat_map(|t| [&mut t.en, &mut t.zh]).for_each(minus);
    if labels.is_empty() {
        return;
    }
    let fill = |text: &mut Text| {
        if text.zh.is_empty()
            && let Some(zh) = labels.get(&text.en)
        {
            text.zh.clone_from(zh);
        }
    };
    // Sentences mention group names among other words: there, every label inside the Chinese is replaced.
    let weave = |text: &mut Text| {
        for (en, zh) in labels {
            if text.zh.contains(en.as_str()) {
                text.zh = text.zh.replace(en.as_str(), zh);
            }
        }
    };
    output.summary.iter_mut().for_each(weave);
    for f in &mut output.findings {
        weave(&mut f.place);
        weave(&mut f.message);
    }
    for v in &mut output.variables {
        fill(&mut v.label);
    }
    for t in &mut output.tables {
        for c in &mut t.columns {
            fill(&mut c.label);
            if let Cells::Text(texts) = &mut c.cells {
                texts.iter_mut().for_each(fill);
            }
        }
    }
    for f in &mut output.figures {
        weave(&mut f.title);
        match &mut f.chart {
            Chart::Lines(l) => l.series.iter_mut().filter(|s| !s.unit).for_each(|s| fill(&mut s.name)),
            Chart::Heatmap(h) => {
                h.columns.iter_mut().for_each(fill);
                if !h.rows_are_units {
                    h.rows.iter_mut().for_each(fill);
                }
            }
            Chart::Stack(s) => {
                s.parts.iter_mut().for_each(|p| fill(&mut p.0));
                if !s.categories_are_units {
                    s.categories.iter_mut().for_each(fill);
                }
            }
            Chart::Scatter(s) => s.classes.iter_mut().for_each(fill),
            Chart::Curves(c) => c.curves.iter_mut().for_each(|c| fill(&mut c.0)),
            Chart::Bars(b) if !b.items_are_units => b.items.iter_mut().for_each(|i| fill(&mut i.0)),
            Chart::Bars(_) | Chart::Tiles(_) | Chart::Ranking(_) | Chart::Tree(_) | Chart::Radar(_) | Chart::Slope(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_signs_are_set_and_hyphens_stay() {
        let mut text = "From 2019-2023 it fell (-0.5 %, CI010-2) by -1.64% to x-1 - 2.".to_owned();
        minus(&mut text);
        assert_eq!(text, "From 2019-2023 it fell (−0.5 %, CI010-2) by −1.64% to x-1 - 2.");
    }
}
