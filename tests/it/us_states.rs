//! The example on the states of the USA gives what Munnell (1990) and regressions of others print.

use std::path::Path;

use study::{
    method::Output,
    run::{self, Silent},
    table::Cells,
};

fn numbers<'a>(output: &'a Output, table: &str, column: &str) -> &'a [f64] {
    let table = output.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(values, _) => values,
        other => panic!("{other:?}"),
    }
}

#[test]
fn shares_parts_and_levels_of_the_states() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/us-states/study.toml");
    let result = run::run(&file, None, &Silent).unwrap().result;
    let step = |id: &str| &result.steps.iter().find(|s| s.id == id).unwrap().output;
    // Munnell (1990), pooled: .31, .15, .59 with unemployment beside them.
    for (share, printed) in numbers(step("public"), "shares", "share").iter().zip([0.31, 0.15, 0.59]) {
        assert!((share - printed).abs() < 0.01, "{share} for {printed}");
    }
    assert!(numbers(step("public_effects"), "shares", "share")[1] < 0.0);
    assert!(step("public_effects").findings.iter().any(|f| f.code == "GA001"));
    let movement = step("movement");
    let of = |name: &str| numbers(movement, "totals", name);
    for i in 0..3 {
        let parts = of("within")[i] + of("between")[i] + of("interaction")[i];
        assert!((parts - of("change")[i]).abs() < 1e-10);
    }
    assert!(numbers(step("levels"), "dispersion", "success_1").iter().all(|v| v.is_finite()));
    assert!(result.steps.iter().all(|s| s.output.checks.iter().all(|c| c.residual <= c.tolerance)));
}
