//! What the template shows, in order, as pieces of finished HTML.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};
use study::{
    finding::{Finding, Weight},
    result::{Show, Step, StudyResult},
    text::Text,
};

use super::{parts, safe, table, words::Words};
use crate::{Units, draw::svg::escape, files::Names, number};

/// Findings of one code that the page carries; the file has all.
const MOST: usize = 100;

/// Builds the pieces; counts figures and tables as they appear.
pub struct View<'a> {
    result: &'a StudyResult,
    units: &'a Units,
    names: &'a Names,
    words: Words,
    figures: usize,
    tables: usize,
    ids: Vec<String>,
    /// Units with a mark or a row, as the page writes them.
    shown: BTreeSet<String>,
}

impl<'a> View<'a> {
    /// Of a result.
    pub fn new(result: &'a StudyResult, units: &'a Units, names: &'a Names, words: Words) -> Self {
        Self { result, units, names, words, figures: 0, tables: 0, ids: Vec::new(), shown: BTreeSet::new() }
    }

    /// Everything below the title, and the units that it shows, as the page writes them.
    pub fn context(mut self) -> (Value, BTreeSet<String>) {
        let sections: Vec<Value> = (0..self.result.sections.len()).map(|i| self.section(i)).collect();
        let count = |weight| super::findings(self.result).filter(|f| f.1.weight == weight).count();
        let context = context! {
            sections,
            summary => self.summary(),
            facts => self.facts(),
            findings => self.findings(),
            finding_counts => context! { error => count(Weight::Error), warning => count(Weight::Warning), info => count(Weight::Info) },
            methods => self.methods(),
            sources => self.sources(),
            checks => self.checks(),
            files => self.files(),
            manifest => context! {
                version => &self.result.manifest.version,
                seed => self.result.manifest.seed.to_string(),
                inputs => &self.result.manifest.inputs,
                steps => &self.result.manifest.steps,
            },
        };
        (context, self.shown)
    }

    fn text(&self, text: &Text) -> Value {
        safe(self.words.text(text))
    }

    fn summary(&self) -> Vec<Value> {
        let first = self.result.steps.iter().filter_map(|s| Some((s, s.output.summary.iter().find(|t| !t.is_empty())?)));
        first
            .map(|(step, sentence)| {
                let id = format!("step-{}", slug(&step.id));
                let href = if self.ids.contains(&id) { Some(id) } else { None };
                context! { text => self.text(sentence), title => self.text(&step.title), href }
            })
            .collect()
    }

    fn facts(&self) -> Vec<Value> {
        let n = |n: usize, en: &str, ens: &str, zh: &str| {
            let number = number::whole(n as i64);
            Text::new(format!("{number} {}", if n == 1 { en } else { ens }), format!("{number} {zh}"))
        };
        let findings = super::findings(self.result).count();
        [
            (self.result.units.len(), n(self.result.units.len(), "unit", "units", "个单元")),
            (self.result.steps.len(), n(self.result.steps.len(), "step", "steps", "个步骤")),
            (self.figures, n(self.figures, "figure", "figures", "幅图")),
            (self.tables, n(self.tables, "table", "tables", "张表")),
            (findings, n(findings, "finding", "findings", "条诊断")),
        ]
        .iter()
        .filter(|f| f.0 > 0)
        .map(|f| self.text(&f.1))
        .collect()
    }

    fn section(&mut self, index: usize) -> Value {
        let section = &self.result.sections[index];
        let id = self.id(&format!("section-{}", index + 1));
        let blocks: Vec<Value> = section.show.iter().map(|show| safe(self.show(show))).collect();
        context! {
            id,
            title => self.text(&section.title),
            quote => if section.quote.is_empty() { Value::UNDEFINED } else { self.text(&section.quote) },
            quote_source => if section.quote_source.is_empty() { Value::UNDEFINED } else { self.text(&section.quote_source) },
            text => if section.text.is_empty() { Value::UNDEFINED } else { safe(self.words.block(&section.text, 3)) },
            blocks,
        }
    }

    /// A step, or one figure or table of it.
    fn show(&mut self, show: &Show) -> String {
        let Some(step) = self.result.steps.iter().find(|s| s.id == show.step) else { return String::new() };
        match &show.item {
            Some(item) => {
                let figure = step.output.figures.iter().position(|f| f.id == *item);
                let table = step.output.tables.iter().position(|t| t.id == *item);
                figure.map(|i| self.figure(step, i)).or_else(|| table.map(|i| self.table(step, i))).unwrap_or_default()
            }
            None => self.step(step),
        }
    }

    fn step(&mut self, step: &Step) -> String {
        let id = self.id(&format!("step-{}", slug(&step.id)));
        let mut out = format!("<section class=\"step\" id=\"{id}\"><h3>{}</h3>", self.words.text(&step.title));
        for sentence in step.output.summary.iter().filter(|t| !t.is_empty()) {
            out.push_str(&format!("<p>{}</p>", self.words.text(sentence)));
        }
        for i in 0..step.output.figures.len() {
            out.push_str(&self.figure(step, i));
        }
        for (i, table) in step.output.tables.iter().enumerate() {
            if table.show {
                out.push_str(&self.table(step, i));
            }
        }
        let rest: Vec<String> = (step.output.tables.iter().enumerate())
            .filter(|(_, t)| !t.show)
            .map(|(i, t)| {
                let file = self.table_file(step, i);
                format!("<a href=\"{}\">{}</a>", escape(&file), self.words.text(&t.title))
            })
            .collect();
        if !rest.is_empty() {
            let more = self.words.text(&Text::new("More tables as files: ", "更多数据表文件："));
            out.push_str(&format!("<p class=\"more\">{more}{}</p>", rest.join(" · ")));
        }
        out.push_str("</section>");
        out
    }

    fn figure(&mut self, step: &Step, index: usize) -> String {
        self.figures += 1;
        let id = self.id(&format!("figure-{}", self.figures));
        let name = Text::new(format!("Figure {}", self.figures), format!("图 {}", self.figures));
        let before: usize = self.before(step).map(|s| s.output.figures.len()).sum();
        let file = self.names.figures.get(before + index).cloned().unwrap_or_default();
        let html = parts::figure(&step.output.figures[index], self.units, self.words, &id, &self.words.text(&name), &file);
        self.seen(html)
    }

    fn table(&mut self, step: &Step, index: usize) -> String {
        self.tables += 1;
        let id = self.id(&format!("table-{}", self.tables));
        let name = Text::new(format!("Table {}", self.tables), format!("表 {}", self.tables));
        let file = self.table_file(step, index);
        let html = table::html(&step.output.tables[index], self.units, self.words, &id, &self.words.text(&name), &file);
        self.seen(html)
    }

    /// Takes note of the units in a piece of the page.
    fn seen(&mut self, html: String) -> String {
        let units = html.split(" data-unit=\"").skip(1).filter_map(|rest| rest.split('"').next());
        self.shown.extend(units.map(str::to_owned));
        html
    }

    fn table_file(&self, step: &Step, index: usize) -> String {
        let before: usize = self.before(step).map(|s| s.output.tables.len()).sum();
        self.names.tables.get(before + index).cloned().unwrap_or_default()
    }

    fn before<'s>(&self, step: &'s Step) -> impl Iterator<Item = &'a Step> + use<'a, 's> {
        self.result.steps.iter().take_while(move |s| s.id != step.id)
    }

    /// An identifier of the page that is not taken yet.
    fn id(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let mut again = 1;
        while self.ids.contains(&id) {
            again += 1;
            id = format!("{wanted}-{again}");
        }
        self.ids.push(id.clone());
        id
    }

    fn findings(&self) -> Vec<Value> {
        let mut codes: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for (_, finding) in super::findings(self.result) {
            codes.entry(&finding.code).or_default().push(finding);
        }
        let mut codes: Vec<_> = codes.into_iter().collect();
        let worst = |findings: &[&Finding]| findings.iter().map(|f| f.weight).max().unwrap_or(Weight::Info);
        codes.sort_by(|a, b| worst(&b.1).cmp(&worst(&a.1)).then(a.0.cmp(b.0)));
        codes
            .into_iter()
            .map(|(code, mut list)| {
                let weight = worst(&list);
                list.sort_by_key(|f| std::cmp::Reverse(f.weight));
                let (title, page) = self.finding_page(code);
                let items: Vec<Value> = list
                    .iter()
                    .take(MOST)
                    .map(|f| context! { weight => weight_name(f.weight), place => self.text(&f.place), message => self.text(&f.message) })
                    .collect();
                context! {
                    code,
                    weight => weight_name(weight),
                    title,
                    page,
                    count => list.len(),
                    hidden => list.len().saturating_sub(MOST),
                    items,
                }
            })
            .collect()
    }

    fn finding_page(&self, code: &str) -> (Value, Value) {
        match study::findings::page(code) {
            Some(page) => {
                let body = self.words.block(&Text::new(page.en, page.zh), 4);
                (self.text(&Text::new(page.title.0, page.title.1)), safe(body))
            }
            None => (Value::from(""), Value::from("")),
        }
    }

    fn methods(&self) -> Vec<Value> {
        let mut names: Vec<&str> = Vec::new();
        for step in &self.result.steps {
            if !names.contains(&step.method.as_str()) {
                names.push(&step.method);
            }
        }
        names
            .into_iter()
            .map(|name| {
                let steps: Vec<Value> = self
                    .result
                    .steps
                    .iter()
                    .filter(|s| s.method == name)
                    .map(|s| context! { id => &s.id, title => self.text(&s.title), data => &s.data, options => pretty(&s.options) })
                    .collect();
                let (title, body) = match study::methods::page(name) {
                    Some(page) => (
                        self.text(&Text::new(page.title.0, page.title.1)),
                        safe(self.words.block(&Text::new(page.en, page.zh), 4)),
                    ),
                    None => (Value::from(name), Value::from("")),
                };
                context! { name, title, body, steps }
            })
            .collect()
    }

    fn sources(&self) -> Vec<Value> {
        let row = |v: &study::result::SourceVariable| {
            let m = &v.meaning;
            let label = Text::new(if m.label_en.is_empty() { &m.label_zh } else { &m.label_en }, m.label_zh.as_str());
            context! {
                name => &v.name, label => self.text(&label), unit => &m.unit, price => &m.price_base, vintage => &m.vintage,
                source => &m.source, missing => number::whole(v.missing as i64), formula => &v.formula,
            }
        };
        let any = |s: &study::result::Source, f: fn(&study::result::SourceVariable) -> bool| s.variables.iter().any(f);
        self.result
            .sources
            .iter()
            .map(|s| {
                context! {
                    name => &s.name,
                    file => &s.file,
                    coverage => self.text(&s.coverage),
                    has_price => any(s, |v| !v.meaning.price_base.is_empty()),
                    has_vintage => any(s, |v| !v.meaning.vintage.is_empty()),
                    has_formula => any(s, |v| !v.formula.is_empty()),
                    rows => s.variables.iter().map(row).collect::<Vec<_>>(),
                }
            })
            .collect()
    }

    fn checks(&self) -> Vec<Value> {
        let all = self.result.steps.iter().flat_map(|s| s.output.checks.iter().map(move |c| (s, c)));
        all.map(|(step, check)| {
            context! {
                step => self.text(&step.title),
                name => self.text(&check.name),
                residual => number::scientific(check.residual),
                tolerance => number::scientific(check.tolerance),
                holds => check.residual <= check.tolerance,
            }
        })
        .collect()
    }

    fn files(&self) -> Vec<Value> {
        let tables = self.result.steps.iter().flat_map(|s| s.output.tables.iter().map(move |t| (s, t)));
        self.names
            .tables
            .iter()
            .zip(tables)
            .map(|(file, (step, table))| {
                let rows = number::whole(table.len() as i64);
                context! { file, step => self.text(&step.title), title => self.text(&table.title), rows }
            })
            .collect()
    }
}

fn weight_name(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Info => "info",
    }
}

/// Options over several lines; as given where they are not JSON.
fn pretty(options: &str) -> String {
    serde_json::from_str::<serde_json::Value>(options)
        .ok()
        .filter(|v| v.as_object().is_none_or(|o| !o.is_empty()))
        .map_or_else(|| options.to_owned(), |v| serde_json::to_string_pretty(&v).unwrap_or_default())
}

fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect()
}
