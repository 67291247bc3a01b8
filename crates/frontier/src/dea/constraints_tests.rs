use numerics::lp::{Cloud, Column, Objective, Program, Row, Sense, Status};
use proptest::prelude::*;

use super::*;
use crate::{
    dea::{
        Class, Returns, dea, dea_against,
        tests::{KINDS, borrowed, close, dataset, tech},
    },
    directional::{Direction, DirectionalOptions, DirectionalReturns, directional},
    technology::{Defect, State},
};

/// Public libraries in Tokyo (Cooper, Seiford and Tone 2007, chapter 7): area, books, staff, population; registered
/// residents, borrowed books.
#[rustfmt::skip]
const LIBRARIES: [[f64; 23]; 6] = [
    [
        2249.0, 4617.0, 3873.0, 5541.0, 11381.0, 10086.0, 5434.0, 7524.0, 5077.0, 7029.0, 11121.0, 7072.0,
        9348.0, 7781.0, 6235.0, 10593.0, 10886.0, 6500.0, 11469.0, 10868.0, 10717.0, 19716.0, 10888.0,
    ],
    [
        163523.0, 338671.0, 281655.0, 400993.0, 363116.0, 541658.0, 508141.0, 338804.0, 511467.0, 393815.0,
        509682.0, 527457.0, 601594.0, 528799.0, 394158.0, 515624.0, 566708.0, 467617.0, 768484.0, 669996.0,
        844949.0, 1258981.0, 1148863.0,
    ],
    [
        26.0, 30.0, 51.0, 78.0, 69.0, 114.0, 61.0, 74.0, 84.0, 68.0, 96.0, 92.0, 127.0, 96.0, 77.0, 101.0, 118.0,
        74.0, 103.0, 107.0, 120.0, 242.0, 202.0,
    ],
    [
        49196.0, 78599.0, 176381.0, 189397.0, 192235.0, 194091.0, 228535.0, 238691.0, 267385.0, 277402.0,
        330609.0, 332609.0, 356504.0, 365844.0, 389894.0, 417513.0, 503914.0, 517318.0, 537746.0, 590601.0,
        622550.0, 660164.0, 808369.0,
    ],
    [
        5561.0, 18106.0, 16498.0, 30810.0, 57279.0, 66137.0, 35295.0, 33188.0, 65391.0, 41197.0, 47032.0,
        56064.0, 69536.0, 37467.0, 57727.0, 46160.0, 102967.0, 47236.0, 84510.0, 69576.0, 89401.0, 97941.0,
        191166.0,
    ],
    [
        105321.0, 314682.0, 542349.0, 847872.0, 758704.0, 1438746.0, 839597.0, 540821.0, 1562274.0, 978117.0,
        930437.0, 1345185.0, 1164801.0, 1348588.0, 1100779.0, 1070488.0, 1707645.0, 1223026.0, 2299694.0,
        1901465.0, 1909698.0, 3055193.0, 4096300.0,
    ],
];

/// Thirty mills (Hua and Bian 2007): two inputs, two desirable outputs and an undesirable one.
#[rustfmt::skip]
const MILLS: [[f64; 30]; 5] = [
    [
        437.0, 884.0, 1160.0, 626.0, 374.0, 597.0, 870.0, 685.0, 582.0, 763.0, 689.0, 355.0, 851.0, 926.0, 203.0,
        1109.0, 861.0, 249.0, 652.0, 364.0, 670.0, 1023.0, 1049.0, 1164.0, 1012.0, 464.0, 406.0, 1132.0, 593.0,
        262.0,
    ],
    [
        1438.0, 1061.0, 9171.0, 10151.0, 8416.0, 3038.0, 3342.0, 9984.0, 8877.0, 2829.0, 6057.0, 1609.0, 2352.0,
        1222.0, 9698.0, 7141.0, 4391.0, 7856.0, 3173.0, 3314.0, 5422.0, 4338.0, 3665.0, 8549.0, 5162.0, 10504.0,
        9365.0, 9958.0, 3552.0, 6211.0,
    ],
    [
        2015.0, 3452.0, 2276.0, 953.0, 2578.0, 3003.0, 1860.0, 3338.0, 2859.0, 1889.0, 2583.0, 1096.0, 3924.0,
        1107.0, 2440.0, 4366.0, 2601.0, 1788.0, 793.0, 3456.0, 3336.0, 3791.0, 4797.0, 2161.0, 812.0, 4403.0,
        1825.0, 2990.0, 4019.0, 815.0,
    ],
    [
        14667.0, 2822.0, 2484.0, 16434.0, 19715.0, 20743.0, 20494.0, 17126.0, 9548.0, 18683.0, 15732.0, 13104.0,
        3723.0, 13095.0, 15588.0, 10550.0, 5258.0, 15869.0, 12383.0, 18010.0, 17568.0, 20560.0, 16524.0, 3907.0,
        10985.0, 21532.0, 21378.0, 14905.0, 3854.0, 17440.0,
    ],
    [
        665.0, 491.0, 417.0, 302.0, 229.0, 1083.0, 1053.0, 740.0, 845.0, 517.0, 664.0, 313.0, 1206.0, 377.0,
        792.0, 524.0, 307.0, 1449.0, 1131.0, 826.0, 1357.0, 1089.0, 652.0, 999.0, 526.0, 218.0, 1339.0, 231.0,
        1431.0, 965.0,
    ],
];

/// Scores as replicated by deaR 1.5.3: population is not the library's to choose.
#[rustfmt::skip]
const LIBRARY_SCORES: [f64; 23] = [
    0.3009211352156, 0.6428838470143, 0.6512339499351, 0.6178793965832, 1.0, 1.0, 0.7100067878678,
    0.7002369912934, 1.000000000003, 0.793328977176, 0.6503457603808, 0.7727532650266, 0.6874329970934,
    0.8004014665696, 1.0, 0.7658168011598, 1.0, 1.0, 1.0, 0.9580758435472, 0.9417722679379, 0.7011376816186, 1.0,
];

/// Scores phi as replicated by deaR 1.5.3; the undesirable output is turned round at 1500.
#[rustfmt::skip]
const MILL_SCORES: [f64; 30] = [
    1.0, 1.0, 1.177264534092, 1.068564545635, 1.0, 1.0, 1.013574807544, 1.254060894499, 1.560358407488, 1.0,
    1.259118426887, 1.0, 1.002740161285, 1.0, 1.0, 1.059938018451, 1.0, 1.057493085323, 1.629270538094, 1.0,
    1.144400808294, 1.0, 1.0, 2.128140668107, 1.263701094024, 1.0, 1.0, 1.007977591189, 1.0, 1.0,
];

use Control::{Chosen as Own, NonControllable, NonDiscretionary};

fn quiet(returns: Returns) -> DeaOptions {
    DeaOptions { returns, scale: false, ..DeaOptions::default() }
}

fn slices<const N: usize>(columns: &[[f64; N]]) -> Vec<&[f64]> {
    columns.iter().map(<[f64; N]>::as_slice).collect()
}

#[test]
fn libraries_with_a_population_that_is_given() {
    let c = slices(&LIBRARIES);
    let t = tech(&c[..4], &c[4..]);
    let control = vec![Own, Own, Own, NonControllable, Own, Own];
    let d = dea(&t, &DeaOptions { control, ..quiet(Returns::Crs) }).unwrap();
    close(&d.score, &LIBRARY_SCORES, 1e-6);
    for (u, population) in LIBRARIES[3].iter().enumerate() {
        assert!((d.input_targets[3][u] / population - 1.0).abs() < 1e-9 && d.input_slacks[3][u] == 0.0);
        assert!(d.interval[u].1 - d.interval[u].0 < 1e-8);
    }
}

#[test]
fn mills_with_an_undesirable_output_turned_round() {
    let c = slices(&MILLS);
    let t = Technology { bad_outputs: c[4..].to_vec(), ..tech(&c[..2], &c[2..4]) };
    let options = DeaOptions { orientation: Orientation::Output, translation: vec![1500.0], ..quiet(Returns::Vrs) };
    let d = dea(&t, &options).unwrap();
    close(&d.reciprocal, &MILL_SCORES, 1e-6);
    for (u, phi) in d.reciprocal.iter().enumerate() {
        // 1500 - b grows by phi and the slack.
        let target = 1500.0 - phi * (1500.0 - MILLS[4][u]) - d.bad_output_slacks[0][u];
        assert!((d.bad_output_targets[0][u] - target).abs() < 1e-6);
    }
    // Under input orientation the number does not matter.
    let input = |w: f64| dea(&t, &DeaOptions { translation: vec![w], ..quiet(Returns::Vrs) }).unwrap().score;
    close(&input(1500.0), &input(9000.0), 1e-9);
}

#[test]
fn what_does_not_fit_is_said_at_once() {
    let c = slices(&MILLS);
    let t = Technology { bad_outputs: c[4..].to_vec(), ..tech(&c[..2], &c[2..4]) };
    let names = |e: FrontierError| match e {
        FrontierError::Options(list) => list.into_iter().map(|x| x.0).collect::<Vec<_>>(),
        other => panic!("{other}"),
    };
    assert_eq!(dea(&t, &quiet(Returns::Vrs)), Err(FrontierError::BadOutputs));
    let wrong = DeaOptions { translation: vec![1449.0, 1.0], ..quiet(Returns::Crs) };
    assert_eq!(names(dea(&t, &wrong).unwrap_err()), ["returns", "translation", "translation"]);
    let plain = tech(&c[..2], &c[2..4]);
    let wrong = DeaOptions {
        control: vec![NonDiscretionary, NonControllable, Own, Own],
        environment: vec![vec![1.0; 3], vec![f64::NAN; 30]],
        ..quiet(Returns::Crs)
    };
    let found = names(dea(&plain, &wrong).unwrap_err());
    assert_eq!(found[..2], ["control", "environment"]);
    assert_eq!(found.len(), 32);
    let short = DeaOptions { control: vec![Own], ..quiet(Returns::Crs) };
    assert_eq!(names(dea(&plain, &short).unwrap_err()), ["control"]);
    let foreign = DeaOptions { environment: vec![vec![1.0; 30]], ..quiet(Returns::Crs) };
    assert_eq!(names(dea_against(&plain, &plain, &foreign).unwrap_err()), ["environment"]);
    assert_eq!(names(dea(&plain, &DeaOptions { elasticity: true, ..foreign }).unwrap_err()).len(), 2);
}

#[test]
fn a_unit_needs_something_that_moves() {
    let (x, z, y) = ([1.0, 0.0, 4.0], [1.0, 1.0, 1.0], [2.0, 4.0, 4.0]);
    let t = tech(&[&x, &z], &[&y]);
    let held = DeaOptions { control: vec![Own, NonDiscretionary, Own], ..quiet(Returns::Vrs) };
    assert_eq!(dea(&t, &held), Err(FrontierError::Data(vec![Defect::ZeroUnit(Role::Input, 1)])));
}

/// Four units on `y = 2x, z` by hand: unit 4 has the mix of unit 1 with more of what it cannot choose.
#[test]
fn a_variable_that_is_not_chosen_does_not_make_a_unit_weakly_efficient() {
    let (x, z, y) = ([1.0, 2.0, 4.0, 1.0], [1.0, 1.0, 1.0, 3.0], [2.0, 4.0, 4.0, 2.0]);
    let t = tech(&[&x, &z], &[&y]);
    let plain = dea(&t, &quiet(Returns::Vrs)).unwrap();
    let d = dea(&t, &DeaOptions { control: vec![Own, NonDiscretionary, Own], ..quiet(Returns::Vrs) }).unwrap();
    assert_eq!((plain.class[3], d.class[3]), (Class::Weak, Class::Strong));
    assert_eq!(d.score, [1.0, 1.0, 0.5, 1.0]);
    let fixed = dea(&t, &DeaOptions { control: vec![Own, NonControllable, Own], ..quiet(Returns::Vrs) }).unwrap();
    assert_eq!((fixed.input_slacks[1][3], fixed.peers(3).map(|p| p.units[0]).collect::<Vec<_>>()), (0.0, vec![3]));
}

/// Banker and Morey's radial factor is a directional distance along the inputs that can be chosen.
#[test]
fn what_is_not_chosen_is_what_a_direction_leaves_out() {
    for kind in KINDS {
        let columns = dataset(kind, 40, 3, 2, 5);
        let t = borrowed(&columns, 3);
        let zero = vec![0.0; 40];
        for (returns, along) in [(Returns::Crs, DirectionalReturns::Crs), (Returns::Vrs, DirectionalReturns::Vrs)] {
            let control = vec![Own, NonDiscretionary, Own, Own, Own];
            let d = dea(&t, &DeaOptions { control, ..quiet(returns) }).unwrap();
            let lengths = vec![columns[0].clone(), zero.clone(), columns[2].clone(), zero.clone(), zero.clone()];
            let options = DirectionalOptions { direction: Direction::Columns(lengths), returns: along, ..Default::default() };
            let beta = directional(&t, &options).unwrap().beta;
            let theta: Vec<f64> = beta.iter().map(|b| 1.0 - b).collect();
            close(&d.score, &theta, 1e-8);
        }
    }
}

/// Ruggiero: each unit against the units whose environment is no better, one run for each.
#[test]
fn an_environment_leaves_out_the_favoured() {
    for kind in KINDS {
        let columns = dataset(kind, 30, 2, 2, 9);
        let t = borrowed(&columns, 2);
        let levels: Vec<f64> = (0..30).map(|u| f64::from(u * 7 % 4)).collect();
        for returns in [Returns::Crs, Returns::Vrs, Returns::Fdh, Returns::Replication] {
            for orientation in [Orientation::Input, Orientation::Output] {
                let options = DeaOptions { orientation, ..quiet(returns) };
                let d = dea(&t, &DeaOptions { environment: vec![levels.clone()], ..options.clone() }).unwrap();
                for u in 0..30 {
                    let kept: Vec<Vec<f64>> =
                        columns.iter().map(|c| (0..30).filter(|&j| levels[j] <= levels[u]).map(|j| c[j]).collect()).collect();
                    let own: Vec<Vec<f64>> = columns.iter().map(|c| vec![c[u]]).collect();
                    let one = dea_against(&borrowed(&own, 2), &borrowed(&kept, 2), &options).unwrap();
                    assert!((d.score[u] - one.score[0]).abs() < 1e-8, "{kind} {u}: {} for {}", d.score[u], one.score[0]);
                    assert!(d.peers(u).all(|p| levels[p.units[0]] <= levels[u]));
                }
            }
        }
    }
}

/// Every bundle of up to four units each, by counting.
#[test]
fn whole_numbers_of_peers_are_the_best_there_are() {
    for seed in 0..6 {
        let columns: Vec<Vec<f64>> =
            dataset("smooth", 5, 2, 2, seed).iter().map(|c| c.iter().map(|x| (9.0 * x).ceil()).collect()).collect();
        let t = borrowed(&columns, 2);
        for orientation in [Orientation::Input, Orientation::Output] {
            let d = dea(&t, &DeaOptions { orientation, ..quiet(Returns::Replication) }).unwrap();
            for u in 0..5 {
                let mut best = f64::INFINITY;
                for code in 1..11_usize.pow(5) {
                    let times: Vec<f64> = (0..5).map(|j| (code / 11_usize.pow(j) % 11) as f64).collect();
                    let sum = |i: usize| times.iter().zip(&columns[i]).map(|(n, x)| n * x).sum::<f64>();
                    let own = |i: usize| columns[i][u];
                    let (fits, score) = match orientation {
                        Orientation::Input => {
                            ((2..4).all(|i| sum(i) >= own(i)), (0..2).map(|i| sum(i) / own(i)).fold(0.0, f64::max))
                        }
                        Orientation::Output => {
                            ((0..2).all(|i| sum(i) <= own(i)), (2..4).map(|i| own(i) / sum(i)).fold(0.0, f64::max))
                        }
                    };
                    if fits {
                        best = best.min(score);
                    }
                }
                assert!((d.score[u] - best).abs() < 1e-9, "{seed} {u}: {} for {best}", d.score[u]);
                assert!(d.peers(u).all(|p| p.weight.fract() == 0.0));
                assert!(d.state[u] == State::Optimal && d.interval[u].0 <= best && best <= d.interval[u].1 + 1e-15);
            }
        }
    }
}

/// Every set of units that are taken once or more: a linear program each.
#[test]
fn sums_of_units_scaled_up_are_the_best_there_are() {
    for seed in 0..6 {
        let columns = dataset("smooth", 6, 2, 2, seed);
        let t = borrowed(&columns, 2);
        for orientation in [Orientation::Input, Orientation::Output] {
            let d = dea(&t, &DeaOptions { orientation, ..quiet(Returns::Upscaling) }).unwrap();
            for u in 0..6 {
                let best = (1_usize..64).map(|mask| taken(&columns, mask, u, orientation)).fold(f64::INFINITY, f64::min);
                assert!((d.score[u] - best).abs() < 1e-8, "{seed} {u}: {} for {best}", d.score[u]);
                assert!(d.peers(u).all(|p| p.weight >= 1.0 - 1e-9), "{seed} {u}");
                assert!(d.state[u] == State::Optimal && d.interval[u].0 <= best + 1e-9 && best <= d.interval[u].1 + 1e-9);
            }
        }
    }
}

/// The score of a unit against the sum of the units in `mask`, to which any more of them may be added.
fn taken(columns: &[Vec<f64>], mask: usize, u: usize, orientation: Orientation) -> f64 {
    let members: Vec<usize> = (0..6).filter(|j| mask >> j & 1 == 1).collect();
    let rows: Vec<Vec<f64>> = columns.iter().map(|c| members.iter().map(|&j| c[j]).collect()).collect();
    let sum = |i: usize| rows[i].iter().sum::<f64>();
    let moves = |i: usize| (i < 2) == (orientation == Orientation::Input);
    let side = |i: usize| if i < 2 { Sense::AtMost } else { Sense::AtLeast };
    let limits: Vec<Row> =
        (0..4).map(|i| Row { sense: side(i), rhs: if moves(i) { 0.0 } else { columns[i][u] } - sum(i) }).collect();
    let factor = Column { entries: (0..4).map(|i| if moves(i) { -columns[i][u] } else { 0.0 }).collect(), free: false };
    let cost = if orientation == Orientation::Input { 1.0 } else { -1.0 };
    let objective = Objective { extras: vec![cost], ..Objective::default() };
    let cloud = Cloud::new(rows).unwrap();
    let s = Program { cloud: &cloud, extras: &[factor], rows: &limits, objectives: &[objective], start: None }.solve().unwrap();
    match (s.status, orientation) {
        (Status::Optimal, Orientation::Input) => s.values[0],
        (Status::Optimal, Orientation::Output) => -1.0 / s.values[0],
        _ => f64::INFINITY,
    }
}

/// Bogetoft and Otto (2011), seven firms, by hand: firm 7 against three times firm 1 or once firm 4.
#[test]
fn seven_firms_scaled_and_replicated() {
    let (x, y) = ([100.0, 200.0, 300.0, 500.0, 100.0, 200.0, 600.0], [75.0, 100.0, 300.0, 400.0, 25.0, 50.0, 400.0]);
    let t = tech(&[&x], &[&y]);
    let score = |options: &DeaOptions| dea(&t, options).unwrap().score;
    // One input, one output: a peer of any scale is constant returns.
    let any = DeaOptions { lower: Some(0.0), ..quiet(Returns::Fdh) };
    close(&score(&any), &score(&quiet(Returns::Crs)), 1e-12);
    // Twice firm 3 makes 600 of 600; firm 4 with one of firm 1 makes 475.
    let whole = DeaOptions { orientation: Orientation::Output, ..quiet(Returns::Replication) };
    close(&score(&whole), &[1.0, 100.0 / 150.0, 1.0, 400.0 / 450.0, 25.0 / 75.0, 50.0 / 150.0, 400.0 / 600.0], 1e-12);
    // Upwards only: firm 2 is twice firm 1, which makes 150.
    let up = DeaOptions { lower: Some(1.0), orientation: Orientation::Output, ..quiet(Returns::Fdh) };
    let d = dea(&t, &up).unwrap();
    close(&d.score, &[1.0, 100.0 / 150.0, 1.0, 400.0 / 500.0, 25.0 / 75.0, 50.0 / 150.0, 400.0 / 600.0], 1e-12);
    assert_eq!(d.weight_sum, [1.0, 2.0, 1.0, 5.0 / 3.0, 1.0, 2.0, 2.0]);
    assert_eq!(score(&DeaOptions { lower: Some(1.0), upper: Some(1.0), ..quiet(Returns::Fdh) }), score(&quiet(Returns::Fdh)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn sets_are_nested_and_units_of_measure_do_not_matter(seed in 0_u64..1000, output in any::<bool>(), kind in 0..KINDS.len()) {
        let columns = dataset(KINDS[kind], 16, 2, 2, seed);
        let t = borrowed(&columns, 2);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let run = |t: &Technology<'_>, options: DeaOptions| dea(t, &DeaOptions { orientation, ..options }).unwrap().score;
        let any = DeaOptions { lower: Some(0.0), ..quiet(Returns::Fdh) };
        let up = DeaOptions { lower: Some(1.0), ..quiet(Returns::Fdh) };
        let (fdh, frh, crs) = (run(&t, quiet(Returns::Fdh)), run(&t, quiet(Returns::Replication)), run(&t, quiet(Returns::Crs)));
        let (any, up_scores) = (run(&t, any), run(&t, up.clone()));
        let sums = run(&t, quiet(Returns::Upscaling));
        for u in 0..16 {
            prop_assert!(frh[u] <= fdh[u] + 1e-9 && crs[u] <= frh[u] + 1e-8, "{} {} {}", crs[u], frh[u], fdh[u]);
            prop_assert!(sums[u] <= frh[u].min(up_scores[u]) + 1e-9 && crs[u] <= sums[u] + 1e-8, "{} {}", sums[u], frh[u]);
            prop_assert!(up_scores[u] <= fdh[u] + 1e-12 && any[u] <= up_scores[u] + 1e-12 && crs[u] <= any[u] + 1e-8);
        }
        let scaled: Vec<Vec<f64>> =
            columns.iter().enumerate().map(|(i, c)| c.iter().rev().map(|x| x * [1e9, 1e-9, 3.0, 1e-9][i]).collect()).collect();
        let s = borrowed(&scaled, 2);
        let back = |mut v: Vec<f64>| { v.reverse(); v };
        close(&back(run(&s, quiet(Returns::Replication))), &frh, 1e-8);
        close(&back(run(&s, quiet(Returns::Upscaling))), &sums, 1e-8);
        close(&back(run(&s, up)), &up_scores, 1e-12);
        let mut control = vec![Own; 4];
        control[if output { 3 } else { 1 }] = NonControllable;
        let held = DeaOptions { control, ..quiet(Returns::Vrs) };
        close(&back(run(&s, held.clone())), &run(&t, held), 1e-8);
    }
}
