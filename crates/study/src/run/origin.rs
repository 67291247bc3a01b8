//! What the variables of steps are made of, so that later steps can tell what is shared and what has no course.

use std::collections::BTreeSet;

use panel::{Origin, Panel};

use super::{Runner, dependency};
use crate::{
    finding::{Finding, Weight},
    methods,
    spec::StepSpec,
    text::Text,
};

impl Runner<'_> {
    /// Origin of an output variable: what its method says, else all that the options of its step name.
    pub(super) fn origin(&self, step: &StepSpec, name: &str) -> Origin {
        let data = self.sets.iter().find(|s| s.name == step.header.data).map(|s| &s.panel);
        let column = |name: &str| match data.and_then(|p| p.variable(name)) {
            Some(v) if !v.meaning.origin.made_of.is_empty() => v.meaning.origin.made_of.clone(),
            _ => vec![name.to_owned()],
        };
        let own = methods::entry(&step.header.method).map(|e| (e.origins)(self.folder, &step.options));
        let (made_of, per_period): (BTreeSet<String>, bool) = match own.and_then(|mut all| all.remove(name)) {
            Some(origin) => (origin.made_of.iter().flat_map(|n| column(n)).collect(), origin.per_period),
            None => {
                let (mut made_of, mut per_period) = (BTreeSet::new(), false);
                for m in step.mentions.iter().filter(|m| m.role == "variable") {
                    match m.name.split_once('.').zip(dependency(self.study, &m.name)) {
                        Some(((_, variable), earlier)) if data.is_none_or(|p| p.variable(&m.name).is_none()) => {
                            let origin = self.origin(earlier, variable);
                            made_of.extend(origin.made_of);
                            per_period |= origin.per_period;
                        }
                        _ => made_of.extend(column(&m.name)),
                    }
                }
                (made_of, per_period)
            }
        };
        Origin { made_of: made_of.into_iter().collect(), per_period }
    }
}

/// CI004 for a step that reads a course over time from variables whose scale is another one in each period.
pub(super) fn without_course(step: &StepSpec, panel: &Panel) -> Vec<Finding> {
    if !methods::entry(&step.header.method).is_some_and(|e| e.over_time) || panel.period_set().len() < 2 {
        return Vec::new();
    }
    let mut names: Vec<&str> = step.mentions.iter().filter(|m| m.role == "variable").map(|m| m.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let moving = |name: &&str| panel.variable(name).is_some_and(|v| v.meaning.origin.per_period);
    let told = |name: &str| Finding {
        code: "CI004".to_owned(),
        weight: Weight::Error,
        place: Text::plain(name),
        message: Text::new(
            format!("`{name}` has a scale of its own in each period: what is said here of its course over time is an artefact."),
            format!("`{name}` 各期尺度不同：此处关于其随时间变化的结论均为人为结果。"),
        ),
    };
    names.into_iter().filter(moving).map(told).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use crate::run::{Silent, run_text};

    const FRAMEWORK: &str = "title = 'Small'
[[dimension]]
id = 'people'
[[dimension.indicator]]
id = 'skill'
formula = 'graduates / population'
direction = 'positive'
source = 'Yearbook'
[[dimension]]
id = 'tools'
[[dimension.indicator]]
id = 'machines'
formula = 'equipment / rich'
direction = 'positive'
source = 'Yearbook'
";

    /// Findings of the steps after `index`, by code and place.
    fn findings(index: &str, steps: &str) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f.toml"), FRAMEWORK).unwrap();
        let mut csv = "unit,year,graduates,population,equipment,gdp,tfp\n".to_owned();
        for (u, t) in (0..8).flat_map(|u| (0..3).map(move |t| (u, t))) {
            let noise = |k: usize| (u * 37 + k * 61 + t * 29 + u * u * (k + 3)) % 97;
            csv.push_str(&format!("u{u},{},{},{},{},{},{}\n", 2000 + t, noise(1) + 5, 100, noise(2) + 9, 200 + u, noise(3) + 1));
        }
        fs::write(folder.path().join("data.csv"), csv).unwrap();
        let text = format!(
            "title = 'Study'
[data.all]
file = 'data.csv'
unit = 'unit'
period = 'year'
derived = {{ rich = 'gdp / population' }}
[steps.index]
method = 'index'
data = 'all'
framework = 'f.toml'
uncertainty = false
{index}
{steps}"
        );
        let done = run_text(&text, Path::new("study.toml"), folder.path(), None, &Silent).unwrap_or_else(|f| panic!("{f:?}"));
        let later = done.result.steps.iter().filter(|s| s.id != "index").flat_map(|s| &s.output.findings);
        later.map(|f| (f.code.clone(), format!("{}: {}", f.place.en, f.message.en))).collect()
    }

    const LINK: &str = "[steps.link]
method = 'link'
data = 'all'
index = ['index.people', 'index.tools']
beside = ['tfp', 'gdp']
bootstrap = 0
";

    #[test]
    fn an_index_beside_what_it_is_made_of_is_told() {
        let found = findings("", LINK);
        assert_eq!(found.len(), 1, "{found:?}");
        // Through the formula of the framework and that of the study.
        assert!(
            found[0].0 == "CI006" && found[0].1.starts_with("index.tools, gdp: `index.tools` and `gdp` are both"),
            "{found:?}"
        );
    }

    #[test]
    fn systems_with_a_common_denominator_are_told() {
        let coupling = "[steps.coupling]
method = 'coupling'
data = 'all'
systems = ['index.people', 'index.tools']
high = 100.0
";
        let found = findings("", coupling);
        let shared: Vec<_> = found.iter().filter(|f| f.0 == "CI006").collect();
        assert!(shared.len() == 1 && shared[0].1.contains("both computed from population:"), "{found:?}");
    }

    #[test]
    fn a_course_of_scales_taken_anew_is_an_error() {
        let found = findings("goalposts = 'per-period'", LINK);
        let moving: Vec<&str> = found.iter().filter(|f| f.0 == "CI004").map(|f| f.1.split(':').next().unwrap()).collect();
        assert_eq!(moving, ["index.people", "index.tools"], "{found:?}");
        // Through a step in between, whose own variable inherits it.
        let chain = "[steps.coupling]
method = 'coupling'
data = 'all'
systems = ['index.people', 'index.tools']
high = 100.0
[steps.grey]
method = 'inequality'
data = 'all'
variable = 'coupling.d'
bootstrap = 0
";
        let found = findings("goalposts = 'per-period'", chain);
        let moving: Vec<&str> = found.iter().filter(|f| f.0 == "CI004").map(|f| f.1.split(':').next().unwrap()).collect();
        assert_eq!(moving, ["index.people", "index.tools", "coupling.d"], "{found:?}");
        assert!(findings("", chain).iter().all(|f| f.0 != "CI004"));
    }
}
