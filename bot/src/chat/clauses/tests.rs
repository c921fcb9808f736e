//! What is read of sentences that decide more than once.

use super::*;

/// Each clause as "verb name [because why]", with a "?" where it is not clean.
fn read(text: &str) -> Vec<String> {
    let is_name = |piece: &str| ["payments", "api", "infra", "archive", "erin", "ben"].contains(&piece);
    let said = |clause: Clause| {
        let verb = clause.verdict.command().unwrap_or("leave");
        let why = clause.reason.map(|why| format!(" because {why}")).unwrap_or_default();
        let doubt = if clause.is_clean { "" } else { "?" };
        format!("{verb} {}{why}{doubt}", clause.of)
    };
    several(text, &is_name).into_iter().map(said).collect()
}

#[test]
fn trust_c3_each_clause_is_read_with_its_own_verb_and_its_own_reason() {
    for (text, clauses) in [
        ("infra yes, payments no", ["approve infra", "deny payments"]),
        ("payments-api: yes. infra: no", ["approve payments-api", "deny infra"]),
        ("yes to infra, no to payments-api", ["approve infra", "deny payments-api"]),
        ("no to infra, yes to payments-api", ["deny infra", "approve payments-api"]),
        ("deny infra, approve payments-api", ["deny infra", "approve payments-api"]),
        ("approve infra and deny payments-api", ["approve infra", "deny payments-api"]),
        ("deny payments-api not infra", ["deny payments-api", "leave infra"]),
        (
            "approve payments-api; deny infra because cert expired",
            ["approve payments-api", "deny infra because cert expired"],
        ),
        (
            "deny infra because cert expired; payments ok",
            ["deny infra because cert expired", "approve payments"],
        ),
        ("infra: ja, archive: nein", ["approve infra", "deny archive"]),
        ("infra sì, archive no", ["approve infra", "deny archive"]),
        ("archive no, infra yes", ["deny archive", "approve infra"]),
        ("no, infra; yes, payments-api", ["deny infra", "approve payments-api"]),
    ] {
        assert_eq!(read(text), clauses, "{text}");
    }
}

#[test]
fn trust_c3_what_decides_twice_and_does_not_read_cleanly_is_doubted() {
    for text in [
        "infra yes payments no",
        "infra ok. nein, weil kein Fenster",
        "yes to infra for an hour only, no to payments-api",
    ] {
        assert!(read(text).iter().any(|clause| clause.ends_with('?')), "{text}: {:?}", read(text));
    }
}

#[test]
fn trust_c3_one_decision_is_one_whatever_it_says_besides() {
    for text in [
        "deny infra, too long",
        "deny infra because it is not ok",
        "approve infra, ok?",
        "approve infra and payments-api",
        "deny infra and payments-api because no ticket",
        "no infra because it is too long",
        "yes",
        "no, not before the freeze is over",
        "infra ok",
        "lgtm infra, thanks Erin",
        "deny infra because risky, approve infra",
        "deny infra because too long, no wait, it is fine",
        "deny infra because risky, ok?",
    ] {
        assert!(read(text).is_empty(), "{text}: {:?}", read(text));
    }
}
