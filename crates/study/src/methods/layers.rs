//! `layers`: context-dependent efficiency.

use frontier::{
    Missing, Orientation, State,
    dea::Returns,
    layers::{self, Appraisal, Layers, LayersOptions},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital, returns},
    slacks,
};
use crate::{
    finding::Finding,
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of context-dependent efficiency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayersStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// How many layers up and down each unit is measured against; 10 if not given.
    #[serde(default)]
    pub degrees: Option<usize>,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Context-dependent efficiency.
pub struct ContextLayers;

impl Method for ContextLayers {
    type Options = LayersStep;
    const NAME: &'static str = "layers";
    const PAGE: Page = Page {
        title: ("Context-dependent DEA (layers)", "情境依赖 DEA（分层）"),
        en: layers::PAGE,
        zh: layers::PAGE_ZH,
        example: "xinzhi layers data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --rts crs --out result",
    };

    fn check(options: &LayersStep) -> Vec<Problem> {
        options.names().repeated().into_iter().chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &LayersStep) -> Result<Output, Vec<Problem>> {
        let core = LayersOptions {
            orientation: options.orientation,
            returns: options.rts,
            // Tables of one input and one output may have as many layers as units.
            degrees: Some(options.degrees.unwrap_or(10)),
            missing: options.missing,
        };
        let run = |t: &frontier::Technology<'_>| layers::layers(t, &core);
        let parts = scores::measure(input.panel, &options.names(), options.frontier, options.missing, run)?;
        Ok(Story { panel: input.panel, options, parts }.output())
    }
}

impl LayersStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &[] }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a LayersStep,
    parts: Vec<Part<Layers>>,
}

impl Story<'_> {
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Layers, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, get)
    }

    fn output(&self) -> Output {
        let panel = self.panel;
        let values = self.spread(f64::NAN, |r, u| r.score[u]);
        let layer = self.spread(f64::NAN, |r, u| if r.layer[u] == 0 { f64::NAN } else { r.layer[u] as f64 });
        let words = Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("efficiency (1 = first layer)", "效率（1 为第一层）"),
            note: Text::new("Units with score 1 are the first layer.", "效率为 1 的单元构成第一层。"),
            high_is_best: true,
        };
        let names = self.options.names();
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &names, |r| &r.state);
        findings.extend(self.uncertified());
        let mut tables = words.last_period_first(panel, self.scores(&words, &values), &values);
        tables.push(self.sizes());
        tables.push(self.appraisals());
        Output {
            summary: self.summary(),
            variables: vec![
                scores::variable(panel, "layer", Text::new("Layer", "层次"), layer),
                scores::variable(panel, "score", words.score.clone(), values.clone()),
            ],
            tables,
            figures: words.figures(panel, &values),
            findings,
            checks: vec![slacks::certificate(&self.parts, |r| &r.state, |r| &r.interval, |_, _| 1.0)],
        }
    }

    fn scores(&self, words: &Words, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let none = Text::default;
        let next = |down: bool| {
            let mut out = vec![f64::NAN; self.panel.len()];
            for part in &self.parts {
                let near = part.result.appraisals.iter().filter(|a| a.degree == if down { 1 } else { -1 });
                near.for_each(|a| out[part.rows[a.unit]] = if down { a.score } else { 1.0 / a.score });
            }
            Cells::Number(out, 4)
        };
        let whole = self.spread(None, |r, u| (r.layer[u] > 0).then(|| r.layer[u] as i64));
        let rts = returns(self.options.rts);
        let table = scores::keyed(self.panel, "scores", Text::new("Layers", "分层"), &every)
            .note(Text::new(
                format!("Layer 1 is the frontier of all; {}. The score is that against layer 1.", rts.en),
                format!("第 1 层为全部单元的前沿；{}。得分相对第 1 层。", rts.zh),
            ))
            .column("layer", Text::new("Layer", "层次"), none(), Cells::Integer(whole))
            .column("score", words.score.clone(), none(), Cells::Number(values.to_vec(), 4))
            .column("attractiveness", Text::new("Attractiveness beside the next layer", "相对下一层的吸引力"), none(), next(true))
            .column("progress", Text::new("Progress to the layer above", "到上一层的进步"), none(), next(false));
        let states = self.spread(State::Missing, |r, u| r.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |r, u| r.interval[u]))
    }

    /// How many units each layer has.
    fn sizes(&self) -> Table {
        let (mut periods, mut layer, mut units) = (Vec::new(), Vec::new(), Vec::new());
        for part in &self.parts {
            for (l, size) in part.result.sizes.iter().enumerate() {
                periods.push(Some(i64::from(self.panel.periods[part.rows[0]])));
                layer.push(Some(l as i64 + 1));
                units.push(Some(*size as i64));
            }
        }
        let none = Text::default;
        let mut table = Table::new("sizes", Text::new("Sizes of the layers", "各层单元数"));
        if self.panel.period_name.is_some() && self.options.frontier == Frontier::PerPeriod {
            table = table.column("period", Text::new("Period", "时期"), none(), Cells::Integer(periods));
        }
        table
            .column("layer", Text::new("Layer", "层次"), none(), Cells::Integer(layer))
            .column("units", Text::new("Units", "单元数"), none(), Cells::Integer(units))
            .hidden()
    }

    fn all(&self) -> impl Iterator<Item = (usize, &Appraisal)> {
        self.parts.iter().flat_map(|p| p.result.appraisals.iter().map(|a| (p.rows[a.unit], a)))
    }

    /// Each unit against each other layer.
    fn appraisals(&self) -> Table {
        let rows: Vec<usize> = self.all().map(|a| a.0).collect();
        let whole = |get: fn(&Appraisal) -> i64| Cells::Integer(self.all().map(|(_, a)| Some(get(a))).collect());
        let number = |get: fn(&Appraisal) -> f64| Cells::Number(self.all().map(|(_, a)| get(a)).collect(), 4);
        let none = Text::default;
        let title = Text::new("Units in the context of other layers", "以其他层为情境的评价");
        let table = scores::keyed(self.panel, "contexts", title, &rows)
            .note(Text::new(
                "A worse layer that does not reach a unit is infeasible for it: a strength of the unit. The bounds are those of the score.",
                "较差层达不到单元时无可行解，这是单元的长处。界为得分的界。",
            ))
            .column("context", Text::new("Layer of context", "情境层"), none(), whole(|a| a.context as i64))
            .column("degree", Text::new("Degree (below its own)", "阶数（向下为正）"), none(), whole(|a| a.degree as i64))
            .column("score", Text::new("Score against the layer", "相对该层的得分"), none(), number(|a| a.score))
            .column(
                "attractiveness",
                Text::new("Attractiveness", "吸引力"),
                none(),
                number(|a| if a.degree > 0 { a.score } else { f64::NAN }),
            )
            .column(
                "progress",
                Text::new("Progress", "进步"),
                none(),
                number(|a| if a.degree < 0 { 1.0 / a.score } else { f64::NAN }),
            );
        let (states, intervals): (Vec<State>, Vec<(f64, f64)>) = self.all().map(|(_, a)| (a.state, a.interval)).unzip();
        scores::certified(table, &states, &intervals).hidden()
    }

    /// Appraisals that were solved but not proven.
    fn uncertified(&self) -> Option<Finding> {
        let mut rows: Vec<usize> =
            self.all().filter(|(_, a)| matches!(a.state, State::Numerical | State::Unbounded)).map(|a| a.0).collect();
        rows.dedup();
        let places: Vec<String> = rows.iter().map(|&r| format!("{} (contexts)", scores::place(self.panel, r))).collect();
        production::unsolved(&places)
    }

    fn summary(&self) -> Vec<Text> {
        let Some(part) = self.parts.last() else { return Vec::new() };
        let (period, sizes) = (self.panel.periods[part.rows[0]], &part.result.sizes);
        let (when, when_zh) = match self.options.frontier {
            Frontier::PerPeriod => scores::when(self.panel, period),
            Frontier::Pooled => Default::default(),
        };
        let units: usize = sizes.iter().sum();
        let first = sizes.first().copied().unwrap_or_default();
        vec![Text::new(
            capital(format!("{when}{units} units lie in {} layers; the first has {first}.", sizes.len())),
            format!("{when_zh}{units} 个单元分为 {} 层，第一层有 {first} 个。", sizes.len()),
        )]
    }
}
