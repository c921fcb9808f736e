//! What an access is about in one sentence: the title of its card, and of what is said of it.

use countersign_domain::access::{AccessRequest, Findings, Grant, Longer, Permission, Status};
use countersign_domain::duration::{End, say_minutes};
use countersign_domain::ports::{USUAL_FORGE, vendor};

/// How a request stands, as the verb of its title: who asks for it, or who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// It is to be decided.
    AsksFor,
    /// It came to nothing.
    AskedFor,
    /// It was approved, and is being set.
    Gets,
    /// It is in force, or has not ended yet.
    Has,
    /// It is over.
    Had,
}

impl Verb {
    /// The verb for how a request stands.
    pub(super) const fn of(access: &AccessRequest) -> Self {
        match access.status() {
            Status::New | Status::Checking | Status::Waiting => Self::AsksFor,
            // An extension is asked for, whatever stands already.
            Status::Active if access.open.is_some() => Self::AsksFor,
            Status::Granting => Self::Gets,
            Status::Active | Status::Ending => Self::Has,
            // What could not be taken back is still there.
            Status::Failed if access.own.grant.is_some() => Self::Has,
            // What was never set, nobody had.
            Status::Expired | Status::GivenBack | Status::Revoked if access.own.grant.is_some() => Self::Had,
            Status::Failed
            | Status::Denied
            | Status::Withdrawn
            | Status::Expired
            | Status::GivenBack
            | Status::Revoked => Self::AskedFor,
        }
    }

    /// Whether the title then names who asked; else it names whose access it is.
    pub(super) const fn names_who_asked(self) -> bool {
        matches!(self, Self::AsksFor | Self::AskedFor)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::AsksFor => "asks for",
            Self::AskedFor => "asked for",
            Self::Gets => "gets",
            Self::Has => "has",
            Self::Had => "had",
        }
    }
}

/// What a request is about in one sentence: `Erin asks for write on payments-api for Bob, for 2 days`. `whom` is named where
/// it is not who the sentence begins with.
pub(super) fn sentence(
    who: &str,
    verb: Verb,
    what: &str,
    whom: Option<&str>,
    lasting: Option<String>,
) -> String {
    // What somebody has, they have until an instant that the card tells.
    let lasting = lasting.filter(|_| !matches!(verb, Verb::Has | Verb::Had));
    let comma = if whom.is_some() { "," } else { "" };
    let lasting = lasting.map(|lasting| format!("{comma} {lasting}")).unwrap_or_default();
    let whom = whom.map(|whom| format!(" for {whom}")).unwrap_or_default();
    format!("{who} {} {what}{whom}{lasting}", verb.as_str())
}

/// How long, where a duration was said.
pub(super) fn for_minutes(minutes: u64) -> String {
    format!("for {}", say_minutes(minutes))
}

/// How long, where an end was said: in the time of who said it, as a title says it to everybody.
pub(super) fn until_end(end: End) -> String {
    format!("until {}", end.said())
}

/// What is asked for, where the permission is to last longer.
pub(super) fn so_much_more(longer: Longer, what: &str) -> String {
    match longer.until {
        Some(end) => format!("{what} for longer, {}", until_end(end)),
        None => format!("{} more of {what}", say_minutes(longer.minutes)),
    }
}

/// What somebody holds already; of what an access of ours gives, what is theirs by itself. Of that the log has given nothing, so it is
/// said who says so.
pub(super) fn holds(findings: &Findings) -> String {
    held(findings, &format!("as {} says", forge(findings)))
}

/// The same, once something came of what was asked for: what was held when that was set, be it otherwise than when it was decided.
pub(super) fn held_before(findings: &Findings, grant: Option<&Grant>) -> String {
    match grant {
        Some(grant) if grant.before != findings.present => {
            let held = grant.before.map_or("nothing", Permission::as_str);
            format!("{held}, as I read it from {} when I set it", forge(findings))
        }
        _ => held(findings, &format!("as {} said", forge(findings))),
    }
}

/// The name of the forge that said it.
fn forge(findings: &Findings) -> &str {
    vendor(findings.forge.as_deref().unwrap_or(USUAL_FORGE))
}

fn held(findings: &Findings, source: &str) -> String {
    let by_itself = |held: Option<Permission>, place: &str| match held {
        Some(held) => format!("{held}{place}, {source}"),
        None => format!("nothing{place}"),
    };
    match &findings.beside {
        None => by_itself(findings.present, ""),
        Some(beside) => {
            let all = findings.present.map_or("nothing", Permission::as_str);
            format!("{all}, through access that I gave ({})", by_itself(beside.permission, " beside it"))
        }
    }
}

/// What somebody holds already, and what countersigning makes of it.
pub(super) fn changes(findings: &Findings, asked: Permission) -> String {
    let stays = findings.present.is_some_and(|present| present >= asked);
    let then = if stays { "it stays so".to_owned() } else { format!("this makes it {asked}") };
    format!("{}; {then}", holds(findings))
}
