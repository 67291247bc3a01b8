//! Words in both languages of a report.

use serde::{Deserialize, Serialize};

/// A text in English and Chinese. An empty Chinese text falls back to the English one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// A language of reports and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Text {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// A name, symbol or formula that reads the same in both languages.
    pub fn plain(both: impl Into<String>) -> Self {
        Self { en: both.into(), zh: String::new() }
    }

    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh if !self.zh.is_empty() => &self.zh,
            _ => &self.en,
        }
    }

    /// The text in English and in Chinese, to be set into sentences.
    pub fn both(&self) -> (String, String) {
        (self.get(Language::En).to_owned(), self.get(Language::Zh).to_owned())
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.is_empty()
    }
}

/// A p-value after the letter: `= 0.0312`, or `< 0.0001`.
pub(crate) fn p_value(p: f64) -> String {
    if p < 1e-4 { "< 0.0001".to_owned() } else { format!("= {p:.4}") }
}

/// A sentence with a capital letter first.
pub(crate) fn capital(sentence: impl AsRef<str>) -> String {
    let mut letters = sentence.as_ref().chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}
