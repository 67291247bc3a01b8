use super::*;

fn problems(text: &str) -> Vec<Problem> {
    parse(text, "f.toml").and_then(|(f, s)| finish(f, s)).err().unwrap_or_default()
}

#[test]
fn nested_dimensions_are_read() {
    let text = "title = 'T'\n[[dimension]]\nid = 'a'\n[[dimension.dimension]]\nid = 'b'\nlabel_zh = '乙'\n\
                [[dimension.dimension.indicator]]\nid = 'x'\nformula = 'p'\ndirection = 'negative'\ngoalposts = [0, 2]\n";
    let (file, spots) = parse(text, "f.toml").unwrap();
    let read = finish(file, spots).unwrap();
    let tree = read.framework.tree().unwrap();
    assert_eq!(tree.nodes.len(), 3);
    assert_eq!(tree.nodes[2].node.label.zh, "乙");
    assert_eq!((tree.leaves[0].direction, tree.leaves[0].goalposts), (Direction::Negative, Some((0.0, 2.0))));
    assert_eq!(read.place("x").span.map(|s| text[s].to_owned()), Some("'x'".to_owned()));
}

#[test]
fn every_slip_is_named_with_its_place() {
    let text = "[[dimension]]\nid = 'a'\nlabl = 'A'\n[[dimension.indicator]]\nid = 'x'\nformula = 'p'\n\
                [[dimension.indicator]]\nid = 'y'\nformula = 'p'\ndirection = 'postive'\n";
    let found = problems(text);
    let codes: Vec<&str> = found.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["unknown-key", "missing-key", "unknown-choice"], "{found:#?}");
    assert!(found[0].help.contains("`label`") && found[2].help.contains("`positive`"), "{found:#?}");
    assert!(found.iter().all(|p| p.place.span.is_some() && p.place.file.is_some()));
}

#[test]
fn ids_are_words_and_unique() {
    let text = "[[dimension]]\nid = 'score'\n[[dimension.indicator]]\nid = 'x y'\nformula = 'p'\ndirection = 'positive'\n\
                [[dimension.indicator]]\nid = 'x y'\nformula = 'p'\ndirection = 'positive'\n[[dimension]]\nid = 'b'\n";
    let found = problems(text);
    let codes: Vec<&str> = found.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["reserved-id", "bad-id", "bad-id", "empty-dimension", "duplicate-id"], "{found:#?}");
    // The second of two equal ids is the one to mend.
    assert_eq!(found[4].place.span.as_ref().map(|s| s.start), text.rfind("'x y'"));
}

/// A file of the reference set, or nothing where that is absent.
#[expect(clippy::print_stderr, reason = "says that it skips")]
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference").join(name);
    if !path.exists() {
        eprintln!("skipped: ../shared is absent");
    }
    path.exists().then_some(path)
}

const NOTES: &str = "id: small\ncitation: Somebody (2024)\nverification:\n  status: FROM MEMORY of the literature\nmethod:\n  \
                     weighting: entropy\nindicators:\n- code: x1\n  dimension: 人\n  sub_dimension: 技能\n  name: 受教育程度\n  unit: 年\n  \
                     direction: +\n  formula: 人均受教育平均年限\n  weight: 30\n- code: 工资 元\n  dimension: 人\n  sub_dimension: 收入\n  \
                     name: 工资\n  name_en: wage\n  direction: '-'\n  weight: 10\n- code: x3\n  dimension: 物\n  sub_dimension: 物\n  \
                     name: things\n  direction: +\n  weight: 60\n  target_standard: 500\n";

#[test]
fn notes_of_a_paper_are_a_framework() {
    let read = published::read(NOTES, "f.yaml").and_then(|(f, s)| finish(f, s)).unwrap();
    assert_eq!((read.verification, read.citation.as_str()), (Verification::Unverified, "Somebody (2024)"));
    assert!(read.verification_note.contains("FROM MEMORY"));
    let tree = read.framework.tree().unwrap();
    let of: Vec<(&str, &str, Direction)> = tree.leaves.iter().map(|l| (l.id.as_str(), l.formula.as_str(), l.direction)).collect();
    let expected =
        [("x1", "x1", Direction::Positive), ("工资_元", "`工资 元`", Direction::Negative), ("x3", "x3", Direction::Positive)];
    assert_eq!(of, expected);
    assert_eq!((tree.leaves[1].label.en.as_str(), tree.leaves[1].label.zh.as_str()), ("wage", "工资"));
    assert_eq!((tree.leaves[0].description.zh.as_str(), tree.leaves[2].target), ("人均受教育平均年限", Some(500.0)));
    // Weights are those of the whole index; a dimension and its only part may share a name.
    let weights: Vec<Option<f64>> = tree.nodes.iter().skip(1).map(|n| n.node.weight).collect();
    assert_eq!(weights, [Some(40.0), Some(30.0), Some(10.0), Some(60.0), Some(60.0)]);
    assert_eq!(NOTES.get(read.place("x3").span.unwrap()), Some("x3"));
}

#[test]
fn notes_that_are_no_framework_are_refused_with_a_reason() {
    for (text, code, word) in [
        ("note: only dimensions\nframeworks:\n- id: a\n", "no-indicators", "names no indicators"),
        ("indicators:\n- code: x\n  name: y\n", "framework", "direction"),
        ("indicators:\n- code: x\n  name: y\n  direction: up\n", "unknown-choice", "`up`"),
        ("indicators:\n- code: x\n  name: y\n  direction: +\n  formulla: z\n", "framework", "formulla"),
    ] {
        let problems = published::read(text, "f.yaml").unwrap_err();
        assert_eq!(problems[0].code, code, "{problems:#?}");
        assert!(problems[0].what.contains(word), "{problems:#?}");
    }
}

#[test]
fn every_published_framework_loads_or_says_why_not() {
    let Some(folder) = shared("frameworks") else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut doubtful = 0;
    let mut loaded = 0;
    for file in &files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        match read(file, &name) {
            Ok(read) => {
                loaded += 1;
                doubtful += usize::from(read.verification == Verification::Unverified);
                assert!(!read.citation.is_empty() && !read.verification_note.is_empty(), "{name}");
            }
            Err(problems) => {
                assert!(["dimension_skeletons", "tfp_cao_dai_2025"].contains(&name.as_str()), "{name}: {problems:#?}");
                assert_eq!(problems[0].code, "no-indicators");
            }
        }
    }
    assert_eq!((files.len(), loaded), (12, 10));
    assert!(doubtful >= 5, "{doubtful}");
    let song = read(&files[2], "song").unwrap();
    let tree = song.framework.tree().unwrap();
    let sums: f64 = tree.leaves.iter().filter_map(|l| l.weight).sum();
    assert_eq!((tree.leaves.len(), sums, song.verification), (11, 100.0, Verification::Unverified));
}

#[test]
fn the_asem_table_is_a_framework() {
    let Some(file) = shared("composite/coinr_asem/asem_imeta.csv") else { return };
    let read = read(&file, "asem_imeta.csv").unwrap();
    assert_eq!(read.title.en, "Sustainable Connectivity");
    let tree = read.framework.tree().unwrap();
    let at = |depth: usize| tree.nodes.iter().filter(|n| n.depth == depth).count();
    assert_eq!((tree.leaves.len(), at(1), at(2), at(3)), (49, 2, 8, 0));
    let formula = |id: &str| tree.leaves.iter().find(|l| l.id == id).unwrap().formula.as_str();
    assert_eq!((formula("LPI"), formula("Flights")), ("LPI", "Flights / Population"));
    assert!(tree.leaves.iter().any(|l| l.direction == Direction::Negative));
}

#[test]
fn slips_of_a_coinr_table_have_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("meta.csv");
    let text = "Level,iCode,iName,Direction,Weight,Parent,Type\n1,a,A,1,1,P,Indicator\n1,b,B,2,1,P,Indicator\n1,c,C,1,1,Q,Indicator\n\
                2,P,Pillar,1,1,Index,Aggregate\n2,X,X,1,1,Y,Aggregate\n2,Y,Y,1,1,X,Aggregate\n3,Index,Whole,1,1,NA,Aggregate\n1,d,D,1,1,P,Indicatr\n";
    std::fs::write(&file, text).unwrap();
    let problems = read(&file, "meta.csv").unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["unknown-parent", "unknown-choice", "cyclic-parents", "cyclic-parents"], "{problems:#?}");
    assert!(problems.iter().all(|p| p.place.row.is_some()), "{problems:#?}");
    std::fs::write(&file, text.replace("b,B,2", "b,B,-1").replace("c,C,1,1,Q", "c,C,1,1,P").replace("Indicatr", "Indicator"))
        .unwrap();
    let problems = read(&file, "meta.csv").unwrap_err();
    assert!(problems.iter().all(|p| p.code == "cyclic-parents"), "{problems:#?}");
    let flat = "Level,iCode,iName,Direction,Weight,Parent,Type\n1,a,A,1,1,Index,Indicator\n1,b,B,-1,1,Index,Indicator\n2,Index,Whole,1,1,NA,Aggregate\n";
    std::fs::write(&file, flat).unwrap();
    let flat = read(&file, "meta.csv").unwrap();
    assert_eq!((flat.framework.tree().unwrap().leaves.len(), flat.framework.root.nodes.len()), (2, 1));
}
