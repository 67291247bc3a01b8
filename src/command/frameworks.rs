//! `xinzhi frameworks`: the built-in frameworks, and one of them as a file to adapt.

use std::{fs, path::PathBuf, process::ExitCode};

use clap::{Arg, ArgMatches, Command};
use study::{framework::library, text::Language};

/// The command and its flags.
pub fn command() -> Command {
    Command::new("frameworks")
        .about("List the built-in frameworks, or write one to adapt")
        .arg(Arg::new("name").value_name("NAME").help("Framework; a study uses it as it is by `framework = \"builtin:NAME\"`"))
        .arg(super::path("out", "FILE", "Write it to a file instead of printing it").requires("name"))
        .after_help("Examples:\n  xinzhi frameworks\n  xinzhi frameworks elements --out framework.toml")
}

/// Runs it.
pub fn run(matches: &ArgMatches, language: Option<Language>) -> ExitCode {
    let Some(name) = matches.get_one::<String>("name") else {
        return super::say(&list(language == Some(Language::Zh)));
    };
    let Some(builtin) = library::get(name) else {
        let problem = library::unknown(name);
        crate::tell::aside!("{} {}", problem.what, problem.help);
        return ExitCode::from(2);
    };
    let Some(out) = matches.get_one::<PathBuf>("out") else { return super::say(&builtin.text()) };
    if out.exists() {
        crate::tell::aside!("{} exists; name another file with --out.", out.display());
        return ExitCode::from(2);
    }
    match fs::write(out, builtin.text()) {
        Ok(()) => super::say(&format!("{}\n", out.display())),
        Err(e) => {
            crate::tell::aside!("{} cannot be written: {e}.", out.display());
            ExitCode::from(2)
        }
    }
}

fn list(zh: bool) -> String {
    let line = |b: &library::Builtin| format!("{:<28} {}\n", b.name, if zh { b.about.1 } else { b.about.0 });
    let mut text: String = library::all().iter().map(line).collect();
    text.push_str(if zh {
        "\n在研究文件中写 framework = \"builtin:名称\"；各指标体系所需变量列于其文件开头。\n指标选择为本系统所作，尚未与任何出版物核对。\n"
    } else {
        "\nIn a study: framework = \"builtin:NAME\". The variables each needs are listed at the head of its file.\nThe choice of indicators is ours and was compared with no publication.\n"
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_framework_is_listed_in_both_languages() {
        for zh in [false, true] {
            let text = list(zh);
            assert!(library::all().iter().all(|b| text.contains(&format!("{:<28} ", b.name))), "{text}");
        }
    }
}
