//! `xinzhi explain NAME`: the page of a method or of a finding.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use study::{findings, methods, text::Language};

/// The command and its flags.
pub fn command() -> Command {
    Command::new("explain")
        .about("Explain a method or a finding; without a name, list them")
        .arg(Arg::new("name").value_name("METHOD|CODE").help("A method such as `dea`, or a code such as `CI001`"))
        .after_help("Examples:\n  xinzhi explain dea\n  xinzhi explain CI001 --lang zh")
}

/// Runs it.
pub fn run(matches: &ArgMatches, language: Option<Language>) -> ExitCode {
    let zh = language == Some(Language::Zh);
    let pick = |both: (&'static str, &'static str)| if zh { both.1 } else { both.0 };
    let Some(name) = matches.get_one::<String>("name") else {
        let methods = methods::entries().iter().map(|e| format!("{:<22} {}\n", e.name, pick(e.page.title)));
        let codes = findings::pages().iter().map(|p| format!("{:<22} {}\n", p.code, pick(p.title)));
        return super::say(&methods.chain(codes).collect::<String>());
    };
    if let Some(page) = methods::page(name) {
        let body = pick((page.en, page.zh)).trim();
        return super::say(&format!("# {}\n\n{body}\n\n    {}\n", pick(page.title), page.example));
    }
    if let Some(page) = findings::page(&name.to_uppercase()) {
        return super::say(&format!("# {} {}\n\n{}\n", page.code, pick(page.title), pick((page.en, page.zh)).trim()));
    }
    let known = methods::entries().iter().map(|e| e.name).chain(findings::pages().iter().map(|p| p.code));
    let hint = panel::problem::nearest(name, known).map(|n| format!(" Did you mean `{n}`?")).unwrap_or_default();
    eprintln!("There is no method or finding `{name}`.{hint} `xinzhi explain` lists them.");
    ExitCode::from(2)
}
