//! Knowledge bases by `Retrieve`: the vendor finds, and we look up. A passage that it names counts where the very words stand in the text
//! of an edition that may be read; whatever else it brings is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use async_trait::async_trait;
use aws_sdk_bedrockagentruntime::Client;
use aws_sdk_bedrockagentruntime::types::{
    FilterAttribute, KnowledgeBaseQuery, KnowledgeBaseRetrievalConfiguration, KnowledgeBaseRetrievalResult,
    KnowledgeBaseVectorSearchConfiguration, RetrievalFilter,
};
use aws_smithy_types::Document;
use countersign_domain::digest::Digest;
use countersign_domain::ports::{
    ByteRange, CallError, CallErrorKind, Edition, Found, Generation, Hit, Indexed, Indexing, KnowledgeIndex,
    Passage, Search,
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::entered::alone;
use crate::fault::call_error;
use crate::source::{EDITION, Source};
use crate::{Access, VENDOR};

const WHAT: &str = "search the knowledge base";
/// The most results the vendor gives at once.
const MOST: usize = 100;
/// Among so many editions it is asked to look. Where there are more it looks among all, and what may not be read is left out here.
const AMONG: usize = 100;

/// Which knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeSettings {
    /// Its id.
    pub knowledge_base: String,
    /// The folder that is its bucket, or is copied there.
    pub folder: PathBuf,
}

/// A knowledge base of Bedrock's.
#[derive(Debug)]
pub struct KnowledgeBase {
    client: Client,
    access: Access,
    id: String,
    source: Source,
}

impl KnowledgeBase {
    /// By this way.
    pub fn new(access: Access, settings: KnowledgeSettings) -> Self {
        let KnowledgeSettings { knowledge_base, folder } = settings;
        Self { client: Client::new(&access.config), access, id: knowledge_base, source: Source::new(folder) }
    }

    /// What cuts texts into passages and makes vectors of them there is the vendor's own matter.
    fn generation(&self) -> Generation {
        let theirs = || VENDOR.to_owned();
        Generation { embedder: format!("{VENDOR}:{}", self.id), chunker: theirs(), fusion: theirs() }
    }

    async fn retrieved(&self, search: Search<'_>) -> Result<Vec<KnowledgeBaseRetrievalResult>, CallError> {
        let left_alone = |wait| error(&alone(wait), CallErrorKind::NotDone { after: Some(wait) });
        let entered = self.access.enter(&self.id).map_err(left_alone)?;
        let told = self.asked(search).await;
        entered.tell_call(&told);
        told
    }

    async fn asked(&self, search: Search<'_>) -> Result<Vec<KnowledgeBaseRetrievalResult>, CallError> {
        let wanted = if search.among.len() > AMONG { MOST } else { search.most.min(MOST) };
        let among = KnowledgeBaseVectorSearchConfiguration::builder()
            .number_of_results(i32::try_from(wanted).unwrap_or(i32::MAX))
            .set_filter(among(search.among)?)
            .build();
        let request = self
            .client
            .retrieve()
            .knowledge_base_id(&self.id)
            .retrieval_query(KnowledgeBaseQuery::builder().text(search.words).build())
            .retrieval_configuration(
                KnowledgeBaseRetrievalConfiguration::builder().vector_search_configuration(among).build(),
            );
        let sent = timeout(self.access.patience.first, request.send()).await;
        let told =
            sent.map_err(|_| error("it said nothing in time", CallErrorKind::NotDone { after: None }))?;
        Ok(told.map_err(|why| call_error(WHAT, &why))?.retrieval_results)
    }
}

#[async_trait]
impl KnowledgeIndex for KnowledgeBase {
    async fn generations(&self) -> Result<Vec<Generation>, CallError> {
        Ok(vec![self.generation()])
    }

    /// It is found once the vendor has read it, which it does in its own time.
    async fn put(&self, document: Indexing<'_>) -> Result<Indexed, CallError> {
        self.source.put(document.edition, document.title, document.text).await?;
        Ok(self.indexed(document.text))
    }

    async fn held(&self, edition: &Edition) -> Result<Option<Indexed>, CallError> {
        Ok(self.source.text(edition).await?.map(|text| self.indexed(&text)))
    }

    async fn remove(&self, edition: &Edition) -> Result<(), CallError> {
        self.source.remove(edition).await
    }

    async fn begin(&self, generation: &Generation) -> Result<(), CallError> {
        self.only(generation)
    }

    async fn serve(&self, generation: &Generation) -> Result<(), CallError> {
        self.only(generation)
    }

    async fn drop_generation(&self, generation: &Generation) -> Result<(), CallError> {
        if *generation == self.generation() {
            return Err(error("it serves, so it is not dropped", CallErrorKind::Rejected));
        }
        Ok(())
    }

    async fn search(&self, search: Search<'_>) -> Result<Found, CallError> {
        let mut hits = Vec::new();
        if !search.among.is_empty() && !search.words.trim().is_empty() {
            let results = self.retrieved(search).await?;
            let texts = self.texts(search.among, &results).await?;
            hits.extend(results.iter().filter_map(|result| {
                let (edition, text) = texts.get(named(result)?)?;
                hit(result, edition, text)
            }));
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(search.most);
        Ok(Found { generation: self.generation(), hits })
    }
}

impl KnowledgeBase {
    /// The texts of the editions that these results say they are of, as far as they may be read and are there.
    async fn texts<'a>(
        &self,
        among: &'a BTreeSet<Edition>,
        results: &[KnowledgeBaseRetrievalResult],
    ) -> Result<BTreeMap<String, (&'a Edition, String)>, CallError> {
        let named: BTreeSet<&str> = results.iter().filter_map(named).collect();
        let mut texts = BTreeMap::new();
        for edition in among {
            let name = edition.to_string();
            if named.contains(&*name)
                && let Some(text) = self.source.text(edition).await?
            {
                texts.insert(name, (edition, text));
            }
        }
        Ok(texts)
    }

    /// How many passages the vendor makes of a text it does not tell: it is told as one.
    fn indexed(&self, text: &str) -> Indexed {
        Indexed { generation: self.generation(), passages: 1, root: Digest::of(text.as_bytes()) }
    }

    fn only(&self, generation: &Generation) -> Result<(), CallError> {
        if *generation == self.generation() {
            return Ok(());
        }
        Err(error("a knowledge base has one generation, its own", CallErrorKind::Rejected))
    }
}

/// Among these, where they are not too many to be named.
fn among(editions: &BTreeSet<Edition>) -> Result<Option<RetrievalFilter>, CallError> {
    if editions.len() > AMONG {
        return Ok(None);
    }
    let names = editions.iter().map(|edition| Document::String(edition.to_string())).collect();
    let named = FilterAttribute::builder().key(EDITION).value(Document::Array(names)).build();
    named
        .map(|named| Some(RetrievalFilter::In(named)))
        .map_err(|why| error(&why.to_string(), CallErrorKind::Rejected))
}

/// The edition that a result says it is of.
fn named(result: &KnowledgeBaseRetrievalResult) -> Option<&str> {
    result.metadata()?.get(EDITION)?.as_string()
}

/// A result as a passage: where its very words stand in the text.
fn hit(result: &KnowledgeBaseRetrievalResult, edition: &Edition, text: &str) -> Option<Hit> {
    let said = result.content()?.text().trim();
    let from = text.find(said).filter(|_| !said.is_empty())?;
    let place = |at: usize| u32::try_from(at).ok();
    let at = ByteRange { from: place(from)?, to: place(from + said.len())? };
    let passage = Passage {
        edition: edition.clone(),
        at,
        sha: Digest::of(said.as_bytes()),
        text: said.to_owned(),
        headings: Vec::new(),
    };
    #[expect(clippy::cast_possible_truncation, reason = "it is between 0 and 1")]
    let score = result.score().unwrap_or_default().clamp(0.0, 1.0) as f32;
    Some(Hit { passage, score })
}

fn error(detail: &str, kind: CallErrorKind) -> CallError {
    CallError { vendor: VENDOR, what: WHAT.to_owned(), detail: detail.to_owned(), status: None, kind }
}
