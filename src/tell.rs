//! Says on the terminal what is wrong with an input: every problem, with its place.

use std::{fs, path::Path, process::ExitCode};

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use panel::{Place, Problem, Severity};
use study::run::Failure;

/// Prints a line beside the results; a reader that stops listening (`2>&1 | head`) is no failure.
macro_rules! aside {
    ($($said:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($said)*);
    }};
}
pub(crate) use aside;

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
    aside!("{count} {} found; nothing was written.", if count == 1 { "problem" } else { "problems" });
    ExitCode::from(code)
}

/// How many problems of one kind at one place of a text are told one by one.
const SAME: usize = 5;

/// Prints all problems. What is said twice is said once; of many cells with the same fault at the
/// same place of a file the first few are shown and the rest are listed by their cells.
pub fn problems(problems: &[Problem], given: Given<'_>) {
    let mut kinds: Vec<Vec<&Problem>> = Vec::new();
    for problem in problems {
        let alike = |p: &Problem| {
            p.code == problem.code
                && p.place.file == problem.place.file
                && p.place.span == problem.place.span
                && p.place.column == problem.place.column
                && p.help == problem.help
        };
        match kinds.iter_mut().find(|kind| kind.first().is_some_and(|p| alike(p))) {
            Some(kind) if kind.contains(&problem) => {}
            Some(kind) => kind.push(problem),
            None => kinds.push(vec![problem]),
        }
    }
    for kind in kinds {
        for problem in kind.iter().take(SAME) {
            aside!("{:?}", report(problem, given));
        }
        if kind.len() > SAME {
            let cells: Vec<String> = kind[SAME..].iter().map(|p| cell(p)).filter(|c| !c.is_empty()).collect();
            let (listed, more) = cells.split_at(cells.len().min(LISTED));
            let mut line = format!("… and {} more like it", kind.len() - SAME);
            if !listed.is_empty() {
                line.push_str(&format!(": {}{}", listed.join("; "), if more.is_empty() { "" } else { "; …" }));
            }
            aside!("{line}\n");
        }
    }
}

/// How many further cells are listed.
const LISTED: usize = 30;

fn cell(problem: &Problem) -> String {
    Place { file: None, sheet: None, column: None, ..problem.place.clone() }.to_string()
}

fn report(problem: &Problem, given: Given<'_>) -> Report {
    let text = problem.place.file.as_deref().filter(|_| problem.place.span.is_some()).and_then(|file| match given {
        Some((name, text)) if name == file => Some((file, text.to_owned())),
        _ => fs::read_to_string(file).ok().map(|text| (file, text)),
    });
    // Under a quoted text the file is said already, but not which cell.
    let place = match &text {
        Some(_) => Place { file: None, ..problem.place.clone() }.to_string(),
        None => problem.place.to_string(),
    };
    let what = if place.is_empty() { problem.what.clone() } else { format!("{place}: {}", problem.what) };
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
