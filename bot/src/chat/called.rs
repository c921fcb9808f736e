//! Repositories that are called as a word is that says something else: "yes", "stop", "read". In answer to which repository, the word is
//! the name where that was offered, and where nobody can tell it is asked.

use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::question::{About, Offer, Question};

use super::Chat;
use super::agreeing::said_by_yes;
use super::asking::Doubt;
use super::short::{Short, short};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, permission};
use crate::normalise::LEXICON;
use crate::words;

/// A repository as it is offered: what is said by it is its name, and no word of the grammar.
pub(super) fn offer(name: &str) -> Offer {
    let is_word = LEXICON.knows(&name.to_lowercase()) || permission(name).is_some();
    let say = if is_word { format!("\"{name}\"") } else { name.to_owned() };
    Offer { label: name.to_owned(), say }
}

impl Doubt {
    /// With these repositories to choose from.
    pub(super) fn offering_repositories(self, names: &[String]) -> Self {
        Self { offers: names.iter().map(|name| offer(name)).collect(), ..self }
    }
}

impl Chat {
    /// One word in answer to which repository, that may be its name as well as anything else; `None` where it is not.
    pub(super) async fn called_as_a_word(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let [word] = &sentence.words[..] else { return Ok(None) };
        let short = short(sentence);
        if short.is_none() && !LEXICON.knows(&word.lower) && permission(&word.lower).is_none() {
            return Ok(None);
        }
        let asks =
            |question: &Question| question.wish.is_some() && question.about == About::Part(Field::Repository);
        let Some(question) = self.question(context).await?.filter(asks) else { return Ok(None) };
        let own = offer(&word.text);
        let is_offered = question.offers.iter().any(|offer| offer.label.eq_ignore_ascii_case(&own.label));
        if word.quoted || is_offered && matches!(short, None | Some(Short::Yes)) {
            return self.answered(context, &question, &format!("\"{}\"", word.text)).await.map(Some);
        }
        // "Do you mean web-shop?" "No." Where it is asked about the word itself, nothing would come of asking once more.
        let is_asked_already = is_offered && question.offers.len() == 1;
        let may_be_answer = is_asked_already || !is_offered;
        let is_answer = short.is_some() && said_by_yes(&question).is_some() && may_be_answer;
        let said = Said::plainly([("repository", word.text.clone())], vec![], vec![]);
        if is_answer || !self.is_there(context, &said).await {
            return Ok(None);
        }
        let asked = words::do_you_mean_the_repository(&word.text);
        let doubt = Doubt { offers: vec![own], ..Doubt::part(Field::Repository, asked) };
        self.ask_back(context, question.wish.as_deref().cloned(), doubt).await.map(Some)
    }
}
