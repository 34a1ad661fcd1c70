//! How names are found and sorted: without accents, in lower case. Written and asked by the same function, so that the
//! database's collation plays no part.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in lower case, without accents and marks, white space single: "  Àngela  NÚÑEZ" → "angela nunez".
pub fn searchable(text: &str) -> String {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several texts as one, those that are there.
pub fn searchable_all<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let found: Vec<String> = texts.into_iter().flatten().map(searchable).collect();
    found.join(" ")
}

/// A `LIKE` pattern that finds a text anywhere, its own wildcards taken literally.
pub fn contains_pattern(text: &str) -> String {
    let escaped: String = searchable(text)
        .chars()
        .flat_map(|c| {
            matches!(c, '%' | '_' | '\\')
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect();
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_white_space_do_not_matter() {
        assert_eq!(
            searchable("  Àngela \u{a0} NÚÑEZ i  Çelik"),
            "angela nunez i celik"
        );
        assert_eq!(searchable("Col·lecció"), "col·leccio");
    }

    #[test]
    fn wildcards_are_searched_literally() {
        assert_eq!(contains_pattern("50%_Á"), "%50\\%\\_a%");
    }
}
