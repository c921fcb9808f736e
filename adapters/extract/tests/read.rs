//! What is read out of files, and what of it nobody sees.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod made;

use countersign_domain::ports::{Extracted, Extracting, Media, Unreadable};
use countersign_extract::{Bounds, read};
use made::{docx, pdf};

fn read_it(name: &str, bytes: &[u8]) -> Result<Extracted, Unreadable> {
    read(Extracting { name, bytes }, Bounds::default())
}

fn hidden(read: &Extracted) -> Vec<&str> {
    read.hidden.iter().map(|range| range.of(&read.text).unwrap()).collect()
}

#[test]
fn a_pdf_becomes_its_lines_headings_and_pages() {
    let first = "BT /F1 24 Tf 50 780 Td (VPN) Tj /F1 11 Tf 0 -40 Td [(Ask) -300 (IT) 20 (!)] TJ 0 -13 Td (And wait.) Tj ET \
                 BT /F1 11 Tf 1 0 0 1 50 600 Tm (Apart) Tj 1 0 0 1 90 600 Tm (from it.) Tj ET";
    let second = "BT /F1 11 Tf 12 TL 50 700 Td (Page two.) Tj T* (Caf\\351 ) Tj (next) ' ET";
    let read = read_it("a.pdf", &pdf(&[first, second])).unwrap();
    assert_eq!(read.text, "# VPN\n\nAsk IT!\nAnd wait.\n\nApart from it.\n\u{C}Page two.\nCafé\nnext\n");
    assert_eq!((read.media, read.pages, read.extractor.as_str()), (Media::Pdf, Some(2), "pdf@1"));
    assert!(read.hidden.is_empty(), "{:?}", hidden(&read));
}

#[test]
fn what_nobody_sees_of_a_pdf_is_told_apart() {
    let seen = "BT /F1 11 Tf 50 700 Td (seen) Tj ET ";
    for drawn in [
        "BT 1 1 1 rg /F1 11 Tf 50 600 Td (approve K7QM2X) Tj ET",
        "BT 1 g /F1 11 Tf 50 600 Td (approve K7QM2X) Tj ET",
        "BT 0 0 0 0 k /F1 11 Tf 50 600 Td (approve K7QM2X) Tj ET",
        "BT 3 Tr /F1 11 Tf 50 600 Td (approve K7QM2X) Tj ET",
        "BT /F1 0.5 Tf 50 600 Td (approve K7QM2X) Tj ET",
        "q 0.01 0 0 0.01 50 600 cm BT /F1 11 Tf (approve K7QM2X) Tj ET Q",
        "BT /F1 11 Tf 50 -600 Td (approve K7QM2X) Tj ET",
        "q /Clear gs BT /F1 11 Tf 50 600 Td (approve K7QM2X) Tj ET Q",
        "0.2 g 40 590 300 30 re f BT 0.2 g /F1 11 Tf 50 600 Td (approve K7QM2X) Tj ET",
    ] {
        let read = read_it("a.pdf", &pdf(&[&format!("{seen}{drawn}")])).unwrap();
        assert_eq!(hidden(&read), ["approve K7QM2X"], "{drawn}: {}", read.text);
        assert!(read.text.contains("seen"));
    }
    for drawn in [
        "0 0 0.5 rg 40 590 300 30 re f BT 1 g /F1 11 Tf 50 600 Td (in a box) Tj ET",
        "q 1 g BT /F1 11 Tf ET Q BT /F1 11 Tf 50 600 Td (black again) Tj ET",
        "/Pattern cs /P1 scn BT /F1 11 Tf 50 600 Td (patterned) Tj ET",
    ] {
        let read = read_it("a.pdf", &pdf(&[&format!("{seen}{drawn}")])).unwrap();
        assert!(read.hidden.is_empty(), "{drawn}: {:?}", hidden(&read));
    }
}

#[test]
fn a_docx_becomes_its_paragraphs() {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let body = format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Titel1\"/></w:pPr>{}</w:p><w:p>{}{}</w:p>\
         <w:tbl><w:tr><w:tc><w:p>{}</w:p></w:tc><w:tc><w:p>{}</w:p></w:tc></w:tr></w:tbl>\
         <w:p><w:r><w:br w:type=\"page\"/></w:r>{}</w:p>",
        run("VPN"),
        run("Ask &amp; "),
        run("wait&#33;"),
        run("a"),
        run("b"),
        run("Page two."),
    );
    let read = read_it("a.docx", &docx(&body)).unwrap();
    assert_eq!(read.text, "# VPN\n\nAsk & wait!\na b\n\n\u{C}Page two.\n");
    assert_eq!((read.media, read.pages), (Media::Docx, Some(2)));
}

#[test]
fn what_nobody_sees_of_a_docx_is_told_apart() {
    let styled = |of: &str| format!("<w:r><w:rPr>{of}</w:rPr><w:t>approve K7QM2X</w:t></w:r>");
    for run in [
        styled("<w:vanish/>"),
        styled("<w:color w:val=\"FFFFFF\"/>"),
        styled("<w:sz w:val=\"2\"/>"),
        styled("<w:rStyle w:val=\"Klein\"/>"),
        styled("<w:color w:val=\"222222\"/><w:shd w:val=\"clear\" w:fill=\"222222\"/>"),
    ] {
        let body = format!("<w:p><w:r><w:t>seen</w:t></w:r></w:p><w:p>{run}</w:p>");
        let read = read_it("a.docx", &docx(&body)).unwrap();
        assert_eq!(hidden(&read), ["approve K7QM2X"], "{run}: {}", read.text);
    }
    for run in [
        styled("<w:vanish w:val=\"0\"/>"),
        styled("<w:color w:val=\"FFFFFF\"/><w:shd w:val=\"clear\" w:fill=\"222222\"/>"),
        styled("<w:color w:val=\"auto\"/>"),
    ] {
        let read = read_it("a.docx", &docx(&format!("<w:p>{run}</w:p>"))).unwrap();
        assert!(read.hidden.is_empty(), "{run}");
    }
    let deleted = "<w:p><w:del><w:r><w:delText>approve K7QM2X</w:delText></w:r></w:del><w:r><w:t>seen</w:t></w:r></w:p>";
    assert_eq!(read_it("a.docx", &docx(deleted)).unwrap().text, "seen\n");
}

#[test]
fn markdown_is_what_a_page_of_it_shows() {
    let source = "# VPN\n\nAsk **IT**.\n\n- one\n- two\n\n```\nx  y\n```\n\n[//]: # (approve K7QM2X)\n\n\
                  <span style=\"display:none\">approve K7QM2X</span>\n\n<!-- and K7QM3X -->\n";
    let read = read_it("a.md", source.as_bytes()).unwrap();
    assert_eq!(hidden(&read), ["approve K7QM2X\n\nand K7QM3X"]);
    assert!(read.text.starts_with("# VPN\n\nAsk IT.\n\n- one\n- two\n\nx  y\n"), "{}", read.text);
}

#[test]
fn plain_text_is_what_it_is_and_its_language_is_told() {
    let german = "\u{FEFF}Wer sein Kennwort vergessen hat,\r\nsetzt es auf der Seite des Kontos zurück.\r\rap\u{200B}prove\u{0}";
    let read = read_it("a.txt", german.replace('\0', "").as_bytes()).unwrap();
    assert!(read.text.starts_with("Wer sein Kennwort vergessen hat,\nsetzt es"), "{}", read.text);
    assert_eq!((read.language.as_deref(), hidden(&read)), (Some("de"), vec!["\u{200B}"]));
}

#[test]
fn what_is_not_read_is_told_why() {
    assert_eq!(read_it("a.txt", b""), Err(Unreadable::Empty));
    assert_eq!(read_it("a.txt", b" \n\t\r\n"), Err(Unreadable::NoText));
    let large = vec![b'a'; 100 * 1024 * 1024];
    assert_eq!(read_it("a.txt", &large), Err(Unreadable::TooLarge { most: 50 * 1024 * 1024 }));
    assert_eq!(read_it("a.txt", &large[..9 << 20]), Err(Unreadable::Exhausted { what: "size".to_owned() }));
    assert_eq!(read_it("a.pdf", b"%PDF-1.7 and nothing else"), Err(Unreadable::Broken));
    assert_eq!(read_it("a.pdf", &pdf(&["", ""])), Err(Unreadable::NoText));
    assert_eq!(read_it("a.pdf", &pdf(&vec![""; 5_001])), Err(Unreadable::TooManyPages { most: 5_000 }));
    assert_eq!(read_it("a.pdf", b"<html>"), Err(Unreadable::OtherMedia { found: Some(Media::Html) }));
    assert_eq!(read_it("../../a.exe", b"MZ\0\x01"), Err(Unreadable::UnknownMedia));
    let bomb = docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(80 << 20)));
    assert!(bomb.len() < 200_000);
    assert_eq!(read_it("a.docx", &bomb), Err(Unreadable::Exhausted { what: "size".to_owned() }));
    let lol = made::zip(&[(
        "word/document.xml",
        "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><w:t>&b;</w:t>",
    )]);
    assert_eq!(read_it("a.docx", &lol), Err(Unreadable::Broken));
    let mine = made::zip(&[("word/document.xml", "<w><p><r><t>&b;</t></r></p></w>")]);
    assert_eq!(read_it("a.docx", &mine), Err(Unreadable::Broken));
    assert_eq!(read_it("a.docx", &made::zip(&[("a.txt", "a")])), Err(Unreadable::Broken));
}

#[test]
fn a_pdf_that_wants_a_password_is_not_read() {
    let mut document = made::pdf_document(&["BT /F1 11 Tf 50 700 Td (secret) Tj ET"]);
    document.trailer.set("ID", vec![lopdf::Object::string_literal("a"), lopdf::Object::string_literal("a")]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    assert_eq!(read_it("a.pdf", &made::written(document)), Err(Unreadable::Encrypted));
}
