//! Loading: the file, then the environment over it, then the flags over both.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::fault::{ConfigError, Fault};
use super::section::Faults;
use super::tree::{self, Node, Place};
use super::{Config, read};

/// The file that is read when nothing else is said and it is there.
pub const FILE: &str = "countersign.toml";

/// What begins the name of every variable that is ours.
const PREFIX: &str = "COUNTERSIGN_";
/// Variables of ours that are no configuration: what the terminal commands look at, and the secrets.
const OTHERS: [&str; 5] = ["URL", "TOKEN", "AS", "TENANT", "CONFIG"];
const SECRET: &str = "SECRET_";

/// Where the configuration comes from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file; without one, [`FILE`] where it is there.
    pub file: Option<PathBuf>,
    /// The environment: `COUNTERSIGN_OUTBOX__ATTEMPTS` stands for `outbox.attempts`.
    pub variables: Vec<(String, String)>,
    /// The flags.
    pub flags: Flags,
}

/// What flags of the command line override.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
}

impl Sources {
    /// The environment of this process under these flags, and the file that a flag or `COUNTERSIGN_CONFIG` names.
    pub fn of_process(file: Option<PathBuf>, flags: Flags) -> Self {
        let variables = std::env::vars_os();
        let variables = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let ours = variables.filter(|(name, _)| name.starts_with(PREFIX));
        let variables: Vec<_> =
            ours.map(|(name, value)| (name, value.to_string_lossy().into_owned())).collect();
        let named =
            || variables.iter().find(|(name, _)| name == "COUNTERSIGN_CONFIG").map(|(_, path)| path.into());
        Self { file: file.or_else(named), variables, flags }
    }
}

impl Config {
    /// The configuration from these sources, or everything that is wrong with it.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let path = sources.file.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let mut faults = Vec::new();
        let text = read_file(&path, sources.file.is_some(), &mut faults);
        let mut tree = tree::parse(&path, &text, &mut faults);
        override_by(&mut tree, sources);
        let found = Faults::default();
        found.extend(faults);
        let config = read::config(&tree, path.parent().unwrap_or(Path::new("")), &found);
        let faults = found.into_inner();
        if faults.is_empty() { Ok(config) } else { Err(ConfigError(faults)) }
    }
}

fn read_file(path: &Path, named: bool, faults: &mut Vec<Fault>) -> String {
    match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !named => String::new(),
        Err(error) => {
            let message = format!("this file cannot be read: {error}");
            faults.push(Fault { place: path.display().to_string(), key: String::new(), message });
            String::new()
        }
    }
}

fn override_by(tree: &mut Node, sources: &Sources) {
    for (name, value) in &sources.variables {
        let Some(key) = name.strip_prefix(PREFIX) else { continue };
        if !OTHERS.contains(&key) && !key.starts_with(SECRET) {
            let path: Vec<String> = key.split("__").map(str::to_ascii_lowercase).collect();
            tree::set(tree, &path, &Place::Variable(name.clone()), value.clone());
        }
    }
    if let Some(data) = &sources.flags.data {
        let word = data.to_string_lossy().into_owned();
        tree::set(tree, &["data".to_owned()], &Place::Flag("--data"), word);
    }
    if let Some(listen) = sources.flags.listen {
        tree::set(tree, &["listen".to_owned()], &Place::Flag("--listen"), listen.to_string());
    }
}
