//! What a study can ask of `ranking`.

use super::*;

/// How criteria are weighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// All alike.
    #[default]
    Equal,
    /// As listed in `given`.
    Given,
    /// Entropy weights of min-max values.
    Entropy,
    /// CRITIC weights of min-max values.
    Critic,
}

/// Over what ideals, scales and weights are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Breadth {
    /// All units and periods together: scores can be compared over time.
    #[default]
    Pooled,
    /// Each period by itself.
    PerPeriod,
}

/// Shape of preference under PROMETHEE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Any difference counts fully.
    #[default]
    Usual,
    /// Differences above `q` count fully.
    U,
    /// Differences count in proportion up to `p`.
    V,
    /// Half between `q` and `p`, fully above.
    Level,
    /// In proportion between `q` and `p`.
    Linear,
    /// `1 - exp(-d^2 / (2 s^2))`.
    Gaussian,
}

/// Options of a ranking. Lists by criterion follow the order `positive`, `negative`, `middle`, `interval`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RankingOptions {
    /// Variables of which more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub positive: Vec<String>,
    /// Variables of which less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub negative: Vec<String>,
    /// Variables that should be near a value, given in `middle_best`.
    #[schemars(extend("x-role" = "variable"))]
    pub middle: Vec<String>,
    /// The value for each variable of `middle`.
    pub middle_best: Vec<f64>,
    /// Variables that should lie within an interval, given in `interval_low` and `interval_high`.
    #[schemars(extend("x-role" = "variable"))]
    pub interval: Vec<String>,
    /// Lower end for each variable of `interval`.
    pub interval_low: Vec<f64>,
    /// Upper end for each variable of `interval`.
    pub interval_high: Vec<f64>,
    /// The method.
    pub model: Model,
    /// How criteria are weighted.
    pub weights: Weights,
    /// Weights of `weights = "given"`, one per criterion, scaled to sum 1.
    pub given: Vec<f64>,
    /// Over what ideals, scales and weights are taken.
    pub scope: Breadth,
    /// Declared worst value of each criterion (of middle and interval criteria on 0 to 1); from the data where empty.
    pub worst: Vec<f64>,
    /// Declared ideal value of each criterion; values beyond are cut and listed.
    pub ideal: Vec<f64>,
    /// Whether to run all methods side by side.
    pub compare: bool,
    /// Scaling of TOPSIS (else `vector`), SAW and OWA (else `min-max`).
    pub scaling: Option<Scaling>,
    /// Where weights enter the distances of TOPSIS.
    pub placement: Placement,
    /// Weight of group utility in VIKOR.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub v: f64,
    /// Distinguishing coefficient of grey relation.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub rho: f64,
    /// Share of the weighted sum in WASPAS.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub lambda: f64,
    /// Shape of preference under PROMETHEE.
    pub preference: Kind,
    /// Indifference thresholds, one for all criteria or one each, in their units.
    pub q: Vec<f64>,
    /// Preference thresholds.
    pub p: Vec<f64>,
    /// Points of inflection of Gaussian preferences.
    pub s: Vec<f64>,
    /// Ranks of the rank-sum ratio.
    pub ranks: Ranks,
    /// Grades of the rank-sum ratio (else 3) and of fuzzy evaluation (else 5).
    #[schemars(range(min = 2, max = 10))]
    pub grades: Option<usize>,
    /// Operator of fuzzy evaluation.
    pub operator: Operator,
    /// Standardisation of the taxonomic measure.
    pub standard: Standard,
    /// Parameters of OWA, Mazziotta-Pareto, mean-min and the power mean.
    pub compensation: Compensation,
}

impl Default for RankingOptions {
    fn default() -> Self {
        let core = Parameters::default();
        Self {
            positive: Vec::new(),
            negative: Vec::new(),
            middle: Vec::new(),
            middle_best: Vec::new(),
            interval: Vec::new(),
            interval_low: Vec::new(),
            interval_high: Vec::new(),
            model: Model::default(),
            weights: Weights::default(),
            given: Vec::new(),
            scope: Breadth::default(),
            worst: Vec::new(),
            ideal: Vec::new(),
            compare: false,
            scaling: None,
            placement: core.placement,
            v: core.v,
            rho: core.rho,
            lambda: core.lambda,
            preference: Kind::default(),
            q: Vec::new(),
            p: Vec::new(),
            s: Vec::new(),
            ranks: core.ranks,
            grades: None,
            operator: core.operator,
            standard: core.standard,
            compensation: core.compensation,
        }
    }
}

impl RankingOptions {
    /// Names and wishes, in the order that lists by criterion follow.
    pub(super) fn criteria(&self) -> Vec<(&str, Criterion)> {
        let mut out: Vec<(&str, Criterion)> = Vec::new();
        out.extend(self.positive.iter().map(|n| (n.as_str(), Criterion::Positive)));
        out.extend(self.negative.iter().map(|n| (n.as_str(), Criterion::Negative)));
        out.extend(self.middle.iter().zip(&self.middle_best).map(|(n, &best)| (n.as_str(), Criterion::Middle { best })));
        let ends = self.interval_low.iter().zip(&self.interval_high);
        out.extend(self.interval.iter().zip(ends).map(|(n, (&low, &high))| (n.as_str(), Criterion::Interval { low, high })));
        out
    }

    fn count(&self) -> usize {
        self.positive.len() + self.negative.len() + self.middle.len() + self.interval.len()
    }

    /// What contradicts itself.
    pub(super) fn contradictions(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let m = self.count();
        let mut lengths = |name: &str, found: usize, wanted: usize, of: &str| {
            if found != wanted {
                problems.push(Problem::error(
                    "list-length",
                    format!("`{name}` has {found} entries; it needs one for each {of}, {wanted} in all."),
                ));
            }
        };
        lengths("middle_best", self.middle_best.len(), self.middle.len(), "variable of `middle`");
        lengths("interval_low", self.interval_low.len(), self.interval.len(), "variable of `interval`");
        lengths("interval_high", self.interval_high.len(), self.interval.len(), "variable of `interval`");
        if self.weights == Weights::Given {
            lengths("given", self.given.len(), m, "criterion");
        }
        if !(self.worst.is_empty() && self.ideal.is_empty()) {
            lengths("worst", self.worst.len(), m, "criterion");
            lengths("ideal", self.ideal.len(), m, "criterion");
        }
        for (name, list) in [("q", &self.q), ("p", &self.p), ("s", &self.s)] {
            if list.len() > 1 {
                lengths(name, list.len(), m, "criterion");
            }
        }
        if self.weights != Weights::Given && !self.given.is_empty() {
            problems.push(
                Problem::error("given-unused", "`given` lists weights, but `weights` is not \"given\".")
                    .help("Set `weights = \"given\"`, or leave `given` out."),
            );
        }
        if self.given.iter().any(|w| !(w.is_finite() && *w >= 0.0))
            || (!self.given.is_empty() && self.given.iter().sum::<f64>() <= 0.0)
        {
            problems.push(Problem::error("given", "Weights must be numbers of at least 0, not all 0."));
        }
        for (name, (low, high)) in self.interval.iter().zip(self.interval_low.iter().zip(&self.interval_high)) {
            if !(low <= high && low.is_finite() && high.is_finite()) {
                problems.push(Problem::error("interval", format!("The interval {low} to {high} of `{name}` is none.")));
            }
        }
        if self.middle_best.iter().any(|x| !x.is_finite()) {
            problems.push(Problem::error("middle", "`middle_best` must be finite numbers."));
        }
        let (q, p, s) = match self.preference {
            Kind::Usual => (false, false, false),
            Kind::U => (true, false, false),
            Kind::V => (false, true, false),
            Kind::Level | Kind::Linear => (true, true, false),
            Kind::Gaussian => (false, false, true),
        };
        for (name, list, needed) in [("q", &self.q, q), ("p", &self.p, p), ("s", &self.s, s)] {
            if needed && list.is_empty() {
                problems.push(Problem::error("threshold", format!("This shape of preference needs `{name}`.")));
            } else if !needed && !list.is_empty() {
                problems.push(Problem::error("threshold", format!("`{name}` does nothing under this shape of preference.")));
            }
        }
        if self.scaling.is_some() && !self.model.is_scaled() && !self.compare {
            problems.push(
                Problem::error("scaling-unused", "This method has a scaling of its own.")
                    .help("`scaling` is for TOPSIS, SAW and OWA."),
            );
        }
        if problems.is_empty() {
            let preferences = self.preferences(m);
            problems.extend(preferences.iter().filter_map(|p| p.check().err()).take(1).map(threshold));
            problems.extend(self.compensation.check().into_iter().map(threshold));
        }
        problems
    }

    /// Declared ends of the criteria, worst first.
    pub(super) fn ends(&self, criteria: usize) -> Option<Vec<(f64, f64)>> {
        let ends: Vec<(f64, f64)> = self.worst.iter().copied().zip(self.ideal.iter().copied()).collect();
        (criteria > 0 && ends.len() == criteria).then_some(ends)
    }

    fn preferences(&self, criteria: usize) -> Vec<Preference> {
        let at = |list: &[f64], j: usize| list.get(if list.len() == 1 { 0 } else { j }).copied().unwrap_or(f64::NAN);
        (0..criteria)
            .map(|j| {
                let (q, p, s) = (at(&self.q, j), at(&self.p, j), at(&self.s, j));
                match self.preference {
                    Kind::Usual => Preference::Usual,
                    Kind::U => Preference::U { q },
                    Kind::V => Preference::V { p },
                    Kind::Level => Preference::Level { q, p },
                    Kind::Linear => Preference::Linear { q, p },
                    Kind::Gaussian => Preference::Gaussian { s },
                }
            })
            .collect()
    }

    /// Parameters of the core methods.
    pub(super) fn parameters(&self, criteria: usize) -> Parameters {
        Parameters {
            scaling: self.scaling,
            placement: self.placement,
            v: self.v,
            rho: self.rho,
            lambda: self.lambda,
            preferences: self.preferences(criteria),
            ranks: self.ranks,
            grades: self.grades,
            operator: self.operator,
            standard: self.standard,
            compensation: self.compensation,
        }
    }
}

fn threshold(error: RankingError) -> Problem {
    Problem::error("parameter", format!("{error}."))
}
