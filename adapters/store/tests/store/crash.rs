//! The process is killed, the machine loses its power: nothing acknowledged is lost, nothing is there twice.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use crate::support::{check, folder, open, read_all, runtime, skipped};
use countersign_domain::envelope::Position;
use countersign_domain::ports::{EventStore, Expected};
use countersign_store::contract::fixtures;
use countersign_store::{Journal, Options, PlaceFile};

/// Tells the test program that it is the one to be killed, and where to write.
const FOLDER: &str = "CRASH_FOLDER";
/// Tells it what its streams are called.
const ROUND: &str = "CRASH_ROUND";
const WRITERS: u64 = 16;

/// What the writing process was told: the position of every event, by stream and revision.
type Acknowledged = HashMap<(String, u64), u64>;

/// Not a test of its own: what the process that is killed does.
#[test]
fn write_until_killed() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let options = Options { segment_bytes: 1 << 20, ..crate::support::options() };
    let journal = Arc::new(Journal::open(folder, options).expect("the journal opens"));
    println!("\nready");
    runtime().block_on(async {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(Arc::clone(&journal), format!("acme.r{round}-{writer}"))))
            .collect();
        for writer in writers {
            writer.await.expect("no writer panics");
        }
    });
}

async fn write(journal: Arc<Journal>, stream: String) {
    let mut expected = Expected::NoStream;
    for number in 0.. {
        let two = [number * 2, number * 2 + 1];
        let append = fixtures::append(&stream, expected, &two[..=usize::from(number % 3 == 0)]);
        let Ok(appended) = journal.append(append).await else { return };
        // One write, so that the line is whole or not there.
        let told = format!("ack {stream} {} {}\n", appended.rev, appended.position);
        if std::io::stdout().lock().write_all(told.as_bytes()).is_err() {
            return;
        }
        expected = Expected::Revision(appended.rev);
    }
}

/// The process that writes until it is killed.
struct Victim {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Victim {
    fn start(folder: &Path, round: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("a path"))
            .args(["--exact", "crash::write_until_killed", "--nocapture", "--quiet"])
            .env(FOLDER, folder)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the test program starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, lines }
    }

    /// Reads up to `limit` acknowledgements; fewer only when the process has ended.
    fn read(&mut self, limit: usize, acknowledged: &mut Acknowledged) -> usize {
        let mut count = 0;
        while count < limit
            && let Some(Ok(line)) = self.lines.next()
        {
            if let ["ack", stream, rev, pos] = line.split(' ').collect::<Vec<_>>()[..] {
                let (rev, pos) = (rev.parse().expect("a number"), pos.parse().expect("a number"));
                acknowledged.insert((stream.to_owned(), rev), pos);
                count += 1;
            }
        }
        count
    }

    /// Stops it where it is, so that it says nothing more. A sync that is just under way when a file system is shut
    /// down may still report success, which no machine without power could.
    fn freeze(&self) {
        use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::STOP).expect("it can be stopped");
        waitpid(Some(pid), WaitOptions::UNTRACED).expect("it stops");
    }

    /// Kills it without a warning and reads what it had said before.
    fn kill(mut self, acknowledged: &mut Acknowledged) {
        self.child.kill().expect("it can be killed");
        self.read(usize::MAX, acknowledged);
        self.child.wait().expect("it has ended");
    }
}

/// Every acknowledged event is in its place, positions and revisions have no gaps, and the index agrees with the log.
fn nothing_is_lost(folder: &Path, acknowledged: &Acknowledged) {
    let report = check(folder);
    assert!(report.damages.is_empty(), "{:?}", report.damages);
    let journal = open(folder);
    let events = read_all(&journal);
    assert!(events.iter().map(|event| event.pos.for_store()).eq(1..=events.len() as u64));
    for ((stream, rev), pos) in acknowledged {
        let event = events.get(usize::try_from(pos - 1).expect("a small log"));
        let found = event.map(|event| (event.stream.as_str(), event.rev));
        assert_eq!(found, Some((stream.as_str(), *rev)), "position {pos} of {}", events.len());
    }
    let mut streams: HashMap<_, Vec<_>> = HashMap::new();
    for event in &events {
        streams.entry(event.stream.to_string()).or_default().push(event.id);
    }
    for (stream, ids) in streams {
        let found = crate::support::read_stream(&journal, &stream);
        assert!(found.iter().map(|event| event.id).eq(ids), "the index knows all of {stream}");
        assert!(found.iter().map(|event| event.rev).eq(0..found.len() as u64), "{stream} has no gaps");
    }
}

#[test]
fn killed_twenty_times_in_the_middle_of_load_nothing_acknowledged_is_lost() {
    let folder = folder();
    let mut acknowledged = Acknowledged::new();
    for round in 0..20 {
        let mut victim = Victim::start(folder.path(), round);
        // A different moment each time.
        let wanted = 1 + usize::try_from(round * 37 % 400).expect("small");
        assert_eq!(victim.read(wanted, &mut acknowledged), wanted, "round {round} writes");
        victim.kill(&mut acknowledged);
        nothing_is_lost(folder.path(), &acknowledged);
    }
}

/// An ext4 file system in a file, which can lose its power.
struct Device {
    image: PathBuf,
    mount: PathBuf,
}

impl Device {
    fn new(folder: &Path) -> Option<Self> {
        let device = Self { image: folder.join("image"), mount: folder.join("mount") };
        fs::create_dir(&device.mount).expect("a folder");
        File::create(&device.image).and_then(|file| file.set_len(256 << 20)).expect("an image");
        (succeeds(Command::new("mkfs.ext4").arg("-q").arg(&device.image)) && device.mount()).then_some(device)
    }

    fn mount(&self) -> bool {
        succeeds(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.mount))
    }

    fn unmount(&self) -> bool {
        succeeds(Command::new("umount").arg(&self.mount))
    }

    /// From now on nothing reaches the device any more, and what had not is lost.
    #[expect(
        unsafe_code,
        reason = "there is no safe call for this; the number and its argument are the kernel's"
    )]
    fn cut_power(&self) -> bool {
        use rustix::ioctl::{Setter, ioctl, opcode};
        const SHUTDOWN: rustix::ioctl::Opcode = opcode::read::<u32>(b'X', 125);
        const WITHOUT_FLUSHING_THE_LOG: u32 = 2;
        let Ok(mount) = File::open(&self.mount) else { return false };
        // SAFETY: the call reads one u32, and that is what the setter hands it.
        unsafe { ioctl(&mount, Setter::<SHUTDOWN, u32>::new(WITHOUT_FLUSHING_THE_LOG)) }.is_ok()
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.mount).stderr(Stdio::null()).status().ok();
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.stderr(Stdio::null()).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn after_a_power_cut_in_the_middle_of_load_nothing_acknowledged_is_lost() {
    let folder = folder();
    let Some(device) = Device::new(folder.path()) else {
        return skipped("a power cut is simulated with root, mkfs.ext4 and a loop device");
    };
    let store = device.mount.join("store");
    let mut acknowledged = Acknowledged::new();
    for round in 0..5 {
        let mut victim = Victim::start(&store, round);
        let wanted = 400 + usize::try_from(round).expect("small") * 150;
        assert_eq!(victim.read(wanted, &mut acknowledged), wanted, "round {round} writes");
        victim.freeze();
        if !device.cut_power() {
            victim.kill(&mut acknowledged);
            return skipped("this file system cannot be shut down");
        }
        victim.kill(&mut acknowledged);
        assert!(device.unmount() && device.mount(), "the file system comes back");
        // The machine would have another boot id now.
        fs::write(store.join("side.state"), "the boot before").expect("written");
        nothing_is_lost(&store, &acknowledged);
    }
}

#[test]
fn after_a_power_cut_a_place_in_the_log_is_at_most_a_thousand_events_behind() {
    let folder = folder();
    let Some(device) = Device::new(folder.path()) else {
        return skipped("a power cut is simulated with root, mkfs.ext4 and a loop device");
    };
    let path = device.mount.join("reached");
    let at = |place: u64| Some(Position::from_store(place));
    for round in 1..=4_u64 {
        let place = PlaceFile::open(&path, at(100_000)).expect("the file opens");
        for reached in 1..=round * 2500 {
            place.reach(Position::from_store(reached)).expect("it is written");
        }
        if !device.cut_power() {
            return skipped("this file system cannot be shut down");
        }
        drop(place);
        assert!(device.unmount() && device.mount(), "the file system comes back");
        let found = PlaceFile::open(&path, at(100_000)).expect("the file opens").place();
        assert!(found > at(round * 2500 - 1000) && found <= at(round * 2500), "round {round}: {found:?}");
    }
}
