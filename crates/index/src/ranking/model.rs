//! One name for every ranking method, so that they can be run side by side.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    RankingError, Scaling, Table, additive,
    compensation::{self, Compensation, MazziottaPareto},
    copeland::{self, Copeland},
    copras, edas,
    fuzzy::{self, Fuzzy, Operator},
    grey_relation,
    owa::{self, Emphasis},
    promethee::{self, Preference},
    rank_sum::{self, RankSum, Ranks},
    taxonomic::{self, Standard},
    topsis,
    vikor::{self, Vikor},
};
use crate::recipe::Placement;

/// A ranking method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Nearness to the ideal (Hwang and Yoon 1981).
    #[default]
    Topsis,
    /// Compromise of group utility and individual regret (Opricovic and Tzeng 2004); smaller is better.
    Vikor,
    /// Grey relation with the ideal (Deng 1982).
    Gra,
    /// Simple additive weighting.
    Saw,
    /// Weighted product.
    Wpm,
    /// Weighted sum and product together (Zavadskas et al. 2012).
    Waspas,
    /// Complex proportional assessment (Zavadskas and Kaklauskas 1996).
    Copras,
    /// Distance from the average (Keshavarz Ghorabaee et al. 2015).
    Edas,
    /// Net flows of pairwise preference (Brans and Vincke 1985), PROMETHEE II.
    Promethee,
    /// Pairwise majority; Condorcet's winner and the Smith set beside it.
    Copeland,
    /// Ordered weighted average (Yager 1988).
    Owa,
    /// Rank-sum ratio 秩和比 with probit grading (Tian Fengtiao 1988).
    Rsr,
    /// Wroclaw taxonomic measure (Hellwig 1968).
    Taxonomic,
    /// Fuzzy comprehensive evaluation.
    Fuzzy,
    /// Mazziotta-Pareto index.
    Mpi,
    /// Adjusted Mazziotta-Pareto index.
    Ampi,
    /// Mean less part of the distance to the minimum, on min-max values.
    MeanMin,
    /// Power mean of min-max values.
    PowerMean,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Topsis,
        Self::Vikor,
        Self::Gra,
        Self::Saw,
        Self::Wpm,
        Self::Waspas,
        Self::Copras,
        Self::Edas,
        Self::Promethee,
        Self::Copeland,
        Self::Owa,
        Self::Rsr,
        Self::Taxonomic,
        Self::Fuzzy,
        Self::Mpi,
        Self::Ampi,
        Self::MeanMin,
        Self::PowerMean,
    ];

    /// Scaling where none is chosen: of TOPSIS by vectors, of the others min-max.
    pub fn scaling(self) -> Scaling {
        if self == Self::Topsis { Scaling::Vector } else { Scaling::MinMax }
    }

    /// Whether the scaling can be chosen.
    pub fn is_scaled(self) -> bool {
        matches!(self, Self::Topsis | Self::Saw | Self::Owa)
    }

    /// Whether a larger score is better.
    pub fn larger_is_better(self) -> bool {
        self != Self::Vikor
    }

    /// Whether every pair of alternatives is compared, which takes time with their square.
    pub fn is_pairwise(self) -> bool {
        self == Self::Copeland
    }
}

/// Parameters of all methods.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Scaling of TOPSIS, SAW and OWA; the method's own where `None`.
    pub scaling: Option<Scaling>,
    /// Where weights enter the distances of TOPSIS.
    pub placement: Placement,
    /// `v` of VIKOR.
    pub v: f64,
    /// `ρ` of grey relation.
    pub rho: f64,
    /// `λ` of WASPAS.
    pub lambda: f64,
    /// Preference of each criterion under PROMETHEE; usual where empty.
    pub preferences: Vec<Preference>,
    /// Ranks of the rank-sum ratio.
    pub ranks: Ranks,
    /// Grades of the rank-sum ratio (3 where `None`) and of fuzzy evaluation (5).
    pub grades: Option<usize>,
    /// Operator of fuzzy evaluation.
    pub operator: Operator,
    /// Standardisation of the taxonomic measure.
    pub standard: Standard,
    /// Parameters of OWA, Mazziotta-Pareto, mean-min and the power mean.
    pub compensation: Compensation,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            scaling: None,
            placement: Placement::Inside,
            v: 0.5,
            rho: 0.5,
            lambda: 0.5,
            preferences: Vec::new(),
            ranks: Ranks::default(),
            grades: None,
            operator: Operator::default(),
            standard: Standard::default(),
            compensation: Compensation::default(),
        }
    }
}

/// What a method says beyond scores.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// Nothing more.
    None,
    /// Conditions and the compromise set.
    Vikor(Vikor),
    /// Condorcet's winner, loser and the Smith set.
    Copeland(Copeland),
    /// Distribution, regression and grades.
    RankSum(RankSum),
    /// Memberships and grades.
    Fuzzy(Fuzzy),
}

/// Scores of alternatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Score of each alternative.
    pub score: Vec<f64>,
    /// Intermediate columns by name, one value per alternative.
    pub parts: Vec<(&'static str, Vec<f64>)>,
    /// What the method says beyond.
    pub detail: Detail,
}

/// Ranks alternatives by a method.
///
/// # Errors
/// What the method asks of the table and its parameters.
pub fn rank(table: &Table<'_>, model: Model, with: &Parameters) -> Result<Ranking, Vec<RankingError>> {
    let wrong = with.compensation.check();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let form = &with.compensation;
    let scaling = with.scaling.unwrap_or(model.scaling());
    let plain = |score: Vec<f64>, parts: Vec<(&'static str, Vec<f64>)>| Ranking { score, parts, detail: Detail::None };
    let counts = |v: &[usize]| v.iter().map(|x| *x as f64).collect::<Vec<f64>>();
    Ok(match model {
        Model::Topsis => {
            let r = topsis::topsis(table, scaling, with.placement)?;
            plain(r.closeness, vec![("to_ideal", r.to_ideal), ("to_anti_ideal", r.to_anti_ideal)])
        }
        Model::Vikor => {
            let r = vikor::vikor(table, with.v)?;
            let parts = vec![("group", r.group.clone()), ("regret", r.regret.clone())];
            Ranking { score: r.compromise.clone(), parts, detail: Detail::Vikor(r) }
        }
        Model::Gra => plain(grey_relation::with_ideal(table, with.rho)?.grade, Vec::new()),
        Model::Saw => plain(additive::additive(table, scaling)?.score, Vec::new()),
        Model::Wpm => plain(additive::product(table)?, Vec::new()),
        Model::Waspas => {
            let r = additive::waspas(table, with.lambda)?;
            plain(r.score, vec![("sum", r.sum), ("product", r.product)])
        }
        Model::Copras => {
            let r = copras::copras(table)?;
            plain(r.utility, vec![("benefit", r.benefit), ("cost", r.cost), ("significance", r.significance)])
        }
        Model::Edas => {
            let r = edas::edas(table)?;
            plain(r.appraisal, vec![("above", r.above), ("below", r.below)])
        }
        Model::Promethee => {
            let usual = vec![Preference::Usual; table.columns.len()];
            let r = promethee::promethee(table, if with.preferences.is_empty() { &usual } else { &with.preferences })?;
            plain(r.net, vec![("leaving", r.leaving), ("entering", r.entering)])
        }
        Model::Copeland => {
            let r = copeland::copeland(table)?;
            let parts = vec![("wins", counts(&r.wins)), ("ties", counts(&r.ties)), ("losses", counts(&r.losses))];
            Ranking { score: r.score.clone(), parts, detail: Detail::Copeland(r) }
        }
        Model::Owa => plain(owa::owa(table, scaling, &Emphasis::Quantifier(form.quantifier))?.score, Vec::new()),
        Model::Rsr => {
            let r = rank_sum::rank_sum(table, with.ranks, with.grades.unwrap_or(3))?;
            Ranking { score: r.ratio.clone(), parts: Vec::new(), detail: Detail::RankSum(r) }
        }
        Model::Taxonomic => {
            let r = taxonomic::taxonomic(table, with.standard)?;
            plain(r.development, vec![("distance", r.distance)])
        }
        Model::Fuzzy => {
            let r = fuzzy::fuzzy(table, with.grades.unwrap_or(5), with.operator)?;
            Ranking { score: r.score.clone(), parts: Vec::new(), detail: Detail::Fuzzy(r) }
        }
        Model::Mpi | Model::Ampi => {
            let index = if model == Model::Mpi { compensation::mpi } else { compensation::ampi };
            let MazziottaPareto { mean, penalty, score, .. } = index(table, form.penalty, form.spread)?;
            plain(score, vec![("mean", mean), ("penalty", penalty)])
        }
        Model::MeanMin | Model::PowerMean => {
            table.check()?;
            let scaled: Vec<Vec<f64>> = (0..table.columns.len()).map(|j| table.scaled(j, Scaling::MinMax).values).collect();
            let mut pairs: Vec<(f64, f64)> = table.weights.iter().map(|w| (0.0, *w)).collect();
            let score = (0..table.len()).map(|i| {
                pairs.iter_mut().zip(&scaled).for_each(|(p, c)| p.0 = c[i]);
                if model == Model::MeanMin {
                    compensation::mean_min(&pairs, form.min_share, form.min_smoothing)
                } else {
                    compensation::power_mean(&pairs, form.power)
                }
            });
            plain(score.collect(), Vec::new())
        }
    })
}
