//! Directions by name, and what is wrong with one in the words of the panel.

use frontier::{
    SlackOrientation,
    dea::Returns,
    directional::{Direction, DirectionDefect, DirectionalError, DirectionalReturns},
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{lookup, production::Names, scores};
use crate::text::Text;

/// Direction in which a unit is moved to the frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DirectionName {
    /// (-x, y, -b): the unit's own values; the distance is a share of them.
    #[default]
    Observed,
    /// (-x, 0, 0): inputs only.
    Inputs,
    /// (0, y, -b): outputs of both kinds.
    Outputs,
    /// Means of the variables over the reference, the same for all units.
    Mean,
    /// One unit of measure of each variable.
    Ones,
    /// Towards the best value of each variable in the reference (range directional model); takes negative data
    /// under `vrs`.
    Range,
    /// As `range`, inputs only.
    RangeInputs,
    /// As `range`, outputs of both kinds only.
    RangeOutputs,
    /// As far as each variable could go alone (multi-directional efficiency analysis); takes negative data under `vrs`.
    Potential,
    /// As `potential`, inputs only.
    PotentialInputs,
    /// As `potential`, outputs of both kinds only.
    PotentialOutputs,
    /// Lengths given in `lengths` or `length_variables`.
    Custom,
}

impl DirectionName {
    /// The direction, where it is the same against every reference and needs no lengths.
    pub(super) fn fixed(self) -> Option<Direction> {
        match self {
            Self::Observed => Some(Direction::Observed),
            Self::Inputs => Some(Direction::Inputs),
            Self::Outputs => Some(Direction::Outputs),
            Self::Ones => Some(Direction::Ones),
            _ => None,
        }
    }

    /// The direction, with the lengths of `custom`: one number or one variable per input, output, undesirable output.
    pub(super) fn direction(
        self,
        lengths: &[f64],
        variables: &[String],
        panel: &Panel,
        rows: &[usize],
    ) -> Result<Direction, Vec<Problem>> {
        let given = (!lengths.is_empty(), !variables.is_empty());
        let wrong = |what: &str, help: &str| Err(vec![Problem::error("direction", what).help(help)]);
        match (self, given) {
            (Self::Custom, (true, false)) => Ok(Direction::Custom(lengths.to_vec())),
            (Self::Custom, (false, true)) => {
                let columns: Vec<Option<&[f64]>> = variables.iter().map(|v| panel.values(v)).collect();
                let unknown = variables.iter().zip(&columns).filter(|(_, c)| c.is_none());
                let problems: Vec<Problem> = unknown.map(|(v, _)| lookup::unknown_variable(panel, v)).collect();
                if !problems.is_empty() {
                    return Err(problems);
                }
                let pick = |c: &[f64]| rows.iter().map(|&r| c[r]).collect::<Vec<f64>>();
                Ok(Direction::Columns(columns.into_iter().flatten().map(pick).collect()))
            }
            (Self::Custom, _) => wrong(
                "The direction `custom` needs its lengths, once.",
                "Give `lengths` (one number per input, output and undesirable output) or `length_variables` (one variable each).",
            ),
            (_, (false, false)) => Ok(match self {
                Self::Inputs => Direction::Inputs,
                Self::Outputs => Direction::Outputs,
                Self::Mean => Direction::Mean,
                Self::Ones => Direction::Ones,
                Self::Range => Direction::Range(SlackOrientation::None),
                Self::RangeInputs => Direction::Range(SlackOrientation::Input),
                Self::RangeOutputs => Direction::Range(SlackOrientation::Output),
                Self::Potential => Direction::Potential(SlackOrientation::None),
                Self::PotentialInputs => Direction::Potential(SlackOrientation::Input),
                Self::PotentialOutputs => Direction::Potential(SlackOrientation::Output),
                Self::Observed | Self::Custom => Direction::Observed,
            }),
            _ => wrong(
                "Lengths are given, but the direction has its own.",
                "Set `direction = \"custom\"`, or leave the lengths out.",
            ),
        }
    }

    /// What one step is.
    pub(super) fn words(self) -> Text {
        match self {
            Self::Observed => {
                Text::new("direction (-x, y, -b): shares of the unit's own values", "方向 (-x, y, -b)：以单元自身数值的份额计")
            }
            Self::Inputs => {
                Text::new("direction (-x, 0, 0): shares of the unit's own inputs", "方向 (-x, 0, 0)：以单元自身投入的份额计")
            }
            Self::Outputs => {
                Text::new("direction (0, y, -b): shares of the unit's own outputs", "方向 (0, y, -b)：以单元自身产出的份额计")
            }
            Self::Mean => {
                Text::new("direction of the means: shares of the mean of each variable", "均值方向：以各变量均值的份额计")
            }
            Self::Ones => Text::new("direction of ones: units of measure of each variable", "单位方向：以各变量的计量单位计"),
            Self::Range | Self::RangeInputs | Self::RangeOutputs => Text::new(
                "direction towards the best values seen: shares of the way there",
                "指向参照集最优值的方向：以到最优值距离的份额计",
            ),
            Self::Potential | Self::PotentialInputs | Self::PotentialOutputs => Text::new(
                "direction of what each variable could gain alone: shares of these gains",
                "各变量单独可改进量的方向：以该改进量的份额计",
            ),
            Self::Custom => Text::new("direction as given: multiples of its lengths", "给定方向：以给定长度的倍数计"),
        }
    }
}

/// Why returns to scale are refused where they name a kind of abatement.
pub(super) const UNFIT: &str = "`vrs-convex`, `vrs-shephard` and `vrs-kuosmanen` go with undesirable outputs that are `weak`";

/// Returns to scale in words.
pub(super) fn returns(r: DirectionalReturns) -> Text {
    match r {
        DirectionalReturns::Crs => scores::returns(Returns::Crs),
        DirectionalReturns::Vrs => scores::returns(Returns::Vrs),
        DirectionalReturns::Nirs => scores::returns(Returns::Nirs),
        DirectionalReturns::Ndrs => scores::returns(Returns::Ndrs),
        DirectionalReturns::VrsConvex => Text::new("variable returns to scale without abatement", "规模报酬可变（无减排系数）"),
        DirectionalReturns::VrsShephard => {
            Text::new("variable returns to scale, one abatement factor (Shephard)", "规模报酬可变（Shephard 统一减排系数）")
        }
        DirectionalReturns::VrsKuosmanen => Text::new(
            "variable returns to scale, activity-specific abatement (Kuosmanen)",
            "规模报酬可变（Kuosmanen 分单元减排系数）",
        ),
    }
}

/// The problems behind an error; `rows` are the panel rows of the technology's units.
pub(super) fn refused(names: &Names<'_>, error: &DirectionalError, panel: &Panel, rows: &[usize]) -> Vec<Problem> {
    let variable = |v: usize| {
        let all = names.inputs.iter().chain(names.outputs).chain(names.bad_outputs);
        Place { column: all.clone().nth(v).cloned(), ..Place::default() }
    };
    let unit = |u: usize, mut place: Place| {
        if let Some(&row) = rows.get(u) {
            place.unit = Some(panel.units[row].clone());
            place.period = panel.period_name.is_some().then_some(panel.periods[row]);
        }
        place
    };
    let length = |value: f64, place: Place| {
        Problem::error("direction-length", format!("`{value}` is no length of a direction."))
            .why("Lengths are finite and not negative; only an undesirable output may grow (negative length).")
            .at(place)
    };
    match error {
        DirectionalError::Frontier(e) => names.refused(e, panel, rows),
        DirectionalError::Direction(defects) => defects
            .iter()
            .map(|d| match *d {
                DirectionDefect::Count { found, expected } => {
                    Problem::error("direction", format!("The direction has {found} lengths for {expected} variables."))
                        .help("Give one for each input, output and undesirable output, in this order.")
                }
                DirectionDefect::Rows { variable: v, found, expected } => {
                    Problem::error("direction", format!("{found} lengths for {expected} units.")).at(variable(v))
                }
                DirectionDefect::Length { variable: v, value } => length(value, variable(v)),
                DirectionDefect::Cell(c, value) => {
                    let name = names.get(c.role, c.variable).to_owned();
                    length(value, unit(c.unit, Place { column: Some(name), ..Place::default() }))
                }
                DirectionDefect::Zero(u) => {
                    let place = u.map_or_else(Place::default, |u| unit(u, Place::default()));
                    Problem::error("zero-direction", "All lengths of the direction are zero.")
                        .why("Nothing moves along it, and the distance has no bound.")
                        .at(place)
                }
            })
            .collect(),
        DirectionalError::Returns(returns, _) => {
            vec![
                Problem::error("returns", format!("The returns to scale `{}` do not fit the undesirable outputs.", kebab(returns)))
                    .why("Weakly disposable bads have several technologies under variable returns, and each has its name.")
                    .help("With weakly disposable bads use `crs`, `vrs-convex`, `vrs-shephard` or `vrs-kuosmanen`; without them, or with `disposability = \"strong\"`, use `crs`, `vrs`, `nirs` or `ndrs`."),
            ]
        }
        DirectionalError::Numeraire { .. } => vec![Problem::error("numeraire", format!("{error}."))],
    }
}

fn kebab(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
