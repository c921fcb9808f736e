//! Where some lines of a segment begin, so that any of its events is found by reading a few of them.

/// A line is noted each time that so many bytes have passed: of the event that is looked for and what stands around it, a page of
/// the system's memory is read. In memory this takes eight bytes, a five-hundredth of the log.
const EVERY: u64 = 4 << 10;

/// Lines, rising: of each how many events stand before it in its segment, and how many bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sparse(Vec<(u32, u32)>);

/// Whole lines, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// How many events stand before the first one.
    pub(crate) events: u64,
    /// Where it begins.
    pub(crate) from: u64,
    /// Where they end; nothing where that is the end of the segment.
    pub(crate) to: Option<u64>,
}

impl Sparse {
    /// Notes where a line begins, if the last one noted is far enough away.
    pub(crate) fn note(&mut self, events: u64, offset: u64) {
        if self.0.last().is_none_or(|(_, noted)| offset >= u64::from(*noted) + EVERY)
            // No segment is larger; what is not noted is found from what is.
            && let (Ok(events), Ok(offset)) = (u32::try_from(events), u32::try_from(offset))
        {
            self.0.push((events, offset));
        }
    }

    /// Forgets what does not begin before this offset.
    pub(crate) fn cut(&mut self, offset: u64) {
        self.0.retain(|(_, noted)| u64::from(*noted) < offset);
    }

    /// The lines around the event that has so many before it.
    pub(crate) fn around(&self, events: u64) -> Stretch {
        let after = self.0.partition_point(|(noted, _)| u64::from(*noted) <= events);
        let first = after.checked_sub(1).map_or((0, 0), |at| self.0[at]);
        let to = self.0.get(after).map(|(_, offset)| u64::from(*offset));
        Stretch { events: u64::from(first.0), from: u64::from(first.1), to }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_stands_in_the_stretch_that_is_said_to_be_around_it(lines in proptest::collection::vec(1..9000_u64, 1..60)) {
            let mut sparse = Sparse::default();
            let offsets: Vec<u64> = lines.iter().scan(0, |end, line| { *end += line; Some(*end - line) }).collect();
            for (events, offset) in (0..).zip(&offsets) {
                sparse.note(events, *offset);
            }
            for (events, offset) in (0..).zip(&offsets) {
                let stretch = sparse.around(events);
                prop_assert!(stretch.events <= events && stretch.from <= *offset, "{stretch:?}");
                prop_assert!(stretch.to.is_none_or(|to| *offset < to), "{stretch:?}");
                prop_assert_eq!(stretch.from, offsets[usize::try_from(stretch.events).unwrap()]);
                prop_assert!(offset - stretch.from < EVERY, "{stretch:?}");
            }
        }
    }
}
