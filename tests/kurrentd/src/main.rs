//! `kurrentd`: a cluster in memory to try clustering with by hand, steered by lines on standard input or by HTTP.
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use countersign_kurrentd::{Cluster, Control, ControlError, Options, StartError, Tls, serve_control};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;

/// KurrentDB in miniature. Everything is in memory and gone at the end.
#[derive(Parser)]
#[command(
    name = "kurrentd",
    after_help = "While it runs, `help` on standard input tells what can be done to it."
)]
struct Arguments {
    /// how many nodes
    #[arg(long, default_value_t = 1)]
    nodes: usize,
    /// the port of the first node; the others follow; 0 lets the system choose for each
    #[arg(long, default_value_t = 2113)]
    port: u16,
    /// a port for commands by HTTP, such as POST /kill/leader
    #[arg(long)]
    control: Option<u16>,
    /// who may come in, as name:password; nobody named means everybody
    #[arg(long, value_parser = user)]
    user: Vec<(String, String)>,
    /// the certificate to show, a PEM file
    #[arg(long, requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// its key, a PEM file
    #[arg(long, requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// the authority whose certificates clients must show, a PEM file
    #[arg(long, requires = "tls_certificate")]
    tls_client_authority: Option<PathBuf>,
    /// write links by category and correlation
    #[arg(long)]
    projections: bool,
    /// the greatest size of one append, in bytes
    #[arg(long, default_value_t = 1024 * 1024)]
    max_append_size: usize,
    /// kill the leader again and again, such as every 10s; the dead come back after half of that time
    #[arg(long, value_parser = duration)]
    kill_leader_every: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("standard input or output: {0}")]
    Talk(#[from] io::Error),
    #[error(transparent)]
    Control(#[from] ControlError),
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    let arguments = Arguments::parse();
    let (control_port, every) = (arguments.control, arguments.kill_leader_every);
    let control = Arc::new(Control::new(Cluster::start(options(arguments)).await?));
    tell(&control.cluster().url())?;
    if let Some(port) = control_port {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        tell(&format!("commands: http://{}/help", listener.local_addr()?))?;
        tokio::spawn(serve_control(Arc::clone(&control), listener));
    }
    tokio::select! {
        done = listen(&control) => done,
        done = kill_again_and_again(&control, every) => done,
        stopped = tokio::signal::ctrl_c() => Ok(stopped?),
    }
}

fn options(arguments: Arguments) -> Options {
    let tls = arguments.tls_certificate.zip(arguments.tls_key);
    Options {
        nodes: arguments.nodes,
        port: Some(arguments.port).filter(|port| *port != 0),
        max_append_size: arguments.max_append_size,
        projections: arguments.projections,
        users: arguments.user,
        tls: tls.map(|(certificate, key)| Tls {
            certificate,
            key,
            client_authority: arguments.tls_client_authority,
        }),
        ..Options::default()
    }
}

/// Obeys the lines of standard input. When that ends, as it does in the background, the cluster goes on.
async fn listen(control: &Control) -> Result<(), Failure> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let words: Vec<_> = line.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        match control.obey(&words).await {
            Ok(text) => tell(&text)?,
            Err(error) => tell(&error.to_string())?,
        }
    }
    std::future::pending().await
}

async fn kill_again_and_again(control: &Control, every: Option<Duration>) -> Result<(), Failure> {
    let Some(every) = every else { return std::future::pending().await };
    let mut steps = tokio::time::interval(every / 2);
    steps.tick().await;
    loop {
        steps.tick().await;
        tell(&control.obey(&["kill", "leader"]).await?)?;
        steps.tick().await;
        tell(&control.obey(&["revive", "all"]).await?)?;
    }
}

fn tell(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

fn user(text: &str) -> Result<(String, String), String> {
    let (name, password) = text.split_once(':').ok_or("a user is told as name:password")?;
    Ok((name.to_owned(), password.to_owned()))
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let amount: u32 = digits.parse().map_err(|_| format!("'{text}' is no time, such as 10s"))?;
    let unit = match &text[digits.len()..] {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_mins(1),
        _ => return Err(format!("'{text}' has no unit: ms, s or m")),
    };
    Some(unit * amount).filter(|time| !time.is_zero()).ok_or_else(|| "no time at all".to_owned())
}
