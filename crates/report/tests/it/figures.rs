//! Every form of chart, with every kind of number.

use report::Units;
use study::{
    figure::*,
    text::{Language, Text},
};

use crate::{fixture, markup};

fn units() -> Units {
    let study = fixture::study();
    Units::new(&study.units, &study.tiles)
}

fn label() -> Text {
    Text::new("value", "数值")
}

/// All forms showing these numbers.
fn forms(values: &[f64]) -> Vec<Chart> {
    let id = |i: usize| fixture::PROVINCES[i % 31].0.to_owned();
    let text = |i: usize| Text::plain(id(i));
    let n = values.len();
    let row = |i: usize| RankingRow { unit: id(i), value: values[i], low: values[i] - 1.0, high: f64::NAN, ranks: (1, n) };
    let series =
        |unit| Series { name: text(3), unit, values: values.to_vec(), band: values.iter().map(|v| (*v, v * 2.0)).collect() };
    let scales = [
        Scale::Sequential,
        Scale::Diverging { middle: 0.0 },
        Scale::Diverging { middle: f64::NAN },
        Scale::Classes { names: vec![label()], ordered: true },
        Scale::Classes { names: Vec::new(), ordered: false },
        Scale::Lisa,
    ];
    let mut charts: Vec<Chart> = Vec::new();
    for scale in scales {
        charts.push(Chart::Tiles(Tiles {
            label: label(),
            decimals: 3,
            scale: scale.clone(),
            frames: vec![Frame { label: "2020".into(), values: values.iter().enumerate().map(|(i, v)| (id(i), *v)).collect() }],
        }));
        charts.push(Chart::Heatmap(Heatmap {
            label: label(),
            decimals: 1,
            scale,
            rows: (0..n).map(text).collect(),
            rows_are_units: n.is_multiple_of(2),
            columns: (0..n).map(text).collect(),
            values: (0..n).map(|_| values.to_vec()).collect(),
        }));
    }
    charts.extend([
        Chart::Tiles(Tiles { label: label(), decimals: 0, scale: Scale::Sequential, frames: Vec::new() }),
        Chart::Ranking(Ranking { label: label(), decimals: 2, interval: label(), rows: (0..n).map(row).collect() }),
        Chart::Lines(Lines {
            label: label(),
            decimals: 2,
            periods: (0..n as i32).collect(),
            series: vec![series(false), series(true)],
            reference: Some(1.0),
        }),
        Chart::Lines(Lines {
            label: label(),
            decimals: 2,
            periods: Vec::new(),
            series: vec![series(true)],
            reference: Some(f64::NAN),
        }),
        Chart::Stack(Stack {
            label: label(),
            decimals: 2,
            categories: (0..n).map(text).collect(),
            categories_are_units: n > 3,
            parts: vec![(label(), values.to_vec()), (text(1), values.iter().map(|v| -v).collect())],
            total: values.to_vec(),
        }),
        Chart::Scatter(Scatter {
            x: label(),
            y: label(),
            decimals: 2,
            classes: vec![Text::default()],
            points: values.iter().enumerate().map(|(i, v)| Point { unit: id(i), x: *v, y: -v, class: i * 7 }).collect(),
            line: Some((values.first().copied().unwrap_or(0.0), f64::NAN, label())),
            cross: n.is_multiple_of(2),
        }),
        Chart::Bars(Bars {
            label: label(),
            decimals: 2,
            items: (0..n).map(|i| (text(i), values[i])).collect(),
            items_are_units: true,
        }),
        Chart::Curves(Curves {
            x: label(),
            y: label(),
            grid: (0..n).map(|i| i as f64).collect(),
            curves: vec![(label(), values.to_vec()), (Text::default(), values.iter().map(|v| -v).collect())],
        }),
        Chart::Curves(Curves { x: label(), y: label(), grid: values.to_vec(), curves: vec![(text(1), values.to_vec())] }),
        Chart::Tree(Tree { label: label(), decimals: 1, parts: parts(values) }),
        Chart::Radar(Radar {
            label: label(),
            decimals: 1,
            axes: (0..n).map(text).collect(),
            reference: (label(), values.to_vec()),
            profiles: (0..n.min(4)).map(|i| Profile { unit: id(i), caption: label(), values: values.to_vec() }).collect(),
        }),
        Chart::Slope(Slope {
            from: label(),
            to: text(2),
            clear: if n.is_multiple_of(2) { label() } else { Text::default() },
            rows: (0..n).map(|i| SlopeRow { unit: id(i), from: i + 1, to: n - i, clear: i % 3 == 0 }).collect(),
        }),
    ]);
    charts
}

/// A tree with these shares, every third part below the one before.
fn parts(values: &[f64]) -> Vec<Part> {
    let whole = Part { name: label(), parent: None, share: 100.0 };
    let part = |(i, share): (usize, &f64)| {
        let parent = if i % 3 == 2 { i } else { i / 3 * 2 };
        Part { name: Text::plain(format!("part {i}")), parent: Some(parent.min(i)), share: *share }
    };
    std::iter::once(whole).chain(values.iter().enumerate().map(part)).collect()
}

#[test]
fn every_form_draws_every_kind_of_number() {
    let units = units();
    let cases: Vec<Vec<f64>> = vec![
        vec![],
        vec![3.0],
        vec![0.0, 0.0],
        vec![f64::NAN],
        vec![f64::NAN, 1.0, f64::INFINITY],
        vec![-3.0, -1.0, 2.0],
        vec![1e12, 3e12],
        vec![1e-12, -4e-12],
        vec![f64::MAX, f64::MIN, f64::MIN_POSITIVE],
        (0..150).map(|i| fixture::number(i, 3) - 0.5).collect(),
    ];
    for values in cases {
        for chart in forms(&values) {
            let figure = Figure { id: "f".into(), title: label(), note: Text::default(), chart };
            for language in [Language::En, Language::Zh] {
                let svg = report::svg(&figure, &units, language);
                markup::balanced(&svg);
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{values:?}: {:?}", figure.chart);
            }
        }
    }
}

#[test]
fn a_file_speaks_one_language_and_says_so_in_titles() {
    let units = units();
    for figure in fixture::figures() {
        let en = report::svg(&figure, &units, Language::En);
        let zh = report::svg(&figure, &units, Language::Zh);
        assert!(en.contains("xmlns=\"http://www.w3.org/2000/svg\"") && en.contains("<style>"));
        assert!(!en.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{}", figure.id);
        assert!(zh.contains(&figure.title.zh));
        assert!(!en.contains("class=\"en\"") && !en.contains("quiet\""));
    }
}

#[test]
fn every_unit_of_a_figure_carries_its_identifier() {
    let units = units();
    for figure in
        fixture::figures().iter().filter(|f| ["map", "ranking", "profile", "trend", "units", "moran"].contains(&f.id.as_str()))
    {
        let svg = report::svg(figure, &units, Language::En);
        for province in fixture::PROVINCES {
            assert!(svg.contains(&format!("data-unit=\"{}\"", province.0)), "{} {}", figure.id, province.0);
        }
    }
}

/// Sixty indicators in uneven depth, long names in both languages: every row has a place of its own.
#[test]
fn a_large_tree_keeps_its_rows_apart() {
    let mut all = vec![Part { name: label(), parent: None, share: 100.0 }];
    for d in 0..6 {
        let name = Text::new(format!("Science, technology and innovation {d}"), format!("科技创新与产业创新深度融合{d}"));
        let dimension = all.len();
        all.push(Part { name: name.clone(), parent: Some(0), share: 100.0 / 6.0 });
        let parent = if d % 2 == 0 {
            all.push(Part { name: name.clone(), parent: Some(dimension), share: 100.0 / 6.0 });
            dimension + 1
        } else {
            dimension
        };
        all.extend((0..10).map(|_| Part { name: name.clone(), parent: Some(parent), share: 100.0 / 60.0 }));
    }
    for language in [Language::En, Language::Zh] {
        let tree = Tree { label: label(), decimals: 1, parts: all.clone() };
        let figure = Figure { id: "f".into(), title: label(), note: Text::default(), chart: Chart::Tree(tree) };
        let svg = report::svg(&figure, &units(), language);
        let bars: Vec<(f64, f64)> = svg
            .split("<rect ")
            .filter(|r| r.contains("height=\"12\""))
            .map(|r| (attribute(r, "y"), attribute(r, "x") + attribute(r, "width")))
            .collect();
        assert_eq!(bars.len(), 60);
        assert!(bars.windows(2).all(|w| w[1].0 - w[0].0 >= 20.0), "{bars:?}");
        assert!(bars.iter().all(|b| b.1 < 740.0));
    }
}

fn attribute(element: &str, name: &str) -> f64 {
    let rest = element.split(&format!("{name}=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// More leaves than a page bears: the parts above them stand for them, and that is said.
#[test]
fn a_tree_that_is_too_large_is_summed_up() {
    let mut parts = vec![Part { name: label(), parent: None, share: 100.0 }];
    for d in 0..3 {
        let at = parts.len();
        parts.push(Part { name: Text::plain(format!("dimension {d}")), parent: Some(0), share: 33.0 });
        parts.extend((0..50).map(|_| Part { name: label(), parent: Some(at), share: 0.66 }));
    }
    let tree = Tree { label: label(), decimals: 1, parts };
    let mut study = fixture::study();
    study.steps[0].output.figures[0].chart = Chart::Tree(tree);
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("report");
    report::write(&study, &out).unwrap();
    let html = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(html.contains("The 150 lowest parts are summed up one level higher"), "not said");
    assert!(html.contains("dimension 2"));
}
