//! `markups`: price over marginal cost of firms, and the markdown of the wage.

use panel::{Panel, Problem, problem::Capped};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::production::markups::{self as room, Data, Elasticity, Input as Flexible, MarkupsError};

use self::view::View;
use super::{lookup, production_function::Estimator};
use crate::method::{Input, Method, Output, Page};

#[cfg(test)]
mod tests;
mod view;

/// What the elasticities were estimated on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElasticityOf {
    /// Revenue or value added, deflated by a price index of the industry or not at all.
    #[default]
    Revenue,
    /// Physical output, or revenue deflated by the prices of each firm.
    Quantity,
}

/// A step `production` of the same study that elasticities are taken from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FromProduction {
    /// Name of the step.
    pub step: String,
    /// Which of its estimators.
    pub estimator: Estimator,
    /// The flexible input, by its name there.
    pub input: String,
    /// Labour, by its name there, for markdowns.
    #[serde(default)]
    pub labour: Option<String>,
    /// Correct revenue by the residual of the first stage, where the estimator has one.
    #[serde(default = "yes")]
    pub residual: bool,
}

fn yes() -> bool {
    true
}

/// Options of markups. One of `production`, `elasticity` and `elasticity_variable`; `tfp` and `omega` together or not at
/// all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkupsSpec {
    /// Revenue in current prices.
    #[schemars(extend("x-role" = "variable"))]
    pub revenue: String,
    /// Expenditures on the flexible input in current prices, added up: materials, energy, or cost of goods sold.
    #[schemars(extend("x-role" = "variable"))]
    pub expenditures: Vec<String>,
    /// A step `production` that gives the elasticities of each row, by industry or translog, and the residual.
    #[serde(default)]
    pub production: Option<FromProduction>,
    /// Output elasticity of the flexible input, one for all.
    #[serde(default)]
    pub elasticity: Option<f64>,
    /// Output elasticity of the flexible input by row: by industry and period, or translog.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub elasticity_variable: Option<String>,
    /// Log productivity with noise, e.g. `functions.tfp_acf` of a step `production`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub tfp: Option<String>,
    /// Log productivity without noise of the same estimator, e.g. `functions.omega_acf`; `tfp` less `omega` corrects
    /// revenue for what the firm did not plan.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub omega: Option<String>,
    /// Pay of labour in current prices, for markdowns.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub labour_cost: Option<String>,
    /// Output elasticity of labour, one for all.
    #[serde(default)]
    pub labour_elasticity: Option<f64>,
    /// Output elasticity of labour by row.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub labour_elasticity_variable: Option<String>,
    /// Industry column, or any other grouping of firms: the aggregates of each group beside those of all.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub industry: Option<String>,
    /// What the elasticities were estimated on; changes what is warned of, no number.
    #[serde(default)]
    pub elasticity_of: ElasticityOf,
}

/// Markups of firms.
pub struct MarkupsMethod;

impl Method for MarkupsMethod {
    type Options = MarkupsSpec;
    const NAME: &'static str = "markups";
    const PAGE: Page = Page {
        title: ("Markups and markdowns of firms", "企业成本加成率与工资压低率"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi markups firms.csv --unit firm --period year --revenue sales --expenditures materials,energy --elasticity 0.65 --labour-cost wages --labour-elasticity 0.25 --out result",
    };

    fn implied(options: &MarkupsSpec) -> Vec<String> {
        let own = [&options.elasticity_variable, &options.labour_elasticity_variable, &options.tfp, &options.omega];
        let all = options.resolved();
        let all = [all.elasticity_variable, all.labour_elasticity_variable, all.tfp, all.omega];
        own.into_iter().zip(all).filter(|(own, _)| own.is_none()).filter_map(|(_, all)| all).collect()
    }

    fn check(options: &MarkupsSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        if options.production.is_some() && (options.elasticity.is_some() || options.elasticity_variable.is_some()) {
            problems.push(
                Problem::error("elasticity", "The elasticity is given twice: by `production` and by a number or a variable.")
                    .help("Leave out all but one of `production`, `elasticity` and `elasticity_variable`."),
            );
            return problems;
        }
        let options = &options.resolved();
        if options.expenditures.is_empty() {
            problems.push(
                Problem::error("expenditures", "No expenditure on a flexible input is named.")
                    .help("Name materials, energy or cost of goods sold in `expenditures`."),
            );
        }
        let mut names: Vec<&String> = std::iter::once(&options.revenue).chain(&options.expenditures).collect();
        names.extend(&options.labour_cost);
        for (_, name) in names.iter().enumerate().filter(|(i, n)| names[..*i].contains(n)) {
            problems.push(
                Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                    .why("Revenue, the flexible input and labour are different amounts of money.")
                    .help("Name each variable once."),
            );
        }
        let (one, column) = (options.elasticity, &options.elasticity_variable);
        elasticity("elasticity", one, column, &mut problems);
        let (labour, labour_column) = (options.labour_elasticity, &options.labour_elasticity_variable);
        if options.labour_cost.is_some() {
            elasticity("labour_elasticity", labour, labour_column, &mut problems);
        } else if labour.is_some() || labour_column.is_some() {
            problems.push(
                Problem::error("labour-cost", "An elasticity of labour is given, but no `labour_cost`.")
                    .help("Name the pay of labour in `labour_cost`, or leave the elasticity out."),
            );
        }
        if options.tfp.is_some() != options.omega.is_some() {
            problems.push(
                Problem::error("correction", "`tfp` and `omega` belong together.")
                    .why("Their difference is the output that the firm did not plan.")
                    .help("Name both variables of one estimator, or neither for uncorrected markups."),
            );
        }
        problems
    }

    fn run(input: &Input<'_>, options: &MarkupsSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        if !problems.is_empty() && options.production.is_some() {
            return Err(problems);
        }
        let options = &options.resolved();
        let mut read = |name: &String| lookup::column(panel, name, &mut problems);
        let revenue = read(&options.revenue);
        let expenditures: Vec<&[f64]> = options.expenditures.iter().map(&mut read).collect();
        let elasticity = options.elasticity_variable.as_ref().map(&mut read);
        let [tfp, omega] = [&options.tfp, &options.omega].map(|n| n.as_ref().map(&mut read));
        let pay = options.labour_cost.as_ref().map(&mut read);
        let labour_elasticity = options.labour_elasticity_variable.as_ref().map(&mut read);
        let grouping = options.industry.as_ref().and_then(|name| {
            let found = panel.group(name);
            if found.is_none() {
                problems.push(lookup::unknown_group(panel, name));
            }
            found.map(|g| lookup::numbered(&g.labels))
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        infinite(panel, options)?;
        // A negative part is an error of its own: it must not hide in a positive sum.
        let total = |row: usize| {
            let parts = || expenditures.iter().map(|c| c[row]);
            parts().find(|v| *v < 0.0).unwrap_or_else(|| parts().sum())
        };
        let expenditure: Vec<f64> = (0..panel.len()).map(total).collect();
        let noise: Option<Vec<f64>> = tfp.zip(omega).map(|(a, o)| a.iter().zip(o).map(|(a, o)| a - o).collect());
        // `check` has seen to it that there is one of the two.
        let of = |one: Option<f64>, column| match column {
            Some(values) => Elasticity::ByRow(values),
            None => Elasticity::Constant(one.unwrap_or(f64::NAN)),
        };
        let units = lookup::unit_numbers(panel);
        let data = Data {
            units: &units,
            periods: &panel.periods,
            revenue,
            input: Flexible { expenditure: &expenditure, elasticity: of(options.elasticity, elasticity) },
            noise: noise.as_deref(),
            labour: pay.map(|expenditure| Flexible { expenditure, elasticity: of(options.labour_elasticity, labour_elasticity) }),
        };
        let result = room::markups(&data).map_err(|e| refused(&e))?;
        let industries = grouping.map_or_else(Vec::new, |(names, of)| {
            let rows = |k: usize| (0..of.len()).filter(|&i| of[i] == k).collect::<Vec<_>>();
            names.into_iter().enumerate().map(|(k, name)| (name, result.among(&data, &rows(k)))).collect()
        });
        Ok(View { panel, options, result: &result, industries }.output())
    }
}

impl MarkupsSpec {
    /// With the variables of the step `production` by their names.
    fn resolved(&self) -> Self {
        let mut all = self.clone();
        let Some(from) = &self.production else { return all };
        let variable = |name: String| format!("{}.{name}", from.step);
        if all.elasticity.is_none() && all.elasticity_variable.is_none() {
            all.elasticity_variable = Some(variable(from.estimator.elasticity_of(&from.input)));
        }
        if let Some(labour) = &from.labour
            && all.labour_elasticity.is_none()
            && all.labour_elasticity_variable.is_none()
        {
            all.labour_elasticity_variable = Some(variable(from.estimator.elasticity_of(labour)));
        }
        if from.residual && from.estimator.tells_noise() && all.tfp.is_none() && all.omega.is_none() {
            let id = from.estimator.id().replace('-', "_");
            (all.tfp, all.omega) = (Some(variable(format!("tfp_{id}"))), Some(variable(format!("omega_{id}"))));
        }
        all
    }
}

/// One number above 0, or one variable.
fn elasticity(name: &str, one: Option<f64>, column: &Option<String>, problems: &mut Vec<Problem>) {
    if one.is_some() == column.is_some() {
        problems.push(
            Problem::error("elasticity", format!("Give one of `{name}` and `{name}_variable`, or `production`."))
                .why("A markup is the elasticity of output over the share of the input in revenue.")
                .help("A number for all rows, a variable, or the step `production` that estimates it."),
        );
    }
    if let Some(value) = one.filter(|v| !v.is_finite() || *v <= 0.0) {
        problems.push(Problem::error("elasticity", format!("`{name}` is {value}; it must be a number above 0.")));
    }
}

fn infinite(panel: &Panel, options: &MarkupsSpec) -> Result<(), Vec<Problem>> {
    let mut names: Vec<&String> = std::iter::once(&options.revenue).chain(&options.expenditures).collect();
    names.extend(options.elasticity_variable.iter().chain(&options.tfp).chain(&options.omega));
    names.extend(options.labour_cost.iter().chain(&options.labour_elasticity_variable));
    let mut capped = Capped::default();
    for name in names {
        let values = panel.values(name).unwrap_or_default();
        for row in (0..values.len()).filter(|&row| values[row].is_infinite()) {
            capped.push(|| {
                Problem::error("infinite", format!("`{name}` is infinite."))
                    .help("Correct the value, or leave the cell empty if it is not known.")
                    .at(lookup::cell(panel, name, row))
            });
        }
    }
    let problems = capped.finish("more values of this kind");
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn refused(error: &MarkupsError) -> Vec<Problem> {
    vec![
        Problem::error("markups", format!("Markups cannot be computed: {error}."))
            .help("Look at the size of revenue and expenditures, and at the keys of the rows."),
    ]
}
