//! Our side of the speed comparison with rivals: makes the data, runs one task at a time on request and
//! tells what it took. `bench/frontier/run.py` drives it and the rivals in turns; see the README there.

mod data;
mod families;
mod further;
mod measure;
mod ours;
mod roofline;

use std::{
    error::Error,
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
};

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::{
    data::{Case, write_numbers},
    measure::{Spent, peak_megabytes, spent},
    ours::{CERTIFIED, Task},
};

/// Times the frontier kernel; `run.py` compares it with its rivals.
#[derive(Parser)]
struct Arguments {
    /// Folder of the cases.
    #[arg(long, default_value = "target/bench-frontier")]
    data: PathBuf,
    /// Threads; CPU time is that of all of them.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes cases and writes them as raw little-endian doubles.
    Write {
        /// Names such as cd31-1000, ces55-5000, sph55-p50-1000, panel-500-10, ties-1500, collinear-6-1500.
        #[arg(required = true)]
        cases: Vec<String>,
    },
    /// Runs one task once, in a fresh process (for peak memory).
    Run {
        /// Name of the case.
        case: String,
        /// Task.
        task: Task,
    },
    /// Answers lines `run CASE TASK` on standard input with a line of JSON each, until the input ends.
    Serve,
    /// Measures memory bandwidth and the rates of the inner loop of pricing.
    Roofline,
}

/// What one run took and found.
#[derive(Serialize)]
struct Report {
    cpu: f64,
    wall: f64,
    peak_megabytes: Option<f64>,
    units: usize,
    /// Units with score 1.
    frontier: Option<usize>,
    /// Programs solved for the values.
    programs: usize,
    /// Programs whose certificate is closed to 1e-9.
    certified: usize,
    /// Widest certificate; `None` where one has no bound.
    widest: Option<f64>,
    /// File with the values.
    values: PathBuf,
    /// File with the second column of values.
    second: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let mut out = io::stdout().lock();
    match arguments.command {
        Command::Write { cases } => {
            for name in cases {
                Case::open(&arguments.data, &name)?;
            }
        }
        Command::Run { case, task } => {
            let loaded = Case::open(&arguments.data, &case)?;
            writeln!(out, "{}", serde_json::to_string(&run(&arguments.data, &case, &loaded, task)?)?)?;
        }
        Command::Serve => serve(&arguments.data, &mut out)?,
        Command::Roofline => {
            let rates = roofline::measure();
            writeln!(out, "{}", serde_json::json!({ "instruction_set": roofline::instruction_set(), "rates": rates }))?;
        }
    }
    Ok(())
}

/// One case stays in memory between requests.
fn serve(folder: &Path, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut held: Option<(String, Case)> = None;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["run", name, task] => answer(folder, &mut held, name, task),
            _ => Err(format!("not a request: {line}").into()),
        };
        match answer {
            Ok(report) => writeln!(out, "{}", serde_json::to_string(&report)?)?,
            Err(e) => writeln!(out, "{}", serde_json::json!({ "error": e.to_string() }))?,
        }
        out.flush()?;
    }
    Ok(())
}

fn answer(folder: &Path, held: &mut Option<(String, Case)>, name: &str, task: &str) -> Result<Report, Box<dyn Error>> {
    let task = <Task as clap::ValueEnum>::from_str(task, false)?;
    if held.as_ref().is_none_or(|(n, _)| n != name) {
        *held = None;
        *held = Some((name.to_owned(), Case::open(folder, name)?));
    }
    match held {
        Some((_, case)) => run(folder, name, case, task),
        None => Err("no case".into()),
    }
}

fn run(folder: &Path, name: &str, case: &Case, task: Task) -> Result<Report, Box<dyn Error>> {
    let (outcome, Spent { cpu, wall }) = spent(|| ours::run(task, case))?;
    let peak_megabytes = peak_megabytes();
    let outcome = outcome?;
    let values = folder.join(format!("ours-{name}-{task:?}.values"));
    write_numbers(&values, outcome.values.iter().copied())?;
    let second = (!outcome.second.is_empty()).then(|| folder.join(format!("ours-{name}-{task:?}.second")));
    if let Some(path) = &second {
        write_numbers(path, outcome.second.iter().copied())?;
    }
    let widest = outcome.widths.iter().copied().fold(0.0, f64::max);
    Ok(Report {
        cpu,
        wall,
        peak_megabytes,
        units: case.shape.units,
        frontier: outcome.frontier,
        programs: outcome.widths.len(),
        certified: outcome.widths.iter().filter(|&&w| w <= CERTIFIED).count(),
        widest: widest.is_finite().then_some(widest),
        values,
        second,
    })
}
