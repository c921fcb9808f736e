//! Files made for tests.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses some of it")]

use std::io::{Cursor, Write as _};

use lopdf::{Document, Object, ObjectId, Stream, dictionary};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A PDF of pages that are drawn so.
pub(crate) fn pdf(pages: &[&str]) -> Vec<u8> {
    written(pdf_document(pages))
}

pub(crate) fn written(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

pub(crate) fn pdf_document(pages: &[&str]) -> Document {
    let mut document = Document::with_version("1.7");
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let state = document.add_object(dictionary! { "Type" => "ExtGState", "ca" => 0.0 });
    let form = document.new_object_id();
    let resources = document.add_object(dictionary! {
        "Font" => dictionary! { "F1" => font },
        "ExtGState" => dictionary! { "Clear" => state },
        "XObject" => dictionary! { "Again" => form },
    });
    // It places itself, twice.
    let again = dictionary! { "Type" => "XObject", "Subtype" => "Form", "Resources" => resources };
    document.set_object(
        form,
        Stream::new(again, b"BT /F1 12 Tf 50 600 Td (again) Tj ET /Again Do /Again Do".to_vec()),
    );
    let tree = document.new_object_id();
    let kids: Vec<Object> =
        pages.iter().map(|drawn| page(&mut document, tree, resources, drawn).into()).collect();
    let count = i64::try_from(kids.len()).unwrap();
    document.set_object(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document
}

fn page(document: &mut Document, tree: ObjectId, resources: ObjectId, drawn: &str) -> ObjectId {
    let content = document.add_object(Stream::new(dictionary! {}, drawn.as_bytes().to_vec()));
    document.add_object(dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    })
}

/// A `.docx` of this body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    let styles = r#"<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
        <w:style w:styleId="Titel1"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
        <w:style w:styleId="Klein"><w:basedOn w:val="Weg"/></w:style>
        <w:style w:styleId="Weg"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"#;
    zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &document), ("word/styles.xml", styles)])
}

pub(crate) fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
