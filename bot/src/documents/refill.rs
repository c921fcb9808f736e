//! The index is no truth: what of the documents is not in it when the bot starts is put in again, from the texts that were read out of
//! them.

use std::sync::Arc;

use countersign_domain::documents::Document;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Indexing};
use countersign_projections::help_desk::{self, DocumentRow};

use crate::engine::Failure;
use crate::help::Help;
use crate::requests::Requests;

/// The largest text that is put into the index, in bytes.
const MOST_TEXT: u64 = 64 << 20;

/// Puts in what lacks. What cannot be put in is told, and keeps no bot from starting.
pub(super) async fn refill(requests: &Requests) -> Result<(), Failure> {
    requests.world.folded().await?;
    for (tenant, vendors) in &*Arc::clone(&requests.world.tenants) {
        let Some(help) = &vendors.help else { continue };
        let rows = requests.world.projections.rows(help_desk::NAME);
        for row in help_desk::documents(&*rows, tenant)? {
            if !is_wanted(requests, tenant, &row).await? {
                continue;
            }
            match put_again(help, &row).await {
                Ok(Again::Put) => {
                    tracing::info!(%tenant, edition = %row.edition, "a document is in the index again");
                }
                Ok(Again::There) => {}
                Ok(Again::Gone) => {
                    tracing::error!(%tenant, edition = %row.edition, "the text of a document is not kept any more: bring it again");
                }
                Err(error) => {
                    tracing::error!(%tenant, edition = %row.edition, "a document is not in the index: {error}");
                }
            }
        }
    }
    Ok(())
}

/// Whether answers are taken from it, or may be once it is decided on.
async fn is_wanted(requests: &Requests, tenant: &Tenant, row: &DocumentRow) -> Result<bool, Failure> {
    if row.live || row.text.is_none() {
        return Ok(row.live);
    }
    let document = requests.state::<Document>(tenant, &row.code).await?;
    Ok(document.is_undecided() || document.is_approved())
}

/// What became of a document that may lack.
enum Again {
    /// It did not.
    There,
    /// It is in the index again.
    Put,
    /// Nobody has its text.
    Gone,
}

async fn put_again(help: &Help, row: &DocumentRow) -> Result<Again, CallError> {
    if help.index.held(&row.edition).await?.is_some() {
        return Ok(Again::There);
    }
    let Some(text) = &row.text else { return Ok(Again::Gone) };
    let bytes = help.blobs.get(text, MOST_TEXT).await?;
    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(Again::Gone) };
    let indexing = Indexing { edition: &row.edition, title: &row.title, text: &text, language: None };
    help.index.put(indexing).await?;
    Ok(Again::Put)
}
