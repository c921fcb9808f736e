//! The form by which access is asked for, and how it is read.

use super::Permission;
use super::content::NAME_MAX;
use crate::denied::Field;
use crate::form::{Filled, FormSpec, Look, Slot};
use crate::heard::Form;
use crate::request::REASON_MAX;

/// The list of the forge's repositories, which is searched as somebody types.
pub const REPOSITORIES: &str = "repositories";

const NAMED: Slot =
    Slot { name: "", label: "", example: "", hint: "", look: Look::Line, most: NAME_MAX, demand: None };

/// The form.
pub const FORM: FormSpec = FormSpec {
    name: "access",
    title: "Ask for access",
    submit: "Ask",
    slots: &[
        Slot {
            name: Field::Permission.as_str(),
            label: "Permission",
            look: Look::Choice(&PERMISSIONS),
            demand: Some("Choose the permission."),
            ..NAMED
        },
        Slot {
            name: Field::Repository.as_str(),
            label: "Repository",
            example: "payments-api",
            look: Look::Suggested(REPOSITORIES),
            demand: Some("Name the repository."),
            ..NAMED
        },
        Slot {
            name: Field::User.as_str(),
            label: "For whom",
            hint: "You, if you leave it empty.",
            look: Look::Person,
            ..NAMED
        },
        Slot {
            name: Field::Duration.as_str(),
            label: "For how long",
            example: "2 days",
            hint: "For example 4 hours, or 2 days. A day, if you leave it empty.",
            ..NAMED
        },
        Slot { name: Field::Ticket.as_str(), label: "Ticket", example: "OPS-17", ..NAMED },
        Slot {
            name: Field::Reason.as_str(),
            label: "Reason",
            example: "What you need it for",
            hint: "Approvers read this.",
            look: Look::Long,
            most: REASON_MAX,
            ..NAMED
        },
    ],
};

const PERMISSIONS: [&str; Permission::ALL.len()] = {
    let mut words = [""; Permission::ALL.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = Permission::ALL[at].as_str();
        at += 1;
    }
    words
};

impl From<&Filled> for Form {
    fn from(filled: &Filled) -> Self {
        let text = |field: Field| filled.get(field.as_str()).map(str::to_owned);
        Self {
            permission: text(Field::Permission),
            repository: text(Field::Repository),
            user: text(Field::User),
            duration: text(Field::Duration),
            ticket: text(Field::Ticket),
            reason: text(Field::Reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_place_of_the_form_is_read() {
        let fields: BTreeMap<_, _> =
            FORM.slots.iter().map(|slot| (slot.name.to_owned(), format!(" {} ", slot.name))).collect();
        let form = Form::from(&Filled { form: "access".to_owned(), fields });
        let read = serde_json::to_value(&form).unwrap();
        let read: BTreeMap<String, String> = serde_json::from_value(read).unwrap();
        assert_eq!(read.len(), FORM.slots.len());
        assert!(read.iter().all(|(name, text)| name == text), "{read:?}");
    }

    #[test]
    fn people_see_what_each_place_is_for_and_how_much_it_takes() {
        let shown = FORM.slots.iter().map(|slot| {
            let Slot { label, example, hint, look, most, .. } = slot;
            format!("{label} [{example}] {hint} {look:?} {most}")
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                "Permission []  Choice([\"read\", \"write\", \"admin\"]) 100",
                "Repository [payments-api]  Suggested(\"repositories\") 100",
                "For whom [] You, if you leave it empty. Person 100",
                "For how long [2 days] For example 4 hours, or 2 days. A day, if you leave it empty. Line 100",
                "Ticket [OPS-17]  Line 100",
                "Reason [What you need it for] Approvers read this. Long 500",
            ]
        );
        assert_eq!((FORM.name, FORM.title, FORM.submit), ("access", "Ask for access", "Ask"));
    }

    #[test]
    fn without_a_permission_and_a_repository_nothing_is_asked_for() {
        let demanded = FORM.slots.iter().filter_map(|slot| Some((slot.name, slot.demand?)));
        let demanded = demanded.collect::<Vec<_>>();
        assert_eq!(
            demanded,
            [("permission", "Choose the permission."), ("repository", "Name the repository.")]
        );
    }
}
