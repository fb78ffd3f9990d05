//! Text in lines of a given width.

/// Appends `text` to `output` in lines of at most `width` characters, the first after `first` and each after `rest`.
/// A word that is longer than a line keeps its length.
pub(super) fn wrap(output: &mut String, text: &str, first: &str, rest: &str, width: usize) {
    output.push_str(first);
    let mut used = first.chars().count();
    let mut is_start = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !is_start && used + 1 + length > width {
            output.push('\n');
            output.push_str(rest);
            used = rest.chars().count();
            is_start = true;
        }
        if !is_start {
            output.push(' ');
            used += 1;
        }
        output.push_str(word);
        used += length;
        is_start = false;
    }
    output.push('\n');
}

/// `text` cut to `width` characters, with an ellipsis where something was cut off.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words() {
        let mut output = String::new();
        wrap(&mut output, "one two  three verylongword x", "- ", "  ", 9);
        assert_eq!(output, "- one two\n  three\n  verylongword\n  x\n");
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("äbcd", 4), "äbcd");
        assert_eq!(cut("äbc def", 5), "äbc…");
        assert_eq!(cut("abc", 0), "…");
    }
}
