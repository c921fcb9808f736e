//! What a vault promises: on any input, after a crash at any step, and against who changes its files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_domain::names::{PrincipalId, Tenant};
use jiff::Timestamp;
use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use super::*;
use crate::disk::Disk;

/// A vault in a folder of its own, beside its master key.
struct Yard {
    outer: TempDir,
}

impl Yard {
    fn new() -> Self {
        let place = Self { outer: tempfile::tempdir().unwrap() };
        Vault::init(&place.folder(), &place.data(), place.master(Disk::default())).map(drop).unwrap();
        place
    }

    fn folder(&self) -> PathBuf {
        self.outer.path().join("vault")
    }

    fn data(&self) -> PathBuf {
        self.outer.path().join("data")
    }

    fn keys(&self) -> PathBuf {
        self.outer.path().join("keys")
    }

    fn master(&self, disk: Disk) -> Arc<dyn Master> {
        Arc::new(MasterFiles::on(&self.keys(), disk))
    }

    fn vault(&self) -> Vault {
        Vault::open(&self.folder(), &self.data(), self.master(Disk::default()))
            .map_err(|e| e.to_string())
            .unwrap()
    }

    /// One whose files, and whose master keys', fail after so many steps.
    fn failing(&self, vault: usize, master: usize) -> Vault {
        let master = self.master(Disk::failing_after(master));
        let at = Vault::at(&self.folder(), &self.data(), master, Disk::failing_after(vault));
        at.map_err(|error| error.to_string()).unwrap()
    }

    /// Everything that stands in any file, whatever it is.
    fn written(&self) -> Vec<u8> {
        fn all(folder: &Path, into: &mut Vec<u8>) {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() { all(&path, into) } else { into.extend(fs::read(&path).unwrap()) }
            }
        }
        let mut bytes = Vec::new();
        all(self.outer.path(), &mut bytes);
        bytes
    }
}

fn tenant(name: &str) -> Tenant {
    name.parse().unwrap()
}

fn erin() -> PrincipalId {
    "erin".parse().unwrap()
}

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn put(vault: &Vault, tenant: &Tenant, person: Option<&PrincipalId>, name: &str, value: &str) {
    vault.put(Owner { tenant, person }, name, &SecretString::from(value), noon()).unwrap();
}

fn get(
    vault: &Vault,
    tenant: &Tenant,
    person: Option<&PrincipalId>,
    name: &str,
) -> Result<String, VaultError> {
    vault.get(Owner { tenant, person }, name).map(|secret| secret.expose_secret().to_owned())
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn at_place<'a>(tenant: &'a Tenant, [stream, event, field]: &'a [String; 3]) -> super::Place<'a> {
    super::Place { tenant, stream: stream.as_str(), event: event.as_str(), field: field.as_str() }
}

fn secret_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_=+/-]{12,60}",
        "[!-~à-ÿ]{12,40}",
        "-----BEGIN KEY-----\n[A-Za-z0-9+/]{40}\n-----END KEY-----"
    ]
}

#[test]
fn a_secret_is_its_owners_only() {
    let (place, acme, other) = (Yard::new(), tenant("acme"), tenant("other"));
    let vault = place.vault();
    put(&vault, &acme, None, "token", "the tenant's");
    put(&vault, &acme, Some(&erin()), "token", "erin's own");
    put(&vault, &other, None, "token", "another tenant's");
    assert_eq!(get(&vault, &acme, None, "token").unwrap(), "the tenant's");
    assert_eq!(get(&vault, &acme, Some(&erin()), "token").unwrap(), "erin's own");
    assert_eq!(get(&vault, &other, None, "token").unwrap(), "another tenant's");
    assert!(matches!(get(&vault, &other, Some(&erin()), "token"), Err(VaultError::NoSecret { .. })));
    let listed: Vec<_> =
        vault.list().unwrap().into_iter().map(|one| (one.tenant, one.person, one.name)).collect();
    let token = "token".to_owned();
    assert_eq!(
        listed,
        [
            (acme.clone(), None, token.clone()),
            (acme.clone(), Some(erin()), token.clone()),
            (other, None, token),
        ]
    );
    vault.remove(Owner { tenant: &acme, person: None }, "token").unwrap();
    assert!(matches!(get(&vault, &acme, None, "token"), Err(VaultError::NoSecret { .. })));
    assert_eq!(vault.check().unwrap(), [""; 0]);
}

#[test]
fn a_vault_within_the_data_is_refused() {
    let place = Yard::new();
    let within = place.data().join("vault");
    let refused = Vault::init(&within, &place.data(), place.master(Disk::default())).err();
    assert!(matches!(refused, Some(VaultError::WithinData(_))) && !within.exists());
    let refused = place.vault().backup(&within);
    assert!(matches!(refused, Err(VaultError::WithinData(_))) && !within.exists());
}

#[test]
fn where_sealing_fails_nothing_is_written() {
    let (place, acme) = (Yard::new(), tenant("acme"));
    put(&place.vault(), &acme, None, "token", "as it was");
    fs::remove_file(place.keys().join("master")).unwrap();
    let before = place.written();
    let vault = place.vault();
    let value = SecretString::from("as it shall be");
    let failed = vault.put(Owner { tenant: &acme, person: None }, "token", &value, noon());
    assert!(matches!(failed, Err(VaultError::NoMaster(_))));
    let at = super::Place { tenant: &acme, stream: "acme.a-1", event: "e", field: "f" };
    assert!(vault.seal(None, &at, b"a name").is_err() && vault.seal(Some(&erin()), &at, b"a name").is_err());
    assert!(vault.rotate(&mut |_| {}).is_err(), "no new key takes the place of one that is lost");
    assert_eq!(place.written(), before);
}

#[test]
fn every_value_is_there_after_a_crash_at_any_step_of_a_rotation() {
    let tenants = ["acme", "beta", "gamma"].map(tenant);
    for step in 0..40 {
        for of_master in [false, true] {
            let place = Yard::new();
            let backup = place.outer.path().join("backup");
            for tenant in &tenants {
                put(&place.vault(), tenant, None, "token", tenant.as_str());
                put(&place.vault(), tenant, Some(&erin()), "token", "erin's");
            }
            place.vault().backup(&backup).unwrap();
            let newest = || MasterFiles::within(&place.keys()).newest().unwrap();
            let before = newest();
            let failing =
                if of_master { place.failing(usize::MAX, step) } else { place.failing(step, usize::MAX) };
            let crashed = failing.rotate(&mut |_| {}).is_err();
            let all_there = |when: &str| {
                for tenant in &tenants {
                    assert_eq!(
                        get(&place.vault(), tenant, None, "token").unwrap(),
                        tenant.as_str(),
                        "{when} {step}"
                    );
                    assert_eq!(get(&place.vault(), tenant, Some(&erin()), "token").unwrap(), "erin's");
                }
                assert_eq!(place.vault().check().unwrap(), [""; 0], "{when} {step}");
            };
            all_there("after the crash at");
            if crashed {
                let mut told = Vec::new();
                let done = place.vault().rotate(&mut |progress| told.push(progress.done)).unwrap();
                assert_eq!((told, done.out_of_reach), (vec![1, 2, 3], vec![]));
                all_there("after going on from");
            }
            assert!(newest() != before && !place.keys().join("master.next").exists());
            let elsewhere = place.outer.path().join("restored");
            let restored = Vault::restore(&backup, &elsewhere, &place.data(), place.master(Disk::default()));
            let restored = restored.map_err(|error| error.to_string()).unwrap();
            assert_eq!(get(&restored, &tenants[0], None, "token").unwrap(), "acme", "also from the backup");
        }
    }
}

#[test]
fn keys_that_are_handed_over_are_rotated_with_both_until_it_is_done() {
    let (place, acme) = (Yard::new(), tenant("acme"));
    let [old, new] = ["0a", "0b"].map(|byte| SecretString::from(byte.repeat(32)));
    let with = |newest: &SecretString, previous: Option<&SecretString>| -> Arc<dyn Master> {
        Arc::new(
            GivenMaster::new(("new", newest), previous.map(|key| ("old", key)))
                .map_err(|e| e.to_string())
                .unwrap(),
        )
    };
    let folder = place.outer.path().join("given");
    let open = |master| Vault::open(&folder, &place.data(), master).map_err(|e| e.to_string()).unwrap();
    Vault::init(&folder, &place.data(), with(&old, None)).map(drop).unwrap();
    put(&open(with(&old, None)), &acme, None, "token", "kept");
    assert!(matches!(get(&open(with(&new, None)), &acme, None, "token"), Err(VaultError::NoMaster(_))));
    let both = open(with(&new, Some(&old)));
    assert_eq!(get(&both, &acme, None, "token").unwrap(), "kept");
    assert_eq!(both.rotate(&mut |_| {}).unwrap().rewrapped, 1);
    assert_eq!(get(&open(with(&new, None)), &acme, None, "token").unwrap(), "kept");
    let bad = GivenMaster::new(("short", &SecretString::from("0a0b")), None).err().unwrap().to_string();
    assert!(bad.contains("short") && !bad.contains("0a0b"), "{bad}");
}

#[test]
fn who_is_erased_is_readable_nowhere_and_stays_erased_after_a_crash_at_any_step() {
    let acme = tenant("acme");
    for step in 0..12 {
        let place = Yard::new();
        let vault = place.vault();
        let at = super::Place { tenant: &acme, stream: "acme.request-k7qm2x", event: "e1", field: "reason" };
        put(&vault, &acme, Some(&erin()), "token", "erin's own");
        put(&vault, &acme, None, "token", "the tenant's");
        let (hers, ours) = (
            vault.seal(Some(&erin()), &at, b"a reason").unwrap(),
            vault.seal(None, &at, b"a reason").unwrap(),
        );
        let (here, away) = (place.outer.path().join("here"), place.outer.path().join("away"));
        vault.backup(&here).unwrap();
        vault.backup(&away).unwrap();
        fs::rename(&away, place.outer.path().join("elsewhere")).unwrap();
        let copy = fs::read(here.join("tenants/acme.json")).unwrap();
        let _ = place.failing(step, usize::MAX).erase(&acme, &erin(), noon());
        let erasure = vault.erase(&acme, &erin(), noon()).unwrap();
        let [key] = &erasure.keys[..] else { panic!("{erasure:?}") };
        assert_eq!(Some(key.as_str()), key_of(&hers));
        assert_eq!(erasure.out_of_reach.iter().map(|one| &one.backup).collect::<Vec<_>>(), [&away]);
        assert_eq!(vault.open_sealed(&at, &hers).unwrap(), Opened::Erased);
        assert_eq!(vault.open_sealed(&at, &ours).unwrap(), Opened::Clear(b"a reason".to_vec().into()));
        assert!(matches!(get(&vault, &acme, Some(&erin()), "token"), Err(VaultError::Erased(_))));
        let again = vault.put(Owner { tenant: &acme, person: Some(&erin()) }, "t", &"x".into(), noon());
        assert!(matches!(again, Err(VaultError::Erased(_))), "no key is made for who was erased");
        assert!(vault.seal(Some(&erin()), &at, b"a reason").is_err());
        let now = fs::read(here.join("tenants/acme.json")).unwrap();
        assert!(holds(&copy, "wrapped\":") && now.len() < copy.len() && !holds(&now, "people"));
        assert_eq!(vault.erased(&acme).unwrap(), [(erin(), noon(), vec![key.clone()])]);
        // The backup that was away is seen to when it is back.
        fs::rename(place.outer.path().join("elsewhere"), &away).unwrap();
        let later = vault.erase(&acme, &erin(), noon()).unwrap();
        assert_eq!((later.secrets, later.out_of_reach), (0, vec![]));
        let nobody = vault.erase(&acme, &"nobody".parse().unwrap(), noon());
        assert!(matches!(nobody, Err(VaultError::NobodyKnown(..))));
    }
}

#[test]
fn a_backup_is_restored_whole_and_goes_to_a_folder_of_its_own() {
    let (place, acme) = (Yard::new(), tenant("acme"));
    put(&place.vault(), &acme, None, "token", "kept");
    let (backup, full) = (place.outer.path().join("backup"), place.outer.path().join("full"));
    fs::create_dir(&full).unwrap();
    fs::write(full.join("a"), "something").unwrap();
    assert!(matches!(place.vault().backup(&full), Err(VaultError::NotEmpty(_))));
    place.vault().backup(&backup).unwrap();
    let taken = Vault::restore(&backup, &place.folder(), &place.data(), place.master(Disk::default())).err();
    assert!(matches!(taken, Some(VaultError::Taken(_))));
    fs::remove_dir_all(place.folder()).unwrap();
    let no_vault = Vault::open(&place.folder(), &place.data(), place.master(Disk::default())).err().unwrap();
    assert!(no_vault.to_string().contains("countersign vault init"), "{no_vault}");
    Vault::restore(&backup, &place.folder(), &place.data(), place.master(Disk::default())).map(drop).unwrap();
    assert_eq!(get(&place.vault(), &acme, None, "token").unwrap(), "kept");
    fs::remove_dir_all(&backup).unwrap();
    let faults = place.vault().check().unwrap();
    let [fault] = &faults[..] else { panic!("one fault was expected") };
    assert!(fault.contains("backup is not there"), "{fault}");
}

#[test]
fn a_file_that_was_changed_is_named_and_its_values_are_not() {
    let (place, acme) = (Yard::new(), tenant("acme"));
    put(&place.vault(), &acme, None, "one", "first value");
    put(&place.vault(), &acme, None, "two", "second value");
    let path = place.folder().join("tenants/acme.json");
    let text = fs::read_to_string(&path).unwrap();
    let written = |text: &str| fs::write(&path, text).unwrap();
    let mut book: serde_json::Value = serde_json::from_str(&text).unwrap();
    // Somebody who may write puts one secret in the place of the other.
    book["secrets"]["one"] = book["secrets"]["two"].clone();
    written(&book.to_string());
    assert!(matches!(get(&place.vault(), &acme, None, "one"), Err(VaultError::Unopened)));
    let faults = place.vault().check().unwrap();
    let [fault] = &faults[..] else { panic!("one fault was expected") };
    assert!(fault.starts_with("acme, the secret `one`"), "{fault}");
    written(&text[..text.len() / 2]);
    assert!(matches!(get(&place.vault(), &acme, None, "one"), Err(VaultError::Damaged { .. })));
    written(&text.replacen("\"version\":1", "\"version\":2", 1));
    assert!(matches!(get(&place.vault(), &acme, None, "one"), Err(VaultError::Newer { version: 2, .. })));
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
        let at = super::Place { tenant: &acme, stream: "acme.a-1", event: "e", field: "f" };
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
