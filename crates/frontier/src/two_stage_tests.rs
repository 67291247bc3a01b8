use proptest::prelude::*;

use super::*;
use crate::technology::{Cell, Defect, Role};

/// Kao and Hwang (2008), Table 1: operation and insurance expenses; direct and reinsurance premiums; underwriting and
/// investment profit of 24 non-life insurers, thousands of new Taiwan dollars.
fn insurers() -> Vec<Vec<f64>> {
    let rows: [[f64; 6]; 24] = [
        [1_178_744.0, 673_512.0, 7_451_757.0, 856_735.0, 984_143.0, 681_687.0],
        [1_381_822.0, 1_352_755.0, 10_020_274.0, 1_812_894.0, 1_228_502.0, 834_754.0],
        [1_177_494.0, 592_790.0, 4_776_548.0, 560_244.0, 293_613.0, 658_428.0],
        [601_320.0, 594_259.0, 3_174_851.0, 371_863.0, 248_709.0, 177_331.0],
        [6_699_063.0, 3_531_614.0, 37_392_862.0, 1_753_794.0, 7_851_229.0, 3_925_272.0],
        [2_627_707.0, 668_363.0, 9_747_908.0, 952_326.0, 1_713_598.0, 415_058.0],
        [1_942_833.0, 1_443_100.0, 10_685_457.0, 643_412.0, 2_239_593.0, 439_039.0],
        [3_789_001.0, 1_873_530.0, 17_267_266.0, 1_134_600.0, 3_899_530.0, 622_868.0],
        [1_567_746.0, 950_432.0, 11_473_162.0, 546_337.0, 1_043_778.0, 264_098.0],
        [1_303_249.0, 1_298_470.0, 8_210_389.0, 504_528.0, 1_697_941.0, 554_806.0],
        [1_962_448.0, 672_414.0, 7_222_378.0, 643_178.0, 1_486_014.0, 18_259.0],
        [2_592_790.0, 650_952.0, 9_434_406.0, 1_118_489.0, 1_574_191.0, 909_295.0],
        [2_609_941.0, 1_368_802.0, 13_921_464.0, 811_343.0, 3_609_236.0, 223_047.0],
        [1_396_002.0, 988_888.0, 7_396_396.0, 465_509.0, 1_401_200.0, 332_283.0],
        [2_184_944.0, 651_063.0, 10_422_297.0, 749_893.0, 3_355_197.0, 555_482.0],
        [1_211_716.0, 415_071.0, 5_606_013.0, 402_881.0, 854_054.0, 197_947.0],
        [1_453_797.0, 1_085_019.0, 7_695_461.0, 342_489.0, 3_144_484.0, 371_984.0],
        [757_515.0, 547_997.0, 3_631_484.0, 995_620.0, 692_731.0, 163_927.0],
        [159_422.0, 182_338.0, 1_141_950.0, 483_291.0, 519_121.0, 46_857.0],
        [145_442.0, 53_518.0, 316_829.0, 131_920.0, 355_624.0, 26_537.0],
        [84_171.0, 26_224.0, 225_888.0, 40_542.0, 51_950.0, 6_491.0],
        [15_993.0, 10_502.0, 52_063.0, 14_574.0, 82_141.0, 4_181.0],
        [54_693.0, 28_408.0, 245_910.0, 49_864.0, 0.1, 18_980.0],
        [163_297.0, 235_094.0, 476_419.0, 644_816.0, 142_370.0, 16_976.0],
    ];
    (0..6).map(|v| rows.iter().map(|r| r[v]).collect()).collect()
}

fn chain(columns: &[Vec<f64>]) -> Chain<'_> {
    let slices = |r: std::ops::Range<usize>| columns[r].iter().map(Vec::as_slice).collect();
    Chain { inputs: slices(0..2), intermediates: slices(2..4), outputs: slices(4..6) }
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(model: Model) -> TwoStageOptions {
    TwoStageOptions { model, ..TwoStageOptions::default() }
}

const SYSTEM: [f64; 24] = [
    0.699, 0.625, 0.690, 0.304, 0.767, 0.390, 0.277, 0.275, 0.223, 0.466, 0.164, 0.760, 0.208, 0.289, 0.614, 0.320, 0.360, 0.259,
    0.411, 0.547, 0.201, 0.590, 0.420, 0.135,
];
const JOINT_FIRST: [f64; 24] = [
    0.9926, 0.9985, 0.6900, 0.7243, 0.8307, 0.9606, 0.6706, 0.6630, 1.0000, 0.8615, 0.6468, 1.0000, 0.6720, 0.6699, 1.0000,
    0.8856, 0.6276, 0.7935, 1.0000, 0.9332, 0.7321, 0.5895, 0.8426, 0.4287,
];
const JOINT_SECOND: [f64; 24] = [
    0.7045, 0.6257, 1.0000, 0.4200, 0.9233, 0.4057, 0.4124, 0.4150, 0.2233, 0.5408, 0.2534, 0.7596, 0.3093, 0.4309, 0.6138,
    0.3615, 0.5736, 0.3262, 0.4112, 0.5857, 0.2743, 1.0000, 0.4989, 0.3145,
];
const LEADING_FIRST: [f64; 24] = [
    0.9926, 0.9985, 0.6900, 0.7243, 0.8375, 0.9637, 0.7521, 0.7256, 1.0000, 0.8615, 0.7405, 1.0000, 0.8107, 0.7246, 1.0000,
    0.9072, 0.7233, 0.7935, 1.0000, 0.9332, 0.7505, 0.5895, 0.8501, 1.0000,
];
const FOLLOWING_SECOND: [f64; 24] = [
    0.7045, 0.6257, 1.0000, 0.4200, 0.8057, 0.4010, 0.3522, 0.3780, 0.2233, 0.5408, 0.1675, 0.7596, 0.2431, 0.3740, 0.6138,
    0.3356, 0.4555, 0.3262, 0.4112, 0.5857, 0.2623, 1.0000, 0.4512, 0.0870,
];
const FOLLOWING_FIRST: [f64; 24] = [
    0.9262, 0.9909, 0.6900, 0.4978, 0.7376, 0.9606, 0.2999, 0.3899, 0.4390, 0.2587, 0.4719, 1.0000, 0.3384, 0.3096, 0.7101,
    0.5987, 0.2507, 0.6551, 0.9788, 0.4073, 0.6918, 0.5895, 0.6812, 0.3987,
];
const LEADING_SECOND: [f64; 24] = [
    0.7134, 0.6275, 1.0000, 0.4323, 1.0000, 0.4057, 0.5378, 0.5113, 0.2920, 0.6736, 0.3267, 0.7596, 0.5435, 0.5178, 0.7047,
    0.3847, 1.0000, 0.3737, 0.4158, 0.9014, 0.2795, 1.0000, 0.5599, 0.3351,
];
const VARIABLE_SYSTEM: [f64; 24] = [
    0.867253420,
    0.855503770,
    0.818195115,
    0.599488676,
    1.000000000,
    0.732357912,
    0.683894201,
    0.753872298,
    0.638653571,
    0.799506424,
    0.614459933,
    0.887173267,
    0.804055164,
    0.653746066,
    0.940105599,
    0.676491383,
    0.839773923,
    0.617548727,
    0.833365051,
    0.946351995,
    0.678615981,
    1.000000000,
    0.814598229,
    0.564349766,
];
const VARIABLE_FIRST: [f64; 24] = [
    0.990161516,
    1.000000000,
    0.690327891,
    0.725972505,
    1.000000000,
    0.963782480,
    0.752168122,
    0.783361180,
    1.000000000,
    0.861672063,
    0.740607449,
    0.967908293,
    0.845762166,
    0.724935811,
    1.000000000,
    0.910699960,
    0.724158604,
    0.849823245,
    1.000000000,
    0.902143515,
    0.913135232,
    1.000000000,
    0.975729816,
    1.000000000,
];
const VARIABLE_SECOND: [f64; 24] = [
    0.742632075,
    0.711088611,
    1.000000000,
    0.423750546,
    1.000000000,
    0.490064548,
    0.593172863,
    0.721564999,
    0.275614789,
    0.727119060,
    0.442936615,
    0.802919865,
    0.763413449,
    0.555178958,
    0.879533327,
    0.416938091,
    1.000000000,
    0.369303750,
    0.656593749,
    1.000000000,
    0.361859992,
    1.000000000,
    0.620152283,
    0.098035585,
];

/// Kao and Hwang (2008), Table 2: system efficiencies, three decimals.
#[test]
fn kao_and_hwang_2008() {
    let columns = insurers();
    let r = two_stage(&chain(&columns), &options(Model::Relational)).unwrap();
    assert!(r.state.iter().chain(&r.stages.state).chain(&r.alternative.state).all(|s| *s == State::Optimal));
    close(&r.efficiency, &SYSTEM, 0.0006);
}

/// Cook, Liang and Zhu (2010), Table 2, as R DJL 3.9 prints it: the joint optimum, and each stage as the leader.
#[test]
fn cook_liang_and_zhu_2010() {
    let columns = insurers();
    let run = |model, priority| two_stage(&chain(&columns), &TwoStageOptions { priority, ..options(model) }).unwrap();
    let joint = run(Model::Relational, Stage::First);
    close(&joint.stages.first, &JOINT_FIRST, 0.0001);
    close(&joint.stages.second, &JOINT_SECOND, 0.0001);
    let first = run(Model::LeaderFollower, Stage::First);
    let second = run(Model::LeaderFollower, Stage::Second);
    for leads in [&first.stages, &second.alternative] {
        close(&leads.first, &LEADING_FIRST, 0.0001);
        close(&leads.second, &FOLLOWING_SECOND, 0.0001);
    }
    for leads in [&first.alternative, &second.stages] {
        close(&leads.first, &FOLLOWING_FIRST, 0.0001);
        close(&leads.second, &LEADING_SECOND, 0.0001);
    }
    assert!(first.projection.is_none());
    for (r, s) in [(&first, &first.stages), (&second, &second.stages)] {
        let product: Vec<f64> = s.first.iter().zip(&s.second).map(|(a, b)| a * b).collect();
        close(&r.efficiency, &product, 1e-12);
    }
}

/// Liang, Cook and Zhu (2008): the centralised game is the relational program under constant returns.
#[test]
fn the_centralised_model_is_the_relational_one() {
    let columns = insurers();
    let run = |model, priority| two_stage(&chain(&columns), &TwoStageOptions { priority, ..options(model) }).unwrap();
    for priority in [Stage::First, Stage::Second] {
        let (game, product) = (run(Model::Centralised, priority), run(Model::Relational, priority));
        assert_eq!((&game.efficiency, &game.stages.first), (&product.efficiency, &product.stages.first));
        assert_eq!(game.stages.second, product.stages.second);
        // No game without bargaining leaves the system more.
        let led = run(Model::LeaderFollower, priority);
        assert!(game.efficiency.iter().zip(&led.efficiency).all(|(g, l)| *g >= l - 1e-9));
    }
    close(&run(Model::Centralised, Stage::First).stages.first, &JOINT_FIRST, 0.0001);
}

/// Chen, Cook, Li and Zhu (2009) under constant returns; the first five to three decimals.
#[test]
fn chen_cook_li_and_zhu_2009() {
    let columns = insurers();
    let r = two_stage(&chain(&columns), &options(Model::Additive)).unwrap();
    close(&r.efficiency[..5], &[0.849, 0.812, 0.817, 0.596, 0.873], 0.0006);
    for u in 0..24 {
        let mean = |s: &StageEfficiencies| s.first_weight[u] * s.first[u] + (1.0 - s.first_weight[u]) * s.second[u];
        close(&[mean(&r.stages), mean(&r.alternative)], &[r.efficiency[u]; 2], 1e-9);
        // What is used by the second stage is what the first makes of one unit of input.
        let share = 1.0 / (1.0 + r.stages.first[u]);
        close(&[r.stages.first_weight[u]], &[share], 1e-8);
    }
}

/// The additive model under variable returns against the multiplier programs on HiGHS (nine decimals). The system is
/// held to 1e-11 there, which moves a stage by less than 1e-6.
#[test]
fn additive_under_variable_returns() {
    let columns = insurers();
    let r = two_stage(&chain(&columns), &TwoStageOptions { returns: Returns::Vrs, ..options(Model::Additive) }).unwrap();
    close(&r.efficiency, &VARIABLE_SYSTEM, 2e-9);
    close(&r.stages.first, &VARIABLE_FIRST, 1e-6);
    close(&r.alternative.second, &VARIABLE_SECOND, 1e-6);
    assert!(r.stages.state.iter().chain(&r.alternative.state).all(|s| *s == State::Optimal));
}

/// By hand: x 2, 4, 4; z 2, 2, 1; y 1, 2, 1. The best first stage makes 1 of 1, the best second 1 of 1.
#[test]
fn three_units_by_hand() {
    let (x, z, y) = ([2.0, 4.0, 4.0], [2.0, 2.0, 1.0], [1.0, 2.0, 1.0]);
    let c = Chain { inputs: vec![&x], intermediates: vec![&z], outputs: vec![&y] };
    let r = two_stage(&c, &TwoStageOptions::default()).unwrap();
    close(&r.efficiency, &[0.5, 0.5, 0.25], 1e-12);
    close(&r.stages.first, &[1.0, 0.5, 0.25], 1e-12);
    close(&r.stages.second, &[0.5, 1.0, 1.0], 1e-12);
    assert_eq!(r.weaker, [Weaker::Second, Weaker::First, Weaker::First]);
    let p = r.projection.unwrap();
    close(&p.input_targets[0], &[1.0, 2.0, 1.0], 1e-12);
    close(&p.intermediates_made[0], &[1.0, 2.0, 1.0], 1e-12);
    close(&p.output_targets[0], &y, 1e-12);
    let peers = |list: &Peers, u: usize| list.of(u).map(|p| (p.units[0], p.weight)).collect::<Vec<_>>();
    assert_eq!((peers(&p.first_peers, 1), peers(&p.second_peers, 0)), (vec![(0, 1.0)], vec![(1, 0.5)]));
    // Weights 1 and 1/E1: (E1 + E1 E2) / (1 + E1).
    let r = two_stage(&c, &options(Model::Additive)).unwrap();
    close(&r.efficiency, &[0.75, 2.0 / 3.0, 0.4], 1e-12);
}

/// The smallest input under variable returns: a free term makes all of the first stage, the intermediates are worth
/// nothing, and the second stage has no weight.
#[test]
fn a_stage_without_weight_has_no_efficiency() {
    let (x, z, y) = ([1.0, 4.0, 4.0], [3.0, 2.0, 4.0], [1.0, 2.0, 1.0]);
    let c = Chain { inputs: vec![&x], intermediates: vec![&z], outputs: vec![&y] };
    let r = two_stage(&c, &TwoStageOptions { returns: Returns::Vrs, ..options(Model::Additive) }).unwrap();
    assert_eq!((r.state[0], r.stages.state[0], r.alternative.state[0]), (State::Optimal, State::Optimal, State::Infeasible));
    close(&[r.efficiency[0], r.stages.first[0], r.stages.first_weight[0]], &[1.0; 3], 1e-9);
    assert!(r.stages.second[0].is_nan() && r.alternative.first[0].is_nan() && r.alternative.second[0].is_nan());
    assert_eq!(r.weaker[0], Weaker::None);
}

#[test]
fn what_cannot_be_used_is_named_at_once() {
    let (x, z, y) = ([2.0, -1.0, 4.0], [2.0, f64::NAN, 0.0], [1.0, 2.0, f64::INFINITY]);
    let c = Chain { inputs: vec![&x], intermediates: vec![&z], outputs: vec![&y] };
    let Err(FrontierError::Data(defects)) = two_stage(&c, &TwoStageOptions::default()) else { panic!() };
    let cell = |role, unit| Cell { role, variable: 0, unit };
    let expected = [
        Defect::Negative(cell(Role::Input, 1), -1.0),
        Defect::Missing(cell(Role::Intermediate, 1)),
        Defect::Infinite(cell(Role::Output, 2)),
        Defect::ZeroUnit(Role::Intermediate, 2),
    ];
    assert_eq!(defects, expected);
    let bare = Chain { intermediates: Vec::new(), ..c.clone() };
    assert_eq!(two_stage(&bare, &TwoStageOptions::default()), Err(FrontierError::NoVariable(Role::Intermediate)));
    let short = Chain { outputs: vec![&y[..2]], ..c };
    assert!(matches!(two_stage(&short, &TwoStageOptions::default()), Err(FrontierError::Shape { role: Role::Output, .. })));
    let empty: [f64; 0] = [];
    let none = Chain { inputs: vec![&empty], intermediates: vec![&empty], outputs: vec![&empty] };
    assert_eq!(two_stage(&none, &TwoStageOptions::default()), Err(FrontierError::Empty));
    let (a, b) = ([1.0, 2.0], [0.0, 0.0]);
    let zero = Chain { inputs: vec![&a, &b], intermediates: vec![&a], outputs: vec![&a] };
    let expected = Err(FrontierError::Data(vec![Defect::ZeroVariable(Role::Input, 1)]));
    assert_eq!(two_stage(&zero, &TwoStageOptions::default()), expected);
}

#[test]
fn returns_that_a_model_does_not_have_are_refused() {
    let columns = insurers();
    for (model, returns) in [
        (Model::Relational, Returns::Vrs),
        (Model::LeaderFollower, Returns::Vrs),
        (Model::Centralised, Returns::Vrs),
        (Model::Additive, Returns::Nirs),
        (Model::Additive, Returns::Fdh),
    ] {
        let refused = two_stage(&chain(&columns), &TwoStageOptions { returns, ..options(model) });
        assert!(matches!(refused, Err(FrontierError::Options(_))), "{refused:?}");
    }
}

#[test]
fn one_unit_missing_cells_and_a_foreign_reference() {
    let one = [[3.0], [2.0], [7.0]];
    let c = Chain { inputs: vec![&one[0]], intermediates: vec![&one[1]], outputs: vec![&one[2]] };
    for model in [Model::Relational, Model::Additive, Model::LeaderFollower] {
        let r = two_stage(&c, &options(model)).unwrap();
        close(&[r.efficiency[0], r.stages.first[0], r.stages.second[0]], &[1.0; 3], 1e-12);
        assert_eq!(r.weaker, [Weaker::Even]);
    }
    let (x, z, y) = ([2.0, 4.0, f64::NAN], [2.0, 2.0, 9.0], [1.0, 2.0, 9.0]);
    let holed = Chain { inputs: vec![&x], intermediates: vec![&z], outputs: vec![&y] };
    let exclude = TwoStageOptions { missing: Missing::Exclude, ..TwoStageOptions::default() };
    let r = two_stage(&holed, &exclude).unwrap();
    assert_eq!((r.state[2], r.stages.state[2], r.weaker[2]), (State::Missing, State::Missing, Weaker::None));
    close(&r.efficiency[..2], &[0.5, 0.5], 1e-12);
    // Twice as good in each stage as the best of the reference.
    let (best, four) = ([1.0], [4.0]);
    let two = [2.0];
    let beyond = Chain { inputs: vec![&best], intermediates: vec![&two], outputs: vec![&four] };
    let r = two_stage_against(&beyond, &holed, &exclude).unwrap();
    close(&[r.efficiency[0], r.stages.first[0], r.stages.second[0]], &[4.0, 2.0, 2.0], 1e-12);
    assert_eq!(two_stage_against(&chain(&insurers()), &holed, &exclude), Err(FrontierError::Variables));
}

/// Columns of 2 inputs, 2 intermediates and 2 outputs: random, whole numbers with ties, duplicates, or zeros.
fn table(kind: u8, n: usize, values: &[f64]) -> Vec<Vec<f64>> {
    let cell = |u: usize, v: usize| match kind {
        0 => 0.1 + values[6 * u + v],
        1 => 1.0 + (4.0 * values[6 * u + v]).floor(),
        2 => 0.1 + values[6 * (u / 2) + v],
        _ if v % 2 == 1 && u > 0 && values[6 * u + v] < 0.3 => 0.0,
        _ => 0.1 + values[6 * u + v],
    };
    (0..6).map(|v| (0..n).map(|u| cell(u, v)).collect()).collect()
}

fn radial(inputs: &[Vec<f64>], outputs: &[Vec<f64>]) -> Vec<f64> {
    let slices = |c: &[Vec<f64>]| -> Vec<Vec<f64>> { c.to_vec() };
    let (x, y) = (slices(inputs), slices(outputs));
    let technology = crate::Technology {
        inputs: x.iter().map(Vec::as_slice).collect(),
        outputs: y.iter().map(Vec::as_slice).collect(),
        bad_outputs: Vec::new(),
    };
    let options = crate::dea::DeaOptions { returns: Returns::Crs, ..crate::dea::DeaOptions::default() };
    crate::dea::dea(&technology, &options).unwrap().score
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 84), model in 0_usize..4, scaled in 0_usize..6,
        second in proptest::bool::ANY,
    ) {
        let n = 14;
        let columns = table(kind, n, &values);
        let named = [Model::Relational, Model::Additive, Model::LeaderFollower, Model::Additive];
        let returns = if model == 3 { Returns::Vrs } else { Returns::Crs };
        let priority = if second { Stage::Second } else { Stage::First };
        let options = TwoStageOptions { model: named[model], priority, returns, missing: Missing::Refuse };
        let r = two_stage(&chain(&columns), &options).unwrap();
        let same = |a: f64, b: f64| a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-8 * (1.0 + a.abs());
        for u in 0..n {
            prop_assert_eq!(r.state[u], State::Optimal);
            for s in [&r.stages, &r.alternative] {
                let weightless = model == 3 && s.state[u] == State::Infeasible && s.first[u].is_nan() && s.second[u].is_nan();
                // Next to weightless a ratio loses its digits, and says so.
                let nearly = model == 3 && s.state[u] == State::Numerical;
                prop_assert!(s.state[u] == State::Optimal || weightless || nearly, "{:?}", s.state[u]);
            }
            let (low, high) = r.interval[u];
            prop_assert!(low <= high && high - low < 1e-8 && low - 1e-9 <= r.efficiency[u] && r.efficiency[u] <= high + 1e-9);
            // A follower may be left with nothing: zeros of another unit make what the leader values free.
            let least = if model == 2 { -1e-9 } else { 1e-6 };
            prop_assert!(least <= r.efficiency[u] && r.efficiency[u] < 1.0 + 1e-9);
            // A free term may be worth less than nothing: only constant returns keep stages from below 0.
            let least = if model == 3 { f64::NEG_INFINITY } else { -1e-7 };
            for s in [&r.stages, &r.alternative] {
                let outside = |e: f64| e > 1.0 + 1e-7 || e < least;
                prop_assert!(!outside(s.first[u]) && !outside(s.second[u]), "{} {}", s.first[u], s.second[u]);
            }
            // Priority takes the most of the system's optimum.
            if model != 2 {
                let (own, other) = if second {
                    (r.stages.second[u], r.alternative.second[u])
                } else {
                    (r.stages.first[u], r.alternative.first[u])
                };
                prop_assert!(own.is_nan() || other.is_nan() || own >= other - 1e-7, "{} {}", own, other);
            }
        }
        // Units of measure.
        for factor in [1e9, 1e-9] {
            let mut other = columns.clone();
            other[scaled].iter_mut().for_each(|x| *x *= factor);
            let e = two_stage(&chain(&other), &options).unwrap();
            for u in 0..n {
                prop_assert!(same(r.efficiency[u], e.efficiency[u]), "{} {}", r.efficiency[u], e.efficiency[u]);
                if model != 3 {
                    prop_assert!(same(r.stages.first[u], e.stages.first[u]), "{} {}", r.stages.first[u], e.stages.first[u]);
                }
            }
        }
        // Row order: bit for bit.
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = two_stage(&chain(&turned), &options).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.efficiency[u].to_bits(), e.efficiency[n - 1 - u].to_bits());
            prop_assert_eq!(r.stages.first[u].to_bits(), e.stages.first[n - 1 - u].to_bits());
        }
        // A duplicate changes nothing.
        let mut more = columns.clone();
        more.iter_mut().for_each(|c| c.push(c[5]));
        let e = two_stage(&chain(&more), &options).unwrap();
        prop_assert_eq!(e.efficiency[14].to_bits(), e.efficiency[5].to_bits());
        for u in 0..n {
            prop_assert!(same(r.efficiency[u], e.efficiency[u]));
        }
    }

    /// A joint optimum is at least what any leader leaves; no stage passes its own radial efficiency, nor the system the
    /// black box; targets meet the unit and their system is efficient.
    #[test]
    fn order_of_models(kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 84)) {
        let n = 14;
        let columns = table(kind, n, &values);
        let run = |model| two_stage(&chain(&columns), &options(model)).unwrap();
        let (joint, led, mean) = (run(Model::Relational), run(Model::LeaderFollower), run(Model::Additive));
        let first = radial(&columns[..2], &columns[2..4]);
        let second = radial(&columns[2..4], &columns[4..]);
        let whole = radial(&columns[..2], &columns[4..]);
        let p = joint.projection.as_ref().unwrap();
        for u in 0..n {
            let by_second = led.alternative.first[u] * led.alternative.second[u];
            prop_assert!(led.efficiency[u] <= joint.efficiency[u] + 1e-8 && by_second <= joint.efficiency[u] + 1e-8);
            prop_assert!((led.stages.first[u] - first[u]).abs() < 1e-8 && (led.alternative.second[u] - second[u]).abs() < 1e-8);
            prop_assert!(joint.efficiency[u] <= whole[u] + 1e-8);
            for s in [&joint.stages, &joint.alternative, &mean.stages, &mean.alternative] {
                prop_assert!(s.first[u] <= first[u] + 1e-7 && s.second[u] <= second[u] + 1e-7);
            }
            prop_assert!((joint.stages.first[u] * joint.stages.second[u] - joint.efficiency[u]).abs() < 1e-12);
            for v in 0..2 {
                prop_assert!(p.input_targets[v][u] <= joint.efficiency[u] * columns[v][u] + 1e-8);
                prop_assert!(p.intermediates_used[v][u] <= p.intermediates_made[v][u] + 1e-8);
                prop_assert!(p.output_targets[v][u] >= columns[4 + v][u] - 1e-8);
            }
            let spent: f64 = (0..2).map(|v| p.input_prices[v][u] * columns[v][u]).sum();
            let earned: f64 = (0..2).map(|v| p.output_prices[v][u] * columns[4 + v][u]).sum();
            prop_assert!((spent - 1.0).abs() < 1e-8 && (earned - joint.efficiency[u]).abs() < 1e-8);
        }
        let targets: Vec<Vec<f64>> =
            p.input_targets.iter().chain(&p.intermediates_used).chain(&p.output_targets).cloned().collect();
        let again = two_stage_against(&chain(&targets), &chain(&columns), &options(Model::Relational)).unwrap();
        for e in &again.efficiency {
            prop_assert!((e - 1.0).abs() < 1e-7, "{e}");
        }
    }
}
