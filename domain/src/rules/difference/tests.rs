//! A change of the rules, as people read it.

use proptest::prelude::*;

use super::*;

fn rules(text: &str) -> RuleSet {
    RuleSet::compile(1, text).unwrap_or_else(|faults| panic!("{faults}\n{text}"))
}

/// The difference as it is shown.
fn shown(before: &str, after: &str) -> String {
    let changes = differences(Some(&rules(before)), &rules(after));
    let one = |change: &PolicyChange| {
        let lines: Vec<_> = change.lines.iter().map(|line| format!("\n{line}")).collect();
        format!("{} {}{}\n", change.policy, change.what.as_str(), lines.concat())
    };
    changes.iter().map(one).collect()
}

const BEFORE: &str = "// Reading.
@id(\"read\") @auto permit (principal, action == Action::\"read\", resource);

@id(\"write\")
@approvers(\"group:a\")
@quorum(\"1\")
permit (principal, action == Action::\"write\", resource);
";

#[test]
fn a_change_is_told_policy_by_policy() {
    let after = BEFORE
        .replace("@quorum(\"1\")\n", "@quorum(\"2\")\n@ticket(\"^OPS-\")\n")
        .replace("\"read\") @auto", "\"look\") @auto");
    insta::assert_snapshot!(shown(BEFORE, &after), @r#"
    look added
    + @id("look") @auto permit (principal, action == Action::"read", resource);
    write changed
      @id("write")
      @approvers("group:a")
    - @quorum("1")
    + @quorum("2")
    + @ticket("^OPS-")
      permit (principal, action == Action::"write", resource);
    read removed
    - @id("read") @auto permit (principal, action == Action::"read", resource);
    "#);
}

#[test]
fn spaces_comments_and_order_are_no_difference() {
    let after = BEFORE
        .replace("// Reading.", "// Whoever reads;")
        .replace(", action", ",\n    // Which.\n    action");
    assert_eq!(shown(BEFORE, &after), "");
    let policies: Vec<_> = BEFORE.split_inclusive(";\n").collect();
    assert_eq!(shown(BEFORE, &policies.iter().rev().copied().collect::<String>()), "");
}

#[test]
fn a_policy_without_a_name_is_the_same_wherever_it_stands() {
    let (one, other) = (
        "@auto permit (principal, action == Action::\"read\", resource);\n",
        "forbid (principal, action, resource);\n",
    );
    let told = shown(one, &format!("{other}{one}"));
    assert_eq!(told, "policy0 added\n+ forbid (principal, action, resource);\n");
    assert_eq!(
        shown(&format!("{other}{one}"), one),
        "policy0 removed\n- forbid (principal, action, resource);\n"
    );
}

#[test]
fn first_rules_are_all_new() {
    let changes = differences(None, &rules(BEFORE));
    assert!(changes.iter().all(|change| change.what == What::Added) && changes.len() == 2);
}

#[test]
fn rules_a_line_in_a_string_that_looks_like_a_comment_is_shown() {
    let hidden = BEFORE.replace(
        "\"write\", resource);",
        "\"write\", resource) when { principal.kind != \"\n// \" || true };",
    );
    insta::assert_snapshot!(shown(BEFORE, &hidden), @r#"
    write changed
      @id("write")
      @approvers("group:a")
      @quorum("1")
    - permit (principal, action == Action::"write", resource);
    + permit (principal, action == Action::"write", resource) when { principal.kind != "
    + // " || true };
    "#);
    // And what stands behind a comment whose line ends as a typewriter ends it.
    let behind = BEFORE.replace("@quorum(\"1\")\n", "// As before.\r@quorum(\"3\")\n");
    assert!(shown(BEFORE, &behind).contains("+ @quorum(\"3\")"), "{}", shown(BEFORE, &behind));
}

#[test]
fn rules_a_blank_in_a_string_is_a_difference_that_is_shown() {
    let kind = |text: &str| {
        format!(
            "@id(\"a\") @auto permit (principal, action, resource) when {{ principal.kind != \"{text}\" }};"
        )
    };
    let told = shown(&kind("a\nb"), &kind("a  \n\nb"));
    assert!(told.contains("!= \"a  \n+ \n"), "{told:?}");
}

/// Lines of which no two are the same.
fn lines_of(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{name}{number}")).collect()
}

#[test]
fn rules_of_any_length_are_compared_within_bounds() {
    // A string of a policy in force may have as many lines as a text has bytes.
    let (before, after) = (lines_of("a", 120_000), lines_of("b", 120_000));
    assert!(Common::of(&before, &after).is_none(), "of these there would be a table of 58 GB");
    let lines = line_by_line(&before, &after);
    assert_eq!(lines.len(), 240_000);
    // What both begin and end with is found all the same.
    let changed = |middle: &str| [&before[..], &[middle.to_owned()], &after[..]].concat();
    let lines = line_by_line(&changed("old"), &changed("new"));
    let told: Vec<_> = lines.iter().filter(|line| !matches!(line, Line::Same(_))).collect();
    assert_eq!(told, [&Line::Less("old".to_owned()), &Line::More("new".to_owned())]);
    assert_eq!(lines.len(), 240_002);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is read leads from the one text to the other, whatever they are.
    #[test]
    fn both_texts_can_be_read_out_of_the_lines(
        before in prop::collection::vec("[abc]{1,2}", 0..12), after in prop::collection::vec("[abc]{1,2}", 0..12),
    ) {
        let lines = line_by_line(&before, &after);
        let old: Vec<_> = lines.iter().filter_map(|line| match line {
            Line::Less(text) | Line::Same(text) => Some(text.clone()),
            Line::More(_) => None,
        }).collect();
        let new: Vec<_> = lines.iter().filter_map(|line| match line {
            Line::More(text) | Line::Same(text) => Some(text.clone()),
            Line::Less(_) => None,
        }).collect();
        prop_assert_eq!(old, before);
        prop_assert_eq!(new, after);
    }

    /// What comparing costs grows with the lines and not with their pairs.
    #[test]
    fn rules_the_cost_of_a_comparison_is_bounded(before in 0_usize..3_000, after in 0_usize..3_000) {
        let (old, new) = (lines_of("a", before), lines_of("b", after));
        let pairs = Common::of(&old, &new).map_or(0, |common| common.counts.len());
        prop_assert!(pairs <= MOST_PAIRS, "{pairs}");
        prop_assert_eq!(pairs > 0, (before + 1) * (after + 1) <= MOST_PAIRS, "what can be compared is");
        prop_assert_eq!(line_by_line(&old, &new).len(), before + after);
    }

    /// Of all ways to leave lines out of the one text until the rest stands in the other, the shortest is shown.
    #[test]
    fn no_line_is_shown_as_changed_that_could_stay(
        before in prop::collection::vec("[abc]", 0..8), after in prop::collection::vec("[abc]", 0..8),
    ) {
        let stands_in_both = |kept: &[&String]| {
            let mut rest = after.iter();
            kept.iter().all(|line| rest.any(|other| other == *line))
        };
        let choices = (0_u32..1 << before.len()).map(|chosen| {
            let lines = before.iter().enumerate();
            lines.filter(|(n, _)| chosen & (1 << n) != 0).map(|(_, line)| line).collect::<Vec<_>>()
        });
        let most = choices.filter(|kept| stands_in_both(kept)).map(|kept| kept.len()).max();
        let lines = line_by_line(&before, &after);
        let same = lines.iter().filter(|line| matches!(line, Line::Same(_))).count();
        prop_assert_eq!(Some(same), most);
    }
}

#[test]
fn rules_of_what_moved_far_the_greater_part_stays_as_it_was() {
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let shown = line_by_line(&lines("p q r s t"), &lines("r s t p"));
    let same = shown.iter().filter(|line| matches!(line, Line::Same(_))).count();
    assert_eq!(same, 3, "{shown:?}");
}
