//! A crowd at the door, and a system that gives no files: the bot goes on, and so does its log.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use reqwest::StatusCode;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::json;

use crate::support::{Running, many_files, whole_log};

/// The demo, after this word of a shell's.
fn after(word: &str, data: &std::path::Path) -> Running {
    let demo = Running::command(data);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{word}; exec \"$0\" \"$@\"")]).arg(demo.get_program());
    command.args(demo.get_args());
    for (name, value) in demo.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("COUNTERSIGN_HTTP__HEADER_TIMEOUT", "1m");
    Running::started(Running::apart(command, data))
}

fn idle(address: &str) -> TcpStream {
    TcpStream::connect(address.trim_start_matches("http://")).unwrap()
}

async fn says(client: &reqwest::Client, bot: &Running, text: &str) -> StatusCode {
    let request = client.post(format!("{}/api/v1/chat", bot.address)).bearer_auth("demo-employee");
    request.json(&json!({ "text": text })).send().await.unwrap().status()
}

/// One connection and no other: a client with a pool may open a second one while the first is being put back.
struct Kept(BufReader<TcpStream>);

impl Kept {
    fn to(bot: &Running) -> Self {
        Self(BufReader::new(idle(&bot.address)))
    }

    /// The status of what is answered; the answer is read to its end.
    fn says(&mut self, text: &str) -> u16 {
        let body = json!({ "text": text }).to_string();
        let head = "POST /api/v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer demo-employee\r\n";
        let form = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        self.0.get_mut().write_all(format!("{head}{form}").as_bytes()).unwrap();
        let lines: Vec<String> =
            self.0.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        let length = lines.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        self.0.read_exact(&mut vec![0; length.expect("an answer of a known length")]).unwrap();
        lines[0].split(' ').nth(1).unwrap().parse().unwrap()
    }
}

fn client() -> reqwest::Client {
    countersign_outbound::install_tls();
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trust_b1_a_thousand_silent_connections_keep_nobody_out() {
    many_files();
    let folder = tempfile::tempdir().unwrap();
    let bot = after("ulimit -n 400", folder.path());
    let crowd: Vec<_> = (0..1_200).map(|_| idle(&bot.address)).collect();
    for turn in 0..5 {
        // A connection of its own each time: it must find a place among those that say nothing.
        assert_eq!(
            says(&client(), &bot, &format!("access read on web-shop for {} hours", turn + 1)).await,
            200
        );
    }
    drop(crowd);
    let (ended, said) = bot.stop();
    assert!(ended.success() && !said.contains("ERROR"), "{said}");
    let asked = whole_log(folder.path()).iter().filter(|event| event.kind == "access_requested").count();
    assert_eq!(asked, 5);
}

#[test]
fn trust_b1_the_bot_takes_as_many_files_as_the_system_lets_it_have() {
    let folder = tempfile::tempdir().unwrap();
    let bot = after("ulimit -Sn 64", folder.path());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", bot.pid())).unwrap();
    let files =
        limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("a limit of files");
    let [soft, hard, ..] = files.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{files}") };
    assert!(soft == hard && soft != "64", "{files}");
    drop(bot.stop());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trust_b1_a_system_without_files_is_waited_for_and_the_log_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let bot = Running::start(folder.path());
    let mut known = Kept::to(&bot);
    assert_eq!(known.says("help"), 200);
    let pid = i32::try_from(bot.pid()).ok().and_then(Pid::from_raw);
    let before = prlimit(
        pid,
        Resource::Nofile,
        Rlimit { current: Some(3), maximum: getrlimit(Resource::Nofile).maximum },
    );
    let before = before.unwrap();
    // Who is connected is answered, and what they say is kept, though no file can be opened any more.
    assert_eq!(known.says("access read on web-shop for 2 hours"), 200);
    // Who comes now waits until there are files again.
    let address = bot.address.clone();
    let waiting =
        tokio::spawn(
            async move { client().get(format!("{address}/healthz")).send().await.unwrap().status() },
        );
    for _ in 0..3 {
        assert_eq!(known.says("my access"), 200);
    }
    prlimit(pid, Resource::Nofile, before).unwrap();
    assert_eq!(waiting.await.unwrap(), 200);
    drop(bot.stop());
    assert!(whole_log(folder.path()).iter().any(|event| event.kind == "access_requested"));
}

#[test]
fn trust_b1_who_never_says_what_they_want_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Running::command(folder.path());
    command.env("COUNTERSIGN_HTTP__HEADER_TIMEOUT", "100ms");
    let bot = Running::started(command);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99";
    let no_end = format!("POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n{form}\r\n\r\nt");
    for begun in ["", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", &no_end] {
        let mut connection = idle(&bot.address);
        std::io::Write::write_all(&mut connection, begun.as_bytes()).unwrap();
        // The bot closes it: read to its end.
        let _ = connection.read_to_end(&mut Vec::new());
    }
    drop(bot.stop());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trust_b6_the_programs_own_files_are_nobody_elses() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("open");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    let bot = after("umask 000", &data);
    assert_eq!(says(&client(), &bot, "access read on web-shop for 2 hours").await, 200);
    let mut looked_at = 0;
    closed(&data, &mut looked_at);
    assert!(looked_at > 3, "the log and what is derived from it: {looked_at}");
    drop(bot.stop());
    closed(&data, &mut looked_at);
}

/// Neither this nor anything in it can be read or written by anybody else.
fn closed(path: &std::path::Path, looked_at: &mut usize) {
    // sled renames and removes files as it runs.
    let Ok(about) = std::fs::symlink_metadata(path) else { return };
    assert_eq!(about.permissions().mode() & 0o077, 0, "{}", path.display());
    *looked_at += 1;
    if about.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            closed(&entry.unwrap().path(), looked_at);
        }
    }
}
