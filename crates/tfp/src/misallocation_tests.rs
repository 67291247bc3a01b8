use super::*;
use proptest::prelude::*;

struct Firms {
    industries: Vec<usize>,
    revenue: Vec<f64>,
    capital: Vec<f64>,
    labour: Vec<f64>,
    alpha: Vec<f64>,
}

impl Firms {
    fn data<'a>(&'a self, units: &'a [usize]) -> Data<'a> {
        Data {
            units,
            industries: &self.industries,
            revenue: &self.revenue,
            capital: &self.capital,
            labour: &self.labour,
            alpha: &self.alpha,
        }
    }

    fn run(&self, options: &MisallocationOptions) -> Result<Misallocation, MisallocationError> {
        misallocation(&self.data(&(0..self.revenue.len()).collect::<Vec<_>>()), options)
    }
}

const PLAIN: MisallocationOptions = MisallocationOptions { sigma: 3.0, rental: 0.1, trim: 0.0 };

/// Firms with wedges known: `PY` of a monopolist with `A`, `τ_Y`, `τ_K` at `R`, wage 1 and a demand shifter of 1.
fn constructed(sigma: f64, rental: f64) -> (Firms, Vec<[f64; 3]>) {
    let mut f = Firms { industries: vec![], revenue: vec![], capital: vec![], labour: vec![], alpha: vec![] };
    let mut known = Vec::new();
    for i in 0..24_usize {
        let x = i as f64;
        let (industry, alpha) = if i < 10 { (0, 0.5) } else { (1, 0.3) };
        let (a, ty, tk) = ((x * 1.3).sin().exp(), 0.4 * (x * 0.7).sin(), (0.5 * (x * 2.1).cos()).exp() - 1.0);
        let ratio = alpha / (1.0 - alpha) / (rental * (1.0 + tk));
        // Price is σ/(σ-1) times marginal cost over 1 - τ_Y; demand is P^-σ.
        let cost = (rental * (1.0 + tk) / alpha).powf(alpha) * (1.0 / (1.0 - alpha)).powf(1.0 - alpha) / a;
        let price = sigma / (sigma - 1.0) * cost / (1.0 - ty);
        let quantity = price.powf(-sigma);
        let labour = quantity / a / ratio.powf(alpha);
        f.industries.push(industry);
        f.alpha.push(alpha);
        f.revenue.push(price * quantity);
        f.labour.push(labour);
        f.capital.push(ratio * labour);
        known.push([ty, tk, a]);
    }
    (f, known)
}

/// The wedges put in come out, relative physical productivity too.
#[test]
fn known_wedges_are_recovered() {
    for (sigma, rental) in [(3.0, 0.1), (5.0, 0.1), (1.5, 0.25)] {
        let (f, known) = constructed(sigma, rental);
        let m = f.run(&MisallocationOptions { sigma, rental, trim: 0.0 }).unwrap();
        for (i, [ty, tk, a]) in known.iter().enumerate() {
            assert!((m.tau_y[i] - ty).abs() < 1e-13 && (m.tau_k[i] - tk).abs() < 1e-13, "{i}");
            let first = if i < 10 { 0 } else { 10 };
            let found = (m.tfpq[i] - m.tfpq[first]).exp() / (a / known[first][2]);
            assert!((found - 1.0).abs() < 1e-12, "{found}");
        }
        assert!(m.residual < 1e-13, "{}", m.residual);
    }
}

/// Output of an industry, its inputs moved by hand to equal marginal products: `Y = (Σ (A K^α L^(1-α))^((σ-1)/σ))^(σ/(σ-1))`.
#[test]
fn the_gain_is_that_of_moving_the_inputs() {
    let sigma = 3.0;
    let (f, known) = constructed(sigma, 0.1);
    let m = f.run(&PLAIN).unwrap();
    let rho = (sigma - 1.0) / sigma;
    let mut log = 0.0;
    let all: f64 = f.revenue.iter().sum();
    for (s, rows) in [(0, 0..10), (1, 10..24)] {
        let of = |v: &[f64]| rows.clone().map(|i| v[i]).sum::<f64>();
        let (k, l, py, alpha) = (of(&f.capital), of(&f.labour), of(&f.revenue), f.alpha[rows.start]);
        let a = |i: usize| known[i][2];
        let output = |share: &dyn Fn(usize) -> (f64, f64)| {
            rows.clone()
                .map(|i| {
                    let (k, l) = share(i);
                    (a(i) * k.powf(alpha) * l.powf(1.0 - alpha)).powf(rho)
                })
                .sum::<f64>()
                .powf(1.0 / rho)
        };
        let strength: f64 = rows.clone().map(|i| a(i).powf(sigma - 1.0)).sum();
        let efficient = output(&|i| (k * a(i).powf(sigma - 1.0) / strength, l * a(i).powf(sigma - 1.0) / strength));
        let actual = output(&|i| (f.capital[i], f.labour[i]));
        assert!((m.industries[s].ratio - actual / efficient).abs() < 1e-13);
        log += py / all * (actual / efficient).ln();
    }
    assert!((m.within - log.exp()).abs() < 1e-14);
    assert!((m.gain() - 100.0 * ((-log).exp() - 1.0)).abs() < 1e-11);
}

/// Between industries: the efficient split of capital and labour beats a grid of others, and the ratio is what it gains.
#[test]
fn the_split_between_industries_is_the_best_one() {
    let (f, _) = constructed(3.0, 0.1);
    let m = f.run(&PLAIN).unwrap();
    let of = |v: &[f64], rows: std::ops::Range<usize>| rows.map(|i| v[i]).sum::<f64>();
    let (k, l) = (of(&f.capital, 0..24), of(&f.labour, 0..24));
    let output = |k0: f64, l0: f64| {
        let t = &m.industries;
        let one = |s: usize, k: f64, l: f64| t[s].share * (t[s].alpha * k.ln() + (1.0 - t[s].alpha) * l.ln());
        one(0, k0, l0) + one(1, k - k0, l - l0)
    };
    let actual = output(of(&f.capital, 0..10), of(&f.labour, 0..10));
    let mut best = f64::NEG_INFINITY;
    for i in 1..2000 {
        for j in 1..200 {
            best = best.max(output(k * f64::from(i) / 2000.0, l * f64::from(j) / 200.0));
        }
    }
    let efficient = actual - m.between.ln();
    assert!(efficient >= best && efficient - best < 1e-4, "{efficient} {best}");
    assert!((m.total_gain() - 100.0 * (1.0 / (m.within * m.between) - 1.0)).abs() < 1e-12);
}

/// Hsieh and Klenow (2009), Tables IV and VI: gains of China 115.1, 95.8, 86.6 and India 100.4, 102.1, 127.5 beside the
/// United States in 1997, 42.9. The print of Table VI has 30.5 for China 2005; its Table IV gives 30.58.
#[test]
fn gains_beside_a_reference_economy() {
    for (gain, printed) in [(115.1, 50.5), (95.8, 37.0), (86.6, 30.5), (100.4, 40.2), (102.1, 41.4), (127.5, 59.2)] {
        let found = relative_gain(gain, 42.9);
        assert!((found - printed).abs() < 0.1, "{found} for {printed}");
    }
}

#[test]
fn rows_that_cannot_be_counted_keep_a_status() {
    let (mut f, _) = constructed(3.0, 0.1);
    f.revenue[3] = -5.0;
    f.capital[4] = f64::NAN;
    f.labour[12] = 0.0;
    f.alpha[13] = f64::NAN;
    let m = f.run(&PLAIN).unwrap();
    assert_eq!(
        [m.status[3], m.status[4], m.status[12], m.status[13]],
        [Status::NotPositive, Status::Missing, Status::NotPositive, Status::Missing]
    );
    assert!(m.tau_y[3].is_nan() && m.tfpr[4].is_nan());
    assert_eq!(m.industries.iter().map(|i| i.firms).collect::<Vec<_>>(), [8, 12]);
}

#[test]
fn trimming_cuts_both_tails_of_both_measures_and_counts() {
    let (f, _) = constructed(3.0, 0.1);
    let m = f.run(&MisallocationOptions { trim: 0.05, ..PLAIN }).unwrap();
    let cut = m.status.iter().filter(|s| **s == Status::Trimmed).count();
    assert!((2..=8).contains(&cut), "{cut}");
    assert_eq!(m.industries.iter().map(|i| i.firms + i.trimmed).sum::<usize>(), 24);
    // Those cut keep wedges and their distance to the mean of the others.
    assert!((0..24).all(|i| m.tau_k[i].is_finite() && m.tfpr[i].is_finite()));
    let rest: Vec<usize> = (0..24).filter(|&i| m.status[i] == Status::Used).collect();
    let pick = |v: &[f64]| rest.iter().map(|&i| v[i]).collect::<Vec<_>>();
    let left = Firms {
        industries: rest.iter().map(|&i| f.industries[i]).collect(),
        revenue: pick(&f.revenue),
        capital: pick(&f.capital),
        labour: pick(&f.labour),
        alpha: pick(&f.alpha),
    };
    assert_eq!(left.run(&PLAIN).unwrap().within.to_bits(), m.within.to_bits());
}

#[test]
fn bad_input_is_refused_with_all_rows() {
    let (mut f, _) = constructed(3.0, 0.1);
    for options in [
        MisallocationOptions { sigma: 1.0, ..PLAIN },
        MisallocationOptions { rental: 0.0, ..PLAIN },
        MisallocationOptions { trim: 0.5, ..PLAIN },
        MisallocationOptions { sigma: f64::NAN, ..PLAIN },
    ] {
        assert_eq!(f.run(&options), Err(MisallocationError::Options));
    }
    f.alpha[2] = 0.4;
    assert_eq!(f.run(&PLAIN), Err(MisallocationError::Alphas(vec![0])));
    (f.alpha[2], f.alpha[20]) = (0.0, 1.2);
    assert_eq!(f.run(&PLAIN), Err(MisallocationError::Alpha(vec![2, 20])));
    let (f, _) = constructed(3.0, 0.1);
    assert_eq!(misallocation(&f.data(&[7; 24]), &PLAIN), Err(MisallocationError::Duplicate(0, 1)));
    assert_eq!(misallocation(&f.data(&[7; 3]), &PLAIN), Err(MisallocationError::Shape));
    let empty = Firms { revenue: vec![-1.0; 24], ..f };
    assert_eq!(empty.run(&PLAIN), Err(MisallocationError::Empty));
}

#[test]
fn an_industry_of_one_firm_is_efficient_and_has_no_spread() {
    let f = Firms { industries: vec![0], revenue: vec![9.0], capital: vec![3.0], labour: vec![2.0], alpha: vec![0.4] };
    let m = f.run(&MisallocationOptions::default()).unwrap();
    assert!((m.within - 1.0).abs() < 1e-15 && (m.between - 1.0).abs() < 1e-15);
    assert!(m.industries[0].tfpr.sd.is_nan() && m.industries[0].tfpr.p90_p10 == 0.0);
}

proptest! {
    /// Currency and order of rows do not count; the allocation is never better than the efficient one.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..9.0_f64, 0.1..9.0_f64, 0.1..9.0_f64), 6..30), trim in prop::sample::select(vec![0.0, 0.05])) {
        let n = raw.len();
        let alphas = [0.3, 0.55, 0.4];
        let mut f = Firms {
            industries: (0..n).map(|i| i % 3).collect(),
            revenue: raw.iter().map(|r| r.0).collect(),
            capital: raw.iter().map(|r| r.1).collect(),
            labour: raw.iter().map(|r| r.2).collect(),
            alpha: (0..n).map(|i| alphas[i % 3]).collect(),
        };
        let options = MisallocationOptions { trim, ..PLAIN };
        let units: Vec<usize> = (0..n).collect();
        let m = misallocation(&f.data(&units), &options).unwrap();
        prop_assert!(m.residual < 1e-12 && m.within <= 1.0 + 1e-14 && m.between <= 1.0 + 1e-14);
        for c in [&mut f.revenue, &mut f.capital, &mut f.labour] {
            c.iter_mut().for_each(|v| *v *= 1e9);
        }
        let big = misallocation(&f.data(&units), &options).unwrap();
        prop_assert!((big.within - m.within).abs() < 1e-12 && (big.between - m.between).abs() < 1e-12);
        // An industry all of whose firms are cut has no mean.
        let same = |a: f64, b: f64| a.is_nan() && b.is_nan() || (a - b).abs() < 1e-12;
        prop_assert!((0..n).all(|i| (big.tau_k[i] - m.tau_k[i]).abs() < 1e-9 && same(big.tfpr[i], m.tfpr[i])));
        for c in [&mut f.revenue, &mut f.capital, &mut f.labour, &mut f.alpha] {
            c.reverse();
        }
        f.industries.reverse();
        let reversed: Vec<usize> = units.into_iter().rev().collect();
        let turned = misallocation(&f.data(&reversed), &options).unwrap();
        prop_assert_eq!(turned.within.to_bits(), big.within.to_bits());
        prop_assert_eq!(turned.tfpq_spread.map(|s| s.sd.to_bits()), big.tfpq_spread.map(|s| s.sd.to_bits()));
    }
}
