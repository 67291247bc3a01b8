//! Human Development Index and Technology Achievement Index as published.

use std::path::Path;

use index::{Aggregation, Data, Direction, Framework, Goalposts, Indicator, Node, Recipe, composite::Composite, evaluate};

use super::{Case, Row, half, said};

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let hdi = Case::at("hdi", "UNDP, Human Development Report 2023/24, 2010-2022", dir.join("hdi"));
    let tai = Case::at("tai", "UNDP, Human Development Report 2001, table A2.1", dir.join("tai"));
    vec![
        hdi.part("2,496 country-years", "composite index", half(3), |d| {
            let table = hdi.table("hdi_panel_2010_2022.csv")?;
            let (units, periods) = (table.text("iso3")?, table.periods("year")?);
            let columns = [
                table.numbers("life")?,
                table.numbers("eys")?,
                table.numbers("mys")?,
                table.numbers("gnipc")?.into_iter().map(f64::ln).collect(),
            ];
            let node = |id: &str, indicators| Node { id: id.into(), indicators, ..Node::default() };
            let education = vec![leaf("expected", 0.0, 18.0), leaf("mean", 0.0, 15.0)];
            let nodes = vec![
                node("health", vec![leaf("life", 20.0, 85.0)]),
                Node { aggregation: Some(Aggregation::Arithmetic), ..node("education", education) },
                node("income", vec![leaf("ln_income", 100_f64.ln(), 75_000_f64.ln())]),
            ];
            let recipe = Recipe { aggregation: Aggregation::Geometric, floor: 0.0, ..Recipe::default() };
            let index = score(nodes, &units, &periods, &columns, recipe)?;
            let published = table.numbers("hdi")?;
            d.length("country-years", index.normalised.units.len(), published.len());
            for ((unit, period), expected) in units.iter().zip(&periods).zip(published) {
                d.value(&format!("{unit} {period}"), of(&index, unit, *period), expected);
            }
            Ok(())
        }),
        tai.part("23 countries (royalties of Singapore 0, as in the report)", "composite index", 0.0015, |d| {
            let table = tai.table("tai_23.csv")?;
            let units = table.text("country")?;
            let mut columns: Vec<Vec<f64>> =
                table.names[1..9].iter().map(|name| table.numbers(name)).collect::<Result<_, _>>()?;
            let singapore = units.iter().position(|u| *u == "Singapore").ok_or("no Singapore")?;
            columns[1][singapore] = 0.0;
            // Technical note 2: observed extremes of all countries; telephones and electricity in logarithms, cut at
            // the OECD average.
            let posts = [
                (0.0, 994.0),
                (0.0, 272.6),
                (0.0, 232.4),
                (0.0, 80.8),
                (0.0, 901_f64.log10()),
                (22_f64.log10(), 6969_f64.log10()),
                (0.8, 12.0),
                (0.1, 27.4),
            ];
            let pair = |k: usize| {
                let indicators = (2 * k..2 * k + 2).map(|j| leaf(&format!("i{j}"), posts[j].0, posts[j].1)).collect();
                Node { id: format!("d{k}"), indicators, ..Node::default() }
            };
            let periods = vec![2001; units.len()];
            let index = score((0..4).map(pair).collect(), &units, &periods, &columns, Recipe::default())?;
            for (unit, expected) in units.iter().zip(table.numbers("tai_published_hdr2001")?) {
                d.value(unit, of(&index, unit, 2001), expected);
            }
            Ok(())
        }),
    ]
}

fn leaf(id: &str, low: f64, high: f64) -> Indicator {
    Indicator {
        id: id.into(),
        formula: id.into(),
        direction: Direction::Positive,
        goalposts: Some((low, high)),
        ..Indicator::default()
    }
}

fn score(nodes: Vec<Node>, units: &[&str], periods: &[i32], columns: &[Vec<f64>], recipe: Recipe) -> Result<Composite, String> {
    let units: Vec<String> = units.iter().map(|u| (*u).to_owned()).collect();
    let framework = Framework { root: Node { id: "index".into(), nodes, ..Node::default() } };
    let recipe = Recipe { goalposts: Goalposts::Fixed, ..recipe };
    evaluate(&framework, &Data { units: &units, periods, columns, groups: &[] }, &recipe).map_err(said)
}

/// Score of a row; rows are sorted by unit, then period.
fn of(index: &Composite, unit: &str, period: i32) -> f64 {
    let n = &index.normalised;
    let key = |i: usize| (n.units[i].as_str(), n.periods[i]);
    let rows: Vec<usize> = (0..n.units.len()).collect();
    rows.binary_search_by(|&i| key(i).cmp(&(unit, period))).map_or(f64::NAN, |i| index.scores[0][i])
}
