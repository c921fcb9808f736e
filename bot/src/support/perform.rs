//! How a ticket is made in the tracker and told there, how it is looked at there, and how somebody is woken.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::Effects;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{CallError, Comment, NewTicket, Page, Remark, Ticket as Issue, Tracker};
use countersign_domain::support::{Effect, Heard, Outcome, Plan, Sight, There, Ticket};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::engine::Failure;
use crate::help::Help;
use crate::perform::{Before, Beside, Hands, Planning, Step, broken, misplanned, move_on};
use crate::world::Vendors;

/// What waits for its turn looks again after so long.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// What was told there takes nobody's access away, and gives none.
pub(crate) use crate::perform::nothing_to_see as look_at;

/// What it takes: nothing, where it is there already, or nobody wants it any more.
pub(crate) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect> {
    let ticket = read(hands, tenant, effect).await?;
    if let Effect::WakeSomebody { .. } = effect {
        let is_heard = ticket.paged.is_none();
        return Ok(Ok(if is_heard { not_wanted() } else { Step::Planned(Plan::CallPager {}, ()) }));
    }
    if !before.doubtful && is_out_of_turn(hands, tenant, effect).await? {
        let later = hands.world.clock.now().checked_add(PAUSE).unwrap_or(Timestamp::MAX);
        return Ok(Ok(Step::Later(later, "what was said before it is not told there yet")));
    }
    let tracker = match tracker(vendors, effect) {
        Ok(tracker) => tracker,
        Err(error) => return Ok(Err(error)),
    };
    let now = hands.world.clock.now();
    Ok(plan_there(tracker, (*id, &ticket, now), effect, before).await)
}

/// Whether what was said before it still waits to be told there: people read in the order in which it was said.
async fn is_out_of_turn(hands: Hands<'_>, tenant: &Tenant, effect: &Effect) -> Result<bool, Failure> {
    let Some(before) = effect.said_before(tenant) else { return Ok(false) };
    let stream = StreamName::new(tenant, Effects::CATEGORY, &before.to_string())?;
    let state = hands.engine.load::<Effects>(&stream, None).await?.state;
    Ok(state.effect.is_some() && state.state.is_open())
}

async fn plan_there(
    tracker: &dyn Tracker,
    (id, ticket, now): (Uuid, &Ticket, Timestamp),
    effect: &Effect,
    before: Before,
) -> Result<Step<Effect>, CallError> {
    Ok(match effect {
        // Somebody has linked it meanwhile.
        Effect::MakeThere { .. } if ticket.key.is_some() => not_wanted(),
        Effect::MakeThere { project, .. } => {
            if before.doubtful
                && let Some(key) = tracker.made(project, id).await?
            {
                return Ok(Step::Done(Outcome::MadeThere { key }));
            }
            Step::Planned(Plan::MakeIssue { project: project.clone() }, ())
        }
        Effect::SayThere { key, paragraphs, .. } => {
            if before.doubtful && tracker.has_comment(key, id).await? {
                return Ok(Step::Done(Outcome::SaidThere {}));
            }
            Step::Planned(Plan::WriteOnIssue { paragraphs: paragraphs.clone() }, ())
        }
        Effect::MoveThere { key, .. } => plan_move(tracker, (ticket, now), key).await?,
        Effect::LookThere { .. } | Effect::WakeSomebody { .. } => Step::Planned(Plan::LookAtIssue {}, ()),
    })
}

/// By how the ticket stands now. What is otherwise there than we know was changed by a person, and stays so.
async fn plan_move(
    tracker: &dyn Tracker,
    (ticket, now): (&Ticket, Timestamp),
    key: &str,
) -> Result<Step<Effect>, CallError> {
    // Before it was looked at there, nobody knows what a person has changed: it is moved once that is known.
    let (Some(to), Some(known)) = (ticket.belongs_there(), &ticket.mirror.there) else {
        return Ok(not_wanted());
    };
    let Some(issue) = tracker.ticket(key).await? else { return Ok(Step::Done(Outcome::GoneThere {})) };
    let there = there(issue);
    if there.status != known.status {
        let sight = Sight { key: key.to_owned(), at: now, there, heard: vec![] };
        return Ok(Step::Done(Outcome::LeftAsTheyHaveIt(Box::new(sight))));
    }
    let plan = tracker.plan_move(key, to).await?;
    Ok(match plan.step {
        None => Step::Done(Outcome::MovedThere { there }),
        Some(_) => Step::Planned(Plan::MoveIssue(plan), ()),
    })
}

/// Makes it, says it, moves it, looks at it, or wakes somebody.
pub(crate) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let ticket = read(hands, tenant, effect).await.map_err(|failure| broken(effect, failure.to_string()))?;
    let help = vendors.help.as_deref();
    if let (Effect::WakeSomebody { .. }, Plan::CallPager {}) = (effect, plan) {
        return wake(help, (tenant, *id), &ticket, effect).await;
    }
    let tracker = tracker(vendors, effect)?;
    match (effect, plan) {
        (Effect::MakeThere { project, title, paragraphs, .. }, Plan::MakeIssue { .. }) => {
            let kind = help.and_then(|help| help.settings.mirror.as_ref()).map(|mirror| mirror.kind.clone());
            let kind = kind.ok_or_else(|| {
                broken(effect, "the configuration names no project for tickets any more".to_owned())
            })?;
            let (project, title, paragraphs) = (project.clone(), title.clone(), paragraphs.clone());
            let new = NewTicket { marker: *id, project, kind, title, paragraphs };
            tracker.make(&new).await.map(|key| Outcome::MadeThere { key })
        }
        (Effect::SayThere { key, .. }, Plan::WriteOnIssue { paragraphs }) => {
            let comment = Comment { marker: *id, paragraphs: paragraphs.clone() };
            tracker.comment(key, &comment).await.map(|()| Outcome::SaidThere {})
        }
        (Effect::MoveThere { key, .. }, Plan::MoveIssue(plan)) => {
            let Some(to) = ticket.belongs_there() else { return Ok(Outcome::NotWantedThere {}) };
            move_on(tracker, plan, to).await?;
            let issue = tracker.ticket(key).await?;
            Ok(issue.map_or(Outcome::GoneThere {}, |issue| Outcome::MovedThere { there: there(issue) }))
        }
        (Effect::LookThere { key, .. }, Plan::LookAtIssue {}) => {
            look(tracker, (&ticket, hands.world.clock.now()), key).await
        }
        (effect, _) => Err(misplanned(effect)),
    }
}

/// How it stands there, and what people said there that was not heard before: nothing that we wrote, and nothing that is kept to some.
async fn look(
    tracker: &dyn Tracker,
    (ticket, at): (&Ticket, Timestamp),
    key: &str,
) -> Result<Outcome, CallError> {
    let Some(issue) = tracker.ticket(key).await? else { return Ok(Outcome::GoneThere {}) };
    let remarks = tracker.remarks(key, &ticket.mirror.heard).await?;
    let is_new = |remark: &Remark| {
        !remark.is_ours
            && remark.is_open
            && !remark.text.trim().is_empty()
            && !ticket.mirror.heard.contains(&remark.id)
    };
    let heard = remarks.into_iter().filter(is_new).map(|remark| {
        let Remark { id, account, name, text, .. } = remark;
        Heard { id, account, by: None, name, text }
    });
    let sight = Sight { key: key.to_owned(), at, there: there(issue), heard: heard.collect() };
    Ok(Outcome::SeenThere(Box::new(sight)))
}

async fn wake(
    help: Option<&Help>,
    (tenant, id): (&Tenant, Uuid),
    ticket: &Ticket,
    effect: &Effect,
) -> Result<Outcome, CallError> {
    let pager = help.and_then(|help| help.pager.as_deref());
    let pager =
        pager.ok_or_else(|| broken(effect, "the configuration sets up no pager any more".to_owned()))?;
    let (Effect::WakeSomebody { number, promise, times }, Some(opened)) = (effect, &ticket.opened) else {
        return Ok(Outcome::NotWantedThere {});
    };
    let page = Page {
        tenant,
        ticket: *number,
        subject: &opened.subject,
        promise: promise.in_words(),
        times: *times,
    };
    pager.page(&page, id).await.map(|()| Outcome::Woken {})
}

fn there(issue: Issue) -> There {
    There { status: issue.status, stage: issue.stage }
}

const fn not_wanted() -> Step<Effect> {
    Step::Done(Outcome::NotWantedThere {})
}

async fn read(hands: Hands<'_>, tenant: &Tenant, effect: &Effect) -> Result<Ticket, Failure> {
    let stream = StreamName::new(tenant, Ticket::CATEGORY, &effect.number().to_string())?;
    Ok(hands.engine.load::<Ticket>(&stream, None).await?.state)
}

fn tracker<'a>(vendors: &'a Vendors, effect: &Effect) -> Result<&'a dyn Tracker, CallError> {
    let missing = || broken(effect, "the configuration names no tracker for this tenant".to_owned());
    vendors.tracker.as_deref().ok_or_else(missing)
}
