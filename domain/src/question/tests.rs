//! Which question an answer is for: of several talks, after an hour, and however often it is carried out.

use jiff::ToSpan as _;

use super::QuestionCommand::{Answer, Ask, Drop};
use super::*;
use crate::testing::{given, noon};

pub(crate) fn question(number: u128) -> Question {
    Question {
        id: Code::candidate(Uuid::from_u128(number), 0),
        about: About::Part(Field::Repository),
        wish: Some(Box::default()),
        offers: vec![Offer { label: "web-shop".to_owned(), say: "web-shop".to_owned() }],
        within: Within::default(),
    }
}

fn asked(number: u128) -> QuestionEvent {
    QuestionEvent::QuestionAsked { question: Box::new(question(number)) }
}

fn id(number: u128) -> Code {
    question(number).id
}

fn by() -> Uuid {
    Uuid::from_u128(7)
}

fn answer(number: u128) -> QuestionCommand {
    Answer { question: id(number), by: by(), answer: "web-shop".to_owned() }
}

fn answered(number: u128) -> QuestionEvent {
    QuestionEvent::QuestionAnswered { by: by(), answer: "web-shop".to_owned(), question: Some(id(number)) }
}

/// As older versions wrote it.
fn answered_unnamed() -> QuestionEvent {
    QuestionEvent::QuestionAnswered { by: by(), answer: "web-shop".to_owned(), question: None }
}

fn dropped(number: u128, elsewhere: bool) -> QuestionEvent {
    QuestionEvent::QuestionDropped { by: by(), question: Some(id(number)), elsewhere }
}

fn thread(name: &str) -> Within {
    Within { thread: Some(name.to_owned()), about: None }
}

fn asked_in(number: u128, name: &str) -> QuestionEvent {
    let question = Question { within: thread(name), ..question(number) };
    QuestionEvent::QuestionAsked { question: Box::new(question) }
}

/// The question that an answer in this thread answers.
fn heard(state: &Questions, name: &str) -> Option<Code> {
    state.of(Uuid::from_u128(99), &thread(name), noon()).map(|question| question.id.clone())
}

#[test]
fn trust_c2_an_answer_is_for_the_question_that_was_asked_last() {
    given::<Questions>([]).when(Ask(Box::new(question(1)))).then([asked(1)]);
    given::<Questions>([asked(1)]).when(answer(1)).then([answered(1)]);
    given::<Questions>([asked(1), asked(2)]).when(answer(1)).then_denied([Violation::QuestionOver]);
    given::<Questions>([asked(1), answered(1)]).when(answer(1)).then_denied([Violation::QuestionOver]);
    given::<Questions>([asked(1), answered_unnamed()]).when(answer(1)).then_denied([Violation::QuestionOver]);
    given::<Questions>([]).when(answer(1)).then_denied([Violation::QuestionOver]);
}

#[test]
fn trust_c3_a_draft_waits_beneath_what_is_asked_about_something_else_and_is_asked_again_after_that() {
    let which = |number| Question { wish: None, about: About::Which, ..question(number) };
    let asked_which = |number| QuestionEvent::QuestionAsked { question: Box::new(which(number)) };
    let asked_now = |events: &[QuestionEvent]| {
        let state = given::<Questions>(events.iter().cloned()).state().clone();
        state.of(Uuid::from_u128(99), &Within::default(), noon()).map(|question| question.id.clone())
    };
    assert_eq!(asked_now(&[asked(1), asked_which(2)]), Some(id(2)));
    assert_eq!(asked_now(&[asked(1), asked_which(2), answered(2)]), Some(id(1)));
    assert_eq!(asked_now(&[asked(1), asked_which(2), dropped(2, false)]), Some(id(1)));
    assert_eq!(asked_now(&[asked(1), asked_which(2), asked_which(3), answered(3)]), Some(id(1)));
    // Another draft takes its place, and so it does that of any other question.
    assert_eq!(asked_now(&[asked(1), asked(2), answered(2)]), None);
    assert_eq!(asked_now(&[asked(1), asked_which(2), asked(3), answered(3)]), None);
    let state = given::<Questions>([asked(1), asked_which(2)]).state().clone();
    assert!(state.waits(&id(1), noon()) && !state.waits(&id(1), noon() + 60.minutes()));
}

#[test]
fn trust_c3_what_was_asked_in_one_thread_waits_there_while_something_is_asked_in_another() {
    let state = given::<Questions>([asked_in(1, "a"), asked_in(2, "b")]).state().clone();
    assert_eq!([heard(&state, "a"), heard(&state, "b")], [Some(id(1)), Some(id(2))]);
    // Where nothing was asked, what was asked last is answered, and only that.
    assert_eq!(heard(&state, "c"), Some(id(2)));
    given::<Questions>([asked_in(1, "a"), asked_in(2, "b")]).when(answer(1)).then([answered(1)]);
    let state = given::<Questions>([asked_in(1, "a"), asked_in(2, "b"), answered(2)]).state().clone();
    assert_eq!(["a", "b", "c"].map(|name| heard(&state, name)), [Some(id(1)), None, None]);
    // In a thread where something was answered, another thread's question is none.
    let state = given::<Questions>([asked_in(1, "a"), answered(1), asked_in(2, "b")]).state().clone();
    assert_eq!(["a", "b"].map(|name| heard(&state, name)), [None, Some(id(2))]);
}

#[test]
fn trust_c3_what_is_wanted_elsewhere_leaves_a_question_to_its_own_thread() {
    let state = given::<Questions>([asked_in(1, "a")]).state().clone();
    let names = |within: &Within| {
        state.in_the_way(within, noon()).map(|found| found.map(|question| question.id.clone()))
    };
    assert_eq!(names(&thread("a")), [Some(id(1)), None]);
    let [question, elsewhere] = names(&thread("b"));
    assert_eq!((&question, &elsewhere), (&None, &Some(id(1))));
    given::<Questions>([asked_in(1, "a")])
        .when(Drop { question, elsewhere, by: by() })
        .then([dropped(1, true)]);
    let state = given::<Questions>([asked_in(1, "a"), dropped(1, true)]).state().clone();
    assert_eq!(["a", "b"].map(|name| heard(&state, name)), [Some(id(1)), None]);
}

#[test]
fn trust_c3_of_many_threads_the_questions_asked_last_wait() {
    let names: Vec<String> = (0..=TALKS).map(|number| number.to_string()).collect();
    let all = names.iter().zip(1..).map(|(name, number)| asked_in(number, name));
    let state = given::<Questions>(all).state().clone();
    let (oldest, rest) = names.split_first().expect("there are several");
    let own = |name: &String| state.own(&thread(name), noon()).is_some();
    assert!(!own(oldest) && rest.iter().all(own));
}

#[test]
fn trust_c3_a_question_is_answered_in_the_talk_in_which_it_was_asked() {
    let code = |number| Code::candidate(Uuid::from_u128(number), 0);
    let within = |thread: Option<&str>, about: Option<u128>| Within {
        thread: thread.map(str::to_owned),
        about: about.map(code),
    };
    let (one, two) = (Some("1700.1"), Some("1700.2"));
    for (asked, said) in [
        // In the thread of a request, also before its card was there.
        (within(one, Some(1)), within(one, Some(1))),
        (within(one, None), within(one, Some(1))),
        // In whatever thread, where none is about a request.
        (within(one, None), within(two, None)),
        (within(None, None), within(one, None)),
        // Where there are no threads, and no card is answered to.
        (within(None, Some(1)), within(None, None)),
        (within(None, Some(1)), within(None, Some(1))),
    ] {
        assert!(asked.hears(&said), "{asked:?} {said:?}");
    }
    for (asked, said) in [
        (within(one, Some(1)), within(two, Some(2))),
        (within(one, Some(1)), within(two, None)),
        (within(one, None), within(two, Some(2))),
        (within(one, Some(1)), within(None, None)),
        (within(None, None), within(one, Some(1))),
        // A reply to another card.
        (within(None, Some(1)), within(None, Some(2))),
        (within(None, None), within(None, Some(2))),
        (within(one, Some(1)), within(one, Some(2))),
    ] {
        assert!(!asked.hears(&said), "{asked:?} {said:?}");
    }
}

#[test]
fn trust_c2_a_question_is_over_after_an_hour_and_when_it_is_dropped() {
    let state = given::<Questions>([asked(1)]).state().clone();
    let (other, here) = (Uuid::from_u128(9), Within::default());
    assert_eq!(state.of(other, &here, noon() + 59.minutes()), Some(&question(1)));
    assert_eq!(state.of(other, &here, noon() + 60.minutes()), None);
    given::<Questions>([asked(1)])
        .at(noon() + 60.minutes())
        .when(answer(1))
        .then_denied([Violation::QuestionOver]);
    let drop = || Drop { question: Some(id(1)), elsewhere: None, by: by() };
    given::<Questions>([asked(1)]).when(drop()).then([dropped(1, false)]);
    given::<Questions>([]).when(drop()).then_nothing();
}

#[test]
fn trust_c2_the_same_interaction_means_the_same_question_however_often_it_is_carried_out() {
    let state = given::<Questions>([asked(1), answered(1), asked(2)]).state().clone();
    let here = Within::default();
    assert_eq!(state.of(by(), &here, noon()), Some(&question(1)));
    assert_eq!(state.named(&id(1), by(), noon()), Some(&question(1)));
    assert_eq!(state.of(Uuid::from_u128(8), &here, noon()), Some(&question(2)));
    assert_eq!(state.named(&id(1), Uuid::from_u128(8), noon()), None);
}
