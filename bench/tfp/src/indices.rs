//! GEKS over Törnqvist on a table `period,product,price,quantity`: `bench-indices TABLE REPEATS` prints seconds and the index.
#![allow(clippy::print_stdout, reason = "its output is what the program is for")]

use std::{error::Error, time::Instant};

use tfp::index_numbers::{
    IndexOptions, Model,
    basket::{Basket, Transactions},
    bilateral::Formula,
    index_numbers,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let table = arguments.next().ok_or("which table?")?;
    let repeats: usize = arguments.next().ok_or("how often?")?.parse()?;
    let (mut periods, mut products, mut prices, mut quantities) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in csv::Reader::from_path(table)?.deserialize() {
        let (period, product, price, quantity): (i32, usize, f64, f64) = row?;
        periods.push(period);
        products.push(product);
        prices.push(price);
        quantities.push(quantity);
    }
    let data = Transactions { periods: &periods, products: &products, prices: &prices, quantities: &quantities };
    let options = IndexOptions { model: Model::Geks, formula: Formula::Tornqvist, ..IndexOptions::default() };
    let mut seconds = Vec::new();
    let mut index = Vec::new();
    for _ in 0..repeats {
        let start = Instant::now();
        let basket = Basket::new(&data)?;
        index = index_numbers(&basket, &options).map_err(|e| format!("{e:?}"))?.index;
        seconds.push(start.elapsed().as_secs_f64());
    }
    println!("{}", serde_json::json!({ "seconds": seconds, "index": index }));
    Ok(())
}
