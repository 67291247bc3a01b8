//! The functions of the suites, one arm for each, in terms of ours.

use std::collections::BTreeMap;

use frontier::{
    Observations, Orientation, Technology,
    dea::{self, Dea, DeaOptions, Returns, Slacks},
    malmquist::{self, MalmquistOptions},
};

use super::{Meaning, Model, Stop, Table, unsupported};

type Options<'a> = BTreeMap<&'a str, Meaning>;

/// Runs a function of the suites.
pub fn run(name: &str, arguments: &[Meaning], options: &Options<'_>) -> Result<Model, Stop> {
    match (name, arguments) {
        ("dea" | "deabigdata" | "deam", [Meaning::Table(x), Meaning::Table(y)]) => radial(x, y, options),
        ("malmquist", [Meaning::Table(x), Meaning::Table(y)]) => adjacent(x, y, options),
        _ => unsupported(name),
    }
}

/// Columns of a table of one period.
fn columns(table: &Table) -> Vec<Vec<f64>> {
    let rows = table.0.concat();
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|i| rows.iter().map(|r| r.get(i).copied().unwrap_or(f64::NAN)).collect()).collect()
}

/// Rows of columns.
fn rows(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let units = columns.first().map_or(0, Vec::len);
    (0..units).map(|u| columns.iter().map(|c| c[u]).collect()).collect()
}

fn column(values: &[f64]) -> Vec<Vec<f64>> {
    values.iter().map(|&v| vec![v]).collect()
}

fn technology<'a>(inputs: &'a [Vec<f64>], outputs: &'a [Vec<f64>]) -> Technology<'a> {
    let slices = |c: &'a [Vec<f64>]| c.iter().map(Vec::as_slice).collect();
    Technology { inputs: slices(inputs), outputs: slices(outputs), bad_outputs: Vec::new() }
}

fn failed(name: &str) -> impl Fn(frontier::FrontierError) -> Stop + '_ {
    move |e| Stop::Failed(format!("{name}: {e} {e:?}"))
}

/// Refuses options that an arm does not know.
fn known(options: &Options<'_>, names: &[&str]) -> Result<(), Stop> {
    match options.iter().find(|(k, _)| !names.contains(k)) {
        Some((key, Meaning::Symbol(value))) => unsupported(format!("{key} = :{value}")),
        Some((key, _)) => unsupported(*key),
        None => Ok(()),
    }
}

fn symbol<'a>(options: &'a Options<'_>, key: &str, default: &'a str) -> &'a str {
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

fn returns(options: &Options<'_>, default: &str) -> Result<Returns, Stop> {
    match symbol(options, "rts", default) {
        "CRS" => Ok(Returns::Crs),
        "VRS" => Ok(Returns::Vrs),
        other => unsupported(format!("rts {other}")),
    }
}

/// Weights of the peers by unit and reference unit.
fn peers(list: &[Vec<dea::Peer>]) -> Vec<Vec<f64>> {
    let row = |peers: &Vec<dea::Peer>| {
        let mut row = vec![0.0; list.len()];
        peers.iter().for_each(|p| row[p.units[0]] = p.weight);
        row
    };
    list.iter().map(row).collect()
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
    Ok(Model::from([
        ("efficiency", column(score)),
        ("slacks X", rows(&d.input_slacks)),
        ("slacks Y", rows(&d.output_slacks)),
        ("targets X", rows(&d.input_targets)),
        ("targets Y", rows(&d.output_targets)),
        ("multipliers X", rows(&d.input_prices)),
        ("multipliers Y", rows(&d.output_prices)),
        ("peers", peers(&d.peers)),
    ]))
}

/// Adjacent Malmquist index, geometric mean of both periods; rows are unit by unit.
fn adjacent(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["orient"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    let n = x.0.first().map_or(0, Vec::len);
    let units: Vec<usize> = (0..n * x.0.len()).map(|r| r % n).collect();
    let periods: Vec<i32> = (0..x.0.len()).flat_map(|t| std::iter::repeat_n(t as i32, n)).collect();
    let observations = Observations { technology: technology(&inputs, &outputs), units: &units, periods: &periods };
    let options = MalmquistOptions { orientation: orientation(options)?, ..MalmquistOptions::default() };
    let m = malmquist::malmquist(&observations, &options).map_err(failed("malmquist"))?;
    Ok(Model::from([
        ("prodchange", column(&m.index)),
        ("prodchange EC", column(&m.efficiency)),
        ("prodchange TC", column(&m.technical)),
    ]))
}
