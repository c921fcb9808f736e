//! The package as Teams would open it.

use std::io::Read as _;

use serde_json::Value;
use zip::ZipArchive;

use super::*;

const COMMANDS: [(&str, &str); 12] =
    [("give back an access that is not needed any more", "Ends it early"); 12];

fn input() -> PackageInput<'static> {
    PackageInput {
        app_id: Uuid::from_u128(0xf0e7_b3c1_1111_4222_8333_4444_5555_6666),
        version: "1.2.3",
        name: "Countersign",
        developer: "Acme",
        site: "https://countersign.acme.example/",
        commands: &COMMANDS,
    }
}

fn file(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut zip = ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut file = Vec::new();
    zip.by_name(name).unwrap().read_to_end(&mut file).unwrap();
    file
}

fn manifest() -> Value {
    serde_json::from_slice(&file(&package(&input()).unwrap(), "manifest.json")).unwrap()
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(package(&input()).unwrap(), package(&input()).unwrap());
}

#[test]
fn the_manifest_keeps_teams_limits() {
    let manifest = manifest();
    for (place, most) in [
        ("/name/short", 30),
        ("/name/full", 100),
        ("/description/short", 80),
        ("/description/full", 4_000),
        ("/developer/name", 32),
    ] {
        let text = manifest.pointer(place).unwrap().as_str().unwrap();
        assert!((1..=most).contains(&text.chars().count()), "{place}: {text}");
    }
    let commands = manifest.pointer("/bots/0/commandLists/0/commands").unwrap().as_array().unwrap();
    assert_eq!(commands.len(), 10);
    let extensions = manifest.pointer("/composeExtensions/0/commands").unwrap().as_array().unwrap();
    for command in commands.iter().chain(extensions) {
        let length = |key: &str| command[key].as_str().unwrap().chars().count();
        assert!(length("title") <= 32 && length("description") <= 128, "{command}");
    }
    assert_eq!(manifest["validDomains"][0], "countersign.acme.example");
    insta::assert_json_snapshot!(manifest);
}

#[test]
fn the_icons_have_the_sizes_that_teams_wants() {
    let bytes = package(&input()).unwrap();
    for (name, side) in [("color.png", 192), ("outline.png", 32)] {
        let image = file(&bytes, name);
        let reader = png::Decoder::new(Cursor::new(image)).read_info().unwrap();
        assert_eq!(reader.info().size(), (side, side), "{name}");
    }
}

#[test]
fn what_teams_would_not_take_is_named() {
    let bad = |change: fn(&mut PackageInput<'static>)| {
        let mut input = input();
        change(&mut input);
        package(&input).unwrap_err().to_string()
    };
    assert!(bad(|input| input.site = "http://127.0.0.1:8080").contains("https://"));
    assert!(bad(|input| input.version = "1.2").contains("1.0.0"));
    assert!(bad(|input| input.name = "A name that is much longer than thirty").contains("30"));
    assert!(bad(|input| input.developer = "").contains("developer"));
}
