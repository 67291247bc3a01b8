//! All methods side by side.

use index::ranking::agreement::{kendall, spearman};

use super::{tables::model_name, *};
use crate::{
    figure::{Chart, Figure, Heatmap, Scale},
    table::{Cells, Table},
};

/// Above so many rows, methods that compare all pairs are left out.
const PAIRS: usize = 20_000;

/// Ranks of the last period under every method that could be run.
pub(super) struct Compared {
    /// Methods that ran.
    pub models: Vec<Model>,
    /// Methods that did not, and why.
    pub refused: Vec<(Model, Text)>,
    /// `ranks[model][unit]`, units in the order of the ranking.
    pub ranks: Vec<Vec<usize>>,
    /// Best and worst rank of each unit.
    pub bands: Vec<(usize, usize)>,
    /// Median rank of each unit.
    pub medians: Vec<f64>,
    /// Spearman's correlation between methods.
    pub spearman: Vec<Vec<f64>>,
    /// Kendall's τ_b between methods.
    pub kendall: Vec<Vec<f64>>,
}

impl Compared {
    pub(super) fn new(view: &View<'_>, parameters: &Parameters) -> Self {
        let (block, own) = view.last_block();
        let (mut models, mut refused, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        // The rows of the last period within the block, best first.
        let mut at = vec![usize::MAX; view.panel().len()];
        block.rows.iter().enumerate().for_each(|(k, &i)| at[i] = k);
        let places_in_block: Vec<usize> = view.latest.iter().map(|&i| at[i]).collect();
        for model in Model::ALL {
            let outcome = if model == view.study.options.model {
                Ok(own.score.clone())
            } else if model.is_pairwise() && block.rows.len() > PAIRS {
                Err(Text::new(
                    format!("compares all pairs of {} rows; run it by itself", block.rows.len()),
                    format!("需比较 {} 行的所有配对，请单独运行", block.rows.len()),
                ))
            } else {
                block.rank(model, parameters).map(|r| r.score).map_err(|errors| why_not(view, model, &errors))
            };
            match outcome {
                Ok(score) => {
                    let sign = if model.larger_is_better() { 1.0 } else { -1.0 };
                    scores.push(places_in_block.iter().map(|&k| sign * score[k]).collect::<Vec<f64>>());
                    models.push(model);
                }
                Err(why) => refused.push((model, why)),
            }
        }
        let ranks: Vec<Vec<usize>> = scores.iter().map(|s| places(s, true)).collect();
        let as_numbers: Vec<Vec<f64>> = ranks.iter().map(|r| r.iter().map(|x| *x as f64).collect()).collect();
        let of_unit = |k: usize| ranks.iter().map(move |r| r[k]);
        let units = 0..view.latest.len();
        let bands = units.clone().map(|k| of_unit(k).fold((usize::MAX, 0), |(l, h), r| (l.min(r), h.max(r)))).collect();
        let medians = units.map(|k| numerics::moments::median(&of_unit(k).map(|r| r as f64).collect::<Vec<_>>())).collect();
        // Ranks already join what rounding has parted.
        let matrix = |of: &dyn Fn(&[f64], &[f64]) -> f64| {
            as_numbers.iter().map(|a| as_numbers.iter().map(|b| of(a, b)).collect()).collect::<Vec<Vec<f64>>>()
        };
        Self { spearman: matrix(&spearman), kendall: matrix(&kendall), models, refused, ranks, bands, medians }
    }

    /// Place of the chosen method among those that ran.
    pub(super) fn own(&self, view: &View<'_>) -> usize {
        self.models.iter().position(|m| *m == view.study.options.model).unwrap_or(0)
    }

    pub(super) fn tables(&self, view: &View<'_>) -> Vec<Table> {
        let none = Text::default;
        let own = self.own(view);
        let all = || self.models.iter().map(|m| model_name(*m));
        let left = self.refused.iter().map(|(m, _)| model_name(*m));
        let names: Vec<Text> = all().chain(left).collect();
        let first = |k: usize| {
            let best = self.ranks[k].iter().position(|r| *r == 1).unwrap_or(0);
            view.unit(view.latest[best])
        };
        let state =
            (0..self.models.len()).map(|_| Text::new("run", "已运行")).chain(self.refused.iter().map(|(_, why)| why.clone()));
        let padded = |v: &dyn Fn(usize) -> f64| {
            Cells::Number((0..names.len()).map(|k| if k < self.models.len() { v(k) } else { f64::NAN }).collect(), 3)
        };
        let firsts = (0..names.len()).map(|k| if k < self.models.len() { first(k) } else { Text::default() }).collect();
        let shift = |k: usize| {
            let pairs = self.ranks[k].iter().zip(&self.ranks[own]);
            numerics::moments::mean(&pairs.map(|(a, b)| a.abs_diff(*b) as f64).collect::<Vec<_>>())
        };
        let chosen = model_name(view.study.options.model);
        let models = Table::new("models", Text::new("All methods side by side", "各方法并列"))
            .note(Text::new(
                format!(
                    "Agreement with {} over the units of the last period; weights and directions are the same for all.",
                    chosen.en
                ),
                format!("与{}在最后一期各单元排名上的一致程度；各方法的权重和方向相同。", tables::zh(&chosen)),
            ))
            .column("model", Text::new("Method", "方法"), none(), Cells::Text(names.clone()))
            .column("first", Text::new("First", "第一名"), none(), Cells::Text(firsts))
            .column("spearman", Text::new("Spearman", "Spearman 相关"), none(), padded(&|k| self.spearman[k][own]))
            .column("kendall", Text::plain("Kendall τb"), none(), padded(&|k| self.kendall[k][own]))
            .column("shift", Text::new("Mean change of rank", "平均名次变动"), Text::new("ranks", "位"), padded(&shift))
            .column("state", Text::new("State", "状态"), none(), Cells::Text(state.collect()));
        let units: Vec<String> = view.latest.iter().map(|&i| view.panel().units[i].clone()).collect();
        let mut by_model = Table::new("ranks_by_model", Text::new("Ranks by method", "各方法名次")).hidden().column(
            "unit",
            Text::new("Unit", "单元"),
            none(),
            Cells::Unit(units),
        );
        for (model, ranks) in self.models.iter().zip(&self.ranks) {
            let name = serde_json::to_value(model).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
            by_model = by_model.column(
                &name,
                model_name(*model),
                none(),
                Cells::Integer(ranks.iter().map(|r| Some(*r as i64)).collect()),
            );
        }
        let pairs: Vec<(usize, usize)> = (0..self.models.len()).flat_map(|a| (0..a).map(move |b| (b, a))).collect();
        let name = |k: usize| model_name(self.models[k]);
        let agreement = Table::new("agreement", Text::new("Agreement of every two methods", "任意两种方法的一致程度"))
            .hidden()
            .column("a", Text::new("Method", "方法"), none(), Cells::Text(pairs.iter().map(|p| name(p.0)).collect()))
            .column("b", Text::new("Other", "另一方法"), none(), Cells::Text(pairs.iter().map(|p| name(p.1)).collect()))
            .column(
                "spearman",
                Text::new("Spearman", "Spearman 相关"),
                none(),
                Cells::Number(pairs.iter().map(|&(a, b)| self.spearman[a][b]).collect(), 3),
            )
            .column(
                "kendall",
                Text::plain("Kendall τb"),
                none(),
                Cells::Number(pairs.iter().map(|&(a, b)| self.kendall[a][b]).collect(), 3),
            );
        vec![models, by_model, agreement]
    }

    pub(super) fn figures(&self, view: &View<'_>) -> Vec<Figure> {
        const SHOWN: usize = 60;
        let names: Vec<Text> = self.models.iter().map(|m| model_name(*m)).collect();
        let shown = view.latest.len().min(SHOWN);
        let rows = view.latest[..shown].iter().map(|&i| Text::plain(view.panel().units[i].clone())).collect();
        let ranks = Figure {
            id: "ranks_by_model".into(),
            title: Text::new("Rank by method", "各方法名次"),
            note: if shown < view.latest.len() {
                Text::new(format!("First {SHOWN} units of the ranking."), format!("排名前 {SHOWN} 的单元。"))
            } else {
                Text::default()
            },
            chart: Chart::Heatmap(Heatmap {
                label: Text::new("rank", "名次"),
                decimals: 0,
                scale: Scale::Sequential,
                rows,
                rows_are_units: true,
                columns: names.clone(),
                values: (0..shown).map(|k| self.ranks.iter().map(|r| r[k] as f64).collect()).collect(),
            }),
        };
        let agreement = Figure {
            id: "agreement".into(),
            title: Text::new("Agreement of methods", "方法间的一致程度"),
            note: Text::new("Spearman's correlation of ranks.", "名次的 Spearman 相关系数。"),
            chart: Chart::Heatmap(Heatmap {
                label: Text::new("Spearman", "Spearman 相关"),
                decimals: 2,
                scale: Scale::Sequential,
                rows: names.clone(),
                rows_are_units: false,
                columns: names,
                values: self.spearman.clone(),
            }),
        };
        vec![ranks, agreement]
    }
}

/// Why a method could not be run beside the others.
fn why_not(view: &View<'_>, model: Model, errors: &[RankingError]) -> Text {
    let study = view.study;
    let (block, _) = view.last_block();
    let all: Vec<String> = errors.iter().map(|e| study.refused(e, model, block).what).collect();
    let named = errors.iter().filter_map(|e| match e {
        RankingError::NotPositive { criterion, .. } | RankingError::Mean(criterion) => study.names.get(*criterion).copied(),
        _ => None,
    });
    let named: Vec<&str> = named.collect();
    let chinese = if named.is_empty() {
        "不能计算".to_owned()
    } else {
        format!("要求取值或均值大于 0：{}", named.join("、"))
    };
    Text::new(all.join(" "), chinese)
}
