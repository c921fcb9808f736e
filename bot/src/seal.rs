//! Sealed buttons: what pressing one says, as an opaque reference that only this bot can make and read.
//!
//! Outside our own pages a button comes back through a vendor, so it carries no words and no data: the sentence, the
//! tenant it is for and the time until which it counts are encrypted and authenticated with AES-256-GCM-SIV (RFC 8452).
//! That mode needs no random nonce: the same button has the same reference, so drawing a card stays a pure function.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long a button counts. One that is older is drawn anew.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest reference, in characters: what Discord takes (<https://docs.discord.com/developers/components/reference>).
pub const LONGEST: usize = 100;

/// How much of a receipt is kept, in bytes; who could find another content with the same would need 2 to the 128 tries.
const RECEIPT: usize = 16;
/// An id as it stands in a sentence, in characters.
const ID: usize = 36;
/// Stand for what was put at the end in bytes.
const RECEIPT_HERE: &str = "\u{1}";
const ID_HERE: &str = "\u{2}";

/// Seals and opens references.
pub struct Seal(LessSafeKey);

/// Why a reference does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// We did not make it, or for another tenant.
    #[error("the button is none of ours")]
    Foreign,
    /// Its time is over; this is what it said.
    #[error("the button is too old")]
    Expired,
    /// The sentence does not fit.
    #[error("the button says too much for a reference")]
    TooLong,
}

impl Seal {
    /// A seal with this key, which every bot of an installation shares.
    pub fn new(key: &[u8; 32]) -> Self {
        let key =
            UnboundKey::new(&AES_256_GCM_SIV, key).expect("the key has the length that the algorithm wants");
        Self(LessSafeKey::new(key))
    }

    /// The reference of a button that says `say`, drawn at `now`.
    pub fn seal(&self, tenant: &Tenant, say: &str, now: Timestamp) -> Result<String, SealError> {
        let until = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX).as_second();
        // To the day, so that a card drawn again within it is the same.
        let days = u16::try_from(until / 86_400).map_err(|_| SealError::TooLong)?;
        let mut bytes = days.to_be_bytes().to_vec();
        bytes.extend(packed(say));
        self.0
            .seal_in_place_append_tag(nonce(), Aad::from(tenant.as_str()), &mut bytes)
            .map_err(|_| SealError::TooLong)?;
        let reference = URL_SAFE_NO_PAD.encode(bytes);
        if reference.len() > LONGEST { Err(SealError::TooLong) } else { Ok(reference) }
    }

    /// What a reference says: a receipt in it by its first half, which names it as surely as the whole.
    pub fn open(&self, tenant: &Tenant, reference: &str, now: Timestamp) -> Result<String, SealError> {
        if reference.len() > LONGEST {
            return Err(SealError::Foreign);
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(reference).map_err(|_| SealError::Foreign)?;
        let opened = self.0.open_in_place(nonce(), Aad::from(tenant.as_str()), &mut bytes);
        let opened: &[u8] = opened.map_err(|_| SealError::Foreign)?;
        let (days, packed) = opened.split_first_chunk().ok_or(SealError::Foreign)?;
        if now.as_second() / 86_400 > i64::from(u16::from_be_bytes(*days)) {
            return Err(SealError::Expired);
        }
        unpacked(packed).ok_or(SealError::Foreign)
    }
}

impl Seal {
    /// Seals a text that comes back to us by somebody's hand, for one purpose: for another one it does not open. The same
    /// text is the same sealed, so it should hold something that no other has.
    pub fn seal_for(&self, purpose: &str, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        let sealed = self.0.seal_in_place_append_tag(nonce(), aad_for(purpose), &mut bytes);
        sealed.expect("a text in memory is not too long for the algorithm");
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The text; `None` where we did not seal it, or for something else.
    pub fn open_for(&self, purpose: &str, sealed: &str) -> Option<String> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let opened = self.0.open_in_place(nonce(), aad_for(purpose), &mut bytes).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

/// No tenant's name holds a colon, so no button and no link code has the same.
fn aad_for(purpose: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("for:{purpose}").into_bytes())
}

/// The letters of a link code: no vowels, and none that look alike.
const LETTERS: &[u8; 27] = b"BCDFGHJKMNPQRTVWXYZ23456789";
/// How many there are in one: 57 bits.
const LINK_LETTERS: usize = 12;

impl Seal {
    /// The link code of this interaction: always the same for it, and guessed by nobody.
    pub fn link_code(&self, tenant: &Tenant, interaction: Uuid) -> String {
        let mut number = u128::from_be_bytes(self.fingerprint(tenant, "link", interaction.as_bytes()));
        let mut code = String::new();
        for place in 0..LINK_LETTERS {
            if place > 0 && place.is_multiple_of(4) {
                code.push('-');
            }
            let letter = usize::try_from(number % 27).unwrap_or(0);
            code.push(char::from(LETTERS[letter]));
            number /= 27;
        }
        code
    }

    /// What stands for a link code in the log, however it was typed. Who reads the log cannot find the code for it.
    pub fn link_digest(&self, tenant: &Tenant, code: &str) -> Digest {
        let letters: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        Digest::of(&self.fingerprint(tenant, "link digest", letters.to_uppercase().as_bytes()))
    }

    /// 16 bytes that only who has the key can find.
    fn fingerprint(&self, tenant: &Tenant, what: &str, of: &[u8]) -> [u8; 16] {
        let mut bytes = of.to_vec();
        let context = format!("{tenant} {what}");
        let tag = self.0.seal_in_place_separate_tag(nonce(), Aad::from(context.as_bytes()), &mut bytes);
        let tag = tag.expect("a few bytes are not too many for the algorithm");
        tag.as_ref().first_chunk().copied().expect("the algorithm's tags have 16 bytes")
    }
}

/// Always the same: GCM-SIV keeps its promises then, but for showing that two references are the same.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

/// The sentence with what is long in it as bytes at its end.
fn packed(say: &str) -> Vec<u8> {
    let (mut words, mut end) = (Vec::new(), Vec::new());
    for word in say.split(' ') {
        let is_hex = word.len() == 64 && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match (hex::decode(word), word.parse::<uuid::Uuid>()) {
            (Ok(receipt), _) if is_hex && end.is_empty() => {
                end = receipt[..RECEIPT].to_vec();
                words.push(RECEIPT_HERE);
            }
            (_, Ok(id)) if word.len() == ID && end.is_empty() => {
                end = id.into_bytes().to_vec();
                words.push(ID_HERE);
            }
            _ => words.push(word),
        }
    }
    [words.join(" ").into_bytes(), end].concat()
}

fn unpacked(packed: &[u8]) -> Option<String> {
    let holds = |mark: &str| packed.windows(1).any(|byte| byte == mark.as_bytes());
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let at_the_end = |mark| {
        let (words, end) = packed.split_last_chunk::<RECEIPT>()?;
        Some((text(words)?, *end)).filter(|(words, _)| words.contains(mark))
    };
    if holds(RECEIPT_HERE)
        && let Some((words, receipt)) = at_the_end(RECEIPT_HERE)
    {
        return Some(words.replacen(RECEIPT_HERE, &hex::encode(receipt), 1));
    }
    if holds(ID_HERE)
        && let Some((words, id)) = at_the_end(ID_HERE)
    {
        return Some(words.replacen(ID_HERE, &uuid::Uuid::from_bytes(id).to_string(), 1));
    }
    text(packed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal() -> Seal {
        Seal::new(&[7; 32])
    }

    fn acme() -> Tenant {
        "acme".parse().unwrap()
    }

    fn noon() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    /// What our cards' buttons say.
    fn said() -> impl Strategy<Value = String> {
        prop_oneof![
            "(approve|deny) [BCDFGHJKMNPQRTVWXYZ2-9]{6} receipt [0-9a-f]{64}",
            "(withdraw|give back|revoke|why|status) [BCDFGHJKMNPQRTVWXYZ2-9]{6}",
            "extend [BCDFGHJKMNPQRTVWXYZ2-9]{6} for (1 day|2[0-3] hours [1-5][0-9] minutes)",
            any::<u128>().prop_map(|id| format!("requeue {}", uuid::Uuid::from_u128(id))),
            Just("help".to_owned()),
            Just("effects parked".to_owned()),
        ]
    }

    #[test]
    fn the_same_button_has_the_same_reference_and_another_one_another() {
        let (seal, later) = (seal(), noon() + SignedDuration::from_hours(1));
        let of = |say: &str, at| seal.seal(&acme(), say, at).unwrap();
        assert_eq!(of("withdraw K7QM2X", noon()), of("withdraw K7QM2X", later));
        assert_ne!(of("withdraw K7QM2X", noon()), of("withdraw K7QM2Y", noon()));
    }

    #[test]
    fn a_button_counts_for_its_time_its_tenant_and_its_key_only() {
        let (seal, after) = (seal(), noon() + LIFETIME + SignedDuration::from_hours(24));
        let reference = seal.seal(&acme(), "why K7QM2X", noon()).unwrap();
        assert_eq!(seal.open(&acme(), &reference, noon() + LIFETIME).as_deref(), Ok("why K7QM2X"));
        assert_eq!(seal.open(&acme(), &reference, after), Err(SealError::Expired));
        assert_eq!(seal.open(&"evil".parse().unwrap(), &reference, noon()), Err(SealError::Foreign));
        assert_eq!(Seal::new(&[8; 32]).open(&acme(), &reference, noon()), Err(SealError::Foreign));
    }

    #[test]
    fn a_link_code_is_one_however_it_is_typed_and_another_for_everybody_else() {
        let (seal, one) = (seal(), Uuid::from_u128(1));
        let code = seal.link_code(&acme(), one);
        assert_eq!(code.len(), 14, "{code}");
        assert_eq!(code, seal.link_code(&acme(), one));
        assert_ne!(code, seal.link_code(&acme(), Uuid::from_u128(2)));
        assert_ne!(code, Seal::new(&[8; 32]).link_code(&acme(), one));
        let typed = code.to_lowercase().replace('-', "");
        assert_eq!(seal.link_digest(&acme(), &code), seal.link_digest(&acme(), &typed));
        assert_ne!(seal.link_digest(&acme(), &code), seal.link_digest(&acme(), "BCDF-GHJK-MNPQ"));
    }

    #[test]
    fn a_sealed_text_opens_for_its_purpose_and_its_key_only() {
        let sealed = seal().seal_for("session", "erin");
        assert_eq!(seal().open_for("session", &sealed).as_deref(), Some("erin"));
        assert_eq!(seal().open_for("button", &sealed), None);
        assert_eq!(Seal::new(&[8; 32]).open_for("session", &sealed), None);
        assert_eq!(seal().open(&"session".parse().unwrap(), &sealed, noon()), Err(SealError::Foreign));
        for at in 0..sealed.len() {
            assert_eq!(seal().open_for("session", &sealed[..at]), None, "{at}");
        }
    }

    #[test]
    fn what_is_too_long_is_refused_before_it_is_sent() {
        assert_eq!(seal().seal(&acme(), &"x".repeat(200), noon()), Err(SealError::TooLong));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn every_button_fits_everywhere_shows_nothing_and_comes_back(say in said()) {
            let reference = seal().seal(&acme(), &say, noon()).unwrap();
            prop_assert!(reference.len() <= LONGEST, "{}", reference.len());
            prop_assert!(reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            let opened = seal().open(&acme(), &reference, noon()).unwrap();
            // A receipt comes back as its first half.
            let expected = match say.rsplit_once(" receipt ") {
                Some((words, receipt)) => format!("{words} receipt {}", &receipt[..2 * RECEIPT]),
                None => say,
            };
            prop_assert_eq!(opened, expected);
        }

        #[test]
        fn no_other_text_is_a_reference(say in said(), at in 0_usize..100, to in "[A-Za-z0-9_-]", other in "\\PC{0,120}") {
            let reference = seal().seal(&acme(), &say, noon()).unwrap();
            let at = at % reference.len();
            let changed = format!("{}{to}{}", &reference[..at], &reference[at + 1..]);
            prop_assume!(changed != reference);
            prop_assert_eq!(seal().open(&acme(), &changed, noon()), Err(SealError::Foreign));
            prop_assert_eq!(seal().open(&acme(), &other, noon()), Err(SealError::Foreign));
        }
    }
}
