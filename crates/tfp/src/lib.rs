//! Total factor productivity: growth accounting.

pub mod average;
pub mod growth;
pub mod shares;
