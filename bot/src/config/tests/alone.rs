//! What may stand once in a whole configuration, and what organisations may have in common.

use super::{APP, fault, load};

const RULES: &str =
    "rules_text = '@id(\"all\") @auto @max_duration(\"1 day\") permit (principal, action, resource);'";

/// A tenant of these lines, whose repositories are in a workspace of its own.
fn tenant(name: &str, lines: &str) -> String {
    format!(
        "[tenants.{name}]\n{RULES}\nbitbucket = {{ workspace = \"{name}\", token_secret = \"{name}-t\" }}\n{lines}\n"
    )
}

fn people(name: &str, sha256: &str) -> String {
    format!(
        "[[tenants.{name}.people]]\nid = \"erin\"\n[[tenants.{name}.tokens]]\nsha256 = \"{sha256}\"\nprincipal = \"erin\""
    )
}

/// Two tenants with these lines in a table of the same name.
fn both(table: &str, of_acme: &str, of_globex: &str) -> String {
    let own = |name: &str, lines: &str| tenant(name, &format!("[tenants.{name}.{table}]\n{lines}"));
    format!("{}{}", own("acme", of_acme), own("globex", of_globex))
}

#[test]
fn trust_b6_one_token_is_one_persons_in_the_whole_configuration() {
    let (token, other) = ("3f".repeat(32), "4f".repeat(32));
    let two = |of_acme: &str, of_globex: &str| {
        format!(
            "{}{}",
            tenant("acme", &people("acme", of_acme)),
            tenant("globex", &people("globex", of_globex))
        )
    };
    load(&two(&token, &other), &[]).unwrap();
    let said = fault(&two(&token, &token));
    let (here, there) =
        ("c.toml:15: tenants.globex.tokens[0].sha256:", "tenants.acme.tokens[0].sha256 (c.toml:7)");
    assert!(said.contains(here) && said.contains(there), "{said}");
    assert!(said.contains("looked up first") && !said.contains(&token), "{said}");
    let watching = fault(&format!("http = {{ monitor_sha256 = \"{token}\" }}\n{}", two(&token, &other)));
    assert!(watching.contains("http.monitor_sha256 (c.toml:1)"), "{watching}");
    // And within one organisation.
    let second = format!("[[tenants.acme.tokens]]\nsha256 = \"{token}\"\nprincipal = \"bob\"");
    let lines = format!("{}\n[[tenants.acme.people]]\nid = \"bob\"\n{second}", people("acme", &token));
    let said = fault(&tenant("acme", &lines));
    assert!(
        said.contains("c.toml:12: tenants.acme.tokens[1].sha256:") && said.contains("(c.toml:7)"),
        "{said}"
    );
}

#[test]
fn trust_b6_what_a_vendor_knows_a_bot_by_is_one_organisations() {
    let jira = |secret: &str| {
        format!("url = \"https://a.example\"\ntoken_secret = \"t\"\nwebhook_secret = \"{secret}\"")
    };
    let slack = |team: &str, rest: &str| format!("team = \"{team}\"\n{rest}");
    let (bot, signed) =
        (|name: &str| format!("bot_token_secret = \"{name}\""), "signing_secret = \"signed\"");
    let app = |name: &str| format!("{}\napp_token_secret = \"app\"", bot(name));
    let teams = |app: &str| format!("{app}\napp_secret = \"s\"");
    let other = APP.replace("f0e7b3c1", "a0e7b3c1");
    let discord = |application: &str, key: &str, secret: &str| {
        let key = key.repeat(32);
        format!(
            "application_id = \"{application}\"\nguild = \"2\"\npublic_key = \"{key}\"\nbot_token_secret = \"{secret}\""
        )
    };
    let table = [
        (both("jira", &jira("w"), &jira("w")), "jira.webhook_secret"),
        (both("slack", &slack("T1", &bot("one")), &slack("T2", &bot("one"))), "slack.bot_token_secret"),
        (both("slack", &slack("T1", &app("one")), &slack("T2", &app("two"))), "slack.app_token_secret"),
        (
            both(
                "slack",
                &slack("T1", &format!("{}\n{signed}", bot("one"))),
                &slack("T1", &format!("{}\n{signed}", bot("two"))),
            ),
            "slack.signing_secret",
        ),
        (both("teams", &teams(APP), &teams(&APP.replace("f0e7b3c1", "F0E7B3C1"))), "teams.app_id"),
        (both("discord", &discord("1", "ab", "one"), &discord("1", "cd", "two")), "discord.application_id"),
        (both("discord", &discord("1", "ab", "one"), &discord("3", "AB", "two")), "discord.public_key"),
        (both("discord", &discord("1", "ab", "one"), &discord("3", "cd", "one")), "discord.bot_token_secret"),
    ];
    for (text, key) in table {
        let said = fault(&text);
        let (here, there) = (format!("tenants.globex.{key}:"), format!("tenants.acme.{key} (c.toml:"));
        assert!(said.contains(&here) && said.contains(&there), "{key}\n{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    for apart in [
        both("jira", &jira("w"), &jira("v")),
        // One app in two workspaces has one signing secret, and its deliveries say the workspace.
        both(
            "slack",
            &slack("T1", &format!("{}\n{signed}", bot("one"))),
            &slack("T2", &format!("{}\n{signed}", bot("two"))),
        ),
        both("teams", &teams(APP), &teams(&other)),
        both("discord", &discord("1", "ab", "one"), &discord("3", "cd", "two")),
    ] {
        load(&apart, &[]).unwrap_or_else(|said| panic!("{said}"));
    }
}

#[test]
fn trust_b6_a_ticket_is_a_request_in_one_organisation() {
    let jira = |url: &str, secret: &str| {
        format!(
            "url = \"{url}\"\ntoken_secret = \"t\"\nwebhook_secret = \"{secret}\"\nrequest_projects = [\"OPS\"]"
        )
    };
    let two = |url: &str| both("jira", &jira("https://a.example", "v"), &jira(url, "w"));
    let said = fault(&two("https://A.example/"));
    assert!(said.contains("tenants.globex.jira.request_projects:"), "{said}");
    assert!(said.contains("tenants.acme.jira.request_projects (c.toml:8)"), "{said}");
    load(&two("https://b.example"), &[]).unwrap();
}

#[test]
fn trust_b6_what_organisations_have_in_common_is_told() {
    let advised = |text: &str| load(text, &[]).unwrap_or_else(|said| panic!("{said}")).advice().join("\n");
    let two = format!("{}{}", tenant("acme", ""), tenant("globex", ""));
    assert!(!advised(&two).contains("in common"));
    let shared = advised(&two.replace("workspace = \"globex\"", "workspace = \"ACME\""));
    assert!(
        shared.contains("tenants.acme and tenants.globex have the Bitbucket workspace acme ("),
        "{shared}"
    );
    assert!(shared.contains("would undo what the other did"), "{shared}");
    let teams = |app: &str| format!("{app}\napp_secret = \"s\"");
    let other = APP.replace("f0e7b3c1", "a0e7b3c1");
    let chats = advised(&both("teams", &teams(APP), &teams(&other)));
    assert!(chats.contains("have the Microsoft Entra tenant 8f0c3e57"), "{chats}");
    assert!(chats.contains("there are two bots in it"), "{chats}");
}

#[test]
fn trust_b6_a_group_follows_one_chats() {
    let key = "ab".repeat(32);
    let chats = |of_slack: &str, of_discord: &str| {
        tenant(
            "acme",
            &format!(
                "[tenants.acme.slack]\nteam = \"T1\"\nbot_token_secret = \"s\"\ngroups = {{ {of_slack} }}\n[tenants.acme.discord]\napplication_id = \"1\"\nguild = \"2\"\npublic_key = \"{key}\"\nbot_token_secret = \"d\"\ngroups = {{ {of_discord} }}"
            ),
        )
    };
    let said = fault(&chats("approvers = \"S1\"", "approvers = \"1\""));
    assert!(said.contains("c.toml:13: tenants.acme.discord.groups:"), "{said}");
    assert!(said.contains("tenants.acme.slack.groups (c.toml:7)"), "{said}");
    load(&chats("approvers = \"S1\"", "deputies = \"1\""), &[]).unwrap();
}

#[test]
fn a_secret_in_the_vault_is_each_tenants_own_and_so_may_have_one_name() {
    let jira = |secret: &str| {
        format!("url = \"https://a.example\"\ntoken_secret = \"t\"\nwebhook_secret = \"{secret}\"")
    };
    load(&both("jira", &jira("vault:hook"), &jira("vault:hook")), &[]).unwrap();
    assert!(
        fault(&both("jira", &jira("hook"), &jira("hook"))).contains("the same secret of Jira's webhooks")
    );
    for odd in ["vault:", "vault:globex/hook", "vault:vault:hook", "file:hook"] {
        let said = fault(&tenant("acme", &format!("[tenants.acme.jira]\n{}", jira(odd))));
        assert!(said.contains("no secret's name"), "{odd}: {said}");
    }
}

#[test]
fn the_vault_is_not_in_the_data_and_does_not_hold_the_key_that_opens_it() {
    let within = fault("data = \"/srv/countersign\"\nvault = { folder = \"/srv/countersign/a/vault\" }");
    assert!(within.contains("vault.folder: this is in the data folder"), "{within}");
    load("data = \"/srv/countersign\"\nvault = { folder = \"/srv/countersign-vault\" }", &[]).unwrap();
    let circle = fault("vault = { master_secret = \"vault:master\" }");
    assert!(circle.contains("vault.master_secret: the vault cannot hold the key"), "{circle}");
    let alone = fault("vault = { previous_secret = \"old\" }");
    assert!(alone.contains("vault.previous_secret: there is no master_secret"), "{alone}");
}
