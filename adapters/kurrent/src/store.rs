//! The log on KurrentDB: what the port promises, made of what the client gives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Appended, EventStore, Expected, StoreError};
use countersign_store::Prepared;
use eventstore::{
    AppendToStreamOptions, Client, Credentials, CurrentRevision, EventData, ReadAllOptions, ReadStream,
    ReadStreamOptions, RecordedEvent, StreamPosition, StreamState, SubscriptionFilter,
};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use crate::address::Address;
use crate::asking::{Links, Refused, ask};
use crate::form::{self, STREAMS};
use crate::hint::Hint;
use crate::seen::Seen;

/// How many single events are read at once.
const ABREAST: usize = 16;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// One call.
    pub call: Duration,
    /// A whole operation with everything that is tried again, so that the death of a leader is only a delay.
    pub operation: Duration,
    /// How often is looked for news where nothing tells of any.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(5),
            operation: Duration::from_secs(20),
            poll: Duration::from_millis(500),
        }
    }
}

/// A log on KurrentDB.
pub struct Kurrent {
    links: Links,
    patience: Patience,
    seen: Arc<Seen>,
    _hint: Hint,
}

impl Kurrent {
    /// The log at an address. Nothing is called yet; the error is of this machine, which gives no thread.
    pub fn new(address: Address, patience: Patience) -> std::io::Result<Self> {
        let seen = Arc::new(Seen::new());
        let hint = Hint::listen(address.clone(), Arc::clone(&seen))?;
        Ok(Self { links: Links::new(address, patience.operation), patience, seen, _hint: hint })
    }

    /// Calls until there is an answer, or patience is over.
    pub(crate) async fn ask<T: Send + 'static, F>(
        &self,
        call: impl Fn(Client, Option<Credentials>) -> F + Send + Sync,
    ) -> Result<T, Refused>
    where
        F: Future<Output = eventstore::Result<T>> + Send + 'static,
    {
        ask(&self.links, self.patience.call, Instant::now() + self.patience.operation, call).await
    }

    async fn stream_page(
        &self,
        stream: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let stream = stream.to_owned();
        let read = self.ask(move |client, credentials| {
            let options =
                ReadStreamOptions::default().position(StreamPosition::Position(from)).max_count(limit);
            let options = match credentials {
                Some(credentials) => options.authenticated(credentials),
                None => options,
            };
            let stream = stream.clone();
            async move { collect(client.read_stream(stream, &options).await?).await }
        });
        match read.await {
            Err(Refused::Answer(eventstore::Error::ResourceNotFound)) => Ok(Vec::new()),
            read => read.map_err(unreadable),
        }
    }

    /// Of our events only, from `position` on, that included.
    async fn all_page(
        &self,
        position: StreamPosition<u64>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, Refused> {
        let position = position.map(|place| eventstore::Position { commit: place, prepare: place });
        self.ask(move |client, credentials| {
            let filter = SubscriptionFilter::on_stream_name().regex(STREAMS);
            let options = ReadAllOptions::default().position(position).filter(filter).max_count(limit);
            let options = match credentials {
                Some(credentials) => options.authenticated(credentials),
                None => options,
            };
            async move { collect(client.read_all(&options).await?).await }
        })
        .await
    }

    async fn at(&self, position: Position) -> Result<Option<Envelope>, StoreError> {
        let place = position.for_store();
        let page = match self.all_page(StreamPosition::Position(place), 1).await {
            // There is no event there: the position is another log's.
            Err(Refused::Answer(eventstore::Error::Grpc { .. })) => Vec::new(),
            page => page.map_err(unreadable)?,
        };
        let there = page.first().filter(|event| event.position.commit == place);
        there.map(|event| form::read(event).map(|(envelope, _)| envelope)).transpose()
    }

    /// What came of an append that the server says is there, near this place: read back and not believed, because of one
    /// that was there before it says the same as of a new one.
    async fn placed(
        &self,
        append: &Prepared,
        sending: Uuid,
        near: u64,
    ) -> Result<Option<Appended>, StoreError> {
        let last = append.events.last().map(|event| event.id);
        // The place it tells is the last event's, or else the first one's.
        for count in [1, append.events.len()] {
            let page = match self.all_page(StreamPosition::Position(near), count).await {
                Err(Refused::Answer(_)) => return Ok(None),
                page => page.map_err(unreadable)?,
            };
            if let Some(event) = page.iter().find(|event| Some(event.id) == last) {
                let (event, came_by) = form::read(event)?;
                self.seen.advance(event.pos.for_store());
                return Ok(Some(Appended {
                    position: event.pos,
                    rev: event.rev,
                    repeated: came_by != sending,
                }));
            }
        }
        Ok(None)
    }

    /// Whether what stands in an append's place is this very append. Servers before 22.10 do not say where a stream's events
    /// are; then it is said that they are not behind the end of the log.
    async fn in_place(&self, append: &Prepared, sending: Uuid) -> Result<Option<Appended>, StoreError> {
        let page =
            self.stream_page(append.stream.as_str(), append.expected.next(), append.events.len()).await?;
        let ids = append.events.iter().map(|event| event.id);
        if !page.iter().map(|event| event.id).eq(ids) {
            return Ok(None);
        }
        let Some(last) = page.last() else { return Ok(None) };
        let (last, came_by) = form::read(last)?;
        let position = match last.pos {
            Position::UNSAID => self.head().await?.unwrap_or(Position::UNSAID),
            said => said,
        };
        Ok(Some(Appended { position, rev: last.rev, repeated: came_by != sending }))
    }

    /// What came of an append that was carried out.
    async fn carried_out(&self, append: &Prepared, sending: Uuid, near: u64) -> Result<Appended, StoreError> {
        let found = match self.placed(append, sending, near).await {
            Ok(None) => self.in_place(append, sending).await,
            found => found,
        };
        match found {
            Ok(Some(appended)) => Ok(appended),
            Ok(None) => {
                Err(StoreError::Unknown("the server says that it is there, and does not show it".to_owned()))
            }
            // It is there, but not to be told where.
            Err(StoreError::Unavailable(why)) => Err(StoreError::Unknown(why)),
            Err(error) => Err(error),
        }
    }
}

/// Everything a read gives.
async fn collect(mut read: ReadStream) -> eventstore::Result<Vec<RecordedEvent>> {
    let mut events = Vec::new();
    while let Some(event) = read.next().await? {
        events.extend(event.event);
    }
    Ok(events)
}

fn unreadable(refused: Refused) -> StoreError {
    match refused {
        Refused::Answer(eventstore::Error::ResourceDeleted) => {
            StoreError::Damaged("one of its streams was deleted in KurrentDB".to_owned())
        }
        refused => StoreError::Unavailable(refused.to_string()),
    }
}

const fn state(expected: Expected) -> StreamState {
    match expected {
        Expected::NoStream => StreamState::NoStream,
        Expected::Revision(rev) => StreamState::StreamRevision(rev),
    }
}

#[async_trait]
impl EventStore for Kurrent {
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let prepared = Prepared::new(&append)?;
        let invalid = |why: String| StoreError::Invalid { stream: append.stream.clone(), why };
        let sending = Uuid::new_v4();
        let events = append.events.iter().zip(&prepared.events);
        let events: Vec<EventData> = events
            .map(|(event, prepared)| form::sent(event, prepared.hash, sending))
            .collect::<Result<_, _>>()
            .map_err(|error| invalid(error.to_string()))?;
        let (stream, call) = (append.stream.to_string(), self.patience.call);
        let sent = self.ask(move |client, credentials| {
            let options =
                AppendToStreamOptions::default().stream_state(state(append.expected)).deadline(call);
            let options = match credentials {
                Some(credentials) => options.authenticated(credentials),
                None => options,
            };
            let (stream, events) = (stream.clone(), events.clone());
            async move {
                let written = client.append_to_stream(stream, &options, events).await?;
                Ok(written.position.commit)
            }
        });
        match sent.await {
            Ok(near) => self.carried_out(&prepared, sending, near).await,
            Err(Refused::Answer(eventstore::Error::WrongExpectedVersion { current, .. })) => {
                let actual = match current {
                    CurrentRevision::Current(rev) => Some(rev),
                    CurrentRevision::NoStream => None,
                };
                let stream = prepared.stream.clone();
                let conflict = StoreError::Conflict { stream, expected: prepared.expected, actual };
                self.in_place(&prepared, sending).await?.ok_or(conflict)
            }
            Err(Refused::Answer(eventstore::Error::Grpc { message, .. })) => Err(StoreError::Invalid {
                stream: prepared.stream,
                why: format!("KurrentDB refuses it: {message}"),
            }),
            Err(Refused::GaveUp { doubtful: true, why }) => Err(StoreError::Unknown(why)),
            Err(refused) => Err(unreadable(refused)),
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let page = self.stream_page(stream.as_str(), from, limit).await?;
        page.iter().map(|event| form::read(event).map(|(envelope, _)| envelope)).collect()
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let known = self.seen.last();
        let from = after.map_or(StreamPosition::Start, |after| StreamPosition::Position(after.for_store()));
        let more = usize::from(after.is_some());
        let page = self.all_page(from, limit.saturating_add(more)).await.map_err(unreadable)?;
        let page =
            page.iter().filter(|event| after.is_none_or(|after| event.position.commit > after.for_store()));
        let page: Vec<_> = page
            .take(limit)
            .map(|event| form::read(event).map(|(envelope, _)| envelope))
            .collect::<Result<_, _>>()?;
        match page.last() {
            Some(last) => self.seen.advance(last.pos.for_store()),
            None => self.seen.nothing_after(after.map_or(0, Position::for_store), known),
        }
        Ok(page)
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        let reads = positions.iter().copied().map(|position| self.at(position));
        let found: Vec<_> = stream::iter(reads).buffered(ABREAST).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        let page = self.all_page(StreamPosition::End, 1).await.map_err(unreadable)?;
        Ok(page.first().map(|event| Position::from_store(event.position.commit)))
    }

    async fn wait_past(&self, after: Option<Position>) -> Result<(), StoreError> {
        let news = self.seen.past(after.map_or(0, Position::for_store));
        // Without news it is time to look, whether or not anything tells of any.
        let _ = tokio::time::timeout(self.patience.poll, news).await;
        Ok(())
    }
}
