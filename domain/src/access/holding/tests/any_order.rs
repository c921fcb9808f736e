//! The same in whatever order it happens, and whatever the forge answers.

use super::*;
use proptest::prelude::*;

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
