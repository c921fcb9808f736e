//! What the configuration answers about people: whose an account is, who is disabled, and what cannot work with them.

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
    // Who is in a group that follows a chat's, the configuration does not know.
    let followed = format!(
        "{}\n[tenants.acme.slack]\nteam = \"T1\"\nbot_token_secret = \"t\"\ngroups = {{ approvers = \"S1\" }}",
        otherwise("groups = [\"approvers\"]", "groups = []")
    );
    assert_eq!(advised(&followed), "");
}
