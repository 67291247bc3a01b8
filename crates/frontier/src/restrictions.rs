//! Restrictions on prices, as columns of the technology that they enlarge.

use numerics::lp::{Cloud, Column, Objective, Program, Row, Sense, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::Returns,
    reference::Reference,
    technology::{FrontierError, Role},
};

/// A homogeneous restriction on prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Restriction {
    /// Assurance region: `lower <= price of over / price of under <= upper`. Type I between variables of one role
    /// (Thompson, Singleton, Thrall and Smith 1986), type II between an input and an output (Thompson, Langemeier,
    /// Lee, Lee and Thrall 1990).
    Ratio {
        /// The variable whose price is divided.
        over: Variable,
        /// The variable by whose price it is divided.
        under: Variable,
        /// Least ratio, 0 or more.
        lower: Option<f64>,
        /// Largest ratio, above 0.
        upper: Option<f64>,
    },
    /// Production trade-off (Podinovski 2004): every unit can change its inputs and outputs by any multiple of these
    /// amounts at once. In prices: `Σ u q − Σ v p <= 0`.
    TradeOff {
        /// Change of each input.
        inputs: Vec<f64>,
        /// Change of each output.
        outputs: Vec<f64>,
    },
}

/// A variable by role and position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Variable {
    /// Input.
    Input(usize),
    /// Output.
    Output(usize),
}

impl Variable {
    fn place(self, [m, s]: [usize; 2]) -> Option<usize> {
        match self {
            Self::Input(i) => (i < m).then_some(i),
            Self::Output(r) => (r < s).then_some(m + r),
        }
    }

    /// Sign with which the price enters `(−v, u)`.
    fn sign(self) -> f64 {
        if matches!(self, Self::Input(_)) { -1.0 } else { 1.0 }
    }

    /// Role and position.
    pub fn cell(self) -> (Role, usize) {
        match self {
            Self::Input(i) => (Role::Input, i),
            Self::Output(r) => (Role::Output, r),
        }
    }
}

/// A column `r` with `(−v, u)·r <= 0`, and which restriction it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ray {
    pub(crate) of: usize,
    pub(crate) entries: Vec<f64>,
}

/// The columns of a list of restrictions over `[inputs, outputs]` variables; every mistake at once.
pub(crate) fn rays(list: &[Restriction], sizes: [usize; 2]) -> Result<Vec<Ray>, FrontierError> {
    let (mut rays, mut wrong) = (Vec::new(), Vec::new());
    let all = sizes[0] + sizes[1];
    for (of, restriction) in list.iter().enumerate() {
        let mut refuse = |why: &str| wrong.push(("restrictions", format!("number {}: {why}", of + 1)));
        match restriction {
            Restriction::Ratio { over, under, lower, upper } => {
                let (Some(a), Some(b)) = (over.place(sizes), under.place(sizes)) else {
                    refuse("it names a variable that is not there");
                    continue;
                };
                if a == b {
                    refuse("it divides a price by itself");
                } else if lower.is_none() && upper.is_none() {
                    refuse("it has neither a lower nor an upper bound");
                } else if lower.is_some_and(|l| !(l >= 0.0 && l.is_finite())) {
                    refuse("the lower bound is a number from 0");
                } else if upper.is_some_and(|u| !(u > 0.0 && u.is_finite())) {
                    refuse("the upper bound is a number above 0");
                } else if lower.zip(*upper).is_some_and(|(l, u)| l > u) {
                    refuse("the lower bound lies above the upper one");
                } else {
                    // p_a − U p_b <= 0 and L p_b − p_a <= 0, in signed prices.
                    let mut ray = |pa: f64, pb: f64| {
                        let mut entries = vec![0.0; all];
                        (entries[a], entries[b]) = (pa * over.sign(), pb * under.sign());
                        rays.push(Ray { of, entries });
                    };
                    if let Some(u) = upper {
                        ray(1.0, -u);
                    }
                    if let Some(l) = lower.filter(|l| *l > 0.0) {
                        ray(-1.0, l);
                    }
                }
            }
            Restriction::TradeOff { inputs, outputs } => {
                let entries: Vec<f64> = inputs.iter().chain(outputs).copied().collect();
                if [inputs.len(), outputs.len()] != sizes {
                    refuse("a trade-off has one change for each variable");
                } else if entries.iter().any(|x| !x.is_finite()) {
                    refuse("a change is not a finite number");
                } else if entries.iter().all(|x| *x == 0.0) {
                    refuse("a trade-off changes something");
                } else {
                    rays.push(Ray { of, entries });
                }
            }
        }
    }
    if wrong.is_empty() { Ok(rays) } else { Err(FrontierError::Options(wrong)) }
}

/// Whether restrictions, alone or with units that can be scaled up, give something for nothing (Podinovski and
/// Bouzdine-Chameeva 2013): a sum of columns that saves an input or adds an output and costs nothing. No strictly
/// positive prices meet such restrictions. The error names those that take part.
pub(crate) fn free_lunch(set: &Reference, inputs: usize, returns: Returns, rays: &[Ray]) -> Result<(), FrontierError> {
    if rays.is_empty() {
        return Ok(());
    }
    let variables = set.columns.len();
    // Units count where weights may grow without bound.
    let units = if matches!(returns, Returns::Crs | Returns::Ndrs) { set.classes.len() } else { 0 };
    let mut rows = Vec::with_capacity(variables + 1);
    for (v, column) in set.columns.iter().enumerate() {
        let by = 1.0 / numerics::moments::mean(column);
        rows.push(column[..units].iter().copied().chain(rays.iter().map(|r| r.entries[v])).map(|x| x * by).collect());
    }
    rows.push(vec![0.0; units + rays.len()]);
    let cloud = Cloud::new(rows)?;
    let saving = |v: usize| {
        let mut entries = vec![0.0; variables + 1];
        (entries[v], entries[variables]) = (if v < inputs { 1.0 } else { -1.0 }, 1.0);
        Column { entries, free: false }
    };
    let extras: Vec<Column> = (0..variables).map(saving).collect();
    let mut rows = vec![Row { sense: Sense::Equal, rhs: 0.0 }; variables];
    rows.push(Row { sense: Sense::AtMost, rhs: 1.0 });
    let objective = Objective { extras: vec![-1.0; variables], ..Objective::default() };
    let program = Program { cloud: &cloud, extras: &extras, rows: &rows, objectives: &[objective], start: None };
    let solution = program.solve()?;
    let refuse = |why: String| Err(FrontierError::Options(vec![("restrictions", why)]));
    match solution.status {
        Status::Optimal if solution.values.first().is_some_and(|v| *v > -0.5) => Ok(()),
        Status::Optimal => {
            let part = |ray: usize| solution.weights.iter().any(|&(j, w)| j == units + ray && w > 0.0);
            let mut named: Vec<String> = (0..rays.len()).filter(|r| part(*r)).map(|r| (rays[r].of + 1).to_string()).collect();
            named.dedup();
            let data = if solution.weights.iter().any(|&(j, w)| j < units && w > 0.0) { " with the data" } else { "" };
            refuse(format!(
                "number {} together{data} give output for nothing or save input for nothing (a free lunch): no positive prices meet them",
                named.join(", ")
            ))
        }
        _ => refuse("whether they give something for nothing could not be certified".to_owned()),
    }
}
