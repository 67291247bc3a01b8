use super::*;
use crate::production::proxy::tests::{Table, case, firms, near};

/// Chilean plants: the second equation alone is `ROB` of the prodest vignette (.255, .218, .160), digits of a rerun.
/// Both equations: an independent computation by stacked two-stage least squares (numpy).
#[test]
fn chilean_plants() {
    let Some(data) = case("C01_prodest_chilean").map(Table) else { return };
    let keys = data.keys("idvar", "timevar");
    let cases = [
        (System::Second, 2, [0.254_801_330_1, 0.218_014_067_6, 0.160_103_369]),
        (System::Both, 2, [0.227_403, 0.199_673, 0.150_304]),
        (System::Both, 3, [0.229_771, 0.199_607, 0.130_327]),
    ];
    for (system, degree, expected) in cases {
        let panel = firms(&keys, data.get("Y"), &[data.get("fX1"), data.get("fX2")], &[data.get("sX")], data.get("pX"));
        let got = wooldridge(&panel, &WooldridgeOptions { degree, system }).unwrap();
        for (a, b) in got.fitted.elasticities.iter().zip(expected) {
            near(*a, b, if system == System::Second { 1e-9 } else { 6e-7 });
        }
        assert_eq!((got.fitted.rows, got.gaps), ([2544, 1944], 103));
        let errors = got.fitted.errors().unwrap();
        assert!(errors.iter().all(|e| (0.005..0.1).contains(e)), "{errors:?}");
        assert_eq!(got.fitted.omega[0].is_nan(), system == System::Second);
    }
}
