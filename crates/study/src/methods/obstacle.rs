//! `obstacle`: obstacle degrees of a composite index, and beside them the weight-free gap.

use index::{
    Aggregation, Composite, Goalposts, Missing, Normalisation, Placement, Reach, Scope, Tree, Weighting,
    obstacle::{self, Gain, Obstacle, ObstacleError},
    recipe::Compensation,
    weights::{combination::Combination, components::ComponentOptions, critic::CriticOptions, entropy::EntropyOptions, in_row},
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::index::{IndexOptions, Normalised, normalised};
use crate::{
    figure::{Bars, Chart, Figure, Heatmap, Scale},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Options of obstacle degrees: those of the index the obstacles belong to, and how many to list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObstacleOptions {
    /// The framework: a TOML file, or a table with one row per indicator.
    #[schemars(extend("x-role" = "file"))]
    pub framework: String,
    /// What happens to missing cells.
    #[serde(default)]
    pub missing: Missing,
    /// Over what the scale of an indicator is taken.
    #[serde(default)]
    pub goalposts: Goalposts,
    /// Base period of `base` goalposts and weights; the first period where none is given.
    pub base: Option<i32>,
    /// How values become comparable; the distance to the best needs a scale with an end.
    #[serde(default)]
    pub normalisation: Normalisation,
    /// How weights are set.
    #[serde(default)]
    pub weights: Weighting,
    /// Which rows data-driven weights are taken from.
    #[serde(default)]
    pub scope: Scope,
    /// Among which indicators data-driven weights are shared out.
    #[serde(default)]
    pub reach: Reach,
    /// Options of entropy weights.
    pub entropy: Option<EntropyOptions>,
    /// Options of CRITIC weights.
    pub critic: Option<CriticOptions>,
    /// Options of weights from principal components.
    pub components: Option<ComponentOptions>,
    /// What combination weights are made of.
    pub combination: Option<Combination>,
    /// How dimensions and the index are aggregated; decides the gain in score.
    #[serde(default)]
    pub aggregation: Aggregation,
    /// Lower end of the scale under geometric aggregation.
    #[serde(default = "super::index::floor")]
    #[schemars(range(min = 0.0))]
    pub floor: f64,
    /// Step on the scale of 0 to 1 whose gain in score is shown.
    #[serde(default = "tenth")]
    pub step: f64,
    /// How many obstacles are listed per unit.
    #[serde(default = "five")]
    pub top: usize,
}

fn tenth() -> f64 {
    0.1
}

fn five() -> usize {
    5
}

/// Obstacle degrees.
pub struct Obstacles;

impl Method for Obstacles {
    type Options = ObstacleOptions;
    const NAME: &'static str = "obstacle";
    const PAGE: Page = Page {
        title: ("Obstacle degree", "障碍度"),
        en: obstacle::PAGE,
        zh: obstacle::PAGE_ZH,
        example: "xinzhi obstacle provinces.csv --unit province --period year --framework framework.toml --weights entropy --out out",
    };

    fn run(input: &Input<'_>, options: &ObstacleOptions) -> Result<Output, Vec<Problem>> {
        let Normalised { read, composite, .. } = normalised(input, &options.index())?;
        let whole = |e| vec![Problem::error("framework", format!("The framework is not whole: {e:?}."))];
        let tree = read.framework.tree().map_err(whole)?;
        let n = &composite.normalised;
        let weights = in_force(&tree, options, &composite);
        let gain = options.gain(&tree);
        let result = obstacle::obstacle(&n.values, &weights, gain.unwrap_or(Gain::Arithmetic), options.step)
            .map_err(|e| refused(&e, &tree, &n.units, &n.periods))?;
        let last = n.periods.iter().copied().max().unwrap_or(0);
        let latest: Vec<usize> = (0..n.units.len()).filter(|&i| n.periods[i] == last).collect();
        let view = View {
            panel: input.panel,
            options,
            tree: &tree,
            units: &n.units,
            periods: &n.periods,
            r: &n.values,
            weights: &weights,
            result: &result,
            gain: gain.is_some(),
            latest,
        };
        Ok(Output {
            summary: view.summary(),
            variables: view.variables(),
            tables: vec![view.largest(), view.means(), view.rows()],
            figures: view.figures(),
            findings: Vec::new(),
            checks: vec![Check {
                name: Text::new("obstacle degrees of a unit add up to 100 %", "每个单元的障碍度合计 100 %"),
                residual: result.residual,
                tolerance: 1e-9,
            }],
        })
    }
}

impl ObstacleOptions {
    fn index(&self) -> IndexOptions {
        IndexOptions {
            framework: self.framework.clone(),
            missing: self.missing,
            goalposts: self.goalposts,
            base: self.base,
            normalisation: self.normalisation,
            weights: self.weights,
            scope: self.scope,
            reach: self.reach,
            entropy: self.entropy,
            critic: self.critic,
            components: self.components,
            combination: self.combination.clone(),
            aggregation: self.aggregation,
            floor: self.floor,
            placement: Placement::default(),
            compensation: Compensation::default(),
            size: Vec::new(),
            uncertainty: false,
            alternatives: None,
        }
    }

    /// The gain has a closed form where the whole tree is aggregated the same way.
    fn gain(&self, tree: &Tree<'_>) -> Option<Gain> {
        let same = tree.nodes.iter().all(|n| n.node.aggregation.is_none_or(|a| a == self.aggregation));
        match self.aggregation {
            Aggregation::Arithmetic if same => Some(Gain::Arithmetic),
            Aggregation::Geometric if same && self.floor > 0.0 => Some(Gain::Geometric { floor: self.floor }),
            _ => None,
        }
    }
}

fn refused(error: &ObstacleError, tree: &Tree<'_>, units: &[String], periods: &[i32]) -> Vec<Problem> {
    match error {
        ObstacleError::Outside(cells) => cells
            .iter()
            .map(|&(j, i)| {
                Problem::error("off-scale", format!("The normalised `{}` lies outside 0 to 1.", tree.leaves[j].id))
                    .why("An obstacle is a distance to the best value of a scale; beyond its ends there is none.")
                    .help("Use min-max normalisation with pooled, per-period or fixed goalposts.")
                    .at(Place {
                        column: Some(tree.leaves[j].id.clone()),
                        unit: Some(units[i].clone()),
                        period: Some(periods[i]),
                        ..Place::default()
                    })
            })
            .collect(),
        other => vec![Problem::error("obstacle", format!("Obstacles cannot be computed: {other}."))],
    }
}

/// Weights `[indicator][row]` that the index used: where an indicator is missing, its siblings share its weight.
fn in_force(tree: &Tree<'_>, options: &ObstacleOptions, composite: &Composite) -> Vec<Vec<f64>> {
    let n = &composite.normalised;
    let mut weights = vec![vec![0.0; n.units.len()]; tree.leaves.len()];
    for (i, &set) in composite.weights.of_row.iter().enumerate() {
        let present = |j: usize| !n.values[j][i].is_nan();
        let row = if options.aggregation == Aggregation::Topsis {
            // TOPSIS looks through dimensions: all indicators present share what is missing.
            let known = |j: usize| if present(j) { composite.weights.effective[set][j] } else { 0.0 };
            let total: f64 = (0..tree.leaves.len()).map(known).sum();
            (0..tree.leaves.len()).map(|j| if total > 0.0 { known(j) / total } else { 0.0 }).collect()
        } else {
            in_row(tree, &composite.weights.local[set], &present)
        };
        for (column, w) in weights.iter_mut().zip(row) {
            column[i] = w;
        }
    }
    weights
}

struct View<'a> {
    panel: &'a Panel,
    options: &'a ObstacleOptions,
    tree: &'a Tree<'a>,
    units: &'a [String],
    periods: &'a [i32],
    r: &'a [Vec<f64>],
    weights: &'a [Vec<f64>],
    result: &'a Obstacle,
    /// Whether the gain in score has a closed form here.
    gain: bool,
    /// Rows of the last period.
    latest: Vec<usize>,
}

impl View<'_> {
    fn indicator(&self, j: usize) -> Text {
        let leaf = self.tree.leaves[j];
        if leaf.label.en.is_empty() { Text::new(&leaf.id, &leaf.label.zh) } else { Text::new(&leaf.label.en, &leaf.label.zh) }
    }

    fn mean(&self, column: &[f64]) -> f64 {
        let known: Vec<f64> = self.latest.iter().map(|&i| column[i]).filter(|x| !x.is_nan()).collect();
        numerics::moments::mean(&known)
    }

    /// Means over the units of the last period, one per indicator.
    fn means_of(&self, columns: &[Vec<f64>]) -> Vec<f64> {
        columns.iter().map(|c| self.mean(c)).collect()
    }

    fn when(&self) -> Option<i32> {
        self.panel.period_name.as_ref().and(self.latest.first().map(|&i| self.periods[i]))
    }

    fn summary(&self) -> Vec<Text> {
        let (degree, gap) = (self.means_of(&self.result.degree), self.means_of(&self.result.gap));
        let weight = self.means_of(self.weights);
        let mut order: Vec<usize> = (0..degree.len()).filter(|&j| degree[j] > 0.0).collect();
        order.sort_by(|&a, &b| degree[b].total_cmp(&degree[a]).then(a.cmp(&b)));
        let list = |zh: bool| {
            let name = |j: usize| self.indicator(j).get(if zh { Language::Zh } else { Language::En }).to_owned();
            let item = |&j: &usize| format!("{} {:.1} %", name(j), degree[j]);
            order.iter().take(3).map(item).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
        };
        let (when_en, when_zh) =
            self.when().map_or((String::new(), String::new()), |p| (format!("In {p} "), format!("{p} 年，")));
        if order.is_empty() {
            return vec![Text::new(
                format!("{when_en}no unit falls short of the best value in any indicator."),
                format!("{when_zh}所有单元的各项指标均达到最优值，不存在障碍。"),
            )];
        }
        let mut out = vec![Text::new(
            format!("{when_en}the largest mean obstacles of {} units: {}.", self.latest.len(), list(false)),
            format!("{when_zh}{} 个单元的平均障碍度最大的指标：{}。", self.latest.len(), list(true)),
        )];
        // An indicator missing in the whole period has no degree to correlate.
        let with = |other: &[f64]| {
            let (a, b): (Vec<f64>, Vec<f64>) = degree.iter().zip(other).filter(|(d, _)| !d.is_nan()).unzip();
            numerics::moments::correlation(&a, &b)
        };
        let (by_weight, by_gap) = (with(&weight), with(&gap));
        if by_weight.is_finite() && by_gap.is_finite() {
            let mostly = by_weight > by_gap;
            out.push(Text::new(
                format!(
                    "Over the indicators the mean obstacle degree correlates {by_weight:.2} with the weight and {by_gap:.2} with the gap{}.",
                    if mostly { ": the list says more about the weights than about the distance to the goalposts" } else { "" }
                ),
                format!(
                    "各指标平均障碍度与权重的相关系数为 {by_weight:.2}，与差距的相关系数为 {by_gap:.2}{}。",
                    if mostly { "，排序更多反映权重而非与标杆的距离" } else { "" }
                ),
            ));
        }
        out
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let dimensions = self.tree.dimensions();
        let of_leaf = |j: usize| dimensions.iter().position(|&d| self.tree.nodes[d].leaves.contains(&j)).unwrap_or(0);
        if dimensions.is_empty() {
            return Vec::new();
        }
        let place: Vec<usize> = (0..self.tree.leaves.len()).map(of_leaf).collect();
        let keys: Vec<(String, i32)> = self.units.iter().cloned().zip(self.periods.iter().copied()).collect();
        (obstacle::by_dimension(&self.result.degree, &place).into_iter().zip(&dimensions))
            .map(|(values, &d)| {
                let node = self.tree.nodes[d].node;
                OutputVariable {
                    name: node.id.clone(),
                    label: Text::new(
                        format!("Obstacle degree, {}", if node.label.en.is_empty() { &node.id } else { &node.label.en }),
                        format!("{}障碍度", if node.label.zh.is_empty() { &node.id } else { &node.label.zh }),
                    ),
                    unit: Text::plain("%"),
                    keys: keys.clone(),
                    values,
                }
            })
            .collect()
    }

    fn largest(&self) -> Table {
        let (mut unit, mut rank, mut name) = (Vec::new(), Vec::new(), Vec::new());
        let (mut degree, mut gap, mut gain) = (Vec::new(), Vec::new(), Vec::new());
        for &i in &self.latest {
            for (k, j) in obstacle::largest(&self.result.degree, i, self.options.top).into_iter().enumerate() {
                unit.push(self.units[i].clone());
                rank.push(Some(k as i64 + 1));
                name.push(self.indicator(j));
                degree.push(self.result.degree[j][i]);
                gap.push(self.result.gap[j][i]);
                gain.push(100.0 * self.result.gain[j][i]);
            }
        }
        let when = self.when().map_or(String::new(), |p| p.to_string());
        let table = Table::new(
            "largest",
            Text::new(format!("Largest obstacles of each unit {when}"), format!("{when} 各单元的主要障碍因子")),
        )
        .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(unit))
        .column("rank", Text::new("Rank", "位次"), Text::default(), Cells::Integer(rank))
        .column("indicator", Text::new("Indicator", "指标"), Text::default(), Cells::Text(name))
        .column("degree", Text::new("Obstacle degree", "障碍度"), Text::plain("%"), Cells::Number(degree, 1))
        .column("gap", Text::new("Gap", "差距"), Text::default(), Cells::Number(gap, 3));
        self.with_gain(table, gain)
    }

    /// Adds the gain where it has a closed form, and says what the columns mean.
    fn with_gain(&self, table: Table, gain: Vec<f64>) -> Table {
        let (en, zh) = ("The gap is 1 − r, free of weights", "差距为 1 − r，与权重无关");
        if !self.gain {
            return table.note(Text::new(
                format!("{en}. The gain in score has no closed form for this aggregation and is not shown."),
                format!("{zh}。该聚合方式下得分增益没有解析式，不予列示。"),
            ));
        }
        let step = self.options.step;
        table
            .note(Text::new(
                format!(
                    "{en}; the gain is the rise of the score (0 to 100) when the indicator alone moves up by {step} of its scale."
                ),
                format!("{zh}；增益为仅该指标在尺度上提高 {step} 时综合得分（0—100）的上升。"),
            ))
            .column("gain", Text::new("Gain", "得分增益"), Text::new("points", "分"), Cells::Number(gain, 2))
    }

    fn means(&self) -> Table {
        let all: Vec<usize> = (0..self.tree.leaves.len()).collect();
        let names = all.iter().map(|&j| self.indicator(j)).collect();
        let parents = all.iter().map(|&j| {
            let node = self.tree.nodes[self.tree.parents[j]].node;
            if node.label.en.is_empty() { Text::new(&node.id, &node.label.zh) } else { Text::new(&node.label.en, &node.label.zh) }
        });
        let table = Table::new("means", Text::new("Mean obstacles by indicator", "各指标的平均障碍度"))
            .column("indicator", Text::new("Indicator", "指标"), Text::default(), Cells::Text(names))
            .column("dimension", Text::new("Dimension", "维度"), Text::default(), Cells::Text(parents.collect()))
            .column("weight", Text::new("Weight", "权重"), Text::default(), Cells::Number(self.means_of(self.weights), 3))
            .column(
                "degree",
                Text::new("Obstacle degree", "障碍度"),
                Text::plain("%"),
                Cells::Number(self.means_of(&self.result.degree), 1),
            )
            .column("gap", Text::new("Gap", "差距"), Text::default(), Cells::Number(self.means_of(&self.result.gap), 3));
        self.with_gain(table, self.means_of(&self.result.gain).iter().map(|g| 100.0 * g).collect())
    }

    /// Every cell: unit, period, indicator.
    fn rows(&self) -> Table {
        let cells: Vec<(usize, usize)> =
            (0..self.units.len()).flat_map(|i| (0..self.tree.leaves.len()).map(move |j| (i, j))).collect();
        let number = |column: &[Vec<f64>]| Cells::Number(cells.iter().map(|&(i, j)| column[j][i]).collect(), 4);
        let none = Text::default;
        let table = Table::new("obstacle", Text::new("Obstacles by unit, period and indicator", "各单元各期各指标的障碍度"))
            .hidden()
            .column(
                "unit",
                Text::new("Unit", "单元"),
                none(),
                Cells::Unit(cells.iter().map(|c| self.units[c.0].clone()).collect()),
            )
            .column(
                "period",
                Text::new("Period", "时期"),
                none(),
                Cells::Integer(cells.iter().map(|c| Some(i64::from(self.periods[c.0]))).collect()),
            )
            .column(
                "indicator",
                Text::new("Indicator", "指标"),
                none(),
                Cells::Text(cells.iter().map(|c| self.indicator(c.1)).collect()),
            )
            .column("r", Text::new("Normalised value", "标准化值"), none(), number(self.r))
            .column("weight", Text::new("Weight", "权重"), none(), number(self.weights))
            .column("degree", Text::new("Obstacle degree", "障碍度"), Text::plain("%"), number(&self.result.degree))
            .column("gap", Text::new("Gap", "差距"), none(), number(&self.result.gap));
        self.with_gain(table, cells.iter().map(|&(i, j)| 100.0 * self.result.gain[j][i]).collect())
    }

    fn figures(&self) -> Vec<Figure> {
        let all = 0..self.tree.leaves.len();
        let heat = Figure {
            id: "heatmap".into(),
            title: Text::new("Obstacles of each unit", "各单元的障碍度"),
            note: Text::new("Each row adds up to 100 %.", "每行合计 100 %。"),
            chart: Chart::Heatmap(Heatmap {
                label: Text::new("obstacle degree, %", "障碍度（%）"),
                decimals: 1,
                scale: Scale::Sequential,
                rows: self.latest.iter().map(|&i| Text::plain(&self.units[i])).collect(),
                rows_are_units: true,
                columns: all.clone().map(|j| self.indicator(j)).collect(),
                values: self.latest.iter().map(|&i| all.clone().map(|j| self.result.degree[j][i]).collect()).collect(),
            }),
        };
        let degree = self.means_of(&self.result.degree);
        let mut order: Vec<usize> = all.collect();
        order.sort_by(|&a, &b| degree[a].is_nan().cmp(&degree[b].is_nan()).then(degree[b].total_cmp(&degree[a])).then(a.cmp(&b)));
        let bars = |id: &str, title: Text, label: Text, decimals: u8, values: &[f64]| Figure {
            id: id.into(),
            title,
            note: Text::new(
                "Means over units; both figures keep the order of the obstacle degree.",
                "单元平均；两图均按障碍度排序。",
            ),
            chart: Chart::Bars(Bars {
                label,
                decimals,
                items: order.iter().map(|&j| (self.indicator(j), values[j])).collect(),
                items_are_units: false,
            }),
        };
        vec![
            heat,
            bars("degree", Text::new("Mean obstacle degree", "平均障碍度"), Text::plain("%"), 1, &degree),
            bars(
                "gap",
                Text::new("Weight-free gap to the goalpost", "与标杆的差距（无权重）"),
                Text::new("1 − r", "1 − r"),
                3,
                &self.means_of(&self.result.gap),
            ),
        ]
    }
}

#[cfg(test)]
mod tests;
