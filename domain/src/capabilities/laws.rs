//! Every kind of request there is, held to the laws of the life (`request/law.rs`): the list is that of `requests!`.

use proptest::prelude::*;

use super::{AnyRequest, try_on_every_kind};
use crate::request::law::{Checked, Plot, Trial, Tried, come_to_every_end, lived, often, plot};

/// The same life, of each kind.
struct Lived(Plot);

impl Trial for Lived {
    fn on<K: Tried>(&mut self) -> Checked {
        lived::<K>(&self.0).map(drop)
    }
}

/// Many lives, and the kinds whose.
#[derive(Default)]
struct Ends(Vec<&'static str>);

impl Trial for Ends {
    fn on<K: Tried>(&mut self) -> Checked {
        come_to_every_end::<K>();
        self.0.push(K::NAME);
        Ok(())
    }
}

proptest! {
    #![proptest_config(often())]

    /// Whatever people do, whatever is asked for.
    #[test]
    fn every_kind_obeys_the_laws_of_the_life(plot in plot()) {
        try_on_every_kind(&mut Lived(plot))?;
    }
}

#[test]
fn lives_of_every_kind_come_to_every_end() {
    let mut ends = Ends::default();
    try_on_every_kind(&mut ends).expect("no law is broken");
    assert_eq!(ends.0, AnyRequest::KINDS, "every kind is tried");
}
