//! Runs a study: steps in the order of their dependencies, independent ones side by side.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use panel::{Panel, Problem, Variable};
use rayon::prelude::*;

use crate::{
    cache::{self, Cache},
    data::{self, DataSet},
    localise::localise,
    method::{Check, Input, Output},
    methods,
    result::{Manifest, Section, Show, Step, StudyResult},
    spec::{self, StepSpec, Study, at},
    text::Text,
};

mod files;
mod origin;
mod severity;

/// Is told how a run goes on.
pub trait Progress: Sync {
    /// The number of steps is known.
    fn planned(&self, steps: usize);
    /// A step starts.
    fn started(&self, step: &str);
    /// A step ended; `cached` if its result was there already.
    fn finished(&self, step: &str, cached: bool);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn planned(&self, _: usize) {}
    fn started(&self, _: &str) {}
    fn finished(&self, _: &str, _: bool) {}
}

/// Why a study has no result.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The study file or its data are at fault: exit code 2.
    Input(Vec<Problem>),
    /// The program is: a check failed, a step broke off: exit code 1.
    Run(Vec<Problem>),
}

impl Failure {
    fn map(self, f: impl FnOnce(Vec<Problem>) -> Vec<Problem>) -> Self {
        match self {
            Self::Input(problems) => Self::Input(f(problems)),
            Self::Run(problems) => Self::Run(f(problems)),
        }
    }
}

/// A finished study and what the reader should know about its inputs.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The result.
    pub result: StudyResult,
    /// Warnings about files and data.
    pub warnings: Vec<Problem>,
    /// Codes found that the study holds for errors: the run failed, though everything was computed.
    pub refused: Vec<String>,
}

/// Runs the study in `path`. `cache` is the folder of earlier results; `None` computes everything.
///
/// # Errors
/// See [`Failure`].
pub fn run(path: &Path, cache: Option<PathBuf>, progress: &dyn Progress) -> Result<Finished, Failure> {
    let text = files::text(path).map_err(|p| Failure::Input(vec![*p]))?;
    run_text(&text, path, path.parent().unwrap_or(Path::new("")), cache, progress)
}

/// Runs the study that `text` holds; `name` stands for it in problems and in the manifest, files are
/// relative to `folder`.
///
/// # Errors
/// See [`Failure`].
pub fn run_text(
    text: &str,
    name: &Path,
    folder: &Path,
    cache: Option<PathBuf>,
    progress: &dyn Progress,
) -> Result<Finished, Failure> {
    let name_file = |problems: Vec<Problem>| {
        problems
            .into_iter()
            .map(|mut p| {
                if p.place.file.is_none() && p.place.span.is_some() {
                    p.place.file = Some(name.to_owned());
                }
                p
            })
            .collect::<Vec<_>>()
    };
    let study = spec::read(text, folder).map_err(|p| Failure::Input(name_file(p)))?;
    let (sets, mut warnings) = data::load(&study, text, folder).map_err(|p| Failure::Input(name_file(p)))?;
    let problems = mention_problems(&study, &sets);
    if !problems.is_empty() {
        return Err(Failure::Input(name_file(problems)));
    }
    let units = data::units(&sets, &study.spec.labels);
    let tiles = match &study.spec.map.tiles {
        Some(file) => data::tiles(&folder.join(file), &units).map_err(Failure::Input)?,
        None => Vec::new(),
    };
    let files = files::hashes(&study, folder);
    let runner = Runner { study: &study, sets: &sets, files: &files, folder, cache: cache.map(Cache::new), progress };
    let mut done = runner.all().map_err(|f| f.map(name_file))?;
    let mut of_data = data::coverage_findings(&sets);
    let (off, refused) = severity::apply(&study, &mut of_data, &mut done);
    warnings.extend(name_file(off));
    let sections = sections(&study, &done).map_err(|p| Failure::Input(name_file(p)))?;
    let mut inputs = vec![(
        name.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        blake3::hash(text.as_bytes()).to_hex().to_string(),
    )];
    inputs.extend(files.iter().map(|(file, hash)| (file.clone(), hash.to_hex().to_string())));
    let spec = &study.spec;
    let (steps, hashes): (Vec<Step>, Vec<_>) = done.into_iter().unzip();
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: spec.seed,
        inputs,
        steps: steps.iter().zip(&hashes).map(|(s, h)| (s.id.clone(), s.method.clone(), h.to_hex().to_string())).collect(),
        outputs: Vec::new(),
    };
    let result = StudyResult {
        title: Text::new(&spec.title, &spec.title_zh),
        subtitle: Text::new(&spec.subtitle, &spec.subtitle_zh),
        languages: spec.languages.clone(),
        units,
        tiles,
        sections,
        steps,
        findings: of_data,
        sources: data::sources(&sets),
        manifest,
    };
    Ok(Finished { result, warnings, refused })
}

/// Names of variables and groups that the data do not have. Variables of earlier steps
/// (`step.variable`) are known only once that step has run, so only the step is checked here.
fn mention_problems(study: &Study, sets: &[DataSet]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for step in &study.steps {
        let Some(set) = sets.iter().find(|s| s.name == step.header.data) else { continue };
        let variables: Vec<&str> = set.panel.variables.iter().map(|v| v.name.as_str()).collect();
        for m in &step.mentions {
            match m.role.as_str() {
                "variable" if set.panel.variable(&m.name).is_none() && dependency(study, &m.name).is_none() => problems.push(
                    at(Problem::error("unknown-variable", format!("`{}` is not a variable of `{}`.", m.name, set.name)), &m.span)
                        .did_you_mean(&m.name, variables.iter().copied().chain(study.steps.iter().map(|s| s.id.as_str()))),
                ),
                "group" if set.panel.group(&m.name).is_none() => problems.push(
                    at(
                        Problem::error("unknown-group", format!("`{}` is not a group column of `{}`.", m.name, set.name)),
                        &m.span,
                    )
                    .help(format!("Name it in `groups` of `data.{}`.", set.name))
                    .did_you_mean(&m.name, set.panel.groups.iter().map(|g| g.name.as_str())),
                ),
                _ => {}
            }
        }
        if let Some(entry) = methods::entry(&step.header.method) {
            problems.extend((entry.check)(&step.options).into_iter().map(|p| placed(p, study, step)));
        }
        let periods = set.panel.period_set();
        if let (Some(first), Some(last)) = (periods.first(), periods.last()) {
            let (from, to) = (step.header.from.unwrap_or(*first), step.header.to.unwrap_or(*last));
            if !periods.iter().any(|p| (from..=to).contains(p)) {
                problems.push(
                    at(Problem::error("no-rows", format!("`{}` has no period from {from} to {to}.", set.name)), &step.span)
                        .help(format!("Its periods run from {first} to {last}.")),
                );
            }
        }
    }
    problems
}

/// The step whose output a variable name asks for.
fn dependency<'a>(study: &'a Study, name: &str) -> Option<&'a StepSpec> {
    let (step, _) = name.split_once('.')?;
    study.steps.iter().find(|s| s.id == step)
}

struct Runner<'a> {
    study: &'a Study,
    sets: &'a [DataSet],
    files: &'a [(String, blake3::Hash)],
    folder: &'a Path,
    cache: Option<Cache>,
    progress: &'a dyn Progress,
}

type Done = (Step, blake3::Hash);

impl Runner<'_> {
    fn all(&self) -> Result<Vec<Done>, Failure> {
        let steps = &self.study.steps;
        self.progress.planned(steps.len());
        let mut done: BTreeMap<&str, Done> = BTreeMap::new();
        while done.len() < steps.len() {
            let ready: Vec<&StepSpec> = steps
                .iter()
                .filter(|s| !done.contains_key(s.id.as_str()) && self.needs(s).all(|d| done.contains_key(d.id.as_str())))
                .collect();
            if ready.is_empty() {
                return Err(Failure::Input(vec![self.cycle(&done)]));
            }
            let results: Vec<(&StepSpec, Result<Done, Failure>)> =
                ready.into_par_iter().map(|s| (s, self.one(s, &done))).collect();
            let (mut input, mut run) = (Vec::new(), Vec::new());
            for (step, result) in results {
                match result {
                    Ok(d) => {
                        done.insert(&step.id, d);
                    }
                    Err(Failure::Input(p)) => input.extend(p),
                    Err(Failure::Run(p)) => run.extend(p),
                }
            }
            match (input.is_empty(), run.is_empty()) {
                (true, true) => {}
                (false, _) => return Err(Failure::Input(input)),
                (true, false) => return Err(Failure::Run(run)),
            }
        }
        Ok(steps.iter().filter_map(|s| done.remove(s.id.as_str())).collect())
    }

    fn needs<'s>(&'s self, step: &'s StepSpec) -> impl Iterator<Item = &'s StepSpec> {
        let own = self.sets.iter().find(|s| s.name == step.header.data);
        step.mentions
            .iter()
            .filter(move |m| m.role == "variable" && own.is_none_or(|s| s.panel.variable(&m.name).is_none()))
            .filter_map(|m| dependency(self.study, &m.name))
    }

    fn cycle(&self, done: &BTreeMap<&str, Done>) -> Problem {
        let mut path: Vec<&StepSpec> = self.study.steps.iter().filter(|s| !done.contains_key(s.id.as_str())).take(1).collect();
        while let Some(next) = path.last().and_then(|s| self.needs(s).find(|d| !done.contains_key(d.id.as_str()))) {
            let seen = path.iter().position(|s| s.id == next.id);
            path.push(next);
            if let Some(from) = seen {
                path.drain(..from);
                break;
            }
        }
        let round = path.iter().map(|s| format!("`{}`", s.id)).collect::<Vec<_>>().join(" needs ");
        let span = path.first().map_or(0..0, |s| s.span.clone());
        at(Problem::error("cyclic-steps", format!("The steps wait for one another: {round}.")), &span)
            .help("A step may only use the output of steps that do not use its own.")
    }

    fn one(&self, step: &StepSpec, done: &BTreeMap<&str, Done>) -> Result<Done, Failure> {
        let Some((entry, set)) = methods::entry(&step.header.method).zip(self.sets.iter().find(|s| s.name == step.header.data))
        else {
            return Err(Failure::Run(vec![Problem::error("internal", format!("Step `{}` was not resolved.", step.id))]));
        };
        self.progress.started(&step.id);
        let panel = self.panel(step, &set.panel, done).map_err(Failure::Input)?;
        let named = |file: &str| step.mentions.iter().any(|m| m.role == "file" && m.name == file);
        let files: Vec<_> = self.files.iter().filter(|(file, _)| named(file)).cloned().collect();
        let seed = self.study.spec.seed;
        let hash = cache::hash(entry.name, &step.options, &panel, &files, seed);
        let known = self.cache.as_ref().and_then(|c| c.get(hash));
        let cached = known.is_some();
        let mut output = match known {
            Some(output) => output,
            None => {
                let input = Input { step: &step.id, panel: &panel, folder: self.folder, seed };
                let output = call(entry, &input, &step.options)
                    .map_err(|f| f.map(|list| list.into_iter().map(|p| placed(p, self.study, step)).collect()))?;
                if let Some(cache) = &self.cache {
                    cache.put(hash, &output);
                }
                output
            }
        };
        output.findings.extend(origin::without_course(step, &panel));
        localise(&mut output, &self.study.spec.labels);
        self.progress.finished(&step.id, cached);
        let header = &step.header;
        let title = if header.title.is_empty() {
            Text::new(entry.page.title.0, entry.page.title.1)
        } else {
            Text::new(&header.title, &header.title_zh)
        };
        let done = Step {
            id: step.id.clone(),
            method: entry.name.to_owned(),
            title,
            data: header.data.clone(),
            options: with_defaults(&step.options, &(entry.schema)()).to_string(),
            cached,
            output,
        };
        Ok((done, hash))
    }

    /// The step's periods of its data set, with the variables it takes from earlier steps.
    fn panel(&self, step: &StepSpec, whole: &Panel, done: &BTreeMap<&str, Done>) -> Result<Panel, Vec<Problem>> {
        let (from, to) = (step.header.from.unwrap_or(i32::MIN), step.header.to.unwrap_or(i32::MAX));
        let rows: Vec<usize> = (0..whole.len()).filter(|&i| (from..=to).contains(&whole.periods[i])).collect();
        let mut panel = whole.rows(&rows);
        let mut problems = Vec::new();
        for m in step.mentions.iter().filter(|m| m.role == "variable") {
            if panel.variable(&m.name).is_some() {
                continue;
            }
            let Some(((id, name), (earlier, _))) =
                m.name.split_once('.').and_then(|(id, name)| Some(((id, name), done.get(id)?)))
            else {
                continue;
            };
            let outputs = &earlier.output.variables;
            match outputs.iter().find(|v| v.name == name) {
                Some(v) => {
                    let by_key: BTreeMap<(&str, i32), f64> =
                        v.keys.iter().zip(&v.values).map(|((u, p), x)| ((u.as_str(), *p), *x)).collect();
                    let values = (0..panel.len()).map(|i| by_key.get(&panel.key(i)).copied().unwrap_or(f64::NAN)).collect();
                    let meaning = panel::Meaning {
                        label_en: v.label.en.clone(),
                        label_zh: v.label.zh.clone(),
                        unit: v.unit.en.clone(),
                        origin: self.study.steps.iter().find(|s| s.id == id).map(|s| self.origin(s, name)).unwrap_or_default(),
                        ..panel::Meaning::default()
                    };
                    panel.variables.push(Variable { name: m.name.clone(), meaning, values });
                }
                None => problems.push(
                    at(Problem::error("unknown-variable", format!("Step `{id}` gives no variable `{name}`.")), &m.span)
                        .help(format!("It gives {}.", outputs.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")))
                        .did_you_mean(name, outputs.iter().map(|v| v.name.as_str())),
                ),
            }
        }
        if problems.is_empty() { Ok(panel) } else { Err(problems) }
    }
}

/// Runs one method and holds it to its own checks.
///
/// # Errors
/// Input problems the method names; failed checks and broken-off runs as [`Failure::Run`].
pub fn call(entry: &methods::Entry, input: &Input<'_>, options: &serde_json::Value) -> Result<Output, Failure> {
    let output = catch_unwind(AssertUnwindSafe(|| (entry.run)(input, options)))
        .map_err(|payload| {
            let said = payload.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or_default();
            Failure::Run(vec![
                Problem::error("internal", format!("`{}` broke off; this is a mistake of the program.", entry.name))
                    .why(said)
                    .help("Please report it with the study file and the data."),
            ])
        })?
        .map_err(Failure::Input)?;
    let failed: Vec<Problem> = output.checks.iter().filter(|c| !holds(c)).map(|c| failed_check(entry.name, c)).collect();
    if failed.is_empty() { Ok(output) } else { Err(Failure::Run(failed)) }
}

fn holds(check: &Check) -> bool {
    check.residual <= check.tolerance
}

fn failed_check(method: &str, check: &Check) -> Problem {
    Problem::error(
        "check-failed",
        format!("`{method}`: {} is off by {:.3e}, more than {:.0e}.", check.name.en, check.residual, check.tolerance),
    )
    .why("A result that breaks its own identity is not shown.")
    .help("Please report it with the study file and the data.")
}

/// A problem of a method without a place of its own is placed where the study names its variable or option, else at
/// the step.
fn placed(mut p: Problem, study: &Study, step: &StepSpec) -> Problem {
    if p.place.file.is_none() && p.place.span.is_none() {
        let quoted = |name: &str| p.what.contains(&format!("`{name}`"));
        let named = step.mentions.iter().find(|m| p.place.column.as_deref() == Some(m.name.as_str()) || quoted(&m.name));
        let options = study.tree.get("steps").and_then(|s| s.get(&step.id)).map(|s| s.entries()).unwrap_or_default();
        let option = || options.iter().find(|(key, _)| quoted(&key.name)).map(|(_, node)| node.span.clone());
        p.place.span = Some(named.map(|m| m.span.clone()).or_else(option).unwrap_or_else(|| step.span.clone()));
    }
    p
}

/// Options with the defaults of the schema filled in, as the report and the manifest show them.
fn with_defaults(options: &serde_json::Value, schema: &serde_json::Value) -> serde_json::Value {
    let mut all = options.clone();
    if let (Some(map), Some(properties)) = (all.as_object_mut(), schema.get("properties").and_then(|p| p.as_object())) {
        for (name, property) in properties {
            if let Some(default) = property.get("default").filter(|d| !d.is_null())
                && !map.contains_key(name)
            {
                map.insert(name.clone(), default.clone());
            }
        }
    }
    all
}

fn sections(study: &Study, done: &[Done]) -> Result<Vec<Section>, Vec<Problem>> {
    let spec = &study.spec.section;
    if spec.is_empty() {
        return Ok(done
            .iter()
            .map(|(step, _)| Section {
                title: step.title.clone(),
                quote: Text::default(),
                quote_source: Text::default(),
                text: Text::default(),
                show: vec![Show { step: step.id.clone(), item: None }],
            })
            .collect());
    }
    let mut problems = Vec::new();
    let sections = spec
        .iter()
        .map(|s| Section {
            title: Text::new(&s.title, &s.title_zh),
            quote: Text::new(if s.quote_en.is_empty() { &s.quote } else { &s.quote_en }, &s.quote),
            quote_source: Text::new(
                if s.quote_source_en.is_empty() { &s.quote_source } else { &s.quote_source_en },
                &s.quote_source,
            ),
            text: Text::new(&s.text, &s.text_zh),
            show: s.show.iter().filter_map(|name| show(name, study, done, &mut problems)).collect(),
        })
        .collect();
    if problems.is_empty() { Ok(sections) } else { Err(problems) }
}

fn show(name: &str, study: &Study, done: &[Done], problems: &mut Vec<Problem>) -> Option<Show> {
    let (id, item) = name.split_once('.').map_or((name, None), |(id, item)| (id, Some(item)));
    let (step, _) = done.iter().find(|(s, _)| s.id == id)?;
    if let Some(item) = item {
        let items: Vec<&str> =
            step.output.figures.iter().map(|f| f.id.as_str()).chain(step.output.tables.iter().map(|t| t.id.as_str())).collect();
        if !items.contains(&item) {
            let span = find_text(study, name);
            problems.push(
                at(Problem::error("unknown-item", format!("Step `{id}` has no figure or table `{item}`.")), &span)
                    .help(format!("It has {}.", items.join(", ")))
                    .did_you_mean(item, items.iter().copied()),
            );
        }
    }
    Some(Show { step: id.to_owned(), item: item.map(str::to_owned) })
}

/// Where a text stands among the sections.
fn find_text(study: &Study, text: &str) -> std::ops::Range<usize> {
    fn find(node: &spec::tree::Node, text: &str) -> Option<std::ops::Range<usize>> {
        if node.as_str() == Some(text) {
            return Some(node.span.clone());
        }
        node.items().iter().chain(node.entries().iter().map(|(_, n)| n)).find_map(|n| find(n, text))
    }
    study.tree.get("section").and_then(|n| find(n, text)).unwrap_or(0..0)
}
