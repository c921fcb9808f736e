//! Bearer tokens: only their SHA-256 digests are known here, and they are compared in constant time.

use countersign_domain::envelope::Digest;
use countersign_domain::names::{PrincipalId, Tenant};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

/// Who holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The tenant.
    pub tenant: Tenant,
    /// The person or agent.
    pub principal: PrincipalId,
}

/// Every token that is good, by digest.
#[derive(Debug, Default)]
pub struct TokenTable {
    entries: Vec<(Digest, Holder)>,
}

impl TokenTable {
    /// A table of these digests and their holders.
    pub fn new(entries: impl IntoIterator<Item = (Digest, Holder)>) -> Self {
        Self { entries: entries.into_iter().collect() }
    }

    /// The holder of a token.
    pub fn holder(&self, token: &str) -> Option<&Holder> {
        self.holder_of(Digest::of(token.as_bytes()))
    }

    /// The holder of the token with this digest; nobody, where it is there twice. Looks at every entry, so that the time it takes
    /// says nothing about any of them.
    pub fn holder_of(&self, digest: Digest) -> Option<&Holder> {
        let (mut found, mut times) = (u64::MAX, 0_u64);
        for (index, (known, _)) in (0_u64..).zip(&self.entries) {
            let same: Choice = known.as_bytes().ct_eq(digest.as_bytes());
            found.conditional_assign(&index, same);
            times += u64::from(same.unwrap_u8());
        }
        usize::try_from(found)
            .ok()
            .filter(|_| times == 1)
            .and_then(|index| self.entries.get(index))
            .map(|(_, holder)| holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_token_has_a_holder() {
        let erin = Holder { tenant: "acme".parse().unwrap(), principal: "erin".parse().unwrap() };
        let table = TokenTable::new([(Digest::of(b"secret"), erin.clone())]);
        assert_eq!(table.holder("secret"), Some(&erin));
        for wrong in ["", "Secret", "secret ", "secre"] {
            assert_eq!(table.holder(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn trust_b6_a_token_that_is_two_peoples_is_nobodys() {
        let holder =
            |tenant: &str| Holder { tenant: tenant.parse().unwrap(), principal: "erin".parse().unwrap() };
        let of = |token: &[u8], tenant: &str| (Digest::of(token), holder(tenant));
        let all = [of(b"shared", "acme"), of(b"own", "acme"), of(b"shared", "globex")];
        for table in [TokenTable::new(all.clone()), TokenTable::new(all.into_iter().rev())] {
            assert_eq!(table.holder("shared"), None, "whoever is listed first");
            assert_eq!(table.holder("own"), Some(&holder("acme")));
        }
    }
}
