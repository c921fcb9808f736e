//! The desk takes in what comes from chats: finds out who it is, keeps it in the log, and only then says that it may be
//! acknowledged. What it says is carried out as a reaction to that ([`crate::talk`]), so nothing acknowledged is ever lost.

mod attached;
mod groups;
mod looking;
mod meaning;
mod missed;
mod strangers;
mod turns;
mod vouched;

pub(crate) use self::attached::Unread as UnreadFile;
pub(crate) use self::missed::Unread;

use std::sync::Arc;

use countersign_domain::card::Card;
use countersign_domain::envelope::{Actor, Cause, Position, Via, derived_id};
use countersign_domain::file::File;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Interaction};
use countersign_domain::record::{Heard, Record, Said};
use countersign_domain::tenant::{People, Person};
use futures::future::BoxFuture;
use tokio::sync::watch;
use uuid::Uuid;

use crate::cards;
use crate::chat::{Chat, LONGEST, audible};
use crate::context::system;
use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::refusals::{Kept, Refused};
use crate::requests::Requests;
use crate::seal::SealError;
use crate::world::World;

use self::attached::WithFile;
use self::groups::Following;
use self::meaning::Meaning;
use self::turns::{Turn, Turns};
use self::vouched::Vouched;

/// What the ids of interactions are derived in.
const INTERACTIONS: Uuid = Uuid::from_u128(0x6b1d_8a02_44f7_4c3e_9b0e_22c8_f0d1_7a35);

/// So many refusals of a minute are kept whole, of each chat: who is there is a member whom the vendor knows.
const KEPT_WHOLE: u64 = 20;

/// What became of an interaction.
#[derive(Debug)]
pub enum Received {
    /// It stands in the log, now or since before, and will be carried out.
    Kept(Option<Position>),
    /// It counts for nothing. What to say to them in private, if anything.
    Refused(Option<Box<Card>>),
    /// It was answered by the desk itself: what to say to them in private.
    Answered(Box<Card>),
}

/// Ends when what an event calls for was carried out, by this bot or another.
pub type CarriedOut = Arc<dyn Fn(Position) -> BoxFuture<'static, ()> + Send + Sync>;

/// Takes interactions in.
pub struct Desk {
    pub(crate) world: World,
    engine: Engine,
    directory: Directory,
    requests: Requests,
    chat: Chat,
    carried_out: CarriedOut,
    /// How many answers of the desk itself are on their way.
    answering: watch::Sender<usize>,
    /// How often what was missed was taken in.
    caught_up: watch::Sender<u64>,
    /// How it stands with the groups that follow a vendor's.
    following: Following,
    /// Whom a vendor called a member, and when.
    vouched: Vouched,
    /// Whoever reads the file of a delivery.
    reading: Turns,
}

impl Desk {
    /// A desk in this world.
    pub fn new(
        world: World,
        engine: Engine,
        directory: Directory,
        requests: Requests,
        chat: Chat,
        carried_out: CarriedOut,
    ) -> Self {
        let answering = watch::Sender::new(0);
        let caught_up = watch::Sender::new(0);
        Self {
            world,
            engine,
            directory,
            requests,
            chat,
            carried_out,
            answering,
            caught_up,
            following: Following::default(),
            vouched: Vouched::default(),
            reading: Turns::default(),
        }
    }

    /// Takes in what was verified to come from this tenant's surface.
    pub async fn receive(&self, tenant: &Tenant, interaction: Interaction) -> Result<Received, Failure> {
        match self.take_in(tenant, interaction).await? {
            Taken::Received(received) => Ok(received),
            Taken::NotNow(interaction, unread, _turn) => {
                self.refuse_file(tenant, &interaction, &unread).await
            }
        }
    }

    /// The same, but nothing is decided where a file that it takes cannot be had at this moment.
    async fn take_in(&self, tenant: &Tenant, interaction: Interaction) -> Result<Taken, Failure> {
        let interaction = Interaction { act: cut(interaction.act), ..interaction };
        let person = match self.recognise(tenant, &interaction).await? {
            Ok(person) => person,
            Err(received) => return Ok(Taken::Received(received)),
        };
        // A vendor that has heard nothing for some seconds delivers the same again.
        let turn = if attached::takes_a_file(&interaction.act) {
            Some(self.reading.wait(id_of(tenant, &interaction)).await)
        } else {
            None
        };
        let (interaction, file) = match self.with_file(tenant, interaction).await? {
            WithFile::Read(interaction, file) => (interaction, file),
            WithFile::Before(received) => return Ok(Taken::Received(received)),
            WithFile::Unread(interaction, unread) if unread.is_for_now() => {
                return Ok(Taken::NotNow(Box::new(interaction), unread, turn));
            }
            WithFile::Unread(interaction, unread) => {
                return self.refuse_file(tenant, &interaction, &unread).await.map(Taken::Received);
            }
        };
        let people = self.directory.present(tenant).await?.state;
        self.hear(tenant, &people, &person, (interaction, file)).await.map(Taken::Received)
    }

    /// Who does something, known from now on where the tenant lets the directory say it; or what came of it already,
    /// where the bot does not work for them.
    pub async fn recognise(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
    ) -> Result<Result<Box<Person>, Received>, Failure> {
        let people = self.directory.present(tenant).await?.state;
        let who = match interaction.stranger {
            // So much the delivery says, of itself. Whether their account is no member's any more, their vendor says.
            Some(stranger) => {
                if people.behind(&interaction.identity).is_some() {
                    self.asked_again(tenant, &interaction.identity).await?;
                }
                strangers::Who::Stranger(stranger)
            }
            None => self.who(tenant, &people, interaction).await?,
        };
        match who {
            strangers::Who::Known(person) => Ok(Ok(person)),
            strangers::Who::Stranger(stranger) => {
                let why = format!("it is from {}", strangers::article(stranger));
                self.refuse(tenant, interaction, &why, strangers::answer(stranger)).await.map(Err)
            }
            strangers::Who::Unknown => self.answer_unknown(tenant, interaction).await.map(Err),
        }
    }

    /// Keeps that somebody changed or took back afterwards what they had said: neither counts. Who changed it is told.
    pub async fn too_late(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        taken_back: bool,
    ) -> Result<Received, Failure> {
        if taken_back {
            return self.refuse(tenant, interaction, "it was taken back after it was said", None).await;
        }
        let known = self.viewer(tenant, &interaction.identity).await?.is_some();
        let answer = known.then(|| Box::new(cards::said_already()));
        self.refuse(tenant, interaction, "it was changed after it was said", answer).await
    }

    /// Who is behind an identity, for what is only looked at; `None` for everybody the bot does not work for, by their vendor's word.
    pub async fn viewer(
        &self,
        tenant: &Tenant,
        identity: &countersign_domain::ports::Identity,
    ) -> Result<Option<Person>, Failure> {
        let known = self.directory.present(tenant).await?.state.behind(identity).cloned();
        let turned = known.is_some() && self.said_of(tenant, identity).await.is_some();
        Ok(known.filter(|_| !turned))
    }

    /// What every surface calls for looking at things.
    pub const fn chat(&self) -> &Chat {
        &self.chat
    }

    /// Says something beside everything else that nothing depends on.
    pub(crate) fn beside(self: &Arc<Self>, saying: impl Future<Output = ()> + Send + 'static) {
        let busy = self.busy();
        tokio::spawn(async move {
            let _busy = busy;
            saying.await;
        });
    }

    /// Something is being done beside everything else, for as long as this is there.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        self.answering.send_modify(|answers| *answers += 1);
        Busy(Arc::clone(self))
    }

    /// Returns when everything was said beside.
    pub async fn silent(&self) {
        // The sender lives as long as `self`.
        let _ = self.answering.subscribe().wait_for(|answers| *answers == 0).await;
    }

    /// Returns when what stands at this position was carried out, or `patience` is over.
    pub async fn carried_out(&self, position: Position, patience: std::time::Duration) {
        // Both a bot that stops and one that is slow are answered with how things stand.
        let _ = self.world.waits(patience, (self.carried_out)(position)).await;
    }

    /// Opens what a button holds.
    pub fn opened(&self, tenant: &Tenant, reference: &str) -> Result<String, SealError> {
        self.world.seal.open(tenant, reference, self.world.clock.now())
    }

    async fn hear(
        &self,
        tenant: &Tenant,
        people: &People,
        person: &Person,
        (interaction, file): (Interaction, Option<File>),
    ) -> Result<Received, Failure> {
        let said = match self.meaning(tenant, people, person, &interaction).await? {
            Meaning::Said(said, assurance) => (said, assurance),
            Meaning::Nothing(why) => return self.refuse(tenant, &interaction, why, None).await,
            Meaning::Old => {
                let card = Some(Box::new(cards::too_old()));
                return self.refuse(tenant, &interaction, "the button is too old", card).await;
            }
            Meaning::Foreign => {
                let card = Some(Box::new(cards::not_my_button()));
                return self.refuse(tenant, &interaction, "the button is none of ours", card).await;
            }
        };
        let (said, assurance) = match (said, file) {
            ((Said::Sentence { text }, assurance), Some(file)) => (Said::Shared { text, file }, assurance),
            (said, _) => said,
        };
        let id = id_of(tenant, &interaction);
        let Interaction { delivery, identity, place, direct, message, .. } = interaction;
        let principal = person.id.clone();
        let heard = Heard { delivery, identity, principal, place, direct, message, said, assurance };
        let actor = Actor {
            id: person.id.clone(),
            kind: person.kind,
            surface: heard.identity.surface.as_str().to_owned(),
            via: Some(Box::new(heard.via())),
        };
        let cause = self.cause(actor, id);
        let record = Record::InteractionReceived(Box::new(heard));
        let kept = self.engine.record(tenant, &id.to_string(), &cause, &record).await?;
        count(tenant, cause.actor.surface, if kept.is_some() { "kept" } else { "repeated" });
        Ok(Received::Kept(kept))
    }

    async fn refuse(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        why: &str,
        answer: Option<Box<Card>>,
    ) -> Result<Received, Failure> {
        let surface = interaction.place.surface;
        count(tenant, surface.as_str().to_owned(), "refused");
        let id = derived_id(id_of(tenant, interaction), "refused");
        let (delivery, identity) = (interaction.delivery.clone(), interaction.identity.clone());
        let from = Some(identity.to_string());
        let record = Record::InteractionRefused {
            surface,
            identity: Some(identity.clone()),
            delivery: delivery.clone(),
            why: why.to_owned(),
        };
        let via = Via { delivery, identity, message: None };
        let actor = Actor { via: Some(Box::new(via)), ..system(surface.as_str()) };
        let refused = Refused { tenant, kind: format!("chat {surface}"), from, whole: KEPT_WHOLE };
        // What comes twice is answered once, as far as it stands in the log.
        let before =
            self.engine.refused(refused, &self.cause(actor, id), &record).await? == Kept::Whole(None);
        Ok(Received::Refused(answer.filter(|_| !before)))
    }

    fn cause(&self, actor: Actor, id: Uuid) -> Cause {
        Cause { actor, command: id, correlation: id, causation: id, at: self.world.clock.now() }
    }
}

/// What came of taking something in.
enum Taken {
    Received(Received),
    /// A file that comes with it cannot be had at this moment; and the turn of whoever decides what becomes of it.
    NotNow(Box<Interaction>, UnreadFile, Option<Turn>),
}

/// While this is there, something is being done beside everything else.
pub(crate) struct Busy(Arc<Desk>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.answering.send_modify(|answers| *answers -= 1);
    }
}

/// What was said, as far as it can be heard and one character more: who said too much is told so, and nothing is read of
/// what nobody could type.
fn cut(act: Act) -> Act {
    match act {
        act @ (Act::Said(_) | Act::Attached { .. }) => act.in_other_words(audible),
        Act::Filled(filled) => Act::Filled(filled.cut(LONGEST + 1)),
        other => other,
    }
}

/// The same for the same delivery, however often it comes.
fn id_of(tenant: &Tenant, interaction: &Interaction) -> Uuid {
    let Interaction { delivery, identity, .. } = interaction;
    derived_id(INTERACTIONS, &format!("{tenant} {}/{} {delivery}", identity.surface, identity.workspace))
}

fn count(tenant: &Tenant, surface: String, outcome: &'static str) {
    let tenant = tenant.to_string();
    metrics::counter!("countersign_interactions_total", "tenant" => tenant, "surface" => surface, "outcome" => outcome)
        .increment(1);
}
