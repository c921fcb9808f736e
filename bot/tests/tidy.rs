//! What documents and deployment say is true of the tree.

#![expect(clippy::unwrap_used, reason = "a fixture that fails is a test that fails")]

use std::path::{Path, PathBuf};

fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(tree().join(path)).unwrap()
}

/// All Rust files of ours, as one text.
fn sources(folder: &Path, all: &mut String) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn trust_b7_every_claim_about_security_has_its_test() {
    let mut all = String::new();
    for folder in ["adapters", "bot", "domain", "projections", "tests"] {
        sources(&tree().join(folder), &mut all);
    }
    let text = read("SECURITY.md");
    // Each is a line that goes on in those that are indented: what somebody can is as much a claim as what they cannot.
    let claims: Vec<_> = text.split("\n- ").skip(1).filter_map(|rest| rest.split("\n\n").next()).collect();
    assert!(claims.len() > 35, "{claims:#?}");
    for claim in claims {
        let last = claim.trim_end().rsplit(' ').next().unwrap_or_default();
        let names_one = last.starts_with('`') && last.ends_with('`') && last.contains('_');
        assert!(names_one, "no test is named at the end of: {claim}");
    }
    let quoted = text.split('`').skip(1).step_by(2);
    let names: Vec<_> =
        quoted.filter(|quoted| quoted.contains('_') && !quoted.contains(['/', ' ', '@', '.'])).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(all.contains(&format!("fn {name}(")), "there is no test {name}");
    }
}

#[test]
fn trust_e6_what_no_test_need_notice_is_there_and_says_why() {
    let list = read("domain/mutants.missed");
    // Of which code it is, so that what changed since can be broken by itself.
    let at = list.lines().find_map(|line| line.strip_prefix("# Run last at ")?.split_once(':'));
    assert!(at.is_some_and(|(commit, _)| commit.len() >= 8), "of which commit is it?");
    let is_number = |sign: char| sign.is_ascii_digit() || " ()".contains(sign);
    let entries: Vec<_> =
        list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).collect();
    assert!(entries.len() > 5, "{entries:#?}");
    for entry in entries {
        let (what, why) = entry.split_once(" # ").unwrap_or_else(|| panic!("without a reason: {entry}"));
        assert!(why.split(' ').count() > 2, "that is no reason: {entry}");
        let (file, how) = what.split_once(": ").unwrap_or_else(|| panic!("of no file: {entry}"));
        let text = read(file);
        // What is replaced whole is named first, what is changed within something last.
        let name = match how.split_once(" -> ") {
            Some((whole, _)) => whole.rsplit([' ', ':']).next(),
            None => how.trim_end_matches(is_number).rsplit([' ', ':']).next(),
        };
        let name = name.unwrap_or_default();
        assert!(text.contains(&format!("fn {name}")), "{file} has no {name} any more: {entry}");
    }
}

/// No silence is taken for success: who says that nothing may be skipped has a failure, and everybody else reads what was.
#[test]
fn trust_e5_what_is_skipped_is_said_and_a_failure_where_nothing_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("skipped");
    let skips = |variable: &str, value: &Path| {
        let mut script = std::process::Command::new("bash");
        script.args(["-c", ". tests/peers/lib.sh; skip 'the judge is not there'"]).current_dir(tree());
        script.env_remove("TESTS_SKIPPED").env_remove("TESTS_NO_SKIPS").env(variable, value);
        script.output().unwrap()
    };
    let told = skips("TESTS_SKIPPED", &kept);
    assert!(told.status.success(), "{told:?}");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "bash: the judge is not there\n");
    assert_eq!(skips("TESTS_NO_SKIPS", Path::new("1")).status.code(), Some(1));
}

#[test]
fn trust_e5_every_judge_is_run_and_what_was_skipped_is_said_at_the_end() {
    // One takes pictures for README; the other drives a program that nobody here runs in earnest.
    const NO_JUDGES: [&str; 3] = ["agents-playground.sh", "lib.sh", "pictures.sh"];
    let run = read(".ci/run");
    let scripts = std::fs::read_dir(tree().join("tests/peers")).unwrap();
    let names = scripts.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_script = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "sh");
    let judges: Vec<_> =
        names.filter(|name| is_script(name) && !NO_JUDGES.contains(&name.as_str())).collect();
    assert!(judges.len() > 5, "{judges:?}");
    for judge in judges {
        assert!(run.contains(&format!("tests/peers/{judge}")), "{judge} judges nothing");
        assert!(
            read(&format!("tests/peers/{judge}")).contains(". tests/peers/lib.sh"),
            "{judge} skips unseen"
        );
    }
    let at = |text: &str| run.find(text).unwrap_or_else(|| panic!("nowhere: {text}"));
    assert!(at("export TESTS_SKIPPED") < at("\ncargo test\n"), "also what a test skips is kept");
    let last = run.lines().last().unwrap_or_default();
    assert!(last.starts_with("echo \"skipped: "), "{last}");
}

#[test]
fn trust_b7_the_program_has_its_limits_wherever_it_is_deployed() {
    let unit = read("deploy/countersign.service");
    for limit in ["LimitNOFILE=", "LimitCORE=0", "MemoryMax=", "UMask=0077"] {
        assert!(unit.lines().any(|line| line.starts_with(limit)), "{limit}");
    }
    let compose = read("deploy/compose.yaml");
    for limit in ["nofile:", "core: 0", "mem_limit:"] {
        assert!(compose.contains(limit), "{limit}");
    }
}

/// A folder handed over by systemd holds its files under other names, and as they were at the start.
#[test]
fn trust_b7_the_service_finds_its_secrets_under_their_names_and_anew_whenever_it_asks() {
    let unit = read("deploy/countersign.service");
    let lines: Vec<_> = unit.lines().filter(|line| !line.starts_with('#')).collect();
    let folder = lines.iter().find_map(|line| line.strip_prefix("Environment=COUNTERSIGN_SECRETS__FOLDER="));
    let folder = folder.expect("the unit says where its secrets are");
    assert!(folder.starts_with('/'), "{folder}: the bot reads <folder>/<name>, whenever it needs it");
    assert!(
        !lines.iter().any(|line| line.starts_with("LoadCredential")),
        "those are copied once, at the start"
    );
    let user =
        lines.iter().find_map(|line| line.strip_prefix("User=")).expect("a user that can own the files");
    assert!(
        unit.contains(&format!("install -d -o {user} -g {user} -m 0700 {folder}")),
        "the unit says how they are made"
    );
    assert!(
        !lines.iter().any(|line| line.starts_with("DynamicUser=yes")),
        "no file can belong to that user before"
    );
}

#[test]
fn trust_b7_an_image_is_built_from_what_is_named_exactly() {
    let dockerfile = read("deploy/Dockerfile");
    let images = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM "));
    let exact = |image: &str| {
        let (_, version) = image.split(' ').next().unwrap().split_once(':').unwrap_or_default();
        version.contains("@sha256:")
            || version.split(['.', '-']).take_while(|part| part.parse::<u32>().is_ok()).count() >= 2
    };
    assert!(images.clone().count() >= 2);
    for image in images {
        assert!(exact(image), "{image}");
    }
    let ignored = read(".dockerignore");
    assert!(ignored.lines().any(|line| line == "*"), "what is not named is not copied");
    for never in ["!.git", "!deploy", "!*"] {
        assert!(!ignored.lines().any(|line| line == never), "{never}");
    }
}
