//! A table on the page: sortable, foldable, downloadable.

use std::fmt::Write;

use study::{
    table::{Cells, Column, Table},
    text::Text,
};

use super::words::Words;
use crate::{Units, draw::svg::escape, limits::PAGE, number};

/// Rows shown before "show all".
const FOLD: usize = 12;

/// The table with its caption; `name` is its number, `file` its CSV file.
pub fn html(table: &Table, units: &Units, words: Words, id: &str, name: &str, file: &str) -> String {
    let rows = table.len();
    let carried = rows.min(PAGE);
    let folded = carried > FOLD;
    let class = match (folded, carried > 80) {
        (true, true) => "tab folded long",
        (true, false) => "tab folded",
        _ => "tab",
    };
    let mut out = format!("<div class=\"{class}\" id=\"{}\" data-file=\"{}\">", escape(id), escape(file_name(file)));
    let _ = write!(
        out,
        "<p class=\"cap\"><b>{name}</b> {}</p><div class=\"scroll\"><table{}><thead><tr>",
        words.text(&table.title),
        if table.columns.len() < 5 { " class=\"slim\"" } else { "" }
    );
    for column in &table.columns {
        out.push_str(&heading(column, words));
    }
    out.push_str("</tr></thead><tbody>");
    for row in 0..carried {
        out.push_str("<tr>");
        for column in &table.columns {
            cell(&mut out, column, row, units, words);
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    if !table.note.is_empty() {
        let _ = write!(out, "<p class=\"note\">{}</p>", words.text(&table.note));
    }
    out.push_str("<p class=\"tools\">");
    if folded {
        let (all, less) = (number::whole(carried as i64), FOLD);
        let (more, more_zh) = match carried < rows {
            true => (format!("Show {all} rows"), format!("显示 {all} 行")),
            false => (format!("Show all {all} rows"), format!("显示全部 {all} 行")),
        };
        let _ = write!(
            out,
            "<button class=\"fold\" type=\"button\" aria-expanded=\"false\"><span class=\"shut\">{}</span><span class=\"wide\">{}</span></button>",
            words.text(&Text::new(more, more_zh)),
            words.text(&Text::new(format!("Show first {less} rows"), format!("仅显示前 {less} 行"))),
        );
    }
    if rows > PAGE {
        let (first, all) = (number::whole(PAGE as i64), number::whole(rows as i64));
        let text = Text::new(
            format!("The page has the first {first} of {all} rows; all of them: {file}"),
            format!("本页仅含全部 {all} 行中的前 {first} 行；全部数据见 {file}"),
        );
        let _ = write!(out, "<a href=\"{}\">{}</a>", escape(file), words.text(&text));
    } else {
        out.push_str("<button class=\"csv\" type=\"button\">CSV</button>");
    }
    out.push_str("</p></div>");
    out
}

fn heading(column: &Column, words: Words) -> String {
    let class = if right(&column.cells) { " class=\"n\"" } else { "" };
    let label = if column.label.is_empty() { escape(&column.name) } else { words.text(&column.label) };
    let unit = if column.unit.is_empty() {
        String::new()
    } else {
        format!(" <span class=\"unit\">({})</span>", words.text(&column.unit))
    };
    format!(
        "<th scope=\"col\"{class} data-name=\"{}\" aria-sort=\"none\"><button type=\"button\">{label}{unit}</button></th>",
        escape(&column.name)
    )
}

fn cell(out: &mut String, column: &Column, row: usize, units: &Units, words: Words) {
    let _ = match &column.cells {
        Cells::Unit(v) => {
            let id = v.get(row).map_or("", String::as_str);
            write!(out, "<th scope=\"row\" data-unit=\"{0}\" data-s=\"{0}\">{1}</th>", escape(id), words.text(&units.label(id)))
        }
        Cells::Integer(v) => match v.get(row).copied().flatten() {
            Some(x) => write!(out, "<td class=\"n\" data-s=\"{x}\">{}</td>", number::whole(x)),
            None => write!(out, "<td class=\"n\" data-s=\"\">–</td>"),
        },
        Cells::Number(v, decimals) => {
            let x = v.get(row).copied().unwrap_or(f64::NAN);
            write!(out, "<td class=\"n\" data-s=\"{}\">{}</td>", number::exact(x), number::fixed(x, (*decimals).into()))
        }
        Cells::P(v) => {
            let p = v.get(row).copied().unwrap_or(f64::NAN);
            write!(out, "<td class=\"n\" data-s=\"{}\">{}</td>", number::exact(p), escape(&number::p_value(p)))
        }
        Cells::Text(v) => {
            // Long texts get room, or a narrow page breaks them at every word.
            let long = v.get(row).is_some_and(|t| crate::width::em(&t.en).max(crate::width::em(&t.zh)) > 14.0);
            let class = if long { " class=\"long\"" } else { "" };
            write!(out, "<td{class}>{}</td>", v.get(row).map(|t| words.text(t)).unwrap_or_default())
        }
    };
}

fn right(cells: &Cells) -> bool {
    matches!(cells, Cells::Integer(_) | Cells::Number(..) | Cells::P(_))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
