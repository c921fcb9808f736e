//! What the configuration answers about people: whose an account is, who is disabled, and what cannot work with them.

use countersign_domain::rules::{EXAMPLE, RuleSet};
use jiff::Timestamp;

use super::{fault, load, otherwise};

#[test]
fn trust_b6_one_account_is_one_persons_however_it_is_written() {
    let said = |own: &str, other: &str| {
        fault(&format!(
            "[tenants.acme]\n[[tenants.acme.people]]\nid = \"erin\"\naccounts = {{ {own} }}\n[[tenants.acme.people]]\nid = \"bob\"\naccounts = {{ {other} }}"
        ))
    };
    let id = "0a1b2c3d-0000-4000-8000-00000000000f";
    let loud = id.to_uppercase();
    for (own, other) in [
        ("bitbucket = \"712020:x\"".to_owned(), "bitbucket = \"712020:x\"".to_owned()),
        (format!("bitbucket = \"{{{id}}}\""), format!("bitbucket = \"{loud}\"")),
        ("email = \"a@b.example\"".to_owned(), "email = \"A@B.example\"".to_owned()),
    ] {
        let said = said(&own, &other);
        assert!(said.contains("c.toml:7: tenants.acme.people[1].accounts:"), "{said}");
        assert!(said.contains("is that of `erin` already: it can be one person’s only"), "{said}");
    }
    let apart = said("bitbucket = \"712020:x\"", "jira = \"712020:x\"");
    assert!(!apart.contains("already"), "{apart}");
}

#[test]
fn trust_a4_who_is_disabled_is_named_and_belongs_there_no_more() {
    let disabled = |text: &str| {
        let config = load(text, &[]).unwrap_or_else(|said| panic!("{said}"));
        assert_eq!(load(&config.render(), &[]).unwrap(), config, "it is written as it was read");
        let acme = &config.tenants[&"acme".parse().unwrap()];
        assert_eq!(acme.people.len(), 4, "whoever is disabled is still somebody");
        acme.disabled.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let (ada, off) = ("id = \"ada\"", "id = \"ada\"\ndisabled = true");
    assert_eq!(disabled(&otherwise(ada, off)), ["ada"]);
    assert_eq!(disabled(&otherwise(ada, &off.replace("true", "false"))), [""; 0]);
    let said = fault(&otherwise(ada, &off.replace("true", "\"yes\"")));
    assert!(said.contains("people[0].disabled:") && said.contains("true where they left"), "{said}");
}

#[test]
fn trust_b6_no_file_locks_everybody_out_in_one_step() {
    let config = |text: &str| load(text, &[]).unwrap_or_else(|said| panic!("{said}"));
    let acme = |text: &str| config(text).tenants.remove(&"acme".parse().unwrap()).unwrap();
    let both = otherwise("Acme", "Acme");
    let (ada, cleo) = ("groups = [\"approvers\"]\nroles = [\"admin\"]", "roles = [\"admin\", \"auditor\"]");
    let only_ada = both.replace(cleo, "roles = [\"auditor\"]");
    let locks_out = |before: &str, text: &str, rules: &RuleSet| {
        acme(text).locks_out(&acme(before).present(), Some(rules), Timestamp::UNIX_EPOCH)
    };
    let rules = RuleSet::compile(1, EXAMPLE).unwrap();
    let of_group = format!(
        "{EXAMPLE}\n@id(\"change\") @auto permit (principal in Group::\"approvers\", action == Action::\"publish_rules\", resource);"
    );
    let of_group = RuleSet::compile(2, &of_group).unwrap();
    // One of two goes; the only one goes and names somebody else; nobody was there before.
    for (before, now) in [(&both, &only_ada), (&only_ada, &both.replace(ada, "groups = [\"approvers\"]"))] {
        assert_eq!(locks_out(before, now, &rules), None);
    }
    let none = only_ada.replace(ada, "groups = [\"approvers\"]");
    assert_eq!(locks_out(&none, &none, &rules), None, "what was so before is no step");
    // By whatever way the only one stops being one.
    let (id, as_agent) = ("id = \"ada\"", "id = \"ada\"\nkind = \"agent\"");
    let gone = [
        none,
        only_ada.replacen(id, "id = \"ada\"\ndisabled = true", 1),
        only_ada.replacen(id, as_agent, 1),
        only_ada
            .replacen(id, "id = \"ada2\"", 1)
            .replace(ada, "groups = []")
            .replace("principal = \"ada\"", "principal = \"ada2\""),
    ];
    for text in gone {
        let why = locks_out(&only_ada, &text, &rules).unwrap_or_else(|| panic!("nobody is left\n{text}"));
        assert!(why.contains("Ada Lovelace would not be there, or be no administrator"), "{why}");
        assert!(why.contains("Name somebody else first"), "{why}");
    }
    // The last group by which the rules can be changed, though somebody still administers.
    let groupless = both.replace("groups = [\"approvers\"]", "groups = []");
    let why = locks_out(&both, &groupless, &of_group).expect("nobody could change the rules");
    assert!(why.contains("Nobody could change the rules in force any more"), "{why}");
    assert!(why.contains("Put somebody else first into the groups"), "{why}");
    assert_eq!(locks_out(&both, &groupless, &rules), None, "those rules leave it to administrators");
}

/// What is advised to a tenant of these lines.
fn advised(text: &str) -> String {
    load(text, &[]).unwrap_or_else(|said| panic!("{said}")).advice().join("\n")
}

#[test]
fn trust_e1_what_can_be_loaded_and_cannot_work_is_told() {
    assert_eq!(advised(&otherwise("Acme", "Acme")), "", "the example is sound");
    let group = advised(&otherwise("groups = [\"approvers\"]", "groups = [\"aprovers\"]"));
    assert!(
        group.contains("tenants.acme: the group “aprovers” is in no rule: is “approvers” meant?"),
        "{group}"
    );
    assert!(group.contains("speaks of the group “approvers”, which nobody is in"), "{group}");
    let quorum = advised(&otherwise("@quorum(\"1\")", "@quorum(\"3\")"));
    assert!(quorum.contains("asks for 3 countersignatures, and only 1 may give one"), "{quorum}");
    let change = "forbid (principal, action == Action::\"publish_rules\", resource);";
    let shut = advised(&otherwise("rules_text = '''", &format!("rules_text = '''\n@id(\"shut\") {change}")));
    assert!(shut.contains("Nobody could change the rules any more"), "{shut}");
    let one = otherwise("roles = [\"admin\", \"auditor\"]", "roles = [\"auditor\"]");
    let only = advised(&one);
    assert!(only.contains("tenants.acme: Ada Lovelace is the only administrator here"), "{only}");
    let admin = advised(&one.replacen("roles = [\"admin\"]", "roles = []", 1));
    assert!(admin.contains("nobody is an admin"), "{admin}");
    let text = otherwise("[[tenants.acme.tokens]]", "[[tenants.acme.tokens]]");
    let cut = text.find("[[tenants.acme.tokens]]").unwrap();
    let rest = text[cut..].find("principal = \"ada\"").unwrap() + cut + "principal = \"ada\"".len();
    let token = advised(&format!("{}{}", &text[..cut], &text[rest..]));
    assert!(token.contains("there is no token"), "{token}");
    let others = advised(&otherwise("principal = \"ada\"", "principal = \"erin\""));
    assert!(others.contains("no administrator has a token, or an account in a chat"), "{others}");
    let known = otherwise("principal = \"ada\"", "principal = \"erin\"");
    let known = known.replacen("accounts = { bitbucket", "accounts = { slack = \"T1/U1\", bitbucket", 1);
    assert_eq!(advised(&known), "");
    // Who is in a group that follows a chat's, the configuration does not know.
    let followed = format!(
        "{}\n[tenants.acme.slack]\nteam = \"T1\"\nbot_token_secret = \"t\"\ngroups = {{ approvers = \"S1\" }}",
        otherwise("groups = [\"approvers\"]", "groups = []")
    );
    assert_eq!(advised(&followed), "");
}
