//! Files read by a process of their own.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use async_trait::async_trait;
use countersign_domain::ports::{
    CallError, CallErrorKind, Extracted, Extracting, Extractor, OURSELVES, Unreadable,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::Bounds;
use crate::child::NO_MEMORY;
use crate::wire::{Answer, head};

/// How many files are read at once: each may take all the memory that one is given.
const AT_ONCE: usize = 2;

/// Reads files, each in a process of its own.
#[derive(Debug)]
pub struct Apart {
    program: PathBuf,
    arguments: Vec<String>,
    bounds: Bounds,
    places: Semaphore,
}

impl Apart {
    /// By this program, which calls [`child`](crate::child) with what stands behind these arguments.
    pub fn new(program: PathBuf, arguments: Vec<String>, bounds: Bounds) -> Self {
        Self { program, arguments, bounds, places: Semaphore::new(AT_ONCE) }
    }

    fn start(&self) -> io::Result<Child> {
        let bounds = serde_json::to_string(&self.bounds)?;
        Command::new(&self.program)
            .args(&self.arguments)
            .arg(bounds)
            .env_clear()
            // An allocator that takes a gigabyte from the system beforehand would have it before it is bound.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    async fn by_another(&self, file: Extracting<'_>) -> io::Result<Result<Extracted, Unreadable>> {
        let mut child = self.start()?;
        let (mut into, out) = (child.stdin.take(), child.stdout.take());
        let give = async {
            if let Some(mut into) = into.take() {
                // Whoever has seen enough of it reads no further; what it answers counts.
                let _ = into.write_all(&head(file)).await;
                let _ = into.write_all(file.bytes).await;
            }
        };
        // Its text, and as much again for what JSON makes of it.
        let most = 8 * self.bounds.text as u64 + 64 * 1024;
        let take = async {
            let mut answer = Vec::new();
            if let Some(out) = out {
                out.take(most).read_to_end(&mut answer).await?;
            }
            Ok::<_, io::Error>(answer)
        };
        let all = async {
            let ((), answer) = tokio::join!(give, take);
            Ok::<_, io::Error>((answer?, child.wait().await?))
        };
        match timeout(self.bounds.time, all).await {
            Ok(done) => {
                let (answer, status) = done?;
                Ok(told(&answer, status))
            }
            Err(_) => Ok(Err(exhausted("time"))),
        }
    }
}

/// What was answered; without an answer, what the end of the process says of the file.
fn told(answer: &[u8], status: ExitStatus) -> Result<Extracted, Unreadable> {
    const CPU_TIME: i32 = 24;
    match serde_json::from_slice::<Answer>(answer) {
        Ok(answer) if status.success() => answer.map(Extracted::from),
        _ => Err(match (status.signal(), status.code()) {
            (Some(CPU_TIME), _) => exhausted("time"),
            // Nothing else ends it so: memory that it was not given, or a stack without an end.
            (Some(_), _) => exhausted("memory"),
            (None, Some(code)) if code == i32::from(NO_MEMORY) => exhausted("memory"),
            (None, _) => Unreadable::Broken,
        }),
    }
}

fn exhausted(what: &str) -> Unreadable {
    Unreadable::Exhausted { what: what.to_owned() }
}

#[async_trait]
impl Extractor for Apart {
    async fn extract(&self, file: Extracting<'_>) -> Result<Result<Extracted, Unreadable>, CallError> {
        if file.bytes.is_empty() {
            return Ok(Err(Unreadable::Empty));
        }
        if file.bytes.len() as u64 > self.bounds.bytes {
            return Ok(Err(Unreadable::TooLarge { most: self.bounds.bytes }));
        }
        let _place = self.places.acquire().await;
        self.by_another(file).await.map_err(|error| CallError {
            vendor: OURSELVES,
            what: "read a file".to_owned(),
            detail: format!("the process that reads files cannot be used: {error}"),
            status: None,
            kind: CallErrorKind::NotDone { after: None },
        })
    }
}
