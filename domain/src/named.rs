//! What a name that somebody wrote stands for: one thing, several, or nothing.

/// What a name stands for. Whoever gets several asks which one is meant, and never takes the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named<T> {
    /// Exactly this.
    One(T),
    /// Any of these.
    Several(Vec<T>),
    /// Nothing that is known.
    Nothing,
}

impl<T> Named<T> {
    /// What all that was found under a name makes of it.
    pub fn of(found: impl IntoIterator<Item = T>) -> Self {
        let mut found: Vec<T> = found.into_iter().collect();
        match (found.pop(), found.is_empty()) {
            (None, _) => Self::Nothing,
            (Some(one), true) => Self::One(one),
            (Some(last), false) => {
                found.push(last);
                Self::Several(found)
            }
        }
    }

    /// The one thing it stands for, if it is one.
    pub fn one(self) -> Option<T> {
        match self {
            Self::One(one) => Some(one),
            Self::Several(_) | Self::Nothing => None,
        }
    }

    /// The same of something else.
    pub fn map<U>(self, with: impl FnMut(T) -> U) -> Named<U> {
        let mut with = with;
        match self {
            Self::One(one) => Named::One(with(one)),
            Self::Several(all) => Named::Several(all.into_iter().map(with).collect()),
            Self::Nothing => Named::Nothing,
        }
    }
}
