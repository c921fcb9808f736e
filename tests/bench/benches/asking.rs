//! From the first word to the last card: somebody asks in Slack, it is checked at the forge and the tracker, granted and read back,
//! and its card stands in Slack, Teams and Discord and shows that. All vendors in miniature are on this machine and share its cores:
//! `cargo bench -p countersign-bench --bench asking`.
//!
//! Everybody asks for everything there is at once, for `BENCH_ROUNDS` rounds (5); who asked looks at it in the two other chats as soon
//! as it is asked for. Between the rounds all is given back. It prints how many requests were done a second, and fails where one of
//! them is not granted or lacks a card.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::boot::{self, Booted};
use countersign::bot::Bot;
use countersign::config::Config;
use countersign::demo::Demo;
use countersign::demo::chats::{SLACK_TEAM, TEAMS_TENANT, discord_user, slack_user, teams_object};
use countersign_domain::access::Status;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Act, Identity, Interaction, Place, SurfaceKind};
use countersign_domain::request::Code;
use countersign_projections::access::{AccessFilter, list};
use countersign_projections::{conversation, request};
use countersign_sandbox::bitbucket::Repository;
use countersign_sandbox::jira::Issue;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PEOPLE: [&str; 5] = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin", "demo-auditor"];
/// Everybody may ask for so many repositories.
const REPOSITORIES: usize = 40;
const CHATS: [SurfaceKind; 3] = [SurfaceKind::Slack, SurfaceKind::Teams, SurfaceKind::Discord];
/// Everybody may read everything, so that each request becomes a permission by itself.
const RULES: &str =
    "@id(\"read\") @auto @max_duration(\"7 days\") permit (principal, action == Action::\"read\", resource);";

#[tokio::main]
async fn main() {
    let rounds = std::env::var("BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let folder = tempfile::tempdir().unwrap();
    let base =
        Config { data: folder.path().to_owned(), listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    // What the vendors in miniature keep is in memory: their disks are not what is measured.
    let demo = Demo::in_memory(base).await.unwrap();
    demo.bitbucket
        .change(|forge| {
            forge.repositories = (0..REPOSITORIES)
                .map(|n| (format!("repository-{n}"), Arc::<Repository>::default()))
                .collect();
        })
        .unwrap();
    // Each request has a ticket of its own: on one of all, the miniature would look through thousands of comments for ours.
    demo.jira
        .change(|tracker| {
            let work = tracker.issues["OPS-17"].clone();
            tracker.issues.extend((0..PEOPLE.len() * REPOSITORIES).map(|n| {
                let issue = Issue { id: 0, ..Issue::clone(&work) };
                (ticket(n), Arc::new(issue))
            }));
        })
        .unwrap();
    let mut config = demo.config.clone();
    let acme = config.tenants.get_mut(&tenant()).unwrap();
    RULES.clone_into(&mut acme.rules);
    let Booted { bot, .. } = boot::boot(&config, Arc::clone(&demo.secrets)).await.unwrap();
    let chats = demo.chats.as_ref().unwrap();
    chats.slack.connected(1).await;
    let sides = Sides { bot: &bot, teams: chats.teams.base_url() };
    let (mut taken, mut worked, mut events) = (Vec::new(), 0.0, 0);
    for round in 0..=rounds {
        let (start, before) = (Instant::now(), (processor_seconds(), bot.world.store.head().await.unwrap()));
        let codes = Box::pin(sides.asked(round)).await;
        bot.settle().await.unwrap();
        // The first one finds the way to every vendor, and is not counted.
        if round > 0 {
            taken.push(start.elapsed());
            worked += processor_seconds() - before.0;
            events += count_after(&bot, before.1).await;
        }
        must_be_shown(&bot, &codes);
        sides.given_back(&codes, round).await;
        bot.settle().await.unwrap();
    }
    let all = taken.len() * PEOPLE.len() * REPOSITORIES;
    let (elapsed, all) =
        (taken.iter().sum::<Duration>().as_secs_f64(), f64::from(u32::try_from(all).unwrap()));
    println!("{all} requests in {} rounds, each granted, with a card in three chats:", taken.len());
    println!(
        "  {:.0} requests/s; {:.1} ms of a processor each, all vendors included; {:.1} events each",
        all / elapsed,
        worked / all * 1e3,
        f64::from(events) / all
    );
    assert!(bot.stop().await, "a part of the bot broke");
}

/// The bot, and where Teams is.
struct Sides<'a> {
    bot: &'a Bot,
    teams: String,
}

impl Sides<'_> {
    /// Everybody asks for everything, and looks at each in the other chats: the codes, with who asked.
    async fn asked(&self, round: usize) -> Vec<(Code, &'static str)> {
        let (after, mut codes) = (self.bot.world.store.head().await.unwrap(), Vec::new());
        let asking = async {
            for repository in 0..REPOSITORIES {
                for (nth, person) in PEOPLE.into_iter().enumerate() {
                    let ticket = ticket(repository * PEOPLE.len() + nth);
                    let text = format!(
                        "access read on repository-{repository} for 1 hour ticket {ticket} because of round {round}"
                    );
                    self.says(
                        SurfaceKind::Slack,
                        person,
                        &text,
                        format!("ask {round} {repository} {person}"),
                    )
                    .await;
                }
            }
        };
        let looking = self.looked_at(after, &mut codes);
        tokio::join!(asking, looking);
        codes
    }

    /// Whoever asks after this position looks at it in the other chats, until all have.
    async fn looked_at(&self, mut after: Option<Position>, codes: &mut Vec<(Code, &'static str)>) {
        while codes.len() < PEOPLE.len() * REPOSITORIES {
            self.bot.world.store.wait_past(after).await.unwrap();
            let page = self.bot.world.store.read_all(after, 1000).await.unwrap();
            after = page.last().map_or(after, |event| Some(event.pos));
            for event in page.iter().filter(|event| event.kind == "access_requested") {
                let code: Code = event.stream.id().parse().unwrap();
                let person = PEOPLE.into_iter().find(|id| *id == event.actor.id.as_str()).unwrap();
                for chat in [SurfaceKind::Teams, SurfaceKind::Discord] {
                    self.says(chat, person, &format!("status {code}"), format!("look {code}")).await;
                }
                codes.push((code, person));
            }
        }
    }

    async fn given_back(&self, codes: &[(Code, &'static str)], round: usize) {
        for (code, person) in codes {
            let text = format!("give back {code}");
            self.says(SurfaceKind::Slack, person, &text, format!("back {round} {code}")).await;
        }
    }

    async fn says(&self, surface: SurfaceKind, person: &str, text: &str, delivery: String) {
        let identity = match surface {
            SurfaceKind::Slack => Identity::new(surface, SLACK_TEAM, slack_user(person)),
            SurfaceKind::Teams => {
                Identity::new(surface, TEAMS_TENANT.to_string(), teams_object(person).to_string())
            }
            SurfaceKind::Discord => Identity::new(surface, "discord", discord_user(person)),
        };
        let identity = identity.unwrap();
        let via = (surface == SurfaceKind::Teams).then(|| self.teams.clone());
        let place = Place { via, ..Place::direct(&identity) };
        let interaction = Interaction {
            delivery,
            identity,
            stranger: None,
            place: place.clone(),
            direct: place,
            message: None,
            act: Act::Said(text.to_owned()),
        };
        self.bot.desk.receive(&tenant(), interaction).await.unwrap();
    }
}

/// Each is granted, and its card stands in each chat.
fn must_be_shown(bot: &Bot, codes: &[(Code, &'static str)]) {
    let cards = bot.world.projections.rows(conversation::NAME);
    for (code, _) in codes {
        let there = conversation::of_request(&*cards, &tenant(), code).unwrap();
        let shown: BTreeSet<_> = there
            .iter()
            .filter(|card| card.message.is_some())
            .map(|card| card.place.surface.as_str())
            .collect();
        assert_eq!(shown.len(), CHATS.len(), "{code} is shown in {shown:?}");
    }
    let rows = bot.world.projections.rows(request::NAME);
    let filter = AccessFilter { statuses: vec![Status::Active], ..AccessFilter::default() };
    let granted = list(&*rows, &tenant(), &filter, None, codes.len() + 1).unwrap().items;
    assert_eq!(granted.len(), codes.len(), "all are granted");
}

async fn count_after(bot: &Bot, mut after: Option<Position>) -> u32 {
    let mut count = 0;
    loop {
        let page = bot.world.store.read_all(after, 4096).await.unwrap();
        let Some(last) = page.last() else { return count };
        (after, count) = (Some(last.pos), count + u32::try_from(page.len()).unwrap());
    }
}

/// How long all threads of this process were at work; the system counts in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// The ticket of the nth request of a round.
fn ticket(n: usize) -> String {
    format!("OPS-{}", 1000 + n)
}

fn tenant() -> Tenant {
    "acme".parse().unwrap()
}
