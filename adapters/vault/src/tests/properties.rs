//! What holds for all values, places and owners: the properties 20 to 22 of the first requirement document, on the vault.

use std::fs;

use countersign_domain::names::{PrincipalId, Tenant};
use proptest::prelude::*;

use super::{Yard, erin, get, holds, put, tenant};
use crate::{Opened, Place};

fn at_place<'a>(tenant: &'a Tenant, [stream, event, field]: &'a [String; 3]) -> Place<'a> {
    Place { tenant, stream: stream.as_str(), event: event.as_str(), field: field.as_str() }
}

fn secret_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_=+/-]{12,60}",
        "[!-~à-ÿ]{12,40}",
        "-----BEGIN KEY-----\n[A-Za-z0-9+/]{40}\n-----END KEY-----"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A credential comes back from the vault as it was put in, under its owner and name and no other.
    #[test]
    fn a20_what_is_put_in_the_vault_comes_back_for_its_owner_only(
        secrets in prop::collection::btree_map(("[a-c]{1,2}", prop::option::of("[a-c]{1,2}"), "[a-c]{1,2}"), secret_text(), 1..6)
    ) {
        let place = Yard::new();
        let vault = place.vault();
        let owned = |(of, person, name): &(String, Option<String>, String)| {
            (tenant(of), person.as_ref().map(|person| person.parse::<PrincipalId>().unwrap()), name.clone())
        };
        for (key, value) in &secrets {
            let (tenant, person, name) = owned(key);
            put(&vault, &tenant, person.as_ref(), &name, value);
        }
        for (key, value) in &secrets {
            let (tenant, person, name) = owned(key);
            prop_assert_eq!(&get(&vault, &tenant, person.as_ref(), &name).unwrap(), value);
            let absent = (key.0.clone(), key.1.clone(), format!("{name}-other"));
            let (tenant, person, name) = owned(&absent);
            prop_assert!(get(&vault, &tenant, person.as_ref(), &name).is_err());
        }
        prop_assert_eq!(vault.list().unwrap().len(), secrets.len());
    }

    /// What is sealed opens at its place only, however alike another one is, and not when one sign of it is another.
    #[test]
    fn a21_a_sealed_value_opens_at_its_place_and_unchanged_only(
        plain in prop::collection::vec(any::<u8>(), 0..80),
        parts in prop::array::uniform3("[a-b.-]{0,4}"),
        others in prop::array::uniform3("[a-b.-]{0,4}"),
        at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]", personal in any::<bool>(),
    ) {
        let (place, acme, erin) = (Yard::new(), tenant("acme"), erin());
        let vault = place.vault();
        let sealed = vault.seal(personal.then_some(&erin), &at_place(&acme, &parts), &plain).unwrap();
        prop_assert_eq!(serde_json::to_string(&sealed).unwrap(), format!("\"{sealed}\""), "safe in JSON");
        let opened = vault.open_sealed(&at_place(&acme, &parts), &sealed).unwrap();
        prop_assert!(opened == Opened::Clear(plain.clone().into()));
        if parts != others {
            prop_assert!(vault.open_sealed(&at_place(&acme, &others), &sealed).is_err());
        }
        prop_assert!(vault.open_sealed(&at_place(&tenant("other"), &parts), &sealed).is_err());
        let at = at.index(sealed.len());
        let changed = format!("{}{to}{}", &sealed[..at], &sealed[at + 1..]);
        if changed != sealed {
            prop_assert!(vault.open_sealed(&at_place(&acme, &parts), &changed).is_err(), "{} {}", sealed, changed);
        }
        prop_assert!(vault.open_sealed(&at_place(&acme, &parts), &sealed[..at]).is_err());
    }

    /// Canaries: no file of the vault, its backup or its keys holds a value in clear, and no text of ours repeats one.
    #[test]
    fn a22_nothing_that_the_vault_writes_or_says_holds_a_value(value in secret_text(), personal in any::<bool>()) {
        let (place, acme, erin) = (Yard::new(), tenant("acme"), erin());
        let (vault, person) = (place.vault(), personal.then_some(&erin));
        put(&vault, &acme, person, "token", &value);
        let at = Place { tenant: &acme, stream: "acme.a-1", event: "e", field: "f" };
        let sealed = vault.seal(person, &at, value.as_bytes()).unwrap();
        vault.backup(&place.outer.path().join("backup")).unwrap();
        vault.rotate(&mut |_| {}).unwrap();
        let canaries = [value.clone(), hex::encode(&value), base64(&value)];
        let said = format!("{sealed} {:?} {:?}", vault.list().unwrap(), vault.open_sealed(&at, &sealed));
        let path = place.folder().join("tenants/acme.json");
        fs::write(&path, fs::read_to_string(&path).unwrap().replace("sealed:1:", "sealed:1:0")).unwrap();
        let failed = format!("{:?} {:?}", get(&vault, &acme, person, "token").err(), vault.check());
        for canary in canaries {
            prop_assert!(!holds(&place.written(), &canary), "{} is in a file", canary);
            prop_assert!(!said.contains(&canary) && !failed.contains(&canary), "{} {}", said, failed);
        }
    }
}

/// As base64 has it without what only its ends show.
fn base64(value: &str) -> String {
    use ::base64::Engine as _;
    let text = ::base64::engine::general_purpose::STANDARD_NO_PAD.encode(value);
    text[..text.len() - 1].to_owned()
}
