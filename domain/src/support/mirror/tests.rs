//! What is told of a ticket on the other side, and what is not.

use jiff::ToSpan as _;

use super::super::example::*;
use super::super::{Effect, FollowUp, Priority, TicketCommand, react};
use super::*;
use crate::reaction::{Reaction, Then};
use crate::testing::{given, noon};

fn key() -> String {
    "OPS-17".to_owned()
}

fn there(status: &str) -> There {
    let stage = match status {
        "To Do" => TicketStage::Todo,
        "Done" => TicketStage::Done,
        _ => TicketStage::InProgress,
    };
    There { status: status.to_owned(), stage }
}

fn seen(status: &str) -> TicketEvent {
    let There { status, stage } = there(status);
    TicketEvent::TrackerSeen { status, stage, before: vec![] }
}

fn heard(id: &str, by: Option<&Person>, text: &str) -> Heard {
    let (id, by, name) = (id.to_owned(), by.map(|by| by.id.clone()), "Somebody there".to_owned());
    Heard { id, account: None, by, name, text: text.to_owned() }
}

fn look(status: &str, heard: Vec<Heard>) -> TicketCommand {
    let sight = Box::new(Sight { key: key(), at: Timestamp::MAX, there: there(status), heard });
    TicketCommand::TakeThere { sight, zone: TimeZone::UTC }
}

fn reply(by: Box<Person>, text: &str) -> TicketCommand {
    TicketCommand::Reply { by, text: text.to_owned(), waits: false, zone: TimeZone::UTC }
}

fn linked(by: Option<&Person>) -> TicketEvent {
    TicketEvent::TicketLinked { key: key(), by: by.map(|by| by.id.clone()) }
}

fn names(events: &[TicketEvent]) -> Vec<&'static str> {
    events.iter().map(<&'static str>::from).collect()
}

/// A ticket that was made in the tracker by us, and looked at there.
fn made() -> Told {
    let mut ticket = Told::begun();
    ticket.take([TicketEvent::TicketMirrored { project: "OPS".to_owned() }, linked(None), seen("To Do")]);
    ticket
}

/// What is wished outside when this happens to a ticket.
fn wished(ticket: &Told, event: &TicketEvent) -> Vec<Effect> {
    let reactions: Vec<Reaction<Effect, FollowUp>> = react(7, &ticket.state, event, &ToString::to_string);
    let effect = |reaction: Reaction<Effect, FollowUp>| match reaction.then {
        Then::Perform(effect) => Some(effect),
        _ => None,
    };
    reactions.into_iter().filter_map(effect).collect()
}

/// What is wished of all that a command leads to.
fn told_there(ticket: &mut Told, command: TicketCommand) -> Vec<Effect> {
    let events = ticket.tell(command);
    events.iter().flat_map(|event| wished(ticket, event)).collect()
}

fn move_there() -> Effect {
    Effect::MoveThere { number: 7, key: key() }
}

fn is_said(effect: &Effect, words: &str) -> bool {
    matches!(effect, Effect::SayThere { paragraphs, .. } if paragraphs.join("\n").contains(words))
}

#[test]
fn it_stands_in_one_tracker_under_one_key() {
    let link = |key: &str, by: Option<Box<Person>>| TicketCommand::Link { key: key.to_owned(), by };
    given::<Ticket>([]).when(link("OPS-17", None)).then_nothing();
    given::<Ticket>(begun()).when(link("OPS-17", None)).then([linked(None)]);
    given::<Ticket>(begun()).when(link("OPS-17", Some(sam()))).then([linked(Some(&sam()))]);
    let history = || begun().into_iter().chain([linked(None)]);
    given::<Ticket>(history()).when(link("OPS-18", None)).then_nothing();
    given::<Ticket>(history()).when(link("OPS-17", Some(sam()))).then_nothing();
    given::<Ticket>(history())
        .when(link("OPS-18", Some(sam())))
        .then_denied([Fault::LinkedAlready { key: key() }.into()]);
    let action = "link them to the tracker".to_owned();
    given::<Ticket>(begun())
        .when(link("OPS-17", Some(erin())))
        .then_denied([Fault::NotOfTheDesk { action }.into()]);
}

#[test]
fn what_is_opened_where_a_project_is_named_is_made_there_and_what_is_said_meanwhile_follows_once() {
    let project = Some("OPS".to_owned());
    let opened = Box::new(opened());
    let open = TicketCommand::Open { opened, priority: Priority::High, desk: desk(), project };
    let events = given::<Ticket>([]).when(open).events();
    assert_eq!(names(&events), ["ticket_opened", "ticket_triaged", "ticket_mirrored"]);
    let mut ticket = Told::begun();
    ticket.take([events[2].clone()]);
    let [Effect::MakeThere { number: 7, project, title, paragraphs }] = &wished(&ticket, &events[2])[..]
    else {
        panic!("it is made there")
    };
    assert_eq!((project.as_str(), title.as_str()), ("OPS", "the printer prints nothing but grey"));
    assert!(paragraphs.join("\n").contains("since this morning"), "{paragraphs:?}");
    // The tracker is away.
    assert_eq!(told_there(&mut ticket, reply(sam(), "which one?")), []);
    assert_eq!(told_there(&mut ticket, reply(erin(), "the red one")), []);
    let told = told_there(&mut ticket, TicketCommand::Link { key: key(), by: None });
    let [first, second, Effect::LookThere { .. }] = &told[..] else { panic!("{told:#?}") };
    assert!(is_said(first, "which one?") && is_said(second, "the red one"), "{told:#?}");
    assert!(matches!((first, second), (Effect::SayThere { nth: 1, .. }, Effect::SayThere { nth: 2, .. })));
    let [third] = &told_there(&mut ticket, reply(sam(), "on my way"))[..] else { panic!("it is said there") };
    assert!(matches!(third, Effect::SayThere { nth: 3, .. }) && is_said(third, "on my way"), "{third:?}");
}

#[test]
fn what_was_said_on_an_issue_before_somebody_linked_it_is_not_of_this_ticket() {
    let mut ticket = Told::begun();
    ticket.take([linked(Some(&sam()))]);
    let before = || vec![heard("1", None, "a secret of others")];
    let events = ticket.at(1).tell(look("Done", before()));
    let TicketEvent::TrackerSeen { before: kept, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((names(&events), kept.as_slice()), (vec!["tracker_seen"], &["1".to_owned()][..]));
    assert_eq!(ticket.state.status, Status::Open, "that it was over before was nobody's word on this one");
    let mut more = before();
    more.push(heard("2", None, "it is the drum"));
    assert_eq!(names(&ticket.at(2).tell(look("Done", more))), ["tracker_commented", "sla_met"]);
}

#[test]
fn what_somebody_says_there_is_said_here_once_and_never_goes_back() {
    let mut ticket = made();
    let sight = || {
        look("To Do", vec![heard("1", Some(&sam()), "which one?"), heard("2", Some(&erin()), "the red one")])
    };
    let events = ticket.at(5).tell(sight());
    assert_eq!(names(&events), ["tracker_commented", "sla_met", "tracker_commented"]);
    let sides = |event: &TicketEvent| match event {
        TicketEvent::TrackerCommented { side, .. } => Some(*side),
        _ => None,
    };
    assert_eq!(events.iter().filter_map(sides).collect::<Vec<_>>(), [Side::Staff, Side::Asker]);
    assert!(events.iter().all(|event| wished(&ticket, event).is_empty()), "what came from there stays there");
    assert_eq!(ticket.at(6).tell(sight()), vec![], "the same is heard once");
}

#[test]
fn an_answer_there_of_who_asked_opens_again_what_was_resolved() {
    let mut ticket = made();
    ticket.at(1).tell(TicketCommand::Resolve { by: sam(), how: "new toner".to_owned(), zone: TimeZone::UTC });
    let events = ticket.at(2).tell(look("To Do", vec![heard("1", Some(&erin()), "still grey")]));
    assert_eq!(names(&events), ["tracker_commented", "ticket_reopened"]);
}

#[test]
fn who_moves_it_there_resolves_it_here_and_opens_it_again() {
    let mut ticket = made();
    assert_eq!(names(&ticket.at(1).tell(look("In Progress", vec![]))), ["tracker_seen"]);
    let events = ticket.at(2).tell(look("Done", vec![]));
    assert_eq!(names(&events), ["tracker_seen", "ticket_resolved_there", "sla_met", "sla_met"]);
    assert!(events.iter().all(|event| wished(&ticket, event).is_empty()), "it stands there already");
    assert_eq!(ticket.state.reopens_until, Some(noon() + (2 + 5 * 24 * 60).minutes()));
    assert_eq!(ticket.at(3).tell(look("Done", vec![])), vec![], "the same again is no news");
    assert_eq!(names(&ticket.at(4).tell(look("In Progress", vec![]))), ["tracker_seen", "ticket_reopened"]);
}

#[test]
fn what_is_resolved_here_while_a_person_moves_it_back_there_stays_as_each_has_it() {
    let mut ticket = made();
    ticket.at(1).tell(look("Done", vec![]));
    ticket.at(2).tell(reply(erin(), "still grey"));
    ticket.at(3).tell(TicketCommand::Resolve { by: sam(), how: "new drum".to_owned(), zone: TimeZone::UTC });
    assert_eq!(names(&ticket.at(4).tell(look("To Do", vec![]))), ["tracker_seen"]);
    assert_eq!(ticket.state.status, Status::Resolved);
    let events = ticket.at(5 * 24 * 60 + 3).tell(TicketCommand::Due);
    assert_eq!(names(&events), ["ticket_closed"]);
    assert_eq!(wished(&ticket, &events[0]), [], "nor is it moved when it is over");
}

#[test]
fn what_is_done_here_is_moved_there_and_that_is_no_news_when_it_is_seen() {
    let mut ticket = made();
    let assign = TicketCommand::Assign { by: sam(), to: Some(sam()) };
    assert_eq!(told_there(&mut ticket, assign), [move_there()]);
    assert_eq!(ticket.state.belongs_there(), Some(TicketMove::Started));
    let resolve = TicketCommand::Resolve { by: sam(), how: "new toner".to_owned(), zone: TimeZone::UTC };
    let told = told_there(&mut ticket, resolve);
    assert!(
        told.contains(&move_there()) && told.iter().any(|effect| is_said(effect, "new toner")),
        "{told:?}"
    );
    assert_eq!(ticket.state.belongs_there(), Some(TicketMove::Granted));
    let moved = || TicketCommand::TakeMoved { key: key(), there: there("Done") };
    let events = ticket.at(2).tell(moved());
    assert_eq!(names(&events), ["tracker_seen"]);
    assert!(wished(&ticket, &events[0]).is_empty());
    assert_eq!(ticket.at(3).tell(moved()), vec![]);
    assert_eq!(ticket.at(4).tell(look("Done", vec![])), vec![]);
    ticket.at(5).tell(TicketCommand::Close { by: erin() });
    assert_eq!(ticket.state.belongs_there(), Some(TicketMove::Granted), "it was resolved");
    let mut given_up = made();
    given_up.at(1).tell(TicketCommand::Close { by: erin() });
    assert_eq!(given_up.state.belongs_there(), Some(TicketMove::Declined), "it was not");
}

#[test]
fn what_was_done_before_anybody_looked_there_is_moved_once_that_is_known() {
    let mut ticket = Told::begun();
    ticket.at(1).tell(TicketCommand::Assign { by: sam(), to: Some(sam()) });
    ticket.take([linked(Some(&sam()))]);
    let events = ticket.at(2).tell(look("To Do", vec![]));
    assert_eq!(wished(&ticket, &events[0]), [move_there()]);
    let later = ticket.at(3).tell(look("In Progress", vec![]));
    assert_eq!(wished(&ticket, &later[0]), [], "from then on people move it");
}

#[test]
fn what_was_seen_before_we_moved_it_and_is_taken_in_after_opens_nothing_again() {
    let mut ticket = made();
    ticket.at(1).tell(TicketCommand::Resolve { by: sam(), how: "new drum".to_owned(), zone: TimeZone::UTC });
    ticket.at(5).tell(TicketCommand::TakeMoved { key: key(), there: there("Done") });
    let said = vec![heard("1", Some(&sam()), "see you")];
    let late = Sight { key: key(), at: noon() + 4.minutes(), there: there("In Progress"), heard: said };
    assert!(ticket.state.is_overtaken(&late), "so it is looked at once more");
    let take = TicketCommand::TakeThere { sight: Box::new(late), zone: TimeZone::UTC };
    assert_eq!(names(&ticket.at(6).tell(take)), ["tracker_commented"], "what was said was said");
    assert_eq!(ticket.state.status, Status::Resolved);
}

#[test]
fn another_issue_and_what_is_over_here_change_nothing() {
    let mut ticket = made();
    let (key, at) = ("SEC-1".to_owned(), Timestamp::MAX);
    let sight = Sight { key, at, there: there("Done"), heard: vec![] };
    let other = TicketCommand::TakeThere { sight: Box::new(sight), zone: TimeZone::UTC };
    assert_eq!(ticket.at(1).tell(other), vec![]);
    let other = TicketCommand::TakeMoved { key: "SEC-1".to_owned(), there: there("Done") };
    assert_eq!(ticket.at(1).tell(other), vec![]);
    ticket.at(2).tell(TicketCommand::Close { by: erin() });
    assert_eq!(ticket.at(3).tell(look("Done", vec![heard("1", None, "too late")])), vec![]);
}
