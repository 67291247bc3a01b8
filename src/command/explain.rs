//! `xinzhi explain NAME`: the page of a method or of a finding.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use study::{findings, methods, text::Language};

/// The command and its flags.
pub fn command() -> Command {
    Command::new("explain")
        .about("Explain a method or a finding; without a name, list them")
        .arg(Arg::new("name").value_name("METHOD|CODE").help("A method such as `dea`, a code such as `CI001`, or `formulas`"))
        .after_help("Examples:\n  xinzhi explain dea\n  xinzhi explain CI001 --lang zh")
}

/// Runs it.
pub fn run(matches: &ArgMatches, language: Option<Language>) -> ExitCode {
    let zh = language == Some(Language::Zh);
    match text(matches.get_one::<String>("name").map(String::as_str), zh) {
        Ok(text) => super::say(&text),
        Err(unknown) => {
            crate::tell::aside!("{unknown}");
            ExitCode::from(2)
        }
    }
}

/// The list of pages, or the page of a name; an error says what is near to an unknown name.
fn text(name: Option<&str>, zh: bool) -> Result<String, String> {
    let pick = |both: (&'static str, &'static str)| if zh { both.1 } else { both.0 };
    let Some(name) = name else {
        let methods = methods::entries().iter().map(|e| format!("{:<22} {}\n", e.name, pick(e.page.title)));
        let codes = findings::pages().iter().map(|p| format!("{:<22} {}\n", p.code, pick(p.title)));
        let formulas = format!("{:<22} {}\n", "formulas", pick(("What formulas may say", "公式的写法")));
        return Ok(methods.chain([formulas]).chain(codes).collect());
    };
    if name == "formulas" {
        return Ok(formulas(zh));
    }
    if let Some(page) = methods::page(name) {
        let body = pick((page.en, page.zh)).trim();
        return Ok(format!("# {}\n\n{body}\n\n    {}\n", pick(page.title), page.example));
    }
    if let Some(page) = findings::page(&name.to_uppercase()) {
        return Ok(format!("# {} {}\n\n{}\n", page.code, pick(page.title), pick((page.en, page.zh)).trim()));
    }
    let known = methods::entries().iter().map(|e| e.name).chain(["formulas"]).chain(findings::pages().iter().map(|p| p.code));
    let hint = panel::problem::nearest(name, known).map(|n| format!(" Did you mean `{n}`?")).unwrap_or_default();
    Err(format!("There is no method or finding `{name}`.{hint} `xinzhi explain` lists them."))
}

/// What formulas may say, from the list the formulas themselves are read by.
fn formulas(zh: bool) -> String {
    let mut text = String::from(if zh {
        "# 公式\n\n变量名、数字、+ - * / ^、括号、比较（成立为 1，否则为 0）与下列函数。\n含空格等字符的变量名写在反引号中；前面步骤的变量写作 `步骤.变量`。\n缺失值保持缺失；除以零等错误指明单元与时期。\n\n"
    } else {
        "# Formulas\n\nNames of variables, numbers, + - * / ^, parentheses, comparisons (1 if they hold, else 0) and the functions below.\nA name with spaces or other signs stands in back-quotes; a variable of an earlier step is `step.variable`.\nMissing stays missing; a division by zero and the like is named with its unit and period.\n\n"
    });
    for (signature, meaning) in panel::formula::FUNCTIONS {
        text.push_str(&format!("    {signature:<24} {meaning}\n"));
    }
    text.push_str("\n    rd_intensity = \"100 * rd_expenditure / gdp\"\n    growth_rate  = \"100 * growth(gdp_real)\"\n    share        = \"if(period() < 2023, part / whole, missing())\"\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_has_a_page_in_both_languages() {
        for zh in [false, true] {
            let list = text(None, zh).unwrap();
            let names: Vec<&str> = list.lines().filter_map(|l| l.split_whitespace().next()).collect();
            assert_eq!(names.len(), methods::entries().len() + findings::pages().len() + 1, "{list}");
            for name in names {
                assert!(text(Some(name), zh).is_ok_and(|page| page.starts_with("# ") && page.lines().count() > 2), "{name}");
            }
        }
    }
}
