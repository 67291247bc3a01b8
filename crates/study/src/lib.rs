//! The study file: data, steps, their order, findings, provenance, running.

pub mod figure;
pub mod finding;
pub mod method;
pub mod methods;
pub mod result;
pub mod spec;
pub mod table;
pub mod text;
