//! `xinzhi verify [DIR]`: recomputes published results and says how close they come.

use std::{path::PathBuf, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::verify::{self, Row, Verdict};

/// The command and its flags.
pub fn command() -> Command {
    Command::new("verify")
        .about("Recompute published results and say how close they come")
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Folder with manifest.json, cases/ and data/ [default: the cases built into the program]"),
        )
        .arg(Arg::new("large").long("large").action(ArgAction::SetTrue).help("Also run cases of 100,000 units and more"))
        .after_help("Examples:\n  xinzhi verify\n  xinzhi verify ../shared/reference/frontier --large")
}

/// Runs it: exit code 1 if a case fails, 2 if the folder cannot be read.
pub fn run(matches: &ArgMatches) -> ExitCode {
    let rows = match verify::verify(matches.get_one::<PathBuf>("dir").map(PathBuf::as_path), matches.get_flag("large")) {
        Ok(rows) => rows,
        Err(why) => {
            crate::tell::aside!("{why}");
            return ExitCode::from(2);
        }
    };
    let count = |verdict| rows.iter().filter(|r| r.verdict == verdict).count();
    let (passed, failed) = (count(Verdict::Pass), count(Verdict::Fail));
    super::say(&table(&rows));
    let rest = count(Verdict::Unsupported);
    super::say(&format!("\n{passed} passed, {failed} failed, {rest} unsupported\n"));
    if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn table(rows: &[Row]) -> String {
    let number = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.1e}"));
    let width = |f: fn(&Row) -> &str, most: usize| rows.iter().map(|r| f(r).chars().count()).max().unwrap_or(0).min(most);
    let (case, method) = (width(|r| &r.case, 44), width(|r| &r.method, 30));
    let mut text = format!(
        "{:<case$}  {:<method$}  {:>10}  {:>9}  {:<11}  source\n",
        "case", "method", "difference", "tolerance", "verdict"
    );
    for r in rows {
        text.push_str(&format!(
            "{:<case$}  {:<method$}  {:>10}  {:>9}  {:<11}  {}\n",
            r.case,
            r.method,
            number(r.difference),
            number(r.tolerance),
            r.verdict,
            r.source
        ));
        if r.verdict == Verdict::Fail {
            text.push_str(&format!("  {}\n", r.detail));
        }
    }
    text
}
