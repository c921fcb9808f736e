//! What of a conversation goes with a ticket that is opened of a turn: what who asked has said of the same subject, and of the answers
//! those that are made of what people of the desk may read.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use uuid::Uuid;

use super::{Answer, Conversation, Support, Turn, WhyAgain};
use crate::ports::Edition;
use crate::support::{Attached, Exchange, KeptFrom, MOST_TEXT};

/// Who asks nothing for so long begins something else.
const BREAK: SignedDuration = SignedDuration::from_mins(15);
/// So few words say nothing without what was said before them: “Why?”, “Since when?”.
const BARE: usize = 2;
/// What a sentence begins with that goes on with the one before.
const GOES_ON: [&str; 14] =
    ["and", "also", "but", "or", "so", "then", "und", "oder", "aber", "auch", "et", "mais", "y", "pero"];

impl Conversation {
    /// Up to this turn, and nothing of what others asked or what is of another subject. `kept_from`: who of those that read tickets may
    /// not read a document.
    pub fn attached(&self, turn: Uuid, kept_from: &dyn Fn(&Edition) -> Option<KeptFrom>) -> Option<Attached> {
        let asker = &self.turn(turn)?.asked.by;
        let upto = self.turns.iter().position(|known| known.id == turn)?;
        let (own, of_others): (Vec<&Turn>, Vec<&Turn>) =
            self.turns.iter().take(upto + 1).partition(|known| known.asked.by == *asker);
        let of_one_subject = &own[self.begins(&own)..];
        let since = of_one_subject.first().map(|first| first.at);
        let exchange = |known: &&Turn| {
            let all = self.made_of(known);
            exchange(known, all.into_iter().filter_map(kept_from).max())
        };
        let turns = of_one_subject.iter().map(exchange).collect();
        let others = of_others.iter().filter(|other| Some(other.at) >= since).count();
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        Some(fitting(Attached { turns, earlier: 0, others }))
    }

    /// Where in their turns the subject of the last begins. A thread has one; a talk that goes on for ever has one for as long as each
    /// turn follows up on the one before it.
    fn begins(&self, own: &[&Turn]) -> usize {
        if self.place.as_ref().is_some_and(|place| place.thread.is_some()) {
            return 0;
        }
        let breaks = own.windows(2).rposition(|both| !both[1].follows_up(both[0]));
        breaks.map_or(0, |at| at + 1)
    }

    /// The documents that an answer can be made of. One that is quoted throughout is made of what it quotes; any other can be made of
    /// all that a model was given and told before.
    fn made_of<'a>(&'a self, turn: &'a Turn) -> BTreeSet<&'a Edition> {
        if let Some(quoted) = turn.answer.as_ref().filter(|answer| is_quoted(answer)) {
            return quoted.citations.iter().map(|citation| &citation.edition).collect();
        }
        let told = self.told_before(turn).flat_map(|before| &before.passages);
        turn.passages.iter().chain(told).map(|source| &source.edition).collect()
    }
}

impl Turn {
    /// Whether it is about the same as the one that its asker asked before it: it asks that again, is answered from the same document,
    /// or says nothing without it.
    fn follows_up(&self, before: &Self) -> bool {
        let is_again = self.asked.again.is_some_and(|again| {
            again.why == WhyAgain::Regenerated
                && (again.turn == before.id
                    || Some(again.turn) == before.asked.again.map(|before| before.turn))
        });
        let is_soon = self.at.duration_since(before.at) <= BREAK;
        is_again || is_soon && (goes_on(&self.asked.text) || self.shares_a_document_with(before))
    }

    fn shares_a_document_with(&self, other: &Self) -> bool {
        let cited = |turn: &Self| -> BTreeSet<Edition> {
            let citations = turn.answer.iter().flat_map(|answer| &answer.citations);
            citations.map(|citation| citation.edition.clone()).collect()
        };
        !cited(self).is_disjoint(&cited(other))
    }
}

/// Whether a sentence goes on with what was said before it.
fn goes_on(text: &str) -> bool {
    let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first = words.first().map(|first| first.to_lowercase());
    words.len() <= BARE || first.is_some_and(|first| GOES_ON.contains(&&*first))
}

/// Whether all that an answer says stands word by word in what it cites.
fn is_quoted(answer: &Answer) -> bool {
    let says = |from: usize, to: usize| {
        answer.text.get(from..to).is_none_or(|text| text.chars().any(char::is_alphanumeric))
    };
    let mut upto = 0;
    for citation in &answer.citations {
        let (from, to) = (citation.of.from as usize, citation.of.to as usize);
        if citation.support != Support::Exact || from > upto && says(upto, from) {
            return false;
        }
        upto = upto.max(to);
    }
    !says(upto.min(answer.text.len()), answer.text.len())
}

fn exchange(turn: &Turn, kept_from: Option<KeptFrom>) -> Exchange {
    let answer =
        turn.answer.as_ref().map(|answer| answer.text.as_str()).filter(|text| !text.trim().is_empty());
    let kept_from = kept_from.filter(|_| answer.is_some());
    let goes_along = kept_from.is_none_or(KeptFrom::is_told_the_desk);
    Exchange {
        asked: turn.asked.text.clone(),
        answered: answer.filter(|_| goes_along).map(str::to_owned),
        withheld: answer.is_some() && !goes_along,
        kept_from,
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
    use std::num::NonZeroU32;

    use super::super::example::*;
    use super::super::{Asked, Citation, Source};
    use super::*;
    use crate::code::Code;
    use crate::envelope::Digest;
    use crate::ports::ByteRange;
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

    /// A conversation with these turns, from the first on, each a minute after the one before.
    fn talked(turns: &[Asking<'_>]) -> Conversation {
        let known = given::<Conversation>(answered());
        let pattern = &known.state().turns[0];
        let one = |(number, (by, asked, from, answer)): (u32, &Asking<'_>)| Turn {
            id: turn(u128::from(number)),
            at: pattern.at + SignedDuration::from_mins(i64::from(number)),
            asked: Asked { by: somebody(by).id, text: (*asked).to_owned(), ..pattern.asked.clone() },
            passages: document(*from).map(source_of).into_iter().collect(),
            answer: Some(Answer { text: (*answer).to_owned(), ..Answer::default() }),
            ..pattern.clone()
        };
        Conversation { turns: (1..).zip(turns).map(one).collect(), ..Conversation::default() }
    }

    /// Lets the answer of this turn be a quotation of what was found for it, all of it.
    fn quoting(talk: &mut Conversation, at: usize) {
        let known = &mut talk.turns[at];
        let Source { edition, title, at, .. } = known.passages[0].clone();
        let answer = known.answer.as_mut().expect("it is answered");
        let to = u32::try_from(answer.text.len()).expect("it is short");
        let (of, quote) = (ByteRange { from: 0, to }, Digest::of(answer.text.as_bytes()));
        answer.citations = vec![Citation { of, edition, title, at, quote, support: Support::Exact }];
    }

    fn told(attached: &Attached) -> Vec<(&str, Option<&str>, Option<KeptFrom>)> {
        let all = attached.turns.iter();
        all.map(|one| (one.asked.as_str(), one.answered.as_deref(), one.kept_from)).collect()
    }

    fn asked(attached: &Attached) -> Vec<&str> {
        attached.turns.iter().map(|one| one.asked.as_str()).collect()
    }

    /// What is kept from somebody, where one document is.
    fn keeping(kept_from: KeptFrom) -> impl Fn(&Edition) -> Option<KeptFrom> {
        move |edition| (Some(&edition.document) == document(SECRET).as_ref()).then_some(kept_from)
    }

    #[test]
    fn what_who_asked_said_goes_along_and_nothing_of_others() {
        let all = [
            ("erin", "when is it closed?", OPEN, "On Sundays."),
            ("ada", "and for me?", OPEN, "On Sundays as well."),
            ("erin", "why?", None, "I do not know."),
            ("erin", "later", None, "Not of this ticket."),
        ];
        let attached = talked(&all).attached(turn(3), &|_| None).expect("there is such a turn");
        let own = [("when is it closed?", Some("On Sundays."), None), ("why?", Some("I do not know."), None)];
        assert_eq!((told(&attached), attached.others, attached.earlier), (own.to_vec(), 1, 0));
        assert_eq!(talked(&all).attached(turn(9), &|_| None), None);
    }

    #[test]
    fn what_was_asked_of_something_else_before_does_not_go_along() {
        let all = [
            ("erin", "what is the bonus of team leads?", OPEN, "Ten."),
            ("erin", "my boss harasses me, what can I do?", None, "I do not know."),
            ("erin", "and whom can I talk to about it?", None, "I do not know."),
        ];
        let talk = talked(&all);
        let of = |number| talk.attached(turn(number), &|_| None).expect("there is such a turn");
        assert_eq!(asked(&of(2)), [all[1].1]);
        assert_eq!(asked(&of(3)), [all[1].1, all[2].1]);
        let mut late = talk.clone();
        late.turns[2].at = late.turns[1].at + BREAK + SignedDuration::from_secs(1);
        let late = late.attached(turn(3), &|_| None).expect("there is such a turn");
        assert_eq!(asked(&late), [all[2].1], "a break ends a subject, whatever comes behind it begins with");
    }

    #[test]
    fn what_is_answered_from_one_document_is_one_subject_and_so_is_all_of_a_thread() {
        let all = [
            ("erin", "when is the vpn closed?", OPEN, "On Sundays."),
            ("erin", "how long are tokens valid?", OPEN, "For 30 days."),
        ];
        let mut talk = talked(&all);
        let of = |talk: &Conversation| asked(&talk.attached(turn(2), &|_| None).unwrap()).len();
        assert_eq!(of(&talk), 1, "what was found beside it makes no subject");
        (0..2).for_each(|at| quoting(&mut talk, at));
        assert_eq!(of(&talk), 2);
        let thread = crate::ports::Place { thread: Some("17".to_owned()), ..place() };
        assert_eq!(of(&Conversation { place: Some(thread), ..talked(&all) }), 2);
    }

    #[test]
    fn an_answer_from_what_the_desk_may_not_read_is_left_out_and_so_is_what_follows_it() {
        let all = [
            ("erin", "what is open?", OPEN, "This."),
            ("erin", "and what is the bonus?", SECRET, "A month's pay."),
            ("erin", "and in words?", None, "A whole month's pay."),
        ];
        let attached = talked(&all).attached(turn(3), &keeping(KeptFrom::Desk));
        let own = [
            (all[0].1, Some("This."), None),
            (all[1].1, None, Some(KeptFrom::Desk)),
            (all[2].1, None, Some(KeptFrom::Desk)),
        ];
        assert_eq!(told(&attached.expect("there is such a turn")), own);
    }

    #[test]
    fn what_only_others_may_not_read_goes_to_the_desk() {
        let all = [("erin", "what is the bonus?", SECRET, "A month's pay.")];
        let attached = talked(&all).attached(turn(1), &keeping(KeptFrom::Others));
        let own = [(all[0].1, Some("A month's pay."), Some(KeptFrom::Others))];
        assert_eq!(told(&attached.expect("there is such a turn")), own);
    }

    #[test]
    fn a_quotation_goes_along_though_something_else_was_found_or_said_before() {
        let all = [
            ("erin", "what is the bonus?", SECRET, "A month's pay."),
            ("erin", "and when is the gym open?", OPEN, "Until nine."),
        ];
        let mut talk = talked(&all);
        let secret = document(SECRET).map(source_of).expect("there is one");
        // The version that was answered from, and another that stands beside it.
        talk.turns[1].passages[0].edition.version = NonZeroU32::new(2).expect("it is two");
        quoting(&mut talk, 1);
        talk.turns[1].passages.push(secret);
        let attached = talk.attached(turn(2), &keeping(KeptFrom::Everybody)).expect("there is such a turn");
        assert_eq!(told(&attached)[1], (all[1].1, Some("Until nine."), None));
        talk.turns[1].answer.as_mut().expect("it is answered").text.push_str(" They get a month's pay.");
        let attached = talk.attached(turn(2), &keeping(KeptFrom::Everybody)).expect("there is such a turn");
        assert_eq!(told(&attached)[1], (all[1].1, None, Some(KeptFrom::Everybody)));
    }

    #[test]
    fn of_a_long_talk_the_last_goes_along_and_how_much_does_not_is_counted() {
        let long = "and ".repeat(MOST_TEXT / 8);
        let turns: Vec<_> = (0..4).map(|_| ("erin", &*long, None, "yes")).collect();
        let attached = talked(&turns).attached(turn(4), &|_| None).expect("there is such a turn");
        assert_eq!((attached.turns.len(), attached.earlier), (1, 3));
    }
}
