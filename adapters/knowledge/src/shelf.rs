//! One generation: a folder with an index of words, and the vectors of it in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use countersign_domain::ports::{Edition, Hit, Passage};
use tantivy::collector::{FilterCollector, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::fault::Fault;
use crate::memory::{Allowed, Held, Memory, Vector, root};
use crate::schema::{Fields, Kept, NUMBER, ROW};
use crate::{fusion, words};

/// What writing takes in memory, which is little: there is seldom more than one document.
const WRITING: usize = 16_000_000;
/// So many passages each leg finds before they are put together.
const CANDIDATES: usize = 200;
/// Of a question, so many words count.
const MOST_WORDS: usize = 64;

/// A generation.
pub(crate) struct Shelf {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    memory: RwLock<Memory>,
    /// One writes at a time.
    writing: Mutex<()>,
    most: usize,
}

/// A document, ready to be put in.
pub(crate) struct Prepared {
    pub(crate) edition: Edition,
    /// In which language its words are kept.
    pub(crate) language: usize,
    pub(crate) passages: Vec<Passage>,
    /// What each is found by: its words with those above it.
    pub(crate) words: Vec<String>,
    pub(crate) vectors: Vec<Vec<f32>>,
}

impl Shelf {
    /// Opens the generation in this folder, or begins an empty one. What cannot be opened is put aside: all of it comes again.
    pub(crate) fn open(folder: &Path, most: usize) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)?;
        match Self::try_open(folder, most) {
            Ok(shelf) => Ok(shelf),
            Err(error @ (Fault::Index(tantivy::TantivyError::IoError(_)) | Fault::Folder(_))) => Err(error),
            Err(error) => {
                tracing::error!(%error, folder = %folder.display(), "the index cannot be opened, and is built anew");
                std::fs::rename(folder, aside(folder)?)?;
                std::fs::create_dir_all(folder)?;
                Self::try_open(folder, most)
            }
        }
    }

    fn try_open(folder: &Path, most: usize) -> Result<Self, Fault> {
        let fields = Fields::new();
        let begun = folder.join("meta.json").try_exists()?;
        let mut index = if begun {
            Index::open_in_dir(folder)?
        } else {
            Index::create_in_dir(folder, fields.schema.clone())?
        };
        if index.schema() != fields.schema {
            return Err(tantivy::TantivyError::SchemaError("it is of another version".to_owned()).into());
        }
        index.set_tokenizers(words::analyzers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let memory = RwLock::new(read_all(&reader, &fields)?);
        Ok(Self { index, reader, fields, memory, writing: Mutex::new(()), most })
    }

    /// What is held of an edition.
    pub(crate) fn held(&self, edition: &Edition) -> Option<Held> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).held(edition)
    }

    /// How many documents and passages it has.
    pub(crate) fn size(&self) -> (usize, usize) {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        (memory.documents(), memory.len())
    }

    /// Puts documents in, all of them or none; whatever was there of them before goes.
    pub(crate) fn put(&self, documents: Vec<Prepared>) -> Result<Vec<Held>, Fault> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let ((mut number, mut row), there) = {
            let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
            (memory.next(), memory.len())
        };
        if there + documents.iter().map(|document| document.passages.len()).sum::<usize>() > self.most {
            return Err(Fault::Full(there));
        }
        let writer: IndexWriter = self.index.writer_with_num_threads(1, WRITING)?;
        let mut taken = Vec::new();
        for document in documents {
            let passages = u32::try_from(document.passages.len()).unwrap_or(u32::MAX);
            let held = Held { number, passages, root: root(&document.passages) };
            self.delete(&writer, &document.edition);
            let mut rows = Vec::with_capacity(document.passages.len());
            for ((passage, words), vector) in
                document.passages.into_iter().zip(&document.words).zip(&document.vectors)
            {
                let vector = Vector::new(vector);
                let kept = Kept { passage, row, number };
                writer.add_document(self.fields.write(
                    &kept,
                    document.language,
                    words,
                    &vector.bytes(),
                )?)?;
                rows.push((row, vector));
                row += 1;
            }
            taken.push((document.edition, held, rows));
            number += 1;
        }
        self.commit(writer)?;
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        let held = taken.iter().map(|(_, held, _)| *held).collect();
        for (edition, held, rows) in taken {
            memory.take(&edition, held, rows);
        }
        Ok(held)
    }

    /// Takes a document out: it is found no more from the moment on in which this begins.
    pub(crate) fn remove(&self, edition: &Edition) -> Result<(), Fault> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.held(edition).is_none() {
            return Ok(());
        }
        self.memory.write().unwrap_or_else(PoisonError::into_inner).remove(edition);
        let writer: IndexWriter = self.index.writer_with_num_threads(1, WRITING)?;
        self.delete(&writer, edition);
        self.commit(writer)
    }

    fn delete(&self, writer: &IndexWriter, edition: &Edition) {
        writer.delete_term(Term::from_field_text(self.fields.edition, &edition.to_string()));
    }

    fn commit(&self, mut writer: IndexWriter) -> Result<(), Fault> {
        writer.commit()?;
        writer.wait_merging_threads()?;
        self.reader.reload()?;
        Ok(())
    }

    /// Finds passages of these editions.
    pub(crate) fn search(
        &self,
        asked: &str,
        meant: &[f32],
        most: usize,
        among: &BTreeSet<Edition>,
    ) -> Result<Vec<Hit>, Fault> {
        let meant = Vector::new(meant);
        let (allowed, nearest) = {
            let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
            let allowed = memory.allowed(among.iter());
            if allowed.is_empty() || most == 0 {
                return Ok(Vec::new());
            }
            let nearest = memory.nearest(&meant, CANDIDATES.max(most), &allowed);
            (Arc::new(allowed), nearest)
        };
        let searcher = self.reader.searcher();
        let covers = self.covers(&searcher, asked, &allowed)?;
        let mut scores: BTreeMap<u64, f32> = BTreeMap::new();
        for (row, nearness) in nearest {
            scores.insert(row, fusion::score(nearness, covers.get(&row).copied().unwrap_or_default()));
        }
        {
            let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
            for (row, cover) in covers {
                if let Some(nearness) = memory.nearness(row, &meant, &allowed) {
                    scores.entry(row).or_insert_with(|| fusion::score(nearness, cover));
                }
            }
        }
        let mut best: Vec<(u64, f32)> = scores.into_iter().collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut hits = Vec::with_capacity(most.min(best.len()));
        for (row, score) in best {
            if hits.len() == most {
                break;
            }
            // One that was taken out meanwhile is found no more.
            if let Some(kept) =
                self.kept(&searcher, row)?.filter(|kept| among.contains(&kept.passage.edition))
            {
                hits.push(Hit { passage: kept.passage, score });
            }
        }
        Ok(hits)
    }

    /// Which passages have words of what is asked, and how much of what these words can tell at most: those that may be found, and
    /// only those take a place among the best.
    fn covers(
        &self,
        searcher: &Searcher,
        asked: &str,
        allowed: &Arc<Allowed>,
    ) -> Result<BTreeMap<u64, f32>, Fault> {
        let (mut clauses, mut best) = (Vec::new(), 0.0_f32);
        for (language, field) in self.fields.words.iter().enumerate() {
            let mut all = 0.0;
            for word in words::of(asked, language, MOST_WORDS) {
                let term = Term::from_field_text(*field, &word);
                all += at_most(searcher.doc_freq(&term)?, searcher.num_docs());
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(query) as Box<dyn Query>));
            }
            best = best.max(all);
        }
        if clauses.is_empty() || best <= 0.0 {
            return Ok(BTreeMap::new());
        }
        let allowed = Arc::clone(allowed);
        let may = move |number: u64| allowed.holds(number);
        let top =
            FilterCollector::new(NUMBER.to_owned(), may, TopDocs::with_limit(CANDIDATES).order_by_score());
        let found = searcher.search(&BooleanQuery::new(clauses), &top)?;
        let mut covers = BTreeMap::new();
        for (score, place) in found {
            let rows = searcher.segment_reader(place.segment_ord).fast_fields().u64(ROW)?;
            covers.extend(rows.first(place.doc_id).map(|row| (row, score / best)));
        }
        Ok(covers)
    }

    fn kept(&self, searcher: &Searcher, row: u64) -> Result<Option<Kept>, Fault> {
        let query = TermQuery::new(Term::from_field_u64(self.fields.row, row), IndexRecordOption::Basic);
        let found = searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        let Some((_, place)) = found.into_iter().next() else { return Ok(None) };
        let document: TantivyDocument = searcher.doc(place)?;
        Ok(Some(self.fields.read(&document)?.0))
    }
}

/// What a word can add to a passage's score at most: BM25's weight of it, and the most that its frequency can be worth.
fn at_most(with: u64, all: u64) -> f32 {
    const FREQUENCY: f32 = 2.2;
    #[expect(clippy::cast_precision_loss, reason = "passages are counted well enough")]
    let (with, all) = (with as f32, all.max(with) as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln() * FREQUENCY
}

fn read_all(reader: &IndexReader, fields: &Fields) -> Result<Memory, Fault> {
    let mut editions: BTreeMap<Edition, Vec<(Kept, Vector)>> = BTreeMap::new();
    for segment in reader.searcher().segment_readers() {
        let store = segment.get_store_reader(1).map_err(tantivy::TantivyError::from)?;
        for document in store.iter::<TantivyDocument>(segment.alive_bitset()) {
            let (kept, vector) = fields.read(&document?)?;
            let Some(vector) = Vector::from_bytes(&vector) else {
                return Err(tantivy::TantivyError::InternalError("a passage has no vector".to_owned()).into());
            };
            editions.entry(kept.passage.edition.clone()).or_default().push((kept, vector));
        }
    }
    let mut memory = Memory::default();
    for (edition, mut rows) in editions {
        rows.sort_by_key(|(kept, _)| kept.row);
        let number = rows[0].0.number;
        let (passages, rows): (Vec<Passage>, Vec<_>) =
            rows.into_iter().map(|(kept, vector)| (kept.passage, (kept.row, vector))).unzip();
        let held =
            Held { number, passages: u32::try_from(rows.len()).unwrap_or(u32::MAX), root: root(&passages) };
        memory.take(&edition, held, rows);
    }
    Ok(memory)
}

/// A name that nothing has yet.
fn aside(folder: &Path) -> Result<PathBuf, Fault> {
    for nth in 0_u32.. {
        let aside = folder.with_extension(format!("broken-{nth}"));
        if !aside.try_exists()? {
            return Ok(aside);
        }
    }
    Err(Fault::NotThere)
}
