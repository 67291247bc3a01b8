//! Inequality and spatial association between regions.
