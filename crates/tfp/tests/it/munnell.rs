use tfp::{
    growth::Data,
    shares::{Effects, Estimate, Returns, estimate},
};

/// Munnell (1990), 48 US states 1970 to 1986; coefficients and standard errors of R's plm 2.6-2
/// (within, two-way within, pooling; cluster-robust HC1 by state). Tolerance 1e-9 and 1e-6 on errors.
#[test]
fn public_capital_of_us_states() {
    let Some(rows) = crate::table("C09_produc_munnell/data.csv") else { return };
    let (units, _) = crate::numbered(&rows, "state");
    let periods = crate::years(&rows, "year");
    let get = |name: &str| crate::numbers(&rows, name);
    // The unemployment rate enters in levels: the logarithm of its exponential.
    let unemp: Vec<f64> = get("unemp").iter().map(|u| u.exp()).collect();
    let (output, pcap, pc, emp) = (get("gsp"), get("pcap"), get("pc"), get("emp"));
    let inputs: [&[f64]; 4] = [&pcap, &pc, &emp, &unemp];
    let run = |effects| {
        estimate(&Data { units: &units, periods: &periods, output: &output, inputs: &inputs }, effects, Returns::Free).unwrap()
    };
    let near = |e: &Estimate, expected: [f64; 4]| {
        for (have, want) in e.shares.iter().zip(expected) {
            assert!((have - want).abs() < 1e-9, "{have} {want}");
        }
    };
    let within = run(Effects::Unit);
    near(&within, [-0.026_149_653_594_680_7, 0.292_006_925_084_253, 0.768_159_472_598_907, -0.005_297_741_259_543_41]);
    near(
        &run(Effects::TwoWay),
        [-0.030_176_056_579_838_6, 0.168_828_035_406_845, 0.769_306_196_203_367, -0.004_221_092_603_540_54],
    );
    near(&run(Effects::None), [0.155_007_005_166_59, 0.309_190_167_393_313, 0.593_934_897_577_996, -0.006_732_975_577_842_09]);
    assert_eq!((within.rows, within.units), (816, 48));

    // HC1 there is N/(N-K) with K = 4; ours is G/(G-1) (N-1)/(N-K-1).
    let ours = (48.0 / 47.0 * 815.0 / 811.0_f64).sqrt();
    let theirs = (816.0 / 812.0_f64).sqrt();
    let errors = [0.060_474_621_098_861, 0.061_894_381_336_838_7, 0.081_866_132_927_864_2, 0.002_501_980_114_960_73];
    for (have, want) in within.errors.iter().zip(errors) {
        assert!((have / ours * theirs - want).abs() < 1e-9, "{have} {want}");
    }
}

/// A slope of each state on private capital per worker, with state and year effects: NumPy's least squares on all dummies and
/// interactions, classical errors. Ten of 48 slopes lie outside 0 to 1.
#[test]
fn elasticities_of_capital_state_by_state() {
    let Some(rows) = crate::table("C09_produc_munnell/data.csv") else { return crate::absent("C09") };
    let (units, names) = crate::numbered(&rows, "state");
    let periods = crate::years(&rows, "year");
    let (output, capital, labour) = (crate::numbers(&rows, "gsp"), crate::numbers(&rows, "pc"), crate::numbers(&rows, "emp"));
    let data =
        tfp::factor_misallocation::Data { units: &units, periods: &periods, output: &output, capital: &capital, labour: &labour };
    let s = tfp::factor_misallocation::slopes(&data, true).unwrap();
    assert_eq!((s.units.len(), s.rows, names[0].as_str()), (48, 816, "ALABAMA"));
    assert!((s.slopes[0] - 0.469_726_206_426_355_8).abs() < 1e-10 && (s.errors[0] - 0.101_016_702_658_905_25).abs() < 1e-10);
    assert_eq!(s.slopes.iter().filter(|b| !(**b > 0.0 && **b < 1.0)).count(), 10);
}
