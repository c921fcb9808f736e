//! What was, and what is not needed any more of what is: "did I have write on infra last week?" is answered with what the log tells of it, and
//! "I no longer need write on infra" is asked where something is held and something waits.

use countersign_domain::card::Card;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::Stage;
use countersign_domain::words::instant;
use countersign_projections::request::RequestRow;

use super::asking::{BUTTONS, Doubt};
use super::named::{is_plural, without_closing, without_only};
use super::narrowing::names_it;
use super::{Chat, Concern, Seen, is_pronoun};
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::normalise::{Says, Word};
use crate::words;

/// What somebody says of something who needs it no more.
const NEED: [&str; 16] = [
    "need",
    "needed",
    "brauche",
    "brauch",
    "brauchen",
    "benötige",
    "gebraucht",
    "benötigt",
    "nötig",
    "besoin",
    "necesito",
    "falta",
    "preciso",
    "bisogno",
    "serve",
    "nodig",
];

impl Chat {
    /// A question about what was, answered; or what is not needed any more, asked about where that may be one of several kinds. `None` where
    /// a sentence is neither.
    pub(super) async fn of_what_was(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        (spec, said): (&CommandSpec, &Said),
    ) -> Result<Option<Vec<Card>>, Failure> {
        let is_question = spec.name == commands::access_spec().name && said.get("refrain").is_some();
        if is_question && Says::AsksOfThePast.begins(&sentence.words).is_some() {
            return self.had_before(context, sentence.text()).map(Some);
        }
        let is_not_needed = spec.name == GIVE_BACK && sentence.words.iter().any(is_need);
        let name = said.get("code").map(without_closing).map(without_only);
        match name.filter(|name| is_not_needed && !is_pronoun(name) && !is_plural(name)) {
            Some(name) => self.not_needed(context, name).await,
            None => Ok(None),
        }
    }

    /// What they had of what is named, as far as the log knows, the newest first.
    fn had_before(&self, context: &Context, asked: &str) -> Result<Vec<Card>, Failure> {
        let mut rows = self.concerned_with(&context.tenant, &context.person)?;
        rows.retain(|row| {
            row.request.is_for(&context.person.id) && came_into_force(row) && names_it(row, asked)
        });
        if rows.is_empty() {
            return Ok(vec![cards::nothing(words::HAD_NONE)]);
        }
        let more = rows.len().saturating_sub(BUTTONS);
        let mut lines: Vec<_> = rows.iter().take(BUTTONS).map(told).collect();
        lines.extend((more > 0).then(|| words::there_are(more)));
        lines.push(words::only_what_i_gave().to_owned());
        Ok(vec![cards::lines(words::WHAT_YOU_HAD, &lines)])
    }

    /// Which of what is held and of what waits under this name is not needed; `None` where it is only the one or the other.
    async fn not_needed(&self, context: &Context, name: &str) -> Result<Option<Vec<Card>>, Failure> {
        let held = self.meant(context, Some(name), false, Concern::OwnInForce).await?;
        let mut waits = self.meant(context, Some(name), false, Concern::OwnWaiting).await?;
        waits.retain(|seen| held.iter().all(|held| held.code != seen.code));
        if held.is_empty() || waits.is_empty() {
            return Ok(None);
        }
        let held = held.iter().map(|seen| (GIVE_BACK, seen));
        let all: Vec<(&str, &Seen)> = held.chain(waits.iter().map(|seen| (WITHDRAW, seen))).collect();
        let mut offers = Vec::new();
        for (command, seen) in all.iter().take(BUTTONS) {
            let label = words::given_up_by(command, &self.named(context, seen).await?);
            offers.push(Offer { label, say: format!("{command} {}", seen.code) });
        }
        let more = all.len() - offers.len();
        let lines = (more > 0).then(|| words::and_more(more, WITHDRAW)).into_iter().collect();
        let question = words::WHICH_IS_NOT_NEEDED.to_owned();
        let doubt = Doubt { about: About::Which, question, lines, offers };
        self.ask_back(context, None, doubt).await.map(Some)
    }
}

const GIVE_BACK: &str = "give back";
const WITHDRAW: &str = "withdraw";

fn is_need(word: &Word) -> bool {
    !word.quoted && NEED.contains(&word.lower.as_str())
}

/// What was had, since when, and what became of it.
fn told(row: &RequestRow) -> String {
    let things = row.request.things();
    let repository = things.iter().find(|thing| thing.kind == "repository").map(|thing| thing.id.as_str());
    let what = (row.request.wanted().unwrap_or_default(), repository.unwrap_or_default());
    words::had(&row.code, what, row.approved.map(instant).as_deref(), row.request.standing().word)
}

/// Whether anything came of it that somebody has or had.
fn came_into_force(row: &RequestRow) -> bool {
    row.request.is_in_force() || row.request.standing().stage == Stage::Over
}
