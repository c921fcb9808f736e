//! What somebody does in a chat, as the sentence or the form that it stands for.

use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Feeling, Interaction};
use countersign_domain::record::Said;
use countersign_domain::request::Assurance;
use countersign_domain::tenant::{People, Person};
use countersign_projections::conversation;

use super::{Desk, strangers};
use crate::cards;
use crate::commands;
use crate::engine::Failure;
use crate::forms;
use crate::seal::SealError;
use crate::words;

/// What an act means.
pub(super) enum Meaning {
    Said(Said, Assurance),
    Nothing(&'static str),
    Old,
    Foreign,
}

impl Meaning {
    fn sentence(text: &str, assurance: Assurance) -> Self {
        Self::Said(Said::Sentence { text: text.to_owned() }, assurance)
    }
}

impl Desk {
    /// What an act says, as a sentence or a form.
    pub(super) async fn meaning(
        &self,
        tenant: &Tenant,
        people: &People,
        person: &Person,
        interaction: &Interaction,
    ) -> Result<Meaning, Failure> {
        Ok(match &interaction.act {
            // A link code is a secret as long as it is good: the log never holds it.
            Act::Said(text) | Act::Attached { text, .. } if strangers::link_code(text).is_some() => {
                Meaning::sentence("link", Assurance::Said)
            }
            // A file that a sentence takes stands in it by now; others say nothing.
            Act::Said(text) | Act::Attached { text, .. } => Meaning::sentence(text, Assurance::Said),
            Act::Filled(filled) => match forms::spec(&filled.form) {
                Some(spec) => Meaning::Said(Said::Form(spec.own(filled)), Assurance::Said),
                None => Meaning::Foreign,
            },
            Act::Pressed(reference) => match self.opened(tenant, reference) {
                Ok(sentence) => Meaning::sentence(&sentence, Assurance::Said),
                Err(SealError::Expired) => self.drawn_anew(tenant, interaction)?,
                Err(SealError::Foreign | SealError::TooLong) => Meaning::Foreign,
            },
            Act::Explained { reference, reason } => match self.opened(tenant, reference) {
                Ok(sentence) => Meaning::sentence(&commands::explained(&sentence, reason), Assurance::Said),
                Err(SealError::Expired) => self.drawn_anew(tenant, interaction)?,
                Err(SealError::Foreign | SealError::TooLong) => Meaning::Foreign,
            },
            Act::Reacted { feeling, taken_back } => {
                self.reaction(tenant, people, person, interaction, *feeling, *taken_back).await?
            }
        })
    }

    /// A button that is too old says nothing, but its card is drawn as things stand.
    fn drawn_anew(&self, tenant: &Tenant, interaction: &Interaction) -> Result<Meaning, Failure> {
        let Some(message) = &interaction.message else { return Ok(Meaning::Old) };
        let rows = self.world.projections.rows(conversation::NAME);
        let card = conversation::of_message(&*rows, tenant, interaction.place.surface, message)?;
        Ok(card.map_or(Meaning::Old, |card| {
            Meaning::sentence(&format!("status {}", card.code), Assurance::Said)
        }))
    }

    /// What a reaction says: a countersignature only under the newest card of a request whose rule lets it be one, by
    /// somebody who could give it. Everything else that people feel is their own business.
    async fn reaction(
        &self,
        tenant: &Tenant,
        people: &People,
        person: &Person,
        interaction: &Interaction,
        feeling: Feeling,
        taken_back: bool,
    ) -> Result<Meaning, Failure> {
        let Some(message) = &interaction.message else { return Ok(Meaning::Nothing("it is under no card")) };
        let rows = self.world.projections.rows(conversation::NAME);
        let card = conversation::of_message(&*rows, tenant, interaction.place.surface, message)?;
        let Some(card) = card else {
            return Ok(Meaning::Nothing("it is not under the newest card of a request"));
        };
        let request = self.requests.any(tenant, &card.code).await?;
        let Some((request, open)) = request.as_ref().and_then(|request| Some((request, request.open()?)))
        else {
            return Ok(Meaning::Nothing("there is nothing to decide any more"));
        };
        let (code, now) = (&card.code, self.world.clock.now());
        if taken_back {
            let gave = feeling == Feeling::Yes && open.by_reaction.contains(&person.id);
            let back = || Meaning::sentence(&format!("take back {code}"), Assurance::Reacted);
            return Ok(if gave { back() } else { Meaning::Nothing("it had not counted") });
        }
        if !cards::could_decide(&**request, people, person, now) {
            return Ok(Meaning::Nothing("they may not countersign it"));
        }
        let Some(receipt) = card.receipt else { return Ok(Meaning::Nothing("the card asks for nothing")) };
        Ok(match feeling {
            Feeling::Yes => {
                Meaning::sentence(&format!("approve {code} receipt {receipt}"), Assurance::Reacted)
            }
            // A "no" is as safe by a reaction as by a button, where a reaction is enough for a "yes".
            Feeling::No if open.terms.reaction => {
                Meaning::sentence(&words::denied_unexplained(code, &receipt), Assurance::Reacted)
            }
            // Where it is not, it denies nothing, and they are asked why they would.
            Feeling::No => Meaning::sentence(&format!("deny {code} receipt {receipt}"), Assurance::Reacted),
        })
    }
}
