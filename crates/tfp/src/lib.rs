//! Total factor productivity: growth accounting.

pub mod average;
pub mod decomposition;
pub mod growth;
pub mod petrin_levinsohn;
pub mod shares;
