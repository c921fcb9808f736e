//! What an account should hold, whatever happens to its accesses and at the forge.

mod any_order;

use super::Permission::{Admin, Read, Write};
use super::*;
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
fn trust_a8_an_invitation_that_is_accepted_while_it_is_taken_back_gives_nothing_for_good() {
    let mut holding = Holding::default();
    holding.begin(code(1), Write);
    holding.looked(None, Some(Write));
    holding.end(&code(1));
    holding.looked(None, None);
    holding.beside_invitation(Some(Write));
    assert_eq!(holding.wanted(Some(Write)), None, "it is ours, and is taken away");
    assert_eq!(holding.wanted(Some(Admin)), Some(Admin), "somebody else's is not");
    // The forge said no to taking it back, for it is no invitation any more.
    holding.confirmed(None);
    holding.beside_invitation(Some(Write));
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
