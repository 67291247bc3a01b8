//! Which reference set each distance is measured against: what tells the Malmquist indices apart.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Decomposition, IndexReturns, MalmquistOptions, Mean};
use crate::technology::FrontierError;

/// Which Malmquist index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Each period's own technology, geometric mean of both (Färe, Grosskopf, Norris and Zhang 1994).
    #[default]
    Adjacent,
    /// The technology of one named period throughout (Berg, Førsund and Jansen 1992); circular.
    FixedBase,
    /// All periods up to and including each (Tulkens and Vanden Eeckaut 1995; Shestalova 2003), also
    /// known as no regress: the technology never moves back.
    Sequential,
    /// A moving window of periods around, or up to, each.
    Window,
    /// Both periods of a change pooled (Pastor, Asmild and Lovell 2011): never infeasible, also under
    /// variable returns.
    Biennial,
    /// All periods pooled (Pastor and Lovell 2005): circular and never infeasible.
    Global,
}

/// Where a window lies relative to its period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// Around the period, half on either side; the width must be odd.
    #[default]
    Centred,
    /// Up to and including the period.
    Trailing,
}

/// Periods that span a technology: positions from the first to before the second.
pub(super) type Span = (usize, usize);

/// The technologies that the index of a change is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Yardsticks {
    /// The own technologies of the earlier and of the later period.
    Two(Span, Span),
    /// One technology for both observations.
    One(Span),
}

/// The options of an index settled against the periods of the data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    kind: Kind,
    base: usize,
    before: usize,
    after: usize,
    periods: usize,
}

impl Plan {
    /// Settles the options; `periods` are the periods with the number of their complete rows.
    pub(super) fn new(options: &MalmquistOptions, periods: &[(i32, usize)]) -> Result<Self, FrontierError> {
        let mut wrong: Vec<(&'static str, String)> = Vec::new();
        let (kind, two) = (options.kind, options.kind.two());
        let base = match options.base {
            Some(base) if kind == Kind::FixedBase => match periods.iter().position(|p| p.0 == base) {
                Some(at) if periods[at].1 > 0 => at,
                Some(_) => {
                    wrong.push(("base", format!("no unit has complete data in {base}")));
                    0
                }
                None => {
                    wrong.push(("base", format!("{base} is not a period of the data")));
                    0
                }
            },
            _ => periods.iter().position(|p| p.1 > 0).unwrap_or(0),
        };
        if options.base.is_some() && kind != Kind::FixedBase {
            wrong.push(("base", "only the kind `fixed-base` has a base period".into()));
        }
        let width = options.window.map_or(3, NonZeroU32::get) as usize;
        if kind == Kind::Window {
            if options.align == Align::Centred && width.is_multiple_of(2) {
                wrong.push(("window", format!("a centred window has an odd width, not {width}; or use `align = \"trailing\"`")));
            }
        } else {
            if options.window.is_some() {
                wrong.push(("window", "only the kind `window` has a width".into()));
            }
            if options.align != Align::default() {
                wrong.push(("align", "only the kind `window` has an alignment".into()));
            }
        }
        if !two && options.mean != Mean::default() {
            wrong.push(("mean", "this kind has a single yardstick, so there is nothing to average".into()));
        }
        match options.decomposition {
            Decomposition::Fgnz | Decomposition::RayDesli => {}
            Decomposition::GrifellLovell if two => {}
            Decomposition::Bias if two => {
                if options.mean != Mean::Geometric {
                    wrong.push(("mean", "the decomposition `bias` is one of the geometric mean".into()));
                }
            }
            Decomposition::GrifellLovell | Decomposition::Bias => {
                wrong.push((
                    "decomposition",
                    "it needs the technologies of both periods: `adjacent`, `sequential` or `window`".into(),
                ));
            }
        }
        let scale = matches!(options.decomposition, Decomposition::RayDesli | Decomposition::GrifellLovell);
        if scale && options.returns == IndexReturns::Vrs {
            wrong.push(("decomposition", "it measures scale against constant returns; leave the returns at `crs`".into()));
        }
        if !wrong.is_empty() {
            return Err(FrontierError::Options(wrong));
        }
        let (before, after) = match (kind, options.align) {
            (Kind::Window, Align::Centred) => (width / 2, width / 2),
            (Kind::Window, Align::Trailing) => (width - 1, 0),
            _ => (0, 0),
        };
        Ok(Self { kind, base, before, after, periods: periods.len() })
    }

    /// The same data under another kind that needs no further option.
    pub(super) fn with(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The technology that efficiency in a period is measured against.
    pub(super) fn own(&self, period: usize) -> Span {
        match self.kind {
            Kind::Sequential => (0, period + 1),
            Kind::Window => (period.saturating_sub(self.before), (period + self.after + 1).min(self.periods)),
            Kind::Adjacent | Kind::FixedBase | Kind::Biennial | Kind::Global => (period, period + 1),
        }
    }

    /// The technologies that a change from one period to the next is measured against.
    pub(super) fn yardsticks(&self, from: usize) -> Yardsticks {
        match self.kind {
            Kind::Adjacent | Kind::Sequential | Kind::Window => Yardsticks::Two(self.own(from), self.own(from + 1)),
            Kind::FixedBase => Yardsticks::One((self.base, self.base + 1)),
            Kind::Biennial => Yardsticks::One((from, from + 2)),
            Kind::Global => Yardsticks::One((0, self.periods)),
        }
    }
}

impl Kind {
    /// Whether the index is a mean of two technologies, one of each period.
    pub fn two(self) -> bool {
        matches!(self, Self::Adjacent | Self::Sequential | Self::Window)
    }
}
