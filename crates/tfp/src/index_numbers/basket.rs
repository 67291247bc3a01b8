//! Prices and quantities of products by period as a dense table.

use thiserror::Error;

/// Transactions. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Transactions<'a> {
    /// Period of each row.
    pub periods: &'a [i32],
    /// Number of the product of each row.
    pub products: &'a [usize],
    /// Prices `> 0`; `NaN` is missing.
    pub prices: &'a [f64],
    /// Quantities `> 0`; `NaN` is missing. Empty where there are none: the elementary formulas need only prices.
    pub quantities: &'a [f64],
}

/// A column of [`Transactions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Prices.
    Price,
    /// Quantities.
    Quantity,
}

/// Why there is no basket.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BasketError {
    /// Slices differ in length.
    #[error("periods, products, prices and quantities must have equal length")]
    Shape,
    /// Rows that cannot be used.
    #[error(
        "{} prices or quantities are zero, negative or infinite; {} rows repeat the period and product of another",
        not_positive.len(),
        duplicates.len()
    )]
    Rows {
        /// Values that are zero, negative or infinite.
        not_positive: Vec<(Column, usize)>,
        /// A row and a later one with the same period and product.
        duplicates: Vec<(usize, usize)>,
    },
    /// No row has a price (and a quantity, where there are quantities).
    #[error("no row has a price and a quantity")]
    Empty,
}

/// Prices and quantities by period and product; `NaN` where a product was not sold.
#[derive(Clone, Debug, PartialEq)]
pub struct Basket {
    /// Periods in order.
    pub periods: Vec<i32>,
    /// Number of products.
    pub products: usize,
    /// Rows with a price and no quantity, or a quantity and no price: not used.
    pub incomplete: Vec<usize>,
    /// Whether there are quantities.
    pub weighted: bool,
    prices: Vec<f64>,
    quantities: Vec<f64>,
}

impl Basket {
    /// Sorts transactions into a table.
    ///
    /// # Errors
    /// [`BasketError`]; all offending rows are listed. Two rows of one product in one period are refused: whether they are
    /// to be added up, and at which price, is not ours to say.
    pub fn new(data: &Transactions<'_>) -> Result<Self, BasketError> {
        let n = data.periods.len();
        let weighted = !data.quantities.is_empty();
        if data.products.len() != n || data.prices.len() != n || (weighted && data.quantities.len() != n) {
            return Err(BasketError::Shape);
        }
        let bad = |x: f64| !x.is_nan() && (x <= 0.0 || x.is_infinite());
        let mut not_positive: Vec<(Column, usize)> =
            (0..n).filter(|&i| bad(data.prices[i])).map(|i| (Column::Price, i)).collect();
        not_positive.extend((0..data.quantities.len()).filter(|&i| bad(data.quantities[i])).map(|i| (Column::Quantity, i)));
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| (data.periods[i], data.products[i], i));
        let key = |i: usize| (data.periods[i], data.products[i]);
        let duplicates: Vec<(usize, usize)> = order.windows(2).filter(|w| key(w[0]) == key(w[1])).map(|w| (w[0], w[1])).collect();
        if !not_positive.is_empty() || !duplicates.is_empty() {
            return Err(BasketError::Rows { not_positive, duplicates });
        }
        let has = |i: usize| (!data.prices[i].is_nan(), weighted && !data.quantities[i].is_nan());
        let complete = |i: &usize| has(*i) == (true, weighted);
        let incomplete: Vec<usize> = (0..n).filter(|&i| weighted && has(i).0 != has(i).1).collect();
        let mut periods: Vec<i32> = order.iter().filter(|i| complete(i)).map(|&i| data.periods[i]).collect();
        periods.dedup();
        if periods.is_empty() {
            return Err(BasketError::Empty);
        }
        let products = data.products.iter().max().map_or(0, |m| m + 1);
        let mut prices = vec![f64::NAN; periods.len() * products];
        let mut quantities = vec![f64::NAN; if weighted { prices.len() } else { 0 }];
        for &i in order.iter().filter(|i| complete(i)) {
            let at = periods.partition_point(|&p| p < data.periods[i]) * products + data.products[i];
            prices[at] = data.prices[i];
            if weighted {
                quantities[at] = data.quantities[i];
            }
        }
        Ok(Self { periods, products, incomplete, weighted, prices, quantities })
    }

    /// Prices of a period (its place among the periods), by product.
    pub fn prices(&self, period: usize) -> &[f64] {
        &self.prices[period * self.products..][..self.products]
    }

    /// Quantities of a period, by product; empty where there are none.
    pub fn quantities(&self, period: usize) -> &[f64] {
        if self.weighted { &self.quantities[period * self.products..][..self.products] } else { &[] }
    }

    /// The same basket with prices and quantities exchanged: its price indices are the quantity indices of this one.
    #[must_use]
    pub fn exchanged(&self) -> Self {
        Self { prices: self.quantities.clone(), quantities: self.prices.clone(), ..self.clone() }
    }

    /// Value of a period: the sum of its prices times quantities; `NaN` without quantities.
    pub fn value(&self, period: usize) -> f64 {
        if !self.weighted {
            return f64::NAN;
        }
        self.prices(period).iter().zip(self.quantities(period)).map(|(p, q)| p * q).filter(|v| !v.is_nan()).sum()
    }

    /// Number of products of a period.
    pub fn count(&self, period: usize) -> usize {
        self.prices(period).iter().filter(|p| !p.is_nan()).count()
    }
}
