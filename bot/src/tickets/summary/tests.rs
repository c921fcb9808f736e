//! Titles as people write them over a form that asks for access.

use super::*;

/// The form of a ticket of Erin's, for herself unless it says otherwise.
fn request(permission: &str, repository: &str, user: Option<&str>) -> TicketRequest {
    let form = Form {
        permission: Some(permission.to_owned()),
        repository: Some(repository.to_owned()),
        user: user.map(str::to_owned),
        duration: Some("2 hours".to_owned()),
        ticket: Some("OPS-17".to_owned()),
        reason: Some("the payments migration".to_owned()),
    };
    TicketRequest {
        reporter: Some("acc-erin".to_owned()),
        reporter_name: Some("Erin Employee".to_owned()),
        form,
        ..TicketRequest::default()
    }
}

fn is_told(summary: &str, request: &TicketRequest) -> bool {
    let (people, customs) = (People::default(), Customs::default());
    Known { request, people: &people, customs: &customs }.unread(summary).is_some()
}

#[test]
fn trust_d4_a_summary_that_says_what_the_form_says_passes() {
    for (summary, permission, repository) in [
        ("Access, please", "read", "web-shop"),
        ("Access to web-shop", "read", "web-shop"),
        ("[Access request] web-shop", "read", "web-shop"),
        ("Read access for the checkout incident", "read", "web-shop"),
        ("Write access for the checkout incident", "write", "web-shop"),
        ("Zugriff auf web-shop", "read", "web-shop"),
        ("Leserechte auf web-shop für Erin", "read", "acme/web-shop"),
        ("Need write on infra for release 4.2", "write", "infra"),
        ("Access request by Erin Employee", "read", "web-shop"),
        ("OPS-17: read on web-shop for 2 hours", "read", "web-shop"),
        ("Accès en lecture à web-shop", "read", "web-shop"),
        ("Checkout rollout: access to web-shop", "read", "web-shop"),
        ("Write on payments api because of the rollout", "push", "payments-api"),
        ("The payments migration", "read", "web-shop"),
        ("Rollout of the new payments feature", "read", "web-shop"),
        ("", "read", "web-shop"),
    ] {
        assert!(!is_told(summary, &request(permission, repository, None)), "{summary}");
    }
    assert!(!is_told("Access for Ben Approver", &request("read", "web-shop", Some("Ben Approver"))));
    assert!(is_told("Access for Erin", &request("read", "web-shop", Some("Ben Approver"))));
}

#[test]
fn trust_d4_a_summary_that_may_say_something_else_is_told() {
    for summary in [
        "Access for Ben Approver",
        "access for claire",
        "Ben needs access",
        "Please remove access",
        "Please revoke",
        "Cancel: access",
        "CANCELLED: access to web-shop",
        "Question about access",
        "How do I ask for access?",
        "Template for access",
        "Example: access",
        "[TEST] access",
        "Test ticket",
        "Access from Monday",
        "Access until Friday",
        "Access for 3 hours",
        "Access for the rollout on Monday",
        "Access only after approval",
        "Access once the build is green",
        "Access if the rollout begins",
        "No access to web-shop needed",
        "Access no longer needed",
        "Write on web-shop",
        "Access to infra",
        "Access to payments-api",
        "Access to backup",
        "Read on web-shop and infra",
        "Block access to web-shop",
        "Rollback access",
        "Access expired",
        "DRAFT - do not grant",
        "[WIP] access",
        "Access, please ignore",
        "Access for everybody",
        "Access on hold",
        "Access to web-shop?",
        "Zugriff ab Montag",
        "Zugriff für Ben",
        "Accès pour Claire",
    ] {
        assert!(is_told(summary, &request("read", "web-shop", None)), "{summary}");
    }
}

/// The ordinary titles of `titles.tsv`, each over the form that is meant by it.
#[test]
fn trust_d4_an_ordinary_title_is_not_asked_about() {
    let (mut all, mut wrong) = (0, Vec::new());
    for line in include_str!("titles.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let [permission, repository, title] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not three: {line}")
        };
        all += 1;
        if is_told(title, &request(permission, repository, None)) {
            wrong.push(title);
        }
    }
    assert!(all >= 60, "{all}");
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}
