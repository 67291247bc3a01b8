//! Cases of composite indices, weights and coupling.

use std::{collections::BTreeMap, fmt::Display};

use index::{
    Aggregation, Data, Direction, Framework, Goalposts, Indicator, Node, Recipe,
    coupling::{self, CouplingOptions, Formula},
    weights,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::verify::{Differences, Outcome};

#[derive(Deserialize)]
struct Case<M, D, E> {
    model: M,
    data: D,
    expected: E,
}

fn read<M: DeserializeOwned, D: DeserializeOwned, E: DeserializeOwned>(case: &Value) -> Result<Case<M, D, E>, Outcome> {
    Case::deserialize(case).map_err(|e| Outcome::fail("reading", e.to_string()))
}

fn joined<T: Display>(errors: &[T]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[derive(Deserialize)]
struct IndexModel {
    aggregation: Aggregation,
    dimensions: Vec<DimensionModel>,
}

#[derive(Deserialize)]
struct DimensionModel {
    id: String,
    #[serde(default)]
    aggregation: Aggregation,
    indicators: Vec<IndicatorModel>,
}

#[derive(Deserialize)]
struct IndicatorModel {
    id: String,
    direction: Direction,
    #[serde(default)]
    transform: Transform,
    low: f64,
    high: f64,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Transform {
    #[default]
    None,
    Ln,
}

impl Transform {
    fn apply(self, x: f64) -> f64 {
        match self {
            Self::None => x,
            Self::Ln => x.ln(),
        }
    }
}

#[derive(Deserialize)]
struct IndexData {
    units: Vec<String>,
    columns: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Scores {
    score: Vec<f64>,
}

/// An index with declared goalposts and equal weights.
pub fn index(case: &Value) -> Outcome {
    const METHOD: &str = "composite index";
    let case: Case<IndexModel, IndexData, Scores> = match read(case) {
        Ok(case) => case,
        Err(outcome) => return outcome,
    };
    let mut columns = Vec::new();
    let mut nodes = Vec::new();
    for dimension in case.model.dimensions {
        let mut node = Node { id: dimension.id, aggregation: Some(dimension.aggregation), ..Node::default() };
        for i in dimension.indicators {
            let Some(column) = case.data.columns.get(&i.id) else {
                return Outcome::fail(METHOD, format!("no column `{}`", i.id));
            };
            columns.push(column.iter().map(|&x| i.transform.apply(x)).collect());
            node.indicators.push(Indicator {
                label: index::Words::default(),
                description: index::Words::default(),
                formula: i.id.clone(),
                id: i.id,
                direction: i.direction,
                unit: index::Words::default(),
                source: String::new(),
                weight: None,
                goalposts: Some((i.transform.apply(i.low), i.transform.apply(i.high))),
                composite: false,
            });
        }
        nodes.push(node);
    }
    let framework = Framework { root: Node { nodes, ..Node::default() } };
    let recipe = Recipe { goalposts: Goalposts::Fixed, aggregation: case.model.aggregation, floor: 0.0, ..Recipe::default() };
    let periods = vec![0; case.data.units.len()];
    let data = Data { units: &case.data.units, periods: &periods, columns: &columns };
    match index::evaluate(&framework, &data, &recipe) {
        Ok(result) => {
            let expected: BTreeMap<&str, f64> =
                case.data.units.iter().map(String::as_str).zip(case.expected.score.iter().copied()).collect();
            let mut differences = Differences::default();
            differences.length("score", result.normalised.units.len(), case.expected.score.len());
            for (unit, score) in result.normalised.units.iter().zip(result.scores.first().into_iter().flatten()) {
                differences.value(unit, *score, expected.get(unit.as_str()).copied().unwrap_or(f64::NAN));
            }
            differences.outcome(METHOD)
        }
        Err(errors) => Outcome::fail(METHOD, joined(&errors)),
    }
}

#[derive(Deserialize)]
struct WeightModel {
    method: String,
    directions: Vec<Direction>,
}

#[derive(Deserialize)]
struct WeightData {
    columns: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct WeightNumbers {
    weights: Vec<f64>,
}

/// Weights taken from the data, on min-max normalised columns.
pub fn weights(case: &Value) -> Outcome {
    let case: Case<WeightModel, WeightData, WeightNumbers> = match read(case) {
        Ok(case) => case,
        Err(outcome) => return outcome,
    };
    if case.model.method != "critic" {
        return Outcome::unsupported(format!("weights `{}`", case.model.method));
    }
    const METHOD: &str = "CRITIC weights";
    let mut columns = Vec::new();
    for (values, direction) in case.data.columns.values().zip(&case.model.directions) {
        let Ok(values) = Vec::<f64>::deserialize(values) else {
            return Outcome::fail(METHOD, "a column is not a list of numbers");
        };
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        columns.push(
            values
                .iter()
                .map(|x| match direction {
                    Direction::Positive => (x - low) / (high - low),
                    Direction::Negative => (high - x) / (high - low),
                })
                .collect::<Vec<f64>>(),
        );
    }
    let rows: Vec<usize> = (0..columns.iter().map(Vec::len).min().unwrap_or(0)).collect();
    let mut differences = Differences::default();
    differences.series("weights", &weights::critic(&columns, &rows), &case.expected.weights);
    differences.outcome(METHOD)
}

#[derive(Deserialize)]
struct CouplingModel {
    formula: Formula,
    weights: Vec<f64>,
}

#[derive(Deserialize)]
struct CouplingData {
    systems: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct CouplingNumbers {
    coupling: Vec<f64>,
    development: Option<Vec<f64>>,
    coordination: Vec<f64>,
}

/// Coupling coordination of systems on the scale of 0 to 1.
pub fn coupling(case: &Value) -> Outcome {
    const METHOD: &str = "coupling coordination";
    let case: Case<CouplingModel, CouplingData, CouplingNumbers> = match read(case) {
        Ok(case) => case,
        Err(outcome) => return outcome,
    };
    let systems: Vec<&[f64]> = case.data.systems.iter().map(Vec::as_slice).collect();
    let formula = case.model.formula;
    let options = CouplingOptions { formula, alpha: case.model.weights, ..CouplingOptions::default() };
    match coupling::coupling(&systems, &options) {
        Ok(result) => {
            let degree = match formula {
                Formula::Traditional => &result.traditional,
                Formula::Wang2021 => &result.wang,
            };
            let mut differences = Differences::default();
            differences.series("coupling", degree, &case.expected.coupling);
            if let Some(expected) = &case.expected.development {
                differences.series("development", &result.development, expected);
            }
            differences.series("coordination", &result.coordination, &case.expected.coordination);
            differences.outcome(METHOD)
        }
        Err(e) => Outcome::fail(METHOD, e.to_string()),
    }
}
