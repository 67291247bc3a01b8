//! A folder to run the command in.

use std::{fs, path::Path};

use assert_cmd::{Command, assert::Assert};
use tempfile::TempDir;

/// A folder with files, in which the command runs.
pub struct Bench(pub TempDir);

impl Bench {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            bench.write(name, content.as_bytes());
        }
        bench
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn run(&self, args: &[&str]) -> Assert {
        Command::cargo_bin("xinzhi").unwrap().current_dir(self.path()).env("NO_COLOR", "1").args(args).assert()
    }

    /// Runs, expects exit code 2 and gives what was said, with line breaks and frames taken out.
    pub fn refused(&self, args: &[&str]) -> String {
        let assert = self.run(args).code(2);
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(!said.contains("panicked"), "{said}");
        said.replace(['│', '╰', '╭', '─'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A balanced panel of four units in two regions over three years.
pub const PANEL: &str = "unit,region,year,gdp,capital,labour\n\
A,East,2001,10,20,5\nA,East,2002,11,21,5\nA,East,2003,12.5,22,5.2\n\
B,East,2001,8,18,6\nB,East,2002,8.5,19,6\nB,East,2003,9,19.5,6.1\n\
C,West,2001,5,9,4\nC,West,2002,5.2,9.4,4.1\nC,West,2003,5.9,10,4.1\n\
D,West,2001,4,10,4\nD,West,2002,4.4,10.5,4\nD,West,2003,4.5,11,4\n";
