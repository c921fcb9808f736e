//! Who answers a question: an agent as it is in force at that moment, or what the configuration sets up where none is. A turn keeps the
//! version that it began with, whatever comes into force while it is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_domain::agents::{AgentBook, Definition, Fault, Topic, Version};
use countersign_domain::conversation::{AgentName, Allowance};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Crossing, Guardrail, PROVISIONED};
use countersign_guardrails::{BadPolicy, Behind, BuiltIn, Does, Kind, Policy, Topic as Denied};

use super::standing::book;
use crate::engine::{Decided, Engine, Failure};
use crate::help::{Help, HelpSettings};

/// Who shall answer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish<'a> {
    /// Whom somebody named: nobody else answers then.
    pub(crate) named: Option<&'a str>,
    /// Who answered before, where they still do.
    pub(crate) before: Option<&'a str>,
}

/// Who answers now, and what they work with.
pub(crate) async fn answering(
    engine: &Engine,
    tenant: &Tenant,
    help: &Help,
    Wish { named, before }: Wish<'_>,
) -> Result<Decided<(AgentName, Help)>, Failure> {
    let (book, own) = (book(engine, tenant).await?, &help.settings.agent);
    for name in named.or(before).into_iter().chain([&*own.name]) {
        if let Some(version) = book.in_force(name) {
            let agent = AgentName { name: name.to_owned(), version: version.version };
            let furnished = match as_defined(help, version) {
                Ok(furnished) => furnished,
                // Whoever asks is told nothing of that: the turn says it to those who run the bot.
                Err(_) => help.clone(),
            };
            return Ok(Ok((agent, furnished)));
        }
        if named.is_some_and(|named| named != own.name) {
            return Ok(Err(Fault::UnknownAgent { given: name.chars().take(40).collect() }.into()));
        }
    }
    Ok(Ok((own.clone(), help.clone())))
}

/// What a turn is answered with, by whom it was begun for; or why it cannot be.
pub(crate) async fn of_turn(
    engine: &Engine,
    tenant: &Tenant,
    help: &Help,
    agent: Option<&AgentName>,
) -> Result<Result<Help, String>, Failure> {
    let Some(AgentName { name, version }) = agent.filter(|agent| agent.version > 0) else {
        return Ok(Ok(help.clone()));
    };
    let book = book(engine, tenant).await?;
    Ok(match book.version(name, *version) {
        Some(known) => as_defined(help, known),
        None => Err(format!("there is no version {version} of the agent {name}")),
    })
}

/// Whom a sentence is for that begins with their name, `travel: how do I book?`, and what it asks them.
pub(crate) async fn addressed<'a>(
    engine: &Engine,
    tenant: &Tenant,
    text: &'a str,
) -> Result<Option<(&'a str, &'a str)>, Failure> {
    let Some((name, rest)) = text.trim_start().split_once(':') else { return Ok(None) };
    let book: AgentBook = book(engine, tenant).await?;
    Ok(book.in_force(name).is_some().then(|| (name, rest.trim_start())))
}

/// What a tenant's agent works with, as this one is defined. It has less of everything than the configuration gives, and never more.
fn as_defined(help: &Help, version: &Version) -> Result<Help, String> {
    let (mut own, definition) = (help.clone(), &version.definition);
    match (definition.backend.as_deref(), &help.plane, &version.provisioned) {
        (None, ..) => {}
        (Some(PROVISIONED), Some(plane), Some(there)) => {
            own.model = plane.model(there);
            // Nobody knows what it is called there before it is made: what has no price of its own has this one.
            if let Some(price) = help.settings.prices.get(PROVISIONED) {
                own.settings.prices.entry(own.model.name().model).or_insert(*price);
            }
        }
        (Some(name), ..) => {
            let model = help.named(name).ok_or_else(|| format!("the model {name} is not here any more"))?;
            own.model = Arc::clone(model);
        }
    }
    own.guardrail = guarded(help.guardrail.clone(), &definition.guardrail, version.version)
        .map_err(|fault| format!("its guardrail cannot be used: {fault}"))?;
    narrow(&mut own.settings, definition);
    Ok(own)
}

fn narrow(settings: &mut HelpSettings, definition: &Definition) {
    let limits = definition.limits;
    settings.instruction.clone_from(&definition.instruction);
    settings.tools.clone_from(&definition.tools);
    settings.reads.clone_from(&definition.collections);
    settings.daily.by_agent = least(settings.daily.by_agent, limits.a_day.unwrap_or_default());
    if let Some(most) = limits.most_tokens {
        settings.most_tokens = settings.most_tokens.min(most);
    }
    if let Some(most) = limits.passages.and_then(|most| usize::try_from(most).ok()) {
        settings.passages = settings.passages.min(most);
    }
}

/// The smaller one of each.
fn least(one: Allowance, other: Allowance) -> Allowance {
    let of = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
    Allowance {
        turns: of(one.turns, other.turns),
        tokens: of(one.tokens, other.tokens),
        micros: of(one.micros, other.micros),
    }
}

/// What looks at texts, with the topics that this agent does not talk about behind it.
fn guarded(
    first: Option<Arc<dyn Guardrail>>,
    topics: &[Topic],
    version: u32,
) -> Result<Option<Arc<dyn Guardrail>>, BadPolicy> {
    if topics.is_empty() {
        return Ok(first);
    }
    let refuse = || BTreeMap::from([(Kind::DeniedTopic, Does::Refuse)]);
    let topic = |Topic { name, phrases }: &Topic| Denied {
        name: name.clone(),
        phrases: phrases.iter().cloned().collect(),
    };
    let own = BuiltIn::new(Policy {
        version,
        does: BTreeMap::from([(Crossing::Asked, refuse()), (Crossing::Answered, refuse())]),
        topics: topics.iter().map(topic).collect(),
    })?;
    let own: Arc<dyn Guardrail> = Arc::new(own);
    Ok(Some(match first {
        Some(first) => Arc::new(Behind::new(first, own)),
        None => own,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_has_less_than_the_configuration_gives_and_never_more() {
        let of = |turns, tokens, micros| Allowance { turns, tokens, micros };
        let (given, own) = (of(Some(60), None, Some(5)), of(Some(100), Some(9), Some(1)));
        assert_eq!(least(given, own), of(Some(60), Some(9), Some(1)));
        assert_eq!(least(given, Allowance::default()), given);
    }

    #[test]
    fn what_an_agent_does_not_talk_about_is_refused_beside_what_the_tenant_holds_back() {
        let topics = [Topic { name: "salaries".to_owned(), phrases: ["salary".to_owned()].into() }];
        assert!(guarded(None, &[], 1).is_ok_and(|nobody| nobody.is_none()));
        let guard = guarded(None, &topics, 3).expect("it can be used").expect("somebody looks");
        assert!(guard.policy().version.starts_with("3."), "{:?}", guard.policy());
    }
}
