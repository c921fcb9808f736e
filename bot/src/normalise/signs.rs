//! The signs of a text: what looks different and means the same is one sign, and each knows where it was written.

/// One sign, and where in the text it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the sign itself has no better name")]
pub(super) struct Sign {
    pub(super) sign: char,
    /// In bytes.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What HTML calls signs, as vendors write them.
const ENTITIES: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("ndash", '-'),
    ("mdash", '-'),
    ("lsquo", '\''),
    ("rsquo", '\''),
    ("ldquo", '"'),
    ("rdquo", '"'),
    ("hellip", '…'),
    ("shy", '\u{ad}'),
];
/// The longest name of an entity, with its `&` and `;`, in bytes.
const ENTITY: usize = 10;

/// The signs of a text, in order.
pub(super) fn signs(text: &str) -> Vec<Sign> {
    let mut signs = Vec::with_capacity(text.len());
    let mut rest = text.char_indices();
    while let Some((start, written)) = rest.next() {
        let (sign, end) = match entity(&text[start..]).filter(|_| written == '&') {
            Some((sign, length)) => {
                // An entity is ASCII: the signs of its name are skipped one by one.
                rest.nth(length - 2);
                (sign, start + length)
            }
            None => (written, start + written.len_utf8()),
        };
        if let Some(sign) = plain(sign) {
            signs.push(Sign { sign, start, end });
        }
    }
    signs
}

/// The entity that a text begins with, and its length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(ENTITY).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let sign = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            };
            code.and_then(char::from_u32)
        }
        None => ENTITIES.iter().find(|(own, _)| *own == name).map(|(_, sign)| *sign),
    };
    sign.map(|sign| (sign, end + 1))
}

/// The sign that stands for this one; nothing for what nobody sees.
const fn plain(sign: char) -> Option<char> {
    Some(match sign {
        // What pasting leaves behind, and what says how an emoji looks.
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}' => return None,
        '\r' => ' ',
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '•'
        | '·'
        | '‣'
        | '▪' => '-',
        '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '″' | '「' | '」' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' => '\'',
        '，' | '、' => ',',
        '。' => '.',
        '：' => ':',
        '！' => '!',
        '？' => '?',
        other => other,
    })
}

/// Whether it is a picture, or a part of one.
pub(super) const fn is_emoji(sign: char) -> bool {
    matches!(sign,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2190}'..='\u{21ff}'
        | '\u{231a}'..='\u{23ff}' | '\u{200d}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

/// The one emoji that these stand for: yes, no, or one that means nothing.
pub(super) fn emoji(whole: &[Sign]) -> &'static str {
    let holds = |signs: &[char]| whole.iter().any(|sign| signs.contains(&sign.sign));
    match (holds(&['👍', '✅', '✔', '👌']), holds(&['👎', '❌', '✖'])) {
        (true, false) => "👍",
        (false, true) => "👎",
        _ => "🙂",
    }
}

/// The emoji that a name between colons stands for, as chats write it: `:+1:`. Those that mean nothing here are all one.
pub(super) fn emoji_by_name(word: &[Sign]) -> Option<String> {
    let text: String = word.iter().map(|sign| sign.sign).collect();
    let name = text.trim_end_matches(['.', ',', '!']).strip_prefix(':')?.strip_suffix(':')?;
    let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '+' | ':');
    if name.is_empty() || !name.chars().all(fits) {
        return None;
    }
    Some(match name.split("::").next().unwrap_or(name) {
        "+1" | "thumbsup" => "👍".to_owned(),
        "-1" | "thumbsdown" => "👎".to_owned(),
        "white_check_mark" | "heavy_check_mark" => "✅".to_owned(),
        "x" => "❌".to_owned(),
        _ => "🙂".to_owned(),
    })
}
