//! One binary for all tests of the public face.

mod figures;
mod files;
mod fixture;
mod large;
mod markup;
mod page;
