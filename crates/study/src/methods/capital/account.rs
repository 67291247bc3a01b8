//! Stocks by asset and row, central and over the fan.

use panel::{Panel, Problem};
use tfp::capital::{
    self, CapitalError, Investment, Preset, Status, capital,
    deflator::{self, Prices},
    fan::{FanOptions, Scenario, scenarios},
    profile::{Profile, ProfileOptions, geometric_rate, profile},
    vintage::{self, VintageOptions},
};

use super::{
    super::{
        assets::{self, of},
        lookup,
    },
    CapitalStep, Model, refused,
};

/// Data and options, made ready.
pub(super) struct Account<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a CapitalStep,
    pub(super) base: i32,
    units: Vec<usize>,
    /// Real investment by asset.
    pub(super) real: Vec<Vec<f64>>,
}

/// Stocks of one asset; columns by row.
#[derive(Clone)]
pub(super) struct Stock {
    /// Gross stock; empty in the geometric model.
    pub(super) gross: Vec<f64>,
    pub(super) net: Vec<f64>,
    pub(super) productive: Vec<f64>,
    pub(super) consumption: Vec<f64>,
    /// Retirements; empty in the geometric model.
    pub(super) retired: Vec<f64>,
    /// Share of the net stock that comes from the first stock, or from before the first period.
    pub(super) initial_share: Vec<f64>,
    /// Price weight that lies before the first period and is not filled.
    pub(super) lacking: Vec<f64>,
    pub(super) status: Vec<Status>,
    /// Where it begins, by unit.
    pub(super) starts: Vec<Beginning>,
    pub(super) residual: f64,
}

/// Where the stock of a unit begins.
#[derive(Clone, Copy)]
pub(super) struct Beginning {
    pub(super) row: usize,
    pub(super) stock: f64,
    /// Growth used; `NaN` where none is.
    pub(super) growth: f64,
    /// Periods growth was measured over, where that is known.
    pub(super) periods: Option<u32>,
}

impl<'a> Account<'a> {
    /// Deflates investment.
    ///
    /// # Errors
    /// Prices that are missing or impossible, with their places.
    pub(super) fn new(panel: &'a Panel, options: &'a CapitalStep) -> Result<Self, Vec<Problem>> {
        let units = lookup::unit_numbers(panel);
        let base = assets::base(panel, options.base_period);
        let (mut real, mut problems) = (Vec::new(), Vec::new());
        for (a, name) in options.investment.iter().enumerate() {
            let nominal = panel.values(name).unwrap_or(&[]);
            let Some(price) = of(&options.deflators, a) else {
                real.push(nominal.to_vec());
                continue;
            };
            let index = panel.values(&price).unwrap_or(&[]);
            let prices = Prices { units: &units, periods: &panel.periods, index, form: options.deflator_form };
            match deflator::deflate(nominal, &prices, base) {
                Ok(values) => real.push(values),
                Err(e) => {
                    let help = "Choose a `base_period` that every unit has.";
                    problems.extend(assets::refused_price(&e, panel, [name, &price], base, help));
                }
            }
        }
        if problems.is_empty() { Ok(Self { panel, options, base, units, real }) } else { Err(problems) }
    }

    pub(super) fn assets(&self) -> usize {
        self.options.investment.len()
    }

    /// Depreciation rates of an asset by row.
    pub(super) fn rates(&self, asset: usize) -> Vec<f64> {
        let o = self.options;
        if let Some(name) = of(&o.depreciation_variables, asset) {
            return self.panel.values(&name).unwrap_or(&[]).to_vec();
        }
        let from_life = || Some(geometric_rate(of(&o.life, asset)?, o.residual?));
        let preset = || o.preset.map(|p| p.recipe().depreciation);
        let rate = of(&o.depreciation, asset).or_else(from_life).or_else(preset).unwrap_or(f64::NAN);
        vec![rate; self.panel.len()]
    }

    /// Age profile of an asset; `life` scales the mean life.
    ///
    /// # Errors
    /// Parameters that are out of bounds.
    pub(super) fn profile(&self, asset: usize, life: f64) -> Result<Profile, Vec<Problem>> {
        let o = self.options;
        let default = ProfileOptions::default();
        let options = ProfileOptions {
            pattern: o.retirement,
            life: life * of(&o.life, asset).unwrap_or(default.life),
            spread: of(&o.spread, asset),
            efficiency: of(&o.efficiency, asset).unwrap_or(default.efficiency),
            discount: o.discount,
        };
        profile(&options).map_err(|e| {
            let what = format!("`{}` has no age profile: {e}.", o.investment[asset]);
            vec![Problem::error("profile", what).help("Mend `life`, `spread`, `efficiency` or `discount`.")]
        })
    }

    fn geometric(
        &self,
        asset: usize,
        real: &[f64],
        rates: &[f64],
        core: &capital::CapitalOptions,
    ) -> Result<Stock, CapitalError> {
        let o = self.options;
        let column = |name: Option<&String>| name.and_then(|n| self.panel.values(n)).unwrap_or(&[]);
        let data = Investment {
            units: &self.units,
            periods: &self.panel.periods,
            real,
            depreciation: rates,
            output: column(o.output.as_ref()),
            given: column(o.first_stocks.get(asset)),
        };
        let s = capital(&data, core)?;
        Ok(Stock {
            gross: Vec::new(),
            productive: s.stock.clone(),
            net: s.stock,
            consumption: s.consumption,
            retired: Vec::new(),
            initial_share: s.initial_share,
            lacking: vec![0.0; real.len()],
            status: s.status,
            starts: s
                .starts
                .iter()
                .map(|s| Beginning { row: s.row, stock: s.stock, growth: s.growth, periods: Some(s.growth_periods) })
                .collect(),
            residual: s.residual,
        })
    }

    /// Stocks of an asset, moved by a scenario.
    ///
    /// # Errors
    /// Gaps, rates and first stocks that cannot be had, with their places.
    pub(super) fn stock(&self, asset: usize, scenario: &Scenario) -> Result<Stock, Vec<Problem>> {
        let told = |e: CapitalError| refused::capital(&e, self.panel, &self.units, &self.options.investment[asset]);
        let pairs = self.real[asset].iter().zip(&self.panel.periods);
        let real: Vec<f64> = pairs.map(|(v, &p)| v * scenario.deflation(p, self.base)).collect();
        match self.options.model {
            Model::Geometric => {
                let rates: Vec<f64> = self.rates(asset).iter().map(|&d| scenario.rate(d)).collect();
                let mut s = self.geometric(asset, &real, &rates, &self.options.core()).map_err(told)?;
                // Stocks are linear in the first stock.
                for (k, share) in s.productive.iter_mut().zip(&s.initial_share) {
                    *k *= 1.0 + scenario.initial * share;
                }
                s.net.clone_from(&s.productive);
                Ok(s)
            }
            Model::Vintage => {
                let life = match scenario.depreciation {
                    d if d < 0.0 => 1.0 + self.options.fan_life,
                    d if d > 0.0 => 1.0 - self.options.fan_life,
                    _ => 1.0,
                };
                let profile = self.profile(asset, life)?;
                let default = VintageOptions::default();
                let options = VintageOptions {
                    history: self.options.history,
                    growth: self.options.growth,
                    growth_periods: self.options.growth_periods.unwrap_or(default.growth_periods),
                    growth_from: self.options.growth_from,
                    scale: scenario.first(),
                };
                let s = vintage::stocks(&self.units, &self.panel.periods, &real, &profile, &options).map_err(told)?;
                let first = |unit: usize| (0..real.len()).find(|&i| self.units[i] == unit && s.status[i] == Status::First);
                let begin = |&(unit, growth): &(usize, f64)| {
                    first(unit).map(|row| Beginning { row, stock: s.productive[row], growth, periods: None })
                };
                let starts = s.growth.iter().filter_map(begin).collect();
                let backcast = options.history == vintage::History::Backcast;
                Ok(Stock {
                    lacking: if backcast { vec![0.0; real.len()] } else { s.lacking },
                    gross: s.gross,
                    net: s.net,
                    productive: s.productive,
                    consumption: s.consumption,
                    retired: s.retired,
                    initial_share: s.initial_share,
                    status: s.status,
                    starts,
                    residual: s.residual,
                })
            }
        }
    }

    /// Total productive stock by row under every scenario that can be computed, the central one first.
    pub(super) fn fan(&self) -> Vec<(Scenario, Vec<f64>)> {
        let options = FanOptions {
            depreciation: self.options.fan_depreciation,
            initial: self.options.fan_initial,
            deflator: self.options.fan_deflator,
        };
        let under = |scenario: Scenario| -> Option<(Scenario, Vec<f64>)> {
            let stocks: Option<Vec<Stock>> = (0..self.assets()).map(|a| self.stock(a, &scenario).ok()).collect();
            Some((scenario, total(&stocks?, |s| &s.productive)))
        };
        scenarios(&options).into_iter().filter_map(under).collect()
    }

    /// Total stock by row under a preset, or why there is none.
    pub(super) fn preset(&self, preset: Preset) -> Result<Vec<f64>, String> {
        let r = preset.recipe();
        let core = capital::CapitalOptions {
            initial: r.initial,
            rate: r.rate,
            growth_periods: r.growth_periods,
            ..capital::CapitalOptions::default()
        };
        let rates = vec![r.depreciation; self.panel.len()];
        let one = |a: usize| self.geometric(a, &self.real[a], &rates, &core).map_err(|e| e.to_string());
        let stocks: Result<Vec<Stock>, String> = (0..self.assets()).map(one).collect();
        Ok(total(&stocks?, |s| &s.productive))
    }
}

/// Sum over assets by row; `NaN` where an asset has none.
pub(super) fn total(stocks: &[Stock], column: impl Fn(&Stock) -> &Vec<f64>) -> Vec<f64> {
    let rows = stocks.first().map_or(0, |s| column(s).len());
    (0..rows).map(|i| stocks.iter().map(|s| column(s)[i]).sum()).collect()
}
