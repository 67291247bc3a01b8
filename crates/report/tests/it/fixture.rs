//! A study for drawing only: 31 provinces, five periods, every form of chart, numbers from a formula.

use study::{
    figure::*,
    finding::{Finding, Weight},
    method::{Check, Output},
    result::*,
    table::{Cells, Table},
    text::{Language, Text},
};

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

fn figure(id: &str, title: Text, note: Text, chart: Chart) -> Figure {
    Figure { id: id.to_owned(), title, note, chart }
}

fn tiles(scale: Scale, value: impl Fn(usize, usize) -> f64, label: Text, decimals: u8) -> Chart {
    let frame = |k: usize| Frame {
        label: YEARS[k].to_string(),
        values: (0..31).map(|i| (PROVINCES[i].0.to_owned(), if i == 10 && k < 2 { f64::NAN } else { value(i, k) })).collect(),
    };
    Chart::Tiles(Tiles { label, decimals, scale, frames: (0..5).map(frame).collect() })
}

fn ranking() -> Chart {
    let mut order: Vec<usize> = (0..31).collect();
    order.sort_by(|a, b| score(*b, 4).total_cmp(&score(*a, 4)));
    let rows = order
        .iter()
        .enumerate()
        .map(|(r, &i)| RankingRow {
            unit: PROVINCES[i].0.to_owned(),
            value: score(i, 4),
            low: score(i, 4) - 1.0 - 6.0 * number(i, 9),
            high: score(i, 4) + 1.0 + 5.0 * number(i, 10),
            ranks: (r.saturating_sub(2).max(1), (r + 3).min(31)),
        })
        .collect();
    Chart::Ranking(Ranking {
        label: t("Score in 2022 (0 to 100)", "2022 年得分（0—100）"),
        decimals: 1,
        interval: t(
            "5th to 95th percentile over 96 alternatives of weights, normalisation and aggregation",
            "权重、标准化与合成方式 96 种组合下的第 5 至第 95 百分位",
        ),
        rows,
    })
}

pub fn figures() -> Vec<Figure> {
    let dimensions = [
        t("Labourers", "劳动者"),
        t("Means of labour", "劳动资料"),
        t("Objects of labour", "劳动对象"),
        t("Coupling coordination", "耦合协调度"),
        t("Overall score", "综合得分"),
    ];
    let regions = [t("East", "东部"), t("Centre", "中部"), t("West", "西部"), t("Northeast", "东北")];
    let growth: Vec<i32> = (1998..=2017).collect();
    let series = |r: usize| Series {
        name: regions[r].clone(),
        unit: false,
        values: (0..20).map(|k| 1.0 + 0.012 * k as f64 + 0.01 * number(r, k) + 0.002 * r as f64).collect(),
        band: if r == 0 { (0..20).map(|k| (0.98 + 0.012 * k as f64, 1.03 + 0.012 * k as f64)).collect() } else { Vec::new() },
    };
    let thin = |i: usize| Series {
        name: Text::plain(PROVINCES[i].0),
        unit: true,
        values: (0..20)
            .map(|k| if k == 7 && i == 3 { f64::NAN } else { 0.9 + 0.02 * number(i, 3) * k as f64 + 0.02 * number(i, k) })
            .collect(),
        band: Vec::new(),
    };
    let part = |k: usize| (0..20).map(|c| 3.0 * number(c, k) - if k == 2 { 2.2 } else { 0.2 }).collect::<Vec<f64>>();
    let parts = vec![
        (t("Capital deepening", "资本深化"), part(0)),
        (t("Labour", "劳动"), part(1)),
        (t("Total factor productivity", "全要素生产率"), part(2)),
        (t("Energy", "能源"), part(3)),
    ];
    let total = (0..20).map(|c| parts.iter().map(|p| p.1[c]).sum()).collect();
    vec![
        figure(
            "map",
            t("The east leads and the gap to the west has hardly closed", "东部领先，与西部的差距几无收窄"),
            t(
                "Composite score of new productive forces. Tiles stand roughly where the provinces lie.",
                "新质生产力综合得分。方格大致对应各省区的地理位置。",
            ),
            tiles(Scale::Sequential, score, t("Score (0 to 100)", "得分（0—100）"), 1),
        ),
        figure(
            "ranking",
            t("Few neighbouring ranks can be told apart", "相邻位次大多难以区分"),
            t("Bars show how far the score moves when the method changes.", "横条表示方法变化时得分的变动范围。"),
            ranking(),
        ),
        figure(
            "profile",
            t("Dimension profile of every province", "各省区分维度得分"),
            Text::default(),
            Chart::Heatmap(Heatmap {
                label: t("Score (0 to 100)", "得分（0—100）"),
                decimals: 1,
                scale: Scale::Sequential,
                rows: ids().into_iter().map(Text::plain).collect(),
                rows_are_units: true,
                columns: dimensions.to_vec(),
                values: (0..31)
                    .map(|i| (0..5).map(|c| if i == 4 && c == 2 { f64::NAN } else { score(i, c) }).collect())
                    .collect(),
            }),
        ),
        figure(
            "trend",
            t("Productivity by region", "分地区生产率"),
            t("Index, 1997 = 1. Thin lines are provinces.", "指数，1997 年为 1。细线为各省区。"),
            Chart::Lines(Lines {
                label: t("Total factor productivity (1997 = 1)", "全要素生产率（1997 = 1）"),
                decimals: 3,
                periods: growth.clone(),
                series: (0..4).map(series).chain((0..31).map(thin)).collect(),
                reference: Some(1.0),
            }),
        ),
        figure(
            "sources",
            t("Sources of growth", "增长来源"),
            Text::default(),
            Chart::Stack(Stack {
                label: t("Percentage points per year", "百分点/年"),
                decimals: 2,
                categories: growth.iter().map(|y| Text::plain(y.to_string())).collect(),
                categories_are_units: false,
                parts,
                total,
            }),
        ),
        figure(
            "units",
            t("Sources of growth by province", "各省区增长来源"),
            Text::default(),
            Chart::Stack(Stack {
                label: t("Percentage points per year, mean of 1998 to 2017", "百分点/年，1998—2017 年均值"),
                decimals: 2,
                categories: ids().into_iter().map(Text::plain).collect(),
                categories_are_units: true,
                parts: vec![
                    (t("Capital", "资本"), (0..31).map(|i| 4.0 * number(i, 4)).collect()),
                    (t("Labour", "劳动"), (0..31).map(|i| number(i, 5) - 0.4).collect()),
                    (t("TFP", "全要素生产率"), (0..31).map(|i| 3.0 * number(i, 6) - 1.0).collect()),
                ],
                total: (0..31).map(|i| 4.0 * number(i, 4) + number(i, 5) - 0.4 + 3.0 * number(i, 6) - 1.0).collect(),
            }),
        ),
        figure(
            "moran",
            t("Neighbours resemble each other", "相邻省区彼此相似"),
            t("Each point is a province.", "每个点为一个省区。"),
            Chart::Scatter(Scatter {
                x: t("Score, standardised", "得分（标准化）"),
                y: t("Mean of neighbours, standardised", "邻居均值（标准化）"),
                decimals: 2,
                classes: vec![t("Not significant", "不显著"), t("High-high", "高—高"), t("Low-low", "低—低")],
                points: (0..31)
                    .map(|i| {
                        let x = 4.0 * number(i, 7) - 2.0;
                        let y = 0.45 * x + number(i, 8) - 0.5;
                        Point {
                            unit: PROVINCES[i].0.to_owned(),
                            x,
                            y,
                            class: if x > 0.8 {
                                1
                            } else if x < -0.9 {
                                2
                            } else {
                                0
                            },
                        }
                    })
                    .collect(),
                line: Some((0.02, 0.45, t("Slope = Moran's I = 0.45", "斜率 = 莫兰指数 I = 0.45"))),
                cross: true,
            }),
        ),
        figure(
            "lisa",
            t("Clusters", "集聚区"),
            Text::default(),
            tiles(
                Scale::Lisa,
                |i, k| ((number(i, k / 3) * 5.0) as usize) as f64,
                t("Local Moran, false discovery rate 5%", "局部莫兰指数，错误发现率 5%"),
                0,
            ),
        ),
        figure(
            "levels",
            t("Level of coupling coordination", "耦合协调等级"),
            Text::default(),
            tiles(
                Scale::Classes {
                    names: vec![
                        t("Severe disorder", "严重失调"),
                        t("Mild disorder", "轻度失调"),
                        t("Primary coordination", "初级协调"),
                        t("Good coordination", "良好协调"),
                    ],
                    ordered: true,
                },
                |i, k| ((score(i, k) - 20.0) / 17.0).floor().clamp(0.0, 3.0),
                t("Class", "等级"),
                0,
            ),
        ),
        figure(
            "dagum",
            t("Where inequality comes from", "差异的来源"),
            Text::default(),
            Chart::Heatmap(Heatmap {
                label: t("Gini between regions", "地区间基尼系数"),
                decimals: 3,
                scale: Scale::Diverging { middle: 0.2 },
                rows: regions.to_vec(),
                rows_are_units: false,
                columns: growth.iter().map(|y| Text::plain(y.to_string())).collect(),
                values: (0..4).map(|r| (0..20).map(|c| 0.1 + 0.2 * number(r, c)).collect()).collect(),
            }),
        ),
        figure(
            "obstacles",
            t("What holds provinces back most", "主要障碍因子"),
            Text::default(),
            Chart::Bars(Bars {
                label: t("Mean obstacle degree (%)", "平均障碍度（%）"),
                decimals: 1,
                items: vec![
                    (t("Technology market turnover per unit of GDP", "技术市场成交额占 GDP 比重"), 18.4),
                    (t("Invention patents in force per 10,000 residents", "每万人有效发明专利数"), 15.1),
                    (t("High-technology revenue", "高技术产业营业收入"), 11.7),
                    (t("R&D personnel", "研发人员"), 9.2),
                    (t("Energy per unit of GDP", "单位 GDP 能耗"), -2.3),
                ],
                items_are_units: false,
            }),
        ),
    ]
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

/// Gives a unit another identifier in a figure.
pub fn rename(figure: &mut Figure, from: &str, to: &str) {
    let change = |id: &mut String| {
        if id == from {
            to.clone_into(id);
        }
    };
    match &mut figure.chart {
        Chart::Tiles(c) => c.frames.iter_mut().flat_map(|f| &mut f.values).for_each(|v| change(&mut v.0)),
        Chart::Ranking(c) => c.rows.iter_mut().for_each(|r| change(&mut r.unit)),
        Chart::Heatmap(c) => c.rows.iter_mut().for_each(|r| change(&mut r.en)),
        Chart::Lines(c) => c.series.iter_mut().for_each(|s| change(&mut s.name.en)),
        Chart::Stack(c) => c.categories.iter_mut().for_each(|t| change(&mut t.en)),
        Chart::Scatter(c) => c.points.iter_mut().for_each(|p| change(&mut p.unit)),
        Chart::Bars(c) => c.items.iter_mut().for_each(|i| change(&mut i.0.en)),
    }
}
