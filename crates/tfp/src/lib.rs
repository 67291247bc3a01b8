//! Total factor productivity: growth accounting.

pub mod average;
pub mod capital;
pub mod growth;
pub mod services;
pub mod shares;
pub mod user_cost;
