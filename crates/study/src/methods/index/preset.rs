//! Presets: the recipe of a tool in one word, and the default recipe beside it.

use index::{
    Aggregation, Goalposts, Missing, Normalisation, Outliers, Recipe, Scope, Weighting,
    audit::Shift,
    weights::entropy::{EntropyOptions, Zeros},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Construction, Normalised, View, findings, tables};
use crate::{
    finding::{Finding, Weight},
    table::{Cells, Table},
    text::Text,
};

/// What a tool does with a table of indicators. Options that a preset sets may not be given beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// SPSSAU's entropy method (熵值法): min-max over all rows, columns that reach 0 moved by their least value and 0.01
    /// before entropies are taken, one set of entropy weights over all indicators, weighted sum.
    Spssau,
    /// Stata's `ewm` (SSC 2024): min-max over all rows, `0 ln 0 = 0`, one set of entropy weights over all indicators,
    /// weighted sum.
    StataEwm,
    /// COINr's defaults: at most five values winsorised where |skewness| > 2 and kurtosis > 3.5, else `log_CT`; min-max
    /// over all rows, weights of the framework, arithmetic means of what is present.
    Coinr,
}

impl Preset {
    fn name(self) -> &'static str {
        match self {
            Self::Spssau => "SPSSAU",
            Self::StataEwm => "Stata ewm",
            Self::Coinr => "COINr",
        }
    }

    /// Options of the recipe that the tool decides.
    fn keys(self) -> &'static [&'static str] {
        const ENTROPY: &[&str] =
            &["normalisation", "goalposts", "weights", "scope", "reach", "entropy", "aggregation", "outliers"];
        const COINR: &[&str] = &["normalisation", "goalposts", "weights", "aggregation", "outliers", "missing"];
        match self {
            Self::Spssau | Self::StataEwm => ENTROPY,
            Self::Coinr => COINR,
        }
    }

    /// The recipe of the tool; what it does not decide stays as given.
    pub(super) fn recipe(self, given: &Recipe) -> Recipe {
        let plain = Recipe {
            normalisation: Normalisation::MinMax,
            goalposts: Goalposts::Pooled,
            scope: Scope::Pooled,
            aggregation: Aggregation::Arithmetic,
            outliers: None,
            ..given.clone()
        };
        let entropy = |zeros| Recipe {
            weights: Weighting::Entropy,
            entropy: EntropyOptions { zeros, ..EntropyOptions::default() },
            ..plain.clone()
        };
        match self {
            Self::Spssau => entropy(Zeros::ShiftToPositive),
            Self::StataEwm => entropy(Zeros::Exact),
            Self::Coinr => Recipe {
                weights: Weighting::Manual,
                outliers: Some(Outliers::default()),
                missing: Missing::MeanOfPresent,
                ..plain
            },
        }
    }

    /// The default recipe over the same cells.
    pub(super) fn corrected(self, construction: &Construction) -> Construction {
        let tool = self.recipe(&construction.recipe);
        let recipe = Recipe { missing: tool.missing, screen: tool.screen, ..Recipe::default() };
        Construction { recipe, ..construction.clone() }
    }

    /// What differs from the default recipe, and why that matters.
    fn difference(self) -> (&'static str, &'static str) {
        match self {
            Self::Spssau => (
                "It lets the dispersion of the indicators set all weights at once, whatever the framework holds of its dimensions, and moves zeros by 0.01 first, a constant of choice. Rows of all periods count as one sample, so a period more rewrites the weights.",
                "该工具按离散程度一次性确定全部权重，不顾指标体系对各维度的看法，并先将零值平移 0.01（人为常数）；各期数据视为同一样本，新增一期即改写权重。",
            ),
            Self::StataEwm => (
                "It lets the dispersion of the indicators set all weights at once, whatever the framework holds of its dimensions: dispersion is not importance. Rows of all periods count as one sample, so a period more rewrites the weights.",
                "该工具按离散程度一次性确定全部权重，不顾指标体系对各维度的看法，而离散不等于重要；各期数据视为同一样本，新增一期即改写权重。",
            ),
            Self::Coinr => (
                "It brings in outliers or takes logarithms of skewed indicators, and weighs by the framework; the default recipe leaves values as they are and weighs siblings equally.",
                "该工具对偏态指标缩尾或取对数，并采用指标体系中的权重；默认方案保留原值，同级等权。",
            ),
        }
    }
}

/// Options given beside a preset that it decides otherwise.
pub(super) fn contradicted(given: &Map<String, Value>) -> Vec<Problem> {
    let Some(preset) = given.get("preset").and_then(|p| serde_json::from_value::<Preset>(p.clone()).ok()) else {
        return Vec::new();
    };
    let value = |recipe: &Recipe, key: &str| serde_json::to_value(recipe).ok().and_then(|mut v| v.get_mut(key).map(Value::take));
    let tool = preset.recipe(&Recipe::default());
    let differs = |key: &&&str| {
        let own = given.get(**key).and_then(|v| serde_json::from_value::<Recipe>(json!({ **key: v })).ok());
        own.is_some_and(|own| value(&own, key) != value(&tool, key))
    };
    let told = |key: &&str| {
        Problem::error("preset-contradicted", format!("`{key}` is given, but {} decides it otherwise.", preset.name()))
            .why("The result would be neither the tool's nor the one asked for.")
            .help(format!("Leave out `{key}` or `preset`."))
    };
    preset.keys().iter().filter(differs).map(told).collect()
}

/// The tool's result and the default one, row by row, and what to think of the difference.
pub(super) fn beside(v: &View<'_>, preset: Preset, other: &Normalised) -> (Table, Finding) {
    let o = &other.composite;
    let rows: Vec<usize> = (0..v.index.ranks.len()).collect();
    let twin = |i: usize| {
        let n = &o.normalised;
        (0..n.units.len()).find(|&k| n.units[k] == v.unit(i) && n.periods[k] == v.period(i))
    };
    let twins: Vec<Option<usize>> = rows.iter().map(|&i| twin(i)).collect();
    let ranks: Vec<Option<usize>> = twins.iter().map(|t| t.and_then(|k| o.ranks[k])).collect();
    let signed = |r: Option<usize>| r.and_then(|r| i64::try_from(r).ok());
    let own = |i: usize| signed(v.index.ranks[i]);
    let differences: Vec<Option<i64>> = rows.iter().map(|&i| Some(own(i)? - signed(ranks[i])?)).collect();
    let (tool, points) = (preset.name(), tables::points);
    let label = |en: &str, zh: &str| Text::new(en, zh);
    let table = tables::keyed(v, "preset", label(&format!("{tool} and the default recipe"), &format!("{tool} 与默认方案")), &rows)
        .column("rank_tool", label(&format!("Rank, {tool}"), &format!("{tool} 名次")), Text::default(), Cells::Integer(rows.iter().map(|&i| own(i)).collect()))
        .column("score_tool", label(&format!("Score, {tool}"), &format!("{tool} 得分")), points(), Cells::Number(rows.iter().map(|&i| v.score(i)).collect(), 2))
        .column("rank_default", label("Rank, default recipe", "默认方案名次"), Text::default(), Cells::Integer(ranks.iter().map(|&r| signed(r)).collect()))
        .column(
            "score_default",
            label("Score, default recipe", "默认方案得分"),
            points(),
            Cells::Number(twins.iter().map(|t| t.map_or(f64::NAN, |k| 100.0 * o.scores[0][k])).collect(), 2),
        )
        .column("difference", label("Difference in ranks", "名次差"), Text::default(), Cells::Integer(differences.clone()))
        .note(Text::new(
            "Difference: rank by the tool less rank by the default recipe (min-max over all rows, equal weights among siblings, arithmetic means, values as they are).",
            "名次差为工具名次减默认方案名次；默认方案为全样本最小最大归一化、同级等权、算术合成、不处理离群值。",
        ));
    let change = differences.iter().zip(&rows).filter_map(|(d, &i)| d.map(|d| (d.unsigned_abs() as usize, i)));
    let change: Vec<(usize, usize)> = change.collect();
    let largest = change.iter().map(|c| c.0).max().unwrap_or(0);
    let shift = Shift {
        moved: change.iter().filter(|c| c.0 > 0).count(),
        rows: change.len(),
        largest,
        row: change.iter().find(|c| c.0 == largest).map_or(0, |c| c.1),
    };
    let moved = if largest > 0 { findings::moved(v, &shift) } else { Text::new("no rank differs", "名次无一改变") };
    let (why, why_zh) = preset.difference();
    let message = Text::new(
        format!("This is what {tool} would print. {why} Against the default recipe, {}.", moved.en),
        format!("此为 {tool} 的结果。{why_zh}与默认方案相比，{}。", moved.zh),
    );
    let weight = if largest > 0 { findings::serious(&shift) } else { Weight::Info };
    (table, findings::finding("CI019", weight, findings::whole(), message))
}
