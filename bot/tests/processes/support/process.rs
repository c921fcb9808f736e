//! One process of the program: its address, what it says, and its two ends.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};

/// What stands in front of the address in the line that says that the demo is ready.
const READY: &str = "listens on ";

/// A running demo. It ends with the test, whatever comes of that.
pub(crate) struct Running {
    child: Child,
    /// `http://127.0.0.1:<port>`.
    pub(crate) address: String,
    said: Option<JoinHandle<String>>,
}

impl Running {
    fn program() -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
            command.env_remove(name);
        }
        command
    }

    /// The program with this data folder, not started yet.
    pub(crate) fn command(data: &Path) -> Command {
        let mut command = Self::program();
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        Self::apart(command, data)
    }

    /// The program with a configuration and a data folder of its own, not started yet.
    pub(crate) fn configured(config: &Path, data: &Path) -> Command {
        let mut command = Self::program();
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(config).arg("--data").arg(data);
        Self::apart(command, data)
    }

    pub(crate) fn apart(mut command: Command, data: &Path) -> Command {
        // Beside the data there is nothing of ours: what stays behind stays in the build's own folder.
        let name = data.file_name().unwrap_or_default().to_string_lossy();
        let keys = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-keys"));
        command.env("COUNTERSIGN_KEYS__FOLDER", keys);
        command.current_dir(data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Starts the demo, and waits for the line that says that it is ready.
    pub(crate) fn start(data: &Path) -> Self {
        Self::started(Self::command(data))
    }

    /// Starts this, and waits for the line that says that it is ready.
    pub(crate) fn started(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (ready, address) = mpsc::channel();
        // Read to its end, or the program would stand still when the pipe is full.
        let said = std::thread::spawn(move || {
            let mut said = String::new();
            for line in lines.map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once(READY) {
                    let end = rest.find(": ").unwrap_or(rest.len());
                    ready.send(rest[..end].to_owned()).unwrap();
                }
                said = said + &line + "\n";
            }
            said
        });
        let Ok(address) = address.recv() else {
            panic!("{}: it did not start: {}", child.wait().unwrap(), said.join().unwrap())
        };
        Self { child, address, said: Some(said) }
    }

    /// The process's id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// kill -9: nothing of it runs when this returns.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: how it ended, and what it had said.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        (status, self.said.take().unwrap().join().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        self.kill();
    }
}
