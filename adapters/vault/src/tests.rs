//! What a vault promises: on any input, after a crash at any step, and against who changes its files.

mod properties;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_domain::names::{PrincipalId, Tenant};
use jiff::Timestamp;
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
        Vault::open(&self.folder(), &self.data(), self.master(Disk::default())).unwrap()
    }

    /// One whose files, and whose master keys', fail after so many steps.
    fn failing(&self, vault: usize, master: usize) -> Vault {
        let master = self.master(Disk::failing_after(master));
        let at = Vault::at(&self.folder(), &self.data(), master, Disk::failing_after(vault));
        at.unwrap()
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
    let at = Place { tenant: &acme, stream: "acme.a-1", event: "e", field: "f" };
    assert!(vault.seal(None, &at, b"a name").is_err() && vault.seal(Some(&erin()), &at, b"a name").is_err());
    assert!(vault.rotate(&mut |_| {}).is_err(), "no new key takes the place of one that is lost");
    assert!(matches!(vault.has_its_keys(), Err(VaultError::NoMaster(_))), "no bot starts with it");
    assert_eq!(place.written(), before);
}

/// A rotation whose files, or whose master keys, fail after so many steps, and what there is then; says whether it came to its end.
fn rotated_with_a_cut(steps: usize, of_master: usize) -> bool {
    let tenants = ["acme", "beta", "gamma"].map(tenant);
    let place = Yard::new();
    for tenant in &tenants {
        put(&place.vault(), tenant, None, "token", tenant.as_str());
        put(&place.vault(), tenant, Some(&erin()), "token", "erin's");
    }
    let (backup, elsewhere) = (place.outer.path().join("backup"), place.outer.path().join("restored"));
    place.vault().backup(&backup).unwrap();
    let newest = || MasterFiles::within(&place.keys()).newest().unwrap();
    let before = newest();
    let is_whole = place.failing(steps, of_master).rotate(&mut |_| {}).is_ok();
    let all_there = |when: &str| {
        for tenant in &tenants {
            assert_eq!(
                get(&place.vault(), tenant, None, "token").unwrap(),
                tenant.as_str(),
                "{when} {steps}"
            );
            assert_eq!(
                get(&place.vault(), tenant, Some(&erin()), "token").unwrap(),
                "erin's",
                "{when} {steps}"
            );
        }
        assert_eq!(place.vault().check().unwrap(), [""; 0], "{when} {steps}");
    };
    all_there("after the cut at");
    if !is_whole {
        let mut told = Vec::new();
        let done = place.vault().rotate(&mut |progress| told.push(progress.done)).unwrap();
        assert_eq!((told, done.out_of_reach), (vec![1, 2, 3], vec![]));
        all_there("after going on from");
    }
    assert!(newest() != before && !place.keys().join("master.next").exists());
    let restored = Vault::restore(&backup, &elsewhere, &place.data(), place.master(Disk::default())).unwrap();
    assert_eq!(get(&restored, &tenants[0], None, "token").unwrap(), "acme", "also from the backup");
    is_whole
}

#[test]
fn every_value_is_there_after_a_crash_at_any_step_of_a_rotation() {
    // Each ends where the power lasted to the end.
    let cut_within = |rotated: &dyn Fn(usize) -> bool| (0..60).position(rotated).unwrap();
    assert!(cut_within(&|steps| rotated_with_a_cut(steps, usize::MAX)) > 10);
    assert!(cut_within(&|steps| rotated_with_a_cut(usize::MAX, steps)) > 3);
}

#[test]
fn whoever_reads_while_master_keys_change_is_given_what_they_ask_for() {
    let (place, acme, over) = (Yard::new(), tenant("acme"), AtomicBool::new(false));
    put(&place.vault(), &acme, None, "token", "kept");
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert_eq!(get(&place.vault(), &acme, None, "token").unwrap(), "kept");
                std::thread::yield_now();
            }
        });
        let failed: Vec<_> = (0..10).filter_map(|_| place.vault().rotate(&mut |_| {}).err()).collect();
        // However that went: the reader waits for this.
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
        assert!(failed.is_empty(), "{failed:?}");
    });
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
    let open = |master| Vault::open(&folder, &place.data(), master).unwrap();
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
        let at = Place { tenant: &acme, stream: "acme.request-k7qm2x", event: "e1", field: "reason" };
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
    // Or one tenant's file in the place of another's.
    let others = place.folder().join("tenants/evil.json");
    fs::copy(&path, &others).unwrap();
    let evil = tenant("evil");
    let taken = get(&place.vault(), &evil, None, "two");
    assert!(matches!(taken, Err(VaultError::Damaged { .. })), "{:?}", taken.err());
    assert!(matches!(place.vault().has_its_keys(), Err(VaultError::Damaged { .. })));
    fs::remove_file(&others).unwrap();
    place.vault().has_its_keys().unwrap();
    written(&text[..text.len() / 2]);
    assert!(matches!(get(&place.vault(), &acme, None, "one"), Err(VaultError::Damaged { .. })));
    written(&text.replacen("\"version\":1", "\"version\":2", 1));
    assert!(matches!(get(&place.vault(), &acme, None, "one"), Err(VaultError::Newer { version: 2, .. })));
}
