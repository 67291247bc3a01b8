//! `xinzhi study FILE`: runs a study and writes its report.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Arg, ArgMatches, Command, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use study::{
    result::StudyResult,
    run::{self, Progress},
    text::Language,
};

use crate::{guard, tell};

/// The command and its flags.
pub fn command() -> Command {
    Command::new("study")
        .about("Run a study file and write its report")
        .arg(Arg::new("file").required(true).value_name("FILE").value_parser(value_parser!(PathBuf)).help("Study file (TOML)"))
        .arg(super::path("out", "DIR", "Folder of the report").default_value("report"))
        .arg(super::switch("fresh", "Compute everything, also what earlier runs have kept"))
        .after_help("Example:\n  xinzhi study examples/china-provinces/study.toml --out report")
}

/// Runs it.
pub fn run(matches: &ArgMatches, language: Option<Language>) -> ExitCode {
    let (Some(file), Some(out)) = (matches.get_one::<PathBuf>("file"), matches.get_one::<PathBuf>("out")) else {
        return ExitCode::from(2);
    };
    if !super::folder(out) {
        return ExitCode::from(2);
    }
    let cache = (!matches.get_flag("fresh")).then(|| file.parent().unwrap_or(Path::new("")).join(".xinzhi").join("cache"));
    let (bar, start) = (Bar::new(), Instant::now());
    bar.0.set_message("reading");
    let finished = match run::run(file, cache, &bar) {
        Ok(finished) => finished,
        Err(failure) => {
            bar.0.finish_and_clear();
            return tell::failure(&failure, None);
        }
    };
    bar.0.finish_and_clear();
    tell::problems(&finished.warnings, None);
    let mut result = finished.result;
    put_first(&mut result, language);
    let cached = result.steps.iter().filter(|s| s.cached).count();
    let refused = finished.refused;
    let findings = result.findings.len() + result.steps.iter().map(|s| s.output.findings.len()).sum::<usize>();
    match write(&result, out) {
        Ok(written) => {
            let said = super::say(&format!(
                "{} steps ({cached} kept from earlier runs), {findings} findings, {} files in {:.1} s\n{}\n",
                result.steps.len(),
                written.files.len(),
                start.elapsed().as_secs_f64(),
                out.join("report.html").display()
            ));
            if refused.is_empty() {
                return said;
            }
            crate::tell::aside!("The study holds these findings for errors: {}.", refused.join(", "));
            ExitCode::FAILURE
        }
        Err(e) => {
            crate::tell::aside!("{e}. Name another folder with --out.");
            ExitCode::from(2)
        }
    }
}

/// Puts the asked-for language first.
pub fn put_first(result: &mut StudyResult, language: Option<Language>) {
    if let Some(language) = language {
        result.languages.retain(|l| *l != language);
        result.languages.insert(0, language);
    }
}

/// Writes the report, and says so while it takes.
pub fn write(result: &StudyResult, out: &Path) -> Result<report::Written, report::ReportError> {
    let bar = Bar::new();
    bar.0.set_message(format!("writing {}", out.display()));
    let written = guard::whole(|| report::write(result, out));
    bar.0.finish_and_clear();
    written
}

/// A progress bar over steps, with the time that has gone; silent where the output is no terminal.
pub struct Bar(pub ProgressBar);

impl Bar {
    /// A bar that appears with the first step.
    pub fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg} {elapsed}") {
            bar.set_style(style);
        }
        // A long step moves nothing but the clock.
        bar.enable_steady_tick(Duration::from_millis(500));
        Self(bar)
    }
}

impl Progress for Bar {
    fn planned(&self, steps: usize) {
        self.0.set_length(steps as u64);
    }

    fn started(&self, step: &str) {
        self.0.set_message(step.to_owned());
    }

    fn finished(&self, _: &str, _: bool) {
        self.0.inc(1);
    }
}
