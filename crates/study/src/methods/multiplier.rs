//! `multiplier`: efficiency with restricted prices.

use frontier::{
    Missing, Orientation, Role, State,
    dea::Returns,
    multiplier::{self, Floor, Multiplier, MultiplierOptions, Restriction, Variable},
};
use numerics::moments;
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    production::{self, Names},
    scores::{self, Frontier, Words, capital, returns},
    slacks,
};
use crate::{
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Least price of every variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PriceFloor {
    /// 0.
    #[default]
    None,
    /// The number in `epsilon`, for every variable, in units of measure.
    Given,
    /// The largest that every unit can surely afford, free of units of measure.
    Assured,
}

/// Options of the multiplier model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MultiplierStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Assurance regions, bounds on ratios of prices: `0.25 <= labour / capital <= 1`, `gdp / labour >= 0.1`.
    #[serde(default)]
    pub ratios: Vec<String>,
    /// Production trade-offs, changes that every unit can make at once: `labour + 1, gdp + 0.5`.
    #[serde(default)]
    pub trade_offs: Vec<String>,
    /// Cone ratio: generators of input prices, each with one number per input.
    #[serde(default)]
    pub input_cone: Vec<Vec<f64>>,
    /// Generators of output prices.
    #[serde(default)]
    pub output_cone: Vec<Vec<f64>>,
    /// Least price: `none`, `given` by `epsilon`, or `assured`.
    #[serde(default)]
    pub floor: PriceFloor,
    /// With `given`: least price of every variable.
    #[serde(default)]
    pub epsilon: Option<f64>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// The multiplier model.
pub struct RestrictedPrices;

impl Method for RestrictedPrices {
    type Options = MultiplierStep;
    const NAME: &'static str = "multiplier";
    const PAGE: Page = Page {
        title: ("Multiplier model with weight restrictions", "带权重约束的乘数模型"),
        en: multiplier::PAGE,
        zh: multiplier::PAGE_ZH,
        example: "xinzhi multiplier data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --ratios \"0.1 <= employment / capital <= 10\" --out result",
    };

    fn check(options: &MultiplierStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let core = options.core().err().unwrap_or_default();
        names.repeated().into_iter().chain(core).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &MultiplierStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = options.core()?;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let run = |t: &frontier::Technology<'_>| multiplier::multiplier(t, &core);
        let parts = scores::measure(panel, &names, options.frontier, options.missing, run)?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

impl MultiplierStep {
    fn core(&self) -> Result<MultiplierOptions, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut restrictions = Vec::new();
        let mut read = |said: &String, found: Result<Restriction, &str>, form: &str| match found {
            Ok(r) => restrictions.push(r),
            Err(why) => {
                let what = Problem::error("restriction", format!("`{said}` cannot be read: {why}."));
                problems.push(what.help(format!("Write it like `{form}`.")));
            }
        };
        for said in &self.ratios {
            read(said, self.ratio(said), "0.25 <= labour / capital <= 1");
        }
        for said in &self.trade_offs {
            read(said, self.trade_off(said), "labour + 1, gdp + 0.5");
        }
        let floor = match (self.floor, self.epsilon) {
            (PriceFloor::None, None) => Floor::None,
            (PriceFloor::Assured, None) => Floor::Assured,
            (PriceFloor::Given, Some(x)) => Floor::Given(x),
            (PriceFloor::Given, None) => {
                problems.push(production::conflict("epsilon", "`floor = \"given\"` needs the number"));
                Floor::None
            }
            (_, Some(_)) => {
                problems.push(production::conflict("epsilon", "it goes with `floor = \"given\"` only"));
                Floor::None
            }
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(MultiplierOptions {
            orientation: self.orientation,
            returns: self.rts,
            floor,
            restrictions,
            input_cone: self.input_cone.clone(),
            output_cone: self.output_cone.clone(),
            missing: self.missing,
        })
    }

    fn variable(&self, name: &str) -> Result<Variable, &'static str> {
        let at = |list: &[String]| list.iter().position(|n| n == name.trim());
        let input = at(&self.inputs).map(Variable::Input);
        input.or_else(|| at(&self.outputs).map(Variable::Output)).ok_or("it names something that is no input or output")
    }

    fn ratio(&self, said: &str) -> Result<Restriction, &'static str> {
        const SHAPE: &str = "a ratio of two variables with a bound or two is expected";
        let number = |s: &str| s.trim().parse::<f64>().map_err(|_| "a bound is not a number");
        let at_most: Vec<&str> = said.split("<=").collect();
        let at_least: Vec<&str> = said.split(">=").collect();
        let (lower, middle, upper) = match (at_most.as_slice(), at_least.as_slice()) {
            ([l, m, u], [_]) | ([_], [u, m, l]) => (Some(number(l)?), *m, Some(number(u)?)),
            ([a, b], [_]) | ([_], [b, a]) if a.contains('/') => (None, *a, Some(number(b)?)),
            ([a, b], [_]) | ([_], [b, a]) => (Some(number(a)?), *b, None),
            _ => return Err(SHAPE),
        };
        let (over, under) = middle.split_once('/').ok_or(SHAPE)?;
        Ok(Restriction::Ratio { over: self.variable(over)?, under: self.variable(under)?, lower, upper })
    }

    fn trade_off(&self, said: &str) -> Result<Restriction, &'static str> {
        let (mut inputs, mut outputs) = (vec![0.0; self.inputs.len()], vec![0.0; self.outputs.len()]);
        for change in said.split(',') {
            let change = change.trim();
            let (name, amount) =
                change.split_once(char::is_whitespace).ok_or("a change is a variable, a space, and `+` or `-` a number")?;
            let amount: String = amount.chars().filter(|c| !c.is_whitespace()).collect();
            let amount: f64 = amount.parse().map_err(|_| "a change is not a number")?;
            match self.variable(name)? {
                Variable::Input(i) => inputs[i] += amount,
                Variable::Output(r) => outputs[r] += amount,
            }
        }
        Ok(Restriction::TradeOff { inputs, outputs })
    }
}

type Story<'a> = scores::Story<'a, MultiplierStep, Multiplier>;

impl Story<'_> {
    fn output(&self) -> Output {
        let panel = self.panel;
        let values = self.spread(f64::NAN, |d, u| d.score[u]);
        let words = Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
            note: Text::new("At the best prices that the restrictions allow.", "在约束允许的最优价格下。"),
            high_is_best: true,
        };
        let mut tables = words.last_period_first(panel, self.scores(&values), &values);
        type Side = fn(&Multiplier, Role) -> &Vec<Vec<f64>>;
        let sides: [(&str, Text, Side); 2] = [
            (
                "prices",
                Text::new("Prices", "价格"),
                |d, role| {
                    if role == Role::Input { &d.input_prices } else { &d.output_prices }
                },
            ),
            ("shares", Text::new("Shares in virtual input and output", "虚拟投入与产出的比重"), |d, role| {
                if role == Role::Input { &d.input_shares } else { &d.output_shares }
            }),
        ];
        for (id, title, side) in sides {
            tables.push(scores::matrix(panel, &self.names, id, title, true, |role, v| {
                self.spread(f64::NAN, |d, u| side(d, role)[v][u])
            }));
        }
        tables.extend(self.binding());
        tables.push(scores::peers(panel, &self.parts, self.options.frontier, |d| &d.peers));
        Output {
            summary: self.summary(&values),
            variables: vec![scores::variable(panel, "score", words.score.clone(), values.clone())],
            tables,
            figures: words.figures(panel, &values),
            findings: scores::findings(panel, &self.parts, self.options.frontier, &self.names, |d| &d.state),
            checks: self.checks(),
        }
    }

    fn scores(&self, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let rts = returns(self.options.rts);
        let none = Text::default;
        let part = |get: fn(&Multiplier, usize) -> f64| Cells::Number(self.spread(f64::NAN, get), 4);
        let (output, output_zh) =
            if self.options.orientation == Orientation::Output { ("u·y = 1", "u·y = 1") } else { ("v·x = 1", "v·x = 1") };
        let table = scores::keyed(self.panel, "scores", Text::new("Efficiency scores", "效率值"), &every)
            .note(Text::new(
                format!("Radial efficiency at restricted prices, 1 is best; {}; prices are normalised to {output}.", rts.en),
                format!("受限价格下的径向效率，1 为最优；{}；价格按 {output_zh} 归一化。", rts.zh),
            ))
            .column("score", Text::new("Efficiency", "效率"), none(), Cells::Number(values.to_vec(), 4))
            .column("free", Text::new("Without restrictions", "无约束时"), none(), part(|d, u| d.free[u]))
            .column("cost", Text::new("Cost of the restrictions", "约束的代价"), none(), part(|d, u| d.free[u] - d.score[u]))
            .column("intercept", Text::new("Intercept", "截距"), none(), part(|d, u| d.intercept[u]));
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    /// Which restriction binds whom.
    fn binding(&self) -> Option<Table> {
        let said: Vec<&String> = self.options.ratios.iter().chain(&self.options.trade_offs).collect();
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let title = Text::new("Restrictions in the target (above 0: binding)", "目标点中的约束（大于 0 即起作用）");
        let mut table = scores::keyed(self.panel, "restrictions", title, &every);
        for (r, said) in said.iter().enumerate() {
            let values = self.spread(f64::NAN, |d, u| d.intensities[r][u]);
            let name = format!("restriction_{}", r + 1);
            table = table.column(&name, Text::plain(said.as_str()), Text::default(), Cells::Number(values, 4));
        }
        (!said.is_empty()).then(|| table.hidden())
    }

    fn summary(&self, values: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && values[r].is_finite()).collect();
        if rows.is_empty() {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        }
        let free = self.spread(f64::NAN, |d, u| d.free[u]);
        let mean = |of: &[f64]| moments::mean(&rows.iter().map(|&r| of[r]).collect::<Vec<_>>());
        let best = rows.iter().filter(|&&r| values[r] >= 1.0 - 1e-9).count();
        let before = rows.iter().filter(|&&r| free[r] >= 1.0 - 1e-9).count();
        let (when, when_zh) = scores::when(self.panel, period);
        vec![Text::new(
            capital(format!(
                "{when}{best} of {} units are efficient at the prices allowed ({before} at any prices); the mean efficiency is {:.3} ({:.3}).",
                rows.len(),
                mean(values),
                mean(&free)
            )),
            format!(
                "{when_zh}{} 个单元中 {best} 个在允许的价格下有效（不限价格时 {before} 个），平均效率 {:.3}（{:.3}）。",
                rows.len(),
                mean(values),
                mean(&free)
            ),
        )]
    }

    fn checks(&self) -> Vec<Check> {
        let above = |d: &Multiplier| {
            let gap = |u: usize| d.score[u] - d.free[u];
            let certified = |u: &usize| d.state[*u] == State::Optimal;
            (0..d.score.len()).filter(certified).map(gap).filter(|g| g.is_finite()).fold(0.0, f64::max)
        };
        vec![
            slacks::certificate(&self.parts, |d| &d.state, |d| &d.interval, |_, _| 1.0),
            Check {
                name: Text::new("Restricted ≤ unrestricted efficiency", "受限效率 ≤ 无约束效率"),
                residual: self.parts.iter().map(|p| above(&p.result)).fold(0.0, f64::max),
                tolerance: 1e-8,
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> MultiplierStep {
        let list = |s: &str| s.split(',').map(str::to_owned).collect();
        MultiplierStep {
            inputs: list("labour,capital"),
            outputs: list("gdp"),
            ratios: Vec::new(),
            trade_offs: Vec::new(),
            input_cone: Vec::new(),
            output_cone: Vec::new(),
            floor: PriceFloor::None,
            epsilon: None,
            orientation: Orientation::Input,
            rts: Returns::Crs,
            frontier: Frontier::default(),
            missing: Missing::default(),
        }
    }

    #[test]
    fn restrictions_are_read_from_words() {
        let (labour, capital, gdp) = (Variable::Input(0), Variable::Input(1), Variable::Output(0));
        let ratio = |over, under, lower, upper| Restriction::Ratio { over, under, lower, upper };
        let read = |said: &str| step().ratio(said);
        assert_eq!(read("0.25 <= labour / capital <= 1"), Ok(ratio(labour, capital, Some(0.25), Some(1.0))));
        assert_eq!(read("1 >= labour/capital >= 0.25"), Ok(ratio(labour, capital, Some(0.25), Some(1.0))));
        assert_eq!(read("gdp / labour >= 1e-3"), Ok(ratio(gdp, labour, Some(1e-3), None)));
        assert_eq!(read("gdp / labour <= 2"), Ok(ratio(gdp, labour, None, Some(2.0))));
        assert_eq!(read("2 <= gdp / labour"), Ok(ratio(gdp, labour, Some(2.0), None)));
        for wrong in ["", "labour", "labour / land >= 1", "labour / capital", "labour / capital >= much", "1 <= labour <= 2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let trade = step().trade_off("labour + 1, gdp -0.5");
        assert_eq!(trade, Ok(Restriction::TradeOff { inputs: vec![1.0, 0.0], outputs: vec![-0.5] }));
        for wrong in ["", "labour", "labour + x", "land + 1"] {
            assert!(step().trade_off(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_problem_at_once() {
        let step = MultiplierStep {
            ratios: vec!["a / b >= 1".into(), "labour".into()],
            trade_offs: vec!["x".into()],
            epsilon: Some(1.0),
            ..step()
        };
        assert_eq!(step.core().unwrap_err().len(), 4);
    }
}
