//! The page: whole, safe, the same every time.

use study::{finding::Weight, result::StudyResult, text::Text};

use crate::{fixture, markup};

fn page(study: &StudyResult) -> String {
    let room = tempfile::tempdir().unwrap();
    report::write(study, &room.path().join("report")).unwrap();
    std::fs::read_to_string(room.path().join("report/report.html")).unwrap()
}

#[test]
fn tags_balance_and_nothing_comes_from_outside() {
    let html = page(&fixture::study());
    markup::balanced(&html);
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        let count = html.matches(outside).count();
        assert_eq!(count, 0, "{outside}");
    }
    assert!(!html.contains("NaN"));
}

#[test]
fn identifiers_are_unique_and_links_lead_somewhere() {
    let html = page(&fixture::study());
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|s| s.split('"').next()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    for link in html.split("href=\"#").skip(1).filter_map(|s| s.split('"').next()) {
        assert!(ids.contains(&link), "{link}");
    }
}

#[test]
fn parts_stand_in_order() {
    let html = page(&fixture::study());
    let places: Vec<usize> = [
        "<h1>",
        "id=\"summary\"",
        "id=\"section-1\"",
        "id=\"section-2\"",
        "id=\"findings\"",
        "id=\"methods\"",
        "id=\"sources\"",
        "id=\"checks\"",
        "id=\"manifest\"",
    ]
    .iter()
    .map(|part| html.find(part).unwrap_or_else(|| panic!("{part}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(html.find("AU003").unwrap() < html.find("CI010").unwrap(), "errors come first");
    assert_eq!(html.matches("<figure").count(), 12);
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "<b>&\"'</script><script>alert(1)</script>";
    let mut study = fixture::study();
    study.title = Text::plain(hostile);
    study.subtitle = Text::new(hostile, hostile);
    study.sections[0].title = Text::plain(hostile);
    study.sections[0].text = Text::plain(hostile);
    study.units[0].id = hostile.into();
    study.units[0].label = Text::new(hostile, format!("{hostile}中"));
    study.units[0].group = hostile.into();
    study.tiles[0].unit = hostile.into();
    study.tiles[0].label = Text::plain(hostile);
    study.findings[0].code = hostile.into();
    study.findings[0].weight = Weight::Error;
    study.sources[0].name = hostile.into();
    study.sources[0].variables[0].formula = hostile.into();
    study.manifest.version = hostile.into();
    for step in &mut study.steps {
        step.options = format!("{{\"x\": \"{hostile}\"}}");
        step.method = hostile.into();
        step.title = Text::plain(hostile);
        step.output.summary[0] = Text::plain(hostile);
        for figure in &mut step.output.figures {
            figure.title = Text::plain(hostile);
            fixture::rename(figure, "Heilongjiang", hostile);
        }
        for table in &mut step.output.tables {
            table.id = hostile.into();
            table.columns[0].name = hostile.into();
            table.columns[0].label = Text::plain(hostile);
        }
    }
    let html = page(&study);
    markup::balanced(&html);
    assert!(!html.contains("<b>&"));
    assert!(!html.contains("<script>alert"));
    // Three script elements of ours, no more.
    assert_eq!(html.matches("</script>").count(), 3);
}

#[test]
fn one_language_leaves_no_trace_of_the_other() {
    let mut study = fixture::study();
    study.languages = vec![study::text::Language::Zh];
    let html = page(&study);
    markup::balanced(&html);
    assert!(!html.contains("class=\"en\""));
    assert!(!html.contains("data-lang=\""));
    assert!(html.contains("<html lang=\"zh-CN\" class=\"show-zh\">"));
}

#[test]
fn an_empty_study_is_a_page() {
    let mut study = fixture::study();
    study.sections.clear();
    study.steps.clear();
    study.units.clear();
    study.tiles.clear();
    study.findings.clear();
    study.sources.clear();
    markup::balanced(&page(&study));
}
