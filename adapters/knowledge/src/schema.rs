//! What the index keeps of a passage.

use countersign_domain::ports::Passage;
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
    Value as _,
};

use crate::fault::Fault;
use crate::words::LANGUAGES;

/// The name of the field by which passages of editions that may not be read are left out.
pub(crate) const NUMBER: &str = "number";
/// The name of the field by which a passage is called.
pub(crate) const ROW: &str = "row";

/// The fields.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    /// The passage's own number: no two ever share one.
    pub(crate) row: Field,
    /// Its edition's number, by which it is filtered.
    number: Field,
    /// Its edition, by which it is taken out.
    pub(crate) edition: Field,
    /// It itself.
    kept: Field,
    vector: Field,
    /// Its words, in the field of its language.
    pub(crate) words: Vec<Field>,
}

/// A passage, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) passage: Passage,
    pub(crate) row: u64,
    pub(crate) number: u64,
}

impl Fields {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let words = LANGUAGES.iter().map(|(language, _)| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(language)
                .set_index_option(IndexRecordOption::WithFreqs);
            schema.add_text_field(
                &format!("words_{language}"),
                TextOptions::default().set_indexing_options(indexing),
            )
        });
        let words = words.collect();
        let row = schema.add_u64_field(ROW, FAST | INDEXED);
        let number = schema.add_u64_field(NUMBER, FAST);
        let edition = schema.add_text_field("edition", STRING);
        let kept = schema.add_text_field("kept", STORED);
        let vector = schema.add_bytes_field("vector", STORED);
        Self { schema: schema.build(), row, number, edition, kept, vector, words }
    }

    /// The document of a passage, found by these words and this vector.
    pub(crate) fn write(
        &self,
        kept: &Kept,
        language: usize,
        words: &str,
        vector: &[u8],
    ) -> Result<TantivyDocument, Fault> {
        let mut document = TantivyDocument::default();
        document.add_text(self.words[language], words);
        document.add_u64(self.row, kept.row);
        document.add_u64(self.number, kept.number);
        document.add_text(self.edition, kept.passage.edition.to_string());
        document.add_text(self.kept, serde_json::to_string(kept)?);
        document.add_bytes(self.vector, vector);
        Ok(document)
    }

    /// The passage again, and its vector.
    pub(crate) fn read(&self, document: &TantivyDocument) -> Result<(Kept, Vec<u8>), Fault> {
        let kept = document.get_first(self.kept).and_then(|kept| kept.as_str()).unwrap_or_default();
        let vector = document.get_first(self.vector).and_then(|vector| vector.as_bytes()).unwrap_or_default();
        Ok((serde_json::from_str(kept)?, vector.to_vec()))
    }
}
