//! What each capability alone says no for, in a golden file of its own: the log keeps it word for word, so nothing else would notice
//! that a code or a field is called otherwise than it was, and nobody could be told what it says.

use super::optional::Fields;
use super::{check_also, golden_files};
use crate::aggregate::decode;
use crate::capabilities::Fault;
use crate::denied::Violation;
use crate::record::Record;
use crate::request::law::Tried;

/// Everything that a kind of request alone says no for.
pub(super) fn check<K: Tried>() {
    written(K::NAME, K::faults());
}

/// Everything that what is no request alone says no for.
pub(super) fn check_beside<F: Into<Violation>>(name: &str, faults: Vec<F>) {
    written(name, faults.into_iter().map(Into::into).collect());
}

fn written(name: &str, violations: Vec<Violation>) {
    if violations.is_empty() {
        return;
    }
    let (command, stream) = ("request".to_owned(), None);
    let denied = Record::CommandDenied { command, stream, violations };
    check_also(&format!("command_denied.v1.{name}"), denied);
}

#[test]
fn what_a_capability_alone_says_no_for_is_known_by_its_code_and_written_as_it_was() {
    let (fields, mut missing) = (Fields::default(), Fault::codes());
    for golden in golden_files().iter().filter(|golden| golden.kind == "command_denied") {
        let Record::CommandDenied { violations, .. } = decode(golden).unwrap() else {
            unreachable!("its type says what it is")
        };
        for violation in &violations {
            let Violation::Own(own) = violation else { continue };
            let fault: Fault = violation.own().unwrap_or_else(|| panic!("{own:?} is known to nobody"));
            assert_eq!(serde_json::to_value(&fault).unwrap(), serde_json::to_value(own).unwrap());
            fields.note_part(own.code(), &fault);
            missing.retain(|code| *code != own.code());
        }
    }
    assert!(missing.is_empty(), "no golden file holds these, for `Tried::faults` does not: {missing:?}");
    let empty = fields.never_with_a_value();
    assert!(empty.is_empty(), "no golden file would notice if these were called otherwise: {empty:#?}");
}
