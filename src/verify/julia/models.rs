//! The functions of the suites, one arm for each, in terms of ours.

use std::collections::BTreeMap;

use frontier::{
    Observations, Orientation, Projection, SlackOrientation, Technology,
    additive::{AdditiveOptions, Weights, additive},
    dea::{self, Dea, DeaOptions, Returns, Slacks},
    directional::{BadOutputs, Direction, DirectionalError, DirectionalOptions, DirectionalReturns, directional},
    malmquist::{self, MalmquistOptions},
    malmquist_luenberger::{self, Index, MalmquistLuenbergerOptions},
    sbm::{SbmOptions, sbm},
};

use super::{Meaning, Model, Parts, Stop, Table, economic, unsupported};

pub(super) type Options<'a> = BTreeMap<&'a str, Meaning>;

/// Runs a function of the suites.
pub fn run(name: &str, arguments: &[Meaning], options: &Options<'_>) -> Result<Model, Stop> {
    match (name, arguments) {
        ("dea" | "deabigdata" | "deam", [Meaning::Table(x), Meaning::Table(y)]) => radial(x, y, options),
        ("deaadd", [Meaning::Table(x), Meaning::Table(y)]) => slacks(x, y, "Ones", options),
        ("deaadd", [Meaning::Table(x), Meaning::Table(y), Meaning::Symbol(weights)]) => slacks(x, y, weights, options),
        ("deaerg", [Meaning::Table(x), Meaning::Table(y)]) => graph(x, y, options),
        ("dearussell", [Meaning::Table(x), Meaning::Table(y)]) => super::russell::run(x, y, options),
        ("deaddf" | "deaddfm", [Meaning::Table(x), Meaning::Table(y)]) => along(x, y, None, options),
        ("deamddf", [Meaning::Table(x), Meaning::Table(y)]) => super::distance::apart(x, y, options),
        ("dearddf", [Meaning::Table(x), Meaning::Table(y), Meaning::Symbol(of)]) => super::distance::reversed(x, y, of, options),
        ("deaholder", [Meaning::Table(x), Meaning::Table(y)]) => super::distance::nearest(x, y, options),
        ("deaenv", [Meaning::Table(x), Meaning::Table(y), Meaning::Table(b)]) => along(x, y, Some(b), options),
        ("malmquist", [Meaning::Table(x), Meaning::Table(y)]) => adjacent(x, y, options),
        ("malmluen", [Meaning::Table(x), Meaning::Table(y), Meaning::Table(b)]) => consistent(x, y, b, options),
        _ => economic::run(name, arguments, options),
    }
}

/// Columns of a table of one period.
pub(super) fn columns(table: &Table) -> Vec<Vec<f64>> {
    let rows = table.0.concat();
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|i| rows.iter().map(|r| r.get(i).copied().unwrap_or(f64::NAN)).collect()).collect()
}

/// Rows of columns.
pub(super) fn rows(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let units = columns.first().map_or(0, Vec::len);
    (0..units).map(|u| columns.iter().map(|c| c[u]).collect()).collect()
}

pub(super) fn column(values: &[f64]) -> Vec<Vec<f64>> {
    values.iter().map(|&v| vec![v]).collect()
}

pub(super) fn technology<'a>(inputs: &'a [Vec<f64>], outputs: &'a [Vec<f64>]) -> Technology<'a> {
    let slices = |c: &'a [Vec<f64>]| c.iter().map(Vec::as_slice).collect();
    Technology { inputs: slices(inputs), outputs: slices(outputs), bad_outputs: Vec::new() }
}

pub(super) fn failed<E: std::fmt::Debug>(name: &str) -> impl Fn(E) -> Stop + '_ {
    move |e| Stop::Failed(format!("{name}: {e:?}"))
}

/// Refuses options that an arm does not know.
pub(super) fn known(options: &Options<'_>, names: &[&str]) -> Result<(), Stop> {
    match options.iter().find(|(k, _)| !names.contains(k)) {
        Some((key, Meaning::Symbol(value))) => unsupported(format!("{key} = :{value}")),
        Some((key, _)) => unsupported(*key),
        None => Ok(()),
    }
}

pub(super) fn symbol<'a>(options: &'a Options<'_>, key: &str, default: &'a str) -> &'a str {
    match options.get(key) {
        Some(Meaning::Symbol(s)) => s,
        _ => default,
    }
}

fn orientation(options: &Options<'_>) -> Result<Orientation, Stop> {
    match symbol(options, "orient", "Input") {
        "Input" => Ok(Orientation::Input),
        "Output" => Ok(Orientation::Output),
        other => unsupported(format!("orient {other}")),
    }
}

pub(super) fn returns(options: &Options<'_>, default: &str) -> Result<Returns, Stop> {
    match symbol(options, "rts", default) {
        "CRS" => Ok(Returns::Crs),
        "VRS" => Ok(Returns::Vrs),
        "FDH" => Ok(Returns::Fdh),
        other => unsupported(format!("rts {other}")),
    }
}

/// Returns of a model that knows no free disposal hull.
pub(super) fn convex(options: &Options<'_>, default: &str) -> Result<Returns, Stop> {
    match returns(options, default)? {
        Returns::Fdh => unsupported("free disposal hull"),
        other => Ok(other),
    }
}

fn side(options: &Options<'_>) -> Result<SlackOrientation, Stop> {
    match symbol(options, "orient", "Graph") {
        "Graph" => Ok(SlackOrientation::None),
        "Input" => Ok(SlackOrientation::Input),
        "Output" => Ok(SlackOrientation::Output),
        other => unsupported(format!("orient {other}")),
    }
}

/// Weights of the peers by unit and reference unit, from pairs of the first unit of a class and its weight.
pub(super) fn peers(units: usize, of: impl Fn(usize) -> Vec<(usize, f64)>) -> Vec<Vec<f64>> {
    let row = |u: usize| {
        let mut row = vec![0.0; units];
        of(u).into_iter().for_each(|(j, weight)| row[j] = weight);
        row
    };
    (0..units).map(row).collect()
}

/// Radial models; constant returns and input orientation unless said otherwise.
fn radial(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["orient", "rts", "slack"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    let orientation = orientation(options)?;
    let slacks = if options.get("slack") == Some(&Meaning::Yes(false)) { Slacks::None } else { Slacks::Sum };
    let options = DeaOptions { orientation, returns: returns(options, "CRS")?, slacks, scale: false, ..DeaOptions::default() };
    let d: Dea = dea::dea(&technology(&inputs, &outputs), &options).map_err(failed("dea"))?;
    let score = if orientation == Orientation::Input { &d.score } else { &d.reciprocal };
    let parts = Parts::from([
        ("efficiency", column(score)),
        ("slacks X", rows(&d.input_slacks)),
        ("slacks Y", rows(&d.output_slacks)),
        ("targets X", rows(&d.input_targets)),
        ("targets Y", rows(&d.output_targets)),
        ("multipliers X", rows(&d.input_prices)),
        ("multipliers Y", rows(&d.output_prices)),
        ("peers", peers(d.score.len(), |u| d.peers(u).map(|p| (p.units[0], p.weight)).collect())),
    ]);
    Ok(Model { parts, unique: d.unique })
}

/// Additive models; variable returns unless said otherwise.
fn slacks(x: &Table, y: &Table, weights: &str, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["orient", "rts", "rhoX", "rhoY"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    // The suites know weights of each unit; here one for each variable serves where they are alike.
    let own = |key: &str| match options.get(key) {
        Some(Meaning::Table(t)) => {
            let columns = columns(t);
            let alike = columns.iter().all(|c| c.iter().all(|w| *w == c[0]));
            if alike { Ok(columns.iter().map(|c| c[0]).collect()) } else { unsupported("weights by unit") }
        }
        _ => unsupported("weights without rho"),
    };
    let weights = match weights {
        "Ones" => Weights::Sum,
        "MIP" => Weights::Mip,
        "Normalized" => Weights::Normalised,
        "RAM" => Weights::Ram,
        "BAM" => Weights::Bam,
        "Custom" => Weights::Custom { inputs: own("rhoX")?, outputs: own("rhoY")? },
        other => return unsupported(format!("weights {other}")),
    };
    let options =
        AdditiveOptions { weights, orientation: side(options)?, returns: convex(options, "VRS")?, ..AdditiveOptions::default() };
    let a = additive(&technology(&inputs, &outputs), &options).map_err(failed("additive"))?;
    Ok(projected(&a.inefficiency, &a.projection))
}

/// The enhanced Russell graph measure, which is the slacks-based measure; constant returns unless said
/// otherwise.
fn graph(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["rts", "optimizer"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    let options = SbmOptions { returns: convex(options, "CRS")?, ..SbmOptions::default() };
    let s = sbm(&technology(&inputs, &outputs), &options).map_err(failed("sbm"))?;
    let mut model = projected(&s.score, &s.projection);
    model.parts.insert("efficiency beta", column(&s.output_efficiency));
    Ok(model)
}

fn projected(score: &[f64], p: &Projection) -> Model {
    let parts = Parts::from([
        ("efficiency", column(score)),
        ("slacks X", rows(&p.input_slacks)),
        ("slacks Y", rows(&p.output_slacks)),
        ("targets X", rows(&p.input_targets)),
        ("targets Y", rows(&p.output_targets)),
        ("peers", peers(score.len(), |u| p.peers.of(u).map(|p| (p.units[0], p.weight)).collect())),
    ]);
    Model { parts, unique: p.unique.clone() }
}

/// Directional distances; undesirable outputs shrink and are strongly disposable. Constant returns and the
/// unit's own values unless said otherwise, inputs fixed beside undesirable outputs.
fn along(x: &Table, y: &Table, b: Option<&Table>, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["Gx", "Gy", "Gb", "rts", "slack"])?;
    let (inputs, outputs, bads) = (columns(x), columns(y), b.map(columns).unwrap_or_default());
    let lengths = |key: &str, own: &[Vec<f64>], default: &str| -> Result<Vec<Vec<f64>>, Stop> {
        if let Some(Meaning::Table(given)) = options.get(key) {
            return Ok(columns(given));
        }
        let mean = |c: &[f64]| c.iter().sum::<f64>() / c.len() as f64;
        match symbol(options, key, default) {
            "Observed" => Ok(own.to_vec()),
            "Mean" => Ok(own.iter().map(|c| vec![mean(c); c.len()]).collect()),
            "Ones" => Ok(own.iter().map(|c| vec![1.0; c.len()]).collect()),
            "Zeros" => Ok(own.iter().map(|c| vec![0.0; c.len()]).collect()),
            other => unsupported(format!("{key} = :{other}")),
        }
    };
    let still = if b.is_some() { "Zeros" } else { "Observed" };
    let all = [lengths("Gx", &inputs, still)?, lengths("Gy", &outputs, "Observed")?, lengths("Gb", &bads, "Observed")?].concat();
    let returns = match (returns(options, "CRS")?, b) {
        (Returns::Crs, _) => DirectionalReturns::Crs,
        (Returns::Vrs, None) => DirectionalReturns::Vrs,
        _ => return unsupported("these returns along a direction"),
    };
    let slacks = if options.get("slack") == Some(&Meaning::Yes(false)) { Slacks::None } else { Slacks::Sum };
    let (m, s) = (inputs.len(), outputs.len());
    let options = DirectionalOptions {
        direction: Direction::Columns(all),
        returns,
        bad_outputs: BadOutputs::Strong,
        slacks,
        ..DirectionalOptions::default()
    };
    let mut technology = technology(&inputs, &outputs);
    technology.bad_outputs = bads.iter().map(Vec::as_slice).collect();
    let d = match directional(&technology, &options) {
        Ok(d) => d,
        // There the distance along nothing is 0 by definition.
        Err(DirectionalError::Direction(_)) => return unsupported("a direction of zeros"),
        Err(e) => return Err(failed("directional")(e)),
    };
    let parts = |c: &[Vec<f64>]| [rows(&c[..m]), rows(&c[m..m + s]), rows(&c[m + s..])];
    let ([sx, sy, sb], [tx, ty, tb]) = (parts(&d.slacks), parts(&d.targets));
    let parts = Parts::from([
        ("efficiency", column(&d.beta)),
        ("slacks X", sx),
        ("slacks Y", sy),
        ("slacks B", sb),
        ("targets X", tx),
        ("targets Y", ty),
        ("targets B", tb),
        ("peers", peers(d.beta.len(), |u| d.peers[u].iter().map(|p| (p.units[0], p.weight)).collect())),
    ]);
    Ok(Model { parts, unique: d.unique })
}

/// Units and periods of rows that stand period after period.
fn keys(x: &Table) -> (Vec<usize>, Vec<i32>) {
    let n = x.0.first().map_or(0, Vec::len);
    let periods = (0..x.0.len()).flat_map(|t| std::iter::repeat_n(t as i32, n)).collect();
    ((0..n * x.0.len()).map(|r| r % n).collect(), periods)
}

/// Adjacent Malmquist index, geometric mean of both periods; rows are unit by unit.
fn adjacent(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["orient"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    let (units, periods) = keys(x);
    let observations = Observations { technology: technology(&inputs, &outputs), units: &units, periods: &periods };
    let options = MalmquistOptions { orientation: orientation(options)?, ..MalmquistOptions::default() };
    let m = malmquist::malmquist(&observations, &options).map_err(failed("malmquist"))?;
    let parts = Parts::from([
        ("prodchange", column(&m.index)),
        ("prodchange EC", column(&m.efficiency)),
        ("prodchange TC", column(&m.technical)),
    ]);
    Ok(Model { parts, unique: Vec::new() })
}

/// The consistent Malmquist-Luenberger index of Aparicio, Pastor and Zofío (2013).
fn consistent(x: &Table, y: &Table, b: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &[])?;
    let (inputs, outputs, bads) = (columns(x), columns(y), columns(b));
    let (units, periods) = keys(x);
    let mut technology = technology(&inputs, &outputs);
    technology.bad_outputs = bads.iter().map(Vec::as_slice).collect();
    let observations = Observations { technology, units: &units, periods: &periods };
    let options = MalmquistLuenbergerOptions { index: Index::Apz2013, ..MalmquistLuenbergerOptions::default() };
    let m = malmquist_luenberger::malmquist_luenberger(&observations, &options).map_err(failed("malmquist-luenberger"))?;
    let parts = Parts::from([
        ("prodchange", column(&m.index)),
        ("prodchange EC", column(&m.efficiency)),
        ("prodchange TC", column(&m.best_practice)),
    ]);
    Ok(Model { parts, unique: Vec::new() })
}
