use std::collections::BTreeMap;

use tfp::{
    average::{Averaging, by_period, over},
    growth::{Data, GrowthOptions, Level, Shares, growth},
};

/// Penn World Table 10.01 (Feenstra, Inklaar and Timmer 2015).
struct Pwt {
    units: Vec<usize>,
    names: Vec<String>,
    periods: Vec<i32>,
    rows: Vec<BTreeMap<String, String>>,
    hours: Vec<f64>,
    labour: Vec<f64>,
    shares: Shares,
}

impl Pwt {
    fn read() -> Option<Self> {
        let rows = crate::table("C08_pwt1001/data.csv")?;
        let (units, names) = crate::numbered(&rows, "isocode");
        let periods = crate::years(&rows, "year");
        let get = |name: &str| crate::numbers(&rows, name);
        let hours = complete_hours(&units, &periods, &get("avh"), names.binary_search(&"USA".to_owned()).unwrap());
        let labour = get("emp").iter().zip(get("hc")).zip(&hours).map(|((e, h), a)| e * h * a).collect();
        let wages = get("labsh");
        let shares = Shares::Varying(vec![wages.iter().map(|s| 1.0 - s).collect(), wages]);
        Some(Self { units, names, periods, rows, hours, labour, shares })
    }

    fn get(&self, name: &str) -> Vec<f64> {
        crate::numbers(&self.rows, name)
    }
}

/// Hours as PWT uses them: single gaps interpolated, both ends spliced with the growth of US hours.
fn complete_hours(units: &[usize], periods: &[i32], hours: &[f64], usa: usize) -> Vec<f64> {
    let us: BTreeMap<i32, f64> = (0..units.len()).filter(|&i| units[i] == usa).map(|i| (periods[i], hours[i])).collect();
    let mut full = hours.to_vec();
    for unit in 0..=*units.iter().max().unwrap() {
        let mut rows: Vec<usize> = (0..units.len()).filter(|&i| units[i] == unit).collect();
        rows.sort_by_key(|&i| periods[i]);
        let known: Vec<usize> = rows.iter().copied().filter(|&i| hours[i].is_finite()).collect();
        for &i in rows.iter().filter(|&&i| hours[i].is_nan()) {
            let (before, after) = (
                known.iter().copied().rfind(|&k| periods[k] < periods[i]),
                known.iter().copied().find(|&k| periods[k] > periods[i]),
            );
            full[i] = match (before, after) {
                (Some(a), Some(b)) => {
                    let way = f64::from(periods[i] - periods[a]) / f64::from(periods[b] - periods[a]);
                    hours[a] + way * (hours[b] - hours[a])
                }
                (Some(k), None) | (None, Some(k)) => hours[k] * us[&periods[i]] / us[&periods[k]],
                (None, None) => us[&periods[i]],
            };
        }
    }
    full
}

/// `rtfpna`: 118 countries, 6,289 growth rates. The series are stored as 32-bit floats: 5e-7 in logs.
#[test]
fn national_productivity_growth() {
    let Some(pwt) = Pwt::read() else { return };
    let (output, capital, published) = (pwt.get("rgdpna"), pwt.get("rkna"), pwt.get("rtfpna"));
    let data = Data { units: &pwt.units, periods: &pwt.periods, output: &output, inputs: &[&capital, &pwt.labour] };
    let g = growth(&data, &pwt.shares, &GrowthOptions::default()).unwrap();
    let (mut worst, mut compared) = (0.0_f64, 0);
    for (i, j) in g.before.iter().enumerate().filter_map(|(i, j)| Some((i, (*j)?))) {
        let step = (published[i] / published[j]).ln();
        if step.is_finite() {
            worst = worst.max((g.tfp[i] - step).abs());
            compared += 1;
        }
    }
    assert_eq!(compared, 6289);
    assert!(worst < 5e-7, "{worst}");
}

/// `ctfp`: levels of each year relative to the USA, 66 years, 6,407 country-years; 3e-6 in logs.
#[test]
fn multilateral_levels_of_each_year() {
    let Some(pwt) = Pwt::read() else { return };
    let (output, capital, published) = (pwt.get("cgdpo"), pwt.get("ck"), pwt.get("ctfp"));
    // Countries whose level PWT does not publish are not among those compared either.
    let kept: Vec<f64> = output.iter().zip(&published).map(|(y, a)| if a.is_finite() { *y } else { f64::NAN }).collect();
    let data = Data { units: &pwt.units, periods: &pwt.periods, output: &kept, inputs: &[&capital, &pwt.labour] };
    let usa = pwt.names.binary_search(&"USA".to_owned()).ok();
    let options = GrowthOptions { level: Level::ByPeriod, base_unit: usa, ..GrowthOptions::default() };
    let g = growth(&data, &pwt.shares, &options).unwrap();
    let (mut worst, mut compared) = (0.0_f64, 0);
    for (level, published) in g.level.iter().zip(&published).filter(|(_, p)| p.is_finite()) {
        worst = worst.max((level / published).ln().abs());
        compared += 1;
    }
    assert_eq!(compared, 6407);
    assert!(worst < 3e-6, "{worst}");
}

/// China 1980 to 2019 in percent per year: output 6.24 = capital 4.30 + employment .75 + hours .14 +
/// human capital .66 + TFP .38, and the four decades, against an independent computation on unrounded
/// figures. The file prints ten digits, so a ten-year mean of logs in percent is known to 1e-8; TFP there is the published 32-bit series
/// `rtfpna`: 6e-8 of rounding at both ends is 1.3e-6 percent a year over nine years.
#[test]
fn china_by_decade() {
    let Some(pwt) = Pwt::read() else { return };
    let columns = [pwt.get("rkna"), pwt.get("emp"), pwt.hours.clone(), pwt.get("hc")];
    let inputs: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let Shares::Varying(s) = &pwt.shares else { unreachable!() };
    let shares = Shares::Varying(vec![s[0].clone(), s[1].clone(), s[1].clone(), s[1].clone()]);
    let output = pwt.get("rgdpna");
    let data = Data { units: &pwt.units, periods: &pwt.periods, output: &output, inputs: &inputs };
    let g = growth(&data, &shares, &GrowthOptions::default()).unwrap();
    let means = by_period(&data, &g, &pwt.units, Averaging::Units);
    let china = pwt.names.binary_search(&"CHN".to_owned()).unwrap();
    let expected = [
        (
            1980,
            1990,
            [
                5.618_287_576_505_918,
                3.397_375_364_671_146,
                1.832_736_049_060_286_2,
                0.011_574_520_977_932_082,
                0.701_902_619_746_829_8,
                -0.325_301_315_837_176_7,
            ],
        ),
        (
            1990,
            2000,
            [
                6.332_094_379_079_6,
                4.327_318_795_649_495,
                0.633_038_610_809_194_5,
                0.331_677_893_643_064,
                0.980_734_995_411_573_4,
                0.059_324_531_331_497_96,
            ],
        ),
        (
            2000,
            2010,
            [
                8.498_381_566_534_71,
                5.203_214_407_170_161,
                0.344_220_872_832_813_3,
                0.228_457_081_783_784_2,
                0.309_280_630_702_816_6,
                2.413_207_817_860_141,
            ],
        ),
        (
            2010,
            2019,
            [
                4.318_597_761_783_634,
                4.288_373_102_905_344,
                0.141_354_381_126_702_36,
                -0.012_535_131_948_191_378,
                0.638_355_516_952_196_9,
                -0.736_949_225_095_326_3,
            ],
        ),
        (
            1980,
            2019,
            [
                6.239_872_181_468_076,
                4.304_472_912_847_592,
                0.753_131_916_850_414_1,
                0.143_699_455_808_053_38,
                0.658_061_079_773_896_7,
                0.380_506_854_043_248_35,
            ],
        ),
    ];
    for (from, to, [y, k, e, h, c, a]) in expected {
        let m = over(&means, china, from, to).unwrap();
        let have = [m.output, m.contributions[0], m.contributions[1], m.contributions[2], m.contributions[3]];
        for (have, want) in have.iter().zip([y, k, e, h, c]) {
            assert!((100.0 * have - want).abs() < 1e-8, "{from}-{to}: {} {want}", 100.0 * have);
        }
        assert!((100.0 * m.tfp - a).abs() < 1.3e-6, "{from}-{to}: {} {a}", 100.0 * m.tfp);
    }
}
