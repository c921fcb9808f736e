//! What the configuration answers to good and bad input.

mod alone;
mod forge;
mod help;
mod integrations;
mod models;
mod people;

use std::path::{Path, PathBuf};

use super::{Config, Flags, LogFormat, Sources};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/countersign.example.toml");

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, text).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let sources = Sources { file: Some(file), variables, flags: Flags::default() };
    let said = |error: super::ConfigError| {
        error.to_string().replace(&format!("{}/", folder.path().display()), "").replace('\u{a0}', " ")
    };
    Config::load(&sources).map_err(said)
}

fn fault(text: &str) -> String {
    let said = load(text, &[]).expect_err("it should have been refused");
    said.lines().skip(1).map(str::trim).collect::<Vec<_>>().join("\n")
}

/// The example with what everybody has to put in themselves.
fn example(variables: Vec<(String, String)>, flags: Flags) -> Config {
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let (placeholder, digest) =
        ("put here what `countersign token hash` prints for a token of ada's", "3f".repeat(32));
    assert!(text.contains(placeholder));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countersign.toml");
    std::fs::write(&file, text.replace(placeholder, &digest)).unwrap();
    Config::load(&Sources { file: Some(file), variables, flags }).unwrap()
}

#[test]
fn the_example_as_it_is_lets_nobody_in() {
    let sources = Sources { file: Some(EXAMPLE.into()), variables: vec![], flags: Flags::default() };
    let said = Config::load(&sources).unwrap_err().to_string();
    assert!(
        said.contains("tenants.acme.tokens[0].sha256") && said.contains("countersign token hash"),
        "{said}"
    );
}

#[test]
fn the_example_loads_and_shows_the_defaults() {
    let config = example(vec![], Flags::default());
    let defaults = Config::default();
    assert_eq!((config.data, config.listen), (defaults.data, defaults.listen));
    assert_eq!((config.outbox, config.http_client), (defaults.outbox, defaults.http_client));
    let acme = &config.tenants[&"acme".parse().unwrap()];
    assert_eq!(acme.people.len(), 4);
    assert_eq!(acme.tokens[0].principal.as_str(), "ada");
}

#[test]
fn what_is_rendered_loads_again_as_the_same() {
    let config = example(vec![], Flags::default());
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
    assert_eq!(load(&Config::default().render(), &[]).unwrap(), Config::default());
}

#[test]
fn without_a_file_there_are_the_defaults() {
    let text = load("", &[]).unwrap();
    assert_eq!(text, Config::default());
}

#[test]
fn a_named_file_that_is_absent_is_a_fault() {
    let sources = Sources { file: Some(PathBuf::from("/no/such.toml")), ..Sources::default() };
    let said = Config::load(&sources).unwrap_err().to_string();
    assert!(said.contains("/no/such.toml: this file cannot be read"), "{said}");
}

#[test]
fn the_key_of_several_bots_is_a_secret_by_its_name() {
    let config = load("[keys]\nseal_secret = \"countersign-seal\"", &[]).unwrap();
    assert_eq!(config.keys.seal_secret.as_deref(), Some("countersign-seal"));
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
    let said = fault("[keys]\nseal_secret = \"a b\"");
    assert!(said.starts_with("c.toml:2: keys.seal_secret:"), "{said}");
}

#[test]
fn variables_override_the_file_and_flags_override_both() {
    let file = "listen = \"127.0.0.1:1\"\ndata = \"a\"\n[log]\nformat = \"json\"";
    let variables = [
        ("COUNTERSIGN_LISTEN", "127.0.0.1:2"),
        ("COUNTERSIGN_OUTBOX__ATTEMPTS", "3"),
        ("COUNTERSIGN_DATA", "42"),
    ];
    let config = load(file, &variables).unwrap();
    assert_eq!((config.listen.port(), config.outbox.backoff.attempts), (2, 3));
    // A folder that looks like a number is a folder all the same.
    assert_eq!(config.data, Path::new("42"));
    assert_eq!(config.log.format, LogFormat::Json);
    let flags = Flags { data: Some("c".into()), listen: Some("127.0.0.1:3".parse().unwrap()) };
    let variables = vec![("COUNTERSIGN_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
    let config = example(variables, flags);
    assert_eq!((config.listen.port(), config.data.as_path()), (3, Path::new("c")));
}

#[test]
fn a_variable_reaches_into_a_tenant() {
    let name = "COUNTERSIGN_TENANTS__ACME__BITBUCKET__WORKSPACE".to_owned();
    let config = example(vec![(name, "other".to_owned())], Flags::default());
    assert_eq!(config.tenants[&"acme".parse().unwrap()].forge.bitbucket().unwrap().workspace, "other");
}

#[test]
fn variables_for_others_are_left_alone_and_misspelt_ones_are_named() {
    let others = [("COUNTERSIGN_URL", "x"), ("COUNTERSIGN_TOKEN", "x"), ("COUNTERSIGN_SECRET_A", "x")];
    load("", &others).unwrap();
    let said = load("", &[("COUNTERSIGN_OUTBOX__ATEMPTS", "3")]).unwrap_err();
    assert!(
        said.contains("the variable COUNTERSIGN_OUTBOX__ATEMPTS: outbox.atempts: there is no such key; did you mean `attempts`?"),
        "{said}"
    );
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest_right_one() {
    insta::assert_snapshot!(fault("lisen = \"x\""), @"c.toml:1: lisen: there is no such key; did you mean `listen`?");
    insta::assert_snapshot!(fault("\n[log]\nlevle = \"info\""), @"c.toml:3: log.levle: there is no such key; did you mean `level`?");
    insta::assert_snapshot!(fault("[http_client.breaker]\nfailure = 3"), @"c.toml:2: http_client.breaker.failure: there is no such key; did you mean `failures`?");
    insta::assert_snapshot!(fault("[outbox]\ncolour = 3"), @"c.toml:2: outbox.colour: there is no such key here, only concurrency, base, cap, factor, attempts, chat_attempts");
}

#[test]
fn a_value_that_does_not_fit_is_named_with_its_line_and_the_cure() {
    let table = [
        (
            "listen = \"nowhere\"",
            "c.toml:1: listen:",
            "write an address and a port, such as \"127.0.0.1:8080\"",
        ),
        ("[outbox]\nattempts = \"many\"", "c.toml:2: outbox.attempts:", "write a whole number of at least 1"),
        ("[outbox]\nattempts = 0", "c.toml:2: outbox.attempts:", "write at least 1"),
        ("[outbox]\nattempts = -1", "c.toml:2: outbox.attempts:", "write a whole number of at least 1"),
        ("[outbox]\nbase = \"soon\"", "c.toml:2: outbox.base:", "write a duration, such as \"500ms\""),
        ("[outbox]\nbase = \"-5s\"", "c.toml:2: outbox.base:", "it is not above zero"),
        ("[outbox]\ncap = \"999999999h\"", "c.toml:2: outbox.cap:", "it is longer than a year"),
        (
            "[compare]\nevery = \"9223372036854775807s\"",
            "c.toml:2: compare.every:",
            "it is longer than a year",
        ),
        ("[http]\nheader_timeout = \"99999d\"", "c.toml:2: http.header_timeout:", "write a duration"),
        ("[http]\nperson_per_minute = 0", "c.toml:2: http.person_per_minute:", "write a whole number from 1"),
        ("[http]\norigins = [\"*\"]", "c.toml:2: http.origins:", "`*` is no origin of pages"),
        ("[outbox]\nconcurrency = 0", "c.toml:2: outbox.concurrency:", "0 is not from 1 to 1000"),
        ("[log]\nformat = \"xml\"", "c.toml:2: log.format:", "write \"json\" or \"text\""),
        ("[log]\nlevel = \"countersign=loud\"", "c.toml:2: log.level:", "write a filter"),
        ("log = 5", "c.toml:1: log:", "this must be a table"),
        ("[tenants.\"Ac-me\"]", "c.toml:1: tenants.Ac-me:", "only a-z, 0-9 and _ are allowed"),
    ];
    for (text, place, cure) in table {
        let said = fault(text);
        assert!(said.contains(place) && said.contains(cure), "{text}\n{said}");
    }
}

#[test]
fn trust_e1_a_level_that_is_none_is_named_and_never_silence() {
    for wrong in ["warning", "verbose", "information", "", "info,warning", "countersign"] {
        let said = fault(&format!("[log]\nlevel = \"{wrong}\""));
        assert!(said.starts_with("c.toml:2: log.level:") && said.contains("is no level"), "{wrong}: {said}");
    }
    let level = |text: &str| load(&format!("[log]\nlevel = \"{text}\""), &[]).unwrap().log.level;
    for right in ["info", "WARN", "off", "warn,countersign=debug"] {
        assert_eq!(level(right), right);
    }
    assert_eq!(level("countersign=debug"), "error,countersign=debug", "errors elsewhere are heard");
}

/// The example with one thing put otherwise.
fn otherwise(from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let text =
        text.replace("put here what `countersign token hash` prints for a token of ada's", &"3f".repeat(32));
    assert!(text.contains(from), "the example has {from}");
    text.replacen(from, to, 1)
}

#[test]
fn trust_e1_what_only_looks_like_an_id_or_an_address_is_named_at_its_key() {
    let chats = |slack: &str, discord: &str| {
        let key = "ab".repeat(32);
        with_discord(&format!(
            "application_id = \"1\"\nguild = \"2\"\nbot_token_secret = \"t\"\npublic_key = \"{key}\"\n{discord}\n[tenants.acme.slack]\nteam = \"T1\"\nbot_token_secret = \"t\"\n{slack}"
        ))
    };
    load(&chats("channels = [\"C1\"]\ngroups = { approvers = \"S1\" }", "channels = [\"3\"]"), &[]).unwrap();
    let table = [
        (chats("channels = [\"#access\"]", ""), "tenants.acme.slack.channels:"),
        (chats("groups = { approvers = \"approvers\" }", ""), "tenants.acme.slack.groups:"),
        (chats("", "channels = [\"#access\"]"), "tenants.acme.discord.channels:"),
        (chats("", "").replace("guild = \"2\"", "guild = \"my server\""), "tenants.acme.discord.guild:"),
        (chats("", "").replace(&"ab".repeat(32), "abc"), "tenants.acme.discord.public_key:"),
        (chats("", "").replace("\"T1\"", "\"acme\""), "tenants.acme.slack.team:"),
        (
            otherwise("https://api.bitbucket.org/2.0", "https://bitbucket.org/acme"),
            "tenants.acme.bitbucket.url:",
        ),
        (
            otherwise("groups = [\"approvers\"]", "groups = [\"group:approvers\"]"),
            "tenants.acme.people[0].groups:",
        ),
    ];
    for (text, key) in table {
        let said = fault(&text);
        assert!(said.contains(key), "{key}\n{said}");
        let line: usize = said.split(':').nth(1).and_then(|line| line.parse().ok()).expect("a line");
        let word = key.trim_end_matches(':').rsplit('.').next().unwrap();
        let stands = text.lines().nth(line - 1).unwrap();
        assert!(stands.contains(word), "{key} is said to stand in line {line}, which is {stands:?}");
    }
}

#[test]
fn trust_e1_what_is_wrong_with_two_keys_together_is_said_at_the_line_of_one() {
    let said = fault("data = \"d\"\n\n[keys]\nfolder = \"d/keys\"");
    assert!(said.starts_with("c.toml:4: keys.folder:"), "{said}");
    let said = fault(&with_teams(
        "app_id = \"f0e7b3c1-1111-4222-8333-444455556666\"\napp_secret = \"s\"\ntenant = \"mine\"",
    ));
    assert!(said.contains("c.toml:7: tenants.acme.teams.tenant: this does not fit"), "{said}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "listen = 5\n[tenants.acme]\nrules_text = \"permit (\"\n[[tenants.acme.people]]\nid = \"a b\"\n[[tenants.acme.tokens]]\nsha256 = \"xyz\"\nprincipal = \"zoe\"\n[tenants.acme.bitbucket]\nurl = \"http://example.com\"\nworkspace = \"w\"\ntoken_secret = \"hunter2 is my token\"\n[tenants.acme.jira]\nulr = \"https://a.atlassian.net\"";
    let said = fault(text);
    for part in [
        "c.toml:1: listen:",
        "c.toml:3: tenants.acme.rules_text:",
        "c.toml:5: tenants.acme.people[0].id:",
        "c.toml:7: tenants.acme.tokens[0].sha256:",
        "c.toml:8: tenants.acme.tokens[0].principal:",
        "c.toml:10: tenants.acme.bitbucket.url:",
        "c.toml:12: tenants.acme.bitbucket.token_secret:",
        "c.toml:14: tenants.acme.jira.ulr: there is no such key; did you mean `url`?",
        "c.toml:13: tenants.acme.jira.token_secret: this is missing",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    assert!(!said.contains("hunter2"), "a secret was repeated:\n{said}");
}

#[test]
fn broken_toml_is_named_with_its_line() {
    let said = fault("a = 1\nlisten = \"127.0.0.1:9\n[log]\n");
    assert!(said.contains("c.toml:2: this is not TOML"), "{said}");
}

#[test]
fn rules_in_a_file_are_read_and_their_faults_have_both_places() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.cedar"), "permit (\n  principal\n").unwrap();
    let text = "[tenants.acme]\nrules = \"a.cedar\"\n[tenants.acme.bitbucket]\nworkspace = \"w\"\ntoken_secret = \"t\"";
    let file = folder.path().join("c.toml");
    std::fs::write(&file, text).unwrap();
    let said = Config::load(&Sources { file: Some(file), ..Sources::default() }).unwrap_err().to_string();
    assert!(said.contains("c.toml:2: tenants.acme.rules: a.cedar: line "), "{said}");
}

/// A tenant with a Teams of these lines, from the fifth line on.
fn with_teams(lines: &str) -> String {
    format!(
        "[tenants.acme]\nrules_text = '@id(\"all\") @auto @max_duration(\"1 day\") permit (principal, action, resource);'\nbitbucket = {{ workspace = \"w\", token_secret = \"t\" }}\n[tenants.acme.teams]\n{lines}"
    )
}

const APP: &str =
    "app_id = \"f0e7b3c1-1111-4222-8333-444455556666\"\ntenant = \"8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10\"";

#[test]
fn a_teams_is_read_and_needs_the_secret_it_names() {
    let lines =
        format!("{APP}\napp_secret = \"teams-secret\"\nby_email = true\nchannels = [\"19:x@thread.tacv2\"]");
    let config = load(&with_teams(&lines), &[]).unwrap();
    let acme = &config.tenants[&"acme".parse().unwrap()];
    let teams = acme.teams.as_ref().unwrap();
    assert_eq!((teams.by_email, teams.channels.len()), (true, 1));
    assert_eq!(acme.secrets(), [("bitbucket.token_secret", "t"), ("teams.app_secret", "teams-secret")]);
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
}

#[test]
fn a_teams_that_cannot_work_is_named_with_its_line_and_the_cure() {
    let table = [
        (APP, "c.toml:4: tenants.acme.teams.app_secret: this is missing", "write the name of the secret"),
        (
            &format!("{APP}\napp_secret = \"s3cr3t value\""),
            "c.toml:7: tenants.acme.teams.app_secret:",
            "write its name, never its value",
        ),
        (
            &format!("{APP}\nauth = \"federated\""),
            "c.toml:4: tenants.acme.teams.federated_token_file: this is missing",
            "write the path",
        ),
        (
            "tenant = \"8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10\"\napp_secret = \"s\"\napp_id = \"bot\"",
            "c.toml:7: tenants.acme.teams.app_id:",
            "write the bot's",
        ),
        (
            &format!("{APP}\napp_secret = \"s\"\nauthority = \"http://login.example\""),
            "c.toml:8: tenants.acme.teams.authority:",
            "https",
        ),
        (&format!("{APP}\napp_sekret = \"s\""), "c.toml:4: tenants.acme.teams:", "app_sekret"),
    ];
    for (lines, place, cure) in table {
        let said = fault(&with_teams(lines));
        assert!(said.contains(place) && said.contains(cure), "{lines}\n{said}");
        assert!(!said.contains("s3cr3t"), "a secret was repeated:\n{said}");
    }
}

#[test]
fn a_teams_without_tokens_is_for_a_bot_that_listens_on_this_machine_only() {
    let lines = with_teams(&format!("{APP}\nauth = \"none\""));
    assert_eq!(load(&lines, &[]).unwrap().tenants[&"acme".parse().unwrap()].secrets().len(), 1);
    for listen in ["0.0.0.0:8080", "10.0.0.7:8080", "[::]:8080"] {
        let said = load(&lines, &[("COUNTERSIGN_LISTEN", listen)]).unwrap_err();
        let fits = said.contains("c.toml:7: tenants.acme.teams.auth:")
            && said.contains("let it listen on 127.0.0.1");
        assert!(fits, "{listen}\n{said}");
    }
}

#[test]
fn trust_b3_a_teams_without_tokens_is_for_a_bot_without_a_public_address_only() {
    let public = "public_url = \"https://bot.acme.example\"\n";
    let said = fault(&format!("{public}{}", with_teams(&format!("{APP}\nauth = \"none\""))));
    let fits =
        said.contains("c.toml:8: tenants.acme.teams.auth:") && said.contains("or leave public_url out");
    assert!(fits, "{said}");
    load(&format!("{public}{}", with_teams(&format!("{APP}\napp_secret = \"s\""))), &[]).unwrap();
}

/// A tenant with this Discord.
fn with_discord(discord: &str) -> String {
    format!(
        "[tenants.acme]\nrules_text = '''@auto permit (principal, action, resource);'''\n[tenants.acme.bitbucket]\nworkspace = \"w\"\ntoken_secret = \"t\"\n[tenants.acme.discord]\n{discord}"
    )
}

#[test]
fn a_discord_is_read_with_what_every_chat_has() {
    let key = "ab".repeat(32);
    let text = with_discord(&format!(
        "application_id = \"845027738276462632\"\npublic_key = \"{key}\"\nguild = \"290926798626357999\"\nbot_token_secret = \"acme-discord\"\nchannels = [\"20000000000000001\"]\ngroups = {{ approvers = \"10000000000000001\" }}\nmode = \"http\""
    ));
    let config = load(&text, &[]).unwrap();
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
    let acme = &config.tenants[&"acme".parse().unwrap()];
    assert!(acme.secrets().contains(&("discord.bot_token_secret", "acme-discord")));
    let discord = acme.discord.as_ref().unwrap();
    assert_eq!(discord.vendor.mode, countersign_discord::Mode::Http);
    assert_eq!(discord.groups["approvers"], "10000000000000001");
}

#[test]
fn a_discord_that_lacks_something_or_has_too_much_is_named() {
    let said = fault(&with_discord("application_id = \"1\""));
    assert!(said.contains("tenants.acme.discord: this does not fit: missing field"), "{said}");
    let key = "ab".repeat(32);
    let all = format!(
        "application_id = \"1\"\npublic_key = \"{key}\"\nguild = \"2\"\nbot_token_secret = \"t\"\ntoken = \"x\""
    );
    let said = fault(&with_discord(&all));
    assert!(said.contains("unknown field `token`"), "{said}");
}
