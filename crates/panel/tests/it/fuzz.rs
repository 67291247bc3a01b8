//! No bytes make reading panic: problems or a table, nothing else.

use panel::{ReadOptions, read, write};
use proptest::prelude::*;

use super::file;

fn outcome(name: &str, bytes: &[u8]) {
    let (_folder, path) = file(name, bytes);
    match read::table(&path, &ReadOptions::default()) {
        Ok(table) => {
            assert!(table.columns.iter().all(|c| c.cells.len() == table.rows.len()));
            if let Some(keys) = table.guess_keys() {
                let _ = table.into_panel(&keys, &[]);
            }
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
}

/// A small valid file of a typed format.
fn valid(name: &str) -> Vec<u8> {
    let (folder, path) = file("a.csv", "province,year,x\nA,2019,1\nA,2020,\nB,2019,3\nB,2020,4.5\n");
    let panel = super::read_panel(&path).unwrap();
    let out = folder.path().join(name);
    match name {
        "a.xlsx" => write::xlsx(&out, &panel),
        "a.dta" => write::dta(&out, &panel),
        _ => write::parquet(&out, &panel),
    }
    .unwrap();
    std::fs::read(out).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), magic in 0..6_usize) {
        let magics: [&[u8]; 6] = [b"", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<stata_dta>", b"\x72\x02"];
        let names = ["a.csv", "a.xlsx", "a.parquet", "a.xls", "a.dta", "a.dta"];
        outcome(names[magic], &[magics[magic], &bytes].concat());
    }

    #[test]
    fn arbitrary_cells(text in "[a-c0-9,;\t|\"\n\r. 年é%-]{0,200}") {
        outcome("a.csv", text.as_bytes());
    }

    #[test]
    fn damaged_files(which in 0..3_usize, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let name = ["a.xlsx", "a.dta", "a.parquet"][which];
        let mut bytes = valid(name);
        let i = at.index(bytes.len());
        bytes[i] = byte;
        outcome(name, &bytes);
        bytes.truncate(cut.index(bytes.len()));
        outcome(name, &bytes);
    }
}
