//! What rules that are written anew may not have: more than anybody reads. What is in force may keep what it has, so that no bot of a
//! newer kind makes rules useless that were countersigned.

use super::source::Source;
use crate::denied::RuleFault;

/// So many lines rules have at most.
const MOST_LINES: usize = 5_000;
/// So many bytes of a string, which is told to people or compared with a name.
const LONGEST_STRING: usize = 1_024;
/// So many faults are told.
const MOST_FAULTS: usize = 50;

/// What is wrong with a text that is written in the place of what is in force.
pub fn unreadable(text: &str, in_force: Option<&str>) -> Vec<RuleFault> {
    let (source, before) = (Source(text), in_force.unwrap_or_default());
    let lines = |text: &str| text.split(['\n', '\r']).count();
    let most = MOST_LINES.max(lines(before));
    let many = (lines(text) > most).then(|| {
        let message = format!("rules have {most} lines at most; these have {}", lines(text));
        source.fault(text.len(), None, message)
    });
    let long = source.strings().into_iter().filter(|(_, string)| string.len() > LONGEST_STRING);
    let long = long.filter(|(_, string)| !before.contains(string)).map(|(at, string)| {
        let message = format!("a string has {LONGEST_STRING} bytes at most; this one has {}", string.len());
        source.fault(at, None, message)
    });
    many.into_iter().chain(long).take(MOST_FAULTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(message: &str) -> String {
        format!("// One.\n@message(\"{message}\")\n@auto permit (principal, action, resource);\n")
    }

    #[test]
    fn rules_more_than_anybody_reads_is_refused_with_its_line_and_stays_where_it_is_in_force() {
        let (fits, long) = (rules(&"é".repeat(LONGEST_STRING / 2)), rules(&"x\n".repeat(LONGEST_STRING)));
        assert_eq!(unreadable(&fits, None), []);
        let faults = unreadable(&long, Some(&fits));
        assert!(matches!(&faults[..], [fault] if (fault.line, fault.column) == (2, 10)), "{faults:?}");
        assert!(faults[0].message.contains("this one has 2048"), "{faults:?}");
        assert_eq!(unreadable(&format!("{long}forbid (principal, action, resource);"), Some(&long)), []);
    }

    #[test]
    fn rules_of_too_many_lines_are_refused() {
        let (most, more) = ("\n".repeat(MOST_LINES - 1), "\r".repeat(MOST_LINES));
        assert_eq!(unreadable(&most, None), []);
        assert_eq!(unreadable(&more, None).len(), 1);
        assert_eq!(unreadable(&more, Some(&more)), [], "as many as there are");
        let strings = format!("\"{}\" ", "x".repeat(2_000)).repeat(80);
        assert_eq!(unreadable(&strings, None).len(), MOST_FAULTS);
    }
}
