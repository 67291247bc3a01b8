//! Built-in frameworks: `framework = "builtin:NAME"`, and texts to adapt (`xinzhi frameworks`).

use std::path::Path;

use panel::{Place, Problem};

use super::{Read, finish, parse};

/// What a built-in framework is asked for by.
const PREFIX: &str = "builtin:";

macro_rules! text {
    ($file:literal) => {
        include_str!(concat!("../../frameworks/", $file, ".toml"))
    };
}

/// A framework that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Name, after `builtin:`.
    pub name: &'static str,
    /// What it is for, in English and Chinese.
    pub about: (&'static str, &'static str),
    text: &'static str,
    /// What stands for the words in braces of a text that several frameworks share.
    words: &'static [(&'static str, &'static str)],
}

/// In alphabetical order.
static ALL: &[Builtin] = &[
    Builtin {
        name: "attributes",
        about: ("Technology, green and digital attributes of regions", "区域的科技、绿色、数字属性"),
        text: text!("attributes"),
        words: &[],
    },
    Builtin {
        name: "education-science-talent",
        about: ("Education, science and talent, three systems to couple", "教育、科技、人才三系统，可作耦合"),
        text: text!("education-science-talent"),
        words: &[],
    },
    Builtin {
        name: "elements",
        about: ("Labourers, means and objects of labour", "劳动者、劳动资料、劳动对象"),
        text: text!("elements"),
        words: &[],
    },
    Builtin {
        name: "forces-relations",
        about: ("Productive forces and production relations, two systems to couple", "生产力与生产关系两系统，可作耦合"),
        text: text!("forces-relations"),
        words: &[],
    },
    Builtin {
        name: "four-chains",
        about: ("Chains of innovation, industry, capital and talent", "创新链、产业链、资金链、人才链"),
        text: text!("four-chains"),
        words: &[],
    },
    Builtin {
        name: "high-quality-development",
        about: ("Innovation, coordination, green, openness, sharing", "创新、协调、绿色、开放、共享"),
        text: text!("high-quality-development"),
        words: &[],
    },
    Builtin {
        name: "higher-education-applied",
        about: ("Applied universities: match and training weigh most", "应用型高校：匹配与培养权重最高"),
        text: text!("higher-education"),
        words: &[
            ("{type}", "applied"),
            ("{type_zh}", "应用型"),
            ("{teaching}", "0.25"),
            ("{research}", "0.15"),
            ("{service}", "0.20"),
            ("{match}", "0.25"),
            ("{staff}", "0.15"),
        ],
    },
    Builtin {
        name: "higher-education-research",
        about: ("Research universities: research weighs most", "研究型高校：科研权重最高"),
        text: text!("higher-education"),
        words: &[
            ("{type}", "research"),
            ("{type_zh}", "研究型"),
            ("{teaching}", "0.20"),
            ("{research}", "0.35"),
            ("{service}", "0.20"),
            ("{match}", "0.10"),
            ("{staff}", "0.15"),
        ],
    },
    Builtin {
        name: "higher-education-vocational",
        about: ("Vocational colleges: training and match weigh most", "职业院校：培养与匹配权重最高"),
        text: text!("higher-education"),
        words: &[
            ("{type}", "vocational"),
            ("{type_zh}", "职业型"),
            ("{teaching}", "0.30"),
            ("{research}", "0.05"),
            ("{service}", "0.15"),
            ("{match}", "0.30"),
            ("{staff}", "0.20"),
        ],
    },
    Builtin {
        name: "supply-demand",
        about: ("New supply and new demand, two systems to couple", "新供给与新需求两系统，可作耦合"),
        text: text!("supply-demand"),
        words: &[],
    },
];

impl Builtin {
    /// The framework as a TOML file, comments included.
    pub fn text(&self) -> String {
        self.words.iter().fold(self.text.to_owned(), |t, (word, stands)| t.replace(word, stands))
    }
}

/// All built-in frameworks, by name.
pub fn all() -> &'static [Builtin] {
    ALL
}

/// The built-in framework of a name.
pub fn get(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|b| b.name == name)
}

/// The name of a built-in framework, where a study asks for one instead of a file.
pub fn name(framework: &str) -> Option<&str> {
    framework.strip_prefix(PREFIX)
}

/// What is wrong with the name of a built-in framework.
pub fn unknown(name: &str) -> Problem {
    let known: Vec<&str> = ALL.iter().map(|b| b.name).collect();
    Problem::error("unknown-framework", format!("There is no built-in framework `{name}`."))
        .help(format!("Built in are {}.", known.join(", ")))
        .did_you_mean(name, known)
}

/// Reads a built-in framework.
///
/// # Errors
/// An unknown name.
pub fn read(name: &str) -> Result<Read, Vec<Problem>> {
    let shown = format!("{PREFIX}{name}");
    let builtin = get(name)
        .ok_or_else(|| vec![unknown(name).at(Place { file: Some(Path::new(&shown).to_owned()), ..Place::default() })])?;
    parse(&builtin.text(), &shown).and_then(|(file, spots)| finish(file, spots))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use index::Verification;

    use super::*;

    #[test]
    fn every_framework_is_whole_in_both_languages() {
        assert!(ALL.windows(2).all(|w| w[0].name < w[1].name));
        for b in ALL {
            let read = read(b.name).unwrap_or_else(|p| panic!("{}: {p:#?}", b.name));
            assert!(!b.text().contains(['{', '}']), "{}", b.name);
            assert!(!read.title.en.is_empty() && !read.title.zh.is_empty(), "{}", b.name);
            // The choice of indicators is ours, and a reader is told.
            assert_eq!(read.verification, Verification::Unverified, "{}", b.name);
            assert!(read.verification_note.contains("choice of indicators"), "{}", b.name);
            let tree = read.framework.tree().unwrap();
            let mut ids = BTreeSet::new();
            for n in tree.nodes.iter().skip(1).map(|n| n.node) {
                assert!(ids.insert(n.id.clone()), "{} {}", b.name, n.id);
                let both = [&n.label, &n.description];
                assert!(both.iter().all(|w| !w.en.is_empty() && !w.zh.is_empty() && w.en != w.zh), "{} {}", b.name, n.id);
                assert!(!n.source.is_empty(), "{} {}", b.name, n.id);
            }
            for l in &tree.leaves {
                assert!(ids.insert(l.id.clone()), "{} {}", b.name, l.id);
                let all = [&l.label.en, &l.label.zh, &l.description.en, &l.description.zh, &l.unit.en, &l.unit.zh, &l.source];
                assert!(all.iter().all(|t| !t.is_empty()), "{} {}", b.name, l.id);
            }
            // The list of variables at the head of the file is that of its formulas.
            let text = b.text();
            let listed: BTreeSet<String> = text
                .lines()
                .skip(1)
                .map_while(|l| l.strip_prefix("#   "))
                .filter_map(|l| l.split_whitespace().next())
                .map(str::to_owned)
                .collect();
            assert_eq!(listed, read.needs(), "{}", b.name);
        }
    }

    #[test]
    fn types_of_universities_stress_different_dimensions() {
        let stress = |name: &str| {
            let read = read(name).unwrap();
            let w: Vec<f64> = read.framework.root.nodes.iter().map(|n| n.weight.unwrap()).collect();
            assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{name}: {w:?}");
            w[1]
        };
        let [a, b, c] = ["research", "applied", "vocational"].map(|t| stress(&format!("higher-education-{t}")));
        assert!(a > b && b > c);
    }

    /// Statements are quoted exactly: what stands in 「」 is found in the list of statements.
    #[test]
    #[expect(clippy::print_stderr, reason = "says that it skips")]
    fn statements_are_quoted_exactly() {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/notes/theory.md");
        let Ok(theory) = std::fs::read_to_string(&list) else {
            eprintln!("skipped: ../shared is absent");
            return;
        };
        for b in ALL {
            for n in &read(b.name).unwrap().framework.root.nodes {
                for words in [&n.description.en, &n.description.zh] {
                    let quote = words.split_once('「').and_then(|(_, r)| r.split_once('」')).map(|(q, _)| q);
                    let quote = quote.unwrap_or_else(|| panic!("{} {} quotes nothing", b.name, n.id));
                    assert!(theory.contains(quote), "{} {}: {quote}", b.name, n.id);
                }
            }
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest() {
        let problems = read("element").unwrap_err();
        assert_eq!(problems[0].code, "unknown-framework");
        assert!(problems[0].help.contains("did you mean `elements`?"));
    }
}
