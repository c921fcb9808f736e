//! What a turn makes of what was found, and of what a model came to, in whatever order it comes.

use proptest::prelude::*;
use serde_json::json;

use super::super::ConversationCommand as C;
use super::super::example::*;
use super::super::propose::{Does, MOST_OFFERS};
use super::super::{Asked, Conversation, Offer, Refused, Source};
use super::*;
use crate::aggregate::Aggregate as _;
use crate::audience::Audience;
use crate::ports::{Crossing, Finding, FindingKind, ModelFaultKind, ModelName, RUN_ELSEWHERE, ToolCall};
use crate::testing::{given, noon};

fn call(tool: &str) -> ToolCall {
    ToolCall { id: format!("call-{tool}"), tool: tool.to_owned(), arguments: json!({}) }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a look for it comes to")]
fn known(does: Does, sentence: &str) -> Option<Known> {
    Some(Known { does, sentence: Some(sentence.to_owned()) })
}

fn failed(fault: ModelFaultKind) -> Said {
    Said::Failed { fault, detail: "it answered 429".to_owned() }
}

#[test]
fn what_was_found_is_given_to_a_model_whatever_it_is() {
    given::<Conversation>(begun()).when(take_found(found())).then([retrieved(vec![source()])]);
    let nothing = Box::new(Found { passages: vec![], ..found_kept() });
    given::<Conversation>(begun()).when(take_found(nothing)).then([retrieved(vec![])]);
    given::<Conversation>(thinking()).when(take_found(found())).then_nothing();
    given::<Conversation>([]).when(take_found(found())).then_nothing();
}

#[test]
fn what_is_not_to_be_asked_is_refused_and_the_next_question_is_as_good_as_any() {
    let screened = Some(screening(Crossing::Asked, true));
    let refused = Box::new(Found { screened, generation: None, ..found_kept() });
    let events = given::<Conversation>(begun()).when(take_found(refused)).events();
    let [ConversationEvent::TurnScreened { masked: None, .. }, ConversationEvent::TurnRefused { found, .. }] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(found.len(), 1);
    let history = begun().into_iter().chain(events);
    let next =
        C::Ask { turn: turn(2), asked: Box::new(asked("erin")), place: None, agent: agent(), limits: vec![] };
    assert_eq!(given::<Conversation>(history).when(next).events().len(), 1);
}

#[test]
fn what_is_masked_is_what_a_model_is_told() {
    let screened = Some(screening(Crossing::Asked, false));
    let events = given::<Conversation>(begun())
        .when(take_found(Box::new(Found { screened, ..found_kept() })))
        .events();
    let history = begun().into_iter().chain(events);
    let state = given::<Conversation>(history).state().clone();
    assert_eq!(state.turn(turn(1)).map(Turn::text), Some("when is [e-mail] closed?"));
}

#[test]
fn an_answer_is_what_is_left_of_what_was_said() {
    let said = "The VPN is closed on Sundays [1].";
    let answered = ConversationEvent::TurnAnswered { turn: turn(1), answer: Box::new(answer()) };
    given::<Conversation>(thinking()).when(take_step(spoken(said))).then([finished(said), answered]);
    given::<Conversation>(super::super::example::answered()).when(take_step(spoken(said))).then_nothing();
    given::<Conversation>(thinking()).when(take(Said::Done(Box::new(spoken(said))), 2)).then_nothing();
}

#[test]
fn whoever_asked_and_is_gone_is_answered_nothing() {
    let gone = |command| match command {
        C::TakeFound { turn, found, .. } => C::TakeFound { turn, found, asker: None },
        C::TakeStep { turn, step, said, passages, known, .. } => {
            C::TakeStep { turn, step, said, passages, known, asker: None }
        }
        other => other,
    };
    let why = WhyStopped::Left { name: asked("erin").name };
    let stopped = || ConversationEvent::TurnStopped { turn: turn(1), why: why.clone(), kept: String::new() };
    given::<Conversation>(begun()).when(gone(take_found(found()))).then([stopped()]);
    given::<Conversation>(thinking()).when(gone(take_step(spoken("It is.")))).then([stopped()]);
}

#[test]
fn a_model_is_asked_once_more_where_that_may_help_and_then_the_person_is_told() {
    let overloaded = || ModelFaultKind::Overloaded { after: Some(std::time::Duration::from_secs(3)) };
    given::<Conversation>(thinking()).when(take(failed(overloaded()), 1)).then([failed_step(1)]);
    let history: Vec<_> = thinking().into_iter().chain([failed_step(1)]).collect();
    let over = ConversationEvent::TurnFailed { turn: turn(1), class: "overloaded".to_owned() };
    given::<Conversation>(history.clone()).when(take(failed(overloaded()), 2)).then([failed_step(2), over]);
    given::<Conversation>(history).when(take(failed(overloaded()), 1)).then_nothing();
    let events = given::<Conversation>(thinking()).when(take(failed(ModelFaultKind::Barred), 1)).events();
    assert!(
        matches!(&events[..], [_, ConversationEvent::TurnFailed { class, .. }] if class == "barred"),
        "{events:?}"
    );
    let told = ConversationEvent::TurnFailed { turn: turn(1), class: "not_done".to_owned() };
    let fail = || C::Fail { turn: turn(1), class: "not_done".to_owned() };
    given::<Conversation>(thinking()).when(fail()).then([told]);
    given::<Conversation>(answered()).when(fail()).then_nothing();
}

#[test]
fn where_nothing_is_said_of_what_was_found_the_nearest_is_named_to_who_may_read_it() {
    let answered = |readable| {
        let C::TakeStep { turn, step, said, known, asker, .. } = take_step(spoken("")) else {
            unreachable!()
        };
        let passages = vec![Held { readable, ..super::super::example::held() }];
        let command = C::TakeStep { turn, step, said, passages, known, asker };
        let events = given::<Conversation>(thinking()).when(command).events();
        let Some(ConversationEvent::TurnAnswered { answer, .. }) = events.last() else {
            panic!("{events:?}")
        };
        (answer.kind, answer.notes.join(" "))
    };
    let (kind, told) = answered(true);
    assert!(kind == AnswerKind::Unknown && told.starts_with("Nearest to it is “The network” ("), "{told}");
    assert_eq!(answered(false), (AnswerKind::Unknown, String::new()), "nothing of what they may not read");
}

#[test]
fn a_model_proposes_and_a_person_presses() {
    let calls = vec![call("access"), call("approve"), call("delete_everything")];
    let spoken = Spoken { calls, ..spoken("") };
    let known =
        vec![known(Does::Asks, "access write on infra"), known(Does::Decides, "approve K7QM2X"), None];
    let C::TakeStep { turn, step, said, passages, asker, .. } = take_step(spoken) else { unreachable!() };
    let command = C::TakeStep { turn, step, said, passages, known, asker };
    let events = given::<Conversation>(thinking()).when(command).events();
    let verdicts: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            ConversationEvent::ToolProposed { verdict: Verdict::Refused { why }, .. } => Some(Some(*why)),
            ConversationEvent::ToolProposed { .. } => Some(None),
            _ => None,
        })
        .collect();
    assert_eq!(verdicts, [None, Some(Refused::Decides), Some(Refused::Unknown)]);
    let Some(ConversationEvent::TurnAnswered { answer, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(answer.kind, AnswerKind::Offered);
    let offers: Vec<_> = answer.offers.iter().map(|offer| (offer.say(), offer.is_tainted())).collect();
    assert_eq!(offers, [("access write on infra", true)], "a document may have brought it about");
}

#[test]
fn what_was_quoted_before_or_said_by_another_taints_what_is_offered_after_it() {
    let asked = |by: &str, audience: Audience| Box::new(Asked { audience, ..asked(by) });
    let everybody = || Audience::Everybody {};
    let is_tainted = |first: Box<Asked>, passages: Vec<Source>| {
        let answered = ConversationEvent::TurnAnswered { turn: turn(1), answer: Box::new(answer()) };
        let second = ConversationEvent::TurnAsked { turn: turn(2), asked: asked("erin", everybody()) };
        let first = ConversationEvent::TurnAsked { turn: turn(1), asked: first };
        let history = [first, retrieved(passages), finished("So."), answered, second];
        let state = given::<Conversation>(history).state().clone();
        state.is_tainted(state.turn(turn(2)).expect("it was asked"))
    };
    assert!(is_tainted(asked("erin", everybody()), vec![source()]), "a document was quoted before");
    assert!(!is_tainted(asked("erin", everybody()), vec![]), "these are their own words");
    assert!(is_tainted(asked("bob", everybody()), vec![]), "somebody else spoke before");
    let own = Audience::Person { id: somebody("bob").id };
    assert!(
        !is_tainted(asked("bob", own), vec![source()]),
        "what others read alone no model is told of here"
    );
}

#[test]
fn what_an_agent_offers_that_reads_at_its_vendors_is_countersigned_though_we_gave_it_nothing_to_read() {
    let is_tainted = |backend: &str| {
        let nothing = Box::new(Found { passages: vec![], ..found_kept() });
        let found = given::<Conversation>(begun()).when(take_found(nothing)).events();
        let model = ModelName { backend: backend.to_owned(), ..spoken("").model };
        let said = Spoken { model, calls: vec![call("access")], ..spoken("") };
        let C::TakeStep { turn, step, said, passages, asker, .. } = take_step(said) else { unreachable!() };
        let known = vec![known(Does::Asks, "access write on infra")];
        let command = C::TakeStep { turn, step, said, passages, known, asker };
        let events = given::<Conversation>(begun().into_iter().chain(found)).when(command).events();
        let Some(ConversationEvent::TurnAnswered { answer, .. }) = events.last() else {
            panic!("{events:?}")
        };
        answer.offers.iter().map(Offer::is_tainted).collect::<Vec<_>>()
    };
    assert_eq!(is_tainted(RUN_ELSEWHERE), [true]);
    assert_eq!(is_tainted("embedded"), [false]);
}

#[test]
fn what_a_model_wishes_a_thousand_times_is_one_button_and_few_lines_in_the_log() {
    let spoken = Spoken { calls: vec![call("access"); 1_000], ..spoken("") };
    let known = vec![known(Does::Asks, "access write on infra"); 1_000];
    let C::TakeStep { turn, step, said, passages, asker, .. } = take_step(spoken) else { unreachable!() };
    let command = C::TakeStep { turn, step, said, passages, known, asker };
    let events = given::<Conversation>(thinking()).when(command).events();
    assert_eq!(events.len(), 2 + MOST_CALLS);
    let Some(ConversationEvent::TurnAnswered { answer, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(answer.offers.len(), 1);
}

#[test]
fn what_nobody_could_look_at_is_not_said_to_be_a_subject_that_is_not_talked_about() {
    let unseen = Finding { kind: FindingKind::Unseen, at: None };
    for (found, class) in [(vec![unseen], Some("unseen")), (screening(Crossing::Answered, true).found, None)]
    {
        let screened = Some(Screening { found, ..screening(Crossing::Answered, true) });
        let events = given::<Conversation>(thinking())
            .when(take_step(Spoken { screened, ..spoken("It is closed.") }))
            .events();
        let history = thinking().into_iter().chain(events);
        let state = given::<Conversation>(history).state().clone();
        assert_eq!((state.turns[0].stage, state.turns[0].failed.as_deref()), (TurnStage::Refused, class));
    }
}

#[test]
fn what_a_guardrail_withholds_is_not_told_and_what_may_be_elsewhere_is_said_so() {
    let screened = Some(screening(Crossing::Answered, true));
    let events =
        given::<Conversation>(thinking()).when(take_step(Spoken { screened, ..spoken("It is.") })).events();
    assert!(
        matches!(events.last(), Some(ConversationEvent::TurnRefused { at: Crossing::Answered, .. })),
        "{events:?}"
    );
    let elsewhere = Box::new(Found { passages: vec![], elsewhere: true, ..found_kept() });
    let found = given::<Conversation>(begun()).when(take_found(elsewhere)).events();
    let history = begun().into_iter().chain(found);
    let events = given::<Conversation>(history).when(take_step(spoken(""))).events();
    let Some(ConversationEvent::TurnAnswered { answer, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(answer.kind, AnswerKind::AskInPrivate);
}

/// Whatever comes next.
fn command() -> impl Strategy<Value = C> {
    let calls = prop::collection::vec(prop::sample::select(vec!["access", "approve", "quiet", "?"]), 0..30);
    let said = prop::sample::select(vec!["", "The VPN is closed on Sundays [1].", "No [7]."]);
    let spoken = (said, calls).prop_map(|(said, calls)| {
        let known = calls.iter().map(|tool| match *tool {
            "access" => known(Does::Asks, "access write on infra"),
            "approve" => known(Does::Decides, "approve K7QM2X"),
            "quiet" => known(Does::Acts, "do not ping me"),
            _ => None,
        });
        let known = known.collect();
        let spoken = Spoken { calls: calls.into_iter().map(call).collect(), ..spoken(said) };
        (Said::Done(Box::new(spoken)), known)
    });
    let failed = prop::sample::select(vec![
        ModelFaultKind::Cut,
        ModelFaultKind::Refused,
        ModelFaultKind::SilentAtFirst,
    ]);
    let said = prop_oneof![3 => spoken, 1 => failed.prop_map(|fault| (failed_with(fault), vec![]))];
    let asker =
        || prop::bool::weighted(0.9).prop_map(|is_there| is_there.then(|| Box::new(somebody("erin"))));
    prop_oneof![
        2 => asker().prop_map(|asker| C::TakeFound { turn: turn(1), found: found(), asker }),
        5 => (said, asker(), 1..4u32).prop_map(|((said, known), asker, step)| {
            let C::TakeStep { turn, step, said, passages, .. } = take(said, step) else { unreachable!() };
            C::TakeStep { turn, step, said, passages, known, asker }
        }),
        1 => Just(C::Stop { by: Box::new(somebody("erin")), turn: Some(turn(1)), kept: "so".to_owned() }),
        1 => Just(C::Leave { id: somebody("erin").id, name: "Erin".to_owned() }),
        1 => Just(C::Fail { turn: turn(1), class: "not_done".to_owned() }),
    ]
}

fn failed_with(fault: ModelFaultKind) -> Said {
    failed(fault)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    /// Stopped, left, answered, failed, by two bots at once and in any order: a turn ends once, nothing of it happens after that, and
    /// nothing is offered that decides, or acts at once where others' words came before.
    #[test]
    fn a_turn_ends_once_whatever_comes(commands in prop::collection::vec(command(), 1..12)) {
        let mut state = given::<Conversation>(begun()).state().clone();
        let mut ends = 0;
        for command in commands {
            let was_over = state.turn(turn(1)).is_some_and(|turn| turn.stage.is_over());
            let events = state.decide(command, noon()).unwrap_or_default();
            prop_assert!(!was_over || events.is_empty(), "{events:?}");
            for event in &events {
                state.evolve(event, noon());
                ends += u32::from(matches!(
                    event,
                    ConversationEvent::TurnAnswered { .. }
                        | ConversationEvent::TurnStopped { .. }
                        | ConversationEvent::TurnRefused { .. }
                        | ConversationEvent::TurnFailed { .. }
                ));
            }
            let turn = state.turn(turn(1)).expect("it is remembered");
            prop_assert!(turn.failed_steps <= TRIES_AGAIN + 1);
            let offers = turn.answer.iter().flat_map(|answer| &answer.offers);
            prop_assert!(offers.clone().all(|offer| offer.say() == "access write on infra"));
            prop_assert!(offers.count() <= MOST_OFFERS);
        }
        let is_over = state.turn(turn(1)).is_some_and(|turn| turn.stage.is_over());
        prop_assert_eq!(ends, u32::from(is_over));
    }
}
