//! Total factor productivity: growth accounting.

pub mod average;
pub mod ccd;
pub mod growth;
pub mod index_numbers;
pub mod shares;
pub mod superlative;
