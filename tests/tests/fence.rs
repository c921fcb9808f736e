//! The fence: what belongs to one capability is named in its own folders and in the tables of capabilities, and nowhere else.
//!
//! Files that still name it stand here, each with the names that it may use, and why. The list only shrinks: a new file that names a
//! capability breaks the build, and so does another name in a file of the list, and one of the list that is used no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the program stands.
const CRATES: [&str; 4] = ["domain/src", "projections/src", "bot/src", "adapters"];

/// The tables of capabilities, of effects that are performed and of the terminal's commands, the list of all events that stands on top of
/// them, and what each has its own of in the rules and beside the rows of all requests.
const TABLES: [&str; 6] = [
    "bot/src/capabilities.rs",
    "bot/src/cli/mod.rs",
    "bot/src/perform.rs",
    "domain/src/capabilities/",
    "domain/src/kinds.rs",
    "projections/src/capabilities.rs",
];

/// A file, and the names of a capability that it may use.
type Excused = (&'static str, &'static [&'static str]);
/// Why such files are excused, and which.
type Exceptions = &'static [(&'static str, &'static [Excused])];

/// Files outside its folders that still name access.
const STILL_NAMES_ACCESS: Exceptions = &[
    (
        "its form as tickets, questions and sentences carry it",
        &[("bot/src/tickets/beside.rs", &["Asked"]), ("bot/src/tickets/reading.rs", &["Asked", "Fault"])],
    ),
    (
        "the forge's port and what stands behind it, which belong to access and have not moved there",
        &[("bot/src/resolve.rs", &["Subject"])],
    ),
    (
        "what the rules are asked about an access, in the terminal",
        &[("bot/src/rule_change/cli/explain.rs", &["Sought", "TOTAL_DAYS"])],
    ),
    (
        "the lists of who holds what, and what is known of comparisons",
        &[
            (
                "bot/src/chat/holders.rs",
                &[
                    "AccessFilter",
                    "Asked",
                    "Fault",
                    "GrantFilter",
                    "NAME_MAX",
                    "Subject",
                    "grants",
                    "list",
                    "self",
                ],
            ),
            ("bot/src/cli/audit/grants.rs", &["GrantFilter", "grants", "unknown"]),
            ("projections/src/oversight.rs", &["Comparison", "ComparisonEvent", "GrantEvent"]),
        ],
    ),
    (
        "what people say and mean, which is about access only so far",
        &[
            ("bot/src/chat.rs", &["Access", "AccessRequest", "Asked", "Fault", "WhyCompared"]),
            ("bot/src/chat/asking.rs", &["Asked", "Fault"]),
            ("bot/src/chat/candidates.rs", &["Asked", "Fault"]),
            ("bot/src/chat/changing.rs", &["Access", "AccessRequest"]),
            ("bot/src/chat/following.rs", &["Access"]),
            ("bot/src/chat/lasting.rs", &["AccessRequest", "Grant", "Longer"]),
            ("bot/src/chat/narrowing.rs", &["Access", "AccessRequest"]),
            ("bot/src/chat/limits.rs", &["Asked", "Fault", "Span", "limits_broken"]),
            ("bot/src/commands/mod.rs", &["SPEC", "commands", "is_sure"]),
            ("bot/src/plain/reading/tags.rs", &["Permission"]),
            ("bot/src/world.rs", &["evidence"]),
        ],
    ),
    (
        "its cards, which stand beside those of all: of tickets, and of what administrators must look after",
        &[
            (
                "bot/src/cards/oversight.rs",
                &["AccessRequest", "Comparison", "ComparisonEvent", "Deviation", "WhyCompared", "words"],
            ),
            ("bot/src/tickets.rs", &["AccessEvent", "AccessRequest", "Asked", "Difference", "Findings"]),
        ],
    ),
    (
        "how a grant ends where somebody leaves the configuration, and what the audit hides of it",
        &[
            ("bot/src/cli/ending.rs", &["Access", "AccessEvent", "AccessRequest", "leaving"]),
            ("bot/src/http/api/audit.rs", &["find", "held", "http"]),
        ],
    ),
    (
        "comparing the forge with the log, and performing its effects",
        &[
            (
                "bot/src/oversight/comparer.rs",
                &[
                    "ALL",
                    "AccessRow",
                    "Compared",
                    "Comparison",
                    "ComparisonCommand",
                    "Deviation",
                    "Known",
                    "Lowered",
                    "Shown",
                    "WhyCompared",
                    "adopted_by",
                    "deviation",
                    "ever_adopted",
                    "ever_granted",
                    "holding",
                    "self",
                ],
            ),
            ("bot/src/oversight/mark.rs", &["Restored"]),
            ("bot/src/oversight/overseer.rs", &["Comparison", "WhyCompared", "words"]),
            ("bot/src/reactor/asking.rs", &["Access", "AccessCommand", "AccessRequest", "Status"]),
            ("bot/src/reactor/reacting.rs", &["Comparison", "react_to_comparison", "self"]),
        ],
    ),
];

/// Files outside its folders that still name safe actions.
const STILL_NAMES_ACTIONS: Exceptions = &[(
    "the catalogue, which a tenant's configuration holds",
    &[("bot/src/config/help.rs", &["Call", "Entry"]), ("bot/src/help.rs", &["Entry"])],
)];

/// Files outside its folders that still name agents.
const STILL_NAMES_AGENTS: Exceptions = &[
    (
        "the agents that a tenant without any begins with, which its configuration holds",
        &[
            ("bot/src/config/help.rs", &["Definition"]),
            ("bot/src/help.rs", &["Definition"]),
            ("bot/src/seed.rs", &["begin"]),
        ],
    ),
    (
        "who answers a question, which conversations ask for",
        &[
            ("bot/src/conversation/asking.rs", &["Wish", "addressed", "answering"]),
            ("bot/src/conversation/perform.rs", &["of_turn"]),
        ],
    ),
];

/// Files outside its folders that still name repairs.
const STILL_NAMES_REPAIR: Exceptions = &[(
    "the comparison, whose differences are what it puts right, and how much of that may be at once",
    &[
        ("bot/src/access/http/compare.rs", &["mark"]),
        ("bot/src/cards/oversight.rs", &["Item", "a_week", "mark", "wording"]),
        ("bot/src/config/mod.rs", &["Share"]),
        ("bot/src/config/read.rs", &["Share"]),
        ("bot/src/oversight.rs", &["Share"]),
        ("bot/src/oversight/comparer.rs", &["Drift"]),
        ("domain/src/access/drift.rs", &["Drift", "OR_APPROVERS", "Place", "Remedy", "Repaired", "self"]),
        ("projections/src/access/adopted.rs", &["RepairEvent"]),
        ("projections/src/access/attempts.rs", &["EffectPlan"]),
        ("projections/src/access/fold.rs", &["Remedy"]),
        ("projections/src/oversight.rs", &["Drift", "Place", "Remedy", "RepairEvent"]),
    ],
)];

/// Files outside its folders that still name changes of the rules.
const STILL_NAMES_RULE_CHANGE: Exceptions =
    &[("what a configuration is advised", &[("bot/src/config/advice.rs", &["Compared", "words"])])];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The capabilities whose requests are countersigned, by their modules: the lines of the table.
fn capabilities() -> Vec<String> {
    let table =
        fs::read_to_string(root().join("domain/src/capabilities/mod.rs")).expect("the table is there");
    let (_, lines) = table.split_once("requests! {\n").expect("the table has its list");
    let (lines, _) = lines.split_once("    ;\n").expect("the list of kinds ends");
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

/// The word that a text begins with.
fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What a piece of code names of this module: `module::Name`, and each name of `module::{Name, other::Inner}`.
fn named(code: &str, module: &str) -> BTreeSet<String> {
    let path = format!("{module}::");
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(&path) {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let rest = &code[at + path.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        // The words right after the brace or a comma on this level.
        let (mut depth, mut is_first) = (0_u32, true);
        for (at, sign) in group.char_indices() {
            match sign {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_first = true,
                _ if depth == 0 && is_first && !sign.is_whitespace() => {
                    names.insert(word(&group[at..]));
                    is_first = false;
                }
                _ => {}
            }
        }
    }
    names
}

/// The files outside its folders and the tables that name a capability, each with what it names of it.
fn outside(module: &str) -> BTreeSet<(String, String)> {
    let root = root();
    let all = CRATES.iter().flat_map(|folder| sources(&root.join(folder)));
    let named = all.flat_map(|(path, code)| {
        let path = path.strip_prefix(&root).expect("it is below").to_string_lossy().replace('\\', "/");
        named(&code, module).into_iter().map(move |name| (path.clone(), name))
    });
    let is_own = |path: &str| path.split('/').any(|part| part == module);
    let is_table = |path: &str| TABLES.iter().any(|table| path.starts_with(table));
    named.filter(|(path, _)| !is_own(path) && !is_table(path)).collect()
}

/// What is excused, by capability.
fn exceptions() -> BTreeMap<&'static str, Exceptions> {
    [
        ("access", STILL_NAMES_ACCESS),
        ("actions", STILL_NAMES_ACTIONS),
        ("agents", STILL_NAMES_AGENTS),
        ("repair", STILL_NAMES_REPAIR),
        ("rule_change", STILL_NAMES_RULE_CHANGE),
    ]
    .into()
}

#[test]
fn a_capability_is_named_in_its_own_folders_and_in_the_tables_alone() {
    let (all, exceptions) = (capabilities(), exceptions());
    assert!(all.contains(&"access".to_owned()), "the test reads the table: {all:?}");
    for module in all {
        let excused =
            exceptions.get(&*module).into_iter().flat_map(|list| *list).flat_map(|(_, files)| *files);
        let excused: BTreeSet<_> = excused
            .flat_map(|(file, names)| names.iter().map(|name| ((*file).to_owned(), (*name).to_owned())))
            .collect();
        let found = outside(&module);
        let new: Vec<_> = found.difference(&excused).collect();
        assert!(new.is_empty(), "these name something of {module}, and should not: {new:#?}");
        let mended: Vec<_> = excused.difference(&found).collect();
        assert!(mended.is_empty(), "these are not named any more, so they leave the list: {mended:#?}");
    }
}

#[test]
fn every_file_of_the_list_has_its_reason_once() {
    for list in exceptions().into_values() {
        let files: Vec<_> = list.iter().flat_map(|(_, files)| *files).map(|(file, _)| file).collect();
        assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), files.len());
        assert!(list.iter().all(|(reason, files)| !reason.is_empty() && !files.is_empty()));
    }
}

#[test]
fn what_is_named_is_found_however_it_is_written() {
    let code = "use crate::access::{self, Form, held::{seen, unseen}};\nlet x = access::list(my_access::y, access :: z);";
    let found: Vec<_> = named(code, "access").into_iter().collect();
    assert_eq!(found, ["Form", "held", "list", "self"]);
}
