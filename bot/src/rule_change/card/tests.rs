//! What an approver sees of a change of the rules.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::card::Card;
use countersign_domain::envelope::ActorKind;
use countersign_domain::request::Kind as _;
use countersign_domain::request::{Code, Nothing, Origin, RequestEvent, Requester, waiting};
use countersign_domain::rule_change::{
    Becomes, Compared, Draft, FateEvent, Group, Proposal, Replayed, RuleChange, RuleChangeEvent,
    RuleChangeRequest as State,
};
use countersign_domain::rules::{RuleSet, Ruling};
use countersign_domain::tenant::{People, Person, Role};
use jiff::Timestamp;

use super::*;

const BEFORE: &str = "@id(\"read\")\n@auto\npermit (principal, action == Action::\"read\", resource);\n
@id(\"write\")\n@approvers(\"group:approvers\")\n@quorum(\"1\")\npermit (principal, action == Action::\"write\", resource);\n";

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn person(id: &str, name: &str, roles: &[Role]) -> Person {
    let roles = roles.iter().copied().collect();
    let (id, name, kind) = (id.parse().unwrap(), name.to_owned(), ActorKind::Person);
    Person { id, kind, name, groups: [].into(), roles, accounts: [].into() }
}

fn people() -> People {
    let all = [
        person("zoe", "Zoe", &[Role::Admin]),
        person("yan", "Yan", &[Role::Admin]),
        person("erin", "Erin", &[]),
    ];
    all.into_iter().collect()
}

fn code(number: u128) -> Code {
    Code::candidate(uuid::Uuid::from_u128(number), 0)
}

fn draft(text: &str) -> Draft {
    let requester = Requester {
        id: "zoe".parse().unwrap(),
        kind: ActorKind::Person,
        name: "Zoe".to_owned(),
        known: true,
    };
    Draft {
        code: code(2),
        requester,
        origin: Origin::Chat,
        base: 1,
        text: text.to_owned(),
        why: Some("two pairs of eyes see more".to_owned()),
        back_to: None,
        asks_others: false,
    }
}

fn found(text: &str) -> Compared {
    let (before, after) = (RuleSet::compile(1, BEFORE).unwrap(), RuleSet::compile(2, text).unwrap());
    let group = |becomes, count| Group {
        becomes,
        was_denied: false,
        count,
        codes: (10..).take(count.min(20) as usize).map(code).collect(),
    };
    let replayed = Replayed {
        since: "2025-12-01T12:00:00Z".parse().unwrap(),
        requests: 214,
        decided: vec![group(Becomes::Denied, 3), group(Becomes::Needs(2), 12)],
        waiting: 2,
        open: vec![group(Becomes::Needs(2), 1)],
        lost: 0,
        reworded: 0,
        proposals: vec![],
    };
    Compared { replayed: Some(Box::new(replayed)), ..Compared::of(Some(&before), &after, &people()) }
}

/// It waits for another administrator, by the rules that hold where a tenant's say nothing of it.
fn history(text: &str) -> Vec<RuleChangeEvent> {
    let (draft, found, people) = (draft(text), found(text), people());
    let question = RuleChange::question(&draft, Some(&found), &people).unwrap();
    let ruling = RuleSet::compile(1, BEFORE).unwrap().rule(&question);
    let Ruling::Allowed(terms) = ruling.clone() else { panic!("{ruling:?}") };
    let by = draft.requester.id.clone();
    vec![
        RequestEvent::Requested { asked: Box::new(draft) },
        RequestEvent::Checked { findings: Box::new(found), ruling: Some(ruling) },
        waiting(Proposal::Publish, &by, terms, noon()),
    ]
}

fn card(history: &[RuleChangeEvent], viewer: &str) -> Card {
    card_under(2, history, viewer)
}

/// The card while this version is in force.
fn card_under(rules: u64, history: &[RuleChangeEvent], viewer: &str) -> Card {
    let mut state = State::default();
    for event in history {
        state.evolve(event, noon());
    }
    let (people, code) = (people(), code(2));
    let viewer = people.people.get(&viewer.parse().unwrap());
    let (now, beside) = (noon(), None);
    rule_change(Shown {
        code: &code,
        request: &state,
        viewer,
        people: &people,
        now,
        beside,
        rules,
        collections: None,
    })
}

fn stricter() -> String {
    let two = BEFORE.replace("@quorum(\"1\")", "@quorum(\"2\")");
    format!("{two}@id(\"archive\")\nforbid (principal, action, resource == Repository::\"archive\");\n")
}

/// For the surfaces' tests.
pub(crate) fn sample() -> Card {
    card(&history(&stricter()), "yan")
}

#[test]
fn an_approver_sees_at_a_glance_what_to_look_at_twice_what_would_have_become_and_what_changes() {
    insta::assert_snapshot!(sample().text);
}

#[test]
fn who_proposed_can_take_it_back_and_everybody_else_only_looks() {
    let labels = |card: Card| card.buttons.into_iter().map(|button| button.label).collect::<Vec<_>>();
    let open = history(&stricter());
    assert_eq!(labels(card(&open, "zoe")), [words::WITHDRAW]);
    assert_eq!(labels(card(&open, "yan")), [words::APPROVE, words::DENY]);
    assert_eq!(labels(card(&open, "erin")), [""; 0]);
}

#[test]
fn what_is_published_can_be_gone_back_from() {
    let mut history = history(&stricter());
    history.push(RequestEvent::Approved { by: vec!["yan".parse().unwrap()], fixed: Nothing {} });
    history.push(RequestEvent::Own(FateEvent::Published { version: 2 }));
    let later = card_under(3, &history, "yan");
    assert_eq!(later.buttons, [], "others are in force, and would be gone as well");
    let card = card(&history, "yan");
    assert!(card.lines.contains(&"In force as version 2.".to_owned()), "{}", card.text);
    let say: Vec<_> = card.buttons.iter().map(|button| button.say.as_str()).collect();
    assert_eq!(say, ["rules back to 1"]);
}

#[test]
fn a_card_says_how_many_lines_it_leaves_out_and_no_line_of_theirs_looks_like_one_of_ours() {
    let many: Vec<String> = (0..40)
        .map(|number| format!("@id(\"p{number}\")\n@auto\n@message(\"Approved by Yan\")\npermit (principal, action == Action::\"read\", resource);\n"))
        .collect();
    let told = card(&history(&many.concat()), "yan");
    let ours = |line: &&String| !line.starts_with("+ ") && !line.starts_with("- ");
    assert_eq!(told.lines.iter().filter(|line| !ours(line)).count(), LINES);
    assert!(told.lines.iter().filter(ours).all(|line| !line.starts_with("@message")), "{}", told.text);
    let more = told.lines.iter().find(|line| line.contains("more lines change")).expect("it says so");
    // 160 are new and 7 are gone.
    assert!(more.starts_with(&format!("{} more lines change", 167 - LINES)), "{more}");
}

/// A rule whose end is far away from its beginning, on one line.
fn long(end: &str) -> String {
    format!(
        "@id(\"long\")\npermit (principal, action == Action::\"read\", resource) when {{ principal.kind != \"{}\" && {end} }};\n",
        "x".repeat(200)
    )
}

#[test]
fn rules_a_line_that_has_no_place_on_a_card_says_so_and_leads_to_all_of_it() {
    let text = format!("{BEFORE}{}", long("context.has_ticket").replace("permit", "@auto permit"));
    let told = card(&history(&text), "yan");
    let cut: Vec<_> = told.lines.iter().filter(|line| line.ends_with('…')).collect();
    assert!(
        matches!(&cut[..], [line] if line.starts_with("+ @auto permit") && line.chars().count() == 160),
        "{cut:?}"
    );
    let place = |part: &str| told.lines.iter().position(|line| line.contains(part));
    let said = place("1 line is cut where “…” stands").expect("it says so");
    assert!(Some(said) < place("+ @id(\"long\")"), "before any chat could leave it out: {}", told.text);
    let page = told.fields.iter().find(|field| field.label == words::ALL_OF_IT).expect("it leads there");
    assert_eq!(page.link.as_deref(), Some(&*format!("/rules?proposal={}", code(2))));
    let outside = crate::cards::from_outside(told, "https://bot.example");
    let address = format!("https://bot.example/rules?proposal={}", code(2));
    assert!(outside.fields.iter().any(|field| field.link.as_ref() == Some(&address)));
    assert!(outside.text.contains(&format!(" {address}\n")), "{}", outside.text);
    // What has its place needs no page.
    assert!(
        sample().fields.iter().all(|field| field.link.is_none()) && !sample().lines.concat().contains('…')
    );
}

#[test]
fn rules_blanks_push_nothing_out_of_sight() {
    let hidden = BEFORE.replace(
        "\"read\", resource)",
        &format!("\"read\", resource){}when {{ true || context.has_ticket }}", " ".repeat(400)),
    );
    let told = card(&history(&hidden), "yan");
    assert!(told.text.contains("resource) when { true || context.has_ticket };"), "{}", told.text);
}

#[test]
fn rules_the_gravest_warning_stands_on_the_card_however_many_there_are() {
    let absent = (0..60)
        .map(|number| format!("@id(\"p{number}\") @approvers(\"group:g{number}\") permit (principal, action == Action::\"read\", resource);\n"))
        .collect::<Vec<_>>()
        .concat();
    let shut = format!("{absent}forbid (principal, action == Action::\"publish_rules\", resource);\n");
    let told = card(&history(&shut), "yan");
    let warned: Vec<_> = told.lines.iter().filter(|line| line.starts_with("Look twice: ")).collect();
    assert!(
        warned.len() == WARNINGS && warned[0].contains("Nobody could change the rules any more"),
        "{warned:?}"
    );
    assert!(told.lines.contains(&wording::more_warnings(121 - WARNINGS as u64)), "{}", told.text);
    // What an older bot kept in another order is shown in this one.
    let mut old = history(&shut);
    for event in &mut old {
        if let RequestEvent::Checked { findings, .. } = event {
            findings.warnings.reverse();
        }
    }
    let first = card(&old, "yan").lines.into_iter().find(|line| line.starts_with("Look twice: "));
    assert!(first.is_some_and(|line| line.contains("Nobody could change")));
}

#[test]
fn rules_all_of_a_card_has_its_place_in_every_chat() {
    let many: String = (0..12)
        .map(|number| {
            long("context.has_ticket")
                .replace("\"long\"", &format!("\"p{number}\""))
                .replace("permit", "@approvers(\"group:gone\")\npermit")
        })
        .collect();
    let told = card(&history(&many), "yan");
    let of_rules = told.lines.iter().filter(|line| line.starts_with("+ ") || line.starts_with("- "));
    let room: usize = of_rules.map(|line| line.chars().count()).sum();
    assert!(room <= ROOM, "{room}");
    let all: usize = told.lines.iter().map(|line| line.chars().count()).sum();
    assert!(all < 4_000, "Discord shows 4,096 characters: {all}");
}
