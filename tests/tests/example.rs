//! The worked example of CONTRIBUTING.md: what it says stands there, and its lines find their places. `tests/example.sh` adds it to a
//! copy, compiles it and runs its tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where its files stand, each below here as it stands below the root once it is added.
const FOLDER: &str = "docs/examples/catering";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The section that tells of it.
fn section() -> String {
    let text = read("CONTRIBUTING.md");
    let (_, section) = text.split_once("## Add a capability\n").expect("it has its section");
    section.split("\n## ").next().unwrap_or_default().to_owned()
}

/// Each line that is added: the file, the line that it follows, and the line.
fn lines(section: &str) -> Vec<[String; 3]> {
    let cells = |row: &str| {
        let mut cells = row.strip_prefix("| `")?.strip_suffix("` |")?.split("` | `").map(str::to_owned);
        Some([cells.next()?, cells.next()?, cells.next()?])
    };
    section.lines().filter_map(cells).collect()
}

/// The files below a folder, by their paths from there.
fn files(folder: &Path, below: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is read"));
    let files = entries.flat_map(|entry| {
        let path = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { files(&entry.path(), &path) } else { vec![path] }
    });
    files.collect()
}

#[test]
fn every_line_of_the_worked_example_finds_its_place_and_is_not_there_yet() {
    let lines = lines(&section());
    assert!(lines.len() > 5, "the table is read: {lines:#?}");
    for [file, after, line] in &lines {
        let text = read(file);
        let stands = |wanted: &str| text.lines().any(|line| line.trim_start() == wanted);
        assert!(stands(after), "{file} has no line that reads {after}");
        assert!(!stands(line), "{file} has {line} already");
    }
}

#[test]
fn the_worked_example_names_each_of_its_files_and_counts_them() {
    let section = section();
    let there: BTreeSet<_> = files(&root().join(FOLDER), FOLDER).into_iter().collect();
    let links = section.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named: BTreeSet<_> = links.map(str::to_owned).filter(|link| *link != FOLDER).collect();
    assert_eq!(named, there);
    let lines = lines(&section);
    let tables: BTreeSet<_> = lines.iter().map(|[file, ..]| file).collect();
    let says = format!("{} files", there.len());
    assert!(section.contains(&says), "it does not say {says}");
    let says = format!("{} lines in {} tables", lines.len(), tables.len());
    assert!(section.contains(&says), "it does not say {says}");
    let long: usize = there.iter().map(|file| read(file).lines().count()).sum();
    assert!((485..=515).contains(&long), "“some 500 lines” are {long}");
}
