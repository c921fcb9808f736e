//! Events as the protocol tells them, and streams of answers that a task of their own produces.
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;

use super::Call;
use crate::log::{LINK, Record, ticks_now};
use crate::wire::read::{IdForm, ReadOptions};
use crate::wire::read_answer::{ReadContent, ReadEvent, ReadPosition, ReadResp, RecordedEvent};
use crate::wire::shared::{StreamIdentifier, Timestamp, Uuid};

/// How events are told to a reader.
#[derive(Clone)]
pub(super) struct Telling {
    pub(super) call: Call,
    resolve_links: bool,
    ids_as_text: bool,
}

impl Telling {
    pub(super) fn new(call: Call, options: &ReadOptions) -> Self {
        let form = options.ids.and_then(|ids| ids.form);
        let ids_as_text = matches!(form, Some(IdForm::Text(())));
        Self { call, resolve_links: options.resolve_links, ids_as_text }
    }

    /// How far this node knows the log.
    pub(super) fn limit(&self) -> usize {
        self.call.shared.limit(self.call.node)
    }

    /// One event, its link resolved if that is wanted. Its position is told by reads of a stream too: an event that
    /// committed itself, as all do but those of old transactions, knows its place (KurrentDB 22.10 and later).
    pub(super) fn event(&self, record: &Arc<Record>) -> ReadResp {
        let (event, link) = if self.resolve_links && &*record.kind == LINK {
            let target = self.call.shared.log().resolve(self.limit(), record);
            (target.map(|target| self.recorded(&target)), Some(self.recorded(record)))
        } else {
            (Some(self.recorded(record)), None)
        };
        let position = ReadPosition::Commit(record.position);
        answer(ReadContent::Event(ReadEvent { event, link, position: Some(position) }))
    }

    fn recorded(&self, record: &Record) -> RecordedEvent {
        let content = if record.json { "application/json" } else { "application/octet-stream" };
        let metadata = [
            ("type", record.kind.to_string()),
            ("content-type", content.to_owned()),
            ("created", record.created.to_string()),
        ];
        RecordedEvent {
            id: Some(if self.ids_as_text { Uuid::text(record.id) } else { Uuid::structured(record.id) }),
            stream_identifier: Some(StreamIdentifier::new(&record.stream)),
            stream_revision: record.revision,
            prepare_position: record.position,
            commit_position: record.position,
            metadata: metadata
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect::<HashMap<_, _>>(),
            custom_metadata: Bytes::clone(&record.metadata),
            data: Bytes::clone(&record.data),
        }
    }
}

/// Wraps one message of a read.
pub(super) fn answer(content: ReadContent) -> ReadResp {
    ReadResp { content: Some(content) }
}

/// Now.
pub(super) fn timestamp() -> Timestamp {
    let ticks = ticks_now();
    Timestamp {
        seconds: i64::try_from(ticks / 10_000_000).unwrap_or(i64::MAX),
        nanos: i32::try_from(ticks % 10_000_000 * 100).unwrap_or_default(),
    }
}

/// The answers that come out of a channel while the work is done that puts them in: no task of its own, so that the
/// work ends with whoever listens.
pub(super) fn worked_by<T: Send + 'static>(
    work: impl Future<Output = ()> + Send + 'static,
    answers: mpsc::Receiver<T>,
) -> impl Stream<Item = T> + Send {
    let received =
        stream::unfold(answers, |mut answers| async { answers.recv().await.map(|answer| (answer, answers)) });
    let working = stream::once(work).filter_map(|()| std::future::ready(None));
    stream::select(received, working)
}
