//! Files: the system gives a process only so many at once, and a connection is one. So many are kept for the log, the read
//! models and the calls to vendors that no crowd at the door can take them away.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is kept for everything but connections: the segments and the marker of the log, sled's files, calls to vendors and
/// the connections to chats, of which there are some dozens.
const RESERVE: u64 = 256;

/// Lets this process have as many files as the system lets it have at all.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!("the limit of open files stays at {}: {error}", current.unwrap_or(u64::MAX));
    }
}

/// How many connections there is room for, of the `wanted` ones.
pub(super) fn room_for(wanted: usize) -> usize {
    let room = room(wanted, getrlimit(Resource::Nofile).current);
    if room < wanted {
        tracing::warn!(
            "the system gives this process too few files for {wanted} connections, so there is room for {room}: raise the \
             limit (LimitNOFILE in the unit, `ulimit -n`), or lower http.connections"
        );
    }
    room
}

/// The reserve comes first, but never more than half of what there is.
fn room(wanted: usize, files: Option<u64>) -> usize {
    let Some(files) = files else { return wanted };
    let left = files.saturating_sub(RESERVE).max(files / 2);
    wanted.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_b1_the_log_has_files_whatever_the_crowd() {
        for (files, connections) in
            [(Some(256), 128), (Some(512), 256), (Some(1024), 768), (Some(1 << 20), 4096), (None, 4096)]
        {
            assert_eq!(room(4096, files), connections, "{files:?}");
        }
        assert_eq!(room(100, Some(1024)), 100);
    }
}
