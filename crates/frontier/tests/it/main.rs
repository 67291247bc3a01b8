//! What the frontier methods must hold, whatever solves their programs.

mod certificate;
mod doubled;
mod generate;
mod kernel;
mod laws;
mod models;
mod oracle;
mod proofs;
