//! Total factor productivity: growth accounting, production functions.

pub mod average;
pub mod growth;
pub mod production;
pub mod shares;
