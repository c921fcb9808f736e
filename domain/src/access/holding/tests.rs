//! What an account should hold, whatever happens to its accesses and at the forge.

use super::Permission::{Admin, Read, Write};
use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn code(n: u128) -> Code {
    Code::candidate(Uuid::from_u128(n), 0)
}

/// The forge, with what an attempt does there.
#[derive(Default)]
struct Forge(Option<Permission>);

impl Forge {
    fn attempt(&mut self, holding: &mut Holding) -> Option<Permission> {
        let wanted = holding.wanted(self.0);
        holding.looked(self.0, wanted);
        self.0 = wanted;
        holding.confirmed(self.0);
        self.0
    }
}

#[test]
fn two_accesses_overlap_and_the_last_one_brings_back_what_was_there() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    assert_eq!(forge.attempt(&mut holding), Some(Write));
    holding.begin(code(2), Admin);
    assert_eq!(forge.attempt(&mut holding), Some(Admin));
    holding.end(&code(2));
    assert_eq!(forge.attempt(&mut holding), Some(Write));
    assert!(!holding.is_empty());
    holding.end(&code(1));
    assert!(!holding.is_empty(), "what was there before is to be brought back");
    assert_eq!(forge.attempt(&mut holding), Some(Read));
    holding.settled();
    assert!(holding.is_empty());
    holding.begin(code(3), Write);
    assert!(!holding.is_empty(), "nobody has looked yet");
}

#[test]
fn what_was_there_before_is_remembered_until_the_last_access_has_ended() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    forge.attempt(&mut holding);
    holding.begin(code(2), Write);
    holding.end(&code(1));
    assert_eq!(forge.attempt(&mut holding), Some(Write));
    holding.settled();
    holding.end(&code(2));
    assert_eq!(forge.attempt(&mut holding), Some(Read));
}

#[test]
fn an_access_taken_away_before_it_was_confirmed_is_taken_away_all_the_same() {
    let mut holding = Holding::default();
    holding.begin(code(1), Write);
    holding.looked(None, Some(Write));
    holding.end(&code(1));
    assert_eq!(holding.wanted(Some(Write)), None);
}

#[test]
fn trust_a8_ending_again_takes_no_more_than_the_log_gave_and_gives_nothing() {
    let mut holding = Holding::default();
    assert_eq!(holding.ended_again(Some(Write), None), None);
    assert_eq!(holding.ended_again(Some(Write), Some(Read)), Some(Read));
    assert_eq!(holding.ended_again(None, Some(Read)), None, "it is gone already");
    holding.begin(code(2), Read);
    assert_eq!(holding.ended_again(Some(Write), None), Some(Read), "another access is in force");
}

#[test]
fn what_is_adopted_is_there_by_itself_and_what_is_gone_is_given_by_nobody() {
    let mut holding = Holding::default();
    holding.adopt(Some(Write));
    assert_eq!(holding.wanted(Some(Write)), Some(Write));
    assert!(!holding.is_empty(), "the log remembers it");
    assert_eq!(holding.ended_again(Some(Write), None), Some(Write), "and takes it from nobody");
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    holding.begin(code(2), Read);
    forge.attempt(&mut holding);
    holding.adopt(Some(Admin));
    assert_eq!(holding.wanted(Some(Admin)), Some(Admin));
    holding.adopt(None);
    assert!(holding.holders.is_empty(), "neither of the two gives anything any more");
    assert_eq!(holding.wanted(None), None, "and nothing sets it again");
}

#[test]
fn of_what_is_adopted_the_log_still_takes_back_what_one_of_its_accesses_gives() {
    let (mut holding, mut forge) = (Holding::default(), Forge::default());
    holding.begin(code(1), Write);
    holding.begin(code(2), Read);
    forge.attempt(&mut holding);
    forge.0 = Some(Read);
    holding.adopt(forge.0);
    assert_eq!(holding.holders.keys().collect::<Vec<_>>(), [&code(2)], "writing was taken away");
    assert_eq!(holding.adopted, None, "what the log gives is not there by itself");
    holding.end(&code(2));
    assert_eq!(forge.attempt(&mut holding), None, "and reading was given by the log");
}

#[test]
fn what_is_set_back_to_an_access_that_began_meanwhile_ends_with_it_and_nothing_else_does() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    forge.attempt(&mut holding);
    holding.begin(code(2), Admin);
    holding.may_be_set_back(Some(Write), Some(Admin));
    let mut known = holding.clone();
    known.set_back(Some(Write), Some(Admin));
    for mut holding in [holding, known.clone()] {
        holding.end(&code(1));
        holding.end(&code(2));
        assert_eq!(holding.wanted(Some(Admin)), Some(Read), "whether an answer came or not");
    }
    assert_eq!(known.by_itself(Some(Write)), Some(Write), "somebody has lowered it since");
}

#[test]
fn an_access_whose_permission_was_set_back_still_ends_with_what_was_there_before() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    forge.attempt(&mut holding);
    for by_hand in [None, Some(Admin)] {
        let mut known = holding.clone();
        forge.0 = by_hand;
        known.may_be_set_back(by_hand, Some(Write));
        forge.0 = Some(Write);
        let lost = known.clone();
        known.set_back(by_hand, Some(Write));
        for mut known in [known, lost] {
            let mut forge = Forge(forge.0);
            known.end(&code(1));
            assert_eq!(forge.attempt(&mut known), Some(Read), "from {by_hand:?}");
        }
    }
    let mut nothing = Holding::default();
    nothing.may_be_set_back(Some(Write), None);
    nothing.set_back(Some(Write), None);
    assert_eq!(nothing, Holding::default());
}

#[test]
fn trust_a8_what_is_adopted_outlives_an_access_and_what_only_was_there_is_no_decision() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.adopt(Some(Read));
    for permission in [Write, Read] {
        holding.begin(code(1), permission);
        forge.attempt(&mut holding);
        holding.end(&code(1));
        assert_eq!(forge.attempt(&mut holding), Some(Read));
        holding.settled();
        assert_eq!(holding.adopted, Some(Read));
        assert!(!holding.is_empty(), "the log remembers it");
    }
    forge.0 = None;
    holding.begin(code(2), Write);
    forge.attempt(&mut holding);
    assert_eq!(holding.adopted, None, "somebody has taken it away since");
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    forge.attempt(&mut holding);
    assert_eq!(holding.adopted, None, "nobody has adopted what was there");
}

#[test]
fn trust_a8_what_a_repair_lowered_is_not_given_again_when_the_access_ends() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Admin)));
    holding.begin(code(1), Read);
    assert_eq!(forge.attempt(&mut holding), Some(Admin), "it was given by hand");
    holding.may_be_set_back(Some(Admin), Some(Read));
    forge.0 = Some(Read);
    let lost = holding.clone();
    holding.set_back(Some(Admin), Some(Read));
    for mut holding in [holding, lost] {
        let mut forge = Forge(forge.0);
        holding.end(&code(1));
        assert_eq!(forge.attempt(&mut holding), None);
    }
}

#[test]
fn what_an_operator_set_in_the_logs_name_is_taken_back() {
    let mut holding = Holding::default();
    holding.begin(code(1), Write);
    holding.set_by_hand(Write, None);
    holding.end(&code(1));
    assert_eq!(holding.wanted(Some(Write)), None);
}

#[test]
fn trust_a8_what_is_adopted_stays_though_an_operator_set_more_before_anybody_looked() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.adopt(Some(Read));
    holding.settled();
    holding.begin(code(1), Write);
    // The forge refused to be read, so that no attempt has found anything.
    holding.set_by_hand(Write, None);
    forge.0 = Some(Write);
    holding.end(&code(1));
    assert_eq!(forge.attempt(&mut holding), Some(Read));
    holding.settled();
    assert_eq!(holding.adopted, Some(Read), "somebody has countersigned it");
}

#[test]
fn trust_a8_what_was_adopted_and_taken_away_by_hand_does_not_come_back_with_what_is_set_back() {
    for by_hand in [true, false] {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Admin)));
        holding.adopt(Some(Admin));
        holding.begin(code(1), Write);
        assert_eq!(forge.attempt(&mut holding), Some(Admin));
        // An owner takes all of it away, and a repair gives back what the access gives.
        holding.may_be_set_back(None, Some(Write));
        forge.0 = Some(Write);
        if by_hand {
            holding.set_back(None, Some(Write));
        }
        holding.end(&code(1));
        assert_eq!(forge.attempt(&mut holding), None, "it was given with the access, and ends with it");
    }
}

#[test]
fn trust_a8_what_is_ended_again_is_taken_away_however_often_the_forge_does_not_do_it() {
    for left in [None, Some(Read)] {
        let mut holding = Holding::default();
        holding.not_ended(Write, left);
        for _ in 0..3 {
            let wanted = holding.ended_again(Some(Write), left);
            assert_eq!(wanted, left, "write is there");
            holding.looked(Some(Write), wanted);
            holding.confirmed(Some(Write));
        }
        assert_eq!(holding.ended_again(Some(Admin), left), Some(Admin), "somebody has set that since");
        assert_eq!(holding.ended_again(None, left), None, "it is gone");
    }
}

#[test]
fn trust_a6_admin_given_by_hand_meanwhile_is_neither_lowered_by_a_request_nor_by_an_end() {
    let (mut holding, mut forge) = (Holding::default(), Forge::default());
    holding.begin(code(1), Read);
    assert_eq!(forge.attempt(&mut holding), Some(Read));
    forge.0 = Some(Admin);
    holding.begin(code(2), Read);
    assert_eq!(forge.attempt(&mut holding), Some(Admin));
    holding.end(&code(1));
    holding.end(&code(2));
    assert_eq!(forge.attempt(&mut holding), Some(Admin));
}

#[test]
fn trust_a6_what_somebody_took_away_by_hand_does_not_come_back_at_the_end() {
    let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
    holding.begin(code(1), Write);
    forge.attempt(&mut holding);
    forge.0 = None;
    holding.end(&code(1));
    assert_eq!(forge.attempt(&mut holding), None);
}

/// What becomes of an attempt.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// It was read back.
    Done,
    /// The forge says that it was not carried out: it answered 503.
    Refused,
    /// No answer came, and it was carried out or not.
    Lost { done: bool },
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        2 => Just(Answer::Done),
        3 => Just(Answer::Refused),
        2 => any::<bool>().prop_map(|done| Answer::Lost { done }),
    ]
}

impl Forge {
    /// An attempt that this becomes of.
    fn answer(&mut self, holding: &mut Holding, wanted: Option<Permission>, answer: Answer) {
        holding.looked(self.0, wanted);
        match answer {
            Answer::Done | Answer::Lost { done: true } => self.0 = wanted,
            Answer::Refused | Answer::Lost { done: false } => {}
        }
        if !matches!(answer, Answer::Lost { .. }) {
            holding.confirmed(self.0);
        }
    }
}

/// What happens to one account on one repository.
#[derive(Debug, Clone)]
enum Step {
    Begin(u128, Permission),
    End(u128),
    ByHand(Option<Permission>),
    /// An attempt whose answer is lost, after or before it was carried out.
    Lost {
        done: bool,
    },
    /// An attempt that is definitely not carried out, and what somebody sets by hand after it.
    Refused(Option<Permission>),
}

fn step() -> impl Strategy<Value = Step> {
    let permission = || prop::sample::select(Permission::ALL.to_vec());
    prop_oneof![
        3 => (0..3_u128, permission()).prop_map(|(code, permission)| Step::Begin(code, permission)),
        3 => (0..3_u128).prop_map(Step::End),
        4 => prop::option::of(permission()).prop_map(Step::ByHand),
        1 => any::<bool>().prop_map(|done| Step::Lost { done }),
        1 => prop::option::of(permission()).prop_map(Step::Refused),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    /// Whatever others set by hand between all steps: nothing is ever lower than what they gave last, and when no access
    /// is in force any more, exactly that is there.
    #[test]
    fn trust_a6_nothing_given_by_hand_is_lowered_and_no_access_outlives_its_end(
        start in prop::option::of(prop::sample::select(Permission::ALL.to_vec())),
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let (mut holding, mut forge) = (Holding::default(), Forge(start));
        let mut by_hand = start;
        for step in steps {
            match step {
                Step::Begin(n, permission) => holding.begin(code(n), permission),
                Step::End(n) => holding.end(&code(n)),
                // To set what is there already is no change that anybody could see.
                Step::ByHand(set) if set == forge.0 => continue,
                Step::ByHand(set) => (forge.0, by_hand) = (set, set),
                Step::Refused(set) => {
                    holding.looked(forge.0, holding.wanted(forge.0));
                    holding.confirmed(forge.0);
                    if set != forge.0 {
                        (forge.0, by_hand) = (set, set);
                    }
                }
                Step::Lost { done } => {
                    let wanted = holding.wanted(forge.0);
                    holding.looked(forge.0, wanted);
                    if done {
                        forge.0 = wanted;
                    }
                }
            }
            let now = forge.attempt(&mut holding);
            let in_force = holding.holders.values().copied().max();
            prop_assert!(now >= by_hand, "{now:?} is lower than {by_hand:?}");
            prop_assert_eq!(now, in_force.max(by_hand));
            if in_force.is_none() {
                holding.settled();
            }
        }
    }

    /// What the log has ended and the forge shows all the same is ended again, whatever the forge answers on the way, and
    /// whichever other access begins and ends meanwhile: in the end what was left is there, and what is in force.
    #[test]
    fn trust_a8_what_is_ended_again_ends_whatever_the_forge_answers_on_the_way(
        left in prop::sample::select(vec![None, Some(Read)]),
        adopted in prop::sample::select(vec![None, Some(Read)]),
        other in prop::option::of((prop::sample::select(vec![Read, Write]), answer(), any::<bool>())),
        answers in prop::collection::vec(answer(), 0..6),
    ) {
        let left = left.max(adopted);
        let (mut holding, mut forge) = (Holding { adopted, ..Holding::default() }, Forge(Some(Write)));
        holding.not_ended(Write, left);
        let mut in_force = None;
        if let Some((permission, answer, ends)) = other {
            holding.begin(code(2), permission);
            let wanted = holding.wanted(forge.0);
            forge.answer(&mut holding, wanted, answer);
            if ends {
                holding.end(&code(2));
            }
            in_force = (!ends).then_some(permission);
        }
        for answer in answers.into_iter().chain([Answer::Done]) {
            let wanted = holding.ended_again(forge.0, left);
            prop_assert!(wanted <= forge.0, "ending gives nothing");
            forge.answer(&mut holding, wanted, answer);
        }
        // What another attempt lowered too far is set again by its own.
        let wanted = holding.wanted(forge.0);
        forge.answer(&mut holding, wanted, Answer::Done);
        prop_assert_eq!(forge.0, left.max(in_force));
        holding.settled();
        if in_force.is_none() {
            prop_assert_eq!(holding, Holding { adopted, ..Holding::default() });
        }
    }
}
