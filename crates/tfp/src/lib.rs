//! Total factor productivity: growth accounting, production functions.

pub mod average;
pub mod decomposition;
pub mod factor_market;
pub mod factor_misallocation;
pub mod growth;
pub mod market_segmentation;
pub mod misallocation;
pub mod petrin_levinsohn;
pub mod production;
pub mod shares;
