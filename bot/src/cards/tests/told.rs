//! How people, ends, reasons and rules are told on a card, in its story and in a list.

use super::*;

#[test]
fn the_whole_story() {
    let history = ended(&Ending::Expired);
    insta::assert_snapshot!(story_for(&history, "erin").text, @r"
    K7QM2X: what happened, and why
    Status: expired
    2026-03-01 12:00 UTC · Erin asked for write on payments-api for 2 days, ticket OPS-17, because “rollout'. <b>Approved</b> by Ada, @here”.
    2026-03-01 12:00 UTC · Looked up: user found, repository found, ticket OPS-17 found; the user holds read, as Bitbucket says.
    2026-03-01 12:00 UTC · The rule write-needs-two asks for 2 countersignatures (version 3 of the rules). “Production: think twice.”
    2026-03-01 12:00 UTC · Waiting for 2 countersignatures by the group approvers, until 2026-03-04 12:00 UTC.
    2026-03-01 12:00 UTC · Ada countersigned (receipt 22ca3933).
    2026-03-01 12:00 UTC · Ben countersigned (receipt 22ca3933).
    2026-03-01 12:00 UTC · Approved by Ada and Ben, for 2 days.
    2026-03-01 12:00 UTC · Granted: write was set and read back (before: read); it ends on 2026-03-03 12:00 UTC.
    2026-03-01 12:00 UTC · Taking it back: its time is over.
    2026-03-01 12:00 UTC · Taken back, and that was read back.
    ");
}

#[test]
fn who_can_countersign() {
    let (access, people, code) = (state(&waiting()), people(), code());
    let shown = Shown {
        code: &code,
        request: &access,
        viewer: Some(&people.people[&id("erin")]),
        people: &people,
        now: noon(),
        beside: None,
        rules: 0,
        collections: None,
    };
    insta::assert_snapshot!(approvers(shown).text, @r"
    K7QM2X: who can countersign
    Status: waiting, 0 of 2 countersigned
    May countersign: Ada and Ben (the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    If nobody answers by 2026-03-01 13:00 UTC, more people are asked.
    ");
}

#[test]
fn a_button_says_the_whole_receipt_and_the_text_its_short_form() {
    let (access, people, code) = (state(&waiting()), people(), code());
    let viewer = &people.people[&id("ada")];
    let card = request(Shown {
        code: &code,
        request: &access,
        viewer: Some(viewer),
        people: &people,
        now: noon(),
        beside: None,
        rules: 0,
        collections: None,
    });
    let receipt = access.receipt().unwrap();
    assert_eq!(card.buttons[0].say, format!("approve {code} receipt {receipt}"));
    assert!(card.text.ends_with(&format!(
        "You can say: approve {code} receipt {short} · deny {code} receipt {short} because …",
        short = receipt.short()
    )));
    let json = serde_json::to_string(&card).unwrap();
    assert_eq!(serde_json::from_str::<countersign_domain::card::Card>(&json).unwrap(), card);
}

#[test]
fn a_denial_tells_every_reason_on_a_line_of_its_own() {
    let no = Denied(vec![
        Violation::from(Fault::MissingField { field: Field::Repository }),
        Violation::UnknownCode { given: "a\n\u{202E}Approved by Ada".into() },
    ]);
    insta::assert_snapshot!(denied(&no, None).text, @r"
    That was not done
    Say which repository it is for.
    I know no request “a Approved by Ada”. “status” lists yours, with their codes.
    ");
}

#[test]
fn no_text_of_a_person_can_begin_a_line_or_leave_its_quotes() {
    assert_eq!(quoted("a”\n“Approved\u{2029}by\u{202E} Ada\r\n"), "“a' 'Approved by Ada”");
    assert_eq!(plain("payments-api"), "payments-api");
    assert_eq!(plain("infra, approved by Ada"), "“infra, approved by Ada”");
}

#[test]
fn trust_c1_a_line_break_in_a_reason_is_a_line_break_on_the_card_and_in_every_story() {
    let card = seen_by(&in_detail(), "ada", noon());
    let why = "Why: “The rollout:\n“- <b>payments</b>\n“- *web*”\n";
    assert!(card.text.contains(why), "{}", card.text);
    assert!(card.fields.iter().any(|field| field.value.lines().count() == 3));
    let story = story_for(&in_detail(), "ada");
    assert!(story.text.contains("because “The rollout:\n“- <b>payments</b>"), "{}", story.text);
    let denied = denied_by_ada(Proposal::Grant, "not now\nStatus: active");
    let text = seen_by(&with(waiting(), [denied]), "erin", noon()).text;
    assert!(text.contains("Denied by Ada: “not now\n“Status: active”"), "{text}");
}

#[test]
fn trust_c5_a_title_says_the_end_that_was_said_and_a_duration_where_one_was() {
    let title = |history: &[AccessEvent]| seen_by(history, "ada", noon()).title;
    assert_eq!(title(&waiting()), "K7QM2X: Erin asks for write on payments-api for 2 days");
    assert_eq!(
        title(&in_detail()),
        "K7QM2X: Erin asks for write on payments-api until Fri 6 Mar, 23:59 UTC+1"
    );
    let end = "2026-03-06T23:59+01:00".parse().unwrap();
    let longer = Longer::until(end, noon() + 48.hours()).unwrap();
    let extension = with(active(), [proposed(Proposal::Extension(longer))]);
    let card = seen_by(&extension, "ada", noon());
    assert_eq!(
        card.title,
        "K7QM2X: Erin asks for write on payments-api for longer, until Fri 6 Mar, 23:59 UTC+1"
    );
    assert!(card.text.contains("; with this extension, on 2026-03-06 22:59 UTC"), "{}", card.text);
}

#[test]
fn that_it_was_extended_stands_on_the_card_also_where_nobody_countersigned_that() {
    let until = noon() + 50.hours();
    let extended =
        AccessEvent::Own(GrantEvent::Extended { by: vec![], until, why: Some("it is slow".to_owned()) });
    let text = |history: &[AccessEvent]| seen_by(history, "erin", noon()).text;
    let longer = text(&with(active(), [extended]));
    assert!(
        longer.contains("It ends by itself on 2026-03-03 14:00 UTC.\nIt was extended; “why” says"),
        "{longer}"
    );
    assert!(!text(&active()).contains("extended"), "{}", text(&active()));
}

#[test]
fn trust_b7_who_stands_in_for_somebody_stands_on_the_card_before_and_after() {
    let stands_in = "Countersigned by: Mallory, in the place of Ben\n";
    assert!(seen_by(&in_detail(), "ada", noon()).text.contains(stands_in));
    let receipt = state(&in_detail()).receipt().unwrap();
    let fixed = Lasting { minutes: 2880 };
    let by = vec![id("mallory"), id("ada")];
    let history = with(in_detail(), [signed(id("ada"), receipt), AccessEvent::Approved { by, fixed }]);
    let text = seen_by(&history, "ada", noon()).text;
    assert!(text.contains("Countersigned by: Mallory, in the place of Ben; Ada\n"), "{text}");
}

#[test]
fn trust_c3_what_rules_of_later_forbid_is_told_under_those_rules() {
    let denied = |policies: &[&str]| AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: None,
        reason: None,
        violations: vec![Violation::ForbiddenByRule {
            policies: policies.iter().map(ToString::to_string).collect(),
            messages: vec![],
        }],
        rules: Some(4),
    };
    let history = with(waiting(), [denied(&["freeze"])]);
    let text = seen_by(&history, "erin", noon()).text;
    assert!(text.contains("\nRule: freeze, version 4 of the rules\n"), "{text}");
    let story = story_for(&history, "erin").text;
    assert!(story.contains("Denied by the checks, by version 4 of the rules:"), "{story}");
}

#[test]
fn trust_a4_who_left_is_told_by_their_name() {
    let mut people = people();
    people.evolve(&PeopleEvent::PersonRemoved { id: id("ada") }, noon());
    let (access, code) = (state(&active()), code());
    let viewer = Some(&people.people[&id("erin")]);
    let shown = Shown {
        code: &code,
        request: &access,
        viewer,
        people: &people,
        now: noon(),
        beside: None,
        rules: 0,
        collections: None,
    };
    let text = request(shown).text;
    assert!(text.contains("Countersigned by: Ada and Ben"), "{text}");
    let access = AnyRequest::from(access);
    let told = Shown {
        code: &code,
        request: &access,
        viewer,
        people: &people,
        now: noon(),
        beside: None,
        rules: 0,
        collections: None,
    };
    let events = active().into_iter().map(|event| Happened { at: noon(), event: event.into() }).collect();
    let text = story(told, events).text;
    assert!(text.contains("Ada countersigned") && !text.contains("ada countersigned"), "{text}");
}

#[test]
fn trust_a10_what_is_offered_of_more_time_is_what_fits() {
    let lasting = |hours: i64| {
        let mut history = active();
        if let Some(AccessEvent::Own(GrantEvent::Granted { until, .. })) = history.last_mut() {
            *until = noon() + hours.hours();
        }
        let buttons = seen_by(&history, "erin", noon()).buttons;
        buttons.first().map(|button| format!("{}: {}", button.label, button.say)).unwrap_or_default()
    };
    assert_eq!(lasting(24), "Extend by a day: extend K7QM2X for 1 day");
    assert_eq!(lasting(6 * 24 + 19), "Extend by 5 hours: extend K7QM2X for 5 hours");
    assert_eq!(lasting(7 * 24), "Give back: give back K7QM2X");
}

#[test]
fn trust_c3_requests_of_one_title_are_told_apart_in_a_list() {
    let because = |reason: &str| {
        let mut history = waiting();
        let form = Form { reason: Some(reason.to_owned()), ..form() };
        history[0] = AccessEvent::Requested { asked: Box::new(asked(&form)) };
        seen_by(&history, "erin", noon())
    };
    let lines = list(&[because("one\ntwo"), because("three"), seen_by(&in_detail(), "erin", noon())]).lines;
    assert!(lines[0].contains("for 2 days, OPS-17, “one “two” — waiting"), "{}", lines[0]);
    assert!(lines[1].contains("OPS-17, “three”") && !lines[2].contains("OPS"), "{lines:?}");
}

#[test]
fn trust_a5_a_granted_card_tells_what_was_held_when_it_was_set() {
    let held = |before: Option<Permission>| {
        let mut history = active();
        if let Some(AccessEvent::Own(GrantEvent::Granted { before: known, .. })) = history.last_mut() {
            *known = before;
        }
        seen_by(&history, "erin", noon()).text
    };
    for (before, said) in [
        (Some(Permission::Read), "Held before: read, as Bitbucket said"),
        (Some(Permission::Write), "Held before: write, as I read it from Bitbucket when I set it"),
        (None, "Held before: nothing, as I read it from Bitbucket when I set it"),
    ] {
        assert!(held(before).contains(said), "{}", held(before));
    }
}

#[test]
fn trust_c5_a_card_says_where_a_reaction_counts() {
    let said = |reaction: bool, step_up: bool| {
        let terms = Box::new(Terms { reaction, step_up, ..terms() });
        let rechecked = AccessEvent::Rechecked { terms };
        seen_by(&with(waiting(), [rechecked]), "ada", noon())
            .text
            .contains("👍 under this card countersigns it, and 👎 denies it")
    };
    assert_eq!([said(true, false), said(false, false), said(true, true)], [true, false, false]);
}

#[test]
fn trust_c5_who_denies_is_asked_for_the_reason() {
    let card = seen_by(&waiting(), "ada", noon());
    let asks: Vec<_> = card.buttons.iter().map(|button| (button.label.as_str(), button.asks_why)).collect();
    assert_eq!(asks, [("Approve", false), ("Deny", true)]);
    let receipt = state(&waiting()).receipt().unwrap();
    let asked = say_why(&code(), &receipt, false);
    assert!(asked.text.contains("Nothing was decided yet") && !asked.refused, "{}", asked.text);
    assert_eq!(asked.buttons[0].say, format!("deny without a reason K7QM2X receipt {receipt}"));
    assert!(say_why(&code(), &receipt, true).buttons.is_empty(), "the rule would refuse it");
}

/// How it stands, as the card says it to Erin.
fn state_of(history: &[AccessEvent]) -> Vec<String> {
    seen_by(history, "erin", noon()).lines
}

#[test]
fn what_was_told_stays_said_and_says_how_it_stands_by_now_and_loses_what_can_be_pressed_no_more() {
    let (people, code) = (people(), code());
    let erin = Some(&people.people[&id("erin")]);
    let by_now = |history: &[AccessEvent], told: Option<Card>| {
        let request = AnyRequest::from(state(history));
        let shown = Shown {
            code: &code,
            request: &request,
            viewer: erin,
            people: &people,
            now: noon(),
            beside: None,
            rules: 0,
            collections: None,
        };
        match told {
            Some(told) => still(told, Some(shown)),
            None => news(shown, "Granted"),
        }
    };
    let granted = by_now(&active(), None);
    let pressed: Vec<_> = granted.buttons.iter().map(|button| button.label.as_str()).collect();
    assert_eq!(pressed, ["Extend by a day", "Give back"]);
    assert_eq!(by_now(&active(), Some(granted.clone())), granted, "nothing has changed");
    let over = by_now(&ended(&Ending::Expired), Some(granted.clone()));
    assert_eq!(over.title, granted.title, "what was news");
    assert!(!over.text.contains("give back"), "{}", over.text);
    assert!(granted.text.contains("It ends by itself on"), "{}", granted.text);
    assert!(!over.text.contains("It ends by itself on"), "that is not so any more: {}", over.text);
    assert_eq!(over.lines, state_of(&ended(&Ending::Expired)), "as the card of the request says it");
    assert_eq!(
        (over.buttons, granted.live, over.live),
        (vec![], true, false),
        "nothing happens to it any more"
    );
    assert!(still(granted, None).buttons.is_empty(), "who was removed can press nothing");
}
