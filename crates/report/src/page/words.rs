//! Words on the page: both languages side by side, one of them hidden by the style.

use study::text::{Language, Text};

use crate::{draw::svg::escape, markdown};

/// Languages of a page.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    first: Language,
    bilingual: bool,
}

impl Words {
    /// From the languages of a study.
    pub fn new(languages: &[Language]) -> Self {
        let first = languages.first().copied().unwrap_or_default();
        Self { first, bilingual: languages.iter().any(|l| *l != first) }
    }

    /// The language shown first.
    pub fn first(self) -> Language {
        self.first
    }

    /// Whether the page holds two languages.
    pub fn bilingual(self) -> bool {
        self.bilingual
    }

    /// The languages, the first first.
    pub fn languages(self) -> Vec<Language> {
        match (self.bilingual, self.first) {
            (false, l) => vec![l],
            (true, Language::En) => vec![Language::En, Language::Zh],
            (true, Language::Zh) => vec![Language::Zh, Language::En],
        }
    }

    /// A text inside a line, escaped.
    pub fn text(self, text: &Text) -> String {
        self.wrap("span", text, escape)
    }

    /// A text with paragraphs, lists and code.
    pub fn block(self, text: &Text, level: usize) -> String {
        self.wrap("div", text, |t| markdown::html(t, level))
    }

    fn wrap(self, tag: &str, text: &Text, inner: impl Fn(&str) -> String) -> String {
        if !self.bilingual || text.zh.is_empty() || text.zh == text.en {
            return inner(text.get(self.first));
        }
        let (en, zh) = (inner(&text.en), inner(&text.zh));
        format!("<{tag} class=\"en\" lang=\"en\">{en}</{tag}><{tag} class=\"zh\" lang=\"zh-CN\">{zh}</{tag}>")
    }
}
