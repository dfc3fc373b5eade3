//! `cargo dev logs`: the log of one process, as it was or as it grows.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Seek as _, SeekFrom},
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::ExitCode,
    thread,
    time::Duration,
};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    log,
    paths::{Data, Workspace},
};

const POLL: Duration = Duration::from_millis(200);

/// Which log, and how much of it.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A process as `cargo dev status` names it, such as `orders`
    process: String,
    /// Go on as lines are added, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
    /// How many lines to begin with
    #[arg(short = 'n', long, default_value_t = 200)]
    lines: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let data = Data(Workspace::find()?.root.join(".data"));
    let path = data.log(&arguments.process);
    if arguments.process.contains('/') || !path.is_file() {
        bail!("there is no log of {:?}; there are: {}", arguments.process, names(&data).join(", "));
    }
    let mut reader = BufReader::new(File::open(&path)?);
    let mut last: Vec<String> = Vec::new();
    for line in reader.by_ref_lines() {
        if last.len() == arguments.lines.max(1) {
            last.remove(0);
        }
        last.push(line);
    }
    for line in last.iter().take(arguments.lines) {
        log::print(line);
    }
    if arguments.follow {
        follow(&path, reader)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn names(data: &Data) -> Vec<String> {
    let entries = fs::read_dir(data.logs()).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".log")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Prints what is added; a log that was put aside is followed into its successor.
fn follow(path: &Path, mut reader: BufReader<File>) -> Result<()> {
    loop {
        for line in reader.by_ref_lines() {
            log::print(&line);
        }
        thread::sleep(POLL);
        let Ok(current) = fs::metadata(path) else { continue };
        let open = reader.get_ref().metadata()?;
        if current.ino() != open.ino() {
            for line in reader.by_ref_lines() {
                log::print(&line);
            }
            reader = BufReader::new(File::open(path)?);
        } else if current.len() < reader.stream_position()? {
            reader.seek(SeekFrom::Start(0))?;
        }
    }
}

/// Lines up to the present end of a file, leaving the reader there.
trait Lines {
    fn by_ref_lines(&mut self) -> impl Iterator<Item = String>;
}

impl Lines for BufReader<File> {
    fn by_ref_lines(&mut self) -> impl Iterator<Item = String> {
        std::iter::from_fn(|| {
            let mut bytes = Vec::new();
            let count = self.read_until(b'\n', &mut bytes).ok()?;
            (count > 0).then(|| String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
        })
    }
}
