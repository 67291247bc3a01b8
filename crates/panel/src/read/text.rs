//! Delimited text: encoding, delimiter and rows.

use std::{borrow::Cow, fs, path::Path};

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::{
    ReadOptions,
    around::{MOST_ABOVE, header_at},
    damaged,
    grid::Grid,
    unreadable,
};
use crate::{
    problem::{Place, Problem},
    raw::{Cell, RawTable},
};

/// A header line is shorter than this in any table of use.
const LONGEST_HEADER: usize = 1 << 20;
const LARGEST_FILE: u64 = 4 << 30;
/// How much of the text is looked at to find the delimiter.
const SAMPLE: usize = 1 << 16;
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<RawTable, Vec<Problem>> {
    let size = fs::metadata(path).map_err(|e| vec![unreadable(&e)])?.len();
    if size > LARGEST_FILE {
        return Err(vec![
            Problem::error("large-file", format!("The file has {size} bytes, more than text is read from."))
                .help("Save it as Parquet."),
        ]);
    }
    let bytes = fs::read(path).map_err(|e| vec![unreadable(&e)])?;
    let (text, stray) = cleaned(decode(&bytes, options.encoding.as_deref())?)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(vec![
            Problem::error("empty-file", "The file holds nothing but blanks.")
                .help("Save the table again, with a header row and data."),
        ]);
    }
    if start.starts_with("<!") || start.starts_with("<?xml") || start.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("<html")) {
        return Err(vec![damaged("it is a web page or XML, not a table")]);
    }
    let header_end = start.find(['\n', '\r']).unwrap_or(start.len());
    if header_end > LONGEST_HEADER {
        return Err(vec![
            Problem::error("long-line", format!("The first line has {header_end} bytes."))
                .why("The first line is the header; line breaks seem to be missing.")
                .help("Save the table again with one line per row.")
                .at(Place { row: Some(1), ..Place::default() }),
        ]);
    }
    let delimiter = match options.delimiter {
        Some(c) => c,
        None => sniff(start),
    };
    let delimiter = u8::try_from(delimiter).ok().filter(u8::is_ascii).ok_or_else(|| {
        vec![Problem::error("bad-delimiter", format!("`{delimiter}` cannot be a delimiter.")).help("Use one of , ; | or a tab.")]
    })?;
    let mut table = rows(path, &text, delimiter)?;
    let place = table.place_of_table();
    table.notes.extend(stray.map(|note| Problem { place: Place { row: note.place.row, ..place }, ..note }));
    Ok(table)
}

/// The text of the bytes: by byte-order mark, else UTF-8, else GB18030 if it reads as such.
fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Result<Cow<'a, str>, Vec<Problem>> {
    let named = match label {
        None => None,
        Some(label) => Some(Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            vec![
                Problem::error("unknown-encoding", format!("There is no encoding `{label}`."))
                    .help("Use utf-8, gb18030, big5, windows-1252 or utf-16le.")
                    .did_you_mean(
                        label,
                        ["utf-8", "gb18030", "gbk", "big5", "windows-1252", "utf-16le", "utf-16be", "shift_jis"],
                    ),
            ]
        })?),
    };
    // Old programs close a text with the end-of-file mark of DOS.
    let bytes = bytes.strip_suffix(b"\x1a").unwrap_or(bytes);
    let (encoding, body) = match (named, Encoding::for_bom(bytes)) {
        (_, Some((encoding, length))) => (Some(encoding), bytes.get(length..).unwrap_or_default()),
        (named, None) => (named, bytes),
    };
    let strict = |encoding: &'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(body);
    let text = match encoding {
        Some(encoding) => strict(encoding).ok_or_else(|| {
            vec![damaged(&format!("its bytes are not {}", encoding.name())).help("Name the encoding it was saved in.")]
        })?,
        None => strict(UTF_8).or_else(|| strict(GB18030).filter(|_| pairs(body))).ok_or_else(|| {
            vec![if body.contains(&0) {
                damaged("it holds binary data, not text")
            } else {
                Problem::error("unknown-encoding", "The text is neither UTF-8 nor GB18030.")
                    .why("Read in the wrong encoding, names would turn into other names.")
                    .help("Name its encoding, e.g. `windows-1252` or `big5`, or save it as UTF-8.")
            }]
        })?,
    };
    Ok(text)
}

/// Control characters do not occur in tables. A few strays become spaces and are told as a warning;
/// zero bytes, or many of them, mean that the file is not text.
fn cleaned(text: Cow<'_, str>) -> Result<(Cow<'_, str>, Option<Problem>), Vec<Problem>> {
    let stray = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}');
    let Some(at) = text.bytes().position(|b| stray(char::from(b))) else { return Ok((text, None)) };
    let c = text.get(at..).and_then(|t| t.chars().next()).unwrap_or_default();
    let line = 1 + text.get(..at).unwrap_or_default().matches('\n').count();
    let what = format!("Line {line} holds the control character U+{:04X}.", u32::from(c));
    let place = Place { row: Some(line), ..Place::default() };
    let strays = text.matches(stray).count();
    if text.contains('\0') || strays > 20 {
        return Err(vec![
            Problem::error("binary-data", what)
                .why("It does not occur in tables: the file is damaged or not text.")
                .help("Save the table again as UTF-8 text.")
                .at(place),
        ]);
    }
    let note = Problem::warning("control-character", what).why(format!("{strays} such characters are read as spaces.")).at(place);
    Ok((Cow::Owned(text.replace(stray, " ")), Some(note)))
}

/// Whether most non-ASCII characters are pairs of high bytes, as in Chinese text; in Latin text
/// high bytes stand alone among letters and would decode into stray Han characters.
pub(super) fn pairs(bytes: &[u8]) -> bool {
    let (mut high, mut low, mut at) = (0_usize, 0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii() {
            at += 1;
            continue;
        }
        match bytes.get(at + 1) {
            Some(second) if !second.is_ascii() || second.is_ascii_digit() => high += 1,
            _ => low += 1,
        }
        at += 2;
    }
    high >= low
}

/// The delimiter under which the first rows agree best on a number of cells above one.
fn sniff(text: &str) -> char {
    let sample = match text.char_indices().nth(SAMPLE) {
        None => text,
        Some((end, _)) => {
            text.get(..end).and_then(|s| s.rfind(['\n', '\r']).and_then(|e| s.get(..e)).or(Some(s))).unwrap_or(text)
        }
    };
    let mut best = (',', 0.0);
    for delimiter in DELIMITERS {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .from_reader(sample.as_bytes());
        let counts: Vec<usize> = reader.into_byte_records().flatten().take(50).map(|r| r.len()).collect();
        // Titles above the header are single cells.
        let Some(&header) = counts.iter().take(MOST_ABOVE).find(|&&n| n > 1) else { continue };
        let agree = counts.iter().filter(|&&n| n == header).count();
        #[expect(clippy::cast_precision_loss, reason = "at most fifty rows and a few thousand cells")]
        let score = (agree as f64 / counts.len() as f64).powi(2) * (header.min(1000) as f64).ln_1p();
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

fn rows(path: &Path, text: &str, delimiter: u8) -> Result<RawTable, Vec<Problem>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut grid: Option<Grid> = None;
    // The first rows wait until it is known which of them is the header.
    let mut first: Vec<(usize, Vec<Cell>)> = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => return Err(vec![damaged(&e.to_string())]),
        }
        let (line, blank) = lines.of(record.position());
        let cells: Vec<Cell> = record.iter().map(Cell::text).collect();
        match &mut grid {
            None => {
                if cells.iter().any(|c| *c != Cell::Empty) {
                    first.push((line, cells));
                }
                if first.len() > MOST_ABOVE {
                    grid = Some(begun(path, std::mem::take(&mut first))?);
                }
            }
            Some(grid) => {
                if blank {
                    grid.push(line, Vec::new());
                }
                grid.push(line, cells);
            }
        }
    }
    match grid {
        Some(grid) => grid.finish(),
        None if !first.is_empty() => begun(path, first)?.finish(),
        None => Err(vec![
            Problem::error("empty-file", "The file holds nothing but blanks.")
                .help("Save the table again, with a header row and data."),
        ]),
    }
}

/// A table begun with its first rows, the header among them.
fn begun(path: &Path, mut rows: Vec<(usize, Vec<Cell>)>) -> Result<Grid, Vec<Problem>> {
    let cells: Vec<Vec<Cell>> = rows.iter().map(|r| r.1.clone()).collect();
    let mut rest = rows.split_off(header_at(&cells)).into_iter();
    let (line, header) = rest.next().unwrap_or_default();
    let mut grid = Grid::new(path, None, line, &header.iter().map(Cell::label).collect::<Vec<_>>())?;
    grid.titles(&rows);
    let mut last = line;
    for (line, cells) in rest {
        if line > last + 1 {
            grid.push(line, Vec::new());
        }
        last = line;
        grid.push(line, cells);
    }
    Ok(grid)
}

/// Counts the lines of a text, whether they end in LF, CR LF or, on old Macs, CR alone.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line on which a record begins, and whether blank lines come before it, which the
    /// parser passes over.
    fn of(&mut self, position: Option<&csv::Position>) -> (usize, bool) {
        let bytes = self.text.as_bytes();
        let from = position.and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(self.at);
        let start = from + bytes.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let ends = |from: usize, to: usize| {
            let ends = |i: &usize| match bytes.get(*i) {
                Some(b'\n') => true,
                Some(b'\r') => bytes.get(i + 1) != Some(&b'\n'),
                _ => false,
            };
            (from..to).filter(ends).count()
        };
        self.line += ends(self.at, start);
        self.at = start.max(self.at);
        // The position may lie before or after the line feed that ends the line before.
        let before = from.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(|b| matches!(b, b'\n' | b'\r'));
        (self.line, ends(from, start) > usize::from(!before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_though_others_stand_in_quotes() {
        assert_eq!(sniff("a,b\n1,2\n"), ',');
        assert_eq!(sniff("a;b;c\n1,5;2,5;x\n2,5;3,5;y\n"), ';');
        assert_eq!(sniff("a\tb\n\"1,2,3\"\t4\n"), '\t');
        assert_eq!(sniff("a|b\n1|2\n"), '|');
        assert_eq!(sniff("name,note\nx,\"a;b;c\nd;e\"\n"), ',');
        assert_eq!(sniff("alone\n1\n2\n"), ',');
    }

    #[test]
    fn latin_text_is_not_taken_for_chinese() {
        let latin = encoding_rs::WINDOWS_1252.encode("land,x\nBaden-Württemberg,1\nThüringen,2\n").0.into_owned();
        assert_eq!(decode(&latin, None).unwrap_err()[0].code, "unknown-encoding");
        assert!(decode(&latin, Some("windows-1252")).unwrap().contains("Thüringen"));
        let chinese = GB18030.encode("省份,值\n北京,1\n广东,2\n").0.into_owned();
        assert!(decode(&chinese, None).unwrap().contains("广东"));
    }
}
