use super::*;

fn tech<'a>(inputs: &[&'a [f64]], outputs: &[&'a [f64]], bad: &[&'a [f64]]) -> Technology<'a> {
    Technology { inputs: inputs.to_vec(), outputs: outputs.to_vec(), bad_outputs: bad.to_vec() }
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(orientation: SlackOrientation, returns: Returns) -> SbmOptions {
    SbmOptions { orientation, returns, ..SbmOptions::default() }
}

const X1: [f64; 5] = [4.0, 6.0, 8.0, 8.0, 2.0];
const X2: [f64; 5] = [3.0, 3.0, 1.0, 1.0, 4.0];
const Y1: [f64; 5] = [2.0, 2.0, 6.0, 6.0, 1.0];
const Y2: [f64; 5] = [3.0, 3.0, 2.0, 1.0, 4.0];

/// Tone (2001), EJOR 130, p. 505: five units, ρ printed to three decimals.
#[test]
fn tone_2001() {
    let t = tech(&[&X1, &X2], &[&Y1, &Y2], &[]);
    let r = sbm(&t, &options(SlackOrientation::None, Returns::Crs)).unwrap();
    close(&r.score, &[0.798, 0.568, 1.0, 0.667, 1.0], 0.0005);
    println!("{r:#?}");
}
