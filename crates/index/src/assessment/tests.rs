use proptest::prelude::*;

use super::*;
use crate::{Aggregation, Direction, Goalposts, Indicator, Node, Weighting, tests::AGGREGATIONS};

fn leaf(id: &str, direction: Direction, goalposts: Option<(f64, f64)>, target: Option<f64>) -> Node {
    let indicator = Indicator { id: id.into(), direction, goalposts, target, ..Indicator::default() };
    Node { id: format!("of_{id}"), indicators: vec![indicator], ..Node::default() }
}

fn tree(nodes: Vec<Node>) -> Framework {
    Framework { root: Node { id: "score".into(), nodes, ..Node::default() } }
}

fn framework() -> Framework {
    tree(vec![
        leaf("x", Direction::Positive, Some((0.0, 10.0)), Some(5.0)),
        leaf("y", Direction::Negative, Some((0.0, 20.0)), Some(4.0)),
    ])
}

#[derive(Clone, Debug)]
struct Sample {
    units: Vec<String>,
    periods: Vec<i32>,
    columns: Vec<Vec<f64>>,
}

impl Sample {
    fn data(&self) -> Data<'_> {
        Data { units: &self.units, periods: &self.periods, columns: &self.columns, groups: &[] }
    }
}

/// a and b in the north, c and d in the south, two years.
fn sample() -> Sample {
    Sample {
        units: ["a", "a", "b", "b", "c", "c", "d", "d"].map(String::from).into(),
        periods: [2000, 2001].repeat(4),
        columns: vec![vec![2.0, 4.0, 5.0, 6.0, 1.0, 1.0, 8.0, 9.8], vec![10.0, 8.0, 4.0, 4.0, 20.0, 16.0, 0.0, 2.0]],
    }
}

fn peers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(u, g)| ((*u).to_owned(), (*g).to_owned())).collect()
}

fn north_and_south() -> BTreeMap<String, String> {
    peers(&[("a", "north"), ("b", "north"), ("c", "south"), ("d", "south")])
}

/// The south counts x three times as much as y, and aims at 10.
fn terms() -> BTreeMap<String, Terms> {
    let own = Terms {
        weights: [("of_x".to_owned(), 3.0), ("of_y".to_owned(), 1.0)].into(),
        targets: [("x".to_owned(), 10.0)].into(),
        ..Terms::default()
    };
    [("south".to_owned(), own)].into()
}

fn run(choices: &Choices) -> Vec<Assessed> {
    assess(&framework(), &sample().data(), &Recipe::default(), &north_and_south(), &terms(), choices).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

/// In 2001: r of a = (.4, .6), of b = (.6, .8); in 2000 (.2, .5) and (.5, .8).
#[test]
fn level_progress_and_both_by_hand() {
    let out = run(&Choices { progress_share: 0.25, ..Choices::default() });
    let north = &out[0];
    assert_eq!((north.name.as_str(), &north.rows[..], &north.latest[..]), ("north", &[0, 1, 2, 3][..], &[1, 3][..]));
    assert!(near(north.composite.scores[0][1], 0.5) && near(north.composite.scores[0][3], 0.7));
    assert_eq!(&north.ranks[..5], [Some(2), Some(2), Some(1), Some(1), None]);
    let progress = north.progress.as_ref().unwrap();
    assert!(near(progress.change[0][1], 0.15) && near(progress.change[0][3], 0.05));
    // Dimensions: x of a rose by 0.2, y by 0.1.
    assert!(near(progress.change[1][1], 0.2) && near(progress.change[2][1], 0.1));
    assert!(progress.change[0][0].is_nan() && progress.change[0][5].is_nan());
    assert_eq!((progress.ranks[1], progress.ranks[3]), (Some(1), Some(2)));
    assert!(near(progress.joined[1], 0.25) && near(progress.joined[3], 0.75));
    assert_eq!((progress.joined_ranks[1], progress.joined_ranks[3]), (Some(2), Some(1)));
    // d of the south by its own weights: .75 * .98 + .25 * .9.
    assert!(near(out[1].composite.scores[0][7], 0.96));
}

/// The north's steps: x rose by 2 and 1, so 1.5; y fell by 2 and 0, so 2. a gains .5 * .15 and .5 * .1.
/// The south's: 1.8 and 4, both more than d has left.
#[test]
fn scorecards_by_hand() {
    let out = run(&Choices::default());
    let a = &out[0].cards[0];
    assert_eq!((a.row, a.lines[0].indicator, a.lines[1].indicator), (1, 0, 1));
    let (x, y) = (&a.lines[0], &a.lines[1]);
    assert!(near(x.step, 1.5) && near(x.gain, 0.075) && near(y.step, 2.0) && near(y.gain, 0.05));
    assert_eq!((x.source, y.source), (Step::Yearly(2), Step::Yearly(1)));
    assert_eq!((x.value, x.median, x.best, x.gap, x.cut), (4.0, 5.0, 6.0, 2.0, false));
    assert_eq!((y.value, y.median, y.best, y.gap), (8.0, 6.0, 4.0, 4.0));
    assert!((x.degree - 60.0).abs() < 1e-9 && (y.degree - 40.0).abs() < 1e-9);
    let d = &out[1].cards[1].lines;
    assert_eq!((d[0].indicator, d[1].indicator), (1, 0));
    assert!(near(d[0].gain, 0.25 * 0.1) && d[0].cut && near(d[1].gain, 0.75 * 0.02) && d[1].cut);
    assert!(out.iter().all(|g| g.residual < 1e-12));
}

#[test]
fn achievements_by_hand() {
    let of = |distance| {
        let out = run(&Choices { distance, ..Choices::default() });
        let at = |g: usize, i: usize| {
            let a = out[g].achievement.as_ref().unwrap();
            ((a.values[0][i], a.values[1][i], a.total[i]), (a.status[0][i], a.status[1][i]))
        };
        (at(0, 1), at(0, 3), at(1, 7))
    };
    let (a, b, d) = of(Distance::Ratio);
    assert!(near(a.0.0, 0.8) && near(a.0.1, 0.5) && near(a.0.2, 0.65));
    assert_eq!(b, ((1.0, 1.0, 1.0), (Status::Reached, Status::Reached)));
    // The south's own target of 10, and its own weights.
    assert!(near(d.0.0, 0.98) && near(d.0.2, 0.75 * 0.98 + 0.25));
    let (a, ..) = of(Distance::FromWorst);
    assert!(near(a.0.0, 0.8) && near(a.0.1, 0.75));
    let (a, b, _) = of(Distance::FromBase);
    assert!(near(a.0.0, 2.0 / 3.0) && near(a.0.1, 1.0 / 3.0));
    assert_eq!(b.1, (Status::Reached, Status::Reached));
}

/// The official monitoring divides by a standard and cuts at 100 %: R&D of 2.1 % of GDP against 2.5 is 84 %, 1,200
/// with a college degree among 10,000 against 1,000 are 100 %.
#[test]
fn the_official_ratio_to_a_standard() {
    let f = tree(vec![
        leaf("rd", Direction::Positive, None, Some(2.5)),
        leaf("college", Direction::Positive, None, Some(1000.0)),
        leaf("staff", Direction::Positive, None, None),
    ]);
    let sample = Sample {
        units: ["p", "q"].map(String::from).into(),
        periods: vec![2005; 2],
        columns: vec![vec![2.1, 1.0], vec![1200.0, 500.0], vec![1.0, 2.0]],
    };
    let one = peers(&[("p", "all"), ("q", "all")]);
    let out = assess(&f, &sample.data(), &Recipe::default(), &one, &BTreeMap::new(), &Choices::default()).unwrap();
    let a = out[0].achievement.as_ref().unwrap();
    assert!(near(a.values[0][0], 0.84) && a.values[1][0] == 1.0 && a.values[2][0].is_nan());
    assert_eq!((a.status[0][0], a.status[1][0], a.status[2][0]), (Status::Measured, Status::Reached, Status::NoTarget));
    assert!(near(a.total[0], 0.92) && near(a.total[1], (0.4 + 0.5) / 2.0));
    // A single year: the step is a quarter of the interquartile range, 1.1 / 2 / 4, on a scale of 1.1.
    assert!(out[0].progress.is_none());
    let q = &out[0].cards[1].lines;
    let rd = q.iter().find(|l| l.indicator == 0).unwrap();
    assert_eq!(rd.source, Step::Spread);
    assert!(near(rd.step, 1.1 / 8.0) && near(rd.gain, 1.0 / 24.0));
}

#[test]
fn a_unit_that_fell_back_behind_its_target() {
    let f = tree(vec![leaf("x", Direction::Positive, Some((0.0, 10.0)), Some(5.0))]);
    let sample = Sample {
        units: ["a", "a", "b", "b"].map(String::from).into(),
        periods: [1, 2].repeat(2),
        columns: vec![vec![6.0, 4.0, 4.0, 3.0]],
    };
    let choices = Choices { distance: Distance::FromBase, ..Choices::default() };
    let one = peers(&[("a", "all"), ("b", "all")]);
    let out = assess(&f, &sample.data(), &Recipe::default(), &one, &BTreeMap::new(), &choices).unwrap();
    let a = out[0].achievement.as_ref().unwrap();
    assert!(a.values[0][1].is_nan() && a.status[0][1] == Status::Behind && a.total[1].is_nan());
    assert!(near(a.values[0][3], -1.0));
}

#[test]
fn scales_of_peers_and_of_all() {
    let f = tree(vec![leaf("x", Direction::Positive, None, None)]);
    let own = |ends| {
        assess(
            &f,
            &Data { columns: &sample().columns[..1], ..sample().data() },
            &Recipe::default(),
            &north_and_south(),
            &BTreeMap::new(),
            &Choices { ends, ..Choices::default() },
        )
        .unwrap()
    };
    // Pooled over units and years: the north runs from 2 to 6, all from 1 to 9.8.
    let (peers, all) = (own(Ends::Peers), own(Ends::All));
    assert!(near(peers[0].composite.scores[0][1], 0.5) && near(all[0].composite.scores[0][1], 3.0 / 8.8));
    assert!(near(peers[0].cards[0].lines[0].gain, 1.5 / 4.0) && near(all[0].cards[0].lines[0].gain, 1.5 / 8.8));
}

#[test]
fn everything_in_the_way_is_told() {
    let mut groups = peers(&[("a", "north"), ("b", "north"), ("c", "south")]);
    let bad = Terms {
        weights: [("z".to_owned(), 1.0), ("of_x".to_owned(), -1.0)].into(),
        goalposts: [("y".to_owned(), [3.0, 3.0])].into(),
        targets: [("x".to_owned(), f64::NAN)].into(),
    };
    let choices = Choices { ends: Ends::Peers, since: Some(1990), progress_share: 1.5, ..Choices::default() };
    let recipe = Recipe { normalisation: Normalisation::Rank, weights: Weighting::Entropy, ..Recipe::default() };
    let terms = [("west".to_owned(), bad)].into();
    let e = assess(&framework(), &sample().data(), &recipe, &groups, &terms, &choices).unwrap_err();
    let text: Vec<String> = e.iter().map(ToString::to_string).collect();
    let parts = [
        "name `z`",
        "of `of_x` in group `west` is not",
        "goalposts of `y`",
        "target of `x`",
        "taken from data",
        "not `of_y`",
        "rank normalisation",
        "share 1.5",
        "base period 1990",
        "d belongs to no group",
        "no unit belongs to the group `west`",
        "c is alone in the group `south`",
    ];
    for part in parts {
        assert!(text.iter().any(|t| t.contains(part)), "{part}: {text:#?}");
    }
    assert_eq!(e.len(), parts.len(), "{text:#?}");
    // Alone on a scale of all units is a group of one, not an error.
    groups.insert("d".into(), "east".into());
    let none = BTreeMap::new();
    let out = assess(&framework(), &sample().data(), &Recipe::default(), &groups, &none, &Choices::default()).unwrap();
    assert_eq!((out[0].name.as_str(), out[0].ranks[7]), ("east", Some(1)));
    // What is wrong in every group is told once.
    let f = tree(vec![leaf("x", Direction::Middle(3.0), None, Some(1.0)), leaf("y", Direction::Positive, None, Some(-1.0))]);
    let e = assess(&f, &sample().data(), &Recipe::default(), &groups, &none, &Choices::default()).unwrap_err();
    assert_eq!(e.len(), 2, "{e:?}");
}

fn drawn() -> impl Strategy<Value = Sample> {
    (3usize..6).prop_flat_map(|n| {
        proptest::collection::vec(proptest::collection::vec(0.5f64..9.5, 2 * n), 3).prop_map(move |columns| Sample {
            units: (0..2 * n).map(|i| format!("u{}", i / 2)).collect(),
            periods: (0..2 * n).map(|i| (i % 2) as i32).collect(),
            columns,
        })
    })
}

fn three(goalposts: Option<(f64, f64)>) -> Framework {
    let two = Node {
        id: "two".into(),
        indicators: [("x", Direction::Positive), ("y", Direction::Negative)]
            .map(|(id, direction)| Indicator { id: id.into(), direction, goalposts, ..Indicator::default() })
            .into(),
        ..Node::default()
    };
    tree(vec![two, leaf("z", Direction::Middle(5.0), goalposts, None)])
}

fn all_in_one(s: &Sample) -> BTreeMap<String, String> {
    s.units.iter().map(|u| (u.clone(), "all".to_owned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Between declared goalposts nothing moves but the cell: the gain is what the whole index, computed anew with
    /// that one value improved, gives. Under every aggregation.
    #[test]
    fn gains_are_those_of_the_index_computed_anew(s in drawn(), which in 0usize..11) {
        let recipe = Recipe { aggregation: AGGREGATIONS[which], goalposts: Goalposts::Fixed, ..Recipe::default() };
        let f = three(Some((0.0, 10.0)));
        let (groups, none) = (all_in_one(&s), BTreeMap::new());
        let out = assess(&f, &s.data(), &recipe, &groups, &none, &Choices::default()).unwrap();
        prop_assert!(out[0].residual < 1e-12);
        for card in &out[0].cards {
            for line in &card.lines {
                let x = line.value;
                let mut columns = s.columns.clone();
                columns[line.indicator][card.row] = match line.indicator {
                    0 => (x + line.step).min(10.0),
                    1 => (x - line.step).max(0.0),
                    _ if x < 5.0 => (x + line.step).min(5.0),
                    _ => (x - line.step).max(5.0),
                };
                let anew = evaluate(&f, &Data { columns: &columns, ..s.data() }, &recipe).unwrap();
                let gain = anew.scores[0][card.row] - out[0].composite.scores[0][card.row];
                prop_assert!((gain - line.gain).abs() < 1e-9, "{gain} {line:?}");
                // No aggregation punishes an improvement, but for those that punish imbalance.
                let balance = matches!(AGGREGATIONS[which], Aggregation::Mpi | Aggregation::Ampi);
                prop_assert!(balance || line.gain >= -1e-12);
            }
        }
    }

    /// Units of measure change no score, rank, gain or achievement; the order of rows changes nothing at all.
    #[test]
    fn units_of_measure_and_order_do_not_matter(s in drawn(), turn in 1usize..6) {
        let mut f = three(None);
        f.root.nodes[0].indicators[0].target = Some(8.0);
        f.root.nodes.pop();
        let two = Sample { columns: s.columns[..2].to_vec(), ..s };
        let groups: BTreeMap<String, String> =
            two.units.iter().enumerate().map(|(i, u)| (u.clone(), if i < 4 { "first" } else { "rest" }.to_owned())).collect();
        let choices = Choices { ends: Ends::Peers, progress_share: 0.3, ..Choices::default() };
        let go = |f: &Framework, s: &Sample| assess(f, &s.data(), &Recipe::default(), &groups, &BTreeMap::new(), &choices);
        // A group of one unit (of five rows, the last two) has no scale; then there is nothing to compare.
        let Ok(out) = go(&f, &two) else { return Ok(()) };
        let mut scaled = f.clone();
        scaled.root.nodes[0].indicators[0].target = Some(8e9);
        let other = Sample {
            units: two.units.clone(),
            periods: two.periods.clone(),
            columns: vec![two.columns[0].iter().map(|x| x * 1e9).collect(), two.columns[1].iter().map(|x| x * 1e-9).collect()],
        };
        let again = go(&scaled, &other).unwrap();
        for (g, h) in out.iter().zip(&again) {
            let (a, b) = (g.achievement.as_ref().unwrap(), h.achievement.as_ref().unwrap());
            for &i in &g.rows {
                prop_assert!((g.composite.scores[0][i] - h.composite.scores[0][i]).abs() < 1e-9);
                prop_assert!((a.total[i] - b.total[i]).abs() < 1e-9);
            }
            for (c, d) in g.cards.iter().zip(&h.cards) {
                let gain = |card: &Card, j: usize| card.lines.iter().find(|l| l.indicator == j).map(|l| l.gain);
                for j in 0..2 {
                    let (x, y) = (gain(c, j).unwrap(), gain(d, j).unwrap());
                    prop_assert!((x - y).abs() < 1e-9 || x.is_nan() && y.is_nan());
                }
            }
        }
        let k = turn % two.units.len();
        let mut turned = Sample { units: two.units.clone(), periods: two.periods.clone(), columns: two.columns.clone() };
        turned.units.rotate_left(k);
        turned.periods.rotate_left(k);
        turned.columns.iter_mut().for_each(|c| c.rotate_left(k));
        prop_assert_eq!(format!("{out:?}"), format!("{:?}", go(&f, &turned).unwrap()));
    }

    /// One group of all units, with nothing declared, is the index itself.
    #[test]
    fn one_group_is_the_index(s in drawn()) {
        let recipe = Recipe { weights: Weighting::Entropy, ..Recipe::default() };
        let f = three(None);
        let index = evaluate(&f, &s.data(), &recipe).unwrap();
        for ends in [Ends::All, Ends::Peers] {
            let choices = Choices { ends, ..Choices::default() };
            let out = assess(&f, &s.data(), &recipe, &all_in_one(&s), &BTreeMap::new(), &choices).unwrap();
            prop_assert_eq!(&out[0].ranks, &index.ranks);
            prop_assert_eq!(&out[0].composite, &index);
            prop_assert!(out[0].residual < 1e-9);
        }
    }
}
