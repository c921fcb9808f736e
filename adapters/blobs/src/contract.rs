//! The contract of the port `Blobs`, for whatever keeps them.

use countersign_domain::digest::Digest;
use countersign_domain::ports::{Blobs, CallErrorKind};

/// Panics where it is not held to, with what it is. `blobs` is empty.
pub async fn holds(blobs: &dyn Blobs) {
    let nothing = Digest::of(b"nobody has kept this");
    assert_eq!(blobs.get(&nothing, 100).await, Ok(None), "what was never kept is not there");
    assert_eq!(blobs.size(&nothing).await, Ok(None), "nor has it a size");
    assert_eq!(blobs.remove(&nothing).await, Ok(()), "what is not there is gone already");

    for bytes in [&b""[..], b"travel\0policy", &vec![0xff; 100_000]] {
        let digest = Digest::of(bytes);
        assert_eq!(blobs.put(bytes).await, Ok(digest), "it is called by what is in it");
        assert_eq!(blobs.put(bytes).await, Ok(digest), "the same once more is the same");
        assert_eq!(blobs.size(&digest).await, Ok(Some(bytes.len() as u64)));
        assert_eq!(blobs.get(&digest, bytes.len() as u64).await, Ok(Some(bytes.to_vec())));
    }

    let long = Digest::of(&vec![0xff; 100_000]);
    let refused = blobs.get(&long, 99_999).await.expect_err("more than the most is not read");
    assert_eq!(refused.kind, CallErrorKind::Rejected, "and asking again does not help");

    assert_eq!(blobs.remove(&long).await, Ok(()));
    assert_eq!(blobs.get(&long, 100_000).await, Ok(None), "what was removed is not there");
    assert_eq!(blobs.size(&Digest::of(b"")).await, Ok(Some(0)), "and the others are");
}
