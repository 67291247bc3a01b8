//! A study's result as one HTML page, XLSX and SVG.
//!
//! [`write()`] turns a finished study into a folder; [`svg`] draws a single figure; [`terminal`] says
//! the result of one method in plain text. Nothing here computes: a number on the page is a number
//! of the result.

mod draw;
mod files;
mod limits;
mod markdown;
mod number;
mod page;
mod terminal;
mod units;
mod width;

pub use draw::svg;
pub use files::{ReportError, Written, write};
pub use terminal::terminal;
pub use units::Units;
