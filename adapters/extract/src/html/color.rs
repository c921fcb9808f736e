//! Colours as pages write them.

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// What is written for a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    Rgb(Rgb),
    /// One looks through it.
    Clear,
}

/// The colour that is written; `None` where it is none that is known.
pub(crate) fn parse(text: &str) -> Option<Color> {
    let text = text.trim().to_ascii_lowercase();
    if let Some(digits) = text.strip_prefix('#') {
        return by_digits(digits);
    }
    if let Some(inner) = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb(")) {
        return by_parts(inner.strip_suffix(')')?);
    }
    NAMES.iter().find(|(name, _)| *name == text).map(|(_, color)| *color)
}

/// Whether nobody can tell one from the other.
pub(crate) fn look_alike(one: Rgb, other: Rgb) -> bool {
    const SEEN: u16 = 24;
    one.iter().zip(other).map(|(a, b)| u16::from(a.abs_diff(b))).sum::<u16>() < SEEN
}

fn by_digits(digits: &str) -> Option<Color> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let digit = |at: usize| u8::from_str_radix(&digits[at..=at], 16).ok();
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    let (rgb, solid) = match digits.len() {
        3 => ([digit(0)? * 17, digit(1)? * 17, digit(2)? * 17], 255),
        4 => ([digit(0)? * 17, digit(1)? * 17, digit(2)? * 17], digit(3)? * 17),
        6 => ([pair(0)?, pair(2)?, pair(4)?], 255),
        8 => ([pair(0)?, pair(2)?, pair(4)?], pair(6)?),
        _ => return None,
    };
    Some(if solid < 13 { Color::Clear } else { Color::Rgb(rgb) })
}

fn by_parts(inner: &str) -> Option<Color> {
    let parts: Vec<&str> = inner.split([',', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let number = |text: &str, whole: f32| match text.strip_suffix('%') {
        Some(share) => share.parse::<f32>().ok().map(|share| share / 100.0 * whole),
        None => text.parse::<f32>().ok(),
    };
    if let Some(solid) = parts.get(3)
        && number(solid, 1.0)? < 0.05
    {
        return Some(Color::Clear);
    }
    let mut rgb = [0; 3];
    for (place, part) in rgb.iter_mut().zip(parts.get(..3)?) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within a byte")]
        let byte = number(part, 255.0)?.clamp(0.0, 255.0) as u8;
        *place = byte;
    }
    Some(Color::Rgb(rgb))
}

/// Those that texts and what stands behind them are made of.
const NAMES: [(&str, Color); 22] = [
    ("aliceblue", Color::Rgb([240, 248, 255])),
    ("black", Color::Rgb([0, 0, 0])),
    ("blue", Color::Rgb([0, 0, 255])),
    ("floralwhite", Color::Rgb([255, 250, 240])),
    ("ghostwhite", Color::Rgb([248, 248, 255])),
    ("gray", Color::Rgb([128, 128, 128])),
    ("green", Color::Rgb([0, 128, 0])),
    ("grey", Color::Rgb([128, 128, 128])),
    ("ivory", Color::Rgb([255, 255, 240])),
    ("lightgray", Color::Rgb([211, 211, 211])),
    ("lightgrey", Color::Rgb([211, 211, 211])),
    ("mintcream", Color::Rgb([245, 255, 250])),
    ("navy", Color::Rgb([0, 0, 128])),
    ("orange", Color::Rgb([255, 165, 0])),
    ("purple", Color::Rgb([128, 0, 128])),
    ("red", Color::Rgb([255, 0, 0])),
    ("silver", Color::Rgb([192, 192, 192])),
    ("snow", Color::Rgb([255, 250, 250])),
    ("transparent", Color::Clear),
    ("white", Color::Rgb([255, 255, 255])),
    ("whitesmoke", Color::Rgb([245, 245, 245])),
    ("yellow", Color::Rgb([255, 255, 0])),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_they_are_written() {
        for (text, wanted) in [
            ("#FFF", Some(Color::Rgb([255, 255, 255]))),
            ("#0a0b0c", Some(Color::Rgb([10, 11, 12]))),
            ("#fff0", Some(Color::Clear)),
            ("rgb(1, 2, 3)", Some(Color::Rgb([1, 2, 3]))),
            ("rgb(100% 0% 0% / 0)", Some(Color::Clear)),
            ("rgba(0,0,0,.5)", Some(Color::Rgb([0, 0, 0]))),
            ("White", Some(Color::Rgb([255, 255, 255]))),
            ("#ggg", None),
            ("#é", None),
            ("rgb(", None),
            ("var(--x)", None),
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
    }
}
