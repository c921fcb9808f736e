//! One plain sentence for every event: the only place where the audit's sentences are.

mod effect;

use countersign_domain::access::{
    self, AccessEvent, Comparison, ComparisonEvent, Ending, GrantEvent, Lasting, Phase, Proposal, say_minutes,
};
use countersign_domain::aggregate::{Aggregate as _, Event, decode};
use countersign_domain::alarm::{About, Alarm, AlarmEvent};
use countersign_domain::capabilities::{AnyEvent, Effect, EffectEvent, Effects, Plan};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{Identity, PermissionPlan, with_names};
use countersign_domain::question::{About as Asks, QuestionEvent, Questions};
use countersign_domain::record::{Record, Said, TicketNews};
use countersign_domain::repair;
use countersign_domain::request::{self, Assurance};
use countersign_domain::rule_change;
use countersign_domain::tenant::{
    BoundBy, CATEGORIES, People, PeopleEvent, Preferences, PublishedBy, RulebookEvent, SettingsEvent,
    TenantEvent, UnboundWhy,
};
use countersign_domain::words;

/// What an event says, in one sentence. An event that this program does not know is named, never hidden. Who is mentioned is
/// called by the name that `people` know them by.
pub fn summary(envelope: &Envelope, people: Option<&People>) -> String {
    let who = envelope.actor.id.as_str();
    let sentence = match envelope.stream.category() {
        request::CATEGORY => read(envelope).map(|event| match event {
            AnyEvent::Access(event) => access(who, &event),
            AnyEvent::Repair(event) => repair::told(&event, &ToString::to_string),
            AnyEvent::RuleChange(event) => rule_change::words::told(&event, &ToString::to_string),
        }),
        Effects::CATEGORY => read(envelope).map(|event| of_effect(&event, people)),
        category if CATEGORIES.contains(&category) => read(envelope).map(|event| tenant(who, &event)),
        Questions::CATEGORY => read(envelope).map(|event| question(who, &event)),
        Alarm::CATEGORY => read(envelope).map(|event| alarm(&event)),
        Comparison::CATEGORY => read(envelope).map(|event| comparison(&event)),
        _ => read(envelope).map(|event| record(who, &event, people)),
    };
    sentence.unwrap_or_else(|| format!("{who}: {}.", words::spoken(&envelope.kind)))
}

fn read<E: Event>(envelope: &Envelope) -> Option<E> {
    decode(envelope).ok()
}

/// What an event of an effect says, with whom the tenant knows in the place of the forge's account.
fn of_effect(event: &EffectEvent, people: Option<&People>) -> String {
    match account_of(event).and_then(|account| people?.by_account(access::FORGE, account)) {
        // What others wrote may hold the same letters, be it in a repository's name: so nothing is changed in what is said.
        Some(person) => effect::said(&about(event.clone(), &person.told_apart())),
        None => effect::said(event),
    }
}

/// The same event with this name in the place of the forge's account.
fn about(mut event: EffectEvent, name: &str) -> EffectEvent {
    use EffectEvent as E;
    match &mut event {
        E::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            *plan = PermissionPlan::between(name, plan.repository(), plan.present(), plan.wanted());
        }
        E::EffectClaimed { effect, .. }
        | E::EffectSucceeded { effect, .. }
        | E::EffectParked { effect, .. }
        | E::EffectResolved { effect, .. } => {
            if let Effect::Access(
                access::Effect::LookUp { account, .. } | access::Effect::SetPermission { account, .. },
            ) = effect
            {
                name.clone_into(account);
            }
        }
        _ => {}
    }
    event
}

/// The forge's account that it is about.
fn account_of(event: &EffectEvent) -> Option<&str> {
    use EffectEvent as E;
    let effect = match event {
        E::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            return Some(plan.account());
        }
        E::EffectClaimed { effect, .. }
        | E::EffectSucceeded { effect, .. }
        | E::EffectParked { effect, .. }
        | E::EffectResolved { effect, .. } => effect,
        _ => return None,
    };
    match effect {
        Effect::Access(
            access::Effect::LookUp { account, .. } | access::Effect::SetPermission { account, .. },
        ) => Some(account),
        _ => None,
    }
}

fn access(who: &str, event: &AccessEvent) -> String {
    use AccessEvent as E;
    match event {
        E::Requested { asked } => {
            let until = asked.until.map(|end| format!(" until {}", words::instant(end.at)));
            let time = until.or_else(|| Some(format!(" for {}", say_minutes(asked.minutes?))));
            let ticket = asked.ticket.as_ref().map(|ticket| format!(" under {ticket}"));
            format!(
                "{} asked for {}{}{}.",
                asked.requester.id,
                words::content(asked),
                time.unwrap_or_default(),
                ticket.unwrap_or_default()
            )
        }
        E::Checked { ruling: Some(_), .. } => "User, repository, ticket and rules were checked.".into(),
        E::Checked { ruling: None, .. } => "User, repository and ticket were checked.".into(),
        E::Rechecked { terms } => {
            format!("The rules changed to version {}: it has to be countersigned anew.", terms.version)
        }
        E::EvidenceChanged { differences, voided, .. } => {
            let voided = match voided.as_slice() {
                [] => String::new(),
                by => format!(" What {} countersigned counts no more.", words::list(by)),
            };
            format!("Since it was shown, {}.{voided}", words::differences(differences))
        }
        E::Waiting { proposal, terms, due, .. } => format!(
            "{} waits for {} of {} until {}.",
            proposed(*proposal),
            terms.quorum,
            words::list(&terms.approver_names()),
            words::instant(*due)
        ),
        E::Escalated { to } => format!("Nobody answered, so {} were asked too.", words::list(to)),
        E::Countersigned { by, receipt, assurance, stands_in_for } => {
            let how = match assurance {
                Assurance::Reacted => " by a reaction",
                Assurance::Said => "",
                Assurance::Confirmed => " in the console, confirmed with their token",
            };
            let stead = stands_in_for.as_ref().map(|id| format!(" in the place of {id}"));
            format!(
                "{by} countersigned{how}{} what receipt {} stands for.",
                stead.unwrap_or_default(),
                receipt.short()
            )
        }
        E::CountersignatureTakenBack { by } => format!("{by} took their countersignature back."),
        E::CountersignatureVoided { by } => {
            format!("The countersignature of {by} counts no more: they may not countersign this now.")
        }
        E::Reminded { times: 1 } => "Those who were asked were reminded.".into(),
        E::Reminded { times } => {
            format!("Those who were asked were reminded for the {} time.", ordinal(*times))
        }
        E::Announced { by } => format!("{by} had everybody asked who may countersign it."),
        E::Own(GrantEvent::EndsSoon { until }) => {
            format!("It ends soon, at {}, and its holder was told.", words::instant(*until))
        }
        E::Approved { by, fixed: Lasting { minutes } } if by.is_empty() => {
            format!("The rules ask nobody: approved for {}.", say_minutes(*minutes))
        }
        E::Approved { by, fixed: Lasting { minutes } } => {
            format!("Approved by {} for {}.", words::list(by), say_minutes(*minutes))
        }
        _ => access_end(who, event),
    }
}

fn access_end(who: &str, event: &AccessEvent) -> String {
    use AccessEvent as E;
    match event {
        E::Denied { proposal, by: Some(by), reason, .. } => {
            format!("{by} denied {}{}", object(*proposal), because(reason.as_deref()))
        }
        E::Denied { violations, rules, .. } => {
            let by = rules.map(|version| format!(", by version {version} of the rules")).unwrap_or_default();
            format!("Denied by the checks{by}: {}", flat(&Denied(violations.clone())))
        }
        E::Withdrawn { proposal, by } => format!("{by} withdrew {}.", object(*proposal)),
        E::Superseded { ticket, .. } => {
            words::violation(&Violation::AsksOtherwise { ticket: ticket.clone() })
        }
        E::Closed { proposal, name, .. } => {
            format!("{name} does not belong here any more, so {} was closed.", object(*proposal))
        }
        E::Own(GrantEvent::Shortened { name, until, .. }) => {
            format!("{name} does not belong here any more, so it ends {}.", words::instant(*until))
        }
        E::Lapsed { proposal } => format!("Nobody answered in time, so {} lapsed.", object(*proposal)),
        E::Own(GrantEvent::Granted { permission, holds: Some(holds), until, by_hand: false, .. })
            if holds != permission =>
        {
            let until = words::instant(*until);
            format!("{permission} is granted, within {holds}, which was read back; it ends {until}.")
        }
        E::Own(GrantEvent::Granted { permission, until, by_hand, .. }) => {
            format!("{permission} {}; it ends {}.", words::was_set(*by_hand), words::instant(*until))
        }
        E::Failed { phase, why, given_up: true } if why.is_empty() => {
            format!("{} was given up.", doing(*phase))
        }
        E::Failed { phase, why, given_up: true } => {
            format!("{} was given up: {}", doing(*phase), words::quoted(why))
        }
        E::Failed { phase, why, .. } => format!("{} failed: {why}", doing(*phase)),
        E::Delayed { vendor } => {
            format!("{} lets nobody in: it waits, and goes on by itself.", words::vendor(vendor))
        }
        E::Own(GrantEvent::Extended { by, until }) if by.is_empty() => {
            format!("Extended until {}; the rules ask nobody.", words::instant(*until))
        }
        E::Own(GrantEvent::Extended { by, until }) => {
            format!("Extended until {}, countersigned by {}.", words::instant(*until), words::list(by))
        }
        E::Own(GrantEvent::Ending { ending }) => match ending {
            Ending::Expired => "Its time is over: the access is being taken back.".into(),
            Ending::GivenBack { by } => format!("{by} gave the access back."),
            Ending::Revoked { by, reason } => {
                format!("{by} revoked the access{}", because(reason.as_deref()))
            }
            Ending::Left { .. } | Ending::TakenAway { .. } | Ending::NotAllowed { .. } => {
                format!("The access is being taken back: {}.", words::ended(ending, &ToString::to_string))
            }
        },
        E::Own(GrantEvent::Ended { ending, left: Some(left), by_hand }) => {
            let known = words::how_it_is_known(*by_hand);
            format!("The access has ended, and {known}: {left} stays ({}).", ending.as_str())
        }
        E::Own(GrantEvent::Ended { ending, left: None, by_hand }) => {
            let known = words::how_it_is_known(*by_hand);
            format!("The access was taken back, and {known} ({}).", ending.as_str())
        }
        _ => format!("{who} changed the request."),
    }
}

const fn proposed(proposal: Proposal) -> &'static str {
    match proposal {
        Proposal::Grant => "The request",
        Proposal::Extension { .. } => "The extension",
    }
}

const fn object(proposal: Proposal) -> &'static str {
    match proposal {
        Proposal::Grant => "the request",
        Proposal::Extension { .. } => "the extension",
    }
}

const fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Checking => "Looking up user, repository and ticket",
        Phase::Granting => "Setting the permission",
        Phase::Ending => "Taking the permission back",
    }
}

fn because(reason: Option<&str>) -> String {
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

fn ordinal(times: u32) -> String {
    match times {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        times => format!("{times}th"),
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

fn tenant(who: &str, event: &TenantEvent) -> String {
    match event {
        TenantEvent::People(event) => people(who, event),
        TenantEvent::Settings(SettingsEvent::TenantCreated { name }) => {
            format!("{who} made the tenant {name} known.")
        }
        TenantEvent::Rules(RulebookEvent::RulesPublished { version, change, .. }) => {
            published(who, *version, change.as_ref())
        }
    }
}

fn published(who: &str, version: u64, change: Option<&PublishedBy>) -> String {
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

fn people(who: &str, event: &PeopleEvent) -> String {
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

fn comparison(event: &ComparisonEvent) -> String {
    let ComparisonEvent::AccessCompared { why, repositories, accounts, unread, found, gone, lowered } = event;
    let mut said = format!(
        "The forge was compared with the log, because {}: {accounts} accounts on {repositories} repositories, {} new differences, {} gone.",
        words::why_compared(why),
        found.len(),
        gone.len()
    );
    said.extend(lowered.iter().flat_map(|lowered| [" ".to_owned(), words::lowered(lowered)]));
    if !unread.is_empty() {
        let names: Vec<_> = unread.keys().collect();
        said.extend([" Not looked at: ", &words::list(&names), "."]);
    }
    said
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
            let what = match &heard.said {
                Said::Sentence { text } => {
                    words::quoted(&beginning(&with_names(text, |who| called(who, people))))
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
        Record::RefusalsCounted { kind, times, from, since } => {
            let from = if from.is_empty() { String::new() } else { format!(", from {}", words::list(from)) };
            format!("Refused {times} more times since {}{from}: {kind}.", words::instant(*since))
        }
    }
}
