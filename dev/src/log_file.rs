//! A process's log on disk, which never grows beyond two files of a fixed size.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// When a log is put aside and a new one begun.
const LIMIT_BYTES: u64 = 10 * 1024 * 1024;

/// An open log.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    file: File,
    size_bytes: u64,
    limit_bytes: u64,
}

impl LogFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::with_limit(path, LIMIT_BYTES)
    }

    fn with_limit(path: &Path, limit_bytes: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let size_bytes = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size_bytes, limit_bytes })
    }

    /// Adds a line. A log that cannot be written (a full disk) must not stop the system.
    pub(crate) fn append(&mut self, line: &str) {
        let _ = self.write(line);
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let length = line.len() as u64 + 1;
        if self.size_bytes + length > self.limit_bytes {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            self.file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            self.size_bytes = 0;
        }
        self.file.write_all(format!("{line}\n").as_bytes())?;
        self.size_bytes += length;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_put_aside() {
        let path = std::env::temp_dir().join(format!("dev-log-{}.log", std::process::id()));
        let mut log = LogFile::with_limit(&path, 20).unwrap();
        log.append("0123456789");
        log.append("abcdefghij");
        assert_eq!(fs::read_to_string(&path).unwrap(), "abcdefghij\n");
        assert_eq!(fs::read_to_string(path.with_extension("log.1")).unwrap(), "0123456789\n");
        fs::remove_file(&path).unwrap();
        fs::remove_file(path.with_extension("log.1")).unwrap();
    }
}
