//! Files read by a process of their own: whatever a file does, only that process ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod made;

use std::path::PathBuf;
use std::time::Duration;

use countersign_domain::ports::{CallErrorKind, Extracted, Extracting, Extractor as _, Media, Unreadable};
use countersign_extract::{Apart, Bounds};
use made::{docx, pdf};
use proptest::prelude::*;

fn apart(bounds: Bounds) -> Apart {
    Apart::new(PathBuf::from(env!("CARGO_BIN_EXE_countersign-extract")), Vec::new(), bounds)
}

async fn read(name: &str, bytes: &[u8], bounds: Bounds) -> Result<Extracted, Unreadable> {
    apart(bounds).extract(Extracting { name, bytes }).await.unwrap()
}

fn exhausted(what: &str) -> Result<Extracted, Unreadable> {
    Err(Unreadable::Exhausted { what: what.to_owned() })
}

#[tokio::test]
async fn it_reads_as_this_process_would() {
    let bounds = Bounds::default();
    let body =
        "<w:p><w:r><w:t>Grüße &amp; 知</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r></w:p>";
    for (name, bytes) in [
        ("a.txt", "hi \u{200B} there".as_bytes().to_vec()),
        ("../../etc/a.docx", docx(body)),
        ("a.pdf", pdf(&["BT /F1 11 Tf 50 700 Td (hi) Tj ET"])),
        ("a.pdf", b"<html>".to_vec()),
        ("a.txt", Vec::new()),
        (&*"n".repeat(100_000), b"<html>hi".to_vec()),
    ] {
        let here = countersign_extract::read(Extracting { name, bytes: &bytes }, bounds);
        assert_eq!(read(name, &bytes, bounds).await, here, "{}", &name[..name.len().min(20)]);
    }
}

#[tokio::test]
async fn it_takes_no_more_memory_and_time_than_it_is_given() {
    let small = Bounds { memory: 48 << 20, text: 512 << 20, unpacked: 512 << 20, ..Bounds::default() };
    let bomb = docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(100 << 20)));
    assert_eq!(read("a.docx", &bomb, small).await, exhausted("memory"));
    let long = vec![b'a'; 40 << 20];
    assert_eq!(read("a.txt", &long, small).await, exhausted("memory"), "not even for the file itself");
    let short = Bounds { time: Duration::from_secs(1), ..Bounds::default() };
    // A drawing that places itself twice, eight times deep; and a page in which everything stands in everything.
    let deep = format!("<html>{}", "<b><p>".repeat(200_000));
    assert_eq!(read("a.html", deep.as_bytes(), short).await, exhausted("time"));
    let again = pdf(&["/Again Do /Again Do"]);
    assert!(read("a.pdf", &again, Bounds::default()).await.unwrap().text.contains("again"));
}

#[tokio::test]
async fn bounds_are_looked_at_before_anything_is_started() {
    let nobody = Apart::new(PathBuf::from("/nowhere"), Vec::new(), Bounds::default());
    let extract = |bytes| nobody.extract(Extracting { name: "a.txt", bytes });
    assert_eq!(extract(b"").await.unwrap(), Err(Unreadable::Empty));
    let large = vec![b'a'; (50 << 20) + 1];
    assert_eq!(extract(&large).await.unwrap(), Err(Unreadable::TooLarge { most: 50 << 20 }));
    assert_eq!(extract(b"a").await.unwrap_err().kind, CallErrorKind::NotDone { after: None });
    let many = pdf(&vec![""; 10_000]);
    assert_eq!(read("a.pdf", &many, Bounds::default()).await, Err(Unreadable::TooManyPages { most: 5_000 }));
}

/// Good files, to be damaged.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "a.pdf",
            pdf(&[
                "BT /F1 24 Tf 50 780 Td (VPN) Tj 1 g /F1 11 Tf 0 -40 Td [(Ask) -300 (IT)] TJ ET /Again Do",
            ]),
        ),
        (
            "a.docx",
            docx("<w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>hi &amp; you</w:t></w:r></w:p>"),
        ),
        (
            "a.html",
            b"<html><style>.x{color:#fff}</style><p class=x style='font-size:0'>hi<!-- there --><table><td>a"
                .to_vec(),
        ),
        ("a.md", b"# A\n\n<b hidden>x</b> [a](b) `c`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// However a file is damaged, there is an answer, and what is hidden stands in the text.
    #[test]
    fn a_damaged_file_is_answered(
        file in 0_usize..4,
        damage in prop::collection::vec((0.0_f64..1.0, any::<u8>()), 1..12),
        cut in 0.0_f64..1.2,
    ) {
        let (name, mut bytes) = files().swap_remove(file);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short file")]
        let place = |share: f64, long: usize| (share * long as f64) as usize;
        for (at, byte) in damage {
            let at = place(at, bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(place(cut, bytes.len()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let bounds = Bounds { time: Duration::from_secs(20), ..Bounds::default() };
        let read = runtime.block_on(read(name, &bytes, bounds));
        if let Ok(read) = read {
            prop_assert!(read.hidden.iter().all(|range| range.of(&read.text).is_some()));
            prop_assert!(read.hidden.windows(2).all(|two| two[0].to <= two[1].from));
            let _: Media = read.media;
        }
    }
}
