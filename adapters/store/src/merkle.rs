//! The RFC 6962 Merkle tree over leaf hashes, made leaf by leaf in little memory.

use countersign_domain::envelope::Digest;
use serde::{Deserialize, Serialize};

/// A growing Merkle tree, of which only what its next roots need is kept: one node for each bit of its size.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct MerkleTree {
    size: u64,
    /// The roots of the full subtrees, the largest first: one for each bit that is set in `size`.
    full: Vec<Digest>,
}

/// A tree as somebody wrote it, which may be none.
#[derive(Deserialize)]
struct Written {
    size: u64,
    full: Vec<Digest>,
}

impl TryFrom<Written> for MerkleTree {
    type Error = String;

    fn try_from(Written { size, full }: Written) -> Result<Self, String> {
        if full.len() == size.count_ones() as usize {
            return Ok(Self { size, full });
        }
        Err(format!("a tree of {size} leaves has {} full subtrees, not {}", size.count_ones(), full.len()))
    }
}

impl MerkleTree {
    /// Adds the next leaf's hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        // Like adding one to a binary number: every carried bit joins two subtrees of the same size.
        for _ in 0..self.size.trailing_ones() {
            let left = self.full.pop().expect("there is a full subtree for every bit");
            node = Digest::of_node(left, node);
        }
        self.full.push(node);
        self.size += 1;
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root; of an empty tree, the hash of nothing.
    pub fn root(&self) -> Digest {
        let joined = self.full.iter().rev().copied().reduce(|right, left| Digest::of_node(left, right));
        joined.unwrap_or_else(|| Digest::of(b""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in RFC 6962, section 2.1.
    fn root(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                Digest::of_node(root(&leaves[..split]), root(&leaves[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_that_the_rfc_defines() {
        let leaves: Vec<_> = (0..70_u8).map(|leaf| Digest::of_leaf(&[leaf])).collect();
        let mut tree = MerkleTree::default();
        for size in 0..leaves.len() {
            assert_eq!((tree.size(), tree.root()), (size as u64, root(&leaves[..size])), "{size} leaves");
            tree.push(leaves[size]);
        }
    }
}
