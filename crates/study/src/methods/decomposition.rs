//! `decomposition`: change of aggregate productivity by survivors, entrants and exiters.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::decomposition::{self as room, Data, Decomposition, DecompositionError, DecompositionOptions, Variant};

use super::lookup;
use crate::method::{Input, Method, Output, Page};

mod figures;
mod findings;
mod petrin;
mod tables;
#[cfg(test)]
mod tests;

/// What is decomposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// A weighted mean of productivity, by shares.
    #[default]
    Shares,
    /// Growth of final demand less cost of primary inputs (Petrin and Levinsohn 2012).
    PetrinLevinsohn,
}

/// Options of the decomposition. `shares` needs `productivity` and `weight`; `petrin-levinsohn` needs `output`,
/// `revenue`, `inputs`, `costs` and elasticities.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecompositionSpec {
    /// What is decomposed.
    pub model: Model,
    /// Productivity of the unit.
    #[schemars(extend("x-role" = "variable"))]
    pub productivity: Option<String>,
    /// Weight of the unit in the aggregate, e.g. employment, output or value added.
    #[schemars(extend("x-role" = "variable"))]
    pub weight: Option<String>,
    /// Variants to show, the first in the figure by period; all when empty.
    pub variants: Vec<Variant>,
    /// Whether the logarithm of productivity is taken first.
    pub logs: bool,
    /// Periods between which changes are taken, e.g. 1998, 2003, 2007; all periods when empty.
    pub breaks: Vec<i32>,
    /// Group column, e.g. industry: each group is decomposed for itself, and the groups as units.
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// Quantity of output (petrin-levinsohn).
    #[schemars(extend("x-role" = "variable"))]
    pub output: Option<String>,
    /// Revenue in current prices (petrin-levinsohn).
    #[schemars(extend("x-role" = "variable"))]
    pub revenue: Option<String>,
    /// Quantities of inputs (petrin-levinsohn).
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Costs of the inputs in current prices, one per input (petrin-levinsohn).
    #[schemars(extend("x-role" = "variable"))]
    pub costs: Vec<String>,
    /// Those of the inputs that are intermediate (petrin-levinsohn).
    #[schemars(extend("x-role" = "variable"))]
    pub intermediate: Vec<String>,
    /// Output elasticities, one per input (petrin-levinsohn).
    pub elasticities: Vec<f64>,
    /// Variables that hold the elasticities, one per input (petrin-levinsohn).
    #[schemars(extend("x-role" = "variable"))]
    pub elasticity_variables: Vec<String>,
}

/// The registry entry.
pub struct DecompositionMethod;

impl Method for DecompositionMethod {
    type Options = DecompositionSpec;
    const NAME: &'static str = "decomposition";
    const PAGE: Page = Page {
        title: ("Decomposition of aggregate productivity", "总量生产率分解"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi decomposition firms.csv --unit firm --period year --productivity tfp --weight employment --logs --out result",
    };

    fn check(options: &DecompositionSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        let shares = [
            ("productivity", options.productivity.is_some()),
            ("weight", options.weight.is_some()),
            ("variants", !options.variants.is_empty()),
            ("logs", options.logs),
            ("group", options.group.is_some()),
        ];
        let petrin = [
            ("output", options.output.is_some()),
            ("revenue", options.revenue.is_some()),
            ("inputs", !options.inputs.is_empty()),
            ("costs", !options.costs.is_empty()),
            ("intermediate", !options.intermediate.is_empty()),
            ("elasticities", !options.elasticities.is_empty()),
            ("elasticity_variables", !options.elasticity_variables.is_empty()),
        ];
        let (own, other, needed, name) = match options.model {
            Model::Shares => (&shares[..], &petrin[..], 2, "shares"),
            Model::PetrinLevinsohn => (&petrin[..], &shares[..], 4, "petrin-levinsohn"),
        };
        for (option, _) in own.iter().take(needed).filter(|o| !o.1) {
            problems.push(Problem::error("missing-option", format!("`model = \"{name}\"` needs `{option}`.")));
        }
        for (option, _) in other.iter().filter(|o| o.1) {
            problems.push(
                Problem::error("unused-option", format!("`{option}` does nothing with `model = \"{name}\"`."))
                    .help(format!("Leave out `{option}`, or choose the other `model`.")),
            );
        }
        if options.breaks.len() == 1 || options.breaks.windows(2).any(|w| w[0] >= w[1]) {
            problems.push(Problem::error("breaks", "`breaks` must be at least two periods in increasing order."));
        }
        if options.model == Model::PetrinLevinsohn {
            petrin::check(options, &mut problems);
        }
        problems
    }

    fn run(input: &Input<'_>, options: &DecompositionSpec) -> Result<Output, Vec<Problem>> {
        let mut problems = Self::check(options);
        let panel = input.panel;
        let periods = panel.period_set();
        for p in options.breaks.iter().filter(|p| !periods.contains(*p)) {
            problems.push(Problem::error("breaks", format!("`breaks` names {p}, which is no period of the data.")));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        match options.model {
            Model::PetrinLevinsohn => petrin::run(panel, options),
            Model::Shares => shares(panel, options),
        }
    }
}

/// Everything the presentation draws on.
struct View<'a> {
    panel: &'a Panel,
    options: &'a DecompositionSpec,
    names: Vec<&'a str>,
    result: Decomposition,
    groups: Option<Groups>,
}

/// Decompositions by group and of the groups as units.
struct Groups {
    names: Vec<String>,
    /// By group, then in order of the changes of the whole: `None` where the group has no weight in one of the periods.
    own: Vec<Vec<Option<room::Change>>>,
    /// The groups as units.
    across: Decomposition,
    /// Units whose group differs between rows.
    moved: Vec<String>,
}

impl View<'_> {
    fn variants(&self) -> Vec<Variant> {
        let chosen = &self.options.variants;
        Variant::ALL.into_iter().filter(|v| chosen.is_empty() || chosen.contains(v)).collect()
    }

    fn main(&self) -> Variant {
        self.options.variants.first().copied().unwrap_or(Variant::Mp)
    }
}

fn shares(panel: &Panel, options: &DecompositionSpec) -> Result<Output, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut column = |name: &Option<String>| lookup::column(panel, name.as_deref().unwrap_or_default(), &mut problems);
    let (productivity, weight) = (column(&options.productivity), column(&options.weight));
    let labels = options.group.as_ref().map(|g| (g, panel.group(g)));
    if let Some((g, None)) = labels {
        problems.push(lookup::unknown_group(panel, g));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let names = panel.unit_set();
    let units = lookup::unit_numbers(panel);
    let data = Data { units: &units, periods: &panel.periods, productivity, weight };
    let core = DecompositionOptions { logs: options.logs, breaks: options.breaks.clone() };
    let result = room::decomposition(&data, &core).map_err(|e| refused(&e, options, panel))?;
    let groups = match labels.and_then(|(_, g)| g) {
        Some(g) => Some(by_group(panel, options, &data, &g.labels, &result).map_err(|e| refused(&e, options, panel))?),
        None => None,
    };
    Ok(View { panel, options, names, result, groups }.output())
}

fn by_group(
    panel: &Panel,
    options: &DecompositionSpec,
    data: &Data<'_>,
    labels: &[String],
    whole: &Decomposition,
) -> Result<Groups, DecompositionError> {
    let names = lookup::distinct(labels);
    let (mut own, mut aggregate) = (Vec::new(), (Vec::new(), Vec::new(), Vec::new(), Vec::new()));
    for (g, name) in names.iter().enumerate() {
        let rows: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == *name).collect();
        let pick = |v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<f64>>();
        let (productivity, weight) = (pick(data.productivity), pick(data.weight));
        let units: Vec<usize> = rows.iter().map(|&i| data.units[i]).collect();
        let periods: Vec<i32> = rows.iter().map(|&i| data.periods[i]).collect();
        let part = Data { units: &units, periods: &periods, productivity: &productivity, weight: &weight };
        let run = |breaks: Vec<i32>| room::decomposition(&part, &DecompositionOptions { logs: options.logs, breaks });
        own.push(
            whole
                .changes
                .iter()
                .map(|c| run(vec![c.from, c.to]).ok().and_then(|mut d| (!d.changes.is_empty()).then(|| d.changes.remove(0))))
                .collect(),
        );
        let mut set = periods.clone();
        set.sort_unstable();
        set.dedup();
        for p in set {
            let here: Vec<usize> =
                (0..rows.len()).filter(|&i| periods[i] == p && productivity[i].is_finite() && weight[i].is_finite()).collect();
            let total: f64 = here.iter().map(|&i| weight[i]).sum();
            if total > 0.0 {
                let value = |i: usize| if options.logs { productivity[i].ln() } else { productivity[i] };
                aggregate.0.push(g);
                aggregate.1.push(p);
                aggregate.2.push(here.iter().map(|&i| weight[i] / total * value(i)).sum());
                aggregate.3.push(total);
            }
        }
    }
    let data = Data { units: &aggregate.0, periods: &aggregate.1, productivity: &aggregate.2, weight: &aggregate.3 };
    let across = room::decomposition(&data, &DecompositionOptions { logs: false, breaks: options.breaks.clone() })?;
    // Rows of a panel stand by unit.
    let mut moved: Vec<String> = (1..labels.len())
        .filter(|&i| panel.units[i] == panel.units[i - 1] && labels[i] != labels[i - 1])
        .map(|i| panel.units[i].clone())
        .collect();
    moved.dedup();
    Ok(Groups { names, own, across, moved })
}

fn refused(error: &DecompositionError, options: &DecompositionSpec, panel: &Panel) -> Vec<Problem> {
    let cells = |rows: &[usize], column: &Option<String>, code: &str, why: &str, help: &str| {
        let mut capped = panel::problem::Capped::default();
        for &row in rows {
            let name = column.as_deref().unwrap_or_default();
            let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
            capped.push(|| {
                Problem::error(code, format!("`{name}` is {value}.")).why(why).help(help).at(lookup::cell(panel, name, row))
            });
        }
        capped.finish("more rows of this kind")
    };
    match error {
        DecompositionError::Weight(rows) => cells(
            rows,
            &options.weight,
            "negative-weight",
            "A share of the aggregate is not negative.",
            "Correct the value, make it missing, or weight by another variable.",
        ),
        DecompositionError::Productivity(rows) => cells(
            rows,
            &options.productivity,
            "no-logarithm",
            "`logs` needs positive productivity.",
            "Correct the value, make it missing, or leave out `logs`: the variable may be in logarithms already.",
        ),
        other => vec![
            Problem::error("decomposition", format!("Nothing can be decomposed: {other}."))
                .help("Look at the periods and missing cells of productivity and weight, or choose other `breaks`."),
        ],
    }
}
