//! The index of one tenant: its generations, of which one serves and the newest is filled.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use countersign_domain::ports::{
    CallError, Edition, Embedder, Found, Generation, Indexed, Indexing, KnowledgeIndex, Search,
};

use crate::chunk::{CHUNKER, passages};
use crate::fault::Fault;
use crate::fusion::FUSION;
use crate::generations::{Generations, folder};
use crate::memory::Held;
use crate::shelf::{Prepared, Shelf};
use crate::words;

/// Of a question, so many characters count.
const LONGEST_QUESTION: usize = 2_000;

/// What an index is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its folder, which nobody else writes to.
    pub folder: PathBuf,
    /// How many passages each generation may hold: each takes some 450 bytes of memory.
    pub most_passages: usize,
}

/// The index of one tenant. Its copies are the same one.
#[derive(Clone)]
pub struct Index(Arc<Parts>);

struct Parts {
    settings: Settings,
    embedders: Vec<Arc<dyn Embedder>>,
    state: RwLock<State>,
    /// One changes which generations there are at a time.
    changing: Mutex<()>,
}

#[derive(Clone)]
struct State {
    generations: Generations,
    shelves: BTreeMap<Generation, Arc<Shelf>>,
}

impl Index {
    /// Opens the index, or begins one. By the first embedder a new one is made; the others are for generations that are there already.
    pub async fn open(settings: Settings, embedders: Vec<Arc<dyn Embedder>>) -> Result<Self, CallError> {
        let what = "open the index";
        let first = embedders.first().map(|embedder| generation(embedder.name()));
        let first = first.ok_or_else(|| Fault::NotThere.told(what))?;
        let open = move || {
            let generations = Generations::read(&settings.folder, &first)?;
            let shelf = |one: &Generation| {
                let shelf = Shelf::open(&folder(&settings.folder, one), settings.most_passages)?;
                Ok::<_, Fault>((one.clone(), Arc::new(shelf)))
            };
            let shelves = generations.begun.iter().map(shelf).collect::<Result<_, _>>()?;
            Ok((settings, State { generations, shelves }))
        };
        let (settings, state) = aside(what, open).await?;
        let (state, changing) = (RwLock::new(state), Mutex::new(()));
        Ok(Self(Arc::new(Parts { settings, embedders, state, changing })))
    }

    /// Puts several documents into the newest generation at once: all of them or none.
    pub async fn put_all(&self, documents: &[Indexing<'_>]) -> Result<Vec<Indexed>, CallError> {
        let what = "put documents into the index";
        let (generation, shelf) = self.newest();
        let embedder = self.embedder(&generation).map_err(|fault| fault.told(what))?;
        let mut prepared = Vec::with_capacity(documents.len());
        for document in documents {
            prepared.push(prepare(*document, &*embedder).await?);
        }
        let held = aside(what, move || shelf.put(prepared)).await?;
        Ok(held.into_iter().map(|held| indexed(&generation, held)).collect())
    }

    /// How many documents and passages the generation that serves has.
    pub fn size(&self) -> (usize, usize) {
        self.serving().1.size()
    }

    fn state(&self) -> State {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn newest(&self) -> (Generation, Arc<Shelf>) {
        let state = self.state();
        let newest = state.generations.begun.last().unwrap_or(&state.generations.serving);
        (newest.clone(), Arc::clone(&state.shelves[newest]))
    }

    fn serving(&self) -> (Generation, Arc<Shelf>) {
        let state = self.state();
        let shelf = Arc::clone(&state.shelves[&state.generations.serving]);
        (state.generations.serving, shelf)
    }

    /// What makes vectors for a generation, where all of it can be made here.
    fn embedder(&self, generation: &Generation) -> Result<Arc<dyn Embedder>, Fault> {
        let known = generation.chunker == CHUNKER && generation.fusion == FUSION;
        let embedder = self.0.embedders.iter().find(|embedder| embedder.name() == generation.embedder);
        embedder.filter(|_| known).cloned().ok_or_else(|| Fault::Unknown(generation.clone()))
    }

    /// Changes which generations there are: written down first, then so.
    async fn change<F>(&self, what: &str, change: F) -> Result<(), CallError>
    where
        F: FnOnce(&Settings, &mut State) -> Result<(), Fault> + Send + 'static,
    {
        let this = Arc::clone(&self.0);
        let work = move || {
            let _changing = this.changing.lock().unwrap_or_else(PoisonError::into_inner);
            let mut state = this.state.read().unwrap_or_else(PoisonError::into_inner).clone();
            let before = state.generations.clone();
            change(&this.settings, &mut state)?;
            if state.generations != before {
                state.generations.write(&this.settings.folder)?;
            }
            *this.state.write().unwrap_or_else(PoisonError::into_inner) = state;
            Ok(())
        };
        aside(what, work).await
    }
}

/// A generation as this crate makes it, with this embedder.
fn generation(embedder: &str) -> Generation {
    Generation { embedder: embedder.to_owned(), chunker: CHUNKER.to_owned(), fusion: FUSION.to_owned() }
}

fn indexed(generation: &Generation, held: Held) -> Indexed {
    Indexed { generation: generation.clone(), passages: held.passages, root: held.root }
}

/// A document, cut and with its vectors.
async fn prepare(document: Indexing<'_>, embedder: &dyn Embedder) -> Result<Prepared, CallError> {
    let passages = passages(document.edition, document.text);
    let above = |headings: &[String]| {
        let title = (!document.title.is_empty()).then_some(document.title);
        title.into_iter().chain(headings.iter().map(String::as_str)).collect::<Vec<_>>().join(" › ")
    };
    let words: Vec<String> = passages
        .iter()
        .map(|passage| format!("{}\n{}", above(&passage.headings), passage.text).trim_start().to_owned())
        .collect();
    let language = words::language(document.language, document.text);
    let vectors = embedder.embed(&words.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    Ok(Prepared { edition: document.edition.clone(), language, passages, words, vectors })
}

/// Does what takes the processor or the disk beside the workers.
async fn aside<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, CallError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|fault| fault.told(what)),
        Err(error) => Err(Fault::Folder(std::io::Error::other(error)).told(what)),
    }
}

#[async_trait]
impl KnowledgeIndex for Index {
    async fn generations(&self) -> Result<Vec<Generation>, CallError> {
        let Generations { serving, begun } = self.state().generations;
        let others = begun.into_iter().filter(|one| *one != serving).collect::<Vec<_>>();
        Ok([vec![serving], others].concat())
    }

    async fn put(&self, document: Indexing<'_>) -> Result<Indexed, CallError> {
        let what = "put a document into the index";
        let (generation, shelf) = self.newest();
        let embedder = self.embedder(&generation).map_err(|fault| fault.told(what))?;
        let prepared = prepare(document, &*embedder).await?;
        let work = move || {
            let same = |held: &Held| held.root == crate::memory::root(&prepared.passages);
            match shelf.held(&prepared.edition).filter(same) {
                Some(held) => Ok(held),
                None => shelf.put(vec![prepared]).map(|held| held[0]),
            }
        };
        Ok(indexed(&generation, aside(what, work).await?))
    }

    async fn held(&self, edition: &Edition) -> Result<Option<Indexed>, CallError> {
        let (generation, shelf) = self.newest();
        Ok(shelf.held(edition).map(|held| indexed(&generation, held)))
    }

    async fn remove(&self, edition: &Edition) -> Result<(), CallError> {
        let (shelves, edition) = (self.state().shelves, edition.clone());
        let work = move || shelves.values().try_for_each(|shelf| shelf.remove(&edition));
        aside("take a document out of the index", work).await
    }

    async fn begin(&self, generation: &Generation) -> Result<(), CallError> {
        let what = "begin a generation of the index";
        self.embedder(generation).map_err(|fault| fault.told(what))?;
        let generation = generation.clone();
        self.change(what, move |settings, state| {
            if !state.shelves.contains_key(&generation) {
                let shelf = Shelf::open(&folder(&settings.folder, &generation), settings.most_passages)?;
                state.shelves.insert(generation.clone(), Arc::new(shelf));
                state.generations.begun.push(generation);
            }
            Ok(())
        })
        .await
    }

    async fn serve(&self, generation: &Generation) -> Result<(), CallError> {
        let generation = generation.clone();
        self.change("let a generation of the index serve", move |_, state| {
            if !state.shelves.contains_key(&generation) {
                return Err(Fault::NotThere);
            }
            state.generations.serving = generation;
            Ok(())
        })
        .await
    }

    async fn drop_generation(&self, generation: &Generation) -> Result<(), CallError> {
        let generation = generation.clone();
        self.change("forget a generation of the index", move |settings, state| {
            if state.generations.serving == generation {
                return Err(Fault::Serves);
            }
            state.generations.begun.retain(|begun| *begun != generation);
            if state.shelves.remove(&generation).is_some() {
                // From here on it is none; should its folder stay, it is in nobody's way.
                state.generations.write(&settings.folder)?;
                std::fs::remove_dir_all(folder(&settings.folder, &generation))?;
            }
            Ok(())
        })
        .await
    }

    async fn search(&self, search: Search<'_>) -> Result<Found, CallError> {
        let what = "search the index";
        let (generation, shelf) = self.serving();
        let asked: String = search.words.chars().take(LONGEST_QUESTION).collect();
        let embedder = self.embedder(&generation).map_err(|fault| fault.told(what))?;
        let meant = embedder.embed(&[&asked]).await?.into_iter().next().unwrap_or_default();
        let (most, among) = (search.most, search.among.clone());
        let hits = aside(what, move || shelf.search(&asked, &meant, most, &among)).await?;
        Ok(Found { generation, hits })
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
