//! Says on the terminal what is wrong with an input: every problem, with its place.

#![allow(clippy::print_stderr, reason = "this module is the voice of the command")]

use std::{fs, path::Path, process::ExitCode};

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use panel::{Problem, Severity};
use study::run::Failure;

/// The text of a study that is not in a file: the name it goes by, and the text.
pub type Given<'a> = Option<(&'a Path, &'a str)>;

/// Prints all problems and gives the exit code that fits: 2 for bad input, 1 for a failed run.
pub fn failure(failure: &Failure, given: Given<'_>) -> ExitCode {
    let (found, code) = match failure {
        Failure::Input(p) => (p, 2),
        Failure::Run(p) => (p, 1),
    };
    problems(found, given);
    let count = found.iter().filter(|p| p.severity == Severity::Error).count();
    eprintln!("{count} {} found; nothing was written.", if count == 1 { "problem" } else { "problems" });
    ExitCode::from(code)
}

/// Prints all problems.
pub fn problems(problems: &[Problem], given: Given<'_>) {
    for problem in problems {
        eprintln!("{:?}", report(problem, given));
    }
}

fn report(problem: &Problem, given: Given<'_>) -> Report {
    let text = problem.place.file.as_deref().filter(|_| problem.place.span.is_some()).and_then(|file| match given {
        Some((name, text)) if name == file => Some((file, text.to_owned())),
        _ => fs::read_to_string(file).ok().map(|text| (file, text)),
    });
    let place = problem.place.to_string();
    let what = match &text {
        Some(_) => problem.what.clone(),
        None if place.is_empty() => problem.what.clone(),
        None => format!("{place}: {}", problem.what),
    };
    let help: Vec<&str> = [&problem.why, &problem.help].into_iter().filter(|t| !t.is_empty()).map(String::as_str).collect();
    let mut diagnostic = MietteDiagnostic::new(what).with_code(problem.code.clone());
    diagnostic.severity = Some(match problem.severity {
        Severity::Warning => miette::Severity::Warning,
        Severity::Error => miette::Severity::Error,
    });
    if !help.is_empty() {
        diagnostic = diagnostic.with_help(help.join("\n"));
    }
    match (text, &problem.place.span) {
        (Some((file, text)), Some(span)) => {
            let span = span.start.min(text.len())..span.end.min(text.len());
            Report::new(diagnostic.with_label(LabeledSpan::underline(span)))
                .with_source_code(NamedSource::new(file.display().to_string(), text))
        }
        _ => Report::new(diagnostic),
    }
}
