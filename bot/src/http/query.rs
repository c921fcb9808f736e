//! Query parameters, read strictly: an unknown or unusable one is named, with the cure.

use axum::extract::Query as Pairs;
use axum::http::Uri;

use super::problem::Problem;

/// The most items of one page.
pub(crate) const LIMIT_MAX: usize = 500;
/// How many items a page has when nobody says.
pub(crate) const LIMIT: usize = 50;

/// A parameter that an address takes; the OpenAPI document lists the same ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it does, with an example where the name alone does not say it.
    pub(crate) about: &'static str,
}

/// `after`, of every list.
pub(crate) const AFTER: Parameter = Parameter { name: "after", about: "the `next` of the page before" };
/// `limit`, of every list.
pub(crate) const PAGE_LIMIT: Parameter =
    Parameter { name: "limit", about: "how many items, 1 to 500; 50 when left out" };
/// What a list takes of which nothing else is wanted.
pub(crate) const PAGED: &[Parameter] = &[AFTER, PAGE_LIMIT];

/// The parameters of one request, all of them known.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the parameters of this address, which takes only `known` ones.
    pub(crate) fn read(uri: &Uri, known: &[Parameter]) -> Result<Self, Problem> {
        let unreadable =
            |_| Problem::bad_request("The query cannot be read: write it as name=value&name=value.");
        let Pairs(pairs) = Pairs::<Vec<(String, String)>>::try_from_uri(uri).map_err(unreadable)?;
        for (index, (name, _)) in pairs.iter().enumerate() {
            if !known.iter().any(|parameter| parameter.name == name) {
                return Err(unknown(name, known));
            }
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::bad_request(format!("`{name}` stands twice in the query: keep one.")));
            }
        }
        Ok(Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()))
    }

    /// A parameter as text; `None` where it is left out or empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A parameter as a value; `cure` says what it must look like.
    pub(crate) fn value<T: std::str::FromStr>(&self, name: &str, cure: &str) -> Result<Option<T>, Problem> {
        let parse = |text: &str| text.parse().map_err(|_| bad_value(name, text, cure));
        self.text(name).map(parse).transpose()
    }

    /// How many items the page shall have.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        let cure = "give a number from 1 to 500";
        let limit = self.value("limit", cure)?.unwrap_or(LIMIT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        Err(bad_value("limit", &limit.to_string(), cure))
    }
}

/// A value that cannot be used, and the cure.
pub(crate) fn bad_value(name: &str, given: &str, cure: &str) -> Problem {
    let given: String = given.chars().take(80).collect();
    Problem::bad_request(format!("`{name}` cannot be “{given}”: {cure}."))
}

fn unknown(name: &str, known: &[Parameter]) -> Problem {
    let name: String = name.chars().take(80).collect();
    let names: Vec<_> = known.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
    let nearest = known
        .iter()
        .map(|parameter| (strsim::damerau_levenshtein(&name, parameter.name), parameter.name))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    let hint = nearest.map(|(_, near)| format!(" Did you mean `{near}`?")).unwrap_or_default();
    let takes = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Problem::bad_request(format!("`{name}` is not a parameter here.{hint} This address takes {takes}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Query, Problem> {
        let uri = format!("/x?{query}").parse().unwrap();
        Query::read(&uri, &[AFTER, PAGE_LIMIT, Parameter { name: "user", about: "" }])
    }

    #[test]
    fn a_misspelt_parameter_is_named_with_the_right_one() {
        let detail = read("usr=erin").err().unwrap().detail().to_owned();
        insta::assert_snapshot!(detail, @"`usr` is not a parameter here. Did you mean `user`? This address takes `after`, `limit`, `user`.");
    }

    #[test]
    fn a_limit_is_from_1_to_500() {
        for (given, limit) in [
            ("limit=1", Some(1)),
            ("limit=500", Some(500)),
            ("", Some(50)),
            ("limit=0", None),
            ("limit=501", None),
            ("limit=x", None),
        ] {
            assert_eq!(read(given).unwrap().limit().ok(), limit, "{given}");
        }
    }

    #[test]
    fn a_parameter_stands_once() {
        assert!(read("user=erin&user=frank").is_err());
        assert_eq!(read("user=erin%20e").unwrap().text("user"), Some("erin e"));
    }
}
