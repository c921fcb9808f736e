//! What the log takes over while an access is in force: the access still ends with what was there before it.

use uuid::Uuid;

use super::Permission::Write;
use super::holding::Holding;
use crate::request::Code;

#[test]
fn trust_a8_what_is_adopted_as_an_access_gave_it_still_ends_with_that_access() {
    let code = Code::candidate(Uuid::from_u128(1), 0);
    let mut holding = Holding::default();
    holding.begin(code.clone(), Write);
    holding.adopt(Some(Write));
    assert_eq!(holding.wanted(Some(Write)), Some(Write), "it is in force");
    holding.end(&code);
    assert_eq!(holding.wanted(Some(Write)), None, "and over with its end");
    // What nobody was given is remembered until it is brought back.
    let mut kept = Holding::default();
    kept.adopt(Some(Write));
    let mut brought_back = kept.clone();
    brought_back.settled();
    assert_ne!(kept, brought_back);
    // Where nothing gives anything, nothing is kept.
    let mut nothing = Holding::default();
    nothing.adopt(None);
    assert_eq!(nothing, Holding::default());
}
