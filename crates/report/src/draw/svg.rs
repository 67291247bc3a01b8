//! A small builder of SVG text: escaping, rounding, words in one or both languages.

use std::fmt::Write;

use study::text::{Language, Text};

use crate::width;

/// Width of every figure in user units.
pub const WIDTH: f64 = 760.0;

/// Size of ordinary figure text.
pub const SIZE: f64 = 12.0;

/// Where a figure is to stand.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Languages drawn; with two, each text carries its language as a class.
    pub languages: Vec<Language>,
    /// A file of its own (with its style and native titles) rather than part of the page.
    pub standalone: bool,
}

/// An attribute's value.
pub trait Value {
    /// Appends the escaped value.
    fn put(&self, out: &mut String);
}

impl Value for f64 {
    fn put(&self, out: &mut String) {
        let rounded = if self.is_finite() { (self * 100.0).round() / 100.0 } else { 0.0 };
        let _ = write!(out, "{}", if rounded == 0.0 { 0.0 } else { rounded });
    }
}

impl Value for &str {
    fn put(&self, out: &mut String) {
        out.push_str(&escape(self));
    }
}

impl Value for String {
    fn put(&self, out: &mut String) {
        out.push_str(&escape(self));
    }
}

/// The text with `<`, `>`, `&` and quotes as entities; characters XML forbids are dropped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A figure being drawn.
#[derive(Debug)]
pub struct Canvas {
    body: String,
    /// Where it is to stand.
    pub setting: Setting,
}

/// Where a text hangs on its point.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// Attributes of an element.
pub type Attributes<'a> = &'a [(&'a str, &'a dyn Value)];

impl Canvas {
    /// An empty canvas.
    pub fn new(setting: Setting) -> Self {
        Self { body: String::new(), setting }
    }

    /// An element without content.
    pub fn leaf(&mut self, name: &str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.body.push_str("/>");
    }

    /// Opens an element; [`Canvas::close`] ends it.
    pub fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.body.push('>');
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) {
        let _ = write!(self.body, "</{name}>");
    }

    /// Opens the group of a unit's mark; `tip` is what is said when it is pointed at.
    pub fn unit(&mut self, id: &str, label: &Text, tip: &Text, extra: Attributes<'_>) {
        let mut attributes: Vec<(&str, &dyn Value)> = vec![("class", &"u"), ("data-unit", &id)];
        attributes.extend_from_slice(extra);
        if self.setting.standalone {
            self.open("g", &[("data-unit", &id)]);
            let language = self.first();
            let _ = write!(self.body, "<title>{}: {}</title>", escape(label.get(language)), escape(tip.get(language)));
        } else {
            let (en, zh) = (tip.en.as_str(), tip.zh.as_str());
            attributes.push(("data-en", &en));
            if !zh.is_empty() {
                attributes.push(("data-zh", &zh));
            }
            self.open("g", &attributes);
        }
    }

    /// Opens the group of a mark that is no unit's.
    pub fn mark(&mut self, tip: &Text) {
        if self.setting.standalone {
            self.open("g", &[]);
            let _ = write!(self.body, "<title>{}</title>", escape(tip.get(self.first())));
        } else {
            self.open("g", &[("class", &"mark"), ("data-en", &tip.en.as_str()), ("data-zh", &tip.get(Language::Zh))]);
        }
    }

    /// The first language.
    pub fn first(&self) -> Language {
        self.setting.languages.first().copied().unwrap_or_default()
    }

    /// A text in every language of the setting.
    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &Text, extra: Attributes<'_>) {
        let languages = self.setting.languages.clone();
        if languages.len() > 1 && !text.zh.is_empty() && text.zh != text.en {
            for language in languages {
                let class = format!("{class} {}", tag(language));
                self.word(x, y, anchor, class.trim(), text.get(language), extra);
            }
        } else {
            self.word(x, y, anchor, class, text.get(self.first()), extra);
        }
    }

    /// A text that is the same in all languages.
    pub fn word(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str, extra: Attributes<'_>) {
        if text.is_empty() {
            return;
        }
        let mut attributes: Vec<(&str, &dyn Value)> = vec![("x", &x), ("y", &y)];
        let name = anchor.name();
        if !matches!(anchor, Anchor::Start) {
            attributes.push(("text-anchor", &name));
        }
        if !class.is_empty() {
            attributes.push(("class", &class));
        }
        attributes.extend_from_slice(extra);
        self.open("text", &attributes);
        self.body.push_str(&escape(text));
        self.close("text");
    }

    /// Draws once per language, each inside a group of its language, for layouts that depend on the
    /// length of words. Returns the largest result.
    pub fn each(&mut self, mut draw: impl FnMut(&mut Self, Language) -> f64) -> f64 {
        let languages = self.setting.languages.clone();
        let mut most = 0.0_f64;
        for &language in &languages {
            if languages.len() > 1 {
                self.open("g", &[("class", &tag(language))]);
            }
            most = most.max(draw(self, language));
            if languages.len() > 1 {
                self.close("g");
            }
        }
        most
    }

    /// Width of the longest of the texts in any language drawn, in user units at [`SIZE`].
    pub fn longest<'a>(&self, texts: impl IntoIterator<Item = &'a Text>) -> f64 {
        let mut most = 0.0_f64;
        for text in texts {
            for &language in &self.setting.languages {
                most = most.max(width::em(text.get(language)) * SIZE);
            }
        }
        most
    }

    /// A line.
    pub fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, class: &str) {
        self.leaf("line", &[("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2), ("class", &class)]);
    }

    /// The finished figure.
    pub fn finish(self, height: f64, title: &Text, style: &str) -> String {
        let language = self.first();
        let full = height + 2.0;
        let label = escape(title.get(language));
        let zh = escape(title.get(Language::Zh));
        let head = if self.setting.standalone {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 -2 {WIDTH} {full:.0}\" width=\"{WIDTH}\" height=\"{full:.0}\" role=\"img\" aria-label=\"{label}\" class=\"chart\"><title>{label}</title><style>{style}</style><rect y=\"-2\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
            )
        } else {
            format!(
                "<svg viewBox=\"0 -2 {WIDTH} {full:.0}\" role=\"img\" aria-label=\"{label}\" data-label-en=\"{}\" data-label-zh=\"{zh}\" class=\"chart\">",
                escape(title.get(Language::En))
            )
        };
        format!("{head}{}</svg>", self.body)
    }

    fn tag(&mut self, name: &str, attributes: Attributes<'_>) {
        self.body.push('<');
        self.body.push_str(name);
        for (key, value) in attributes {
            let _ = write!(self.body, " {key}=\"");
            value.put(&mut self.body);
            self.body.push('"');
        }
    }
}

/// Class of a language.
pub fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh",
    }
}

/// The text, each language shortened to `limit` user units at [`SIZE`].
pub fn fitted(text: &Text, limit: f64) -> Text {
    Text::new(width::fit(&text.en, limit / SIZE), width::fit(&text.zh, limit / SIZE))
}
