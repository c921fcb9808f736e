//! The mark: how far two logs are known to be the same, small enough to be kept after every page.

use countersign_domain::envelope::{Digest, Envelope, Position};
use countersign_domain::ports::EventStore;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::merkle::MerkleTree;

/// Up to here, every event of one log was compared with the other's. It is a saving and no truth: one that is lost, torn
/// or of other stores costs a comparison from the start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mark {
    /// The last event in the source.
    pub source: Seen,
    /// The same event in the target.
    pub target: Seen,
    /// The tree over the leaf hashes of all events up to here.
    pub(super) tree: MerkleTree,
}

/// An event where it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its position in that store.
    pub pos: Position,
    /// Its id.
    pub id: Uuid,
    /// Its leaf hash.
    pub hash: Digest,
}

/// A mark as it is kept: with a digest, so that half of one is none.
#[derive(Serialize, Deserialize)]
struct Kept {
    mark: Box<RawValue>,
    sha256: Digest,
}

impl Mark {
    /// The mark behind one more event.
    pub(super) fn behind(mut tree: MerkleTree, source: &Envelope, target: &Envelope) -> Self {
        tree.push(target.hash);
        Self { source: Seen::of(source), target: Seen::of(target), tree }
    }

    /// How many events there are up to here.
    pub fn events(&self) -> u64 {
        self.tree.size()
    }

    /// The RFC 6962 root over them.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// Whether both stores still have the marked event where it was.
    pub(super) async fn holds(&self, source: &dyn EventStore, target: &dyn EventStore) -> bool {
        self.source.hash == self.target.hash
            && self.source.is_in(source).await
            && self.target.is_in(target).await
    }

    /// The mark as text.
    pub fn to_json(&self) -> String {
        let mark = serde_json::value::to_raw_value(self).expect("plain strings and numbers always serialise");
        let sha256 = Digest::of(mark.get().as_bytes());
        serde_json::to_string(&Kept { mark, sha256 }).expect("plain strings and numbers always serialise")
    }

    /// The mark in a text; `None` where it is not whole.
    pub fn from_json(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        if Digest::of(kept.mark.get().as_bytes()) != kept.sha256 {
            return None;
        }
        serde_json::from_str(kept.mark.get()).ok()
    }
}

impl Seen {
    fn of(event: &Envelope) -> Self {
        Self { pos: event.pos, id: event.id, hash: event.hash }
    }

    /// A store that cannot say is one where it is not: reading on will tell why.
    async fn is_in(&self, store: &dyn EventStore) -> bool {
        let found = store.read_at(&[self.pos]).await.unwrap_or_default();
        found.first().is_some_and(|event| Self::of(event) == *self && event.expected_hash() == self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrate_takes_no_mark_that_is_not_whole() {
        let hash = Digest::of_leaf(b"one");
        let seen = Seen { pos: Position::from_store(1), id: Uuid::from_u128(1), hash };
        let mut tree = MerkleTree::default();
        tree.push(hash);
        let text = Mark { source: seen, target: seen, tree }.to_json();
        let read = Mark::from_json(&text).expect("it is whole");
        assert_eq!((read.events(), read.root(), read.source), (1, hash, seen));
        for end in 0..text.len() {
            assert!(Mark::from_json(&text[..end]).is_none(), "{end}");
        }
        assert!(Mark::from_json(&text.replacen("\"size\":1", "\"size\":3", 1)).is_none());
    }
}
