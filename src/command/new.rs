//! `xinzhi new FILE.csv`: looks at a table and writes a first study for it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Arg, ArgMatches, Command};
use panel::{
    Panel,
    raw::{Guess, Keys},
    read::{self, ReadOptions},
};
use study::run::Failure;

use crate::tell;

/// The command and its flags.
pub fn command() -> Command {
    Command::new("new")
        .about("Look at a table and write a commented first study for it")
        .arg(super::table())
        .arg(Arg::new("unit").long("unit").value_name("COLUMN").help("Column that names the unit [default: found by itself]"))
        .arg(Arg::new("period").long("period").value_name("COLUMN").help("Column of the period [default: found by itself]"))
        .arg(super::path("out", "FILE", "Study file to write [default: study.toml beside the table]"))
        .after_help("Example:\n  xinzhi new provinces.csv && xinzhi study study.toml")
}

/// Runs it.
pub fn run(matches: &ArgMatches) -> ExitCode {
    let Some(file) = matches.get_one::<PathBuf>("file") else { return ExitCode::from(2) };
    let folder = file.parent().unwrap_or(Path::new(""));
    let out = matches.get_one::<PathBuf>("out").cloned().unwrap_or_else(|| folder.join("study.toml"));
    if out.exists() {
        crate::tell::aside!("{} exists; name another file with --out.", out.display());
        return ExitCode::from(2);
    }
    let text = match starter(file, &out, matches) {
        Ok(text) => text,
        Err(failure) => return tell::failure(&failure, None),
    };
    match fs::write(&out, text) {
        Ok(()) => super::say(&format!("{0}\nRun it with: xinzhi study {0}\n", out.display())),
        Err(e) => {
            crate::tell::aside!("{} cannot be written: {e}.", out.display());
            ExitCode::from(2)
        }
    }
}

fn starter(file: &Path, out: &Path, matches: &ArgMatches) -> Result<String, Failure> {
    let table = read::table(file, &ReadOptions::default()).map_err(Failure::Input)?;
    let Guess { keys, considered } = table.consider_keys();
    let keys = match matches.get_one::<String>("unit") {
        // Whoever names the unit knows the table: only the period may still be guessed.
        Some(unit) => {
            let period = matches.get_one::<String>("period").cloned().or(keys.and_then(|k| k.period));
            Some(Keys { unit: unit.clone(), period, ..Keys::default() })
        }
        None => keys.map(|k| Keys { period: matches.get_one::<String>("period").cloned().or(k.period.clone()), ..k }),
    };
    let Some(keys) = keys else {
        let why = considered.iter().map(|c| format!("`{}` as {}: {}", c.column, c.role, c.why)).collect::<Vec<_>>().join("\n");
        return Err(Failure::Input(vec![
            panel::Problem::error("no-keys", "No columns of the table name each row by unit and period.")
                .help(format!("{why}\nName them with --unit and --period."))
                .at(table.place_of_table()),
        ]));
    };
    let (panel, warnings) = table.into_panel(&keys, &[]).map_err(Failure::Input)?;
    tell::problems(&warnings, None);
    if panel.variables.is_empty() {
        return Err(Failure::Input(vec![panel::Problem::error(
            "no-variables",
            "The table has no numeric column beside its keys.",
        )]));
    }
    let relative = match (file.parent(), out.parent()) {
        (Some(a), Some(b)) if a == b => file.file_name().map_or_else(|| file.to_owned(), PathBuf::from),
        _ => fs::canonicalize(file).unwrap_or_else(|_| file.to_owned()),
    };
    Ok(study(&relative, &keys, &panel))
}

/// The text of the study.
fn study(file: &Path, keys: &Keys, panel: &Panel) -> String {
    let quoted = |s: &str| toml::Value::String(s.to_owned()).to_string();
    let mut t = String::from("# A first study. Every line may be changed; `xinzhi explain` lists the methods.\n");
    let mut line = |s: String| {
        t.push_str(&s);
        t.push('\n');
    };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    line(format!("title = {}", quoted(&stem)));
    line("languages = [\"en\", \"zh\"]\nseed = 1\n".to_owned());
    line(format!("[data.main]\nfile = {}", quoted(&file.to_string_lossy())));
    line(format!("unit = {}", quoted(&keys.unit)));
    if let Some(zh) = &keys.unit_zh {
        line(format!("unit_zh = {}", quoted(zh)));
    }
    if let Some(period) = &keys.period {
        line(format!("period = {}", quoted(period)));
    }
    if !keys.groups.is_empty() {
        line(format!("groups = [{}]", keys.groups.iter().map(|g| quoted(g)).collect::<Vec<_>>().join(", ")));
    }
    line("# columns = \"columns.csv\"      # column, label_en, label_zh, unit, price_base, vintage, source".to_owned());
    let names: Vec<&str> =
        panel.variables.iter().filter(|v| moves(panel, &v.values)).map(|v| v.name.as_str()).filter(|n| plain(n)).collect();
    line("\n[data.main.derived]".to_owned());
    if let [a, b, ..] = names[..] {
        line(format!("# ratio = {}", quoted(&format!("{a} / {b}"))));
        line(format!("# {a}_growth = {}", quoted(&format!("100 * growth({a})"))));
    }
    line("\n# What looks wrong in the table, worst first.\n[steps.audit]\nmethod = \"audit\"\ndata = \"main\"".to_owned());
    // A number that never changes within a unit, such as the code of a region, is no quantity.
    let positive: Vec<&str> = panel
        .variables
        .iter()
        .filter(|v| v.values.iter().all(|x| x.is_nan() || *x > 0.0) && (panel.period_name.is_none() || moves(panel, &v.values)))
        .map(|v| v.name.as_str())
        .collect();
    if let Some(v) = positive.first() {
        line(format!(
            "\n# How unequal units are.\n[steps.inequality]\nmethod = \"inequality\"\ndata = \"main\"\nvariable = {}",
            quoted(v)
        ));
        if let Some(group) = keys.groups.first() {
            line(format!("group = {}", quoted(group)));
        }
    }
    if let [output, inputs @ ..] = &positive[..]
        && !inputs.is_empty()
    {
        let inputs: Vec<String> = inputs.iter().take(2).map(|i| quoted(i)).collect();
        line(format!(
            "\n# How far units are from best practice. Name the inputs and outputs that belong together.\n# [steps.dea]\n\
             # method = \"dea\"\n# data = \"main\"\n# inputs = [{}]\n# outputs = [{}]\n# rts = \"vrs\"",
            inputs.join(", "),
            quoted(output)
        ));
    }
    line("\n# The report: without sections, every step gets its own.\n# [[section]]\n# title = \"Inequality\"\n# show = [\"inequality\"]".to_owned());
    t
}

/// Whether some unit has two different values; also true of a panel without repeated units.
fn moves(panel: &Panel, values: &[f64]) -> bool {
    let mut first: BTreeMap<&str, f64> = BTreeMap::new();
    let mut repeated = false;
    for (unit, x) in panel.units.iter().zip(values).filter(|(_, x)| !x.is_nan()) {
        match first.get(unit.as_str()) {
            Some(before) if before != x => return true,
            Some(_) => repeated = true,
            None => {
                first.insert(unit, *x);
            }
        }
    }
    !repeated
}

/// Whether a name may stand in a formula and as a key as it is.
fn plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.starts_with(|c: char| c.is_ascii_alphabetic())
}
