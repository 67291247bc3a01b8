//! The index of one change and its parts, out of its distances.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    IndexReturns, MalmquistOptions, Mean,
    distances::{Answers, Request},
    kinds::{Plan, Span, Yardsticks},
};

/// Parts into which the index is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decomposition {
    /// Färe, Grosskopf, Norris and Zhang (1994): EC · TC under constant returns, EC = PEC · SEC.
    #[default]
    Fgnz,
    /// Ray and Desli (1997): technical change under variable returns, PEC, and scale change SCH along
    /// the frontiers of both periods. Cross-period distances may be infeasible.
    RayDesli,
    /// Grifell-Tatjé and Lovell (1999): an index of its own, the one under variable returns times the
    /// change of scale efficiency from the earlier to the later inputs.
    GrifellLovell,
    /// Färe, Grifell-Tatjé, Grosskopf and Lovell (1997): FGNZ, its technical change taken into
    /// output-biased, input-biased and neutral change.
    Bias,
}

/// A part of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Efficiency change EC.
    Efficiency,
    /// Technical change TC; best-practice change where the index has a single yardstick.
    Technical,
    /// Pure efficiency change PEC.
    Pure,
    /// Change of scale efficiency: SEC, or SCH of Ray and Desli.
    Scale,
    /// Output-biased technical change OBTC.
    OutputBias,
    /// Input-biased technical change IBTC.
    InputBias,
    /// Magnitude of neutral technical change MATC.
    Magnitude,
}

impl Decomposition {
    /// The parts under returns to scale of the index.
    pub fn parts(self, returns: IndexReturns) -> &'static [Part] {
        use Part::{Efficiency, InputBias, Magnitude, OutputBias, Pure, Scale, Technical};
        match (self, returns) {
            (Self::Fgnz, IndexReturns::Crs) => &[Efficiency, Technical, Pure, Scale],
            (Self::Fgnz, IndexReturns::Vrs) => &[Efficiency, Technical],
            (Self::RayDesli | Self::GrifellLovell, _) => &[Technical, Pure, Scale],
            (Self::Bias, IndexReturns::Crs) => &[Efficiency, Technical, Pure, Scale, OutputBias, InputBias, Magnitude],
            (Self::Bias, IndexReturns::Vrs) => &[Efficiency, Technical, OutputBias, InputBias, Magnitude],
        }
    }
}

/// A change: positions of its period and rows of its observations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) from: usize,
    pub(super) earlier: usize,
    pub(super) later: usize,
}

/// Which distance of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// Earlier observation, own technology.
    BaseOwn,
    /// Later observation, own technology.
    ComparisonOwn,
    /// Earlier observation against the other technology: the later period's, or the single yardstick.
    BaseOther,
    /// Later observation against the other technology: the earlier period's, or the single yardstick.
    ComparisonOther,
    /// Mixed observation against the earlier technology: later inputs with earlier outputs.
    MixedEarlier,
    /// Mixed observation against the later technology: `bias` later inputs with earlier outputs;
    /// `grifell-lovell` earlier inputs with later outputs.
    MixedLater,
}

/// All distances a change may have.
pub(super) const MEASURED: [Measured; 6] = [
    Measured::BaseOwn,
    Measured::ComparisonOwn,
    Measured::BaseOther,
    Measured::ComparisonOther,
    Measured::MixedEarlier,
    Measured::MixedLater,
];

/// What one index asks of one change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scheme<'a> {
    pub(super) plan: Plan,
    pub(super) options: &'a MalmquistOptions,
}

/// The index and its parts; `NaN` where a distance is not solved or the part is not asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) index: f64,
    pub(super) parts: [f64; 7],
    /// Largest relative violation of the identities.
    pub(super) residual: f64,
}

impl Scheme<'_> {
    fn crs(&self) -> bool {
        self.options.returns == IndexReturns::Crs
    }

    /// The program behind a distance; `None` where this index has none.
    pub(super) fn request(&self, pair: &Pair, which: Measured, vrs: bool) -> Option<Request> {
        let Pair { from, earlier, later } = *pair;
        let at = |span: Span, inputs, outputs| Some(Request { span, vrs, inputs, outputs });
        let decomposition = self.options.decomposition;
        if vrs && self.crs() {
            // Under a CRS index, variable returns serve the parts.
            match (decomposition, which) {
                (_, Measured::BaseOwn | Measured::ComparisonOwn) => {}
                (Decomposition::RayDesli, Measured::BaseOther | Measured::ComparisonOther)
                | (Decomposition::GrifellLovell, _) => {}
                _ => return None,
            }
        } else if !vrs && !self.crs() {
            return None;
        }
        let yardsticks = self.plan.yardsticks(from);
        match (which, yardsticks) {
            (Measured::BaseOwn, _) => at(self.plan.own(from), earlier, earlier),
            (Measured::ComparisonOwn, _) => at(self.plan.own(from + 1), later, later),
            (Measured::BaseOther, Yardsticks::Two(_, y) | Yardsticks::One(y)) => at(y, earlier, earlier),
            (Measured::ComparisonOther, Yardsticks::Two(y, _) | Yardsticks::One(y)) => at(y, later, later),
            (_, Yardsticks::One(_)) => None,
            (Measured::MixedEarlier, Yardsticks::Two(y, _)) => match decomposition {
                Decomposition::Bias | Decomposition::GrifellLovell => at(y, later, earlier),
                _ => None,
            },
            (Measured::MixedLater, Yardsticks::Two(_, y)) => match decomposition {
                Decomposition::Bias => at(y, later, earlier),
                Decomposition::GrifellLovell => at(y, earlier, later),
                _ => None,
            },
        }
    }

    /// Whether the index or one of its parts depends on the distance.
    pub(super) fn uses(&self, which: Measured, vrs: bool) -> bool {
        let mean = if self.options.kind.two() { self.options.mean } else { Mean::Geometric };
        let generalised = self.options.decomposition == Decomposition::GrifellLovell;
        match which {
            Measured::BaseOwn | Measured::ComparisonOwn => true,
            // The generalised index is one of variable returns; constant returns only serve its scale part.
            Measured::BaseOther | Measured::ComparisonOther if generalised && !vrs => false,
            Measured::ComparisonOther | Measured::MixedEarlier => mean != Mean::Comparison || !self.options.kind.two(),
            Measured::BaseOther | Measured::MixedLater => mean != Mean::Base || !self.options.kind.two(),
        }
    }

    /// Every program that a change needs.
    pub(super) fn requests(&self, pair: &Pair) -> impl Iterator<Item = Request> + '_ {
        let pair = *pair;
        [false, true].into_iter().flat_map(move |vrs| MEASURED.into_iter().filter_map(move |w| self.request(&pair, w, vrs)))
    }

    /// Mean over the yardsticks that the options ask for.
    fn over(&self, plan: Yardsticks, values: [f64; 2]) -> f64 {
        match (plan, self.options.mean) {
            (Yardsticks::One(_), _) | (_, Mean::Base) => values[0],
            (_, Mean::Comparison) => values[1],
            (_, Mean::Geometric) => (values[0] * values[1]).sqrt(),
        }
    }

    /// The index and its parts.
    pub(super) fn change(&self, pair: &Pair, answers: &Answers) -> Change {
        let value = |which, vrs| answers.distance(self.request(pair, which, vrs)).value;
        let yardsticks = self.plan.yardsticks(pair.from);
        let over = |values| self.over(yardsticks, values);
        let one = matches!(yardsticks, Yardsticks::One(_));
        // Efficiencies of the earlier (0) and the later (1) observation: in their own period, then
        // against each yardstick.
        let levels = |vrs: bool| {
            let own = [value(Measured::BaseOwn, vrs), value(Measured::ComparisonOwn, vrs)];
            let other = [value(Measured::BaseOther, vrs), value(Measured::ComparisonOther, vrs)];
            if one { (own, [other, other]) } else { (own, [[own[0], other[1]], [other[0], own[1]]]) }
        };
        let (own, against) = levels(!self.crs());
        let ratio = |a: [[f64; 2]; 2]| over(a.map(|y| y[1] / y[0]));
        let movement = |own: [f64; 2], a: [[f64; 2]; 2]| over(a.map(|y| y[1] / own[1] / (y[0] / own[0])));
        let mut c = Parts::default();
        let mut index = ratio(against);
        c.efficiency = own[1] / own[0];
        c.technical = movement(own, against);
        let (vrs, vrs_against) = if self.crs() { levels(true) } else { (own, against) };
        c.pure = vrs[1] / vrs[0];
        c.scale = own[1] / vrs[1] / (own[0] / vrs[0]);
        let mixed = |vrs| [value(Measured::MixedEarlier, vrs), value(Measured::MixedLater, vrs)];
        let products: [f64; 2] = match self.options.decomposition {
            Decomposition::Fgnz => [c.efficiency * c.technical, c.technical * c.pure * c.scale],
            Decomposition::RayDesli => {
                c.technical = movement(vrs, vrs_against);
                c.scale = over([0, 1].map(|k| {
                    let scale = |i: usize| against[k][i] / vrs_against[k][i];
                    scale(1) / scale(0)
                }));
                [c.technical * c.pure * c.scale; 2]
            }
            Decomposition::GrifellLovell => {
                let (m, v) = (mixed(false), mixed(true));
                let mixed = [m[0] / v[0], m[1] / v[1]];
                c.technical = movement(vrs, vrs_against);
                c.scale = over([mixed[0] / (own[0] / vrs[0]), own[1] / vrs[1] / mixed[1]]);
                index = ratio(vrs_against) * c.scale;
                [c.technical * c.pure * c.scale; 2]
            }
            Decomposition::Bias => {
                let m = mixed(!self.crs());
                let [earlier, later] = against;
                c.magnitude = earlier[0] / later[0];
                c.output_bias = (earlier[1] / later[1] * (m[1] / m[0])).sqrt();
                c.input_bias = (later[0] / earlier[0] * (m[0] / m[1])).sqrt();
                [c.efficiency * c.technical, c.efficiency * c.output_bias * c.input_bias * c.magnitude]
            }
        };
        let off = |product: f64| if index.is_finite() && product.is_finite() { (index - product).abs() / index } else { 0.0 };
        Change { index, parts: c.list(), residual: products.into_iter().map(off).fold(0.0, f64::max) }
    }
}

/// Parts by name; `NaN` until set.
struct Parts {
    efficiency: f64,
    technical: f64,
    pure: f64,
    scale: f64,
    output_bias: f64,
    input_bias: f64,
    magnitude: f64,
}

impl Default for Parts {
    fn default() -> Self {
        let n = f64::NAN;
        Self { efficiency: n, technical: n, pure: n, scale: n, output_bias: n, input_bias: n, magnitude: n }
    }
}

impl Parts {
    /// In the order of [`Part`].
    fn list(&self) -> [f64; 7] {
        [self.efficiency, self.technical, self.pure, self.scale, self.output_bias, self.input_bias, self.magnitude]
    }
}
