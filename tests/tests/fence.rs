//! The fence: what belongs to one capability is named in its own folders and in the tables of capabilities, and nowhere else.
//!
//! Files that still name it stand here, with the reason. The list only shrinks: a new file that names a capability breaks the
//! build, and so does one of the list that does so no more.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the program stands.
const CRATES: [&str; 4] = ["domain/src", "projections/src", "bot/src", "adapters"];

/// The tables of capabilities, of addresses and of what can be said, and the list of all events that stands on top of them.
const TABLES: [&str; 8] = [
    "bot/src/capabilities.rs",
    "bot/src/commands/mod.rs",
    "bot/src/forms.rs",
    "bot/src/http/routes.rs",
    "bot/src/perform.rs",
    "domain/src/capabilities/",
    "domain/src/kinds.rs",
    "projections/src/capabilities.rs",
];

/// Files outside its folders that still name access, and why.
const STILL_NAMES_ACCESS: &[(&str, &[&str])] = &[
    ("its form as tickets, questions and sentences carry it", &["bot/src/tickets/reading.rs"]),
    (
        "the forge's port and what stands behind it, which belong to access and have not moved there",
        &["adapters/sandbox/src/lib.rs", "bot/src/resolve.rs"],
    ),
    (
        "the rules' words for permissions, and what the rules are asked about an access",
        &["bot/src/cli/rules/explain.rs", "bot/src/directory.rs"],
    ),
    (
        "the lists of who holds what, and what is known of comparisons",
        &["bot/src/chat/holders.rs", "bot/src/cli/audit/grants.rs", "projections/src/oversight.rs"],
    ),
    (
        "the audit, which finds events by accounts and repositories",
        &["projections/src/audit/facts.rs", "projections/src/audit/search.rs"],
    ),
    (
        "what people say and mean, which is about access only so far",
        &[
            "bot/src/chat.rs",
            "bot/src/chat/asking.rs",
            "bot/src/chat/beside.rs",
            "bot/src/chat/candidates.rs",
            "bot/src/chat/changing.rs",
            "bot/src/chat/following.rs",
            "bot/src/chat/lasting.rs",
            "bot/src/chat/limits.rs",
            "bot/src/grammar/slot.rs",
            "bot/src/plain/reading.rs",
            "bot/src/world.rs",
        ],
    ),
    (
        "its cards and words, which stand beside those of all: of questions, of tickets, of leavers, and of what administrators must look after",
        &[
            "bot/src/cards/asking.rs",
            "bot/src/cards/oversight.rs",
            "bot/src/talk/administrators.rs",
            "bot/src/tickets.rs",
            "bot/src/words.rs",
            "bot/src/words/leave.rs",
            "bot/src/words/oversight.rs",
            "bot/src/words/talk.rs",
        ],
    ),
    (
        "its commands in the terminal, which stand beside all others, and what the audit hides of it",
        &["bot/src/cli/ending.rs", "bot/src/cli/mod.rs", "bot/src/http/api/audit.rs"],
    ),
    (
        "comparing the forge with the log, and performing its effects",
        &[
            "bot/src/oversight/comparer.rs",
            "bot/src/oversight/mark.rs",
            "bot/src/oversight/overseer.rs",
            "bot/src/reactor/asking.rs",
            "bot/src/reactor/reacting.rs",
        ],
    ),
];

/// Files outside its folders that still name repairs, and why.
const STILL_NAMES_REPAIR: &[(&str, &[&str])] = &[
    (
        "the comparison, whose differences are what it puts right, and how much of that may be at once",
        &[
            "bot/src/cards/oversight.rs",
            "bot/src/chat.rs",
            "bot/src/config/mod.rs",
            "bot/src/config/read.rs",
            "bot/src/oversight.rs",
            "bot/src/oversight/comparer.rs",
            "domain/src/access/drift.rs",
            "projections/src/access/adopted.rs",
            "projections/src/access/attempts.rs",
            "projections/src/access/fold.rs",
            "projections/src/oversight.rs",
        ],
    ),
    ("what only repairs keep beside the rows of all requests", &["projections/src/repair.rs"]),
    (
        "its commands in the terminal, and what is compared, whose differences are named as repairs name them",
        &["bot/src/access/http/compare.rs", "bot/src/cli/access.rs"],
    ),
];

/// Files outside its folders that still name changes of the rules, and why.
const STILL_NAMES_RULE_CHANGE: &[(&str, &[&str])] = &[(
    "its commands in the terminal, which stand beside all others, and what a configuration is advised",
    &[
        "bot/src/cli/rules/explain.rs",
        "bot/src/cli/rules/propose.rs",
        "bot/src/cli/rules/replay.rs",
        "bot/src/cli/rules/versions.rs",
        "bot/src/config/advice.rs",
    ],
)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The capabilities whose requests are countersigned, by their modules: the lines of the table.
fn capabilities() -> Vec<String> {
    let table =
        fs::read_to_string(root().join("domain/src/capabilities/mod.rs")).expect("the table is there");
    let (_, lines) = table.split_once("requests! {\n").expect("the table has its list");
    let (lines, _) = lines.split_once("}\n").expect("the list ends");
    let line = |line: &str| Some(line.trim().trim_end_matches(',').split_once(": ")?.1.to_owned());
    lines.lines().filter_map(line).collect()
}

/// Every file of the program with what stands in it, but for comments and tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries =
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is read").path());
    let is_test = |path: &Path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_of_tests = [
            "golden", "law", "lunch", "toy", "example", "testing", "samples", "examples", "benches", "fuzz",
            "target",
        ];
        name.ends_with("tests") || is_of_tests.contains(&&*name)
    };
    let source = |path: PathBuf| {
        if path.is_dir() {
            return sources(&path);
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            return vec![];
        }
        let text = fs::read_to_string(&path).expect("it is text");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        vec![(path, code.join("\n"))]
    };
    entries.filter(|path| !is_test(path)).flat_map(source).collect()
}

/// Whether a text names something of this module.
fn names(code: &str, module: &str) -> bool {
    let path = format!("{module}::");
    code.match_indices(&path)
        .any(|(at, _)| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

/// The files outside its folders and the tables that name a capability.
fn outside(module: &str) -> BTreeSet<String> {
    let root = root();
    let all = CRATES.iter().flat_map(|folder| sources(&root.join(folder)));
    let named = all
        .filter(|(_, code)| names(code, module))
        .map(|(path, _)| path.strip_prefix(&root).expect("it is below").to_string_lossy().replace('\\', "/"));
    let is_own = |path: &String| path.split('/').any(|part| part == module);
    let is_table = |path: &String| TABLES.iter().any(|table| path.starts_with(table));
    named.filter(|path| !is_own(path) && !is_table(path)).collect()
}

#[test]
fn a_capability_is_named_in_its_own_folders_and_in_the_tables_alone() {
    let all = capabilities();
    assert!(all.contains(&"access".to_owned()), "the test reads the table: {all:?}");
    for module in all {
        let still: BTreeSet<String> = match &*module {
            "access" => {
                STILL_NAMES_ACCESS.iter().flat_map(|(_, files)| *files).map(ToString::to_string).collect()
            }
            "repair" => {
                STILL_NAMES_REPAIR.iter().flat_map(|(_, files)| *files).map(ToString::to_string).collect()
            }
            "rule_change" => {
                let files = STILL_NAMES_RULE_CHANGE.iter().flat_map(|(_, files)| *files);
                files.map(ToString::to_string).collect()
            }
            _ => BTreeSet::new(),
        };
        let found = outside(&module);
        let new: Vec<_> = found.difference(&still).collect();
        assert!(new.is_empty(), "these name {module}, and should not: {new:#?}");
        let mended: Vec<_> = still.difference(&found).collect();
        assert!(mended.is_empty(), "these name {module} no more, so they leave the list: {mended:#?}");
    }
}

#[test]
fn every_file_of_the_list_has_its_reason_once() {
    for list in [STILL_NAMES_ACCESS, STILL_NAMES_REPAIR, STILL_NAMES_RULE_CHANGE] {
        let files: Vec<_> = list.iter().flat_map(|(_, files)| *files).collect();
        assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), files.len());
        assert!(list.iter().all(|(reason, files)| !reason.is_empty() && !files.is_empty()));
    }
}
