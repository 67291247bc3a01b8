use super::*;

fn problems(text: &str) -> Vec<Problem> {
    read(text, Path::new("/nowhere")).unwrap_err()
}

#[test]
fn a_study_names_everything_it_lacks() {
    let found = problems("tittle = 'x'\n[data.a]\nfile = 'none.csv'\n");
    let codes: Vec<&str> = found.iter().map(|p| p.code.as_str()).collect();
    for code in ["unknown-key", "missing-key", "missing-file"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert!(found.iter().any(|p| p.help.contains("did you mean `title`?")));
    assert!(found.iter().any(|p| p.what.contains("`data.a` needs `unit`")));
}

#[test]
fn unknown_methods_data_sets_and_steps_are_found_together() {
    let text = "title = 'x'\n[data.a]\nfile = 'a.csv'\nunit = 'u'\n\
                [steps.one]\nmethod = 'deaa'\ndata = 'a'\n[steps.two]\nmethod = 'inequality'\ndata = 'b'\nvariable = 'v'\n\
                [[section]]\ntitle = 's'\nshow = ['three', 'two']\n";
    let codes: Vec<String> = problems(text).into_iter().map(|p| p.code).collect();
    assert_eq!(codes, ["missing-file", "unknown-method", "unknown-data", "unknown-step"]);
}

#[test]
fn the_committed_schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/study.schema.json");
    let committed = std::fs::read_to_string(path).unwrap();
    let current = format!("{:#}\n", schema::full());
    assert!(committed == current, "run `cargo run -- schema --out docs/study.schema.json`");
}
