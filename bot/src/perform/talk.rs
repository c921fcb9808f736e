//! How cards are shown and things are said in chats: drawn from how they stand now, so that the latest state wins.

use countersign_domain::canonical;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::card::{Button, Card, Refresh};
use countersign_domain::conversation::Conversation;
use countersign_domain::effect::Wish as _;
use countersign_domain::envelope::Digest;
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::{CallError, Place, Posted, Surface};
use countersign_domain::request::{CATEGORY, Code, Stage};
use countersign_domain::talk::{Effect, Outcome, Plan, alert_placement, placement};
use countersign_projections::conversation::{self, Placement};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// What was said takes nobody's access away, and gives none.
pub(super) use super::nothing_to_see as look_at;
use super::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::capabilities;
use crate::cards::{self, Shown};
use crate::context::Scene;
use crate::engine::Failure;
use crate::in_view::{self, Looks, Spot};
use crate::open_beside;
use crate::quiet;
use crate::talk::is_shared_thread;
use crate::timeline;
use crate::words;
use crate::world::{Vendors, World};

/// A check takes no longer, or is shown to be under way.
const CHECKED: SignedDuration = SignedDuration::from_secs(10);

/// A card as it is to be shown, drawn from how things stood when that was planned. What happens after that is drawn by
/// another effect in the same lane.
pub struct Drawing {
    /// As it goes out. With other references behind its buttons it looks different, so that a card whose buttons are too
    /// old is drawn anew though it says the same.
    card: Card,
    receipt: Option<Digest>,
    /// Whether there is nothing left to decide or to do about it.
    is_over: bool,
    /// How the request stands, on a card of one.
    stage: Option<Stage>,
}

impl Drawing {
    fn look(&self) -> Digest {
        canonical::digest(&self.card).unwrap_or_else(|| Digest::of(self.card.text.as_bytes()))
    }
}

pub(super) async fn plan(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    before: Before,
) -> Planning<Effect, Box<Drawing>> {
    if let Some(until) = waits_for_quiet(hands, tenant, effect).await? {
        return Ok(Ok(Step::Later(until, "whom it is for wants quiet until then")));
    }
    let place = effect.place();
    let shown = match effect {
        Effect::ShowCard { code, viewer, .. } => {
            Some(present(hands.world, tenant, placement(code, place, viewer.as_ref())).await?)
        }
        Effect::ShowAnswer { turn, .. } => Some(present_answer(hands.world, tenant, *turn).await?),
        Effect::ShowAlert { .. } => Some(present_alert(hands.world, tenant, key(effect, *id)).await?),
        Effect::Tell { .. } => None,
    };
    let surface = match surface(vendors, effect, place) {
        Ok(surface) => surface,
        Err(error) => return Ok(Err(error)),
    };
    let Some(drawing) = draw(hands, tenant, effect).await? else {
        return Ok(Ok(Step::Done(Outcome::Unsaid)));
    };
    if let Effect::Tell { again: Some(told), .. } = effect {
        return plan_again(hands.world, tenant, *told, drawing).await.map(Ok);
    }
    let Some(shown) = shown else {
        let found = if before.doubtful { surface.find(place, *id).await } else { Ok(None) };
        return Ok(found.map(|found| match found {
            Some(message) => Step::Done(Outcome::Told { message }),
            None => planned(Plan::Tell, drawing),
        }));
    };
    Ok(plan_card(hands, (surface, *id), effect, before, (shown.unwrap_or_default(), drawing)).await)
}

/// The same step, with what is drawn.
fn planned(plan: Plan, drawing: Drawing) -> Step<Effect, Box<Drawing>> {
    Step::Planned(plan, Box::new(drawing))
}

/// What was told before is changed where it stands; where it was never said, or is gone, there is nothing to change.
async fn plan_again(
    world: &World,
    tenant: &Tenant,
    told: Uuid,
    drawing: Drawing,
) -> Result<Step<Effect, Box<Drawing>>, Failure> {
    world.folded().await?;
    let rows = world.projections.rows(conversation::NAME);
    let message = conversation::notice(&*rows, tenant, told)?.and_then(|notice| notice.message);
    let (look, receipt) = (drawing.look(), drawing.receipt);
    Ok(match message {
        Some(message) => {
            planned(Plan::Show { message: Some(message), instead_of: None, look, receipt }, drawing)
        }
        None => Step::Done(Outcome::Unsaid),
    })
}

/// What it takes to let a place show a card that looks like this, where something may be shown already.
async fn plan_card(
    hands: Hands<'_>,
    (surface, id): (&dyn Surface, Uuid),
    effect: &Effect,
    before: Before,
    (shown, drawing): (Last, Drawing),
) -> Result<Step<Effect, Box<Drawing>>, CallError> {
    let (look, receipt) = (drawing.look(), drawing.receipt);
    let mut message = shown.message.clone();
    if before.doubtful || shown.doubtful && message.is_none() {
        message = surface.find(effect.place(), key(effect, id)).await?.or(message);
    } else if matches!(effect, Effect::ShowCard { anew: true, .. }) {
        let plan = Plan::Show { message: None, instead_of: message, look, receipt };
        return Ok(planned(plan, drawing));
    }
    if message.is_none() && is_for_a_thread(effect) {
        // What is refused at once is for who asked alone: so nothing is shown to all before that is known, or takes long.
        match drawing.stage {
            Some(Stage::Checking) if !before.waited => {
                let now = hands.world.clock.now();
                return Ok(Step::Later(now.checked_add(CHECKED).unwrap_or(now), "it is being checked"));
            }
            Some(Stage::Denied) => return Ok(Step::Done(Outcome::Unsaid)),
            _ => {}
        }
    }
    if message.is_none() && drawing.is_over && matches!(effect, Effect::ShowCard { unasked: true, .. }) {
        // It was decided while whom it is for wanted quiet, or while the surface was away.
        return Ok(Step::Done(Outcome::Unsaid));
    }
    Ok(match message {
        Some(message) if shown.look == Some(look) && shown.message.as_ref() == Some(&message) => {
            Step::Done(Outcome::Shown { message, look, receipt })
        }
        message => planned(Plan::Show { message, instead_of: None, look, receipt }, drawing),
    })
}

pub(super) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, id): &(Tenant, Uuid),
    effect: &Effect,
    (plan, beside): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let Beside::Drawing(drawing) = beside else { return Err(misplanned(effect)) };
    let card = drawing.card;
    let (place, id) = (effect.place(), *id);
    let surface = surface(vendors, effect, place)?;
    let outcome = match plan {
        Plan::Tell => surface.post(place, &card, id).await.map(|message| Outcome::Told { message }),
        Plan::Show { message: Some(message), .. } if matches!(effect, Effect::Tell { .. }) => {
            let is_there = surface.update(message, &card).await?;
            Ok(if is_there { Outcome::Told { message: message.clone() } } else { Outcome::Unsaid })
        }
        Plan::Show { message, instead_of, look, receipt } => {
            let shown = show(surface, place, message.as_ref(), &card, key(effect, id)).await;
            if let (Ok(_), Some(old), Some(code)) = (&shown, instead_of, effect.code()) {
                // Only a courtesy: an old card that still looks alive is drawn anew when it is pressed.
                if let Err(error) = surface.update(old, &cards::moved_down(code)).await {
                    tracing::info!(%tenant, effect = %id, "the card before could not be closed: {error}");
                }
            }
            shown.map(|message| Outcome::Shown { message, look: *look, receipt: *receipt })
        }
    };
    if outcome.is_ok() {
        comes_into_view(hands.world, (tenant, id), (effect, plan), &card);
    }
    outcome
}

/// What somebody is sent unasked is what they were shown last there; a card that is only drawn anew stands where it stood.
fn comes_into_view(
    world: &World,
    (tenant, id): (&Tenant, Uuid),
    (effect, plan): (&Effect, &Plan),
    card: &Card,
) {
    let (to, looks) = match (effect, plan) {
        (
            Effect::ShowCard { code, viewer: Some(to), unasked: true, .. },
            Plan::Show { message: None, receipt, .. },
        ) => (to, Looks::from([(code.clone(), receipt.filter(|_| in_view::is_whole(card)))])),
        (Effect::Tell { to: Some(to), card, unasked: true, again: None, .. }, _) => {
            (to, in_view::on_cards([&**card]))
        }
        _ => return,
    };
    let place = effect.place();
    let scene = Scene { place: Some(place.clone()), about: None };
    world.in_view.show(Spot::at(tenant, to, place.surface.as_str(), &scene), Some(id), looks);
}

/// Whether it shows a card to everybody in a thread.
fn is_for_a_thread(effect: &Effect) -> bool {
    matches!(effect, Effect::ShowCard { place, .. } if is_shared_thread(place))
}

/// Puts the card where it was, or posts it where it was never or is no more.
async fn show(
    surface: &dyn Surface,
    place: &Place,
    message: Option<&Posted>,
    card: &Card,
    key: Uuid,
) -> Result<Posted, CallError> {
    if let Some(message) = message
        && surface.update(message, card).await?
    {
        return Ok(message.clone());
    }
    surface.post(place, card, key).await
}

/// What a post is found by again: the card of a place has one, unless it is posted anew on purpose, and so has what was asked.
fn key(effect: &Effect, id: Uuid) -> Uuid {
    match effect {
        Effect::ShowCard { code, place, viewer, anew: false, .. } => placement(code, place, viewer.as_ref()),
        Effect::ShowAnswer { turn, .. } => *turn,
        Effect::ShowAlert { fingerprint, episode, place } => alert_placement(*fingerprint, *episode, place),
        Effect::ShowCard { .. } | Effect::Tell { .. } => id,
    }
}

/// The card at this place as the log has it now.
async fn present(world: &World, tenant: &Tenant, id: Uuid) -> Result<Option<Last>, Failure> {
    world.folded().await?;
    let rows = world.projections.rows(conversation::NAME);
    let last = |card: Placement| Last { message: card.message, look: card.look, doubtful: card.doubtful };
    Ok(conversation::find(&*rows, tenant, id)?.map(last))
}

/// The message of what was asked as the log has it now.
async fn present_answer(world: &World, tenant: &Tenant, turn: Uuid) -> Result<Option<Last>, Failure> {
    world.folded().await?;
    let shown = conversation::shown_answer(&*world.projections.rows(conversation::NAME), tenant, turn)?;
    Ok(shown.map(|shown| Last { message: Some(shown.message), look: Some(shown.look), doubtful: false }))
}

/// The message of an alarm as the log has it now.
async fn present_alert(world: &World, tenant: &Tenant, placement: Uuid) -> Result<Option<Last>, Failure> {
    let shown = timeline::shown_at(world, tenant, placement).await?;
    Ok(shown.map(|shown| Last { message: Some(shown.message), look: Some(shown.look), doubtful: false }))
}

/// What a place showed last.
#[derive(Default)]
struct Last {
    message: Option<Posted>,
    look: Option<Digest>,
    doubtful: bool,
}

/// What is to be seen now; nothing where that is of a turn that nobody remembers any more.
async fn draw(hands: Hands<'_>, tenant: &Tenant, effect: &Effect) -> Result<Option<Drawing>, Failure> {
    let (code, place, viewer) = match effect {
        Effect::ShowCard { code, place, viewer, .. } => (code, place, viewer),
        Effect::Tell { code, to, card, .. } => {
            let card = still(hands, tenant, (code.as_ref(), to.as_ref()), Card::clone(card)).await?;
            let card = sealed(hands.world, tenant, card);
            return Ok(Some(Drawing { card, receipt: None, is_over: false, stage: None }));
        }
        Effect::ShowAnswer { conversation, turn, .. } => {
            let stream = crate::conversation::stream(tenant, *conversation)?;
            let state = hands.engine.load::<Conversation>(&stream, None).await?.state;
            let drawn = state.turn(*turn).map(|turn| Drawing {
                card: sealed(hands.world, tenant, crate::conversation::card::answer(turn)),
                receipt: None,
                is_over: turn.stage.is_over(),
                stage: None,
            });
            return Ok(drawn);
        }
        Effect::ShowAlert { fingerprint, episode, .. } => {
            let drawn = timeline::card_of(hands.world, tenant, (*fingerprint, Some(*episode))).await?;
            let drawn = drawn.map(|card| sealed(hands.world, tenant, card));
            return Ok(drawn.map(|card| Drawing { card, receipt: None, is_over: false, stage: None }));
        }
    };
    let stream = StreamName::new(tenant, CATEGORY, code.stream_id())?;
    let Some(request) = hands.engine.load::<Option<AnyRequest>>(&stream, None).await?.state else {
        let card = cards::nothing(words::no_such_request());
        return Ok(Some(Drawing { card, receipt: None, is_over: true, stage: None }));
    };
    let present = hands.directory.present(tenant).await?;
    let person = viewer.as_ref().and_then(|id| present.state.people.get(id));
    let (people, now, rules) = (&*present.state, hands.world.clock.now(), present.rules_version());
    // Who was removed sees how it ended, and of nothing else, and can press nothing.
    let is_gone = viewer.is_some() && person.is_none();
    let collections = hands.world.collections(tenant);
    let shown: Shown<'_> =
        Shown { code, request: &request, viewer: person, people, now, beside: None, rules, collections };
    let beside = match viewer {
        Some(_) if is_gone => None,
        Some(_) => capabilities::beside(hands.world, tenant, shown)?,
        None => open_beside::for_all(hands.world, tenant, shown, place)?,
    };
    let mut card = capabilities::card(Shown { beside: beside.as_deref(), ..shown });
    if is_gone {
        card.buttons.clear();
    }
    let receipt = request.receipt().filter(|_| !card.buttons.is_empty());
    let refresh = viewer.is_none().then(|| cards::refresh(code, &*request, people, place.surface, now));
    let card = sealed(hands.world, tenant, Card { refresh, ..card });
    let stage = Some(request.standing().stage);
    Ok(Some(Drawing { card, receipt, is_over: request.open().is_none(), stage }))
}

/// What is told somebody of a request, as it stands and with what can still be pressed: it may have waited long to be said.
async fn still(
    hands: Hands<'_>,
    tenant: &Tenant,
    (code, to): (Option<&Code>, Option<&PrincipalId>),
    card: Card,
) -> Result<Card, Failure> {
    let may_change = card.live || !card.buttons.is_empty();
    let (Some(code), Some(to)) = (code.filter(|_| may_change), to) else { return Ok(card) };
    let stream = StreamName::new(tenant, CATEGORY, code.stream_id())?;
    let request = hands.engine.load::<Option<AnyRequest>>(&stream, None).await?.state;
    let (present, now) = (hands.directory.present(tenant).await?, hands.world.clock.now());
    let (people, viewer) = (&*present.state, present.state.people.get(to));
    let shown = request.as_ref().zip(viewer).map(|(request, viewer)| Shown {
        code,
        request,
        viewer: Some(viewer),
        people,
        now,
        beside: None,
        rules: present.rules_version(),
        collections: hands.world.collections(tenant),
    });
    Ok(cards::still(card, shown))
}

/// The card as it goes out: what its buttons and its asking for another say, only this bot can read. Buttons that count in
/// the console only stay there, and the card says where that is.
pub(crate) fn sealed(world: &World, tenant: &Tenant, card: Card) -> Card {
    let now = world.clock.now();
    let seal = |button: Button| match world.seal.seal(tenant, &button.say, now) {
        Ok(say) => Some(Button { say, ..button }),
        Err(error) => {
            tracing::error!(%tenant, label = button.label, "a button is left out: {error}");
            None
        }
    };
    let refresh = card.refresh.and_then(|refresh| {
        let reference = world.seal.seal(tenant, &refresh.reference, now).ok()?;
        Some(Refresh { reference, ..refresh })
    });
    let (proofs, buttons): (Vec<_>, Vec<_>) = card.buttons.into_iter().partition(|button| button.proof);
    let card = Card { buttons: buttons.into_iter().filter_map(seal).collect(), refresh, ..card };
    let card = cards::from_outside(card, &world.console);
    if proofs.is_empty() { card } else { cards::with_the_console(card, &world.console) }
}

/// Until when whom this is for wants quiet, if nobody asked for it.
async fn waits_for_quiet(
    hands: Hands<'_>,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<Option<Timestamp>, Failure> {
    let whom = match effect {
        Effect::ShowCard { viewer, unasked: true, .. } => viewer,
        Effect::Tell { to, unasked: true, .. } => to,
        _ => return Ok(None),
    };
    let Some(whom) = whom else { return Ok(None) };
    let people = hands.directory.present(tenant).await?.state;
    let quiet = people.preferences(whom).quiet;
    Ok(quiet.and_then(|quiet| quiet::until(&quiet, hands.world.clock.now())))
}

fn surface<'a>(vendors: &'a Vendors, effect: &Effect, place: &Place) -> Result<&'a dyn Surface, CallError> {
    let missing =
        || broken(effect, format!("the configuration names no {} for this tenant", place.surface.name()));
    vendors.talk.surfaces.get(&place.surface).map(|surface| &**surface).ok_or_else(missing)
}
