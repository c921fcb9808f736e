//! The log on KurrentDB, in one run: `cargo bench -p countersign-kurrent`. Without `KURRENTDB_URL` it is the one
//! in miniature, in this process: then the figures are of the adapter and the protocol, and say nothing of disks.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{Append, EventStore as _, Expected};
use countersign_kurrent::{Kurrent, Patience};
use countersign_kurrentd::{Cluster, Options};
use countersign_store::bench::{Target, drive};
use countersign_store::contract::fixtures::{append, stream, tenant};
use tokio::runtime::Runtime;

const WRITERS: [usize; 4] = [1, 16, 64, 256];
const DURATION: Duration = Duration::from_secs(3);
/// How many events the follower is told of, one after the other.
const FOLLOWED: u64 = 500;
/// How often the leader dies, and how long it is written meanwhile.
const DEATHS: u32 = 5;
const BETWEEN_DEATHS: Duration = Duration::from_secs(3);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let servers = Runtime::new()?;
    let given = std::env::var("KURRENTDB_URL").ok();
    for at_once in [true, false] {
        let options = Options { acknowledges_at_once: at_once, ..Options::nodes(3) };
        let cluster = servers.block_on(Cluster::start(options))?;
        let url = given.clone().unwrap_or_else(|| cluster.url());
        let server = match (&given, at_once) {
            (Some(_), _) => "the server that KURRENTDB_URL names",
            (None, true) => "a server that acknowledges packets at once",
            (None, false) => "a server as Linux acknowledges packets by itself",
        };
        println!("{server}\n\n| writers | appends/s | p50 ms | p99 ms |\n|---|---|---|---|");
        for writers in WRITERS {
            let target = Apart { store: open(&url)?, tenant: tenant() };
            let driven = drive(&Arc::new(target), writers, DURATION)?;
            let (p50, p99) = (driven.p50_milliseconds, driven.p99_milliseconds);
            println!("| {writers} | {:.0} | {p50:.1} | {p99:.1} |", driven.per_second);
        }
        let lags = Runtime::new()?.block_on(follow(&url))?;
        println!("\nfrom an append's answer to another bot that follows: {}", percentiles(lags));
        if given.is_some() {
            return Ok(());
        }
        if at_once {
            let (acknowledged, pauses) = Runtime::new()?.block_on(deaths(&cluster))?;
            println!(
                "{DEATHS} deaths of the leader under 3 x 16 writers: {acknowledged} appends acknowledged, all there once; without an answer for {}\n",
                percentiles(pauses)
            );
        }
    }
    Ok(())
}

/// Appends as a tenant of its own, so that no measurement repeats what an earlier one has appended.
struct Apart {
    store: Kurrent,
    tenant: Tenant,
}

impl Target for Apart {
    async fn append(&self, append: Append) -> io::Result<()> {
        let stream = StreamName::new(&self.tenant, append.stream.category(), append.stream.id());
        let append = Append { stream: stream.map_err(io::Error::other)?, ..append };
        self.store.append(append).await.map(drop).map_err(io::Error::other)
    }
}

fn open(url: &str) -> Outcome<Kurrent> {
    Ok(Kurrent::new(url.parse()?, Patience::default())?)
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
    let at = |part| at(part).copied().unwrap_or_default();
    format!("p50 {:.1?}, p99 {:.1?}, most {:.1?}", at(50), at(99), at(100))
}

/// How long it takes from the answer to an append until another client has read it.
async fn follow(url: &str) -> Outcome<Vec<Duration>> {
    let (writer, follower) = (open(url)?, open(url)?);
    let name = stream(&tenant(), "followed");
    let mut after = follower.head().await?;
    let mut lags = Vec::new();
    for number in 0..FOLLOWED {
        let expected = Expected::after(number.checked_sub(1));
        let appended = writer.append(append(name.as_str(), expected, &[number])).await?;
        let answered = Instant::now();
        while after < Some(appended.position) {
            follower.wait_past(after).await?;
            after = follower.read_all(after, 100).await?.last().map(|event| event.pos).or(after);
        }
        lags.push(answered.elapsed());
    }
    Ok(lags)
}

/// Writes with three clients while the leader dies again and again: how many appends were acknowledged, each of which must be
/// there once, and for how long after each death nothing was.
async fn deaths(cluster: &Cluster) -> Outcome<(usize, Vec<Duration>)> {
    let acknowledged = Arc::new(Mutex::new(Vec::<(Instant, String, u64)>::new()));
    let until = Instant::now() + BETWEEN_DEATHS * (DEATHS + 1);
    let tenant = tenant();
    let mut tasks = tokio::task::JoinSet::new();
    let mut stores = Vec::new();
    for client in 0..3 {
        let store = Arc::new(open(&cluster.url())?);
        for writer in 0..16 {
            let (store, told) = (Arc::clone(&store), Arc::clone(&acknowledged));
            let name = stream(&tenant, &format!("{client}-{writer}"));
            tasks.spawn(async move {
                let mut number = 0;
                while Instant::now() < until {
                    let expected = Expected::after(u64::checked_sub(number, 1));
                    let appended = store.append(append(name.as_str(), expected, &[number])).await;
                    let appended = appended.map_err(|error| error.to_string())?;
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    told.push((Instant::now(), name.to_string(), appended.rev));
                    number += 1;
                }
                Ok::<(), String>(())
            });
        }
        stores.push(store);
    }
    let mut killed = Vec::new();
    for _ in 0..DEATHS {
        tokio::time::sleep(BETWEEN_DEATHS).await;
        killed.push(Instant::now());
        let dead = cluster.kill_leader().await.ok_or("nobody leads")?;
        cluster.revive(dead).await?;
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let told = std::mem::take(&mut *acknowledged.lock().unwrap_or_else(PoisonError::into_inner));
    let mut there = HashMap::<String, u64>::new();
    for event in countersign_store::contract::fixtures::read_tenant(&*stores[0], &tenant, None, 2000).await {
        *there.entry(event.stream.to_string()).or_default() += 1;
    }
    let events = usize::try_from(there.values().sum::<u64>())?;
    if events != told.len() {
        return Err(format!("{} were acknowledged and {events} are there", told.len()).into());
    }
    // Until the first append that was begun by somebody who met the death was answered: the next answer after it.
    let pause =
        |death: &Instant| told.iter().map(|(at, ..)| *at).filter(|at| at > death).min().map(|at| at - *death);
    Ok((told.len(), killed.iter().filter_map(pause).collect()))
}
