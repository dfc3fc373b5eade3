//! Where things are: the workspace, what cargo builds, and the data folder of a run.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::environment;

/// Unoptimised or optimised programs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// The repository and its target folder.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo, because `CARGO_TARGET_DIR` and configuration files may move the target folder.
    pub(crate) fn find() -> Result<Self> {
        let cargo = environment::variable("CARGO").unwrap_or_else(|| "cargo".to_owned());
        let mut command = Command::new(cargo);
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        if let Some(package) = environment::variable("CARGO_MANIFEST_DIR") {
            command.current_dir(package);
        }
        let output = command.output().context("cargo cannot be run")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let path = |name: &str| metadata[name].as_str().map(PathBuf::from);
        match (path("workspace_root"), path("target_directory")) {
            (Some(root), Some(target)) => Ok(Self { root, target }),
            _ => bail!("cargo metadata does not name the workspace"),
        }
    }

    /// A program that cargo built.
    pub(crate) fn binary(&self, profile: Profile, name: &str) -> PathBuf {
        let folder = match profile {
            Profile::Debug => "debug",
            Profile::Release => "release",
        };
        self.target.join(folder).join(name)
    }

    /// What cargo-leptos writes for the browser; debug and release would overwrite each other in one folder.
    pub(crate) fn site_root(&self, profile: Profile) -> PathBuf {
        self.root.join(Self::site_root_name(profile))
    }

    /// The same, relative to the workspace as cargo-leptos wants it.
    pub(crate) fn site_root_name(profile: Profile) -> &'static str {
        match profile {
            Profile::Debug => "target/site",
            Profile::Release => "target/site-release",
        }
    }
}

/// Everything that a run leaves on disk.
#[derive(Clone, Debug)]
pub(crate) struct Data(pub(crate) PathBuf);

impl Data {
    /// The folder, readable by its owner only.
    pub(crate) fn create(folder: PathBuf) -> Result<Self> {
        private_folder(&folder)?;
        let data = Self(folder);
        private_folder(&data.logs())?;
        Ok(data)
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }
    pub(crate) fn log(&self, process: &str) -> PathBuf {
        self.logs().join(format!("{process}.log"))
    }
    pub(crate) fn credentials(&self) -> PathBuf {
        self.0.join("credentials.json")
    }
    pub(crate) fn samples(&self) -> PathBuf {
        self.0.join("sample-accounts.json")
    }
    pub(crate) fn seeded(&self) -> PathBuf {
        self.0.join("seeded")
    }
    pub(crate) fn run(&self) -> PathBuf {
        self.0.join("run.json")
    }
    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }
    pub(crate) fn postgres(&self) -> PathBuf {
        self.0.join("postgres")
    }
    pub(crate) fn nats(&self) -> PathBuf {
        self.0.join("nats")
    }
    pub(crate) fn nats_config(&self) -> PathBuf {
        self.0.join("nats.conf")
    }

    /// Removes everything but what belongs to this run, which has begun, and the folders of other commands.
    pub(crate) fn clear(&self) -> Result<()> {
        let kept = [self.lock(), self.run(), self.0.join("test"), self.0.join("bench")];
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            if kept.contains(&path) {
                continue;
            }
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.with_context(|| format!("{} cannot be removed", path.display()))?;
        }
        private_folder(&self.logs())
    }
}

/// Creates a folder for the owner only.
pub(crate) fn private_folder(folder: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the folder {} cannot be created", folder.display()))
}

/// Writes a file for the owner only, whole or not at all.
pub(crate) fn private_file(path: &Path, content: &str) -> Result<()> {
    let next = path.with_extension("next");
    let write = || {
        fs::write(&next, "")?;
        fs::set_permissions(&next, fs::Permissions::from_mode(0o600))?;
        fs::write(&next, content)?;
        fs::rename(&next, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearing_leaves_what_is_in_use() {
        let folder = std::env::temp_dir().join(format!("dev-clear-{}", std::process::id()));
        let data = Data::create(folder.clone()).unwrap();
        for kept in [data.lock(), data.run(), folder.join("test/seeded"), folder.join("bench/seeded")] {
            private_folder(kept.parent().unwrap()).unwrap();
            private_file(&kept, "").unwrap();
        }
        private_file(&data.seeded(), "").unwrap();
        private_file(&data.log("orders"), "").unwrap();
        data.clear().unwrap();
        assert!(!data.seeded().exists() && !data.log("orders").exists());
        assert!(data.logs().is_dir() && data.lock().exists() && data.run().exists());
        assert!(folder.join("test/seeded").exists() && folder.join("bench/seeded").exists());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn private_files_are_for_the_owner_only() {
        let folder = std::env::temp_dir().join(format!("dev-paths-{}", std::process::id()));
        private_folder(&folder).unwrap();
        let file = folder.join("secret.json");
        private_file(&file, "{}").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
        fs::remove_dir_all(folder).unwrap();
    }
}
