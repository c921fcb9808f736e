//! The form as people write it, and everything that must not be taken for one.

mod beside_form;

use countersign_domain::ticket::Fault;
use proptest::prelude::*;

use super::super::labels::label_of;
use super::*;

/// The only line that nobody can place.
fn unplaced(unread: &[Violation]) -> Option<String> {
    let [only] = unread else { return None };
    if let Some(Fault::UnreadLine { line }) = only.own() { Some(line) } else { None }
}

fn form(permission: &str, repository: &str) -> AccessForm {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AccessForm { permission: text(permission), repository: text(repository), ..AccessForm::default() }
}

/// The form, and one line more.
fn beside(line: &str) -> Found {
    read(&format!("Permission: read\nRepository: web-shop\nDuration: 2 hours\n{line}"))
}

#[test]
fn trust_d4_tables_headings_and_boxes_are_read_as_people_write_them() {
    let write = form("write", "payments-api");
    for text in [
        "Permission: write\nRepository: payments-api",
        "Permission | write\nRepository | payments-api",
        "|Permission|write|\n|Repository|payments-api|",
        "| *Permission* | {{write}} |\n| *Repository* | [payments-api|https://bitbucket.org/acme/payments-api] |",
        "||Permission|write|\n||Repository|payments-api|",
        "||Permission||write||\n||Repository||payments-api||",
        "||Permission||Repository||\n|write|payments-api|",
        "||Permission||Approver||Repository||\n|write|Ada|payments-api|",
        "| Permission | Repository |\n|---|:--:|\n| write | payments-api |",
        "|Permission|write|Repository|payments-api|",
        "|Permission: write|Repository: payments-api|",
        "h3. Permission\nwrite\n\nh3. Repository\n\npayments-api",
        "## Permission\nwrite\n## Repository\npayments-api",
        "*Permission*\nwrite\n*Repository*\npayments-api",
        "Permission:\nwrite\nRepository:\npayments-api",
        "Permission:\n[ ] read\n[x] write\n[ ] admin\nRepository: payments-api",
        "- [ ] Permission: write\n- [x] Repository: payments-api",
        "1. Permission: Write access.\n2. Repo: payments-api",
        "{panel}\nPermission: {color:#36B37E}write{color}\n{panel}\nRepository: payments-api",
        "Permission： write\nRepository:\u{a0}payments-api\u{a0}",
        "Permission: -admin- write\nRepository: payments-api",
    ] {
        assert_eq!(read(text).form, write, "{text}");
    }
}

#[test]
fn trust_d4_what_is_uncertain_is_not_read() {
    for (text, expected, labels) in [
        ("Permission:\n[x] read\n[x] write", form("", ""), 1),
        ("Permission:\n[ ] read\n[ ] write", form("", ""), 1),
        ("Permission: …\nRepository: ...", form("", ""), 2),
        ("Permission:\nplease let me write to everything there is", form("", ""), 1),
        (
            "|Permission|Repository|Duration|\n|write||2 days|",
            AccessForm { duration: Some("2 days".to_owned()), ..form("write", "") },
            3,
        ),
        ("h3. Permission\nh3. Notes\nwrite", form("", ""), 1),
        ("permission\nwrite", form("", ""), 0),
        ("The permission: write it down", form("", ""), 0),
        ("a | b\nhttp://example.com/user", form("", ""), 0),
    ] {
        let found = read(text);
        assert_eq!((found.form, found.labels), (expected, labels), "{text}");
    }
}

#[test]
fn a_reason_goes_on_over_lines_and_bars_until_the_next_label() {
    let found = read("Reason: the rollout:\nof a | b\nand more\nUser: erin\nthat was it");
    assert_eq!(found.form.reason.as_deref(), Some("the rollout:\nof a | b\nand more"));
    assert_eq!(found.form.user.as_deref(), Some("erin"));
}

/// One way of writing a label and its value.
fn way() -> impl Strategy<Value = fn(&str, &str) -> String> {
    prop::sample::select(vec![
        (|label, value| format!("{label}: {value}\n")) as fn(&str, &str) -> String,
        |label, value| format!("*{label}:* {value}\n"),
        |label, value| format!("- {label}: {{{{{value}}}}}\n"),
        |label, value| format!("||{label}|{value}|\n"),
        |label, value| format!("| {label} | {value} |\n"),
        |label, value| format!("{label} | {{color:red}}{value}{{color}}\n"),
        |label, value| format!("h3. {label}\n\n{value}\n"),
        |label, value| format!("[ ] {label}: {value}\n"),
        |label, value| format!("{label}:\n{value}\n"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// However each line is written, and whatever stands between, the same form is read, and never another one.
    #[test]
    fn trust_d4_the_same_form_is_read_in_every_way_of_writing_it(
        ways in prop::collection::vec(way(), 4),
        permission in prop::sample::select(vec!["read", "write", "admin"]),
        repository in "[a-z]{2,8}(-[a-z]{2,8}){0,2}",
        user in "[a-z]{3,9}",
        between in prop::sample::select(vec!["", "\n", "Hello there, and thank you very much.\n", "----\n"]),
    ) {
        // A cell that says "ab" or "who" is a label, whatever it was meant for.
        prop_assume!([&repository, &user].iter().all(|value| label_of(value).is_none()));
        let lines = [
            ways[0]("Permission", permission), ways[1]("Repository", &repository), ways[2]("User", &user),
            ways[3]("Duration", "2 days"),
        ];
        let found = read(&lines.join(between));
        let expected = AccessForm {
            user: Some(user), duration: Some("2 days".to_owned()), ..form(permission, &repository)
        };
        prop_assert_eq!(found.form, expected, "{:?}", lines.join(between));
        prop_assert_eq!(found.labels, 4);
    }

    #[test]
    fn trust_d4_no_text_makes_it_panic(text in "(?s)[|:*# \\[\\]xh1.{}\n-]{0,120}|(?s).{0,300}") {
        read(&text);
    }

    /// Nothing is read that is not there: every value stands in the text.
    #[test]
    fn trust_d4_every_value_that_is_read_stands_in_the_text(
        text in "((Permission|Repository|User|Duration|why)?[:|*]{0,2} ?[a-z|\\[\\] -]{0,12}\n){0,8}",
    ) {
        let form = read(&text).form;
        // An end is read as one however its line is called: the word before it is ours.
        let lasts = form.duration.map(|lasts| lasts.strip_prefix("until ").map(str::to_owned).unwrap_or(lasts));
        for value in [form.permission, form.repository, form.user, lasts].into_iter().flatten() {
            for word in value.split_whitespace() {
                prop_assert!(text.to_lowercase().contains(&word.to_lowercase()), "{} of {:?}", word, text);
            }
        }
    }
}

/// Twice the text is about twice the work, whatever it is made of. Measured by what is looked at, and by no clock.
#[test]
fn trust_d4_a_text_of_any_length_is_read_at_once() {
    for part in ["[", "{", "| ", "-a ", "-a b- ", "Permission:", "[x] ", "{{", "{code:", "`", "h1. ", "\n"] {
        let work = |bytes: usize| super::super::work::of(|| read(&part.repeat(bytes / part.len())));
        let (half, whole) = (work(16_000), work(32_000));
        assert!(whole > 0 && whole * 10 <= half * 23, "{part:?}: {half}, then {whole}");
        assert!(work(1024 * 1024) <= whole * 2, "{part:?}: what nobody can write is not read");
    }
}

/// Words that are no courtesy, however they are put together.
fn something() -> impl Strategy<Value = String> {
    let words = vec![
        "only",
        "after",
        "approval",
        "not",
        "before",
        "Monday",
        "Ben",
        "@Ben",
        "557058:ba89f",
        "unless",
        "security",
        "agrees",
        "for",
        "from",
        "2026-12-24",
        "infra",
        "cancelled",
        "do",
        "grant",
        "write",
    ];
    prop::collection::vec(prop::sample::select(words), 1..7).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    /// Whatever line is put wherever into a whole form, it is part of the reason beneath that, or the ticket is asked about it.
    #[test]
    fn trust_d4_no_line_is_left_out_unsaid(
        said in something(),
        place in 0..6_usize,
        dress in prop::sample::select(vec![
            "{}", "*{}*", "_{}_", "h3. {}", "## {}", "# {}", "* {}", "- {}", "1. {}", "[x] {}", "[ ] {}", "|{}|", "| {} | |",
            "| 4 | {} |", "||{}||", "{color:red}{}{color}", "{panel}{}{panel}", "\n{}\n", "{}:", "{}.", "\n\n{}",
        ]),
        tabled in any::<bool>(),
    ) {
        let mut lines = if tabled {
            vec!["|Permission|read|", "|Repository|web-shop|", "|Duration|2 hours|", "|Reason|the rollout|"]
        } else {
            vec!["Permission: read", "Repository: web-shop", "Duration: 2 hours", "Reason: the rollout", "of payments"]
        };
        prop_assume!(label_of(&said).is_none() && !says_nothing(&said));
        let line = dress.replace("{}", &said);
        let place = place.min(lines.len());
        lines.insert(place, &line);
        let text = lines.join("\n");
        for found in [read(&text), read_as_said(&text)] {
            let reason = found.form.reason.unwrap_or_default();
            let is_visible = place > 3 && reason.contains(&said);
            prop_assert!(is_visible || !found.unread.is_empty() || !found.several.is_empty(), "{:?}", text);
        }
    }
}

#[test]
fn trust_d4_a_form_on_one_line_or_with_other_signs_is_read() {
    for text in [
        "Permission: read, Repository: web-shop, Duration: 2 hours",
        "Permission: read; Repository: web-shop; Duration: 2 hours",
        "Permission = read\nRepository = web-shop\nDuration = 2 hours",
        "Permission - read\nRepository - web-shop\nDuration - 2 hours",
        "Rechten: read\nRepository: web-shop\nDuur: 2 hours",
        "権限: read\nリポジトリ: web-shop\n期間: 2 hours",
    ] {
        let found = read(text);
        let expected = AccessForm { duration: Some("2 hours".to_owned()), ..form("read", "web-shop") };
        assert_eq!((found.form, found.unread), (expected, vec![]), "{text}");
    }
}

#[test]
fn trust_d4_a_reason_keeps_its_lines_and_paragraphs() {
    let found = beside("Reason: first line\nsecond line\n\nthird paragraph\n\nThanks a lot, Erin");
    assert_eq!(found.form.reason.as_deref(), Some("first line\nsecond line\nthird paragraph"));
    assert_eq!(found.unread, []);
    let twice = beside("Reason: the rollout\nUser: erin\nReason: and the fix");
    assert_eq!(twice.form.reason.as_deref(), Some("the rollout\nand the fix"), "none of two is left out");
}
