//! What the generic parser understands.

use super::*;

const ACCESS: &str =
    "access <permission> on <repository> [for <user>] [for <duration>] [ticket <KEY>] [because <reason>]";

fn said(grammar: &str, text: &str) -> Option<String> {
    let said = Pattern::read(grammar).unwrap().matches(&Sentence::new(text))?;
    Some(format!("{said}"))
}

#[test]
fn every_part_of_a_sentence_finds_its_slot() {
    let sentence = "access write on payments-api for Erin Miller for 2 days ticket OPS-17 because of the rollout, for now";
    insta::assert_snapshot!(said(ACCESS, sentence).unwrap(), @"KEY=OPS-17; duration=2 days; permission=write; reason=the rollout, for now; repository=payments-api; user=Erin Miller");
}

#[test]
fn groups_stand_in_any_order_and_are_told_apart_by_their_look() {
    let one = said(ACCESS, "access write on a for bob for 2 days ticket OPS-17 because why").unwrap();
    let other = said(ACCESS, "  ACCESS Write ticket OPS-17, for 2 days  for bob  ON a, Because why").unwrap();
    assert_eq!(one.to_lowercase(), other.to_lowercase());
}

#[test]
fn a_bad_duration_is_still_the_duration() {
    for bad in
        ["0 days", "-3 days", "900 years", "1.5h", "ever", "half a day", "99999999999999999999 minutes"]
    {
        let said = said(ACCESS, &format!("access write on a for {bad}")).unwrap();
        assert!(said.contains(&format!("duration={bad}")), "{said}");
    }
    for user in ["7zark7", "erin", "{a1b2}", "557058:c0ffee"] {
        let said = said(ACCESS, &format!("access write on a for {user}")).unwrap();
        assert!(said.contains(&format!("user={user}")), "{said}");
    }
}

#[test]
fn what_is_missing_is_named_and_what_is_there_is_kept() {
    insta::assert_snapshot!(said(ACCESS, "access").unwrap(), @" (missing: permission, repository)");
    insta::assert_snapshot!(said(ACCESS, "access on infra").unwrap(), @"repository=infra (missing: permission)");
    insta::assert_snapshot!(said(ACCESS, "access write infra please").unwrap(), @"permission=write; repository=infra");
    insta::assert_snapshot!(said(ACCESS, "access owner on payments api").unwrap(), @"permission=owner; repository=payments api");
}

#[test]
fn quotes_make_a_value_of_anything() {
    insta::assert_snapshot!(said(ACCESS, r#"access write on "for" for "2 days""#).unwrap(), @"permission=write; repository=for; user=2 days");
}

#[test]
fn a_sentence_of_another_kind_is_not_taken() {
    assert_eq!(said("approve <code> [receipt <receipt>]", "don't approve K7QM2X"), None);
    assert_eq!(said("my access", "my access to everything"), None);
    assert_eq!(said(ACCESS, "access write on a for 2 days for 3 days"), None);
}

#[test]
fn words_that_mean_nothing_are_passed_over() {
    let grammar = "i [really] need|want <permission> [access] on|to <repository>";
    let plain = said(grammar, "i need write on infra").unwrap();
    assert_eq!(said(grammar, "Hi Countersign, I really WANT write access to infra, please!").unwrap(), plain);
    assert!(
        said("why was|is <code> ...", "why was K7QM2X denied, of all things?")
            .unwrap()
            .contains("code=K7QM2X")
    );
}

#[test]
fn a_mistake_in_a_grammar_is_named() {
    for bad in ["a [b", "a b]", "a <b> c", "a [[b]]", "a ... b"] {
        assert!(Pattern::read(bad).is_err(), "{bad}");
    }
}
