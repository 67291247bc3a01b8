//! One method on one table: `xinzhi dea data.csv --inputs capital,labour --outputs gdp`. The flags
//! become a study in memory, so that everything is read, checked and run exactly as from a file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use panel::read::{self, ReadOptions};
use serde_json::{Map, Value, json};
use study::{
    methods::Entry,
    run::{self, Failure},
    spec::check::{choices, types},
    text::Language,
};

use crate::tell;

/// The name that flags go by in problems.
const COMMAND_LINE: &str = "command line";

/// The command of a method. Its flags are made when it is the one asked for: they come from the schemas of all
/// methods, which take longer to build than most commands take to run.
pub fn command(entry: &Entry) -> Command {
    Command::new(entry.name)
        .about(entry.page.title.0)
        .after_help(format!("Example:\n  {}\n\nMore: xinzhi explain {}", entry.page.example, entry.name))
        .defer(|command| match study::methods::entry(command.get_name()) {
            Some(entry) => with_flags(command, entry),
            None => command,
        })
}

/// Common flags for the table, and one flag for each option of the method.
fn with_flags(command: Command, entry: &Entry) -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Data")
    };
    let mut command = command
        .arg(super::table())
        .arg(text("unit", "COLUMN", "Column that names the unit [default: found by itself]"))
        .arg(text("unit-zh", "COLUMN", "Column with the unit's Chinese name"))
        .arg(text("period", "COLUMN", "Column of the period [default: found by itself]"))
        .arg(text("groups", "COLUMNS", "Columns that group the units"))
        .arg(text("sheet", "SHEET", "Sheet of a workbook"))
        .arg(text("columns", "FILE", "Table that says what the columns mean"))
        .arg(text("derive", "NAME=FORMULA", "Add a derived variable; may be given again").action(ArgAction::Append))
        .arg(text("from", "PERIOD", "First period used").value_parser(value_parser!(i32)))
        .arg(text("to", "PERIOD", "Last period used").value_parser(value_parser!(i32)))
        .arg(text("seed", "NUMBER", "Seed of random draws").value_parser(value_parser!(u64)))
        .arg(super::path("out", "DIR", "Write every table, figure and a report there").help_heading("Output"))
        .arg(super::path("save-study", "FILE", "Write the study file that does the same").help_heading("Output"));
    for (name, property) in properties(entry) {
        command = command.arg(flag(&name, &property));
    }
    for (name, property) in foreign(entry) {
        let long = name.replace('_', "-");
        if !command.get_arguments().any(|a| a.get_long() == Some(long.as_str())) {
            command = command.arg(flag(&name, &property).hide(true));
        }
    }
    command
}

/// Options of other methods: taken, so that the study that they end up in can say whose they are.
fn foreign(entry: &Entry) -> Map<String, Value> {
    let own = properties(entry);
    let others = study::methods::entries().iter().flat_map(properties);
    others.filter(|(name, _)| !own.contains_key(name)).collect()
}

fn properties(entry: &Entry) -> Map<String, Value> {
    (entry.schema)().get("properties").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn flag(name: &str, property: &Value) -> Arg {
    let long = name.replace('_', "-");
    let mut help = property.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
    if let Some(words) = choices(property) {
        help.push_str(&format!(" [one of: {}]", words.join(", ")));
    }
    if let Some(default) = property.get("default").filter(|d| !d.is_null() && !is_empty(d)) {
        let shown = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        help.push_str(&format!(" [default: {shown}]"));
    }
    let role = |schema: &Value| schema.get("x-role").and_then(Value::as_str).map(str::to_owned);
    let list = types(property).first() == Some(&"array");
    let value =
        match (role(property).or_else(|| property.get("items").and_then(role)).as_deref(), types(property).first().copied()) {
            (Some("variable" | "group"), _) if list => "COLUMNS",
            (Some("variable" | "group"), _) => "COLUMN",
            (Some("file"), _) => "FILE",
            (_, Some("array")) => "A,B,…",
            (_, Some("integer" | "number")) => "NUMBER",
            (_, Some("boolean")) => "true|false",
            (_, Some("object")) => "{key = value, …}",
            _ if choices(property).is_some() => "WORD",
            _ => "VALUE",
        };
    let arg = Arg::new(format!("option-{name}")).long(long).value_name(value).help(help).help_heading("Method");
    if types(property).contains(&"boolean") { arg.num_args(0..=1).default_missing_value("true") } else { arg }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

/// Runs the method.
pub fn run(entry: &Entry, matches: &ArgMatches, language: Option<Language>) -> ExitCode {
    if matches.get_one::<PathBuf>("out").is_some_and(|out| !super::folder(out)) {
        return ExitCode::from(2);
    }
    let text = match study_text(entry, matches) {
        Ok(text) => text,
        Err(failure) => return tell::failure(&failure, None),
    };
    let name = Path::new(COMMAND_LINE);
    let bar = super::study::Bar::new();
    bar.0.set_message("reading");
    let run = run::run_text(&text, name, Path::new(""), None, &bar);
    bar.0.finish_and_clear();
    let mut finished = match run {
        Ok(finished) => finished,
        Err(failure) => return tell::failure(&failure, Some((name, &text))),
    };
    tell::problems(&finished.warnings, Some((name, &text)));
    super::study::put_first(&mut finished.result, language);
    let shown = language.unwrap_or_default();
    let units = report::Units::of(&finished.result);
    for step in &finished.result.steps {
        super::say(&report::terminal(&step.output, &units, shown));
    }
    if let Some(path) = matches.get_one::<PathBuf>("save-study") {
        if let Err(e) = fs::write(path, &text) {
            crate::tell::aside!("{} cannot be written: {e}.", path.display());
            return ExitCode::from(2);
        }
        super::say(&format!("{}\n", path.display()));
    }
    match matches.get_one::<PathBuf>("out").map(|out| super::study::write(&finished.result, out).map(|w| (out, w))) {
        Some(Ok((out, written))) => super::say(&format!("{} files in {}\n", written.files.len(), out.display())),
        Some(Err(e)) => {
            crate::tell::aside!("{e}. Name another folder with --out.");
            ExitCode::from(2)
        }
        None => ExitCode::SUCCESS,
    }
}

/// The study that does what the flags say.
fn study_text(entry: &Entry, matches: &ArgMatches) -> Result<String, Failure> {
    let given = |name: &str| matches.get_one::<String>(name).cloned();
    let Some(file) = matches.get_one::<PathBuf>("file") else { return Err(Failure::Input(Vec::new())) };
    let mut data = Map::from_iter([("file".to_owned(), json!(file.to_string_lossy()))]);
    for (flag, key) in
        [("sheet", "sheet"), ("columns", "columns"), ("unit", "unit"), ("unit-zh", "unit_zh"), ("period", "period")]
    {
        if let Some(value) = given(flag) {
            data.insert(key.to_owned(), json!(value));
        }
    }
    let (options, mut groups) = options(entry, matches);
    groups.extend(given("groups").iter().flat_map(|g| g.split(',')).map(|g| g.trim().to_owned()));
    groups.dedup();
    if given("unit").is_none() {
        let table =
            read::table(file, &ReadOptions { sheet: given("sheet"), ..ReadOptions::default() }).map_err(Failure::Input)?;
        let guess = table.consider_keys();
        let Some(keys) = guess.keys else {
            return Err(Failure::Input(vec![
                panel::Problem::error("no-keys", "No columns of the table name each row by unit and period.")
                    .help("Name them with --unit and --period.")
                    .at(table.place_of_table()),
            ]));
        };
        data.insert("unit".to_owned(), json!(keys.unit));
        for (key, value) in [("unit_zh", keys.unit_zh), ("period", keys.period)] {
            if let Some(value) = value.filter(|_| !data.contains_key(key)) {
                data.insert(key.to_owned(), json!(value));
            }
        }
        groups.extend(
            keys.groups.into_iter().filter(|_| given("groups").is_none()).filter(|g| !groups.contains(g)).collect::<Vec<_>>(),
        );
    }
    if !groups.is_empty() {
        data.insert("groups".to_owned(), json!(groups));
    }
    let mut derived = Map::new();
    for flag in matches.get_many::<String>("derive").into_iter().flatten() {
        let Some((name, formula)) = flag.split_once('=') else {
            let problem = panel::Problem::error("flags", format!("`--derive {flag}` gives no formula."));
            return Err(Failure::Input(vec![problem.help("Write --derive NAME=FORMULA, e.g. --derive 'ratio=a / b'.")]));
        };
        derived.insert(name.trim().to_owned(), json!(formula.trim()));
    }
    if !derived.is_empty() {
        data.insert("derived".to_owned(), Value::Object(derived));
    }
    let mut step = Map::from_iter([("method".to_owned(), json!(entry.name)), ("data".to_owned(), json!("data"))]);
    for key in ["from", "to"] {
        if let Some(period) = matches.get_one::<i32>(key) {
            step.insert(key.to_owned(), json!(period));
        }
    }
    step.extend(options);
    let id = entry.name.replace('-', "_");
    let spec = json!({
        "title": entry.page.title.0,
        "title_zh": entry.page.title.1,
        "subtitle": file.file_name().unwrap_or_default().to_string_lossy(),
        "seed": matches.get_one::<u64>("seed").copied().unwrap_or_default(),
        "data": { "data": data },
        "steps": { id: step },
    });
    toml::to_string_pretty(&spec).map_err(|e| {
        Failure::Input(vec![panel::Problem::error("flags", format!("The flags cannot be written as a study: {e}."))])
    })
}

/// The options as the flags give them, and the group columns they name.
fn options(entry: &Entry, matches: &ArgMatches) -> (Map<String, Value>, Vec<String>) {
    let (mut options, mut groups) = (Map::new(), Vec::new());
    for (name, property) in properties(entry).into_iter().chain(foreign(entry)) {
        let id = format!("option-{name}");
        if let Some(text) = matches.try_get_one::<String>(&id).ok().flatten() {
            if property.get("x-role").and_then(Value::as_str) == Some("group") {
                groups.push(text.clone());
            }
            options.insert(name, value(text, &property));
        }
    }
    (options, groups)
}

/// A flag's text as the value its schema asks for; what does not fit stays text and is named later.
fn value(text: &str, property: &Value) -> Value {
    let alternatives = property.get("anyOf").or_else(|| property.get("oneOf")).and_then(Value::as_array);
    let mut kinds: Vec<&str> = types(property);
    if choices(property).is_none() {
        kinds.extend(alternatives.into_iter().flatten().flat_map(types));
    }
    let toml = || toml::from_str::<Map<String, Value>>(&format!("v = {text}")).ok().and_then(|mut t| t.remove("v"));
    for kind in &kinds {
        let fitting = match *kind {
            "integer" => text.parse::<i64>().ok().map(|i| json!(i)),
            "number" => text.parse::<f64>().ok().filter(|x| x.is_finite()).map(|x| json!(x)),
            "boolean" => text.parse::<bool>().ok().map(|b| json!(b)),
            "object" => toml().filter(Value::is_object),
            "array" if text.trim_start().starts_with('[') => toml().filter(Value::is_array),
            "array" => {
                let item = property.get("items").cloned().unwrap_or_default();
                Some(Value::Array(text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(|t| value(t, &item)).collect()))
            }
            _ => None,
        };
        if let Some(fitting) = fitting {
            return fitting;
        }
    }
    json!(text)
}
