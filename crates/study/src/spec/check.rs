//! Checks a tree against a JSON schema, reporting every problem with its place. The same schema is
//! what editors complete from and what the command line takes its flags from, so nothing can be
//! allowed in one of the three and refused in another.

use std::ops::Range;

use panel::{Place, Problem};
use serde_json::Value;

use super::tree::{Kind, Node};
use crate::methods;

/// A text of the file that names something else: a variable, a group column, a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The `x-role` of its field.
    pub role: String,
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Range<usize>,
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Everything wrong.
    pub problems: Vec<Problem>,
    /// Every name with a role.
    pub mentions: Vec<Mention>,
}

/// Checks `node` against `schema`. `path` names the node in messages, e.g. `steps.dea`.
pub fn check(node: &Node, schema: &Value, path: &str) -> Report {
    let mut report = Report::default();
    Checker { root: schema, report: &mut report }.visit(node, schema, path);
    report
}

struct Checker<'a> {
    root: &'a Value,
    report: &'a mut Report,
}

impl<'a> Checker<'a> {
    fn problem(&mut self, code: &str, span: &Range<usize>, what: String) -> &mut Problem {
        self.report.problems.push(Problem::error(code, what).at(Place { span: Some(span.clone()), ..Place::default() }));
        self.report.problems.last_mut().expect("just pushed")
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')).and_then(|p| self.root.pointer(p)) {
            Some(target) => self.resolve(target),
            None => schema,
        }
    }

    fn visit(&mut self, node: &Node, schema: &'a Value, path: &str) {
        let schema = self.resolve(schema);
        if let Some(alternatives) = alternatives(schema) {
            self.visit_alternatives(node, alternatives, path);
            return;
        }
        if let Some(allowed) = choices(schema) {
            self.visit_choice(node, &allowed, path);
            return;
        }
        if !types(schema).is_empty() && !types(schema).iter().any(|t| fits(node, t)) {
            let expected = types(schema).iter().map(|t| in_words(t)).collect::<Vec<_>>().join(" or ");
            self.problem("wrong-type", &node.span, format!("`{path}` is {}, but must be {expected}.", node.describe()));
            return;
        }
        match &node.kind {
            Kind::Table(_) => self.visit_table(node, schema, path),
            Kind::Array(items) => {
                if let Some(least) = schema.get("minItems").and_then(Value::as_u64).filter(|&m| (items.len() as u64) < m) {
                    self.problem(
                        "too-few",
                        &node.span,
                        format!("`{path}` needs at least {least} entries, it has {}.", items.len()),
                    );
                }
                if let Some(of) = schema.get("items") {
                    for item in items {
                        self.visit(item, of, path);
                    }
                    self.mention_items(items, schema);
                }
            }
            Kind::Integer(i) => self.visit_range(*i as f64, node, schema, path),
            Kind::Float(x) => self.visit_range(*x, node, schema, path),
            Kind::String(name) => self.mention(name, &node.span, schema),
            Kind::Bool(_) => {}
        }
    }

    fn visit_table(&mut self, node: &Node, schema: &'a Value, path: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in node.entries() {
            let at = if path.is_empty() { key.name.clone() } else { format!("{path}.{}", key.name) };
            match (properties.and_then(|p| p.get(&key.name)), others) {
                (Some(property), _) => self.visit(value, property, &at),
                (None, Some(other @ Value::Object(_))) => self.visit(value, other, &at),
                (None, Some(Value::Bool(false))) => {
                    let known: Vec<&str> = properties.map(|p| p.keys().map(String::as_str).collect()).unwrap_or_default();
                    let place = if path.is_empty() { "a study file".to_owned() } else { format!("`{path}`") };
                    let problem = self.problem("unknown-key", &key.span, format!("`{}` is not a setting of {place}.", key.name));
                    let elsewhere = elsewhere(&key.name);
                    *problem = if path.is_empty() || elsewhere.is_empty() {
                        let list = format!("Known here: {}.", known.join(", "));
                        problem.clone().help(list).did_you_mean(&key.name, known)
                    } else {
                        problem.clone().help(format!(
                            "It is a setting of {}. Known here: {}.",
                            elsewhere.join(", "),
                            known.join(", ")
                        ))
                    };
                }
                (None, _) => {}
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if node.get(name).is_none() {
                let what = if path.is_empty() { format!("`{name}` is missing.") } else { format!("`{path}` needs `{name}`.") };
                let help = properties
                    .and_then(|p| p.get(name))
                    .and_then(|s| s.get("description"))
                    .and_then(Value::as_str)
                    .map(|d| d.lines().next().unwrap_or_default().to_owned());
                let problem = self.problem("missing-key", &(node.span.start..node.span.start), what);
                problem.help = help.unwrap_or_default();
            }
        }
    }

    fn visit_choice(&mut self, node: &Node, allowed: &[&str], path: &str) {
        match node.as_str() {
            Some(given) if allowed.contains(&given) => {}
            given => {
                let shown = given.map_or_else(|| node.describe().to_owned(), |g| format!("`{g}`"));
                let problem = self.problem(
                    "unknown-choice",
                    &node.span,
                    format!("`{path}` cannot be {shown}; it is one of {}.", allowed.join(", ")),
                );
                if let Some(given) = given {
                    *problem = problem.clone().did_you_mean(given, allowed.iter().copied());
                }
            }
        }
    }

    /// An untagged value: right if one alternative has nothing to say against it, otherwise judged
    /// by the alternative that comes closest.
    fn visit_alternatives(&mut self, node: &Node, alternatives: &'a [Value], path: &str) {
        let mut best: Option<Report> = None;
        for schema in
            alternatives.iter().map(|s| self.resolve(s)).filter(|s| s.get("type").and_then(Value::as_str) != Some("null"))
        {
            let mut report = Report::default();
            Checker { root: self.root, report: &mut report }.visit(node, schema, path);
            let better = best.as_ref().is_none_or(|b| distance(&report) < distance(b));
            if better {
                best = Some(report);
            }
        }
        if let Some(best) = best {
            self.report.problems.extend(best.problems);
            self.report.mentions.extend(best.mentions);
        }
    }

    fn visit_range(&mut self, x: f64, node: &Node, schema: &Value, path: &str) {
        let bound = |name| schema.get(name).and_then(Value::as_f64);
        let wrong = bound("minimum").filter(|m| x < *m).map(|m| format!("at least {m}"));
        let wrong = wrong.or_else(|| bound("maximum").filter(|m| x > *m).map(|m| format!("at most {m}")));
        let wrong = wrong.or_else(|| bound("exclusiveMinimum").filter(|m| x <= *m).map(|m| format!("more than {m}")));
        let wrong = wrong.or_else(|| bound("exclusiveMaximum").filter(|m| x >= *m).map(|m| format!("less than {m}")));
        if let Some(wrong) = wrong {
            self.problem("out-of-range", &node.span, format!("`{path}` is {x}, but must be {wrong}."));
        }
    }

    fn mention(&mut self, name: &str, span: &Range<usize>, schema: &Value) {
        if let Some(role) = schema.get("x-role").and_then(Value::as_str) {
            self.report.mentions.push(Mention { role: role.to_owned(), name: name.to_owned(), span: span.clone() });
        }
    }

    fn mention_items(&mut self, items: &[Node], schema: &Value) {
        for item in items {
            if let Some(name) = item.as_str() {
                self.mention(name, &item.span, schema);
            }
        }
    }
}

/// The methods that have a setting of this name.
fn elsewhere(name: &str) -> Vec<String> {
    let has = |e: &&methods::Entry| (e.schema)().get("properties").is_some_and(|p| p.get(name).is_some());
    methods::entries().iter().filter(has).map(|e| format!("`{}`", e.name)).collect()
}

/// The alternatives of an untagged value; `None` for anything else, also for a plain list of choices.
fn alternatives(schema: &Value) -> Option<&[Value]> {
    let list = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    choices(schema).is_none().then_some(list)
}

/// The allowed words of a schema that is a choice among words.
pub fn choices(schema: &Value) -> Option<Vec<&str>> {
    if let Some(word) = schema.get("const") {
        return word.as_str().map(|w| vec![w]);
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.iter().filter_map(Value::as_str).collect());
    }
    let list = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let words: Option<Vec<Vec<&str>>> =
        list.iter().filter(|s| s.get("type").and_then(Value::as_str) != Some("null")).map(choices).collect();
    words.map(|w| w.concat())
}

/// The JSON types a schema allows, `null` left out.
pub fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(t)) => vec![t],
        Some(Value::Array(ts)) => ts.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => Vec::new(),
    }
}

fn fits(node: &Node, kind: &str) -> bool {
    matches!(
        (&node.kind, kind),
        (Kind::Bool(_), "boolean")
            | (Kind::Integer(_), "integer" | "number")
            | (Kind::Float(_), "number")
            | (Kind::String(_), "string")
            | (Kind::Array(_), "array")
            | (Kind::Table(_), "object")
    )
}

fn in_words(kind: &str) -> &str {
    match kind {
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "a text",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

/// How far a value is from an alternative: a wrong type is further away than wrong content.
fn distance(report: &Report) -> usize {
    report.problems.iter().map(|p| if p.code == "wrong-type" { 100 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;
    use crate::spec::{schema, tree};

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[schemars(deny_unknown_fields)]
    struct Options {
        #[schemars(extend("x-role" = "variable"), length(min = 1))]
        inputs: Vec<String>,
        #[schemars(range(min = 0.0, max = 1.0))]
        alpha: Option<f64>,
        /// How returns to scale are assumed.
        returns: Option<Returns>,
        share: Option<Share>,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(rename_all = "lowercase")]
    enum Returns {
        /// Constant.
        Crs,
        /// Variable.
        Vrs,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(untagged)]
    enum Share {
        Number(f64),
        Variable(#[schemars(extend("x-role" = "variable"))] String),
    }

    fn report(text: &str) -> Report {
        check(&tree::parse(text).unwrap(), &schema::of::<Options>(), "steps.dea")
    }

    fn codes(text: &str) -> Vec<String> {
        report(text).problems.into_iter().map(|p| p.code).collect()
    }

    #[test]
    fn sound_options_pass_and_their_names_are_collected() {
        let r = report("inputs = ['k', 'l']\nalpha = 1\nreturns = 'vrs'\nshare = 0.4\n");
        assert_eq!(r.problems, []);
        assert_eq!(r.mentions.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["k", "l"]);
        assert_eq!(report("inputs = ['k']\nshare = 'wage'\n").mentions.len(), 2);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let found = codes("input = ['k']\nalpha = 2\nreturns = 'vsr'\nshare = true\n");
        assert_eq!(found, ["unknown-key", "out-of-range", "unknown-choice", "wrong-type", "missing-key"]);
    }

    #[test]
    fn slips_get_a_suggestion_with_a_place() {
        let r = report("inputs = ['k']\nreturns = 'vsr'\n");
        assert!(r.problems[0].help.contains("did you mean `vrs`?"), "{}", r.problems[0]);
        assert_eq!(r.problems[0].place.span, Some(25..30));
    }

    #[test]
    fn an_empty_list_is_refused_where_one_is_needed() {
        assert_eq!(codes("inputs = []\n"), ["too-few"]);
    }
}
