//! The ASEM example of COINr: its framework, read as a study reads it, and the data of its stages.

use std::{collections::BTreeMap, path::Path};

use index::{
    Child, Composite, Data, Framework, Goalposts, Indicator, Missing, Node, Outliers, Recipe, Tree, Weighting, evaluate,
};
use panel::{Group, Panel, Variable};
use study::framework::{self, Read};

use super::{Case, Row, said};
use crate::verify::{Differences, Outcome};

mod aggregation;
mod association;
mod profile;
mod stages;
mod uncertainty;

type Compared = Result<(), String>;

/// Size variables of the example.
const SIZES: [&str; 4] = ["Area", "Energy", "GDP", "Population"];

/// Indicators with an order that rests on digits that the files of their values do not print.
const NOT_PRINTED: [&str; 1] = ["TolMin"];

/// The framework and what COINr makes of it by default.
struct Example {
    case: Case,
    read: Read,
    framework: Framework,
    /// Indicators in the order of the tree.
    ids: Vec<String>,
    /// The index of 2018: groups filled, outliers treated, min-max, equal weights, arithmetic means.
    index: Result<Composite, String>,
}

/// Rows of a file as an index takes them.
struct Sample {
    panel: Panel,
    /// One column per indicator.
    columns: Vec<Vec<f64>>,
}

impl Example {
    fn read(case: Case, folder: &Path) -> Result<Self, String> {
        let read = framework::read(&folder.join("asem_imeta.csv"), "asem_imeta.csv").map_err(problems)?;
        let mut framework = read.framework.clone();
        framework.root.id = "Index".into();
        let ids = framework.tree().map_err(said)?.leaves.iter().map(|l| l.id.clone()).collect();
        let mut example = Self { case, read, framework, ids, index: Err("not computed".to_owned()) };
        example.index = example.raw("asem_idata.csv").and_then(|sample| example.run(&sample, &recipe()));
        Ok(example)
    }

    /// The default index.
    fn index(&self) -> Result<&Composite, String> {
        self.index.as_ref().map_err(Clone::clone)
    }

    fn tree(&self) -> Result<Tree<'_>, String> {
        self.framework.tree().map_err(said)
    }

    /// Place of a dimension in the tree.
    fn node(tree: &Tree<'_>, id: &str) -> Result<usize, String> {
        tree.nodes.iter().position(|n| n.node.id == id).ok_or_else(|| format!("no dimension `{id}`"))
    }

    /// Ids of what stands right below a dimension.
    fn below(&self, id: &str) -> Result<Vec<String>, String> {
        let tree = self.tree()?;
        Ok(tree.nodes[Self::node(&tree, id)?].children.iter().map(|c: &Child| tree.id(*c).to_owned()).collect())
    }

    fn panel(&self, file: &str, names: &[String]) -> Result<Panel, String> {
        let table = self.case.table(file)?;
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<String>>();
        let has = |name: &str| table.names.iter().any(|n| n == name);
        let variable = |name: &String| {
            Ok::<_, String>(Variable { name: name.clone(), values: table.numbers(name)?, meaning: Default::default() })
        };
        let mut panel = Panel {
            unit_name: "uCode".into(),
            units: owned(table.text("uCode")?),
            variables: names.iter().map(variable).collect::<Result<_, _>>()?,
            ..Panel::default()
        };
        if has("Time") {
            (panel.period_name, panel.periods) = (Some("Time".into()), table.periods("Time")?);
        }
        if has("EurAsia_group") {
            panel.groups.push(Group { name: "EurAsia_group".into(), labels: owned(table.text("EurAsia_group")?) });
        }
        Panel::new(panel).map_err(problems)
    }

    /// A file of raw data, each indicator as the framework defines it.
    fn raw(&self, file: &str) -> Result<Sample, String> {
        let mut names = self.ids.clone();
        names.extend(SIZES.map(str::to_owned));
        let panel = self.panel(file, &names)?;
        let columns = self.read.evaluate(&panel).map_err(problems)?;
        Ok(Sample { panel, columns })
    }

    /// A file with one column per indicator, taken as it is.
    fn plain(&self, file: &str) -> Result<Sample, String> {
        let panel = self.panel(file, &self.ids)?;
        let columns = panel.variables.iter().map(|v| v.values.clone()).collect();
        Ok(Sample { panel, columns })
    }

    fn run(&self, sample: &Sample, recipe: &Recipe) -> Result<Composite, String> {
        sample.run(&self.framework, recipe)
    }

    /// Compares `values[indicator][row]` with the columns of a file; the order of files of ranks is not compared where it
    /// is not printed.
    fn compare(&self, d: &mut Differences, file: &str, keys: (&[String], &[i32]), values: &[Vec<f64>]) -> Compared {
        let expected = self.case.table(file)?;
        let units = expected.text("uCode")?;
        let periods = if expected.names.iter().any(|n| n == "Time") { expected.periods("Time")? } else { vec![0; units.len()] };
        let several = periods.iter().any(|p| *p != 0);
        let places: BTreeMap<(&str, i32), usize> = units.into_iter().zip(periods).enumerate().map(|(i, key)| (key, i)).collect();
        let ordered = ["prank", "rank", "borda"].iter().any(|f| file.ends_with(&format!("_{f}.csv")));
        for (id, column) in self.ids.iter().zip(values).filter(|(id, _)| !(ordered && NOT_PRINTED.contains(&id.as_str()))) {
            let wanted = expected.numbers(id)?;
            d.length(id, column.len(), wanted.len());
            for ((unit, period), x) in keys.0.iter().zip(keys.1).zip(column) {
                let key = (unit.as_str(), if several { *period } else { 0 });
                let at = *places.get(&key).ok_or_else(|| format!("no unit {unit} in {period}"))?;
                d.value(&format!("{id} of {unit}"), *x, wanted[at]);
            }
        }
        Ok(())
    }
}

impl Sample {
    fn run(&self, framework: &Framework, recipe: &Recipe) -> Result<Composite, String> {
        let Panel { units, periods, groups, .. } = &self.panel;
        let groups = groups.first().map_or(&[][..], |g| &g.labels);
        evaluate(framework, &Data { units, periods, columns: &self.columns, groups }, recipe).map_err(said)
    }
}

/// Every indicator below a node.
fn each(node: &mut Node, change: &mut impl FnMut(&mut Indicator)) {
    node.nodes.iter_mut().for_each(|n| each(n, change));
    node.indicators.iter_mut().for_each(change);
}

/// Row of a unit.
fn row(units: &[String], unit: &str) -> Result<usize, String> {
    units.iter().position(|u| u == unit).ok_or_else(|| format!("no unit {unit}"))
}

fn problems(problems: Vec<panel::Problem>) -> String {
    problems.iter().map(|p| p.what.clone()).collect::<Vec<_>>().join("; ")
}

fn recipe() -> Recipe {
    Recipe {
        missing: Missing::GroupMean,
        outliers: Some(Outliers::default()),
        weights: Weighting::Equal,
        goalposts: Goalposts::Pooled,
        ..Recipe::default()
    }
}

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let folder = dir.join("coinr_asem");
    let case = || Case::at("asem", "COINr 1.1.14, run on the ASEM example", folder.clone());
    match Example::read(case(), &folder) {
        Ok(example) => {
            let mut rows = stages::rows(&example);
            rows.extend(aggregation::rows(&example));
            rows.extend(association::rows(&example));
            rows.extend(profile::rows(&example));
            rows.extend(uncertainty::rows(&example));
            rows
        }
        Err(why) => vec![case().row("framework", 0.0, Outcome::fail("framework", why))],
    }
}
