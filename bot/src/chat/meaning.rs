//! Which request is meant by whoever names none: the one in this thread or on the card they answer to, else the only one
//! there is. Where there are several they are offered; nothing is done on a guess.

use countersign_domain::access::{AccessRequest, Status};
use countersign_domain::card::Card;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::Code;
use countersign_domain::words::content;
use countersign_projections::access::RequestRow;

use super::Chat;
use super::asking::Doubt;
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Pattern, Said};
use crate::words;

/// How many are offered at once: as many buttons as every chat shows.
const OFFERED: usize = 5;

/// What a command can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// What waits for who speaks to decide on it.
    ToDecide,
    /// Their own that wait.
    OwnWaiting,
    /// Their own that are in force.
    OwnInForce,
    /// Whatever of theirs is open, or waits for them.
    Open,
}

/// What a command is about that names a request.
pub(crate) fn concern(command: &str) -> Option<Concern> {
    Some(match command {
        "approve" | "deny" => Concern::ToDecide,
        "withdraw" | "make it" => Concern::OwnWaiting,
        "give back" | "extend" => Concern::OwnInForce,
        "why" | "status" | "who can approve" | "take back" | "ask everybody" => Concern::Open,
        _ => return None,
    })
}

/// Said for the one in question.
const PRONOUNS: [&str; 16] = [
    "it",
    "this",
    "that",
    "this one",
    "that one",
    "this request",
    "that request",
    "the request",
    "my request",
    "mine",
    "my access",
    "the access",
    "them",
    "request",
    "access",
    "the last one",
];

/// Whether a word says no more than which one is in question anyway.
pub(crate) fn is_pronoun(given: &str) -> bool {
    PRONOUNS.contains(&given.trim().to_lowercase().as_str())
}

impl Chat {
    /// Carries out a command on the request that is meant, where it is sure which one that is.
    pub(crate) async fn on_what_is_meant(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
        concern: Concern,
    ) -> Result<Vec<Card>, Failure> {
        let given = said.get("code").filter(|given| !is_pronoun(given));
        if given.is_none()
            && let Some(code) = self.in_question(context).await?
        {
            return self.carried_out(context, spec, &said.with("code", code.to_string())).await;
        }
        let mut rows = self.concerned(context, concern).await?;
        if let Some(given) = given {
            rows.retain(|row| is_named(&row.access, given));
            if rows.is_empty() {
                let given = countersign_domain::words::flat(given).chars().take(40).collect();
                let unknown = countersign_domain::denied::Violation::UnknownCode { given };
                return self.refuse(context, spec.name, unknown).await;
            }
        }
        match rows.as_slice() {
            [] => Ok(vec![cards::nothing(words::nothing_of(concern))]),
            [one] => self.carried_out(context, spec, &said.with("code", one.code.to_string())).await,
            _ => self.ask_which(context, spec, said, &rows).await,
        }
    }

    /// Asks which one is meant, also where there is one only.
    pub(crate) async fn ask_which(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
        rows: &[RequestRow],
    ) -> Result<Vec<Card>, Failure> {
        let pattern = Pattern::read(spec.grammar).expect("a test reads every grammar of the table");
        let offer = |row: &RequestRow| {
            let code = row.code.to_string();
            let what = row.access.asked.as_ref().map(content).unwrap_or_default();
            let say = pattern.say(|slot| if slot == "code" { Some(code.as_str()) } else { said.get(slot) });
            Offer { label: words::title(&row.code, &what), say }
        };
        let offers: Vec<_> = rows.iter().take(OFFERED).map(offer).collect();
        let question = words::which_one(spec.name, offers.len());
        self.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
    }

    /// Runs a command, or says what it still lacks.
    async fn carried_out(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        if said.missing().is_empty() {
            return (spec.run)(self, context, said).await;
        }
        Ok(vec![cards::not_complete(spec, said.missing())])
    }

    /// The request of the thread, or of the card that was answered to, where who speaks may see it.
    pub(crate) async fn in_question(&self, context: &Context) -> Result<Option<Code>, Failure> {
        let Some(code) = &context.scene.about else { return Ok(None) };
        let access = self.requests.state(&context.tenant, code).await?;
        let sees = self.sees(&context.tenant, &context.person, &access).await?;
        Ok(sees.then(|| code.clone()))
    }

    /// The requests that a command can be about, the newest first.
    pub(crate) async fn concerned(
        &self,
        context: &Context,
        concern: Concern,
    ) -> Result<Vec<RequestRow>, Failure> {
        let (tenant, person) = (&context.tenant, &context.person);
        let to_decide = || self.waiting_for(tenant, person);
        let own = |status: fn(&AccessRequest) -> bool| {
            let rows = self.own_open(tenant, person)?;
            Ok::<_, Failure>(rows.into_iter().filter(|row| status(&row.access)).collect::<Vec<_>>())
        };
        Ok(match concern {
            Concern::ToDecide => to_decide().await?,
            Concern::OwnWaiting => {
                own(|access| access.open.is_some() || access.status() == Status::Checking)?
            }
            Concern::OwnInForce => own(|access| access.status() == Status::Active)?,
            Concern::Open => {
                let mut rows = own(|_| true)?;
                rows.extend(to_decide().await?);
                let mut known = std::collections::BTreeSet::new();
                rows.retain(|row| known.insert(row.code.clone()));
                rows
            }
        })
    }
}

/// Whether somebody who says this may mean the request: by its repository, or by who asked or shall have it.
fn is_named(access: &AccessRequest, given: &str) -> bool {
    let Some(asked) = &access.asked else { return false };
    let folded = |text: &str| text.trim().to_lowercase().replace([' ', '_'], "-");
    let given = folded(given);
    if asked.repository.as_deref().is_some_and(|name| folded(name) == given) {
        return true;
    }
    let names = [&asked.requester.name, &asked.subject.name];
    let person = given.trim_end_matches("-request").trim_end_matches("'s");
    names.iter().any(|name| {
        let name = folded(name);
        name == person || name.split('-').any(|part| part == person)
    })
}

/// The command with this name; a test holds the names that are used here against the table.
pub(crate) fn command(name: &str) -> &'static CommandSpec {
    commands::find(name).expect("the table holds it")
}
