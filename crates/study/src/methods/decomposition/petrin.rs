//! The model of Petrin and Levinsohn.

use panel::{Panel, Problem, problem::Capped};
use tfp::{
    growth::Shares,
    petrin_levinsohn::{self as room, Data, Factor, PetrinLevinsohnError},
};

use super::{super::lookup, super::production::listed, DecompositionSpec};
use crate::{
    figure::{Chart, Figure, Stack},
    finding::{Finding, Weight},
    method::{Check, Output},
    table::{Cells, Table},
    text::Text,
};

pub(super) fn check(options: &DecompositionSpec, problems: &mut Vec<Problem>) {
    let m = options.inputs.len();
    if options.costs.len() != m {
        problems.push(Problem::error("costs", format!("`costs` has {} entries for {m} inputs.", options.costs.len())));
    }
    let (numbers, columns) = (options.elasticities.len(), options.elasticity_variables.len());
    if (numbers == 0) == (columns == 0) {
        problems.push(
            Problem::error("elasticities", "The elasticities must come from exactly one source.")
                .help("Give `elasticities` (numbers) or `elasticity_variables` (columns), one per input."),
        );
    } else if numbers.max(columns) != m {
        problems.push(Problem::error("elasticities", format!("There are {} elasticities for {m} inputs.", numbers.max(columns))));
    }
    for name in options.intermediate.iter().filter(|i| !options.inputs.contains(i)) {
        problems.push(
            Problem::error("intermediate", format!("`{name}` is not among the inputs."))
                .did_you_mean(name, options.inputs.iter().map(String::as_str)),
        );
    }
}

pub(super) fn run(panel: &Panel, options: &DecompositionSpec) -> Result<Output, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut column = |name: &str| lookup::column(panel, name, &mut problems);
    let output = column(options.output.as_deref().unwrap_or_default());
    let revenue = column(options.revenue.as_deref().unwrap_or_default());
    let factors: Vec<Factor<'_>> = options
        .inputs
        .iter()
        .zip(&options.costs)
        .map(|(x, c)| Factor { quantity: column(x), cost: column(c), intermediate: options.intermediate.contains(x) })
        .collect();
    let varying: Vec<Vec<f64>> = options.elasticity_variables.iter().map(|n| column(n).to_vec()).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let elasticities = if varying.is_empty() { Shares::Constant(options.elasticities.clone()) } else { Shares::Varying(varying) };
    let names = panel.unit_set();
    let units = lookup::unit_numbers(panel);
    let data = Data { units: &units, periods: &panel.periods, output, revenue, factors: &factors };
    let result = room::petrin_levinsohn(&data, &elasticities, &options.breaks).map_err(|e| refused(&e, options, panel))?;
    Ok(told(panel, options, &names, &result))
}

fn refused(error: &PetrinLevinsohnError, options: &DecompositionSpec, panel: &Panel) -> Vec<Problem> {
    let mut capped = Capped::default();
    let mut cell = |column: String, row: usize, code: &str, why: &str| {
        let value = panel.values(&column).map_or(f64::NAN, |v| v[row]);
        capped.push(|| {
            Problem::error(code, format!("`{column}` is {value}."))
                .why(why)
                .help("Correct the value or make it missing.")
                .at(lookup::cell(panel, &column, row))
        });
    };
    let all = "more rows of this kind";
    match error {
        PetrinLevinsohnError::NotPositive(cells) => {
            for &(k, row) in cells {
                let output = options.output.clone().unwrap_or_default();
                let wrong = panel.values(&output).is_some_and(|v| !v[row].is_nan() && v[row] <= 0.0);
                let name = match k {
                    Some(k) => options.inputs[k].clone(),
                    None if wrong => output,
                    None => options.revenue.clone().unwrap_or_default(),
                };
                cell(name, row, "not-positive", "Growth is measured in logarithms, shares over revenue.");
            }
            capped.finish(all)
        }
        PetrinLevinsohnError::Cost(cells) => {
            for &(k, row) in cells {
                cell(options.costs[k].clone(), row, "negative-cost", "A cost is not negative.");
            }
            capped.finish(all)
        }
        other => vec![Problem::error("decomposition", format!("Nothing can be decomposed: {other}."))],
    }
}

fn told(panel: &Panel, options: &DecompositionSpec, names: &[&str], result: &room::Decomposition) -> Output {
    let percent = Text::plain("%");
    let none = Text::default;
    let c = &result.changes;
    let number = |f: &dyn Fn(&room::Change) -> f64| Cells::Number(c.iter().map(|x| 100.0 * f(x)).collect(), 3);
    let whole = |f: &dyn Fn(&room::Change) -> i64| Cells::Integer(c.iter().map(|x| Some(f(x))).collect());
    let label = |k: usize| lookup::variable_label(panel, &options.inputs[k]);
    let moved = |k: usize| {
        let l = label(k);
        let zh = if l.zh.is_empty() { &l.en } else { &l.zh };
        Text::new(format!("Reallocation of {}", l.en), format!("{zh}再配置"))
    };
    let technical = Text::new("Technical efficiency", "技术效率");
    let (entry, exit) = (Text::new("Entry", "进入"), Text::new("Exit", "退出"));
    let mut table = Table::new("petrin_levinsohn", Text::new("Aggregate productivity growth", "总量生产率增长"))
        .note(Text::new(
            "Percent of aggregate value added; the parts add up to the total.",
            "占总增加值的百分比，各项之和等于合计。",
        ))
        .column("from", Text::new("From", "起"), none(), whole(&|x| i64::from(x.from)))
        .column("to", Text::new("To", "止"), none(), whole(&|x| i64::from(x.to)))
        .column("total", Text::new("Growth", "增长"), percent.clone(), number(&|x| x.total))
        .column("technical", technical.clone(), percent.clone(), number(&|x| x.technical));
    for k in 0..options.inputs.len() {
        let name = format!("reallocation_{}", options.inputs[k]);
        table = table.column(&name, moved(k), percent.clone(), number(&|x| x.reallocation[k]));
    }
    table = table
        .column("entry", entry.clone(), percent.clone(), number(&|x| x.entry))
        .column("exit", exit.clone(), percent, number(&|x| x.exit))
        .column("survivors", Text::new("Survivors", "存续"), none(), whole(&|x| x.units[0] as i64))
        .column("entrants", Text::new("Entrants", "进入者"), none(), whole(&|x| x.units[1] as i64))
        .column("exiters", Text::new("Exiters", "退出者"), none(), whole(&|x| x.units[2] as i64))
        .column("left_out", Text::new("Left out", "未计入"), none(), whole(&|x| x.units[3] as i64));
    let values = |f: &dyn Fn(&room::Change) -> f64| c.iter().map(|x| 100.0 * f(x)).collect::<Vec<f64>>();
    let mut parts = vec![(technical, values(&|x| x.technical))];
    parts.extend((0..options.inputs.len()).map(|k| (moved(k), values(&|x| x.reallocation[k]))));
    parts.extend([(entry, values(&|x| x.entry)), (exit, values(&|x| x.exit))]);
    let figure = Figure {
        id: "waterfall".into(),
        title: Text::new("Technical efficiency and reallocation", "技术效率与再配置"),
        note: Text::new("The mark is aggregate productivity growth.", "标记为总量生产率增长。"),
        chart: Chart::Stack(Stack {
            label: Text::new("% of value added", "占增加值（%）"),
            decimals: 2,
            categories: c.iter().map(|x| Text::plain(format!("{}–{}", x.from, x.to))).collect(),
            categories_are_units: false,
            parts,
            total: values(&|x| x.total),
        }),
    };
    let mut out: Vec<String> = c.iter().flat_map(|x| x.incomplete.iter().map(|&u| names[u].to_owned())).collect();
    out.sort();
    out.dedup();
    let findings = (!out.is_empty())
        .then(|| Finding {
            code: "TF070".into(),
            weight: Weight::Warning,
            place: listed(&out),
            message: Text::new(
                format!("{} units lack a cell in a period in which they have a row; such a change leaves them out of both periods and out of aggregate value added.", out.len()),
                format!("{} 个单元在有记录的时期缺数据，相应变化的两期及总增加值均不含这些单元。", out.len()),
            ),
        })
        .into_iter()
        .collect();
    let summary = c
        .iter()
        .map(|x| {
            let (total, own) = (100.0 * x.total, 100.0 * x.technical);
            let moved = 100.0 * x.reallocation.iter().sum::<f64>();
            let net = 100.0 * (x.entry + x.exit);
            Text::new(
                format!("From {} to {} aggregate productivity grew by {total:.2} % of value added: technical efficiency {own:.2}, reallocation {moved:.2}, net entry {net:.2}.", x.from, x.to),
                format!("{}—{} 年总量生产率增长为增加值的 {total:.2}%：技术效率 {own:.2}、再配置 {moved:.2}、净进入 {net:.2}。", x.from, x.to),
            )
        })
        .collect();
    Output {
        summary,
        variables: Vec::new(),
        tables: vec![table],
        figures: vec![figure],
        findings,
        checks: vec![Check {
            name: Text::new("Σ parts = growth", "各项之和 = 增长"),
            residual: result.residual,
            tolerance: 1e-12,
        }],
    }
}
