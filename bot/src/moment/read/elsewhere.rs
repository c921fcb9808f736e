//! A time somewhere else: where it is another day there than here, "tomorrow" may be that of either place, and it is asked.

use super::{Edge, Here, Meant, Parts};

impl Parts {
    /// What is meant by these words, which are this where they are said.
    pub(super) fn by_either_day(self, words: &[&str], here: &Here, edge: Edge) -> Meant {
        if self.zones.len() != 1 {
            return self.meant(here, edge);
        }
        let there = Here { now: here.now, zone: self.zones[0].clone() };
        let by_theirs = Self::read(words, &there).map(|own| own.meant(&there, edge));
        match (self.meant(here, edge), by_theirs) {
            (Meant::At(ours), Some(Meant::At(theirs))) => Meant::either(vec![ours, theirs]),
            (meant, _) => meant,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::super::read;
    use super::*;

    fn said(text: &str, now: &str) -> Meant {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        read(text, &Here { now: at(now), zone }, Edge::End)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn trust_c2_tomorrow_somewhere_else_is_asked_where_it_is_another_day_there() {
        let (afternoon, morning) = ("2026-11-30T16:00:00Z", "2026-12-02T09:00:00Z");
        // Three in the morning of the next day in Sydney.
        let either = vec![at("2026-11-30T22:00:00Z"), at("2026-12-01T22:00:00Z")];
        assert_eq!(said("09:00 tomorrow Sydney time", afternoon), Meant::Either(either));
        let same = Meant::At(at("2026-12-02T22:00:00Z"));
        assert_eq!(said("09:00 tomorrow Sydney time", morning), same);
        // A day of the calendar is one, wherever it is.
        let dated = Meant::At(at("2026-12-02T22:00:00Z"));
        assert_eq!(said("3 December 09:00 Sydney time", afternoon), dated);
        assert_eq!(said("tomorrow 18:00", afternoon), Meant::At(at("2026-12-01T17:00:00Z")));
    }
}
