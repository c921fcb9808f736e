//! Events and lines, made of bits that end anywhere: within a line, within a character.

/// A line is never longer: a server that ends none is no such server.
const LONGEST: usize = 4 * 1024 * 1024;

/// What has come of lines so far.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    kept: Vec<u8>,
    /// How much of it has no end of a line.
    looked: usize,
    /// Whether the last line ended with a carriage return, to which a line feed may belong.
    returned: bool,
}

/// What goes on for too long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Lines {
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() - self.looked > LONGEST { Err(TooLong) } else { Ok(()) }
    }

    /// The next whole line, without its end: a line feed, a carriage return, or both.
    pub(crate) fn next(&mut self) -> Option<String> {
        if self.returned && self.kept.first() == Some(&b'\n') {
            self.kept.remove(0);
        }
        let at = self.kept[self.looked..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let Some(at) = at.map(|at| at + self.looked) else {
            self.returned &= self.kept.is_empty();
            self.looked = self.kept.len();
            return None;
        };
        self.returned = self.kept[at] == b'\r';
        let rest = self.kept.split_off(at + 1);
        let line = std::mem::replace(&mut self.kept, rest);
        self.looked = 0;
        Some(text(&line[..at]))
    }

    /// What stands behind the last end of a line.
    pub(crate) fn rest(&mut self) -> String {
        self.looked = 0;
        text(&std::mem::take(&mut self.kept))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)).into_owned()
}

/// What has come of events so far: lines of `data:`, ended by an empty one. Everything else that an event can say is left out.
#[derive(Debug, Default)]
pub(crate) struct Events {
    lines: Lines,
    data: Option<String>,
}

impl Events {
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.lines.push(bytes)
    }

    /// The next event's data.
    pub(crate) fn next(&mut self) -> Option<String> {
        while let Some(line) = self.lines.next() {
            if line.is_empty() {
                if let Some(data) = self.data.take() {
                    return Some(data);
                }
            } else if let Some(data) = line.strip_prefix("data:") {
                let data = data.strip_prefix(' ').unwrap_or(data);
                match &mut self.data {
                    Some(all) => {
                        all.push('\n');
                        all.push_str(data);
                    }
                    None => self.data = Some(data.to_owned()),
                }
            }
        }
        None
    }

    /// An event that was not ended: some servers end none of the last.
    pub(crate) fn last(&mut self) -> Option<String> {
        let rest = self.lines.rest();
        if let Some(data) = rest.strip_prefix("data:") {
            self.data.get_or_insert_default().push_str(data.trim_start());
        }
        self.data.take()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(bits: &[&[u8]]) -> Vec<String> {
        let (mut events, mut all) = (Events::default(), Vec::new());
        for bit in bits {
            events.push(bit).unwrap();
            all.extend(std::iter::from_fn(|| events.next()));
        }
        all.extend(events.last());
        all
    }

    #[test]
    fn events_are_read_as_servers_write_them() {
        let written = b"\xEF\xBB\xBF: hello\r\nevent: x\r\ndata: {\"a\":1}\r\n\r\ndata:b\ndata: c\n\n\ndata: [DONE]\r\rid: 7\n\ndata: last";
        assert_eq!(events(&[written]), ["{\"a\":1}", "b\nc", "[DONE]", "last"]);
    }

    #[test]
    fn a_line_without_an_end_has_one() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(&vec![b'a'; LONGEST]), Ok(()));
        assert_eq!(lines.next(), None);
        assert_eq!(lines.push(b"a"), Ok(()), "looked at already");
        let mut lines = Lines::default();
        assert_eq!(lines.push(&vec![b'a'; LONGEST + 1]), Err(TooLong));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Wherever the bits end, the events are the same.
        #[test]
        fn bits_end_anywhere(texts in prop::collection::vec("[^\r\n]{0,12}", 1..8), ends in prop::sample::select(vec!["\n", "\r\n", "\r"]), cuts in prop::collection::vec(0_usize..200, 0..12)) {
            let written = texts.iter().map(|text| format!("data: {text}{ends}{ends}")).collect::<Vec<_>>().concat();
            let bytes = written.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            let bits: Vec<&[u8]> = cuts.windows(2).map(|two| &bytes[two[0]..two[1]]).collect();
            prop_assert_eq!(events(&bits), texts);
        }
    }
}
