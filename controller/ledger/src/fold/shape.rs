//! The one kind of line of which there are millions, read as this program writes it: members in
//! one order, no blanks, no escapes. Whatever looks otherwise is left to the reader of all JSON.

use super::raw::{Micros, Raw, RawRate, RawTags, Text};

/// The line, where it has this shape.
pub(super) fn ran(line: &str) -> Option<Raw<'_>> {
    let mut rest = Rest(line);
    rest.past("{\"schema_version\":1,\"partition\":\"")?;
    let partition = rest.text()?;
    rest.past(",\"account\":\"")?;
    let account = rest.text()?;
    rest.past(",\"region\":\"")?;
    let region = rest.text()?;
    rest.past(",\"at\":\"")?;
    let at = rest.time()?;
    rest.past(",\"line\":\"ran\",\"resource\":\"")?;
    let resource = rest.text()?;
    rest.past(",\"began\":\"")?;
    let began = rest.time()?;
    rest.past(",\"since\":\"")?;
    let since = rest.time()?;
    let owner = rest.text_after(",\"owner\":\"")?;
    let instance_type = rest.text_after(",\"instance_type\":\"")?;
    rest.past(",\"component\":\"")?;
    let component = rest.text()?;
    rest.past(",\"units\":")?;
    let units = rest.number()?;
    let rate = rest.rate()?;
    let tags = rest.tags()?;
    (rest.0 == "}").then_some(Raw {
        schema_version: 1,
        line: Text::of("ran"),
        partition,
        account,
        region,
        at,
        kinds: None,
        resource: Some(resource),
        began: Some(began),
        since: Some(since),
        until: None,
        owner,
        instance_type,
        component: Some(component),
        units: Some(u32::try_from(units).ok()?),
        rate: Some(rate),
        tags,
        gone_at: None,
        by: None,
        reason: None,
        grade: None,
        idle_since: None,
        native: None,
        ended: None,
    })
}

/// What of a line is not read yet. Every `None` is "not of this shape".
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn past(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    /// A text after its opening quote, and the closing one.
    fn text(&mut self) -> Option<Text<'a>> {
        self.str().map(Text::of)
    }

    fn str(&mut self) -> Option<&'a str> {
        let (text, rest) = self.0.split_once('"')?;
        self.0 = rest;
        (!text.contains('\\')).then_some(text)
    }

    /// A text that may be left out.
    #[expect(clippy::option_option, reason = "outside the shape, left out, there")]
    fn text_after(&mut self, literal: &str) -> Option<Option<Text<'a>>> {
        match self.past(literal) {
            Some(()) => self.text().map(Some),
            None => Some(None),
        }
    }

    fn time(&mut self) -> Option<Micros> {
        super::raw::plain(self.str()?.as_bytes()).map(Micros)
    }

    fn number(&mut self) -> Option<u64> {
        let end = self.0.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        // A number of JSON begins with no 0 but its only digit.
        if digits.len() > 1 && digits.starts_with('0') { None } else { digits.parse().ok() }
    }

    fn rate(&mut self) -> Option<RawRate<'a>> {
        self.past(",\"rate\":{\"")?;
        let rate = if self.past("micro_usd_per_hour\":").is_some() {
            let micro_usd_per_hour = Some(self.number()?);
            self.past(",\"list\":\"")?;
            RawRate { micro_usd_per_hour, list: Some(self.text()?), unpriced: None }
        } else {
            self.past("unpriced\":\"")?;
            RawRate { micro_usd_per_hour: None, list: None, unpriced: Some(self.text()?) }
        };
        self.past("}")?;
        Some(rate)
    }

    #[expect(clippy::option_option, reason = "outside the shape, left out, there")]
    fn tags(&mut self) -> Option<Option<RawTags<'a>>> {
        if self.past(",\"tags\":{\"").is_none() {
            return Some(None);
        }
        let mut pairs = Vec::with_capacity(4);
        loop {
            let key = self.text()?;
            self.past(":\"")?;
            pairs.push((key, self.text()?));
            if self.past(",\"").is_none() {
                self.past("}")?;
                return Some(Some(RawTags(pairs)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"schema_version":1,"partition":"aws","account":"111122223333","region":"eu-west-1","at":"2026-11-20T08:00:00Z","line":"ran","resource":"volume/d-1/lab","began":"2026-11-20T07:00:00.25Z","since":"2026-11-20T07:30:00Z","owner":"ana","instance_type":"ml.m5.large","component":"Studio:JupyterLab","units":5,"rate":{"micro_usd_per_hour":0,"list":"aws 2026-11-20"},"tags":{"Team":"a","team":"b"}}"#;

    fn both(line: &str) -> (Option<String>, Option<String>) {
        let told = |raw: Raw<'_>| format!("{raw:?}");
        (ran(line).map(told), serde_json::from_str(line).ok().map(told))
    }

    #[test]
    fn what_has_the_shape_is_read_as_json_is() {
        let unpriced = LINE.replace(r#"{"micro_usd_per_hour":0,"list":"aws 2026-11-20"}"#, r#"{"unpriced":"why"}"#);
        let no_owner = LINE.replace(r#""owner":"ana","instance_type":"ml.m5.large","#, "");
        let no_tags = LINE.replace(r#","tags":{"Team":"a","team":"b"}"#, "");
        for line in [LINE, &unpriced, &no_owner, &no_tags, &LINE.replace("\"a\"", "\"🙂\"")] {
            let (shape, json) = both(line);
            assert!(shape.is_some(), "{line}");
            assert_eq!(shape, json, "{line}");
        }
    }

    #[test]
    fn what_has_not_is_left_to_the_other_reader() {
        let cut = (0..LINE.len()).map(|end| LINE[..end].to_owned());
        let odd = [
            LINE.replace("ana", "an\\u0061"),
            LINE.replace("\"units\":5", "\"units\":05"),
            LINE.replace("\"units\":5", "\"units\":-5"),
            LINE.replace("\"units\":5", "\"units\":5000000000"),
            LINE.replace("\"units\":5", "\"units\":5,\"colour\":1"),
            LINE.replace("\"schema_version\":1", "\"schema_version\":2"),
            LINE.replace("07:30:00Z", "07:30:00+01:00"),
            format!("{LINE} "),
            format!("{LINE}}}"),
        ];
        for line in cut.chain(odd) {
            assert!(ran(&line).is_none(), "{line}");
        }
    }
}
