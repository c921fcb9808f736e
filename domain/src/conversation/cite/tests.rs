//! Answers that are held against passages: what stands, what does not, and whatever a model may say.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::code::Code;
use crate::ports::Edition;

const VPN: &str = "The VPN is closed on Sundays from 02:00 to 04:00.  Whoever needs it then asks the network team.\nTokens are valid for 30 days.";
const TRAVEL: &str =
    "Trips are booked in the portal at https://travel.example/book. Receipts are due within 14 days.";

fn passage(number: u128, from: u32, text: &str) -> Held {
    let edition =
        Edition { document: Code::candidate(Uuid::from_u128(number), 0), version: std::num::NonZeroU32::MIN };
    let at = ByteRange { from, to: from + u32::try_from(text.len()).unwrap() };
    let sha = Digest::of(text.as_bytes());
    let source = Source { edition, title: format!("document {number}"), at, sha, score: 700 };
    Held { source, text: text.to_owned(), readable: true }
}

fn passages() -> Vec<Held> {
    vec![passage(1, 100, VPN), passage(2, 0, TRAVEL)]
}

fn gone(mut passages: Vec<Held>, place: usize) -> Vec<Held> {
    passages[place].readable = false;
    passages
}

/// What a citation points at.
fn quoted<'a>(citation: &Citation, passages: &'a [Held]) -> &'a str {
    let held =
        passages.iter().find(|held| held.source.edition == citation.edition).expect("it is one of these");
    let at = |place: u32| usize::try_from(place - held.source.at.from).unwrap();
    &held.text[at(citation.at.from)..at(citation.at.to)]
}

fn part(answer: &Answer, of: ByteRange) -> &str {
    of.of(&answer.text).expect("it is a part of the answer")
}

#[test]
fn what_stands_word_by_word_in_a_passage_is_cited_to_the_byte() {
    let answer = held("The VPN is closed on Sundays from 02:00 to 04:00 [1].", &[], &passages());
    assert_eq!(answer.text, "The VPN is closed on Sundays from 02:00 to 04:00 .");
    let [citation] = &answer.citations[..] else { panic!("{answer:#?}") };
    assert_eq!(citation.support, Support::Exact);
    assert_eq!(quoted(citation, &passages()), "The VPN is closed on Sundays from 02:00 to 04:00");
    assert_eq!(citation.at.from, 100);
    assert!(answer.unsupported.is_empty());
}

#[test]
fn what_nobody_sees_is_no_answer() {
    for said in ["", " \n", "\u{200B}", "\u{2060}\n\u{200B} [1]", "\u{E0041}"] {
        let answer = held(said, &[], &passages());
        assert_eq!((answer.kind, answer.text.as_str()), (AnswerKind::Unknown, ""), "{said:?}");
        assert!(answer.citations.is_empty(), "{said:?}");
    }
    assert_eq!(held("👍", &[], &passages()).kind, AnswerKind::Known, "what is seen is one");
}

#[test]
fn the_mark_behind_the_stop_belongs_to_the_sentence_before_it() {
    let said = "Tokens are valid for 30 days. [1] Trips are booked in the portal.[2]";
    let answer = held(said, &[], &passages());
    let passages = passages();
    let cited: Vec<_> = answer
        .citations
        .iter()
        .map(|citation| (part(&answer, citation.of), quoted(citation, &passages)))
        .collect();
    assert_eq!(
        cited,
        [
            ("Tokens are valid for 30 days.", "Tokens are valid for 30 days"),
            ("Trips are booked in the portal.", "Trips are booked in the portal"),
        ]
    );
}

#[test]
fn a_number_of_no_passage_and_a_false_quote_are_taken_out_and_the_sentence_is_marked() {
    let answer = held("Tokens are valid for 30 days [7].", &[], &passages());
    assert_eq!((answer.citations.len(), answer.false_citations), (0, 1));
    assert_eq!(answer.unsupported.len(), 1);
    let said = "Tokens last a month.";
    let of = ByteRange { from: 0, to: 20 };
    let claim = Claimed { of, passage: 1, quote: Some("Tokens are valid for ever".to_owned()) };
    let answer = held(said, &[claim], &passages());
    assert_eq!((answer.citations.len(), answer.false_citations), (0, 1));
    assert_eq!(part(&answer, answer.unsupported[0]), said);
}

#[test]
fn another_number_is_another_statement() {
    let near = held("Tokens are valid for only 30 days [1].", &[], &passages());
    assert_eq!(near.citations.iter().map(|citation| citation.support).collect::<Vec<_>>(), [Support::Near]);
    let other = held("Tokens are valid for only 60 days [1].", &[], &passages());
    assert_eq!((other.citations.len(), other.false_citations, other.unsupported.len()), (0, 1, 1));
}

#[test]
fn what_is_from_a_document_that_may_not_be_read_any_more_is_taken_out_and_said_so() {
    let said = "Tokens are valid for 30 days [1]. Receipts are due within 14 days [2].";
    let answer = held(said, &[], &gone(passages(), 0));
    assert_eq!(answer.text, "Receipts are due within 14 days .");
    assert_eq!(answer.gone, [passages()[0].source.edition.clone()]);
    let uncited = held("Tokens are valid for 30 days.", &[], &gone(passages(), 0));
    assert_eq!(
        (&*uncited.text, uncited.kind),
        ("", AnswerKind::Unknown),
        "though it does not say where it has it from"
    );
}

#[test]
fn an_address_of_a_document_stays_and_one_that_carries_something_out_does_not() {
    let answer = held(
        "Book at https://travel.example/book [2]. Or https://travel.example/book?who=erin",
        &[],
        &passages(),
    );
    assert!(
        answer.text.contains("https://travel.example/book ") && !answer.text.contains("who=erin"),
        "{}",
        answer.text
    );
}

#[test]
fn whoever_asks_back_is_not_marked_and_whoever_says_nothing_knows_nothing() {
    let answer = held("Which portal do you mean?", &[], &passages());
    assert!(answer.unsupported.is_empty());
    assert_eq!(held("  \n", &[], &passages()).kind, AnswerKind::Unknown);
}

#[test]
fn words_of_other_scripts_are_held_against_passages_as_well() {
    let chinese = passage(3, 0, "会议室在三楼。请提前两天预订。");
    let answer = held("会议室在三楼。[1]", &[], std::slice::from_ref(&chinese));
    assert_eq!(answer.citations.len(), 1, "{answer:#?}");
    let arabic = passage(4, 0, "المكتب مغلق يوم الجمعة. اتصل بالدعم.");
    assert_eq!(held("المكتب مغلق يوم الجمعة [1].", &[], &[arabic]).citations.len(), 1);
}

#[test]
fn a_sentence_is_whole_once_another_one_has_begun() {
    for (text, whole) in [
        ("", ""),
        ("The VPN is", ""),
        ("The VPN is closed.", ""),
        ("The VPN is closed. On", "The VPN is closed. "),
        ("It takes 3.", ""),
        ("It takes 3.5 days. Then", "It takes 3.5 days. "),
        ("- one\n- two", "- one\n"),
        ("密码三十天过期。请", "密码三十天过期。"),
    ] {
        assert_eq!(&text[..whole_sentences(text)], whole, "{text}");
    }
}

#[test]
fn what_is_seen_before_all_is_said_reaches_nowhere_and_cites_nothing() {
    let said =
        "Book at https://travel.example/book [2]. See ![](https://evil/?q=1) or [here](https://evil). ";
    assert_eq!(so_far(said, &passages()), "Book at https://travel.example/book . See  or here. ");
    assert_eq!(so_far("Book at https://travel.example/book", &gone(passages(), 1)), "Book at ");
}

fn said() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "Tokens are valid for 30 days",
        "Tokens are valid for 60 days",
        "The VPN is closed",
        "asks the network team",
        "Receipts are due within 14 days",
        "in the portal",
        "[1]",
        "[2]",
        "[3]",
        "[0]",
        "[1,2]",
        "【2】",
        ". ",
        "! ",
        "? ",
        "\n",
        " ",
        "`[1]`",
        "```",
        "![](https://evil)",
        "https://travel.example/book",
        "密码",
        "é",
        "[",
        "]",
        "30",
        "Nobody knows",
    ]);
    prop::collection::vec(parts, 0..25).prop_map(|parts| parts.concat())
}

fn claims() -> impl Strategy<Value = Vec<Claimed>> {
    let quote =
        prop::sample::select(vec!["Tokens are valid", "for 30 days", "for ever", "", "the portal", "."]);
    let claim =
        (0..300u32, 0..80u32, 0..5u32, prop::option::of(quote)).prop_map(|(from, length, passage, quote)| {
            let of = ByteRange { from, to: from + length };
            Claimed { of, passage, quote: quote.map(str::to_owned) }
        });
    prop::collection::vec(claim, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Whatever a model says and claims: each citation that is shown points at bytes of a passage that it was given and that may be
    /// read, says what the sentence says, and nothing that may not be read is said word by word.
    #[test]
    fn every_citation_that_is_shown_is_true(said in said(), claims in claims(), first in any::<bool>(), second in any::<bool>()) {
        let mut passages = passages();
        (passages[0].readable, passages[1].readable) = (first, second);
        let answer = held(&said, &claims, &passages);
        for citation in &answer.citations {
            let there = quoted(citation, &passages);
            prop_assert_eq!(Digest::of(there.as_bytes()), citation.quote);
            let held = passages.iter().find(|held| held.source.edition == citation.edition).unwrap();
            prop_assert!(held.readable);
            let sentence = part(&answer, citation.of);
            match citation.support {
                Support::Exact => prop_assert!(stands_in(sentence, there).is_some(), "{sentence:?} in {there:?}"),
                Support::Near => prop_assert!(says_mostly(sentence, &held.text)),
            }
        }
        for of in &answer.unsupported {
            prop_assert!(of.of(&answer.text).is_some());
            prop_assert!(answer.citations.iter().all(|citation| citation.of != *of));
        }
        let shown = sentences(&answer.text);
        for held in passages.iter().filter(|held| !held.readable) {
            for (from, to) in &shown {
                let sentence = &answer.text[*from..*to];
                let is_theirs = bare(sentence).len() >= TELLING && stands_in(sentence, &held.text).is_some();
                prop_assert!(!is_theirs, "{sentence:?} may not be read");
            }
        }
        prop_assert_eq!(answer.kind == AnswerKind::Unknown, answer.text.is_empty());
    }
}
