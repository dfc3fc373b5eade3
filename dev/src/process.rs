//! One process of the system: how it is started, captured and stopped.

use std::{
    collections::VecDeque,
    ffi::OsString,
    io::{BufRead as _, BufReader, Read},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context as _, Result};
use chrono::Local;
use rustix::process::Signal;

use crate::{
    leftovers,
    lines::Line,
    log,
    log_file::LogFile,
    ready::Probe,
    record::{Entry, Identity},
};

/// How many lines are remembered to explain why a process ended.
const TAIL_LINES: usize = 12;
/// A longer line is cut into several.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// What to start.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// The whole environment; nothing is inherited.
    pub(crate) environment: Vec<(String, OsString)>,
    pub(crate) folder: PathBuf,
    pub(crate) probe: Probe,
    pub(crate) stop_signal: Signal,
    /// Shows warnings and errors only; the log on disk has everything.
    pub(crate) quiet: bool,
}

type Tail = Arc<Mutex<VecDeque<String>>>;

/// A process that was started at least once.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) spec: Spec,
    pub(crate) child: Option<Child>,
    pub(crate) identity: Option<Identity>,
    pub(crate) started: Instant,
    /// Deaths in a row, each soon after its start.
    pub(crate) failures: u32,
    pub(crate) restarts: u32,
    /// Deaths that nobody has been told of.
    pub(crate) deaths: u32,
    pub(crate) restart_at: Option<Instant>,
    pub(crate) ready: bool,
    output: Arc<Output>,
}

/// Where a process's lines go.
#[derive(Debug)]
struct Output {
    name: String,
    quiet: bool,
    file: Mutex<LogFile>,
    tail: Tail,
}

impl Output {
    fn line(&self, raw: &str) {
        let line = Line::parse(raw, Local::now().time());
        let plain = line.render(&self.name, false);
        self.file.lock().unwrap_or_else(PoisonError::into_inner).append(&plain);
        if !self.quiet || line.is_serious() {
            log::print(&if log::colours() { line.render(&self.name, true) } else { plain.clone() });
        }
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(plain);
    }
}

impl Process {
    pub(crate) fn new(spec: Spec, log: &Path) -> Result<Self> {
        let file = LogFile::open(log).with_context(|| format!("{} cannot be written", log.display()))?;
        let output = Output {
            name: spec.name.clone(),
            quiet: spec.quiet,
            file: Mutex::new(file),
            tail: Tail::default(),
        };
        Ok(Self {
            spec,
            child: None,
            identity: None,
            started: Instant::now(),
            failures: 0,
            restarts: 0,
            deaths: 0,
            restart_at: None,
            ready: false,
            output: Arc::new(output),
        })
    }

    /// Starts it, in a process group of its own so that Ctrl-C reaches the launcher alone.
    pub(crate) fn start(&mut self) -> Result<()> {
        let spec = &self.spec;
        let mut child = Command::new(&spec.program)
            .args(&spec.arguments)
            .env_clear()
            .envs(spec.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&spec.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .with_context(|| format!("{} ({}) cannot be started", spec.name, spec.program.display()))?;
        if let Some(out) = child.stdout.take() {
            follow(out, Arc::clone(&self.output));
        }
        if let Some(err) = child.stderr.take() {
            follow(err, Arc::clone(&self.output));
        }
        self.identity = Identity::of(child.id());
        self.child = Some(child);
        self.started = Instant::now();
        self.restart_at = None;
        self.ready = false;
        Ok(())
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        // Whatever it had started itself goes with it.
        if let Some(own) = &self.identity {
            leftovers::kill_rest(own.pid);
        }
        self.child = None;
        self.ready = false;
        Some(status.to_string())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if let (Some(_), Some(identity)) = (&self.child, &self.identity) {
            leftovers::send(identity, signal);
        }
    }

    /// For the record of the run.
    pub(crate) fn entry(&self) -> Option<Entry> {
        Some(Entry {
            name: self.spec.name.clone(),
            identity: self.identity.clone()?,
            port: Some(self.spec.probe.port()),
            probe: self.spec.probe.name().to_owned(),
            restarts: self.restarts,
        })
    }

    /// Its last words.
    pub(crate) fn tail(&self) -> Vec<String> {
        self.output.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

fn follow(source: impl Read + Send + 'static, output: Arc<Output>) {
    thread::spawn(move || {
        let mut source = BufReader::new(source);
        let mut bytes = Vec::new();
        while source.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0)
        {
            let text = String::from_utf8_lossy(&bytes);
            if !text.trim().is_empty() {
                output.line(&text);
            }
            bytes.clear();
        }
    });
}
