//! The roster as events of a stream of its own, each of which replaces the one before. It is no part of the log: its name has
//! no tenant, so nothing that reads the log sees it, and KurrentDB keeps only its last events.

use async_trait::async_trait;
use countersign_domain::ports::StoreError;
use countersign_domain::roster::{Kept, Roster, Rosters};
use eventstore::{
    AppendToStreamOptions, Error, EventData, ReadStreamOptions, StreamMetadata, StreamPosition, StreamState,
};
use uuid::Uuid;

use crate::asking::Refused;
use crate::store::Kurrent;

const STREAM: &str = "countersign-roster";
/// So many of its events are kept, for whoever wonders.
const KEPT: u64 = 1000;

fn unavailable(refused: &Refused) -> StoreError {
    StoreError::Unavailable(refused.to_string())
}

#[async_trait]
impl Rosters for Kurrent {
    async fn load(&self) -> Result<Kept, StoreError> {
        let read = self.ask(|client, credentials| {
            let options = ReadStreamOptions::default().position(StreamPosition::End).max_count(1);
            let options = match credentials {
                Some(credentials) => options.authenticated(credentials),
                None => options,
            };
            async move {
                let mut read = client.read_stream(STREAM, &options).await?;
                Ok(read.next().await?.and_then(|event| event.event))
            }
        });
        let last = match read.await {
            Ok(last) => last,
            Err(Refused::Answer(Error::ResourceNotFound)) => None,
            Err(refused) => return Err(unavailable(&refused)),
        };
        let Some(last) = last else { return Ok(Kept::default()) };
        let roster = last
            .as_json()
            .map_err(|error| StoreError::Damaged(format!("event {} of {STREAM}: {error}", last.revision)))?;
        Ok(Kept { rev: Some(last.revision), roster })
    }

    async fn replace(&self, rev: Option<u64>, roster: &Roster) -> Result<bool, StoreError> {
        let event = EventData::json("roster_replaced", roster)
            .map_err(|error| StoreError::Damaged(error.to_string()))?
            // The same in every try of this call, so that one that was carried out counts as such.
            .id(Uuid::new_v4());
        let state = rev.map_or(StreamState::NoStream, StreamState::StreamRevision);
        let written = self.ask(move |client, credentials| {
            let options = AppendToStreamOptions::default().stream_state(state);
            let options = match credentials {
                Some(credentials) => options.authenticated(credentials),
                None => options,
            };
            let event = event.clone();
            async move {
                client.append_to_stream(STREAM, &options, event).await?;
                if state == StreamState::NoStream {
                    let kept = StreamMetadata::builder().max_count(KEPT).build();
                    let anyhow = options.stream_state(StreamState::Any);
                    client.set_stream_metadata(STREAM, &anyhow, &kept).await?;
                }
                Ok(())
            }
        });
        match written.await {
            Ok(()) => Ok(true),
            Err(Refused::Answer(Error::WrongExpectedVersion { .. })) => Ok(false),
            Err(refused) => Err(unavailable(&refused)),
        }
    }
}
