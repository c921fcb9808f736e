//! Subscriptions: what is there, the word that it is caught up, and then what comes.
use std::future::ready;

use futures::stream;
use tokio::sync::{mpsc, watch};
use tonic::{Code, Status};

use super::events::{Telling, answer, timestamp, worked_by};
use super::read::{Answers, PAGE};
use super::{status, write};
use crate::faults::Ending;
use crate::log::{Direction, Filter, StreamError};
use crate::wire::read::{AllOptions, FilterOptions, FromPosition, FromRevision, StreamOptions, Window};
use crate::wire::read_answer::{Checkpoint, Confirmation, Progress, ReadContent, ReadResp};
use crate::wire::shared::Position;

/// Subscribes to everything after a position.
pub(super) fn to_all(
    telling: Telling,
    options: AllOptions,
    filter: Option<Filter>,
    filtering: Option<&FilterOptions>,
) -> Result<Answers, Status> {
    let next = {
        let log = telling.call.shared.log();
        match options.from {
            None | Some(FromPosition::Start(())) => 0,
            Some(FromPosition::End(())) => log.len().min(telling.limit()),
            Some(FromPosition::Position(position)) => {
                log.place_after(position.commit_position).map_err(|_| status::invalid_position())?
            }
        }
    };
    let window = match filtering.and_then(|filtering| filtering.window) {
        Some(Window::Max(max)) => (max as usize).max(1),
        _ => PAGE,
    };
    let interval =
        filtering.map(|filtering| window * (filtering.checkpoint_interval_multiplier.max(1) as usize));
    let follower = AllFollower { telling, filter, next, window, interval, considered: 0 };
    Ok(run(follower))
}

/// Subscribes to a stream after a revision. The stream need not be there yet.
pub(super) fn to_stream(telling: Telling, options: &StreamOptions) -> Result<Answers, Status> {
    let stream = write::stream_name(options.stream_identifier.as_ref())?;
    let next = match options.from {
        None | Some(FromRevision::Start(())) => 0,
        Some(FromRevision::Revision(revision)) => revision.saturating_add(1),
        Some(FromRevision::End(())) => {
            let page = telling.call.shared.log().stream_page(
                telling.limit(),
                &stream,
                u64::MAX,
                Direction::Backwards,
                1,
            );
            page.map_or(0, |page| page.last + 1)
        }
    };
    Ok(run(StreamFollower { telling, stream, next }))
}

/// What a look for news brings.
struct News {
    answers: Vec<ReadResp>,
    at_end: bool,
}

trait Follower: Send + 'static {
    fn telling(&self) -> &Telling;
    /// Looks for what comes next.
    fn look(&mut self) -> Result<News, Status>;
    /// How far it is.
    fn progress(&self) -> Progress;
}

fn run(follower: impl Follower) -> Answers {
    let (answers, answered) = mpsc::channel(PAGE);
    let endings = follower.telling().call.shared.faults.endings();
    let news = follower.telling().call.shared.news();
    let work = async move {
        let ended = follow(follower, news, endings, &answers).await;
        if let Err(status) = ended {
            // nobody listens any more if this fails
            let _gone = answers.send(Err(status)).await;
        }
    };
    Box::pin(stream::StreamExt::fuse(worked_by(work, answered)))
}

async fn follow(
    mut follower: impl Follower,
    mut news: watch::Receiver<()>,
    mut endings: watch::Receiver<Ending>,
    answers: &mpsc::Sender<Result<ReadResp, Status>>,
) -> Result<(), Status> {
    let subscription_id = uuid::Uuid::new_v4().to_string();
    let mut waiting = vec![answer(ReadContent::Confirmation(Confirmation { subscription_id }))];
    let mut caught_up = false;
    loop {
        for message in waiting.drain(..) {
            tokio::select! {
                biased;
                ending = ended(&mut endings) => return ending,
                sent = answers.send(Ok(message)) => if sent.is_err() { return Ok(()) },
            }
        }
        news.mark_unchanged();
        let found = follower.look()?;
        waiting.extend(found.answers);
        if !found.at_end {
            continue;
        }
        if !caught_up {
            caught_up = true;
            waiting.push(answer(ReadContent::CaughtUp(follower.progress())));
        }
        if waiting.is_empty() {
            tokio::select! {
                biased;
                ending = ended(&mut endings) => return ending,
                changed = news.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }
}

async fn ended(endings: &mut watch::Receiver<Ending>) -> Result<(), Status> {
    if endings.changed().await.is_err() {
        return ready(Ok(())).await;
    }
    match endings.borrow().1 {
        Code::Ok => Ok(()),
        code => Err(Status::new(code, "the subscription was ended on command")),
    }
}

struct AllFollower {
    telling: Telling,
    filter: Option<Filter>,
    next: usize,
    window: usize,
    interval: Option<usize>,
    considered: usize,
}

impl Follower for AllFollower {
    fn telling(&self) -> &Telling {
        &self.telling
    }

    fn look(&mut self) -> Result<News, Status> {
        let page = self.telling.call.shared.log().all_page(
            self.telling.limit(),
            self.next,
            Direction::Forwards,
            PAGE,
            self.window,
            self.filter.as_ref(),
        );
        self.next = page.next;
        self.considered += page.considered;
        let mut answers: Vec<_> = page.records.iter().map(|record| self.telling.event(record)).collect();
        if let (Some(interval), Some(position)) = (self.interval, page.last_considered)
            && self.considered >= interval
        {
            self.considered %= interval;
            let timestamp = Some(timestamp());
            let checkpoint = Checkpoint { commit_position: position, prepare_position: position, timestamp };
            answers.push(answer(ReadContent::Checkpoint(checkpoint)));
        }
        Ok(News { answers, at_end: page.at_end })
    }

    fn progress(&self) -> Progress {
        let position = self.telling.call.shared.log().last_position(self.next);
        Progress { timestamp: Some(timestamp()), stream_revision: None, position: position.map(Position::at) }
    }
}

struct StreamFollower {
    telling: Telling,
    stream: String,
    next: u64,
}

impl Follower for StreamFollower {
    fn telling(&self) -> &Telling {
        &self.telling
    }

    fn look(&mut self) -> Result<News, Status> {
        let log = self.telling.call.shared.log();
        let page = log.stream_page(self.telling.limit(), &self.stream, self.next, Direction::Forwards, PAGE);
        drop(log);
        let page = match page {
            Ok(page) => page,
            Err(StreamError::NotFound) => return Ok(News { answers: Vec::new(), at_end: true }),
            Err(StreamError::Deleted) => return Err(status::stream_deleted(&self.stream)),
        };
        if let Some(last) = page.records.last() {
            self.next = last.revision + 1;
        }
        let answers = page.records.iter().map(|record| self.telling.event(record)).collect();
        Ok(News { answers, at_end: page.next.is_none() })
    }

    fn progress(&self) -> Progress {
        let stream_revision = self.next.checked_sub(1).and_then(|revision| i64::try_from(revision).ok());
        Progress { timestamp: Some(timestamp()), stream_revision, position: None }
    }
}
