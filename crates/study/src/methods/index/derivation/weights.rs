//! Weights of the tree, from what was given or from entropies down to effective weights.

use std::ops::Range;

use index::{Child, Normalisation, Reach, Scope, Weighting, weights::entropy::Zeros};

use super::{NORMALISED, Plan, TOP, WEIGHTS};
use crate::{
    derivation::{Content, Sheet, cell, held, held_column},
    text::Text,
};

/// Where local weights come from.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Equal,
    Declared,
    Entropy,
    /// Without a formula.
    Fixed,
}

/// Columns of one set of weights.
struct Columns {
    /// What the framework declares.
    given: Option<u16>,
    /// Entropy, one less entropy, share in all.
    entropy: Option<[u16; 3]>,
    local: u16,
    effective: u16,
}

impl Plan<'_> {
    fn origin(&self) -> Origin {
        let recipe = self.v.options.recipe();
        match recipe.weights {
            Weighting::Equal => Origin::Equal,
            Weighting::Manual => Origin::Declared,
            Weighting::Entropy if recipe.normalisation == Normalisation::MinMax && recipe.scope != Scope::PeriodMean => {
                Origin::Entropy
            }
            _ => Origin::Fixed,
        }
    }

    /// Rows of the tree on the sheet: of each dimension, of each indicator.
    fn tree_lines(&self) -> (Vec<u32>, Vec<u32>) {
        let tree = &self.v.tree;
        let (mut nodes, mut leaves) = (vec![0; tree.nodes.len()], vec![0; tree.leaves.len()]);
        // A parent stands before what is below it; indicators follow the dimension that holds them.
        let mut line = TOP + 2;
        for (n, branch) in tree.nodes.iter().enumerate() {
            nodes[n] = line;
            line += 1;
            if !branch.node.indicators.is_empty() {
                for j in branch.leaves.clone() {
                    leaves[j] = line;
                    line += 1;
                }
            }
        }
        (nodes, leaves)
    }

    fn columns(&self, set: usize) -> Columns {
        let recipe = self.v.options.recipe();
        let entropy = self.origin() == Origin::Entropy;
        let declared = self.origin() == Origin::Declared || entropy && recipe.reach == Reach::Within;
        let wide = 2 + u16::from(declared) + 3 * u16::from(entropy);
        let mut next = 2 + u16::try_from(set).unwrap_or(0) * wide;
        let mut take = || {
            next += 1;
            next - 1
        };
        let entropy = entropy.then(|| [take(), take(), take()]);
        let given = declared.then(&mut take);
        Columns { given, entropy, local: take(), effective: take() }
    }

    /// Cell of the local weight of a child.
    pub(super) fn local_cell(&self, child: Child, set: usize) -> String {
        let (nodes, leaves) = self.tree_lines();
        let line = match child {
            Child::Node(n) => nodes[n],
            Child::Leaf(j) => leaves[j],
        };
        format!("[{WEIGHTS}]{}", cell(line, self.columns(set).local))
    }

    /// The weights of every indicator of each set, above its values.
    pub(super) fn weighted(&self, sheet: &mut Sheet) {
        self.weight_heads(sheet);
        for (set, local) in self.v.index.weights.local.iter().enumerate() {
            for (n, branch) in self.v.tree.nodes.iter().enumerate() {
                for (k, &child) in branch.children.iter().enumerate() {
                    if let Child::Leaf(j) = child {
                        sheet.formula(self.weight_line(set), self.column(j), self.local_cell(child, set), local[n][k], 4);
                    }
                }
            }
        }
    }

    /// Rows that the weights of a set are taken from.
    fn rows_of_set(&self, set: usize) -> Range<usize> {
        match self.v.options.recipe().scope {
            Scope::Base => self.base(),
            Scope::PerPeriod => self.periods.get(set).map_or(0..0, |(_, r)| r.clone()),
            Scope::Pooled | Scope::PeriodMean => self.all(),
        }
    }

    /// The tree with its weights.
    pub(super) fn weights(&self) -> Sheet {
        let (recipe, tree) = (self.v.options.recipe(), &self.v.tree);
        let (nodes, leaves) = self.tree_lines();
        let mut sheet = Sheet::new(WEIGHTS, Text::new("4 Weights", "4 权重"));
        sheet.freeze = (TOP + 2, 2);
        sheet.notes.push(Text::new(
            "Local weight: share among siblings. Effective weight: local weight times the effective weight of the parent.",
            "本级权重为在同级中的份额；有效权重为本级权重乘以上级的有效权重。",
        ));
        let name = super::super::tables::weighting(recipe.weights);
        sheet.notes.push(match self.origin() {
            Origin::Equal => Text::new("Equal weights: 1 over the number of siblings.", "等权：同级个数的倒数。"),
            Origin::Declared => Text::new(
                "Weights of the framework, scaled to sum 1 among siblings. Grey: weights from judgements (pairwise comparisons and the like).",
                "采用指标体系给定的权重，在同级中归一。灰色为由判断矩阵等得出的权重。",
            ),
            Origin::Entropy => Text::new(
                "Entropy weights: E = −Σ p ln p / ln m with p = r / Σ r over the normalised values r; share (1 − E) / Σ (1 − E). Grey: an indicator whose values do not differ, E = 1.",
                "熵权：E = −Σ p ln p / ln m，p = r / Σ r（r 为归一化值）；份额为 (1 − E) / Σ (1 − E)。灰色为无差异指标，E = 1。",
            ),
            Origin::Fixed => Text::new(
                format!("Grey: {} weights are solved for over all values at once (or averaged over periods) and stand without a formula; effective weights follow from them.", name.en),
                format!("灰色：{}由全部数据整体求解（或为各期平均），不含公式；有效权重由其算出。", name.zh),
            ),
        });
        sheet.put(TOP + 1, 0, Content::Head(Text::new("Dimension or indicator", "维度或指标")));
        sheet.put(TOP + 1, 1, Content::Head(Text::new("name", "名称")));
        for (n, branch) in tree.nodes.iter().enumerate() {
            let label = if n == 0 { Text::new("Index", "综合指数") } else { indented(&self.v.node(n), branch.depth) };
            sheet.put(nodes[n], 0, Content::Words(label));
            sheet.put(nodes[n], 1, Content::Words(Text::plain(branch.node.id.clone())));
        }
        for (j, leaf) in tree.leaves.iter().enumerate() {
            let depth = tree.nodes[tree.parents[j]].depth + 1;
            sheet.put(leaves[j], 0, Content::Words(indented(&self.v.indicator(j), depth)));
            sheet.put(leaves[j], 1, Content::Words(Text::plain(leaf.id.clone())));
        }
        for set in 0..self.v.index.weights.local.len() {
            self.set(&mut sheet, set, &nodes, &leaves);
        }
        sheet
    }

    fn set(&self, sheet: &mut Sheet, set: usize, nodes: &[u32], leaves: &[u32]) {
        let tree = &self.v.tree;
        let columns = self.columns(set);
        let weights = &self.v.index.weights;
        let mut head = |column: Option<u16>, words: Text| {
            if let Some(column) = column {
                if let Some(p) = weights.periods[set] {
                    sheet.put(TOP, column, Content::Whole(i64::from(p)));
                }
                sheet.put(TOP + 1, column, Content::Head(words));
            }
        };
        let part = |k: usize| columns.entropy.map(|e| e[k]);
        head(part(0), Text::new("entropy E", "熵值 E"));
        head(part(1), Text::plain("1 − E"));
        head(part(2), Text::new("share", "份额"));
        head(columns.given, Text::new("weight of the framework", "体系给定权重"));
        head(Some(columns.local), Text::new("local weight", "本级权重"));
        head(Some(columns.effective), Text::new("effective weight", "有效权重"));
        self.entropies(sheet, set, &columns, nodes, leaves);
        let line = |child: Child| match child {
            Child::Node(n) => nodes[n],
            Child::Leaf(j) => leaves[j],
        };
        let mut effective = vec![1.0; tree.nodes.len()];
        sheet.put(nodes[0], columns.effective, Content::Given(1.0));
        for (n, branch) in tree.nodes.iter().enumerate() {
            let siblings = |column: u16| list(branch.children.iter().map(|c| line(*c)), column);
            for (k, &child) in branch.children.iter().enumerate() {
                let (at, value) = (line(child), weights.local[set][n][k]);
                let even = format!("1/{}", branch.children.len());
                match self.local(n, set, child, &columns) {
                    Some(from) if from.column == columns.local => sheet.formula(at, columns.local, even, value, 4),
                    Some(from) => {
                        if let Some(given) = from.given {
                            sheet.put(at, from.column, Content::Given(given));
                        }
                        let text = format!("{}/SUM({})", cell(at, from.column), siblings(from.column));
                        sheet.formula(at, columns.local, text, value, 4);
                    }
                    None => sheet.put(at, columns.local, Content::Fixed(value, 4)),
                }
                let own = effective[n] * value;
                if let Child::Node(below) = child {
                    effective[below] = own;
                }
                let text = format!("{}*{}", cell(at, columns.local), cell(nodes[n], columns.effective));
                sheet.formula(at, columns.effective, text, own, 4);
            }
        }
    }

    /// What the local weight of a child is a share of: the column, and the number to be written there. The column of
    /// local weights itself stands for equal shares; `None` where there is no formula.
    fn local(&self, parent: usize, set: usize, child: Child, columns: &Columns) -> Option<Basis> {
        let tree = &self.v.tree;
        let even = Some(Basis { column: columns.local, given: None });
        let branch = &tree.nodes[parent];
        let declared = || {
            let weights: Vec<Option<f64>> = branch.children.iter().map(|c| tree.declared(*c)).collect();
            if branch.judged.is_some() {
                None
            } else if weights.iter().all(Option::is_none) {
                even
            } else {
                Some(Basis { column: columns.given?, given: tree.declared(child) })
            }
        };
        match (self.origin(), columns.entropy) {
            (Origin::Equal, _) => even,
            (Origin::Declared, _) => declared(),
            (Origin::Entropy, Some([_, rest, share])) => {
                let within = self.v.options.recipe().reach == Reach::Within;
                let holds = !branch.node.indicators.is_empty();
                if within && !holds {
                    return declared();
                }
                // Where nothing below tells rows apart, its weight is even.
                let informs = branch.leaves.clone().any(|j| 1.0 - self.entropy(set, j) > 0.0);
                let column = if within { rest } else { share };
                if informs { Some(Basis { column, given: None }) } else { even }
            }
            _ => None,
        }
    }

    fn entropy(&self, set: usize, j: usize) -> f64 {
        self.v.index.weights.entropy.get(set).map_or(1.0, |e| e[j])
    }

    /// Entropies, what they leave, and the shares of indicators and dimensions.
    fn entropies(&self, sheet: &mut Sheet, set: usize, columns: &Columns, nodes: &[u32], leaves: &[u32]) {
        let Some([entropy, rest, share]) = columns.entropy else { return };
        let tree = &self.v.tree;
        let rows = self.rows_of_set(set);
        let all: Vec<f64> = (0..leaves.len()).map(|j| self.entropy(set, j)).collect();
        let within = self.v.options.recipe().reach == Reach::Within;
        for j in 0..leaves.len() {
            let line = leaves[j];
            if all[j] == 1.0 {
                sheet.put(line, entropy, Content::Fixed(1.0, 4));
            } else {
                let text = self.entropy_formula(j, &rows);
                sheet.array(line, entropy, text, all[j], 4);
            }
            sheet.formula(line, rest, format!("1-{}", cell(line, entropy)), 1.0 - all[j], 4);
        }
        if within {
            return;
        }
        let (first, last) = (leaves.first().copied().unwrap_or(0), leaves.last().copied().unwrap_or(0));
        let total: f64 = all.iter().map(|e| 1.0 - e).sum();
        let shares: Vec<f64> = all.iter().map(|e| (1.0 - e) / total).collect();
        for (j, &line) in leaves.iter().enumerate() {
            let text = format!("{}/SUM({})", cell(line, rest), held_column(rest, first..last + 1));
            sheet.formula(line, share, text, shares[j], 4);
        }
        for (n, branch) in tree.nodes.iter().enumerate() {
            let below = branch.children.iter().map(|c| match c {
                Child::Node(b) => nodes[*b],
                Child::Leaf(j) => leaves[*j],
            });
            let value: f64 = shares[branch.leaves.clone()].iter().sum();
            sheet.formula(nodes[n], share, format!("SUM({})", list(below, share)), value, 4);
        }
    }

    /// `-SUM(p LN(p))/LN(m)` over the values that are there, `0 ln 0 = 0`, zeros treated as the options say.
    fn entropy_formula(&self, j: usize, rows: &Range<usize>) -> String {
        let column = self.column(j);
        let r = format!("[{NORMALISED}]{}", held_column(column, self.lines(rows)));
        let o = &self.v.options.recipe().entropy;
        let values = || self.rows[rows.clone()].iter().map(|&i| self.v.index.normalised.values[j][i]);
        let x = match o.zeros {
            Zeros::Exact => r.clone(),
            Zeros::Shift => format!("({r}+{})", o.shift),
            Zeros::Stretch => format!("({}+({}-{})*{r})", o.low, o.high, o.low),
            Zeros::ShiftToPositive if values().fold(f64::INFINITY, f64::min) > 0.0 => r.clone(),
            Zeros::ShiftToPositive => format!("({r}-MIN({r})+{})", o.shift),
        };
        if values().any(f64::is_nan) {
            let sum = if x == r { format!("SUM({r})") } else { format!("SUM(IF(ISNUMBER({r}),{x},0))") };
            format!("-SUM(IF(ISNUMBER({r}),IF({x}>0,{x}/{sum}*LN({x}/{sum}),0),0))/LN(COUNT({r}))")
        } else {
            format!("-SUM(IF({x}>0,{x}/SUM({x})*LN({x}/SUM({x})),0))/LN(COUNT({r}))")
        }
    }
}

/// See [`Plan::local`].
#[derive(Clone, Copy)]
struct Basis {
    column: u16,
    given: Option<f64>,
}

/// Cells of a column in some rows, neighbours as a range.
fn list(lines: impl Iterator<Item = u32>, column: u16) -> String {
    let mut runs: Vec<Range<u32>> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some(run) if run.end == line => run.end = line + 1,
            _ => runs.push(line..line + 1),
        }
    }
    let one = |r: &Range<u32>| if r.len() == 1 { held(r.start, column) } else { held_column(column, r.clone()) };
    runs.iter().map(one).collect::<Vec<_>>().join(",")
}

fn indented(label: &Text, depth: usize) -> Text {
    let space = "\u{2003}".repeat(depth.saturating_sub(1));
    let zh = if label.zh.is_empty() { String::new() } else { format!("{space}{}", label.zh) };
    Text::new(format!("{space}{}", label.en), zh)
}
