//! One plain sentence for every event; those about one capability stand in its folder.

mod effect;

use countersign_domain::aggregate::{Aggregate as _, Event, decode};
use countersign_domain::alarm::{About, Alarm, AlarmEvent};
use countersign_domain::capabilities::{EffectEvent, Effects};
use countersign_domain::conversation::{self, Conversation};
use countersign_domain::denied::Denied;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{Identity, with_names};
use countersign_domain::question::{About as Asks, QuestionEvent, Questions};
use countersign_domain::record::{Record, Said, TicketNews};
use countersign_domain::request;
use countersign_domain::support::{self, NumberEvent, Numbers, Ticket};
use countersign_domain::tenant::{
    BoundBy, People, PeopleEvent, Preferences, PublishedBy, Rulebook, RulebookEvent, Settings, SettingsEvent,
    UnboundWhy,
};
use countersign_domain::timeline::{self, Alert, Delivery};
use countersign_domain::words;

use crate::capabilities;
use crate::happened::Happened;

/// What an event says, in one sentence. An event that this program does not know is named, never hidden. Who is mentioned is
/// called by the name that `people` know them by.
pub fn summary(envelope: &Happened, people: Option<&People>) -> String {
    let who = envelope.actor.id.as_str();
    let sentence = match envelope.stream.category() {
        request::CATEGORY => envelope.request().ok().map(capabilities::told),
        Effects::CATEGORY => envelope.effect().ok().map(|event| of_effect(event, people)),
        People::CATEGORY => read(envelope).map(|event| of_people(who, &event)),
        Rulebook::CATEGORY => read(envelope).map(|event| of_rules(who, &event)),
        Settings::CATEGORY => read(envelope).map(|event| of_settings(who, &event)),
        Questions::CATEGORY => read(envelope).map(|event| question(who, &event)),
        Alarm::CATEGORY => read(envelope).map(|event| alarm(&event)),
        Conversation::CATEGORY => {
            read(envelope).map(|event| conversation::told(&event, &ToString::to_string))
        }
        Ticket::CATEGORY => read(envelope).map(|event| support::told(&event, &ToString::to_string)),
        Numbers::CATEGORY => read(envelope).map(|NumberEvent::TicketNumbered { number, .. }| {
            format!("The number {number} was given to a ticket.")
        }),
        capabilities::AGENTS => read(envelope).map(|event| capabilities::of_agents(&event)),
        Alert::CATEGORY => read(envelope).map(|event| timeline::told_of_alert(&event)),
        Delivery::CATEGORY => read(envelope).map(|event| timeline::told(&event)),
        capabilities::COMPARISON => read(envelope).map(|event| capabilities::compared(&event)),
        _ => read(envelope).map(|event| record(who, &event, people)),
    };
    sentence.unwrap_or_else(|| format!("{who}: {}.", words::spoken(&envelope.kind)))
}

fn read<E: Event>(envelope: &Envelope) -> Option<E> {
    decode(envelope).ok()
}

/// What an event of an effect says, with whom the tenant knows in the place of the account that it is about.
fn of_effect(event: &EffectEvent, people: Option<&People>) -> String {
    let known = capabilities::known(event, people);
    effect::said(known.as_ref().unwrap_or(event))
}

/// The end of a sentence about what somebody decided.
pub(crate) fn because(reason: Option<&str>) -> String {
    reason.map_or_else(|| ".".to_owned(), |reason| format!(": {reason}"))
}

fn flat(denied: &Denied) -> String {
    denied.to_string().replace('\n', " ")
}

/// How much of what somebody said stands in a sentence, in characters: all of it is in the event itself.
const SAID: usize = 300;

/// Whoever is mentioned, by name where one is known.
fn called(identity: &Identity, people: Option<&People>) -> String {
    let person = people.and_then(|people| people.behind(identity));
    person.map_or_else(|| identity.spoken(), |person| format!("@{}", words::flat(&person.name)))
}

/// What was said, or how it begins.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(SAID) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn question(who: &str, event: &QuestionEvent) -> String {
    match event {
        QuestionEvent::QuestionAsked { question } => match question.about {
            Asks::Part(field) => format!("{who} was asked back for the {}.", field.as_str()),
            Asks::All => format!("{who} was asked whether they were understood."),
            Asks::Which => format!("{who} was asked what was meant."),
        },
        QuestionEvent::QuestionAnswered { answer, .. } => {
            format!("{who} answered {}.", words::quoted(&beginning(answer)))
        }
        QuestionEvent::QuestionDropped { elsewhere: true, .. } => {
            format!("{who} wanted something else elsewhere; what was asked back waits in its thread.")
        }
        QuestionEvent::QuestionDropped { .. } => format!("{who} wanted nothing of it any more."),
    }
}

fn preferred(id: &PrincipalId, preferences: &Preferences) -> String {
    let mut wishes = Vec::new();
    if let Some(quiet) = &preferences.quiet {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        wishes.push(format!("quiet from {} to {} ({})", time(quiet.from), time(quiet.to), quiet.zone));
    }
    if preferences.do_not_ping {
        wishes.push("never to be asked by a message".to_owned());
    }
    if let Some(away) = &preferences.away {
        let deputies = away.deputies.as_ref().map(|group| format!(", the group {group} standing in"));
        let from = away.from.map(|from| format!("from {} ", words::instant(from)));
        wishes.push(format!(
            "to be left out {}until {}{}",
            from.unwrap_or_default(),
            words::instant(away.until),
            deputies.unwrap_or_default()
        ));
    }
    if let Some(zone) = &preferences.zone {
        wishes.push(format!("times to be those of {zone}"));
    }
    if wishes.is_empty() {
        format!("{id} may be asked at any time.")
    } else {
        format!("{id} wants {}.", words::list(&wishes))
    }
}

fn of_settings(who: &str, event: &SettingsEvent) -> String {
    match event {
        SettingsEvent::TenantCreated { name } => format!("{who} made the tenant {name} known."),
        SettingsEvent::LlmSettingsChanged { model } => {
            format!(
                "The model that answers is {} from now on, set as {}.",
                words::flat(&model.model),
                model.settings
            )
        }
        SettingsEvent::LlmSettingsRefused { faults } => {
            let faults = words::flat(&faults.join("; "));
            format!(
                "What was to be set for the model that answers cannot be used, and what was set before stays: {faults}."
            )
        }
    }
}

fn of_rules(who: &str, event: &RulebookEvent) -> String {
    let RulebookEvent::RulesPublished { version, change, .. } = event;
    let Some(PublishedBy { request, proposed_by, countersigned_by }) = change else {
        return format!("{who} published version {version} of the rules.");
    };
    let by = if countersigned_by.is_empty() {
        "nobody countersigned, for the rules before let them put it in force alone".to_owned()
    } else {
        format!("{} countersigned", words::list(countersigned_by))
    };
    format!("Version {version} of the rules is in force: {proposed_by} proposed it, and {by} ({request}).")
}

fn of_people(who: &str, event: &PeopleEvent) -> String {
    match event {
        PeopleEvent::PersonRecorded { person } => {
            format!("{who} recorded {} ({}).", person.name, person.id)
        }
        PeopleEvent::PersonRemoved { id } => format!("{who} removed {id}."),
        PeopleEvent::LinkOffered { principal, until, .. } => {
            format!("{principal} got a link code, good until {}.", words::instant(*until))
        }
        PeopleEvent::LinkMissed { identity } => {
            format!("{identity} tried a link code that is not good.")
        }
        PeopleEvent::AccountBound { identity, principal, by: BoundBy::Code, .. } => {
            format!("{principal} is behind {}: they said the link code there.", identity.spoken())
        }
        PeopleEvent::AccountBound { identity, principal, by: BoundBy::Directory, .. } => {
            format!("{principal} is behind {}: the workspace has verified their address.", identity.spoken())
        }
        PeopleEvent::AccountUnbound { identity, principal, by, why } => {
            let why = match (why, by) {
                (UnboundWhy::Asked, Some(by)) => format!("{by} ended it"),
                (UnboundWhy::Asked, None) => "it was ended".to_owned(),
                (UnboundWhy::Replaced, _) => "they use another account there now".to_owned(),
                (UnboundWhy::Vendor, _) => "the account is no member's any more".to_owned(),
            };
            format!("{principal} is behind {} no more: {why}.", identity.spoken())
        }
        PeopleEvent::PreferencesChanged { id, preferences } => preferred(id, preferences),
        PeopleEvent::GroupSynced { group, members } => {
            let members: Vec<_> = members.iter().collect();
            format!("The group {group} follows a vendor's: {}.", words::list(&members))
        }
        PeopleEvent::GroupJoined { group, members } => {
            let members: Vec<_> = members.iter().collect();
            format!("{} joined the group {group}, which follows a vendor's.", words::list(&members))
        }
        PeopleEvent::GroupLeft { group, members } => {
            let members: Vec<_> = members.iter().collect();
            format!("{} left the group {group}, which follows a vendor's.", words::list(&members))
        }
    }
}

fn alarm(event: &AlarmEvent) -> String {
    let what = |about: &About| match about {
        About::Vendor { vendor } => format!("{} lets nobody in", words::vendor(vendor)),
        About::Ending { code } => format!("{code} has ended and could not be taken back"),
        About::Move { project, to } => {
            format!("tickets of {project} cannot be moved on when {}", words::when_moved(*to))
        }
    };
    match event {
        AlarmEvent::AlarmRaised { about, why } => {
            format!("Somebody must look after it: {}: {why}", what(about))
        }
        AlarmEvent::AlarmRepeated { about, since, .. } => {
            format!("It goes on since {}: {}.", words::instant(*since), what(about))
        }
        AlarmEvent::AlarmOver { about } => format!("It is over: {}.", what(about)),
    }
}

fn record(who: &str, event: &Record, people: Option<&People>) -> String {
    match event {
        Record::CommandDenied { command, violations, .. } => {
            format!("{who} was refused “{command}”: {}", flat(&Denied(violations.clone())))
        }
        Record::WebhookReceived { vendor, request: Some(_), .. } => {
            format!("A ticket of {vendor} asks for access.")
        }
        Record::WebhookReceived { news: Some(news), .. } => match news {
            TicketNews::Unreadable { ticket, .. } => {
                format!("The ticket {ticket} looks like a request for access that cannot be read.")
            }
            TicketNews::AsksNothing { ticket, .. } => {
                format!("The ticket {ticket} was edited, and nothing of a request stands in it.")
            }
            TicketNews::Touched { ticket } => {
                format!("Something was said on the ticket {ticket}, or it was moved on.")
            }
            TicketNews::Gone { ticket } => format!("The ticket {ticket} is gone."),
            TicketNews::Moved { ticket, to } => format!("The ticket {ticket} was moved, and is {to} now."),
        },
        Record::WebhookReceived { vendor, .. } => {
            format!("{vendor} reported something that asks for nothing.")
        }
        Record::WebhookRejected { vendor, status, why, .. } => {
            format!("A webhook that claimed to be {vendor}'s was refused with {status}: {why}")
        }
        Record::InteractionReceived(heard) => {
            let quoted = |text: &str| words::quoted(&beginning(&with_names(text, |who| called(who, people))));
            let what = match &heard.said {
                Said::Sentence { text } => quoted(text),
                Said::Shared { text, file } => {
                    format!("{} with the file {}", quoted(text), words::quoted(&beginning(&file.name)))
                }
                Said::Form { .. } => "a form".to_owned(),
            };
            format!(
                "{} said {what} in {}, as {}.",
                heard.principal,
                heard.place.in_words(),
                heard.identity.spoken()
            )
        }
        Record::InteractionRefused { surface, identity, why, .. } => {
            let who = identity.as_ref().map_or_else(|| "somebody".to_owned(), Identity::spoken);
            format!("Something from {who} in {} counted for nothing: {why}.", surface.name())
        }
        Record::SignedIn { method } => format!("{who} signed in by {method}."),
        Record::SignedOut { .. } => format!("{who} signed out."),
        Record::SignInRefused { why } => format!("Somebody could not sign in: {why}"),
        Record::HistoryRead { what } => format!("{who} read {}.", words::flat(what)),
        Record::SubjectErased { person, .. } => {
            format!("{person} was erased: what was sealed for them can be read by nobody any more.")
        }
        Record::RefusalsCounted { kind, times, from, since } => {
            let from = if from.is_empty() { String::new() } else { format!(", from {}", words::list(from)) };
            format!("Refused {times} more times since {}{from}: {kind}.", words::instant(*since))
        }
    }
}
