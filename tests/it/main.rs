//! The command as a user meets it.

mod bad_input;
mod bench;
mod frontier;
mod frontier_tables;
mod study;
mod us_states;
