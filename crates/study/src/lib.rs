//! The study file: data, steps, their order, findings, provenance, running.

pub mod cache;
pub mod data;
pub mod derivation;
pub mod figure;
pub mod finding;
pub mod findings;
pub mod framework;
pub mod localise;
pub mod method;
pub mod methods;
pub mod result;
pub mod run;
pub mod spec;
pub mod table;
pub mod text;
