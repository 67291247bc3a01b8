//! The page: one self-contained HTML file in both languages.

mod parts;
mod table;
mod view;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, Value, context};
use study::{
    finding::Finding,
    result::StudyResult,
    text::{Language, Text},
};
use words::Words;

use crate::{
    Units,
    draw::{self, svg::escape},
    files::Names,
};

/// Findings about the data, then those of each step with its name.
pub(crate) fn findings(result: &StudyResult) -> impl Iterator<Item = (&str, &Finding)> {
    let data = result.findings.iter().map(|f| ("", f));
    data.chain(result.steps.iter().flat_map(|s| s.output.findings.iter().map(|f| (s.id.as_str(), f))))
}

/// The page of a result.
pub(crate) fn html(result: &StudyResult, units: &Units, names: &Names) -> Result<String, minijinja::Error> {
    let words = Words::new(&result.languages);
    let mut environment = Environment::new();
    environment.add_template("page.html", include_str!("page.html"))?;
    environment.add_function("t", move |en: &str, zh: &str| Value::from_safe_string(words.text(&Text::new(en, zh))));
    let (context, shown) = view::View::new(result, units, names, words).context();
    let first = words.first();
    environment.get_template("page.html")?.render(context! {
        lang => if first == Language::Zh { "zh" } else { "en" },
        bilingual => words.bilingual(),
        title_text => result.title.get(first),
        title => safe(words.text(&result.title)),
        titles => safe(data(&[&result.title.en, result.title.get(Language::Zh)])),
        subtitle => safe(words.text(&result.subtitle)),
        style => safe(include_str!("page.css").to_owned()),
        figure_style => safe(draw::STYLE.to_owned()),
        script => safe(include_str!("page.js").to_owned()),
        data => safe(page_data(result, units, &shown)),
        ..context
    })
}

fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}

/// JSON that may stand inside a script element.
fn data<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()).replace('<', "\\u003c")
}

/// What the page's script knows of the units that the page shows: labels, and the profile of each in the heatmaps.
fn page_data(result: &StudyResult, units: &Units, shown: &BTreeSet<String>) -> String {
    let shown = |id: &str| shown.contains(&*escape(id));
    let labels: BTreeMap<&str, [String; 2]> = result
        .units
        .iter()
        .filter(|u| shown(&u.id))
        .map(|u| {
            let label = units.label(&u.id);
            let zh = label.get(Language::Zh).to_owned();
            (u.id.as_str(), [label.en, zh])
        })
        .collect();
    data(&serde_json::json!({ "units": labels, "profiles": parts::profiles(result, shown) }))
}
