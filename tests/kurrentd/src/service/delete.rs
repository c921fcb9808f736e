//! `Delete` and `Tombstone`: a stream goes, softly or for ever.
use tonic::{Request, Response, Status};

use super::{Call, access, status, write};
use crate::wire::append::{DeleteReq, DeleteResp};
use crate::wire::shared::Position;

pub(super) async fn delete(
    call: Call,
    request: Request<DeleteReq>,
    for_ever: bool,
) -> Result<Response<DeleteResp>, Status> {
    access::user(&call, request.metadata())?;
    let insists = access::insists_on_leader(request.metadata());
    let options = request.into_inner().options.ok_or_else(|| status::invalid("the options are missing"))?;
    let stream = write::stream_name(options.stream_identifier.as_ref())?;
    let expected = write::expected(options.expected)?;
    let deleted = write::commit(&call, insists, |log| log.delete(&stream, expected, for_ever)).await?;
    let position = deleted.map_err(|rejected| status::deletion_rejected(&stream, &rejected))?;
    Ok(Response::new(DeleteResp { position: Some(Position::at(position)) }))
}
