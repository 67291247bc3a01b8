//! Total factor productivity: growth accounting.

pub mod average;
pub mod development;
pub mod domar;
pub mod growth;
pub mod labour_composition;
pub mod shares;
pub mod shift_share;
