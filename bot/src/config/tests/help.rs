//! The help desk of a tenant in the configuration.

use super::*;
use crate::config::{FolderConfig, HelpConfig, ModelConfig};

/// The example with this table behind it.
pub(super) fn with(help: &str) -> Result<Config, String> {
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let digest = "3f".repeat(32);
    let text = text.replace("put here what `countersign token hash` prints for a token of ada's", &digest);
    load(&format!("{text}\n{help}"), &[])
}

fn help(config: &Config) -> &HelpConfig {
    config.tenants[&"acme".parse().unwrap()].help.as_ref().expect("there is one")
}

const ALL: &str = r#"
[tenants.acme.help]
agent = "desk"
instruction = "Answer shortly."
passages = 4
fits_percent = 45
most_tokens = 300
most_bytes = 1048576
within = "30m"
person = { turns = 10 }
everybody = { turns = 100, tokens = 100000 }
daily = { person = { turns = 50 } }

[tenants.acme.help.model]
kind = "openai"
url = "http://127.0.0.1:8000/v1"
token_secret = "acme-model"
server = { model = "small", tools = false }

[tenants.acme.help.guardrail]
version = 2
does = { asked = { denied_topic = "refuse" }, answered = { card = "mask" } }
topics = [{ name = "salaries", phrases = ["salary of"] }]

[tenants.acme.help.desk]
version = 3
staff = ["support"]
calendar = { version = 1, zone = "Europe/Berlin", hours = [{ day = 1, from = 540, to = 1020 }], holidays = ["2026-12-25"] }
targets = { normal = { response = 60, resolution = 480 }, urgent = { response = 15 } }
paging = { by = { kind = "webhook" }, every_minutes = 10, most = 12 }

[[tenants.acme.help.agents]]
name = "travel"
instruction = "Answer about trips."
tools = ["access"]
guardrail = [{ name = "salaries", phrases = ["salary of"] }]
limits = { passages = 3, a_day = { turns = 50 } }

[tenants.acme.help.mirror]
project = "OPS"
kind = "Service Request"

[tenants.acme.help.pager]
url = "https://pager.acme.example/wake"
signing_secret = "acme-pager"

[tenants.acme.help.actions]
version = 1
allowed = ["https://jobs.acme.example/"]
signing_secret = "acme-actions"

[[tenants.acme.help.actions.catalogue]]
name = "restart_job"
title = "restart a job"
arguments = { type = "object", additionalProperties = false, required = ["job"], properties = { job = { type = "string", maxLength = 40 } } }
call = { kind = "http", method = "POST", url = "https://jobs.acme.example/{job}/restart", body = { job = "{job}" } }
read_back = { url = "https://jobs.acme.example/{job}", pointer = "/state", expected = "running" }
"#;

#[test]
fn a_table_without_a_key_is_the_default_that_asks_nobody() {
    let config = with("[tenants.acme.help]").unwrap();
    assert_eq!(*help(&config), HelpConfig::default());
    assert_eq!(help(&config).model, ModelConfig::Embedded {});
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
}

#[test]
fn everything_that_can_be_said_of_it_is_read_and_written_as_the_same() {
    let config = with(ALL).unwrap_or_else(|said| panic!("{said}"));
    assert_eq!(help(&config).actions.as_ref().unwrap().catalogue[0].name, "restart_job");
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
    let secrets = config.tenants[&"acme".parse().unwrap()].secrets();
    for named in [
        ("help.model.token_secret", "acme-model"),
        ("help.actions.signing_secret", "acme-actions"),
        ("help.pager.signing_secret", "acme-pager"),
    ] {
        assert!(secrets.contains(&named), "{secrets:?}");
    }
}

#[test]
fn what_does_not_fit_is_told_where_it_stands() {
    for (right, wrong, said) in [
        ("fits_percent = 45", "fits_percent = 0", "acme.help.fits_percent: this does not fit"),
        ("passages = 4", "passages = 0", "a number from 1 to 20"),
        ("within = \"30m\"", "within = \"0s\"", "acme.help.within: this does not fit"),
        ("agent = \"desk\"", "agnet = \"desk\"", "agnet"),
        ("http://127.0.0.1:8000", "http://models.example", "would send credentials unencrypted"),
        ("\"acme-model\"", "\"sk-123 456\"", "no secret's name"),
        ("phrases = [\"salary of\"]", "phrases = []", "has no phrases"),
        ("Europe/Berlin", "Mars/Olympus", "there is no such time zone"),
        ("to = 1020", "to = 10", "Day 1 cannot have hours"),
        ("allowed = [\"https://jobs.acme.example/\"]", "allowed = []", "may not be called"),
        ("\"POST\"", "\"GET\"", "is no action"),
        ("project = \"OPS\"", "project = \"ops and more\"", "write the key of a project"),
        (
            "https://pager.acme.example/wake",
            "http://pager.acme.example/wake",
            "would send credentials unencrypted",
        ),
        ("every_minutes = 10", "every_minutes = 0", "numbers from 1 on"),
        (
            "[tenants.acme.help.pager]\nurl = \"https://pager.acme.example/wake\"\nsigning_secret = \"acme-pager\"\n",
            "",
            "calls a pager that is not there",
        ),
        (
            "call = { kind = \"http\", method = \"POST\", url = \"https://jobs.acme.example/{job}/restart\", body = { job = \"{job}\" } }",
            "call = { kind = \"publish\", topic = \"jobs\", message = \"{job}\" }",
            "only addresses are called",
        ),
    ] {
        assert!(ALL.contains(right), "{right}");
        let told = with(&ALL.replace(right, wrong)).expect_err(wrong);
        assert!(told.contains(said), "{wrong}: {told}");
    }
}

/// The four files of a company's model, in a folder of their own.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "config.json",
            "{\n  \"endpoint\": { \"url\": \"http://127.0.0.1:9/x\" },\n  \"response\": { \"kind\": \"whole\", \"text\": \"/text\" }\n}",
        ),
        ("header.json", "{\n  \"Cookie\": \"{{secret:llm-cookie}}\"\n}"),
        ("payload.json", "{\n  \"chat\": {\n    \"q\": \"{{prompt}}\"\n  }\n}"),
        ("prompts.json", "{}"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn companys(folder: &std::path::Path) -> Result<Config, String> {
    with(&format!("[tenants.acme.help.model]\nkind = \"company\"\nfolder = \"{}\"", folder.display()))
}

#[test]
fn a_companys_model_is_read_with_the_secrets_that_its_files_name() {
    let folder = files();
    let config = companys(folder.path()).unwrap_or_else(|said| panic!("{said}"));
    let ModelConfig::Company { secrets, .. } = &help(&config).model else { panic!("{config:?}") };
    assert_eq!(secrets, &["llm-cookie"]);
    let all = config.tenants[&"acme".parse().unwrap()].secrets();
    assert!(all.contains(&("help.model.folder", "llm-cookie")), "{all:?}");
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
}

#[test]
fn what_is_wrong_with_a_companys_model_is_told_by_its_file_and_line() {
    for (file, from, to, said) in [
        (
            "payload.json",
            "{{prompt}}",
            "{{prompt}} {{many}}",
            "payload.json:3: tenants.acme.help.model: there is nothing called",
        ),
        (
            "header.json",
            "{{secret:llm-cookie}}",
            "session=abc",
            "header.json:2: tenants.acme.help.model: `Cookie` is a credential",
        ),
        (
            "config.json",
            "\"/text\"",
            "\"text\"",
            "config.json:3: tenants.acme.help.model: `text` is no JSON Pointer",
        ),
    ] {
        let folder = files();
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        let told = companys(folder.path()).expect_err(to);
        assert!(told.contains(said) && !told.contains("session=abc"), "{told}");
    }
    let nowhere = companys(std::path::Path::new("/nowhere/at/all")).expect_err("there is nothing");
    assert!(nowhere.contains("header.json:1: tenants.acme.help.model: it cannot be read"), "{nowhere}");
}

#[test]
fn a_watched_folder_lies_beside_the_configuration_and_names_who_answers_for_it() {
    let folder = |more: &str| {
        format!(
            "[tenants.acme.help.folder]\npath = \"handbook\"\nowner = \"ada\"\nreaders = [\"*\", \"hr\"]\n{more}"
        )
    };
    let config = with(&folder("[tenants.acme.help.collections]\npayroll = [\"hr\"]\n")).unwrap();
    let settings = help(&config).folder.as_ref().and_then(FolderConfig::settings).expect("there is one");
    assert!(settings.path.ends_with("handbook"), "{settings:?}");
    assert!(settings.readers.everybody && settings.readers.groups.contains("hr"), "{settings:?}");
    assert_eq!(
        (settings.collection.as_str(), settings.every.as_secs(), settings.most_files),
        ("general", 60, 1_000)
    );
    assert!(!help(&config).collections()["payroll"].everybody);
    for (wrong, said) in [
        (folder("every = \"1s\"\n"), "`every` does not fit"),
        (folder("most_files = 0\n"), "`most_files` does not fit"),
        (folder("collection = \" \"\n"), "`collection` does not fit"),
        (folder("[tenants.acme.help.collections]\npayroll = []\n"), "one is for nobody"),
        (
            "[tenants.acme.help.folder]\npath = \"\"\nowner = \"\"\nreaders = []\n".to_owned(),
            "`owner` is nobody's id",
        ),
    ] {
        let told = with(&wrong).unwrap_err();
        assert!(told.contains(said), "{said}: {told}");
    }
}
