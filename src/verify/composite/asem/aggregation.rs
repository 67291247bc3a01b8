//! Aggregations as COINr computes them, from its normalised indicators on 1 to 100.

use index::{Aggregation, Direction, Framework, Goalposts, Recipe, Weighting, composite::Composite, recipe::Compensation};

use super::{Example, Row, Sample, each, row};

/// The index with one aggregation for each level, the lowest first.
fn index(sample: &Sample, framework: &Framework, levels: [Aggregation; 3]) -> Result<Composite, String> {
    let mut framework = framework.clone();
    // What the file holds is turned and scaled.
    each(&mut framework.root, &mut |i| (i.direction, i.goalposts) = (Direction::Positive, Some((0.0, 100.0))));
    framework.root.aggregation = Some(levels[2]);
    for s in &mut framework.root.nodes {
        s.aggregation = Some(levels[1]);
        s.nodes.iter_mut().for_each(|p| p.aggregation = Some(levels[0]));
    }
    let recipe = Recipe {
        goalposts: Goalposts::Fixed,
        weights: Weighting::Manual,
        floor: 0.0,
        compensation: Compensation { power: 2.0, ..Compensation::default() },
        ..Recipe::default()
    };
    sample.run(&framework, &recipe)
}

pub(super) fn rows(example: &Example) -> Vec<Row> {
    use Aggregation::{Arithmetic, Copeland, Geometric, Harmonic, Power};
    let n1 = |name: &str| format!("expect_agg_n1_100_{name}.csv");
    let sample = example.plain("expect_default_normalised.csv").map(|mut sample| {
        sample.columns.iter_mut().flatten().for_each(|x| *x = 1.0 + 0.99 * *x);
        sample
    });
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
        example.case.part(part, "aggregation", 1e-9, |d| {
            let index = index(sample.as_ref().map_err(Clone::clone)?, &example.framework, levels)?;
            let expected = example.case.table(&file)?;
            let tree = example.tree()?;
            let others = index.ranks.len() as f64 - 1.0;
            for name in &expected.names[1..] {
                let at = Example::node(&tree, name)?;
                for (unit, value) in expected.text("uCode")?.into_iter().zip(expected.numbers(name)?) {
                    let found = index.scores[at][row(&index.normalised.units, unit)?];
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
