#![doc = include_str!("two_stage.md")]

mod chain;
mod programs;

use numerics::lp::{LpError, Solution};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use chain::Chain;
use programs::{FIRST, Form, LINK, Ratio, SECOND, Stages, USED};

use crate::{
    dea::{Peers, Returns},
    projection::{Points, column},
    reference::Reference,
    technology::{FrontierError, Missing, State},
};

/// The method's page.
pub const PAGE: &str = include_str!("two_stage.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("two_stage.zh.md");

/// How the stages make up the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// System = first × second, best together (Kao and Hwang 2008).
    #[default]
    Relational,
    /// Both stages bargain as one (Liang, Cook and Zhu 2008): the numbers of `relational`, under the name of the game.
    Centralised,
    /// System = weighted mean of the stages, each weighted by its share of what is used (Chen, Cook, Li and Zhu 2009).
    Additive,
    /// The stage with priority takes its own best, the other follows; system = first × second (Liang, Cook and Zhu 2008).
    LeaderFollower,
}

/// A stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// From inputs to intermediates.
    #[default]
    First,
    /// From intermediates to outputs.
    Second,
}

/// Options of [`two_stage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TwoStageOptions {
    /// How the stages make up the system: `relational`, `centralised`, `additive` or `leader-follower`.
    pub model: Model,
    /// The stage that is as efficient as the system's optimum allows, or that leads: `first` or `second`.
    pub priority: Stage,
    /// Returns to scale of both stages: `crs`; `additive` takes `vrs` too.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for TwoStageOptions {
    fn default() -> Self {
        Self { model: Model::default(), priority: Stage::default(), returns: Returns::Crs, missing: Missing::default() }
    }
}

/// Efficiencies of the stages under one priority, one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StageEfficiencies {
    /// State of each unit; `infeasible` where the additive model gives the stage with priority no weight.
    pub state: Vec<State>,
    /// Efficiency of the first stage; `NaN` where the additive model gives it no weight.
    pub first: Vec<f64>,
    /// Efficiency of the second stage; `NaN` where the additive model gives it no weight.
    pub second: Vec<f64>,
    /// Certified bounds of the stage with priority, given the system's efficiency.
    pub interval: Vec<(f64, f64)>,
    /// Weight of the first stage in the additive model, that of the second being the rest; `NaN` in the others.
    pub first_weight: Vec<f64>,
}

/// Which stage is less efficient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weaker {
    /// The first, whichever stage has priority.
    First,
    /// The second, whichever stage has priority.
    Second,
    /// Neither: both are equal.
    Even,
    /// It depends on the priority.
    Open,
    /// Not solved.
    None,
}

/// Where the system's optimum sends each unit: matrices are `[variable][unit]`. `NaN` or empty where a unit is not
/// solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChainProjection {
    /// Inputs of the target `Σλx`.
    pub input_targets: Vec<Vec<f64>>,
    /// Intermediates that the first stage of the target makes, `Σλz`.
    pub intermediates_made: Vec<Vec<f64>>,
    /// Intermediates that the second stage of the target uses, `Σμz`.
    pub intermediates_used: Vec<Vec<f64>>,
    /// Outputs of the target `Σμy`.
    pub output_targets: Vec<Vec<f64>>,
    /// Prices `v` of inputs.
    pub input_prices: Vec<Vec<f64>>,
    /// Prices `w` of intermediates, the same in both stages.
    pub intermediate_prices: Vec<Vec<f64>>,
    /// Prices `u` of outputs.
    pub output_prices: Vec<Vec<f64>>,
    /// Peers of the first stage with weights λ.
    pub first_peers: Peers,
    /// Peers of the second stage with weights μ.
    pub second_peers: Peers,
    /// Whether targets and peers are certainly the only optimal ones.
    pub unique: Vec<bool>,
}

/// Result of [`two_stage`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TwoStage {
    /// State of each unit.
    pub state: Vec<State>,
    /// Efficiency of the system; 1 is best.
    pub efficiency: Vec<f64>,
    /// Certified bounds of `efficiency`.
    pub interval: Vec<(f64, f64)>,
    /// The stages under the priority asked for.
    pub stages: StageEfficiencies,
    /// The stages where the other one has priority.
    pub alternative: StageEfficiencies,
    /// Which stage is less efficient.
    pub weaker: Vec<Weaker>,
    /// Targets, prices and peers of the system; a leader and a follower have no common program.
    pub projection: Option<ChainProjection>,
}

/// Efficiencies of the system and its stages of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: no variables of a role, columns of different length, options that do not go together, or cells
/// that cannot be used, all of them at once. An uncertified unit is a [`State`], not an error.
pub fn two_stage(chain: &Chain<'_>, options: &TwoStageOptions) -> Result<TwoStage, FrontierError> {
    evaluate(chain, chain, options)
}

/// Efficiencies of `evaluated` against another set of units. They may exceed 1; under variable returns a unit beyond
/// that set is infeasible or without bound.
///
/// # Errors
/// As [`two_stage`], for both sets, and different variables.
pub fn two_stage_against(
    evaluated: &Chain<'_>,
    reference: &Chain<'_>,
    options: &TwoStageOptions,
) -> Result<TwoStage, FrontierError> {
    if evaluated.sizes() != reference.sizes() {
        return Err(FrontierError::Variables);
    }
    reference.check(options.missing)?;
    evaluate(evaluated, reference, options)
}

impl Stage {
    fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// What the stage makes over what it uses.
    fn ratio(self) -> (Form, Form) {
        match self {
            Self::First => (FIRST, USED),
            Self::Second => (SECOND, LINK),
        }
    }
}

/// A point's system and its stages under both priorities, first stage first.
struct Solved {
    system: Vec<Ratio>,
    stages: [Vec<Pair>; 2],
    landings: Option<Vec<Option<Landing>>>,
}

/// Both stages of a point.
#[derive(Clone, Copy)]
struct Pair {
    state: State,
    first: f64,
    second: f64,
    interval: (f64, f64),
    first_weight: f64,
}

fn evaluate(evaluated: &Chain<'_>, reference: &Chain<'_>, options: &TwoStageOptions) -> Result<TwoStage, FrontierError> {
    let known = options.returns == Returns::Crs || options.returns == Returns::Vrs && options.model == Model::Additive;
    if !known {
        let why = "a chain takes `crs`; under `vrs` its product is no linear program, so that `vrs` goes with `additive` only";
        return Err(FrontierError::Options(vec![("returns", why.to_owned())]));
    }
    evaluated.check(options.missing)?;
    let set = reference.spanning()?;
    let points = evaluated.points();
    let stages = Stages::new(&set, &points, evaluated.sizes(), options.returns == Returns::Vrs)?;
    let solved = match options.model {
        Model::LeaderFollower => led(&stages, options.priority)?,
        joint => together(&stages, joint, &set, evaluated.sizes())?,
    };
    let units = Points::new(&points, evaluated.len());
    let all: Vec<usize> = (0..points.classes.len()).collect();
    let system = units.units(&all, &solved.system);
    let [mut by_first, mut by_second] = solved.stages.map(|pairs| StageEfficiencies::new(&units.units(&all, &pairs)));
    let weaker = by_first.weaker(&by_second);
    if options.priority == Stage::Second {
        std::mem::swap(&mut by_first, &mut by_second);
    }
    let land = |landings: &Vec<Option<Landing>>| {
        let landings: Vec<Option<&Landing>> =
            units.units(&all, landings).into_iter().map(|l| l.and_then(Option::as_ref)).collect();
        ChainProjection::new(&landings, &set, evaluated.sizes())
    };
    Ok(TwoStage {
        state: column(&system, State::Missing, |r| r.state),
        efficiency: column(&system, f64::NAN, |r| r.value),
        interval: column(&system, (f64::NAN, f64::NAN), |r| r.interval),
        stages: by_first,
        alternative: by_second,
        weaker,
        projection: solved.landings.as_ref().map(land),
    })
}

/// The stages share one optimum: relational and additive.
fn together(stages: &Stages<'_>, model: Model, set: &Reference, sizes: [usize; 3]) -> Result<Solved, LpError> {
    let (made, used) = match model {
        Model::Additive => (FIRST.and(1.0, SECOND), USED.and(1.0, LINK)),
        _ => (SECOND, USED),
    };
    let both = stages.sweep((made, used), None, false, |k, solution| {
        let ratio = stages.read(k, solution);
        (ratio, ratio.value.is_finite().then(|| Landing::new(set, solution, sizes)))
    })?;
    let (system, landings): (Vec<Ratio>, Vec<_>) = both.into_iter().unzip();
    // The system keeps its efficiency while one stage takes the most of it.
    let held = |k: usize| made.and(-system[k].value, used);
    let pairs = |stage: Stage| -> Result<Vec<Pair>, LpError> {
        let found = stages.ratio(stage.ratio(), Some(&held))?;
        Ok(found.iter().zip(&system).map(|(own, system)| Pair::new(model, stage, own, system)).collect())
    };
    let stages = [pairs(Stage::First)?, pairs(Stage::Second)?];
    Ok(Solved { system, stages, landings: Some(landings) })
}

/// One stage leads: it takes its own best, the other the best that this leaves.
fn led(stages: &Stages<'_>, priority: Stage) -> Result<Solved, LpError> {
    let led_by = |leader: Stage| -> Result<(Vec<Ratio>, Vec<Pair>), LpError> {
        let (made, used) = leader.ratio();
        let own = stages.ratio((made, used), None)?;
        let held = |k: usize| made.and(-own[k].value, used);
        let follower = stages.ratio(leader.other().ratio(), Some(&held))?;
        let join = |(leads, follows): (&Ratio, &Ratio)| {
            let state = leads.state.max(follows.state);
            let value = leads.value * follows.value;
            let interval = (leads.interval.0 * follows.interval.0, leads.interval.1 * follows.interval.1);
            let (first, second) = leader.order(leads.value, follows.value);
            let pair = Pair { state, first, second, interval: leads.interval, first_weight: f64::NAN };
            (Ratio { state, value, interval, used: f64::NAN, link: f64::NAN }, pair)
        };
        Ok(own.iter().zip(&follower).map(join).unzip())
    };
    let (by_first, by_second) = (led_by(Stage::First)?, led_by(Stage::Second)?);
    let system = if priority == Stage::First { by_first.0 } else { by_second.0 };
    Ok(Solved { system, stages: [by_first.1, by_second.1], landings: None })
}

impl Stage {
    /// What belongs to this stage and to the other, as first and second.
    fn order(self, own: f64, other: f64) -> (f64, f64) {
        if self == Self::First { (own, other) } else { (other, own) }
    }
}

impl Pair {
    /// The stage with priority is solved; the other follows from the system's identity.
    fn new(model: Model, priority: Stage, own: &Ratio, system: &Ratio) -> Self {
        let state = own.state.max(system.state);
        let (other, first_weight) = if model == Model::Additive {
            let all = own.used + own.link;
            let share = if priority == Stage::First { own.used } else { own.link } / all;
            // A stage without weight has no efficiency of its own.
            let other = if share < 1.0 - 1e-12 { (system.value - share * own.value) / (1.0 - share) } else { f64::NAN };
            (other, own.used / all)
        } else {
            (system.value / own.value, f64::NAN)
        };
        let (first, second) = priority.order(own.value, other);
        Self { state, first, second, interval: own.interval, first_weight }
    }
}

impl StageEfficiencies {
    fn new(pairs: &[Option<&Pair>]) -> Self {
        Self {
            state: column(pairs, State::Missing, |p| p.state),
            first: column(pairs, f64::NAN, |p| p.first),
            second: column(pairs, f64::NAN, |p| p.second),
            interval: column(pairs, (f64::NAN, f64::NAN), |p| p.interval),
            first_weight: column(pairs, f64::NAN, |p| p.first_weight),
        }
    }

    fn weaker(&self, other: &Self) -> Vec<Weaker> {
        const EQUAL: f64 = 1e-9;
        let compare = |s: &Self, u: usize| match s.first[u] - s.second[u] {
            by if by.is_nan() => Weaker::None,
            by if by.abs() <= EQUAL => Weaker::Even,
            by if by < 0.0 => Weaker::First,
            _ => Weaker::Second,
        };
        (0..self.first.len())
            .map(|u| match (compare(self, u), compare(other, u)) {
                (Weaker::None, _) | (_, Weaker::None) => Weaker::None,
                (a, b) if a == b => a,
                _ => Weaker::Open,
            })
            .collect()
    }
}

/// One solved point of the joint program.
#[derive(Clone)]
struct Landing {
    targets: [Vec<f64>; 4],
    prices: Vec<f64>,
    peers: [Vec<(usize, f64)>; 2],
    unique: bool,
}

impl Landing {
    fn new(set: &Reference, solution: &Solution, [m, d, s]: [usize; 3]) -> Self {
        let n = set.classes.len();
        let side = |second: bool| -> Vec<(usize, f64)> {
            let own = solution.weights.iter().filter(|w| (w.0 >= n) == second);
            let mut own: Vec<(usize, f64)> = own.map(|&(j, w)| (j % n, w)).collect();
            // A weight that moves no target by a digit is no peer.
            let total: f64 = own.iter().map(|w| w.1).sum();
            own.retain(|w| w.1 > 1e-12 * total);
            own
        };
        let (first, second) = (side(false), side(true));
        let at = |peers: &[(usize, f64)], vs: std::ops::Range<usize>| -> Vec<f64> {
            vs.map(|v| peers.iter().map(|&(j, w)| w * set.columns[v][j]).sum()).collect()
        };
        let targets = [at(&first, 0..m), at(&first, m..m + d), at(&second, m..m + d), at(&second, m + d..m + d + s)];
        let prices = solution.duals[..m + d + s].iter().map(|p| p.abs()).collect();
        Self { targets, prices, peers: [first, second], unique: solution.unique }
    }
}

impl ChainProjection {
    fn new(landings: &[Option<&Landing>], set: &Reference, [m, d, s]: [usize; 3]) -> Self {
        let target = |which: usize, size: usize| -> Vec<Vec<f64>> {
            (0..size).map(|v| column(landings, f64::NAN, |l| l.targets[which][v])).collect()
        };
        let price =
            |vs: std::ops::Range<usize>| -> Vec<Vec<f64>> { vs.map(|v| column(landings, f64::NAN, |l| l.prices[v])).collect() };
        let peers =
            |which: usize| Peers::new(set.classes.clone(), landings.iter().map(|l| l.map_or(&[][..], |l| &l.peers[which])));
        Self {
            input_targets: target(0, m),
            intermediates_made: target(1, d),
            intermediates_used: target(2, d),
            output_targets: target(3, s),
            input_prices: price(0..m),
            intermediate_prices: price(m..m + d),
            output_prices: price(m + d..m + d + s),
            first_peers: peers(0),
            second_peers: peers(1),
            unique: column(landings, false, |l| l.unique),
        }
    }
}

#[cfg(test)]
#[path = "two_stage_tests.rs"]
mod tests;
