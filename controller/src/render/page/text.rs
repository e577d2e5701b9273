//! Names that somebody else chose, made fit to be shown. The templates escape them.

/// The text with everything in it that is invisible or turns the direction of writing
/// shown by its number: a name must not look like another one.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.push_str(&format!("‹U+{:04X}›", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The text, its middle left out where it has more characters than `most`.
pub(super) fn short(text: &str, most: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= most {
        return text.to_owned();
    }
    let (head, tail) = (most.div_ceil(2), most / 2 - 1);
    let of = |characters: &[char]| characters.iter().collect::<String>();
    format!("{}…{}", of(&characters[..head]), of(&characters[characters.len() - tail..]))
}

/// What a chart has room for of a resource's name: what it is about, without its domain.
pub(super) fn in_a_chart(resource: &str) -> String {
    let parts: Vec<&str> = resource.split('/').collect();
    let name = match *parts {
        ["app", _, _, owner, app_type, _] => format!("{owner} {app_type}"),
        ["variant", endpoint, variant] => format!("{endpoint}/{variant}"),
        ["provisioned-concurrency", endpoint, variant] => format!("{endpoint}/{variant} concurrency"),
        _ => resource.to_owned(),
    };
    short(&shown(&name), 34)
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hides_in_a_name() {
        assert_eq!(shown("invoice\u{202e}gpj.exe\u{200b}\n"), "invoice‹U+202E›gpj.exe‹U+200B›‹U+000A›");
        assert_eq!(shown("Größe-日本"), "Größe-日本");
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(short("abcdefghij", 10), "abcdefghij");
        assert_eq!(short("abcdefghijk", 10), "abcde…hijk");
        assert_eq!(in_a_chart("app/d-1/space/lab/JupyterLab/default"), "lab JupyterLab");
        assert_eq!(in_a_chart("variant/chat/AllTraffic"), "chat/AllTraffic");
    }
}
