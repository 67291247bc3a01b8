//! Keys are guessed as a reader of the table would name them.

use panel::{Keys, ReadOptions, read};

use super::file;

fn guess(text: &str) -> Option<Keys> {
    let (_folder, path) = file("a.csv", text);
    read::table(&path, &ReadOptions::default()).unwrap().guess_keys()
}

fn table(header: &str, row: impl Fn(usize, i32) -> String) -> String {
    let rows = (0..6).flat_map(|u| (2019..2023).map(move |p| (u, p)));
    rows.fold(format!("{header}\n"), |text, (u, p)| text + &row(u, p) + "\n")
}

const NAMES: [(&str, &str, &str); 6] = [
    ("Beijing", "北京", "East"),
    ("Hebei", "河北", "East"),
    ("Shanxi", "山西", "Central"),
    ("Anhui", "安徽", "Central"),
    ("Gansu", "甘肃", "West"),
    ("Tibet", "西藏", "West"),
];

#[test]
fn names_go_before_codes_and_chinese_stands_beside() {
    let text = table("code,province,province_zh,region,year,gdp,population", |u, p| {
        let (en, zh, region) = NAMES[u];
        format!("{}0000,{en},{zh},{region},{p},{}.5,{}", 11 + u, u + 7, 100 * u + usize::try_from(p).unwrap())
    });
    let keys = guess(&text).unwrap();
    assert_eq!(keys.unit, "province");
    assert_eq!(keys.unit_zh.as_deref(), Some("province_zh"));
    assert_eq!(keys.period.as_deref(), Some("year"));
    assert_eq!(keys.groups, ["region"]);
}

#[test]
fn codes_serve_where_there_are_no_names() {
    let keys = guess(&table("Row,firm,年份,x", |u, p| {
        format!("{},{},{p},{}", u * 10 + usize::try_from(p - 2019).unwrap(), u + 1, u * 3 + 1)
    }))
    .unwrap();
    assert_eq!((keys.unit.as_str(), keys.period.as_deref()), ("firm", Some("年份")));
}

#[test]
fn a_chinese_table_and_a_cross_section() {
    let keys = guess(&table("年份,地区,产值", |u, p| format!("{p},{},{}", NAMES[u].1, u))).unwrap();
    assert_eq!((keys.unit.as_str(), keys.unit_zh, keys.period.as_deref()), ("地区", None, Some("年份")));
    let keys = guess("name,x\nA,1\nB,2\n").unwrap();
    assert_eq!((keys.unit.as_str(), keys.period), ("name", None));
    assert_eq!(guess("x,y\n1.5,2\n1.5,2\n"), None);
}

#[test]
fn reasons_are_given() {
    let (_folder, path) = file("a.csv", table("province,year,x", |u, p| format!("{},{p},1", NAMES[u].0)));
    let guess = read::table(&path, &ReadOptions::default()).unwrap().consider_keys();
    assert!(guess.considered.iter().any(|c| c.role == "period" && c.taken && c.column == "year"));
    assert!(guess.considered.iter().all(|c| !c.why.is_empty()));
}
