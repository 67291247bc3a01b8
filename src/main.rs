//! The `xinzhi` command: glue between the study, the report and the terminal.

mod command;
mod guard;
mod tell;
mod verify;

use std::process::ExitCode;

fn main() -> ExitCode {
    guard::run(|| command::run(std::env::args_os()))
}
