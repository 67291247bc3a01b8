//! Judgements in a framework file: comparisons of what stands below a dimension.

use std::collections::BTreeMap;

use index::judgement::{BestWorst, Cards, Comparisons, Group, Judgement, JudgementError, Priority, RandomIndex};
use schemars::JsonSchema;
use serde::Deserialize;

/// What is held of what stands right below, instead of a weight for each. Exactly one of three kinds: `matrix` or
/// `matrices` (pairwise comparisons), `best` and `worst` (best-worst method), `cards` (deck of cards).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementFile {
    /// Ids in the order of the rows of the matrix; the order of the file where left out.
    pub of: Option<Vec<String>>,
    /// Pairwise comparisons: how many times the row is as important as the column, 1 to 9 or their reciprocals.
    pub matrix: Option<Vec<Vec<f64>>>,
    /// One matrix for each member of a group.
    pub matrices: Option<Vec<Vec<Vec<f64>>>>,
    /// Weights of the members of a group; equal where left out.
    pub voices: Option<Vec<f64>>,
    /// How priorities are read from a matrix.
    pub priority: Option<Priority>,
    /// How a group is made one.
    pub group: Option<Group>,
    /// What consistency is measured against.
    pub random_index: Option<RandomIndex>,
    /// Id of the most important.
    pub best: Option<String>,
    /// Id of the least important.
    pub worst: Option<String>,
    /// How many times the best is as important as each, by id; 1 at the best itself.
    pub best_to_others: Option<BTreeMap<String, f64>>,
    /// How many times each is as important as the worst, by id; 1 at the worst itself.
    pub others_to_worst: Option<BTreeMap<String, f64>>,
    /// Ids on each card, the least important card first.
    pub cards: Option<Vec<Vec<String>>>,
    /// Blank cards between a card and the next; none where left out.
    pub blanks: Option<Vec<u32>>,
    /// How many times the top card is as important as the bottom card.
    pub ratio: Option<f64>,
}

impl JudgementFile {
    /// The judgement over children in their order.
    ///
    /// # Errors
    /// Everything wrong with it, one sentence each, in the order of the file.
    pub(super) fn read(self, children: &[&str]) -> Result<Judgement, Vec<String>> {
        let kinds: Vec<&str> = [
            ("matrix", self.matrix.is_some()),
            ("matrices", self.matrices.is_some()),
            ("best", self.best.is_some() || self.worst.is_some()),
            ("cards", self.cards.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, there)| there.then_some(name))
        .collect();
        if kinds.len() != 1 {
            let found = if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") };
            return Err(vec![format!(
                "a judgement is a matrix, matrices, best and worst, or cards: exactly one of these, found {found}"
            )]);
        }
        let mut problems = self.strays(kinds[0]);
        let judgement = match kinds[0] {
            "best" => self.best_worst(children, &mut problems),
            "cards" => self.deck(children, &mut problems),
            _ => self.pairwise(children, &mut problems),
        };
        if problems.is_empty() { Ok(judgement) } else { Err(problems) }
    }

    /// Keys that belong to another kind and would do nothing.
    fn strays(&self, kind: &str) -> Vec<String> {
        let matrix = ["matrix", "matrices"].contains(&kind);
        [
            ("of", self.of.is_some(), matrix),
            ("voices", self.voices.is_some(), kind == "matrices"),
            ("priority", self.priority.is_some(), matrix),
            ("group", self.group.is_some(), kind == "matrices"),
            ("random_index", self.random_index.is_some(), matrix),
            ("best_to_others", self.best_to_others.is_some(), kind == "best"),
            ("others_to_worst", self.others_to_worst.is_some(), kind == "best"),
            ("blanks", self.blanks.is_some(), kind == "cards"),
            ("ratio", self.ratio.is_some(), kind == "cards"),
        ]
        .into_iter()
        .filter(|(_, there, belongs)| *there && !belongs)
        .map(|(name, ..)| format!("`{name}` does nothing beside `{kind}`"))
        .collect()
    }

    fn pairwise(self, children: &[&str], problems: &mut Vec<String>) -> Judgement {
        let stated = Comparisons {
            matrices: self.matrix.map(|m| vec![m]).or(self.matrices).unwrap_or_default(),
            voices: self.voices.unwrap_or_default(),
            priority: self.priority.unwrap_or_default(),
            group: self.group.unwrap_or_default(),
            random_index: self.random_index.unwrap_or_default(),
        };
        // Checked as written, so that rows and columns are those of the file.
        let stated = Judgement::Pairwise(stated);
        problems.extend(told(stated.weigh(children.len()).err()));
        let Judgement::Pairwise(mut comparisons) = stated else { return stated };
        let order = match &self.of {
            None => (0..children.len()).collect(),
            Some(of) => order(of, children, problems),
        };
        if problems.is_empty() {
            for m in &mut comparisons.matrices {
                *m = order.iter().map(|&r| order.iter().map(|&c| m[r][c]).collect()).collect();
            }
        }
        Judgement::Pairwise(comparisons)
    }

    fn best_worst(self, children: &[&str], problems: &mut Vec<String>) -> Judgement {
        let place = |id: &Option<String>, key: &str, problems: &mut Vec<String>| {
            let Some(id) = id else {
                problems.push(format!("`{key}` is missing"));
                return 0;
            };
            children.iter().position(|c| c == id).unwrap_or_else(|| {
                problems.push(format!("`{key}` names `{id}`, which does not stand below; known here: {}", children.join(", ")));
                0
            })
        };
        let list = |given: Option<BTreeMap<String, f64>>, key: &str, problems: &mut Vec<String>| -> Vec<f64> {
            let given = given.unwrap_or_default();
            let strange = given.keys().filter(|id| !children.contains(&id.as_str()));
            problems.extend(strange.map(|id| format!("`{key}` names `{id}`, which does not stand below")));
            let missing = children.iter().filter(|c| !given.contains_key(**c));
            problems.extend(missing.map(|c| format!("`{key}` has no entry for `{c}`")));
            children.iter().filter_map(|c| given.get(*c).copied()).collect()
        };
        let stated = BestWorst {
            best: place(&self.best, "best", problems),
            worst: place(&self.worst, "worst", problems),
            best_to_others: list(self.best_to_others, "best_to_others", problems),
            others_to_worst: list(self.others_to_worst, "others_to_worst", problems),
        };
        let stated = Judgement::BestWorst(stated);
        if problems.is_empty() {
            problems.extend(told(stated.weigh(children.len()).err()));
        }
        stated
    }

    fn deck(self, children: &[&str], problems: &mut Vec<String>) -> Judgement {
        let mut cards = Vec::new();
        for card in self.cards.unwrap_or_default() {
            let mut places = Vec::new();
            for id in card {
                match children.iter().position(|c| *c == id) {
                    Some(place) => places.push(place),
                    None => problems
                        .push(format!("a card names `{id}`, which does not stand below; known here: {}", children.join(", "))),
                }
            }
            cards.push(places);
        }
        if self.ratio.is_none() {
            problems.push("`ratio` is missing: how many times is the top card as important as the bottom card?".to_owned());
        }
        let stated = Judgement::Cards(Cards { cards, blanks: self.blanks.unwrap_or_default(), ratio: self.ratio.unwrap_or(1.0) });
        if problems.is_empty() {
            problems.extend(told(stated.weigh(children.len()).err()));
        }
        stated
    }
}

fn told(errors: Option<Vec<JudgementError>>) -> Vec<String> {
    errors.unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// Row of the file for each child.
fn order(of: &[String], children: &[&str], problems: &mut Vec<String>) -> Vec<usize> {
    let strange = of.iter().filter(|id| !children.contains(&id.as_str()));
    problems
        .extend(strange.map(|id| format!("`of` names `{id}`, which does not stand below; known here: {}", children.join(", "))));
    let mut out = Vec::new();
    for child in children {
        let rows: Vec<usize> = (0..of.len()).filter(|&r| of[r] == *child).collect();
        match rows.as_slice() {
            [row] => out.push(*row),
            [] => problems.push(format!("`of` does not name `{child}`")),
            _ => problems.push(format!("`of` names `{child}` {} times", rows.len())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Read, finish, parse};

    const BODY: &str = "[[dimension.indicator]]\nid = 'x'\nformula = 'p'\ndirection = 'positive'\n\
                        [[dimension.indicator]]\nid = 'y'\nformula = 'q'\ndirection = 'positive'\n\
                        [[dimension.indicator]]\nid = 'z'\nformula = 'r'\ndirection = 'positive'\n";

    fn read(judgement: &str) -> Result<Read, Vec<panel::Problem>> {
        let text = format!("[[dimension]]\nid = 'a'\n[dimension.judgement]\n{judgement}\n{BODY}");
        parse(&text, "f.toml").and_then(|(f, s)| finish(f, s))
    }

    fn weights(judgement: &str) -> Vec<f64> {
        let read = read(judgement).unwrap();
        let tree = read.framework.tree().unwrap();
        tree.nodes[1].judged.as_ref().unwrap().weights.clone()
    }

    #[track_caller]
    fn refused(judgement: &str, sentences: &[&str]) {
        let problems = read(judgement).err().unwrap_or_default();
        assert_eq!(problems.len(), sentences.len(), "{problems:#?}");
        for (p, s) in problems.iter().zip(sentences) {
            assert_eq!(p.code, "bad-judgement");
            assert!(p.what.contains(s), "{} / {s}", p.what);
            assert!(p.place.span.is_some() && !p.help.is_empty());
        }
    }

    #[test]
    fn three_kinds_of_judgement() {
        let close = |a: Vec<f64>, b: [f64; 3]| assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9), "{a:?}");
        close(weights("matrix = [[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]"), [4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]);
        // The order of the rows is that of `of`.
        close(
            weights("of = ['z', 'y', 'x']\nmatrix = [[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]"),
            [1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0],
        );
        let both = "matrices = [[[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]], [[1, 0.5, 0.25], [2, 1, 0.5], [4, 2, 1]]]\n\
                    group = 'priorities'\npriority = 'geometric-mean'\nrandom_index = 'alonso-lamata-2006'";
        close(weights(both), [1.0 / 3.0; 3]);
        let best = "best = 'y'\nworst = 'z'\nbest_to_others = { x = 2, y = 1, z = 8 }\nothers_to_worst = { x = 4, y = 8, z = 1 }";
        close(weights(best), [4.0 / 13.0, 8.0 / 13.0, 1.0 / 13.0]);
        close(weights("cards = [['z'], ['x', 'y']]\nratio = 4"), [4.0 / 9.0, 4.0 / 9.0, 1.0 / 9.0]);
    }

    #[test]
    fn what_is_no_judgement_is_told_with_its_place() {
        refused("", &["exactly one of these, found none"]);
        refused("matrix = [[1, 2, 4], [0.5, 1, 2]]", &["2 entries where there are 3 children"]);
        refused("matrix = [[1, 2, 4], [0.2, 1, 2], [0.25, 0.5, 1]]", &["row 1, column 2: 2 and its counterpart 0.2"]);
        refused("of = ['x', 'w']\nmatrix = [[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]", &["`w`", "`y`", "`z`"]);
        refused("best = 'y'\nbest_to_others = { x = 2, y = 1 }\nothers_to_worst = { x = 1, y = 4, z = 1 }", &["`worst`", "`z`"]);
        refused("cards = [['z'], ['x', 'q']]\nratio = 4\nvoices = [1]", &["`voices` does nothing", "`q`"]);
    }

    #[test]
    fn a_judgement_beside_weights_is_refused() {
        let text =
            format!("[[dimension]]\nid = 'a'\n[dimension.judgement]\ncards = [['z'], ['x', 'y']]\nratio = 4\n{BODY}weight = 2\n");
        let problems = parse(&text, "f.toml").and_then(|(f, s)| finish(f, s)).unwrap_err();
        assert_eq!(problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["twice-weighted"]);
    }
}
