//! What stands beside the form: whom it is for, templates, conditions; told, kept, or harmless.

use super::*;

#[test]
fn trust_d4_whom_it_is_for_and_until_when_are_read_by_whatever_label() {
    for label in [
        "For",
        "On behalf of",
        "Requested for",
        "Beneficiary",
        "Who",
        "Name",
        "Account",
        "Employee",
        "Nutzer",
        "Für",
        "Pour qui",
        "Para",
    ] {
        let found = beside(&format!("{label}: Ben Approver"));
        assert_eq!(found.form.user.as_deref(), Some("Ben Approver"), "{label}");
        assert_eq!(found.unread, [], "{label}");
    }
    for label in ["Until", "End date", "Valid until", "Bis", "Date de fin", "Hasta"] {
        let found = read(&format!("Permission: read\nRepository: web-shop\n{label}: 2026-12-04"));
        assert_eq!(found.form.duration.as_deref(), Some("until 2026-12-04"), "{label}");
    }
}

#[test]
fn trust_d4_what_may_belong_to_the_form_and_cannot_be_placed_is_told() {
    for line in [
        "Condition: only after approval by security",
        "Update: not needed any more",
        "Branch: main only",
        "For @Ben",
        "Ab Montag",
        "Do not grant this before Monday, please",
        "|Condition|only after approval|",
        "h3. Condition\nafter approval",
        "Condition:\nafter approval",
        "Reason: rollout\nCondition: only after approval",
        "User:\nmy colleague Ben from the other team",
        // Beneath the reason, before it, bold, as headings and in lists.
        "Reason: rollout\n\nDo not grant this before Monday",
        "Reason: rollout\nFor our new colleague Ben Approver",
        "Reason: rollout\n\nFor @Ben",
        "Reason: For @Ben",
        "Reason: rollout\n*Do not grant this before Monday*",
        "Reason: rollout\n\nThanks, Erin\n\nPS: it is not for me",
        "*Do not grant this before Monday*",
        "*Not before Monday*",
        "*For @Ben*",
        "*For* @Ben",
        "h3. Do not grant yet",
        "h3. Only on Monday",
        "# For @Ben",
        "# Do not grant this",
        "* For [~accountid:557058:ba89]",
        "- For @Ben",
        "1. For @Ben",
        "For our new colleague Ben Approver",
        "We need it at 10:30, see https://example.com/a",
        "Ben Approver",
        "Condition:\nonly after approval by security",
        "h3. Condition\nonly after the security team approved",
        "Only after approval:",
        "[x] Do not grant this",
        // In tables.
        "|Permission|read|Repository|web-shop|\n|User|Ben|Approver|Ada|Duration|2 hours|",
        "| 3 | User | Ben |",
        "| 4 | Condition | only after approval |",
        "|Duration: 2 hours|For @Ben|",
        "|Duration: 2 hours|only after approval|",
        "|For @Ben|",
        "|Do not grant| |",
        // Hidden by a mark that nobody closed.
        "{noformat}\nUser: Ben",
        "{code}\nonly after approval",
        "Best not before Monday",
    ] {
        let found = beside(line);
        assert!(unplaced(&found.unread).is_some(), "{line}: {:?}", found.unread);
    }
}

#[test]
fn trust_d4_a_start_that_is_not_now_is_told() {
    for line in [
        "Start: 2026-12-24 09:00",
        "Start date: 2026-12-24",
        "From: Monday 9:00",
        "Ab: Montag",
        "Starting:\nMonday",
    ] {
        let found = beside(line);
        assert!(
            matches!(found.unread[0].own(), Some(Fault::BeginsLater { .. })),
            "{line}: {:?}",
            found.unread
        );
    }
    let many = read(&"Start: Monday\n".repeat(3_000));
    assert!(many.unread.len() < 10, "a few of them are enough");
}

#[test]
fn trust_d4_what_a_table_or_a_list_has_too_much_is_told_and_no_column_is_shifted() {
    let several = read("Permission: read\nRepository:\n* web-shop\n* infra\nDuration: 2 hours");
    let line = unplaced(&several.unread).expect("the second is told");
    assert!(line.contains("infra"), "{line}");
    let columns = read("||Permission||Approver||Repository||\n|write|Ada|payments-api|");
    assert_eq!(unplaced(&columns.unread).as_deref(), Some("Approver: Ada"));
    let over = read("||Permission||Repository||\n|read|web-shop|only after approval|");
    assert!(unplaced(&over.unread).is_some(), "{:?}", over.unread);
    let beneath_nothing = read("||Permission|| ||Repository||\n|read|web-shop|infra|");
    assert_eq!(beneath_nothing.form, form("read", "infra"), "columns are not shifted");
    assert!(unplaced(&beneath_nothing.unread).is_some(), "{:?}", beneath_nothing.unread);
}

#[test]
fn trust_d4_what_is_harmless_beside_the_form_is_not_told() {
    for line in [
        "Reason: the rollout",
        "Start: now",
        "Thanks, Erin",
        "Start:",
        "Thanks,\nErin Employee",
        "Please grant the access above.",
        "{code}\nonly: an example\n{code}",
        "| Field | Value |",
        "Hello team: please look at it soon",
        "||Field||Value||",
        "----\nPlease do not change the lines above.",
    ] {
        assert_eq!(beside(line).unread, [], "{line}");
    }
}

#[test]
fn trust_d4_the_lines_that_every_teams_template_has_pass_beside_a_whole_form() {
    let harmless = [
        ("Priority", "High"),
        ("Environment", "production"),
        ("Team", "Payments"),
        ("Component", "checkout"),
        ("Labels", "payments, q4"),
        ("Due date", "2026-12-24"),
        ("Priorität", "Hoch"),
        ("Fällig am", "24.12.2026"),
    ];
    let ways: [fn(&str, &str) -> String; 5] = [
        |label, value| format!("{label}: {value}"),
        |label, value| format!("*{label}:* {value}"),
        |label, value| format!("| {label} | {value} |"),
        |label, value| format!("h3. {label}\n{value}"),
        |label, value| format!("{label}:\n{value}"),
    ];
    for (label, value) in harmless {
        for way in ways {
            let line = way(label, value);
            let found = beside(&line);
            assert_eq!(found.unread, [], "{line}");
            let permission = found.form.permission.as_deref();
            assert_eq!(
                (permission, found.form.duration.as_deref()),
                (Some("read"), Some("2 hours")),
                "{line}"
            );
            // The same label with what may change who gets what, when, or on what condition.
            for value in [
                "only after approval",
                "from Monday on",
                "not before the freeze",
                "for @Ben",
                "admin, please",
                "nur bis Montag",
            ] {
                let line = way(label, value);
                assert!(!beside(&line).unread.is_empty(), "{line}");
            }
        }
    }
    for line in [
        "Approver: Ada",
        "Project: payments",
        "Scope: everything",
        "Condition: none",
        "Reporter: Ben",
        "Access type: full",
    ] {
        let found = beside(line);
        let is_read = found.form.permission.as_deref() != Some("read") || !found.several.is_empty();
        assert!(!found.unread.is_empty() || is_read, "{line}: {found:?}");
    }
}

#[test]
fn trust_d4_a_line_of_a_template_is_kept_whole_or_told_for_what_is_cut_off_may_name_somebody() {
    let components =
        |letters: usize| format!("Components: {} Ben", ["x".repeat(letters).as_str(); 5].join(" "));
    let (fits, too_long) = (components(20), components(22));
    // A label, five words, the blanks and the name.
    assert_eq!((fits.chars().count(), too_long.chars().count()), (120, 130));
    let found = beside(&fits);
    assert_eq!((found.harmless, found.unread), (vec![fits], vec![]));
    let found = beside(&too_long);
    assert_eq!(found.harmless, Vec::<String>::new());
    let told = too_long.chars().take(120).collect();
    assert_eq!(unplaced(&found.unread), Some(told));
}

#[test]
fn trust_d4_what_the_bot_wrote_itself_is_no_reason_and_no_fault() {
    use countersign_domain::access::Form;
    use countersign_domain::words::{form_to_copy, to_mend};

    let filled = Form { permission: Some("read".to_owned()), ..Form::default() };
    for comment in [form_to_copy(&Form::default()), form_to_copy(&filled), to_mend(vec![], Some(&filled))] {
        let found = read(&comment.join("\n"));
        assert_eq!((found.unread, found.form.reason), (vec![], None), "{comment:?}");
    }
}
