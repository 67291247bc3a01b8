//! Total factor productivity: growth accounting, production functions.

pub mod average;
pub mod capital;
pub mod ccd;
pub mod decomposition;
pub mod development;
pub mod domar;
pub mod factor_market;
pub mod factor_misallocation;
pub mod growth;
pub mod index_numbers;
pub mod industries;
pub mod labour_composition;
pub mod market_segmentation;
pub mod misallocation;
pub mod petrin_levinsohn;
pub mod production;
pub mod rows;
pub mod services;
pub mod shares;
pub mod shift_share;
pub mod superlative;
pub mod user_cost;
