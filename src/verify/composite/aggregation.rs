//! Aggregations of the ASEM example as COINr computes them, from its normalised indicators on 1 to 100.

use std::path::Path;

use index::{Aggregation, Data, Direction, Framework, Goalposts, Indicator, Node, Recipe, composite::Composite, evaluate};

use super::{Case, Row, said};

struct Asem {
    units: Vec<String>,
    columns: Vec<Vec<f64>>,
    framework: Framework,
}

impl Asem {
    fn read(case: &Case) -> Result<Self, String> {
        let (meta, values) = (case.table("asem_imeta.csv")?, case.table("expect_default_normalised.csv")?);
        let (codes, parents, kinds) = (meta.text("iCode")?, meta.text("Parent")?, meta.text("Type")?);
        let weights = meta.numbers("Weight")?;
        let below = |parent: &str, kind: &str| -> Vec<usize> {
            (0..meta.len()).filter(|&i| parents[i] == parent && kinds[i] == kind).collect()
        };
        let mut columns = Vec::new();
        let mut nodes = Vec::new();
        for s in below("Index", "Aggregate") {
            let mut pillars = Vec::new();
            for p in below(codes[s], "Aggregate") {
                let mut indicators = Vec::new();
                for i in below(codes[p], "Indicator") {
                    columns.push(values.numbers(codes[i])?.into_iter().map(|x| 1.0 + 0.99 * x).collect());
                    indicators.push(leaf(codes[i], weights[i]));
                }
                pillars.push(Node { id: codes[p].into(), weight: Some(weights[p]), indicators, ..Node::default() });
            }
            nodes.push(Node { id: codes[s].into(), weight: Some(weights[s]), nodes: pillars, ..Node::default() });
        }
        let root = Node { id: "Index".into(), nodes, ..Node::default() };
        let units = values.text("uCode")?.into_iter().map(str::to_owned).collect();
        Ok(Self { units, columns, framework: Framework { root } })
    }

    /// The index with one aggregation for each level, the lowest first.
    fn index(&self, levels: [Aggregation; 3]) -> Result<Composite, String> {
        let mut framework = self.framework.clone();
        framework.root.aggregation = Some(levels[2]);
        for s in &mut framework.root.nodes {
            s.aggregation = Some(levels[1]);
            s.nodes.iter_mut().for_each(|p| p.aggregation = Some(levels[0]));
        }
        let recipe = Recipe {
            goalposts: Goalposts::Fixed,
            weights: index::Weighting::Manual,
            floor: 0.0,
            compensation: index::recipe::Compensation { power: 2.0, ..Default::default() },
            ..Recipe::default()
        };
        let data = Data { units: &self.units, periods: &vec![0; self.units.len()], columns: &self.columns, groups: &[] };
        evaluate(&framework, &data, &recipe).map_err(said)
    }
}

fn leaf(id: &str, weight: f64) -> Indicator {
    Indicator {
        id: id.into(),
        formula: id.into(),
        direction: Direction::Positive,
        weight: Some(weight),
        goalposts: Some((0.0, 100.0)),
        ..Indicator::default()
    }
}

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    use Aggregation::{Arithmetic, Copeland, Geometric, Harmonic, Power};
    let case = Case::at("asem", "COINr 1.1.14, run on the ASEM example", dir.join("coinr_asem"));
    let n1 = |name: &str| format!("expect_agg_n1_100_{name}.csv");
    let asem = Asem::read(&case);
    [
        ("arithmetic mean", n1("a_amean"), [Arithmetic; 3]),
        ("geometric mean", n1("a_gmean"), [Geometric; 3]),
        ("harmonic mean", n1("a_hmean"), [Harmonic; 3]),
        ("a mean for each level", n1("mixed_amean_gmean_hmean"), [Arithmetic, Geometric, Harmonic]),
        ("power mean, p = 2", "expect_agg_genmean_p2.csv".to_owned(), [Power; 3]),
        ("Copeland", "expect_agg_copeland.csv".to_owned(), [Copeland; 3]),
    ]
    .into_iter()
    .map(|(part, file, levels)| {
        case.part(part, "aggregation", 1e-9, |d| {
            let asem = asem.as_ref().map_err(Clone::clone)?;
            let index = asem.index(levels)?;
            let expected = case.table(&file)?;
            let tree = asem.framework.tree().map_err(said)?;
            for name in &expected.names[1..] {
                let at = tree.nodes.iter().position(|n| n.node.id == *name).ok_or_else(|| format!("no dimension `{name}`"))?;
                let others = asem.units.len() as f64 - 1.0;
                for (unit, value) in expected.text("uCode")?.into_iter().zip(expected.numbers(name)?) {
                    let row = index.normalised.units.iter().position(|u| u == unit).ok_or_else(|| format!("no unit {unit}"))?;
                    let found = index.scores[at][row];
                    // Wins less losses, and scores out of 100.
                    let found = if levels[0] == Copeland { (2.0 * found - 1.0) * others } else { 100.0 * found };
                    d.value(&format!("{name} of {unit}"), found, value);
                }
            }
            Ok(())
        })
    })
    .collect()
}
