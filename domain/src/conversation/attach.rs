//! What of a conversation goes with a ticket that is opened of it: what who asked has said in it, and of the answers those of which
//! everybody who looks after tickets may read all that they can be made of.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Conversation, Turn};
use crate::ports::Edition;
use crate::support::{Attached, Exchange, MOST_TEXT};

impl Conversation {
    /// Up to this turn, and nothing of what others asked. `is_read`: whether everybody who looks after tickets may read a document.
    pub fn attached(&self, turn: Uuid, is_read: &dyn Fn(&Edition) -> bool) -> Option<Attached> {
        let asker = &self.turn(turn)?.asked.by;
        let upto = self.turns.iter().position(|known| known.id == turn)?;
        let (mut sources, mut attached) = (BTreeSet::new(), Attached::default());
        for known in self.turns.iter().take(upto + 1) {
            // What was found for a turn may be said again in each that follows.
            sources.extend(known.passages.iter().map(|source| &source.edition));
            if known.asked.by == *asker {
                let is_read = sources.iter().all(|edition| is_read(edition));
                attached.turns.push(exchange(known, is_read));
            } else {
                attached.others += 1;
            }
        }
        Some(fitting(attached))
    }
}

fn exchange(turn: &Turn, is_read: bool) -> Exchange {
    let answer =
        turn.answer.as_ref().map(|answer| answer.text.as_str()).filter(|text| !text.trim().is_empty());
    Exchange {
        asked: turn.asked.text.clone(),
        answered: answer.filter(|_| is_read).map(str::to_owned),
        withheld: answer.is_some() && !is_read,
    }
}

/// The last of it, as much as a ticket holds.
fn fitting(mut attached: Attached) -> Attached {
    let length = |one: &Exchange| {
        one.asked.chars().count() + one.answered.as_ref().map_or(0, |answered| answered.chars().count())
    };
    let mut all: usize = attached.turns.iter().map(length).sum();
    while all > MOST_TEXT && attached.turns.len() > 1 {
        all -= length(&attached.turns.remove(0));
        attached.earlier += 1;
    }
    attached
}

#[cfg(test)]
mod tests {
    use super::super::example::*;
    use super::super::{Answer, Asked, Source};
    use super::*;
    use crate::code::Code;
    use crate::testing::given;

    /// Who asked what, from which document, and what the answer was.
    type Asking<'a> = (&'a str, &'a str, Option<u128>, &'a str);

    const OPEN: Option<u128> = Some(30);
    const SECRET: Option<u128> = Some(31);

    fn document(number: Option<u128>) -> Option<Code> {
        number.map(|number| Code::candidate(turn(number), 0))
    }

    fn source_of(document: Code) -> Source {
        let before = source();
        Source { edition: Edition { document, ..before.edition }, ..before }
    }

    /// A conversation with these turns, from the first on.
    fn talked(turns: &[Asking<'_>]) -> Conversation {
        let known = given::<Conversation>(answered());
        let pattern = &known.state().turns[0];
        let one = |(number, (by, asked, from, answer)): (u128, &Asking<'_>)| Turn {
            id: turn(number),
            asked: Asked { by: somebody(by).id, text: (*asked).to_owned(), ..pattern.asked.clone() },
            passages: document(*from).map(source_of).into_iter().collect(),
            answer: Some(Answer { text: (*answer).to_owned(), ..Answer::default() }),
            ..pattern.clone()
        };
        Conversation { turns: (1..).zip(turns).map(one).collect(), ..Conversation::default() }
    }

    fn told(attached: &Attached) -> Vec<(&str, Option<&str>, bool)> {
        let all = attached.turns.iter();
        all.map(|one| (one.asked.as_str(), one.answered.as_deref(), one.withheld)).collect()
    }

    #[test]
    fn what_who_asked_said_goes_along_and_nothing_of_others() {
        let all = [
            ("erin", "when is it closed?", OPEN, "On Sundays."),
            ("ada", "and for me?", OPEN, "On Sundays as well."),
            ("erin", "why?", None, "I do not know."),
            ("erin", "later", None, "Not of this ticket."),
        ];
        let attached = talked(&all).attached(turn(3), &|_| true).expect("there is such a turn");
        let own =
            [("when is it closed?", Some("On Sundays."), false), ("why?", Some("I do not know."), false)];
        assert_eq!((told(&attached), attached.others, attached.earlier), (own.to_vec(), 1, 0));
        assert_eq!(talked(&all).attached(turn(9), &|_| true), None);
    }

    #[test]
    fn an_answer_from_what_the_desk_may_not_read_is_left_out_and_so_is_what_follows_it() {
        let all = [
            ("erin", "what is open?", OPEN, "This."),
            ("erin", "what is the bonus?", SECRET, "A month's pay."),
            ("erin", "and in words?", None, "A whole month's pay."),
        ];
        let may = |edition: &Edition| Some(&edition.document) != document(SECRET).as_ref();
        let attached = talked(&all).attached(turn(3), &may).expect("there is such a turn");
        let own = [
            ("what is open?", Some("This."), false),
            ("what is the bonus?", None, true),
            ("and in words?", None, true),
        ];
        assert_eq!(told(&attached), own);
    }

    #[test]
    fn of_a_long_talk_the_last_goes_along_and_how_much_does_not_is_counted() {
        let long = "x".repeat(MOST_TEXT / 2);
        let turns: Vec<_> = (0..4).map(|_| ("erin", &*long, None, "yes")).collect();
        let attached = talked(&turns).attached(turn(4), &|_| true).expect("there is such a turn");
        assert_eq!((attached.turns.len(), attached.earlier), (1, 3));
    }
}
