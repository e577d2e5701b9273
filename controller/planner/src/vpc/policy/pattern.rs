//! Names with `*` for any run of characters and `?` for one, asked of names that are
//! themselves patterns: what a role may be called on is mostly more than one resource.

/// How much of what is asked for something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// All of it.
    All,
    /// A part of it, or nobody knows how much.
    Part,
    /// Nothing of it.
    Nothing,
}

/// How much of the names that `asked` stands for the pattern takes. Where it takes
/// all of them only by chance of their form, it is said to take a part.
pub(super) fn takes(pattern: &str, asked: &str) -> Takes {
    // A variable of the policy language, which is another text for each request.
    if pattern.contains("${") {
        return Takes::Part;
    }
    let (pattern, asked): (Vec<char>, Vec<char>) = (pattern.chars().collect(), asked.chars().collect());
    if meets(&pattern, &asked, covers) {
        Takes::All
    } else if meets(&pattern, &asked, overlaps) {
        Takes::Part
    } else {
        Takes::Nothing
    }
}

/// The same for names in which capitals do not matter, as those of actions.
pub(super) fn takes_in_any_case(pattern: &str, asked: &str) -> Takes {
    takes(&pattern.to_ascii_lowercase(), &asked.to_ascii_lowercase())
}

/// How two characters are taken together: whether the one of the pattern stays for the
/// next of what is asked, and the other way round.
struct Step {
    /// They stand for one character, and both go on.
    both: bool,
    /// The pattern's takes this one and stays.
    pattern_stays: bool,
    /// That of what is asked takes this one and stays.
    asked_stays: bool,
}

/// A wildcard in what is asked is taken by a wildcard of the pattern alone, which must
/// be as wide.
fn covers(pattern: char, asked: char) -> Step {
    let both = pattern == asked || (pattern == '?' && asked != '*');
    Step { both, pattern_stays: pattern == '*', asked_stays: false }
}

/// There is a name that both stand for.
fn overlaps(pattern: char, asked: char) -> Step {
    let both = pattern == asked || pattern == '?' || asked == '?';
    Step { both, pattern_stays: pattern == '*', asked_stays: asked == '*' }
}

/// Whether the two come to their ends together. The table's rows are the places in the
/// pattern, of which two are kept.
fn meets(pattern: &[char], asked: &[char], step: fn(char, char) -> Step) -> bool {
    // From the ends to the beginnings: `below[j]` is whether the rest of the pattern
    // after this place meets what is asked from j on.
    let only_stars = |rest: &[char]| rest.iter().all(|c| *c == '*');
    let is_wide = step('a', '*').asked_stays;
    let mut below: Vec<bool> =
        (0..=asked.len()).map(|j| asked[j..].is_empty() || (is_wide && only_stars(&asked[j..]))).collect();
    for (i, of_pattern) in pattern.iter().enumerate().rev() {
        let mut here = vec![false; asked.len() + 1];
        here[asked.len()] = only_stars(&pattern[i..]);
        for (j, of_asked) in asked.iter().enumerate().rev() {
            let Step { both, pattern_stays, asked_stays } = step(*of_pattern, *of_asked);
            here[j] = (both && below[j + 1])
                || (pattern_stays && (below[j] || here[j + 1]))
                || (asked_stays && (here[j + 1] || below[j]));
        }
        below = here;
    }
    below[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_all_a_part_or_nothing() {
        for (pattern, asked, expected) in [
            ("*", "arn:aws:s3:::b/*", Takes::All),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/agents/*", Takes::All),
            ("arn:aws:s3:::b/agents/v?/*", "arn:aws:s3:::b/agents/*", Takes::Part),
            ("arn:aws:s3:::b/agents/v1", "arn:aws:s3:::b/agents/*", Takes::Part),
            ("arn:aws:s3:::other/*", "arn:aws:s3:::b/*", Takes::Nothing),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/*", Takes::Nothing),
            ("arn:aws:s3:::?/*", "arn:aws:s3:::b/*", Takes::All),
            ("arn:aws:s3:::${aws:PrincipalAccount}/*", "arn:aws:s3:::b/*", Takes::Part),
            ("a?", "a*", Takes::Part),
            ("a*", "a?", Takes::All),
            ("a**b", "a*b", Takes::All),
            ("", "", Takes::All),
            ("", "*", Takes::Part),
            ("b*", "*a", Takes::Part),
            ("*a", "*ab", Takes::Nothing),
        ] {
            assert_eq!(takes(pattern, asked), expected, "{pattern} of {asked}");
        }
        assert_eq!(takes_in_any_case("SageMaker:delete*", "sagemaker:DeleteApp"), Takes::All);
    }
}
