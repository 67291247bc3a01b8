use super::*;
use proptest::prelude::*;

const A: [f64; 6] = [0.0162, 0.1782, 0.549, 0.673, 0.0207, 0.9875];
const B: [f64; 6] = [0.272, 0.6824, 0.0593, 0.4812, 0.8891, 0.5573];
const C: [f64; 6] = [0.2655, 0.3721, 0.5729, 0.9082, 0.2017, 0.8984];

fn close(have: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(have.len(), want.len());
    for (h, w) in have.iter().zip(want) {
        assert!((h - w).abs() <= tolerance, "{h} {w}");
    }
}

/// Two systems, numbers printed to 7 digits in the documentation of the R package mathmodels 0.0.2
/// (numbers only): traditional C and D with equal weights and with 0.6, 0.4.
#[test]
fn two_systems_as_printed() {
    let run = |alpha: &[f64]| coupling(&[&A, &B], &CouplingOptions { alpha: alpha.to_vec(), ..Default::default() }).unwrap();
    let equal = run(&[]);
    close(&equal.traditional, &[0.4606573, 0.8104048, 0.5932335, 0.9860962, 0.2982253, 0.9604413], 5e-8);
    close(&equal.coordination, &[0.2576446, 0.5905228, 0.4247729, 0.7543713, 0.3683242, 0.8613041], 5e-8);
    close(&run(&[0.6, 0.4]).coordination, &[0.2336602, 0.5548483, 0.4576927, 0.7668047, 0.3313077, 0.884965], 5e-7);
}

/// Three systems, printed to 3 digits in the documentation of mathmodels 0.0.11 (numbers only):
/// traditional with equal weights, Wang et al. (2021) with 0.4, 0.3, 0.3.
#[test]
fn three_systems_as_printed() {
    let equal = coupling(&[&A, &B, &C], &CouplingOptions::default()).unwrap();
    close(&equal.traditional, &[0.571, 0.867, 0.674, 0.967, 0.418, 0.971], 5.1e-4);
    close(&equal.development, &[0.185, 0.411, 0.394, 0.687, 0.370, 0.814], 5.1e-4);
    close(&equal.coordination, &[0.325, 0.597, 0.515, 0.815, 0.393, 0.889], 5.1e-4);
    let options = CouplingOptions { formula: Formula::Wang2021, alpha: vec![4.0, 3.0, 3.0], ..Default::default() };
    let wang = coupling(&[&A, &B, &C], &options).unwrap();
    close(&wang.wang, &[0.447, 0.501, 0.455, 0.669, 0.175, 0.715], 5.1e-4);
    close(&wang.coordination, &[0.274, 0.440, 0.432, 0.678, 0.242, 0.771], 5.1e-4);
}

/// Wang Shujia et al. (2021), Journal of Natural Resources 36(3), Table 8, printed to 4 digits: the
/// pair of C and C' determines the two systems, U_min/U_max = ρ from C and |U1 - U2| from C'. The
/// pairs must give systems inside 0 to 1, and both formulas must return the print from them.
#[test]
fn thirteen_cities_of_wang_2021() {
    let printed = [
        ("北京 2008", 0.9989, 0.9404),
        ("天津 2008", 0.9935, 0.8660),
        ("石家庄 2008", 0.8868, 0.5440),
        ("唐山 2008", 0.9073, 0.5769),
        ("秦皇岛 2008", 0.6821, 0.3006),
        ("邯郸 2008", 0.8328, 0.4780),
        ("邢台 2008", 0.6816, 0.3344),
        ("保定 2008", 0.7789, 0.4171),
        ("张家口 2008", 0.6871, 0.3278),
        ("承德 2008", 0.6101, 0.2700),
        ("沧州 2008", 0.8017, 0.4374),
        ("廊坊 2008", 0.7867, 0.4196),
        ("衡水 2008", 0.7191, 0.3738),
        ("北京 2010", 0.9999, 0.9835),
        ("廊坊 2014", 0.9064, 0.5750),
    ];
    for (city, c, modified) in printed {
        pair(city, c, modified);
    }
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/reference/composite/coupling/wang2021_table8_C_original_vs_modified.csv"
    );
    // All 91 rows where the reference folder stands beside the repository; skipped where it does not.
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split(',').collect()).collect();
    assert_eq!(rows.len(), 91);
    // One row prints C = C' = 1, from which the level of the systems cannot be told.
    let solved = rows.iter().filter(|r| pair(r[0], r[2].parse().unwrap(), r[3].parse().unwrap())).count();
    assert_eq!(solved, 90);
}

fn pair(city: &str, c: f64, modified: f64) -> bool {
    // C = 2√ρ / (1 + ρ)
    let root = (1.0 - (1.0 - c * c).sqrt()) / c;
    let (ratio, apart) = (root * root, 1.0 - modified * modified / (root * root));
    if c >= 1.0 {
        return false;
    }
    let top = apart / (1.0 - ratio);
    assert!(top > 0.0 && top < 1.0, "{city}: {top}");
    let u = [top * ratio, top];
    assert!((traditional(&u) - c).abs() < 1e-12 && (wang2021(&u) - modified).abs() < 1e-12, "{city}");
    true
}

/// Table of right and wrong forms (computed independently): only columns A (GM/AM) and W (Wang).
#[test]
fn equal_systems_are_coupled_fully_and_four_systems_agree() {
    assert_eq!((traditional(&[0.1, 0.1]), wang2021(&[0.1, 0.1])), (1.0, 1.0));
    assert_eq!((traditional(&[1.0; 4]), wang2021(&[0.5; 3])), (1.0, 1.0));
    close(&[traditional(&[0.9, 0.5, 0.1, 0.3]), wang2021(&[0.9, 0.5, 0.1, 0.3])], &[0.75748, 0.394056], 5.1e-7);
    close(&[traditional(&[0.9, 0.1]), wang2021(&[0.9, 0.1])], &[0.6, 0.149071], 5.1e-7);
}

#[test]
fn classes_state_their_boundary() {
    assert_eq!((class(0.5, Boundary::LeftClosed), class(0.5, Boundary::RightClosed)), (5, 4));
    assert_eq!((class(0.0, Boundary::LeftClosed), class(0.0, Boundary::RightClosed)), (0, 0));
    assert_eq!((class(1.0, Boundary::LeftClosed), class(1.0, Boundary::RightClosed)), (9, 9));
}

#[test]
fn values_off_the_scale_are_all_named() {
    let run = |low, high| coupling(&[&[0.5, 1.2], &[-0.1, f64::NAN]], &CouplingOptions { low, high, ..Default::default() });
    assert_eq!(run(0.0, 1.0), Err(CouplingError::Outside(vec![(0, 1), (1, 0)])));
    let ok = run(-1.0, 2.0).unwrap();
    assert!(ok.class[0].is_some() && ok.class[1].is_none() && ok.coordination[1].is_nan());
    assert_eq!(run(1.0, 1.0), Err(CouplingError::Scale(1.0, 1.0)));
    assert_eq!(coupling(&[&[0.5]], &CouplingOptions::default()), Err(CouplingError::Systems(1)));
    let zero = coupling(&[&[0.0], &[0.8]], &CouplingOptions::default()).unwrap();
    assert_eq!((zero.traditional[0], zero.wang[0], zero.coordination[0], zero.development[0]), (0.0, 0.0, 0.0, 0.4));
}

proptest! {
    #[test]
    fn laws(u in prop::collection::vec(0.001..1.0_f64, 2..6), turn in 0..5_usize, scale in 0.05..1.0_f64) {
        let (c, w) = (traditional(&u), wang2021(&u));
        prop_assert!((0.0..=1.0).contains(&c) && (0.0..=1.0).contains(&w));
        prop_assert!(w <= c + 1e-12, "the correction never raises the degree: {w} {c}");
        let mut turned = u.clone();
        turned.rotate_left(turn % u.len());
        prop_assert_eq!(traditional(&turned).to_bits(), c.to_bits());
        let spread = u.iter().fold(0.0_f64, |m, x| m.max((x - u[0]).abs()));
        prop_assert!(spread == 0.0 || spread > 1e-6 && c < 1.0 && w < 1.0 || spread <= 1e-6);
        // GM/AM does not know the level; the coordination degree does, through T.
        let small: Vec<f64> = u.iter().map(|x| x * scale).collect();
        prop_assert!((traditional(&small) - c).abs() < 1e-12);
        let columns = |v: &[f64]| v.iter().map(|x| vec![*x]).collect::<Vec<_>>();
        let run = |v: &[f64], by: f64| {
            let c = columns(&v.iter().map(|x| x * by).collect::<Vec<_>>());
            coupling(&c.iter().map(Vec::as_slice).collect::<Vec<_>>(), &CouplingOptions { high: by, ..Default::default() }).unwrap()
        };
        prop_assert!(run(&small, 1.0).development[0] <= run(&u, 1.0).development[0]);
        prop_assert!(run(&small, 1.0).coordination[0] <= run(&u, 1.0).coordination[0] + 1e-12);
        // The declared scale is a unit of measure.
        prop_assert!((run(&u, 1e9).coordination[0] - run(&u, 1.0).coordination[0]).abs() < 1e-12);
        prop_assert!((run(&u, 1e-9).wang[0] - run(&u, 1.0).wang[0]).abs() < 1e-12);
        let c1 = columns(&u);
        let s: Vec<&[f64]> = c1.iter().map(Vec::as_slice).collect();
        let (low, high) = alpha_band(&s, &CouplingOptions::default(), 0.1).unwrap()[0];
        let d = run(&u, 1.0).coordination[0];
        prop_assert!(low <= d && d <= high);
    }
}
