use super::*;
use proptest::prelude::*;

/// Two survivors, an entrant and an exiter; capital and labour are primary, materials are not.
struct Panel {
    units: Vec<usize>,
    periods: Vec<i32>,
    output: Vec<f64>,
    revenue: Vec<f64>,
    quantity: [Vec<f64>; 2],
    cost: [Vec<f64>; 2],
}

impl Panel {
    fn run(&self, elasticities: &Shares) -> Result<Decomposition, PetrinLevinsohnError> {
        let factors: Vec<Factor<'_>> =
            (0..2).map(|k| Factor { quantity: &self.quantity[k], cost: &self.cost[k], intermediate: k == 1 }).collect();
        let data =
            Data { units: &self.units, periods: &self.periods, output: &self.output, revenue: &self.revenue, factors: &factors };
        petrin_levinsohn(&data, elasticities, &[])
    }
}

fn panel() -> Panel {
    Panel {
        units: vec![0, 0, 1, 1, 2, 3],
        periods: vec![1, 2, 1, 2, 2, 1],
        output: vec![10.0, 12.0, 20.0, 19.0, 5.0, 4.0],
        revenue: vec![10.0, 12.0, 20.0, 19.0, 5.0, 4.0],
        quantity: [vec![4.0, 4.0, 8.0, 9.0, 2.0, 2.0], vec![3.0, 3.0, 6.0, 6.0, 1.0, 1.0]],
        cost: [vec![4.0, 4.0, 8.0, 9.0, 2.0, 3.5], vec![3.0, 3.0, 6.0, 6.0, 1.0, 1.0]],
    }
}

/// By hand. Value added is 7 + 14 + 3 = 24, then 9 + 13 + 4 = 26. Unit 0 grows by ln 1.2 with unchanged inputs: all of it
/// is technical. Unit 1 uses 9/8 of its labour at an elasticity of 0.7 and shares of 0.4 and 9/19.
#[test]
fn two_survivors_by_hand() {
    let d = panel().run(&Shares::Constant(vec![0.7, 0.3])).unwrap();
    let c = &d.changes[0];
    let (w0, w1) = (f64::midpoint(10.0 / 24.0, 12.0 / 26.0), f64::midpoint(20.0 / 24.0, 19.0 / 26.0));
    let step = (9.0_f64 / 8.0).ln();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
    near(c.technical, w0 * 1.2_f64.ln() + w1 * (0.95_f64.ln() - 0.7 * step));
    near(c.reallocation[0], w1 * (0.7 - f64::midpoint(0.4, 9.0 / 19.0)) * step);
    near(c.reallocation[1], 0.0);
    near(c.entry, (5.0 - 1.0 - 2.0) / 26.0);
    near(c.exit, -(4.0 - 1.0 - 3.5) / 24.0);
    assert_eq!(c.units, [2, 1, 1, 0]);
    assert!(d.residual < 1e-15);
}

#[test]
fn bad_cells_are_listed_and_missing_ones_leave_the_unit_out() {
    let shares = Shares::Constant(vec![0.7, 0.3]);
    let mut p = panel();
    p.output[1] = f64::NAN;
    let c = &p.run(&shares).unwrap().changes[0];
    assert_eq!((c.units, c.incomplete.clone()), ([1, 1, 1, 1], vec![0]));
    let mut p = panel();
    (p.output[0], p.quantity[1][3]) = (0.0, -1.0);
    assert_eq!(p.run(&shares), Err(PetrinLevinsohnError::NotPositive(vec![(None, 0), (Some(1), 3)])));
    let mut p = panel();
    p.cost[1][2] = -2.0;
    assert_eq!(p.run(&shares), Err(PetrinLevinsohnError::Cost(vec![(1, 2)])));
    let mut p = panel();
    p.cost[1] = vec![30.0; 6];
    assert_eq!(p.run(&shares), Err(PetrinLevinsohnError::ValueAdded(1)));
    let mut p = panel();
    p.periods = vec![1, 1, 1, 2, 2, 1];
    assert_eq!(p.run(&shares), Err(PetrinLevinsohnError::Duplicate(crate::rows::Twice(0, 1))));
    p.periods = vec![1; 6];
    p.units = (0..6).collect();
    assert_eq!(p.run(&shares), Err(PetrinLevinsohnError::Periods));
    assert_eq!(p.run(&Shares::Constant(vec![0.7])), Err(PetrinLevinsohnError::Shape));
    assert_eq!(p.run(&Shares::Constant(vec![0.7, f64::NAN])), Err(PetrinLevinsohnError::Elasticity(vec![(1, 0)])));
}

proptest! {
    /// Where elasticities are cost shares nothing is reallocated; units of measure and order of rows do not count.
    #[test]
    fn laws(raw in prop::collection::vec((0.5..9.0_f64, 0.5..9.0_f64, 0.5..9.0_f64, 0.05..0.45_f64, 0.05..0.45_f64), 6..24)) {
        let n = raw.len();
        let column = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        let revenue = column(&|i| raw[i].0 * 3.0);
        let mut p = Panel {
            units: (0..n).map(|i| i / 2).collect(),
            periods: (0..n).map(|i| (i % 2) as i32).collect(),
            output: column(&|i| raw[i].0),
            quantity: [column(&|i| raw[i].1), column(&|i| raw[i].2)],
            cost: [column(&|i| raw[i].3 * revenue[i]), column(&|i| raw[i].4 * revenue[i])],
            revenue,
        };
        let shares = Shares::Varying(vec![column(&|i| raw[i].3), column(&|i| raw[i].4)]);
        let d = p.run(&shares).unwrap();
        prop_assert!(d.residual < 1e-12);
        prop_assert!(d.changes[0].reallocation.iter().all(|r| r.abs() < 1e-13));
        let given = Shares::Constant(vec![0.4, 0.5]);
        let a = p.run(&given).unwrap();
        p.output.iter_mut().for_each(|v| *v *= 1e9);
        p.quantity[0].iter_mut().for_each(|v| *v *= 1e-9);
        p.revenue.iter_mut().for_each(|v| *v *= 1e9);
        p.cost.iter_mut().flatten().for_each(|v| *v *= 1e9);
        let b = p.run(&given).unwrap();
        prop_assert!((a.changes[0].total - b.changes[0].total).abs() < 1e-12);
        prop_assert!((a.changes[0].technical - b.changes[0].technical).abs() < 1e-12);
        p.units.reverse();
        p.periods.reverse();
        for c in [&mut p.output, &mut p.revenue].into_iter().chain(p.quantity.iter_mut()).chain(p.cost.iter_mut()) {
            c.reverse();
        }
        prop_assert_eq!(p.run(&given).unwrap(), b);
    }
}
