//! `ranking`: units in order of several criteria, by one of eighteen methods or by all of them side by side.

use index::{
    ranking::{
        self, Criterion, Model, Parameters, Ranking, RankingError, Scaling, Sense, Table as Alternatives,
        compensation::Compensation, criteria, fuzzy::Operator, places, promethee::Preference, rank_sum::Ranks,
        taxonomic::Standard,
    },
    recipe::Placement,
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::{
    method::{Check, Input, Method, Output, OutputVariable, Page},
    text::Text,
};

mod compare;
mod detail;
mod moves;
mod options;
mod story;
mod tables;

pub use options::{Breadth, Kind, RankingOptions, Weights};

/// Ranking of units by several criteria.
pub struct RankingMethod;

impl Method for RankingMethod {
    type Options = RankingOptions;
    const NAME: &'static str = "ranking";
    const PAGE: Page = Page {
        title: ("Ranking by several criteria", "多准则排序"),
        en: ranking::PAGE,
        zh: ranking::PAGE_ZH,
        example: "xinzhi ranking cities.csv --unit city --period year --positive patents,graduates --negative so2 --model topsis --compare --out result",
    };

    fn check(options: &RankingOptions) -> Vec<Problem> {
        options.contradictions()
    }

    fn run(input: &Input<'_>, options: &RankingOptions) -> Result<Output, Vec<Problem>> {
        let study = Study::new(input.panel, options)?;
        let blocks = study.blocks()?;
        let parameters = options.parameters(study.names.len());
        let mut ranked = Vec::with_capacity(blocks.len());
        let mut problems = Vec::new();
        for block in &blocks {
            match block.rank(options.model, &parameters) {
                Ok(ranking) => ranked.push(ranking),
                Err(errors) => problems.extend(errors.iter().map(|e| study.refused(e, options.model, block))),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let view = View::new(&study, &blocks, &ranked);
        let compared = options.compare.then(|| compare::Compared::new(&view, &parameters));
        let compared = compared.as_ref();
        let mut tables = vec![view.ranking(compared), view.weights(), view.rows()];
        tables.extend(view.detail());
        tables.extend(view.left_out());
        tables.extend(compared.map(|c| c.tables(&view)).into_iter().flatten());
        Ok(Output {
            summary: view.summary(compared),
            variables: view.variables(),
            tables,
            figures: view.figures(compared),
            findings: view.findings(compared, &parameters),
            checks: view.checks(),
        })
    }
}

/// The data of the step, ready to be ranked.
struct Study<'a> {
    panel: &'a Panel,
    options: &'a RankingOptions,
    names: Vec<&'a str>,
    criteria: Vec<Criterion>,
    values: Vec<&'a [f64]>,
    /// Rows with a value of every criterion, by unit, then period.
    complete: Vec<usize>,
    /// Rows without, and the criteria they lack.
    incomplete: Vec<(usize, Vec<usize>)>,
}

/// Rows that are ranked together: all, or those of a period.
struct Block {
    period: Option<i32>,
    rows: Vec<usize>,
    columns: Vec<Vec<f64>>,
    senses: Vec<Sense>,
    weights: Vec<f64>,
    ends: Option<Vec<(f64, f64)>>,
    /// Cells cut at a declared end: criterion, place among the rows.
    cut: Vec<(usize, usize)>,
}

impl Block {
    fn table(&self) -> Alternatives<'_> {
        Alternatives { columns: &self.columns, senses: &self.senses, weights: &self.weights, ends: self.ends.as_deref() }
    }

    fn rank(&self, model: Model, parameters: &Parameters) -> Result<Ranking, Vec<RankingError>> {
        ranking::rank(&self.table(), model, parameters)
    }

    /// The same without one row, its weights kept.
    fn without(&self, gone: usize) -> Self {
        let keep = |c: &Vec<f64>| c.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, x)| *x).collect();
        Self {
            period: self.period,
            rows: self.rows.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, r)| *r).collect(),
            columns: self.columns.iter().map(keep).collect(),
            senses: self.senses.clone(),
            weights: self.weights.clone(),
            ends: self.ends.clone(),
            cut: Vec::new(),
        }
    }
}

impl<'a> Study<'a> {
    fn new(panel: &'a Panel, options: &'a RankingOptions) -> Result<Self, Vec<Problem>> {
        let mut problems = options.contradictions();
        let named = options.criteria();
        let mut values = Vec::new();
        for (k, (name, _)) in named.iter().enumerate() {
            if named[..k].iter().any(|(n, _)| n == name) {
                problems.push(
                    Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                        .why("A criterion counts once, in one direction.")
                        .at(Place { column: Some((*name).to_owned()), ..Place::default() }),
                );
            }
            values.push(lookup::column(panel, name, &mut problems));
        }
        if named.is_empty() {
            problems.push(
                Problem::error("no-criterion", "There is no criterion.")
                    .help("Name variables as `positive`, `negative`, `middle` or `interval`."),
            );
        }
        if panel.is_empty() {
            problems.push(Problem::error("no-row", "The data set has no row."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for (j, (name, _)) in named.iter().enumerate() {
            if let Some(row) = values[j].iter().position(|x| x.is_infinite()) {
                problems.push(
                    Problem::error("infinite-value", format!("`{name}` has an infinite value."))
                        .at(lookup::cell(panel, name, row)),
                );
            }
        }
        let lacks = |i: usize| (0..values.len()).filter(|&j| values[j][i].is_nan()).collect::<Vec<usize>>();
        let mut order: Vec<usize> = (0..panel.len()).collect();
        order.sort_by(|&a, &b| (&panel.units[a], panel.periods[a]).cmp(&(&panel.units[b], panel.periods[b])));
        let (complete, gaps): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|&i| lacks(i).is_empty());
        if complete.is_empty() {
            problems.push(
                Problem::error("no-complete-row", "No row has a value of every criterion.")
                    .help("Restrict the periods of the step, or leave out a criterion."),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let incomplete = gaps.into_iter().map(|i| (i, lacks(i))).collect();
        let (names, criteria) = named.into_iter().unzip();
        Ok(Self { panel, options, names, criteria, values, complete, incomplete })
    }

    fn blocks(&self) -> Result<Vec<Block>, Vec<Problem>> {
        let mut periods: Vec<i32> = self.complete.iter().map(|&i| self.panel.periods[i]).collect();
        periods.sort_unstable();
        periods.dedup();
        let parts: Vec<(Option<i32>, Vec<usize>)> = match self.options.scope {
            Breadth::Pooled => vec![(None, self.complete.clone())],
            Breadth::PerPeriod => periods
                .into_iter()
                .map(|p| (Some(p), self.complete.iter().copied().filter(|&i| self.panel.periods[i] == p).collect()))
                .collect(),
        };
        let mut problems = Vec::new();
        let mut blocks = Vec::new();
        for (period, rows) in parts {
            if rows.len() < 2 {
                let place = Place { period, ..Place::default() };
                problems.push(
                    Problem::error("too-few-rows", "A single row with a value of every criterion cannot be ranked.")
                        .help("Use `scope = \"pooled\"`, or restrict the periods of the step.")
                        .at(place),
                );
                continue;
            }
            match self.block(period, rows) {
                Ok(block) => blocks.push(block),
                Err(problem) => problems.push(*problem),
            }
        }
        if problems.is_empty() { Ok(blocks) } else { Err(problems) }
    }

    fn block(&self, period: Option<i32>, rows: Vec<usize>) -> Result<Block, Box<Problem>> {
        let senses: Vec<Sense> = self.criteria.iter().map(|c| c.sense()).collect();
        let mut columns: Vec<Vec<f64>> = self
            .values
            .iter()
            .zip(&self.criteria)
            .map(|(v, c)| c.turn(&rows.iter().map(|&i| v[i]).collect::<Vec<f64>>()))
            .collect();
        let ends = self.options.ends(self.names.len());
        let cut = ends.as_ref().map_or_else(Vec::new, |e| criteria::cut(&mut columns, e));
        let equal = vec![1.0 / self.names.len() as f64; self.names.len()];
        let scaled = || -> Vec<Vec<f64>> {
            let t = Alternatives { columns: &columns, senses: &senses, weights: &equal, ends: ends.as_deref() };
            (0..columns.len()).map(|j| t.scaled(j, Scaling::MinMax).values).collect()
        };
        let all: Vec<usize> = (0..rows.len()).collect();
        // A constant column carries no information, wherever on the scale it stands.
        let weights = match self.options.weights {
            Weights::Equal => equal.clone(),
            Weights::Given => {
                let total: f64 = self.options.given.iter().sum();
                self.options.given.iter().map(|w| w / total).collect()
            }
            Weights::Entropy => index::weights::entropy(&scaled(), &all).weights,
            Weights::Critic => index::weights::critic(&scaled(), &all),
        };
        if weights.iter().all(|w| *w == 0.0) {
            let problem = Problem::error("nothing-varies", "No criterion varies, so that the data say nothing on weights.")
                .help("Use equal or given weights.")
                .at(Place { period, ..Place::default() });
            return Err(Box::new(problem));
        }
        Ok(Block { period, rows, columns, senses, weights, ends, cut })
    }

    fn refused(&self, error: &RankingError, model: Model, block: &Block) -> Problem {
        let name = |j: usize| self.names.get(j).copied().unwrap_or_default();
        let at =
            |j: usize, i: usize| block.rows.get(i).map_or_else(Place::default, |&row| lookup::cell(self.panel, name(j), row));
        let column = |j: usize| Place { column: Some(name(j).to_owned()), ..Place::default() };
        let label = tables::model_name(model).en;
        match *error {
            RankingError::NotPositive { criterion: j, row: i } => {
                let value = block.columns.get(j).and_then(|c| c.get(i)).copied().unwrap_or(f64::NAN);
                Problem::error("not-positive", format!("{label} needs values above 0, and `{}` is {value}.", name(j)))
                    .why("It divides by values, or multiplies their powers.")
                    .help("TOPSIS, VIKOR, grey relation, SAW, PROMETHEE, Copeland and others take any values.")
                    .at(at(j, i))
            }
            RankingError::Mean(j) => Problem::error(
                "mean-not-positive",
                format!("{label} divides by the mean of `{}`, which is not above 0.", name(j)),
            )
            .help("TOPSIS, VIKOR, grey relation, SAW, PROMETHEE, Copeland and others take any values.")
            .at(column(j)),
            RankingError::NotFinite { criterion: j, row: i } => {
                Problem::error("infinite-value", format!("`{}` has no finite value.", name(j))).at(at(j, i))
            }
            RankingError::Ends(j) => {
                Problem::error("ends", format!("`worst` and `ideal` of `{}` are not in the order of its direction.", name(j)))
                    .why("The worst of a negative criterion is its larger end.")
                    .at(column(j))
            }
            ref other => Problem::error("ranking", format!("The units cannot be ranked: {other}.")),
        }
    }
}

/// Everything that tables, figures and sentences are made from.
struct View<'a> {
    study: &'a Study<'a>,
    blocks: &'a [Block],
    ranked: &'a [Ranking],
    /// Score of each row of the panel, `NaN` where it is incomplete.
    score: Vec<f64>,
    /// Place within its period, from 1.
    place: Vec<Option<usize>>,
    /// Rows of the last period with a score, best first.
    latest: Vec<usize>,
}

impl<'a> View<'a> {
    fn new(study: &'a Study<'a>, blocks: &'a [Block], ranked: &'a [Ranking]) -> Self {
        let panel = study.panel;
        let mut score = vec![f64::NAN; panel.len()];
        for (block, ranking) in blocks.iter().zip(ranked) {
            block.rows.iter().zip(&ranking.score).for_each(|(&i, s)| score[i] = *s);
        }
        let larger = study.options.model.larger_is_better();
        let mut place = vec![None; panel.len()];
        let mut latest = Vec::new();
        for period in panel.period_set() {
            let rows: Vec<usize> = study.complete.iter().copied().filter(|&i| panel.periods[i] == period).collect();
            let found = places(&rows.iter().map(|&i| score[i]).collect::<Vec<_>>(), larger);
            rows.iter().zip(found).for_each(|(&i, p)| place[i] = Some(p));
            if !rows.is_empty() {
                latest = rows;
            }
        }
        latest.sort_by_key(|&i| (place[i], i));
        Self { study, blocks, ranked, score, place, latest }
    }

    fn panel(&self) -> &Panel {
        self.study.panel
    }

    fn has_periods(&self) -> bool {
        self.panel().period_name.is_some()
    }

    /// The block of the last period.
    fn last_block(&self) -> (&Block, &Ranking) {
        let at = self.blocks.len() - 1;
        (&self.blocks[at], &self.ranked[at])
    }

    /// One column over the panel from a column of each block.
    fn spread(&self, of: impl Fn(&Ranking) -> Option<&[f64]>) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.panel().len()];
        for (block, ranking) in self.blocks.iter().zip(self.ranked) {
            block.rows.iter().zip(of(ranking).unwrap_or_default()).for_each(|(&i, x)| out[i] = *x);
        }
        out
    }

    fn unit(&self, row: usize) -> Text {
        Text::new(&self.panel().units[row], &self.panel().units_zh[row])
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let panel = self.panel();
        let keys: Vec<(String, i32)> = panel.units.iter().cloned().zip(panel.periods.iter().copied()).collect();
        let rank = self.place.iter().map(|p| p.map_or(f64::NAN, |p| p as f64)).collect();
        let model = tables::model_name(self.study.options.model);
        [
            ("score", Text::new(format!("{} score", model.en), format!("{}得分", tables::zh(&model))), self.score.clone()),
            ("rank", Text::new(format!("{} rank", model.en), format!("{}名次", tables::zh(&model))), rank),
        ]
        .map(|(name, label, values)| OutputVariable {
            name: name.into(),
            label,
            unit: Text::default(),
            keys: keys.clone(),
            values,
        })
        .into()
    }

    fn checks(&self) -> Vec<Check> {
        let sum = |w: &[f64]| (w.iter().sum::<f64>() - 1.0).abs();
        let mut checks = vec![Check {
            name: Text::new("weights add up to 1", "权重之和为 1"),
            residual: self.blocks.iter().map(|b| sum(&b.weights)).fold(0.0, f64::max),
            tolerance: 1e-9,
        }];
        if matches!(self.study.options.model, Model::Promethee | Model::Copeland) {
            let total = |r: &Ranking| r.score.iter().sum::<f64>().abs();
            checks.push(Check {
                name: Text::new("net scores add up to 0", "净得分之和为 0"),
                residual: self.ranked.iter().map(total).fold(0.0, f64::max),
                tolerance: 1e-9 * self.study.complete.len() as f64,
            });
        }
        checks
    }
}

#[cfg(test)]
mod tests;
