//! Total factor productivity: growth accounting.
