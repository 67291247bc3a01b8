//! The modified, the reverse and the Hölder distances of the suites.

use frontier::{
    Projection, SlackOrientation,
    dea::Slacks,
    directional::Direction,
    distance::{HolderOptions, ModifiedOptions, Norm, ReverseOptions, holder, modified, reverse},
};

use super::{
    Meaning, Model, Parts, Stop, Table,
    models::{Options, column, columns, convex, failed, known, peers, returns, rows, symbol, technology},
    unsupported,
};

fn orientation(options: &Options<'_>) -> Result<SlackOrientation, Stop> {
    match symbol(options, "orient", "Graph") {
        "Graph" => Ok(SlackOrientation::None),
        "Input" => Ok(SlackOrientation::Input),
        "Output" => Ok(SlackOrientation::Output),
        other => unsupported(format!("orient {other}")),
    }
}

fn model(score: &[f64], p: &Projection) -> Model {
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

/// `deamddf`; variable returns and the unit's own values unless said otherwise.
pub fn apart(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["Gx", "Gy", "rts"])?;
    let direction = match (symbol(options, "Gx", "Observed"), symbol(options, "Gy", "Observed")) {
        ("Observed", "Observed") => Direction::Observed,
        ("Ones", "Ones") => Direction::Ones,
        ("Mean", "Mean") => Direction::Mean,
        (gx, gy) => return unsupported(format!("Gx = :{gx}, Gy = :{gy}")),
    };
    let (inputs, outputs) = (columns(x), columns(y));
    let options =
        ModifiedOptions { direction, returns: returns(options, "VRS")?, slacks: Slacks::Sum, ..ModifiedOptions::default() };
    let m = modified(&technology(&inputs, &outputs), &options).map_err(failed("modified"))?;
    let mut model = model(&m.distance, &m.projection);
    model.parts.insert("efficiency X", column(&m.input_steps));
    model.parts.insert("efficiency Y", column(&m.output_steps));
    Ok(model)
}

/// `dearddf` of the enhanced Russell graph measure, which is the slacks-based one.
pub fn reversed(x: &Table, y: &Table, measure: &str, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["orient", "rts"])?;
    if measure != "ERG" {
        return unsupported(format!("reverse distance of {measure}"));
    }
    let (inputs, outputs) = (columns(x), columns(y));
    let options =
        ReverseOptions { orientation: orientation(options)?, returns: convex(options, "VRS")?, ..ReverseOptions::default() };
    let r = reverse(&technology(&inputs, &outputs), &options).map_err(failed("reverse"))?;
    Ok(model(&r.distance, &r.projection))
}

/// `deaholder`.
pub fn nearest(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["l", "weight", "orient", "rts", "optimizer"])?;
    let norm = match options.get("l") {
        Some(Meaning::Number(l)) if *l == 1.0 => Norm::One,
        Some(Meaning::Number(l)) if *l == 2.0 => Norm::Two,
        Some(Meaning::Number(l)) if l.is_infinite() => Norm::Infinity,
        _ => return unsupported("this Hölder norm"),
    };
    let (inputs, outputs) = (columns(x), columns(y));
    let options = HolderOptions {
        norm,
        weighted: options.get("weight") == Some(&Meaning::Yes(true)),
        orientation: orientation(options)?,
        returns: returns(options, "VRS")?,
        slacks: Slacks::Sum,
        ..HolderOptions::default()
    };
    let h = holder(&technology(&inputs, &outputs), &options).map_err(failed("holder"))?;
    let mut model = model(&h.distance, &h.projection);
    // There, in the norm 2, a unit at distance 0 is its own target, whatever slacks it has.
    let own = [("targets X", &inputs), ("targets Y", &outputs)];
    for u in (0..h.distance.len()).filter(|&u| norm == Norm::Two && h.distance[u] <= 1e-9) {
        for part in ["slacks X", "slacks Y"] {
            model.parts.entry(part).and_modify(|rows| rows[u].fill(0.0));
        }
        model.parts.entry("peers").and_modify(|rows| {
            rows[u].fill(0.0);
            rows[u][u] = 1.0;
        });
        for (part, columns) in own {
            model.parts.entry(part).and_modify(|rows| rows[u] = columns.iter().map(|c| c[u]).collect());
        }
    }
    Ok(model)
}
