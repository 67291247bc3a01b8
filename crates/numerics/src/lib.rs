//! What methods compute with: linear programs over point clouds, order statistics, random streams.
//!
//! Nothing here knows of tables, files or methods; everything works on slices.

pub mod distributions;
pub mod graph;
pub mod jacobi;
pub mod least_squares;
pub mod lp;
pub mod moments;
pub mod probit;
pub mod random;
pub mod roots;
pub mod sobol;
pub mod triangle;
pub mod whitening;
