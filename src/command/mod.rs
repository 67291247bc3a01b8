//! The commands. Every method of the registry is a command of its own, with flags made from the
//! schema of its options.

mod direct;
mod explain;
mod frameworks;
mod new;
mod study;
mod verify;

use std::{ffi::OsString, io::Write, path::PathBuf, process::ExitCode};

use ::study::{methods, spec::schema, text::Language};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

/// Runs the command line and gives the exit code.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let matches = match app().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { 2 } else { 0 });
        }
    };
    let language = language(&matches);
    match matches.subcommand() {
        Some(("study", m)) => study::run(m, language),
        Some(("new", m)) => new::run(m),
        Some(("explain", m)) => explain::run(m, language),
        Some(("frameworks", m)) => frameworks::run(m, language),
        Some(("schema", m)) => print_schema(m),
        Some(("verify", m)) => verify::run(m),
        Some((name, m)) => match methods::entry(name) {
            Some(entry) => direct::run(entry, m, language),
            None => ExitCode::from(2),
        },
        None => ExitCode::from(2),
    }
}

fn app() -> Command {
    Command::new("xinzhi")
        .bin_name("xinzhi")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Measures productivity, explains it and says what to do next")
        .after_help(
            "Examples:\n  xinzhi study examples/china-provinces/study.toml\n  xinzhi new provinces.csv\n  \
             xinzhi audit provinces.csv\n  xinzhi explain dea",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("lang")
                .long("lang")
                .global(true)
                .value_name("LANGUAGE")
                .value_parser(["en", "zh"])
                .help("Language of what is printed and of the report's first page [default: the study's first]"),
        )
        .subcommand(study::command())
        .subcommand(new::command())
        .subcommand(explain::command())
        .subcommand(frameworks::command())
        .subcommand(
            Command::new("schema")
                .about("Print the JSON schema of study files, for editors")
                .arg(path("out", "FILE", "Write it to a file instead"))
                .after_help("Example:\n  xinzhi schema --out docs/study.schema.json"),
        )
        .subcommand(verify::command())
        .subcommands(methods::entries().iter().map(direct::command))
}

/// The table a command works on.
fn table() -> Arg {
    Arg::new("file")
        .required(true)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("Table: CSV, XLSX, XLS, ODS, Parquet or Stata")
}

/// A flag that takes a path.
fn path(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(value_parser!(PathBuf)).help(help)
}

/// A flag that is set or not.
fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn language(matches: &ArgMatches) -> Option<Language> {
    match matches.get_one::<String>("lang").map(String::as_str) {
        Some("zh") => Some(Language::Zh),
        Some(_) => Some(Language::En),
        None => None,
    }
}

fn print_schema(matches: &ArgMatches) -> ExitCode {
    let text = format!("{:#}\n", schema::full());
    match matches.get_one::<PathBuf>("out") {
        Some(out) => match std::fs::write(out, text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(e) => {
                crate::tell::aside!("{} cannot be written: {e}.", out.display());
                ExitCode::from(2)
            }
        },
        None => say(&text),
    }
}

/// Prints to a terminal or a pipe; a reader that stops listening (`| head`) is no failure.
fn say(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Whether a folder can be made or used under this name; what is wrong is said before any work.
fn folder(out: &std::path::Path) -> bool {
    let file = out.ancestors().find(|p| !p.as_os_str().is_empty() && p.exists()).filter(|p| !p.is_dir());
    if let Some(file) = file {
        crate::tell::aside!("{} is a file, not a folder. Name another folder with --out; nothing was written.", file.display());
    }
    file.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_help_with_an_example() {
        let app = app();
        for entry in methods::entries() {
            let help = app.clone().try_get_matches_from(["xinzhi", entry.name, "--help"]).unwrap_err();
            assert_eq!(help.kind(), clap::error::ErrorKind::DisplayHelp);
            assert!(help.to_string().contains(&format!("xinzhi {} ", entry.name)), "{}", entry.name);
        }
    }
}
