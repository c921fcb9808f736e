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
    /// Whether positions are told: only for reads of everything, as on the real server.
    positions: bool,
}

impl Telling {
    pub(super) fn new(call: Call, options: &ReadOptions, positions: bool) -> Self {
        let form = options.ids.and_then(|ids| ids.form);
        let ids_as_text = matches!(form, Some(IdForm::Text(())));
        Self { call, resolve_links: options.resolve_links, ids_as_text, positions }
    }

    /// How far this node knows the log.
    pub(super) fn limit(&self) -> usize {
        self.call.shared.limit(self.call.node)
    }

    /// One event, its link resolved if that is wanted.
    pub(super) fn event(&self, record: &Arc<Record>) -> ReadResp {
        let at = self.positions.then_some(record.position);
        let (event, link) = if self.resolve_links && &*record.kind == LINK {
            let target = self.call.shared.log().resolve(self.limit(), record);
            (target.map(|target| self.recorded(&target, at)), Some(self.recorded(record, at)))
        } else {
            (Some(self.recorded(record, at)), None)
        };
        let position = at.map_or(ReadPosition::None(()), ReadPosition::Commit);
        answer(ReadContent::Event(ReadEvent { event, link, position: Some(position) }))
    }

    fn recorded(&self, record: &Record, at: Option<u64>) -> RecordedEvent {
        let content = if record.json { "application/json" } else { "application/octet-stream" };
        let metadata = [
            ("type", record.kind.to_string()),
            ("content-type", content.to_owned()),
            ("created", record.created.to_string()),
        ];
        let position = at.unwrap_or(u64::MAX);
        RecordedEvent {
            id: Some(if self.ids_as_text { Uuid::text(record.id) } else { Uuid::structured(record.id) }),
            stream_identifier: Some(StreamIdentifier::new(&record.stream)),
            stream_revision: record.revision,
            prepare_position: position,
            commit_position: position,
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
