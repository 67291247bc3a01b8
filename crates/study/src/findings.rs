//! Pages of findings: what a code means in general, shown by `xinzhi explain CODE` and the report.

/// The page of a finding, in Markdown with the headings What / Why / Example / Fix / Reference
/// (是什么 / 为什么 / 例子 / 怎么办 / 文献).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingPage {
    /// Code, e.g. `CI001`.
    pub code: &'static str,
    /// Title in English and Chinese.
    pub title: (&'static str, &'static str),
    /// The page in English.
    pub en: &'static str,
    /// The page in Chinese.
    pub zh: &'static str,
}

macro_rules! page {
    ($code:literal, $en:literal, $zh:literal) => {
        FindingPage {
            code: $code,
            title: ($en, $zh),
            en: include_str!(concat!("findings/", $code, ".md")),
            zh: include_str!(concat!("findings/", $code, ".zh.md")),
        }
    };
}

/// Ordered by code.
static PAGES: &[FindingPage] = &[
    page!("AU001", "Missing periods", "缺少时期"),
    page!("AU002", "Missing cells", "空单元格"),
    page!("AU003", "Impossible value", "不可能的值"),
    page!("AU004", "Value out of line with its neighbours", "与相邻年份不符的值"),
    page!("AU005", "Variables that contradict one another", "变量相互矛盾"),
    page!("AU006", "Units that do not add up to the total", "分项之和与总计不符"),
    page!("AU007", "Level shift or splice", "水平移位或拼接"),
    page!("AU008", "Repeated number", "数字重复"),
    page!("AU009", "Data sets of different coverage", "数据集覆盖范围不一"),
    page!("CI001", "Entropy or weights out of range", "熵值或权重越界"),
    page!("CI002", "Entropy on arbitrarily shifted data", "任意平移数据后求熵"),
    page!("CI003", "Indicator that hardly varies", "几乎不变的指标"),
    page!("CI004", "Trend on per-period scales", "在逐期标准化的尺度上谈趋势"),
    page!("CI005", "Size among intensities", "强度指标中混入规模指标"),
    page!("CI006", "An index inside an index", "指数之中套指数"),
    page!("CI007", "Direction in doubt", "指标方向可疑"),
    page!("CI008", "Redundant or conflicting indicators", "指标重复或相互冲突"),
    page!("CI009", "Coupling degree that cannot be read", "无法解读的耦合度"),
    page!("CI010", "Ranking without an interval", "没有区间的排名"),
    page!("CI011", "Filled or altered cells", "填补或改动过的数据"),
    page!("CI012", "One indicator dominates", "单一指标主导"),
    page!("CI013", "New data rewrite the past", "新数据改写历史"),
    page!("CI014", "Inference that does not hold", "站不住的推断"),
    page!("CI015", "Source unknown", "来源不明"),
    page!("CI016", "Compensation hides a zero", "补偿掩盖短板"),
    page!("CI017", "A judgement that contradicts itself", "自相矛盾的判断"),
    page!("CI018", "Weights not quite as asked", "未能完全按要求生成的权重"),
    page!("CI019", "The recipe of a tool", "某一工具的算法"),
    page!("CI030", "Peer groups too small or moving", "组别过小或变动"),
    page!("CI031", "Targets that measure nothing", "无从衡量的目标"),
    page!("CI032", "Targets already reached", "已经达到的目标"),
    page!("CI033", "Progress between scales", "跨尺度的进步"),
    page!("FR001", "Observations left out of the frontier", "未进入前沿的观测"),
    page!("FR002", "Values without a certified solution", "没有经认证解的数值"),
    page!("FR003", "Too few units for the variables", "单元数相对变量过少"),
    page!("FR004", "Slacks added up in mixed units", "不同计量单位的松弛相加"),
    page!("FR005", "Zeros in a measure of shares", "按比例计量时的零值"),
    page!("FR006", "Unit beyond the reach of its reference", "参照集无法达到的单元"),
    page!("FR007", "Efficient because nobody dominates", "因无人支配而有效"),
    page!("FR008", "Unit far from all others", "与其余单元相距甚远的单元"),
    page!("FR009", "Distances that do not exist", "不存在的距离"),
    page!("FR010", "Pollution priced at nothing or less", "污染价格为零或为负"),
    page!("FR011", "Cross-period distance that does not exist", "不存在的跨期距离"),
    page!("FR018", "A stage without weight", "没有权重的阶段"),
    page!("FR020", "Zeros and negative values", "零值与负值"),
    page!("FR021", "Numbers of very different size", "数量级悬殊"),
    page!("FR022", "Orientation with nothing to move", "导向无可移动之处"),
    page!("FR023", "Variables that tell the same", "信息重复的变量"),
    page!("FR024", "Input and outputs move apart", "投入与产出背道而驰"),
    page!("FR025", "Ratios among volumes", "总量中混入比率"),
    page!("FR026", "Units with the same values", "取值完全相同的单元"),
    page!("FR027", "One unit moves the frontier", "单个单元左右前沿"),
    page!("FR028", "Most units are efficient", "多数单元有效"),
    page!("FR030", "Appraisals that are no efficiencies", "不是效率的评价"),
    page!("FR031", "A normalisation that is one of several", "并非唯一的标准化因子"),
    page!("FR032", "A norm over different units of measure", "跨计量单位的范数"),
    page!("FR036", "A split that is one of several", "并非唯一的分解"),
    page!("FR037", "A division that is not scored", "未计分的部门"),
    page!("FR038", "A joint index that hides a part", "掩盖其中一部分的联合指数"),
    page!("FR039", "A balance that does not close", "不能闭合的物质平衡"),
    page!("FR040", "A partial frontier that leaves nothing out", "未剔除任何单元的部分前沿"),
    page!("FR041", "Merged unit larger than anything observed", "大于任何观测的合并单元"),
    page!("FR044", "Canonical weights that are none or negative", "不存在或为负的典型权重"),
    page!("FR045", "Several sets of weights are optimal", "有多组最优权重"),
    page!("FR046", "Pairs of units that are not listed", "未逐一列出的单元配对"),
    page!("GA001", "Factor shares that are not elasticities", "不能当作弹性的要素份额"),
    page!("GA002", "Growth that cannot be computed", "无法计算的增长"),
    page!("SP001", "Holes in the map", "地图上的空缺"),
    page!("SP002", "A chain that says little", "说明不了多少的链"),
    page!("SP003", "A curve where no value can be", "落在不可能取值之处的曲线"),
    page!("SP004", "Beta without sigma", "有 β 而无 σ 的收敛"),
    page!("TF001", "Values without a logarithm", "没有对数的数值"),
    page!("TF002", "Investment that is zero", "投资为零"),
    page!("TF003", "Lags that do not exist", "不存在的滞后值"),
    page!("TF004", "Elasticity that is not positive", "非正的产出弹性"),
    page!("TF005", "Returns to scale outside the band", "规模报酬超出范围"),
    page!("TF006", "Several solutions", "多个解"),
    page!("TF007", "Estimate that does not exist", "不存在的估计"),
    page!("TF008", "Standard errors missing or incomplete", "标准误缺失或不全"),
    page!("TF009", "Few firms behind an estimate", "估计背后的企业很少"),
    page!("TF010", "History too short for the stock", "历史过短的存量"),
    page!("TF011", "Prices of investment", "投资的价格口径"),
    page!("TF012", "Rows without a stock", "没有存量的行"),
    page!("TF013", "Growth behind the first stock", "初始存量所依据的增长率"),
    page!("TF014", "Negative investment or stock", "投资或存量为负"),
    page!("TF015", "User costs that are not positive", "不为正的使用成本"),
    page!("TF016", "Rate of return out of the ordinary", "异常的回报率"),
    page!("TF017", "Rows without capital services", "没有资本服务的行"),
    page!("TF018", "Vintages mixed", "混用统计版本"),
    page!("TF020", "Levels without a base", "没有基准的水平"),
    page!("TF021", "Industries missing from an economy", "经济体缺少行业"),
    page!("TF022", "Structural burden", "结构负担"),
    page!("TF023", "Contributions held against zero", "以零为参照的贡献"),
    page!("TF024", "Labour composition that jumps", "跳跃的劳动构成"),
    page!("TF025", "Value added above gross output", "增加值大于总产出"),
    page!("TF026", "Units compared that change", "参与比较的单元变动"),
    page!("TF027", "Development accounts without human capital", "没有人力资本的发展核算"),
    page!("TF030", "Rows without price or quantity", "缺价格或数量的行"),
    page!("TF031", "Comparison of few products", "只比较少数产品"),
    page!("TF032", "Periods that nothing ties together", "无从相连的时期"),
    page!("TF033", "Chain drift", "链式漂移"),
    page!("TF034", "Formula with a known fault", "有已知缺陷的公式"),
    page!("TF035", "Laspeyres and Paasche far apart", "拉氏与帕氏相差甚大"),
    page!("TF036", "Rows without productivity", "没有生产率的行"),
    page!("TF037", "Revenue far from cost", "收入与成本相差甚远"),
    page!("TF038", "Transitive levels far from direct changes", "可传递水平偏离直接比较"),
    page!("TF040", "Autocorrelation that the instruments do not allow", "工具变量所不容的自相关"),
    page!("TF041", "Instruments rejected", "工具变量被拒绝"),
    page!("TF042", "More instruments than firms", "工具变量多于企业"),
    page!("TF043", "Common factor restriction that fails", "不成立的公因子约束"),
    page!("TF044", "Random effects that are not random", "并不随机的随机效应"),
    page!("TF060", "Several exact roots", "多个精确根"),
    page!("TF061", "No root is chosen", "不作选择"),
    page!("TF062", "Spurious root", "伪根"),
    page!("TF063", "Weak identification", "弱识别"),
    page!("TF064", "The only root does not qualify", "唯一的根不合格"),
    page!("TF065", "Markups from revenue elasticities", "由收入弹性计算的加成率"),
    page!("TF066", "Markups below 1", "低于 1 的加成率"),
    page!("TF067", "Rows without a markup", "没有加成率的行"),
    page!("TF070", "Missing cells that are no exit", "缺失值不是退出"),
    page!("TF071", "Units that come back", "退出后又出现的单元"),
    page!("TF072", "A reference that does not exist", "不存在的参照"),
    page!("TF073", "A sign that depends on the variant", "随变体而变的符号"),
    page!("TF074", "Few survivors", "存续者过少"),
    page!("TF075", "Units that change their group", "变更组别的单元"),
    page!("TF076", "Rows that are not counted", "未计入的行"),
    page!("TF077", "Revenue productivity that follows errors", "随误差变动的收入生产率"),
    page!("TF078", "Industries of few firms", "企业过少的行业"),
    page!("TF080", "Elasticities of a unit outside 0 to 1", "在 0 与 1 之外的单元弹性"),
    page!("TF081", "Elasticities of a unit that are uncertain", "不确定的单元弹性"),
    page!("TF082", "Prices that are missing", "缺失的价格"),
    page!("TF083", "Few goods", "商品过少"),
    page!("TF084", "Units without a pair", "没有配对的单元"),
    page!("TF085", "A factor market freer than the whole", "比整体更自由的要素市场"),
];

/// All pages, ordered by code.
pub fn pages() -> &'static [FindingPage] {
    PAGES
}

/// The page of a code, in any case.
pub fn page(code: &str) -> Option<&'static FindingPage> {
    PAGES.iter().find(|p| p.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(page: &str) -> Vec<&str> {
        page.lines().filter_map(|l| l.strip_prefix("## ")).collect()
    }

    #[test]
    fn every_page_has_its_headings_and_something_below_each() {
        for p in pages() {
            assert_eq!(headings(p.en), ["What", "Why", "Example", "Fix", "Reference"], "{}", p.code);
            assert_eq!(headings(p.zh), ["是什么", "为什么", "例子", "怎么办", "文献"], "{}", p.code);
            for text in [p.en, p.zh] {
                assert!(text.split("\n## ").skip(1).all(|s| s.lines().skip(1).any(|l| !l.trim().is_empty())), "{}", p.code);
            }
        }
    }

    #[test]
    fn codes_are_ordered_unique_and_found() {
        assert!(pages().windows(2).all(|w| w[0].code < w[1].code));
        for i in 1..=16 {
            assert!(page(&format!("ci{i:03}")).is_some(), "CI{i:03}");
        }
        assert!(page("XX999").is_none());
    }

    /// Codes are raised as plain text in the entries of methods; each must lead to a page.
    #[test]
    fn every_code_a_method_raises_has_a_page() {
        fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    sources(&path, found);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    found.push(std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut texts = Vec::new();
        sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/methods")), &mut texts);
        let mut codes = std::collections::BTreeSet::new();
        for word in texts.iter().flat_map(|t| t.split('"')) {
            let (letters, digits) = word.split_at_checked(2).unwrap_or_default();
            if digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()) && letters.bytes().all(|b| b.is_ascii_uppercase())
            {
                codes.insert(word);
            }
        }
        assert!(codes.len() > 20, "{codes:?}");
        for code in codes {
            assert!(page(code).is_some(), "{code} has no page");
        }
    }

    #[test]
    fn every_file_of_the_folder_is_a_page() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/findings");
        for file in std::fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let code = name.split('.').next().unwrap();
            assert!(page(code).is_some(), "{name} is not listed");
        }
    }
}
