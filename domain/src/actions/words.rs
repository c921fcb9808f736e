//! What is said of actions.

use super::{Action, ActionEvent, ActionRequest, ActionRequestEvent, Call, Fault, Planned, Run};
use crate::canonical;
use crate::names::PrincipalId;
use crate::request::RequestEvent;
use crate::text::{flat, quoted};
use crate::words::happened;

/// So much of what is sent stands on a line of a card, in characters; the rest on those that follow, for it is what is countersigned.
const SENT: usize = 400;
/// So much of it every chat has room for, in characters.
const ROOM: usize = 2_000;

/// What an approver is told of what was offered after words of others.
pub const OFFERED: &str =
    "The agent offered this after it had read what others wrote: look at whether it is wanted, and by whom.";

/// `restart the job (restart_job)`.
pub fn title(run: &Run) -> String {
    format!("{} ({})", flat(&run.entry.title), run.entry.name)
}

/// What will be done, a line each: what is shown is what is done.
pub fn planned(planned: &Planned) -> Vec<String> {
    let mut lines = called(&planned.call);
    if let Some(read_back) = &planned.read_back {
        let pointer = if read_back.pointer.is_empty() { "it" } else { &read_back.pointer };
        lines.push(format!(
            "Then looks whether {} of GET {} is {}",
            flat(pointer),
            flat(&read_back.url),
            flat(&read_back.expected.to_string())
        ));
    }
    lines
}

/// Whether more is sent than every chat has room for: all of it is seen in the console.
pub fn is_long(planned: &Planned) -> bool {
    sent(&planned.call).is_some_and(|sent| sent.chars().count() > ROOM)
}

fn sent(call: &Call) -> Option<String> {
    call.sent().map(|sent| flat(canonical::to_raw(sent).get()))
}

/// What is called, and all that is sent with it.
fn called(call: &Call) -> Vec<String> {
    let sent: Vec<char> = sent(call).unwrap_or_default().chars().collect();
    let mut parts = sent.chunks(SENT).map(|part| part.iter().collect::<String>());
    let first = parts.next().map(|first| format!(", with {first}")).unwrap_or_default();
    let first = format!("Does: {}{first}", flat(&call.in_words()));
    std::iter::once(first).chain(parts.map(|part| format!("… {part}"))).collect()
}

/// What was found, a line each: how it stands while it waits, and what was read back once it is done. What was found before is not how it
/// stands from then on.
pub fn found(action: &ActionRequest) -> Vec<String> {
    let (found, Action { done, seen }) = (action.findings.as_ref(), &action.own);
    let dry = found.and_then(|found| found.dry_run.as_ref());
    let dry = dry.map(|answered| format!("A rehearsal says: {}", quoted(&answered.said)));
    let when = if action.is_undecided() { "It stands now" } else { "It stood before" };
    let before = found.and_then(|found| found.before.as_ref());
    let before = before.map(|before| format!("{when}: {}", flat(&before.to_string())));
    let after = seen.as_ref().filter(|_| done.is_some());
    let after = after.map(|after| format!("Read back after it: {}", flat(&after.to_string())));
    dry.into_iter().chain(before).chain(after).collect()
}

/// What has happened to an action, in a sentence.
pub fn told(event: &ActionRequestEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        RequestEvent::Requested { asked } => {
            let offered = if asked.tainted { ", as the agent offered after words of others" } else { "" };
            format!("{} asked to {}{offered}.", name(&asked.requester.id), title(asked))
        }
        like_others => happened::<_, Fault>(like_others, "the action", name, own),
    }
}

fn own(ActionEvent::Done { answered, seen }: &ActionEvent) -> String {
    let said = if answered.said.is_empty() { String::new() } else { format!(": {}", quoted(&answered.said)) };
    match seen {
        Some(seen) => format!("It is done, and {} stands there now{said}.", flat(&seen.to_string())),
        None => format!("It is done{said}."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::*;
    use super::*;
    use crate::aggregate::Aggregate as _;
    use crate::request::law::Tried as _;

    #[test]
    fn all_that_is_sent_is_shown_to_who_countersigns_it_however_long_it_is() {
        let long = format!("{} and wipe the disk", "restart, ".repeat(300));
        let mut planned = run().planned;
        assert!(!is_long(&planned));
        let Call::Http { body, .. } = &mut planned.call else { panic!("{planned:?}") };
        *body = Some(serde_json::json!({ "times": long }));
        let told = super::planned(&planned).join("");
        assert!(told.contains("and wipe the disk") && is_long(&planned), "{told}");
    }

    #[test]
    fn every_event_is_told_in_a_sentence_and_the_plan_in_full() {
        let told =
            Action::every_event().iter().map(|event| told(event, &ToString::to_string)).collect::<Vec<_>>();
        insta::assert_snapshot!(
            told.into_iter().chain(planned(&run().planned)).collect::<Vec<_>>().join("\n")
        );
    }

    #[test]
    fn once_it_is_done_the_card_shows_what_was_read_back_and_not_what_stood_before() {
        use crate::testing::noon;
        let mut action = ActionRequest::default();
        for event in &waiting(run()) {
            action.evolve(event, noon());
        }
        assert!(found(&action).contains(&"It stands now: \"running\"".to_owned()), "{:?}", found(&action));
        let mut action = ActionRequest::default();
        let done = ActionEvent::Done { answered: answered(), seen: Some("restarted".into()) };
        let all = approved(run()).into_iter().chain([RequestEvent::Own(done)]);
        all.for_each(|event| action.evolve(&event, noon()));
        let told = found(&action);
        assert!(told.contains(&"It stood before: \"running\"".to_owned()), "{told:?}");
        assert!(told.contains(&"Read back after it: \"restarted\"".to_owned()), "{told:?}");
        assert!(told.iter().all(|line| !line.contains("stands now")), "{told:?}");
    }
}
