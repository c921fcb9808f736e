//! The program `kurrentd`: what it prints, and the control port.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use kurrentdb::StreamState;

use crate::common::{append, client, events};

struct Program {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kurrentd"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built for this test");
        let says = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Self { child, says }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).expect("it speaks UTF-8");
        line.trim().to_owned()
    }

    fn say(&mut self, words: &str) -> String {
        let stdin = self.child.stdin.as_mut().expect("its input is a pipe");
        writeln!(stdin, "{words}").expect("it listens");
        self.line()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn post(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("the port is open");
    write!(socket, "POST {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").expect("it listens");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it speaks UTF-8");
    answer
}

#[tokio::test]
async fn kurrentd_runs_as_a_program_and_obeys() {
    let mut program =
        Program::start(&["--nodes", "3", "--port", "0", "--control", "0", "--user", "admin:changeit"]);
    let url = program.line();
    assert!(url.starts_with("kurrentdb://admin:changeit@127.0.0.1:"), "{url}");
    append(&client(&url), "a-1", StreamState::NoStream, events(1)).await.unwrap();
    let port = program.line();
    let address = port.strip_prefix("commands: http://").and_then(|url| url.strip_suffix("/help")).unwrap();
    assert!(post(address, "/state").contains(r#"{"leader":0,"#));
    assert!(post(address, "/fail/dance").starts_with("HTTP/1.1 400"));
    assert_eq!(program.say("kill leader"), "node 0 is dead");
    append(&client(&url), "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
    assert!(program.say("counts").contains(r#""appends":{"a-1":2}"#));
    assert!(program.say("dance").contains("is no command"));
}
