//! What tells of what happens outside: what is good, what is not, and what may be one organisation's alone.

use super::{fault, load};

/// A tenant with these tables, in which `@` stands before the name of each.
fn tenant(name: &str, tables: &str) -> String {
    let rules =
        "rules_text = '@id(\"all\") @auto @max_duration(\"1 day\") permit (principal, action, resource);'";
    let forge = format!("bitbucket = {{ workspace = \"{name}\", token_secret = \"{name}-t\" }}");
    let tables = tables.replace('@', &format!("tenants.{name}.integrations."));
    format!("[tenants.{name}]\n{rules}\n{forge}\n{tables}\n")
}

/// A GitHub with these secrets.
fn github(secrets: &str) -> String {
    format!("[@github]\nwebhook_secrets = [{secrets}]")
}

#[test]
fn a_service_has_its_repositories_its_alarms_and_what_it_needs() {
    let services = "[@services.payments-api]\nrepositories = [\"acme/Pay-API\"]\n[@services.checkout]\nalarms = [\"Checkout-\"]\ndepends_on = [\"payments-api\"]\nwindow = \"2h\"";
    let topics = "[@cloudwatch]\ntopics = [\"arn:aws:sns:eu-central-1:111111111111:alarms\"]";
    let text = tenant("acme", &format!("{}\n{topics}\n{services}", github("\"gh-new\", \"gh-old\"")));
    let config = load(&text, &[]).unwrap();
    let acme = &config.tenants[&"acme".parse().unwrap()];
    let integrations = acme.integrations.as_ref().unwrap();
    let reader = integrations.github_reader().unwrap();
    assert_eq!((reader.host.as_str(), &*reader.services["acme/pay-api"]), ("github.com", "payments-api"));
    let (topics, alarms) = integrations.alarms().unwrap();
    assert_eq!((topics.len(), alarms.services), (1, vec![("checkout-".to_owned(), "checkout".to_owned())]));
    let secrets: Vec<_> =
        acme.secrets().into_iter().filter(|(key, _)| key.starts_with("integrations")).collect();
    assert_eq!(secrets.iter().map(|(_, name)| *name).collect::<Vec<_>>(), ["gh-new", "gh-old"]);
    assert_eq!(load(&config.render(), &[]).unwrap(), config);
}

#[test]
fn what_cannot_be_is_named_with_what_helps() {
    for (tables, said) in [
        (github(""), "write the name of one secret"),
        (github("\"a\", \"b\", \"c\""), "write the name of one secret"),
        (github("\"not a name\""), "this is no secret's name"),
        (github("\"a\", \"a\""), "stands at"),
        ("[@cloudwatch]\ntopics = [\"alarms\"]".to_owned(), "is no topic"),
        ("[@services.a]\nrepositories = [\"pay-api\"]".to_owned(), "write the owner and the name"),
        ("[@services.a]\ndepends_on = [\"b\"]".to_owned(), "a depends on b, which is not described here"),
        (
            "[@services.a]\nrepositories = [\"acme/x\"]\n[@services.b]\nrepositories = [\"acme/X\"]"
                .to_owned(),
            "a repository is one service's",
        ),
    ] {
        let told = fault(&tenant("acme", &tables));
        assert!(told.contains(said), "{tables}: {told}");
    }
}

#[test]
fn what_is_signed_for_one_organisation_counts_for_no_other() {
    let both = |tables: &str| format!("{}{}", tenant("acme", tables), tenant("globex", tables));
    let topic = "[@cloudwatch]\ntopics = [\"arn:aws:sns:eu-central-1:111111111111:alarms\"]";
    for tables in [github("\"shared\""), topic.to_owned()] {
        let told = fault(&both(&tables));
        assert!(
            told.contains("tenants.globex.integrations") && told.contains("tenants.acme.integrations"),
            "{told}"
        );
    }
    // What is in the vault is each one's own there.
    load(&both(&github("\"vault:hook\"")), &[]).unwrap();
}
