//! Scores of the dimensions and of the index, and ranks.

use std::{collections::VecDeque, ops::Range};

use index::{Aggregation, Child};

use super::{Plan, SCORES, TOP};
use crate::{
    derivation::{Content, Sheet, cell, held_column, held_row, row},
    text::Text,
};

/// Scores closer than this differ by rounding alone.
const NEAR: f64 = 1e-9;

impl Plan<'_> {
    /// Dimensions level by level, the index first: what stands below one lies side by side.
    fn order(&self) -> Vec<usize> {
        let mut queue = VecDeque::from([0]);
        let mut out = Vec::new();
        while let Some(n) = queue.pop_front() {
            out.push(n);
            queue.extend(self.v.tree.nodes[n].children.iter().filter_map(|c| match c {
                Child::Node(b) => Some(*b),
                Child::Leaf(_) => None,
            }));
        }
        out
    }

    fn rank_column(&self) -> u16 {
        self.keys
    }

    /// Rank, index, dimensions.
    pub(super) fn scores(&self) -> Sheet {
        let recipe = self.v.options.recipe();
        let name = super::super::tables::aggregation(recipe.aggregation);
        let mut notes = vec![Text::new(
            format!(
                "Points (0-100): {} aggregation of what stands below, with the weights in the rows above it. Ranks within a period.",
                name.en
            ),
            format!("得分（0–100）：按上方各行权重对下级作{}合成；名次在同一时期内计算。", name.zh.trim()),
        )];
        let gaps = self.v.index.normalised.values.iter().flatten().any(|x| x.is_nan());
        if gaps {
            notes.push(Text::new(
                "Where a cell is missing, the weights of those present are brought back to sum 1.",
                "有缺失时，其余权重重新归一。",
            ));
        }
        let mut sheet = self.sheet(SCORES, Text::new("5 Scores and ranks", "5 得分与名次"), Vec::new());
        self.weight_heads(&mut sheet);
        let order = self.order();
        let mut columns = vec![0; order.len()];
        for (n, column) in order.iter().zip(self.rank_column() + 1..) {
            columns[*n] = column;
        }
        sheet.put(TOP, self.rank_column(), Content::Head(Text::new("Rank", "名次")));
        for (n, branch) in self.v.tree.nodes.iter().enumerate() {
            let label = if n == 0 { Text::new("Index", "综合指数") } else { self.v.node(n) };
            sheet.put(TOP, columns[n], Content::Head(label));
            sheet.put(TOP + 1, columns[n], Content::Words(Text::plain(branch.node.id.clone())));
        }
        for (set, local) in self.v.index.weights.local.iter().enumerate() {
            for (n, branch) in self.v.tree.nodes.iter().enumerate() {
                for (k, &child) in branch.children.iter().enumerate() {
                    if let Child::Node(b) = child {
                        sheet.formula(self.weight_line(set), columns[b], self.local_cell(child, set), local[n][k], 4);
                    }
                }
            }
        }
        let mut fixed = Vec::new();
        for &n in &order {
            if !self.node(&mut sheet, n, &columns) {
                let method = self.v.tree.nodes[n].node.aggregation.unwrap_or(recipe.aggregation);
                let name = super::super::tables::aggregation(method);
                if !fixed.contains(&name) {
                    fixed.push(name);
                }
            }
        }
        for name in fixed {
            // A geometric mean is one, unless its values fall short.
            notes.push(if name == super::super::tables::aggregation(Aggregation::Geometric) {
                Text::new(
                    "Grey: geometric means over values of 0 or below the floor, which are first brought to it.",
                    "灰色：含 0 或低于下限之值的几何合成，计算前先将其提升至下限。",
                )
            } else {
                Text::new(
                    format!("Grey: {} aggregation is not written as a formula of a cell here.", name.en),
                    format!("灰色：{}合成在此不写成单元格公式。", name.zh.trim()),
                )
            });
        }
        if !self.ranks(&mut sheet, columns[0]) {
            notes.push(Text::new(
                "Grey ranks: the scores of some units of the period differ by rounding alone, which a formula would not tell as the program does.",
                "灰色名次：该期部分单元得分仅有舍入差异，公式无法与程序作同样区分。",
            ));
        }
        sheet.notes = notes;
        sheet
    }

    /// Scores of a dimension; whether they are formulas.
    fn node(&self, sheet: &mut Sheet, n: usize, columns: &[u16]) -> bool {
        let v = self.v;
        let branch = &v.tree.nodes[n];
        let method = branch.node.aggregation.unwrap_or(v.options.recipe().aggregation);
        let floor = v.options.recipe().floor;
        let lift = |x: f64| if self.values == super::LIFTED { floor + (1.0 - floor) * x } else { x };
        let below = |child: &Child, i: usize| match child {
            Child::Node(b) => v.index.scores[*b][i],
            Child::Leaf(j) => lift(v.index.normalised.values[*j][i]),
        };
        let all = || branch.children.iter().flat_map(|c| self.rows.iter().map(move |&i| below(c, i)));
        let gaps = all().any(f64::is_nan);
        // What lies below the floor is brought to it before powers are taken.
        let powers = all().all(|x| x.is_nan() || x >= floor && x > 0.0);
        let column = |child: &Child| match child {
            Child::Node(b) => columns[*b],
            Child::Leaf(j) => self.column(*j),
        };
        let leaves = matches!(branch.children.first(), Some(Child::Leaf(_)));
        let (sheet_name, points) = if leaves { (format!("[{}]", self.values), "100*") } else { (String::new(), "") };
        let span: Range<u16> = branch.children.first().map_or(0, column)..branch.children.last().map_or(0, |c| column(c) + 1);
        let formulas = match method {
            Aggregation::Arithmetic => true,
            Aggregation::Geometric => powers,
            _ => false,
        };
        for (k, &i) in self.rows.iter().enumerate() {
            let (line, value) = (self.line(k), 100.0 * v.index.scores[n][i]);
            if !formulas {
                if !value.is_nan() {
                    sheet.put(line, columns[n], Content::Fixed(value, 2));
                }
                continue;
            }
            let w = format!("{sheet_name}{}", held_row(self.weight_line(v.index.weights.of_row[i]), span.clone()));
            let x = format!("{sheet_name}{}", row(line, span.clone()));
            match (method, gaps) {
                (Aggregation::Geometric, false) => sheet.array(line, columns[n], format!("{points}PRODUCT({x}^{w})"), value, 2),
                (Aggregation::Geometric, true) => {
                    let there = format!("SUM(IF(ISNUMBER({x}),{w},0))");
                    let text = format!("IF({there}=0,\"\",{points}PRODUCT(IF(ISNUMBER({x}),{x}^({w}/{there}),1)))");
                    sheet.array(line, columns[n], text, value, 2);
                }
                (_, false) => sheet.formula(line, columns[n], format!("{points}SUMPRODUCT({w},{x})"), value, 2),
                (_, true) => {
                    let there = format!("SUMPRODUCT({w},--ISNUMBER({x}))");
                    let text = format!("IF({there}=0,\"\",{points}SUMPRODUCT({w},{x})/{there})");
                    sheet.formula(line, columns[n], text, value, 2);
                }
            }
        }
        formulas
    }

    /// Ranks within each period; whether all are formulas.
    fn ranks(&self, sheet: &mut Sheet, scores: u16) -> bool {
        let mut all = true;
        for (_, places) in &self.periods {
            let known = |k: &usize| !self.v.score(self.rows[*k]).is_nan();
            let mut sorted: Vec<f64> = places.clone().filter(known).map(|k| self.v.score(self.rows[k])).collect();
            sorted.sort_by(f64::total_cmp);
            let pairs = || sorted.windows(2).filter(|w| w[1] - w[0] < NEAR);
            let (tied, near) = (pairs().next().is_some(), pairs().any(|w| w[1] != w[0]));
            all &= !near;
            let gaps = sorted.len() < places.len();
            let range = held_column(scores, self.lines(places));
            for k in places.clone() {
                let Some(rank) = self.v.index.ranks[self.rows[k]] else {
                    if !near {
                        let own = cell(self.line(k), scores);
                        sheet.formula(self.line(k), self.rank_column(), rank_of(&own, &range, tied, true), f64::NAN, 0);
                    }
                    continue;
                };
                let own = cell(self.line(k), scores);
                if near {
                    sheet.put(self.line(k), self.rank_column(), Content::Fixed(rank as f64, 0));
                } else {
                    sheet.formula(self.line(k), self.rank_column(), rank_of(&own, &range, tied, gaps), rank as f64, 0);
                }
            }
        }
        all
    }
}

/// The formula of a rank: equal scores that were added up in different orders stay equal.
fn rank_of(own: &str, range: &str, tied: bool, gaps: bool) -> String {
    let rank = if tied { format!("COUNTIF({range},\">\"&({own}+{NEAR:E}))+1") } else { format!("RANK({own},{range})") };
    if gaps { format!("IF(ISNUMBER({own}),{rank},\"\")") } else { rank }
}
