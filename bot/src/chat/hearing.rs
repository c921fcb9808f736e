//! Hearing people out: what is long takes a while to read, so it is read beside the workers that answer everybody, one text of each
//! person at a time and few in all. Whoever says much at once waits for themselves, and nobody else does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use countersign_domain::card::Card;
use countersign_domain::file::File;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_outbound::correlated;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Chat;
use crate::aside::aside;
use crate::commands;
use crate::context::Context;
use crate::engine::Failure;
use crate::folds::one_sentence;
use crate::grammar::Sentence;

/// What is no longer than this, in characters, is read at once: it costs no more than any other request does.
const SHORT: usize = 240;
/// How many long texts are read at once, of all people together.
const ABREAST: usize = 2;

/// Who is being heard out.
#[derive(Clone)]
pub(super) struct Hearing(Arc<Turns>);

struct Turns {
    /// One turn for each person who has one, or waits for it.
    of: Mutex<HashMap<(Tenant, PrincipalId), Weak<Semaphore>>>,
    all: Arc<Semaphore>,
}

/// Somebody's turn to be heard out, theirs and one of all.
struct Turn {
    _permits: [OwnedSemaphorePermit; 2],
}

impl Default for Hearing {
    fn default() -> Self {
        let all = Arc::new(Semaphore::new(ABREAST));
        Self(Arc::new(Turns { of: Mutex::default(), all }))
    }
}

impl Hearing {
    /// Waits for the turn of a person: behind what they said before, then behind what others did.
    async fn turn(&self, tenant: &Tenant, person: &PrincipalId) -> Turn {
        let own = self.own(tenant, person);
        let closed = "nobody closes the turns";
        let own = own.acquire_owned().await.expect(closed);
        let one_of_all = Arc::clone(&self.0.all).acquire_owned().await.expect(closed);
        Turn { _permits: [own, one_of_all] }
    }

    fn own(&self, tenant: &Tenant, person: &PrincipalId) -> Arc<Semaphore> {
        let mut of = self.0.of.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.clone(), person.clone());
        if let Some(own) = of.get(&key).and_then(Weak::upgrade) {
            return own;
        }
        of.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(1));
        of.insert(key, Arc::downgrade(&own));
        own
    }
}

impl Chat {
    /// Does what a text says, and answers with cards, at least one. What is long is heard out when it is the person's turn.
    pub async fn say(&self, context: &Context, text: &str) -> Result<Vec<Card>, Failure> {
        let id = context.correlation.to_string();
        if text.chars().nth(SHORT).is_none() {
            return Box::pin(correlated(id, one_sentence(self.hear(context, text)))).await;
        }
        let turn = self.hearing.turn(&context.tenant, &context.person.id).await;
        let (chat, context, text) = (self.clone(), context.clone(), text.to_owned());
        let heard = aside(async move {
            let cards = Box::pin(correlated(id, one_sentence(chat.hear(&context, &text)))).await;
            drop(turn);
            cards
        });
        heard.await?
    }
}

impl Chat {
    /// Does what a text says that came with a file. It is done and not asked first, however it is put: who sends the file means it, and
    /// nothing comes of it before others countersign.
    pub async fn say_with(&self, context: &Context, text: &str, file: &File) -> Result<Vec<Card>, Failure> {
        let context = Context { file: Some(file.clone()), ..context.clone() };
        let Some((spec, said)) = commands::taking_a_file(&Sentence::new(text)) else {
            return self.say(&context, text).await;
        };
        let id = context.correlation.to_string();
        let cards = self.carry_out(&context, spec, &said);
        Box::pin(correlated(id, one_sentence(cards))).await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn trust_b2_whoever_says_much_waits_for_themselves() {
        let (hearing, acme) = (Hearing::default(), "acme".parse::<Tenant>().unwrap());
        let [erin, frank, ada] = ["erin", "frank", "ada"].map(|name| name.parse::<PrincipalId>().unwrap());
        let first = hearing.turn(&acme, &erin).await;
        let second = hearing.turn(&acme, &erin);
        tokio::pin!(second);
        assert!(second.as_mut().now_or_never().is_none(), "one at a time");
        let other = hearing.turn(&acme, &frank).now_or_never().expect("nobody waits for Erin");
        let third = hearing.turn(&acme, &ada);
        tokio::pin!(third);
        assert!(third.as_mut().now_or_never().is_none(), "all are busy");
        drop(first);
        assert!(third.as_mut().now_or_never().is_some(), "who came first of all goes first");
        drop(other);
        assert!(second.now_or_never().is_some());
        assert_eq!(hearing.own(&acme, &frank).available_permits(), 1);
        assert_eq!(hearing.0.of.lock().unwrap().len(), 1, "nobody is kept who said all");
    }
}
