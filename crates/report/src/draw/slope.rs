//! Places at two ends, joined: who rises and who falls.

use study::{
    figure::{Slope, SlopeRow},
    text::Text,
};

use super::{
    colour, legend, nothing,
    svg::{Anchor, Canvas, WIDTH, fitted},
};
use crate::Units;

const STEP: f64 = 17.0;
const SAME: &str = "#a8a5a0";

pub fn draw(canvas: &mut Canvas, chart: &Slope, units: &Units) -> f64 {
    if chart.rows.is_empty() {
        return nothing(canvas);
    }
    let labels: Vec<Text> = chart.rows.iter().map(|r| units.label(&r.unit)).collect();
    let name = canvas.longest(&labels).clamp(30.0, 190.0);
    let edge = name + 34.0;
    // Room for the change beside the name at the right.
    let (left, right) = (edge, WIDTH - edge - 34.0);
    let items = [
        (Text::new("Rises", "上升"), colour::GROUPS[0].to_owned()),
        (Text::new("Falls", "下降"), colour::GROUPS[1].to_owned()),
        (Text::new("Keeps its place", "不变"), SAME.to_owned()),
    ];
    let mut top = legend::row(canvas, 0.0, 0.0, WIDTH, &items, true) + 6.0;
    canvas.leaf(
        "line",
        &[
            ("x1", &0.0),
            ("x2", &14.0),
            ("y1", &(top + 7.0)),
            ("y2", &(top + 7.0)),
            ("stroke", &"#4a4845"),
            ("stroke-width", &2.6),
        ],
    );
    let most = Text::new("Thick: the fifth of the units that moves most.", "粗线：名次变动最大的五分之一单元。");
    let thick = if chart.clear.is_empty() { &most } else { &chart.clear };
    top += legend::heading(canvas, 20.0, top, WIDTH - 20.0, thick);
    top += 6.0;
    canvas.text(left, top + 10.0, Anchor::End, "strong", &fitted(&chart.from, edge), &[]);
    canvas.text(right, top + 10.0, Anchor::Start, "strong", &fitted(&chart.to, WIDTH - right), &[]);
    top += 20.0;

    let (at_left, at_right) = (order(&chart.rows, |r| (r.from, r.to)), order(&chart.rows, |r| (r.to, r.from)));
    let y = |k: usize| top + (k as f64 + 0.5) * STEP;
    // Those that stay lie under those that move.
    let mut drawn: Vec<usize> = (0..chart.rows.len()).collect();
    let move_of = |i: usize| chart.rows[i].from.abs_diff(chart.rows[i].to);
    drawn.sort_by_key(|&i| (chart.rows[i].clear, move_of(i)));
    let mut moves: Vec<usize> = drawn.iter().map(|&i| move_of(i)).collect();
    moves.sort_unstable();
    let far = moves[moves.len() - 1 - moves.len() / 5].max(1);
    for i in drawn {
        let row = &chart.rows[i];
        let (a, b) = (y(at_left[i]), y(at_right[i]));
        let stroke = match row.from.cmp(&row.to) {
            std::cmp::Ordering::Greater => colour::GROUPS[0],
            std::cmp::Ordering::Less => colour::GROUPS[1],
            std::cmp::Ordering::Equal => SAME,
        };
        let thick = if chart.clear.is_empty() { move_of(i) >= far } else { row.clear };
        let (weight, opacity) = if thick { (2.2, 0.95) } else { (1.1, 0.7) };
        canvas.unit(&row.unit, &labels[i], &tip(chart, row), &[("tabindex", &"0")]);
        canvas.leaf(
            "line",
            &[
                ("x1", &(left + 8.0)),
                ("x2", &(right - 8.0)),
                ("y1", &a),
                ("y2", &b),
                ("stroke", &stroke),
                ("stroke-width", &weight),
                ("stroke-opacity", &opacity),
            ],
        );
        for (x, y) in [(left + 8.0, a), (right - 8.0, b)] {
            canvas.leaf("circle", &[("cx", &x), ("cy", &y), ("r", &2.6), ("fill", &stroke)]);
        }
        canvas.word(left, a + 4.0, Anchor::End, "tick", &row.from.to_string(), &[]);
        canvas.text(left - 26.0, a + 4.0, Anchor::End, "name", &fitted(&labels[i], name), &[]);
        canvas.word(right + 18.0, b + 4.0, Anchor::End, "tick", &row.to.to_string(), &[]);
        canvas.text(right + 26.0, b + 4.0, Anchor::Start, "name", &fitted(&labels[i], name), &[]);
        let style = format!("fill:{stroke}");
        canvas.word(WIDTH, b + 4.0, Anchor::End, "small", &change(row), &[("style", &style)]);
        canvas.close("g");
    }
    top + chart.rows.len() as f64 * STEP + 6.0
}

/// Place of each row among all by a key, ties in the order of the rows.
fn order(rows: &[SlopeRow], key: impl Fn(&SlopeRow) -> (usize, usize)) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..rows.len()).collect();
    sorted.sort_by_key(|&i| (key(&rows[i]), i));
    let mut out = vec![0; rows.len()];
    sorted.iter().enumerate().for_each(|(k, &i)| out[i] = k);
    out
}

fn change(row: &SlopeRow) -> String {
    match row.from.cmp(&row.to) {
        std::cmp::Ordering::Greater => format!("+{}", row.from - row.to),
        std::cmp::Ordering::Less => format!("−{}", row.to - row.from),
        std::cmp::Ordering::Equal => String::new(),
    }
}

fn tip(chart: &Slope, row: &SlopeRow) -> Text {
    let zh = study::text::Language::Zh;
    Text::new(
        format!("rank {} ({}), rank {} ({})", row.from, chart.from.en, row.to, chart.to.en),
        format!("第 {} 位（{}），第 {} 位（{}）", row.from, chart.from.get(zh), row.to, chart.to.get(zh)),
    )
}
