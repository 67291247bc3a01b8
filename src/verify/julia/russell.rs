//! The Russell measures of the suites.

use frontier::russell::{RussellOptions, RussellOrientation, russell};

use super::{
    Model, Parts, Stop, Table,
    models::{Options, column, columns, convex, failed, known, peers, rows, technology},
    unsupported,
};

/// Means of factors, the factors of the side that moves, and the slacks of the other; constant returns unless said
/// otherwise.
pub fn run(x: &Table, y: &Table, options: &Options<'_>) -> Result<Model, Stop> {
    known(options, &["orient", "rts"])?;
    let (inputs, outputs) = (columns(x), columns(y));
    let orientation = match super::models::symbol(options, "orient", "Graph") {
        "Input" => RussellOrientation::Input,
        "Output" => RussellOrientation::Output,
        "Graph" => RussellOrientation::Graph,
        other => return unsupported(format!("Russell measure, orient {other}")),
    };
    let options = RussellOptions { orientation, returns: convex(options, "CRS")?, ..RussellOptions::default() };
    let r = russell(&technology(&inputs, &outputs), &options).map_err(failed("russell"))?;
    let p = &r.projection;
    // There slacks are what is left after the factors.
    let none = |c: &[Vec<f64>]| vec![vec![0.0; r.score.len()]; c.len()];
    let (sx, sy) = match orientation {
        RussellOrientation::Input => (none(&p.input_slacks), p.output_slacks.clone()),
        RussellOrientation::Output => (p.input_slacks.clone(), none(&p.output_slacks)),
        RussellOrientation::Graph => (none(&p.input_slacks), none(&p.output_slacks)),
    };
    // Factors of inputs, of outputs, or of both in this order.
    let moved = if orientation == RussellOrientation::Output { 0 } else { inputs.len() };
    let output = orientation == RussellOrientation::Output;
    let parts = Parts::from([
        ("efficiency", column(if output { &r.reciprocal } else { &r.score })),
        ("efficiency X", rows(&r.factors[..moved])),
        ("efficiency Y", rows(&r.factors[moved..])),
        ("slacks X", rows(&sx)),
        ("slacks Y", rows(&sy)),
        ("targets X", rows(&p.input_targets)),
        ("targets Y", rows(&p.output_targets)),
        ("peers", peers(r.score.len(), |u| p.peers.of(u).map(|p| (p.units[0], p.weight)).collect())),
    ]);
    Ok(Model { parts, unique: p.unique.clone() })
}
