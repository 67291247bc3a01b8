//! `xinzhi verify [DIR]`: runs published cases.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

/// The command and its flags.
pub fn command() -> Command {
    Command::new("verify").about("Reproduce published results and say how close they come")
}

/// Runs it.
pub fn run(_: &ArgMatches) -> ExitCode {
    ExitCode::SUCCESS
}
