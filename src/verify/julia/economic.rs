//! Economic efficiency and its change in the suites, and the generalised distance function.

use frontier::{
    additive::Weights,
    dea::Slacks,
    economic::{self, Decomposition, Economic, EconomicDirection, EconomicOptions, Measure, Norm, Prices},
    generalised::{self, GeneralisedOptions},
};

use super::{
    Meaning, Model, Parts, Stop, Table,
    models::{Options, column, columns, convex, failed, known, returns, rows, symbol, technology},
    unsupported,
};

/// Runs a function of these families: `dea`, the measure, `change`, the decomposition.
pub(super) fn run(name: &str, arguments: &[Meaning], options: &Options<'_>) -> Result<Model, Stop> {
    if let ("deagdf", [Meaning::Table(x), Meaning::Table(y)]) = (name, arguments) {
        return curve(x, y, options);
    }
    let measures = [
        ("deacost", Measure::Cost),
        ("dearevenue", Measure::Revenue),
        ("deaprofitability", Measure::Profitability),
        ("deaprofit", Measure::Profit),
    ];
    let Some((rest, measure)) = measures.iter().find_map(|(prefix, m)| Some((name.strip_prefix(prefix)?, *m))) else {
        return unsupported(name);
    };
    let (change, kind) = rest.strip_prefix("change").map_or((false, rest), |kind| (true, kind));
    let tables: Vec<&Table> = arguments.iter().map_while(|a| if let Meaning::Table(t) = a { Some(t) } else { None }).collect();
    let given = match arguments.get(tables.len()) {
        Some(Meaning::Symbol(s)) => s.as_str(),
        _ => "",
    };
    let call = Call { name, measure, kind, given, options, tables: &tables };
    if change { call.change() } else { call.level() }
}

/// A call: quantities, then prices of the inputs, of the outputs, or of both.
struct Call<'a> {
    name: &'a str,
    measure: Measure,
    kind: &'a str,
    given: &'a str,
    options: &'a Options<'a>,
    tables: &'a [&'a Table],
}

impl Call<'_> {
    fn decomposition(&self, [x, y]: [&[Vec<f64>]; 2]) -> Result<Decomposition, Stop> {
        let yes = |key: &str| self.options.get(key) == Some(&Meaning::Yes(true));
        Ok(match (self.kind, self.given) {
            ("", _) if self.measure == Measure::Profitability => {
                let alpha = if let Some(Meaning::Number(a)) = self.options.get("alpha") { *a } else { 0.5 };
                Decomposition::Generalised { alpha }
            }
            ("", _) if self.measure != Measure::Profit => Decomposition::Farrell,
            ("" | "ddf", _) => Decomposition::Directional(self.direction(x, y)?),
            ("mddf", _) => Decomposition::ModifiedDirectional(self.direction(x, y)?),
            ("add", "" | "Ones") => Decomposition::Additive(Weights::Sum),
            ("add", "MIP") => Decomposition::Additive(Weights::Mip),
            ("russell", _) if self.measure == Measure::Profit => Decomposition::RussellGraph,
            ("russell", _) => Decomposition::Russell,
            ("erg", _) => Decomposition::Russell,
            ("gda", "ERG") => Decomposition::GeneralDirect,
            ("rddf", "ERG") => Decomposition::ReverseDirectional,
            ("rddf", "MDDF") => Decomposition::ReverseModified(self.direction(x, y)?),
            ("holder", _) => {
                let norm = match self.options.get("l") {
                    Some(Meaning::Number(l)) if *l == 1.0 => Norm::One,
                    Some(Meaning::Number(l)) if l.is_infinite() => Norm::Infinity,
                    _ => return unsupported("Hölder norm"),
                };
                Decomposition::Holder { norm, weighted: yes("weight") }
            }
            _ => return unsupported(format!("{} {}", self.name, self.given)),
        })
    }

    fn direction(&self, x: &[Vec<f64>], y: &[Vec<f64>]) -> Result<EconomicDirection, Stop> {
        let key = if self.measure == Measure::Revenue { "Gy" } else { "Gx" };
        if let (Some(Meaning::Table(gx)), Some(Meaning::Table(gy))) = (self.options.get("Gx"), self.options.get("Gy")) {
            return Ok(EconomicDirection::Columns([columns(gx), columns(gy)].concat()));
        }
        if self.measure == Measure::Profit && symbol(self.options, "Gx", "") != symbol(self.options, "Gy", "") {
            return unsupported(format!("directions of {} inputs and {} outputs that differ", x.len(), y.len()));
        }
        Ok(match symbol(self.options, key, "Observed") {
            "Ones" => EconomicDirection::Ones,
            "Observed" => EconomicDirection::Observed,
            "Mean" => EconomicDirection::Mean,
            "Monetary" => EconomicDirection::Monetary,
            other => return unsupported(format!("{key} = :{other}")),
        })
    }

    /// One period of the tables.
    fn period(&self, t: usize) -> Result<Economic, Stop> {
        known(self.options, &["rts", "dispos", "Gx", "Gy", "monetary", "l", "weight", "alpha"])?;
        if !matches!(symbol(self.options, "dispos", "Strong"), "Strong") {
            return unsupported("weak disposability");
        }
        let of = |i: usize| -> Result<Vec<Vec<f64>>, Stop> {
            match self.tables.get(i).map(|table| table.0.get(t)) {
                Some(Some(period)) => Ok(columns(&Table(vec![period.clone()]))),
                _ => unsupported(format!("{} of these tables", self.name)),
            }
        };
        let (x, y, first) = (of(0)?, of(1)?, of(2)?);
        let (w, p) = match self.measure {
            Measure::Cost => (first, Vec::new()),
            Measure::Revenue => (Vec::new(), first),
            _ => (first, of(3)?),
        };
        let prices = Prices { inputs: w.iter().map(Vec::as_slice).collect(), outputs: p.iter().map(Vec::as_slice).collect() };
        let options = EconomicOptions {
            measure: self.measure,
            decomposition: Some(self.decomposition([&x, &y])?),
            returns: returns(self.options, "VRS")?,
            ..EconomicOptions::default()
        };
        economic::economic(&technology(&x, &y), &prices, &options).map_err(failed("economic"))
    }

    fn money(&self) -> bool {
        self.options.get("monetary") == Some(&Meaning::Yes(true))
    }

    fn level(&self) -> Result<Model, Stop> {
        let e = self.period(0)?;
        let k = e.normalisation.clone();
        let in_money = |values: &[f64]| -> Vec<Vec<f64>> {
            match &k {
                Some(k) if self.money() => column(&values.iter().zip(k).map(|(v, k)| v * k).collect::<Vec<_>>()),
                _ => column(values),
            }
        };
        let mut parts = Parts::from([
            ("efficiency", in_money(&e.economic)),
            ("efficiency Economic", in_money(&e.economic)),
            ("efficiency Technical", in_money(&e.technical)),
            ("efficiency Allocative", in_money(&e.allocative)),
            ("targets X", rows(&e.projection.input_targets)),
            ("targets Y", rows(&e.projection.output_targets)),
        ]);
        if let Some(k) = &e.normalisation {
            parts.insert("normfactor", column(k));
        }
        if let Some(scale) = &e.scale {
            parts.insert("efficiency VRS", column(&e.technical));
            parts.insert("efficiency Scale", column(scale));
            let crs: Vec<f64> = e.technical.iter().zip(scale).map(|(t, s)| t * s).collect();
            parts.insert("efficiency CRS", column(&crs));
        }
        Ok(Model { parts, unique: Vec::new() })
    }

    fn change(&self) -> Result<Model, Stop> {
        let (base, comp) = (self.period(0)?, self.period(1)?);
        let c = base.change(&comp, self.money());
        let mut parts = Parts::from([("effchange Economic", column(&c.economic))]);
        // There something else normalises: `docs/known-differences.md`,
        // "BenchmarkingEconomicEfficiency.jl: modified directional distance".
        if self.kind != "mddf" {
            parts.insert("effchange Technical", column(&c.technical));
            parts.insert("effchange Allocative", column(&c.allocative));
            for (name, e) in [("normfactor base", &base), ("normfactor comp", &comp)] {
                parts.extend(e.normalisation.as_ref().map(|k| (name, column(k))));
            }
        }
        if let Some(scale) = &c.scale {
            parts.insert("effchange VRS", column(&c.technical));
            parts.insert("effchange Scale", column(scale));
            parts.insert("effchange CRS", column(&c.technical.iter().zip(scale).map(|(t, s)| t * s).collect::<Vec<_>>()));
        }
        Ok(Model { parts, unique: Vec::new() })
    }
}

/// The generalised distance function; constant returns unless said otherwise.
fn curve(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["alpha", "rts", "slack"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    let alpha = if let Some(Meaning::Number(a)) = options.get("alpha") { *a } else { 0.5 };
    let slacks = if options.get("slack") == Some(&Meaning::Yes(false)) { Slacks::None } else { Slacks::Sum };
    let options = GeneralisedOptions { alpha, returns: convex(options, "CRS")?, slacks, ..GeneralisedOptions::default() };
    let g = generalised::generalised(&technology(&inputs, &outputs), &options).map_err(failed("generalised"))?;
    let p = &g.projection;
    let parts = Parts::from([
        ("efficiency", column(&g.score)),
        ("slacks X", rows(&p.input_slacks)),
        ("slacks Y", rows(&p.output_slacks)),
        ("targets X", rows(&p.input_targets)),
        ("targets Y", rows(&p.output_targets)),
    ]);
    Ok(Model { parts, unique: g.projection.unique.clone() })
}
