//! The sentences of effects: what is wished, what an attempt sets out to do, and what came of it.

use countersign_domain::access::{self, PermissionTask};
use countersign_domain::capabilities::{Effect, EffectEvent, Outcome, Plan};
use countersign_domain::effect::Resolution;
use countersign_domain::{talk, ticket, words};

use super::{because, spot};

/// What an event of an effect says.
pub(super) fn said(event: &EffectEvent) -> String {
    use EffectEvent as E;
    match event {
        E::EffectClaimed { effect, worker } => format!("The bot {worker} took it on to {}.", wish(effect)),
        E::EffectAttempted { attempt, plan, .. } => format!("Attempt {attempt}: {}.", planned(plan)),
        E::EffectSucceeded {
            effect,
            outcome: Outcome::Ticket(ticket::Outcome::Moved { from, to: None }),
        } => {
            format!("Left in {}, nothing to do: {}.", words::quoted(from), wish(effect))
        }
        E::EffectSucceeded {
            effect,
            outcome: Outcome::Access(access::Outcome::Overtaken { differences, .. }),
        } => {
            format!("Not done, for {}: {}.", words::differences(differences), wish(effect))
        }
        E::EffectSucceeded { effect, .. } => format!("Done and read back: {}.", wish(effect)),
        E::EffectDeferred { why, retry_at, .. } => {
            format!("Not done, to be tried again {}: {why}", words::instant(*retry_at))
        }
        E::EffectUnknown { why, look_at } => {
            format!("Perhaps done, to be looked up {}: {why}", words::instant(*look_at))
        }
        E::EffectParked { effect, why, .. } => format!("A person must look at “{}”: {why}", wish(effect)),
        E::EffectRequeued { by } => format!("{by} has it tried again."),
        E::EffectResolved { effect, by, resolution: Resolution::Done, note, .. } => {
            format!("{by} did it by hand: {}{}", wish(effect), because(note.as_deref()))
        }
        E::EffectResolved { effect, by, resolution: Resolution::Abandoned, note, .. } => {
            format!("{by} gave up “{}”{}", wish(effect), because(note.as_deref()))
        }
    }
}

fn wish(effect: &Effect) -> String {
    match effect {
        Effect::Access(own) => access_wish(own),
        Effect::Ticket(own) => ticket_wish(own),
        Effect::Talk(own) => talk_wish(own),
    }
}

fn access_wish(effect: &access::Effect) -> String {
    use access::Effect::{LookUp, SetPermission};
    match effect {
        LookUp { account, .. } => format!("look up {account}, the repository and the ticket"),
        SetPermission { account, repository, task: PermissionTask::Grant { permission }, .. } => {
            format!("set {permission} on {repository} for {account}")
        }
        SetPermission { account, repository, task: PermissionTask::End, .. } => {
            format!("take back the access on {repository} from {account}")
        }
        SetPermission { account, repository, task: PermissionTask::EndAgain { .. }, .. } => {
            format!("take back again the access on {repository} from {account}, which had ended")
        }
    }
}

fn ticket_wish(effect: &ticket::Effect) -> String {
    match effect {
        ticket::Effect::Comment { ticket, .. } => format!("comment on {ticket}"),
        ticket::Effect::MoveTicket { ticket, .. } => format!("move {ticket}"),
    }
}

fn talk_wish(effect: &talk::Effect) -> String {
    use talk::Effect::{ShowCard, Tell};
    match effect {
        ShowCard { place, viewer: Some(viewer), .. } => {
            format!("show {viewer} in {} how it stands", place.surface.name())
        }
        ShowCard { place, viewer: None, .. } => {
            format!("show everybody in {} how it stands", spot(place))
        }
        Tell { place, to, card, .. } => {
            let whom = to.as_ref().map_or_else(|| "everybody".to_owned(), ToString::to_string);
            format!("tell {whom} in {}: {}", place.surface.name(), words::quoted(&card.title))
        }
    }
}

fn planned(plan: &Plan) -> String {
    let held = |permission: Option<_>| permission.map_or("nothing".to_owned(), |p| format!("{p}"));
    match plan {
        Plan::Access(access::Plan::Read) => "read only".into(),
        Plan::Access(access::Plan::Permission(plan)) => format!(
            "{} on {} from {} to {}",
            plan.account(),
            plan.repository(),
            held(plan.present()),
            held(plan.wanted())
        ),
        Plan::Ticket(ticket::Plan::Comment { .. }) => "write a comment".into(),
        Plan::Ticket(ticket::Plan::Move(_)) => "move the ticket".into(),
        Plan::Talk(talk::Plan::Show { message: None, .. }) => "post the card".into(),
        Plan::Talk(talk::Plan::Show { message: Some(_), .. }) => "draw the card anew".into(),
        Plan::Talk(talk::Plan::Tell) => "say it".into(),
    }
}
