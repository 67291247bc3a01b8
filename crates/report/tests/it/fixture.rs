//! A study for drawing only: 31 provinces, five periods, every form of chart, numbers from a formula.

use study::{
    figure::*,
    finding::{Finding, Weight},
    method::{Check, Output},
    result::*,
    table::{Cells, Table},
    text::{Language, Text},
};

pub use figures::{figures, rename};

mod figures;

pub const PROVINCES: [(&str, &str, &str, u32, u32); 31] = [
    ("Heilongjiang", "黑龙江", "Northeast", 0, 7),
    ("Inner Mongolia", "内蒙古", "West", 1, 5),
    ("Jilin", "吉林", "Northeast", 1, 7),
    ("Xinjiang", "新疆", "West", 2, 0),
    ("Gansu", "甘肃", "West", 2, 2),
    ("Ningxia", "宁夏", "West", 2, 3),
    ("Shanxi", "山西", "Centre", 2, 4),
    ("Hebei", "河北", "East", 2, 5),
    ("Beijing", "北京", "East", 2, 6),
    ("Liaoning", "辽宁", "Northeast", 2, 7),
    ("Tibet", "西藏", "West", 4, 0),
    ("Qinghai", "青海", "West", 3, 1),
    ("Shaanxi", "陕西", "West", 3, 3),
    ("Henan", "河南", "Centre", 3, 4),
    ("Shandong", "山东", "East", 3, 5),
    ("Tianjin", "天津", "East", 3, 6),
    ("Sichuan", "四川", "West", 4, 2),
    ("Chongqing", "重庆", "West", 4, 3),
    ("Hubei", "湖北", "Centre", 4, 4),
    ("Anhui", "安徽", "Centre", 4, 5),
    ("Jiangsu", "江苏", "East", 4, 6),
    ("Shanghai", "上海", "East", 4, 7),
    ("Yunnan", "云南", "West", 5, 2),
    ("Guizhou", "贵州", "West", 5, 3),
    ("Hunan", "湖南", "Centre", 5, 4),
    ("Jiangxi", "江西", "Centre", 5, 5),
    ("Zhejiang", "浙江", "East", 5, 6),
    ("Guangxi", "广西", "West", 6, 3),
    ("Guangdong", "广东", "East", 6, 4),
    ("Fujian", "福建", "East", 6, 5),
    ("Hainan", "海南", "East", 7, 4),
];

const YEARS: [i32; 5] = [2018, 2019, 2020, 2021, 2022];

/// A number between 0 and 1 that depends on its arguments alone.
pub fn number(i: usize, k: usize) -> f64 {
    let x = ((i * 7919 + k * 104_729 + 13) % 9973) as f64 * 12.9898;
    (x.sin() * 43_758.545_3).fract().abs()
}

fn t(en: &str, zh: &str) -> Text {
    Text::new(en, zh)
}

fn score(i: usize, k: usize) -> f64 {
    let base = match PROVINCES[i].2 {
        "East" => 48.0,
        "Centre" => 30.0,
        _ => 22.0,
    };
    base + 30.0 * number(i, 1) + 2.5 * k as f64 + 4.0 * number(i, 50 + k)
}

fn ids() -> Vec<String> {
    PROVINCES.iter().map(|p| p.0.to_owned()).collect()
}

pub fn tables() -> Vec<Table> {
    let n = Text::default;
    let scores = Table::new("scores", t("Scores and rank bands, 2022", "2022 年得分与位次区间"))
        .column("province", t("Province", "省区"), n(), Cells::Unit(ids()))
        .column("year", t("Year", "年份"), n(), Cells::Integer(vec![Some(2022); 31]))
        .column("score", t("Score", "得分"), t("0 to 100", "0—100"), Cells::Number((0..31).map(|i| score(i, 4)).collect(), 1))
        .column(
            "gdp",
            t("Output", "产出"),
            t("100 million CNY", "亿元"),
            Cells::Number((0..31).map(|i| if i == 5 { f64::NAN } else { 120_000.0 * number(i, 2) }).collect(), 0),
        )
        .column(
            "rank",
            t("Rank", "位次"),
            n(),
            Cells::Integer((0..31).map(|i| if i == 6 { None } else { Some(i + 1) }).collect()),
        )
        .column(
            "class",
            t("Class", "等级"),
            n(),
            Cells::Text((0..31).map(|i| if i % 2 == 0 { t("High", "高") } else { t("Low", "低") }).collect()),
        )
        .note(t("Fixed goalposts, equal weights.", "固定阈值，等权。"));
    let small = Table::new("parts", t("Parts of the Gini coefficient", "基尼系数的分解"))
        .column(
            "part",
            t("Part", "部分"),
            n(),
            Cells::Text(vec![t("Within", "组内"), t("Between", "组间"), t("Overlap", "超变密度")]),
        )
        .column("value", t("Value", "数值"), n(), Cells::Number(vec![0.031, 0.12, 0.044], 3));
    let hidden = Table::new("all", t("All scores by year", "各年全部得分"))
        .column("province", t("Province", "省区"), n(), Cells::Unit(ids()))
        .column("value", t("Value", "数值"), n(), Cells::Number((0..31).map(|i| score(i, 0)).collect(), 3))
        .hidden();
    vec![scores, small, hidden]
}

fn findings() -> Vec<Finding> {
    let mut findings = vec![
        Finding {
            code: "CI001".into(),
            weight: Weight::Warning,
            place: t("entropy weights, 2018 to 2022", "熵权，2018—2022"),
            message: t("The weights change by up to 0.12 between years.", "权重在年际间最多变动 0.12。"),
        },
        Finding {
            code: "AU003".into(),
            weight: Weight::Error,
            place: t("energy, Ningxia 2019", "能源，宁夏 2019"),
            message: t("Value is 10 times its neighbours.", "数值为相邻年份的 10 倍。"),
        },
    ];
    for p in PROVINCES.iter().take(14) {
        findings.push(Finding {
            code: "CI010".into(),
            weight: Weight::Info,
            place: t(p.0, p.1),
            message: t("Rank band is wider than 5.", "位次区间宽于 5。"),
        });
    }
    findings
}

pub fn study() -> StudyResult {
    let figures = figures();
    let step = |id: &str, method: &str, title: Text, figures: Vec<Figure>, tables: Vec<Table>| Step {
        id: id.into(),
        method: method.into(),
        title,
        data: "provinces".into(),
        options: "{\"rts\":\"vrs\",\"inputs\":[\"capital\",\"employment\"]}".into(),
        cached: false,
        output: Output {
            summary: vec![
                t(
                    &format!("Beijing scores highest with 81.3; the median is 43.7 (step {id})."),
                    "北京得分最高，为 81.3；中位数为 43.7。",
                ),
                t(
                    "The ten highest provinces are the same under every one of the 96 alternatives.",
                    "在全部 96 种替代方案下，前十位省区保持不变。",
                ),
            ],
            figures,
            tables,
            findings: findings(),
            checks: vec![
                Check { name: t("G = Gw + Gnb + Gt", "G = Gw + Gnb + Gt"), residual: 3.1e-16, tolerance: 1e-10 },
                Check {
                    name: t("Duality gap of every optimum", "各最优解的对偶间隙"), residual: 2.4e-12, tolerance: 1e-9
                },
            ],
            ..Output::default()
        },
    };
    let source = |name: &str, label: (&str, &str), formula: &str| SourceVariable {
        name: name.into(),
        meaning: panel::Meaning {
            label_en: label.0.into(),
            label_zh: label.1.into(),
            unit: "100 million CNY".into(),
            price_base: "2019".into(),
            vintage: "Yearbook 2023".into(),
            source: "National Bureau of Statistics".into(),
            ..panel::Meaning::default()
        },
        missing: 3,
        formula: formula.into(),
    };
    let show = |step: &str, item: Option<&str>| Show { step: step.into(), item: item.map(Into::into) };
    StudyResult {
        title: t("New productive forces of China's provinces", "中国省域新质生产力"),
        subtitle: t(
            "Thirty-one provinces, 2018 to 2022: labourers, means of labour, objects of labour and how well they are combined.",
            "31 个省区，2018—2022：劳动者、劳动资料、劳动对象及其优化组合。",
        ),
        languages: vec![Language::En, Language::Zh],
        units: PROVINCES
            .iter()
            .map(|p| Unit { id: p.0.into(), label: t(p.0, p.1), group: p.2.into(), group_label: t(p.2, region(p.2)) })
            .collect(),
        tiles: PROVINCES.iter().map(|p| Tile { unit: p.0.into(), row: p.3, column: p.4, label: t(p.0, p.1) }).collect(),
        sections: vec![
            Section {
                title: t("How far the provinces have come", "各省区发展水平"),
                quote: t(
                    "New productive forces begin with a higher quality of labourers, means of labour, objects of labour and their optimised combination.",
                    "新质生产力以劳动者、劳动资料、劳动对象及其优化组合的跃升为基本内涵。",
                ),
                quote_source: t("Fixture", "测试样例"),
                text: t(
                    "The index has three dimensions.\n\n- fixed goalposts\n- equal weights",
                    "指数包含三个维度。\n\n- 固定阈值\n- 等权",
                ),
                show: vec![show("index", None)],
            },
            Section {
                title: t("Where growth comes from", "增长的来源"),
                quote: n(),
                quote_source: n(),
                text: n(),
                show: vec![show("growth", None), show("index", Some("ranking"))],
            },
        ],
        steps: vec![
            step("index", "index", t("Composite index", "综合指数"), figures[..3].to_vec(), tables()),
            step(
                "growth",
                "growth",
                t("Growth accounting and space", "增长核算与空间格局"),
                figures[3..].to_vec(),
                tables()[1..2].to_vec(),
            ),
        ],
        findings: findings(),
        sources: vec![Source {
            name: "provinces".into(),
            file: "data/provinces.csv".into(),
            coverage: t("31 units, 2018 to 2022, 155 rows.", "31 个单元，2018—2022 年，155 行。"),
            variables: vec![
                source("gdp", ("Gross regional product", "地区生产总值"), ""),
                source("rd_intensity", ("R&D intensity", "研发强度"), "100 * rd_expenditure / gdp"),
            ],
        }],
        manifest: Manifest {
            version: "0.1.0".into(),
            seed: 42,
            inputs: vec![("data/provinces.csv".into(), "3f".repeat(32))],
            steps: vec![("index".into(), "index".into(), "a7".repeat(32)), ("growth".into(), "growth".into(), "0c".repeat(32))],
            outputs: Vec::new(),
        },
    }
}

fn region(name: &str) -> &'static str {
    match name {
        "East" => "东部",
        "Centre" => "中部",
        "West" => "西部",
        _ => "东北",
    }
}

fn n() -> Text {
    Text::default()
}
