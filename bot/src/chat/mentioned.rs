//! People who are mentioned: what a chat writes for them is an id, which nobody shall read. Whoever can be told by their name
//! is named by it before anything is read, and no answer holds what is left.

use countersign_domain::card::{Card, CardField};
use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{mentions, with_names};
use countersign_domain::tenant::{People, Person};

use super::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::moment::is_time_word;
use crate::normalise::LEXICON;

/// The most words of a name that is read within a sentence.
const NAME: usize = 4;

impl Chat {
    /// What was said, with the names of those who are mentioned in it, where a name means nobody else and nothing else.
    pub(super) async fn with_names(&self, context: &Context, text: &str) -> Result<String, Failure> {
        if mentions(text).is_empty() {
            return Ok(text.to_owned());
        }
        let people = self.directory.present(&context.tenant).await?.state;
        let known = self.requests.resolver().mentioned(&context.tenant, text).await?;
        Ok(with_names(text, |identity| {
            let person = known.get(identity).and_then(|id| people.people.get(id));
            let named = person.filter(|person| is_told_by_name(person, &people));
            named.map_or_else(|| identity.mention(), |person| person.name.clone())
        }))
    }

    /// The same cards, with names in the place of whatever ids what was said has left in them. Buttons say what they said.
    pub(super) async fn without_ids(
        &self,
        tenant: &Tenant,
        mut cards: Vec<Card>,
    ) -> Result<Vec<Card>, Failure> {
        for shown in cards.iter_mut().flat_map(texts).collect::<Vec<_>>() {
            if !mentions(shown).is_empty() {
                *shown = self.requests.resolver().text(tenant, shown).await?;
            }
        }
        Ok(cards)
    }
}

/// Every text of a card that is shown.
fn texts(card: &mut Card) -> Vec<&mut String> {
    let Card { text, title, fields, lines, buttons, .. } = card;
    let mut all = vec![text, title];
    for CardField { value, note, .. } in fields {
        all.push(value);
        all.extend(note);
    }
    all.extend(lines);
    all.extend(buttons.iter_mut().map(|button| &mut button.label));
    all
}

/// Whether this person's name means them and nobody else, and is read as a name.
fn is_told_by_name(person: &Person, people: &People) -> bool {
    let is_of_a_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|sign| sign.is_alphabetic() || matches!(sign, '.' | '\'' | '’'))
            && !LEXICON.knows(word)
            && !is_time_word(&word.to_lowercase())
    };
    let words: Vec<&str> = person.name.split(' ').collect();
    let is_them = matches!(people.find(&person.name), Named::One(found) if found.id == person.id);
    is_them && words.len() <= NAME && words.into_iter().all(is_of_a_name)
}
