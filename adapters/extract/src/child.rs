//! The process that reads one file: it binds itself before it looks at anything.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use countersign_domain::ports::Extracting;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::wire::{Answer, Wire, parts};
use crate::{Bounds, read};

/// What it ends with where it was given too little memory and can still say so; where it cannot, the system ends it.
pub(crate) const NO_MEMORY: u8 = 3;

/// Reads the file that comes in at standard input, within the bounds that are told as JSON, and writes what it is. For a program
/// whose only task this is.
pub fn child(bounds: Option<&str>) -> ExitCode {
    let Some(bounds) = bounds.and_then(|bounds| serde_json::from_str::<Bounds>(bounds).ok()) else {
        return ExitCode::from(2);
    };
    match bind(bounds).and_then(|()| answer(bounds)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => ExitCode::from(NO_MEMORY),
        Err(_) => ExitCode::FAILURE,
    }
}

/// From here on it takes no more memory and time than it is given, and writes no file. Where it would, the system ends it.
fn bind(bounds: Bounds) -> io::Result<()> {
    let seconds = bounds.time.as_secs().max(1);
    let limits = [
        (Resource::As, bounds.memory, bounds.memory),
        (Resource::Cpu, seconds, seconds + 1),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
    ];
    for (resource, current, maximum) in limits {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}

fn answer(bounds: Bounds) -> io::Result<()> {
    let mut sent = Vec::new();
    io::stdin().lock().take(bounds.bytes.saturating_add(64 * 1024)).read_to_end(&mut sent)?;
    let (name, bytes) = parts(&sent)?;
    let answer: Answer = read(Extracting { name: &name, bytes }, bounds).map(Wire::from);
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}
