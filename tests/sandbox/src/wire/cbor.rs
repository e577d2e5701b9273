//! CBOR to the JSON that operations work on, and back.

use minicbor::data::{IanaTag, Tag, Type};
use minicbor::decode::Error;
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Number, Value, json};

/// As deep as the SDKs go themselves; the stack is not endless.
const DEEPEST: usize = 128;

/// The members of answers that are timestamps, which CBOR tells from other numbers by a tag.
const TIMESTAMPS: &[&str] = &[
    "AlarmConfigurationUpdatedTimestamp",
    "LastModified",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "Timestamp",
    "Timestamps",
];

/// The value that these bytes encode, and nothing after it. Numbers that JSON does
/// not have become `"NaN"`, `"Infinity"` and `"-Infinity"`, as AWS's JSON writes them.
///
/// # Errors
/// For what is not CBOR, or CBOR that no operation's input can contain.
pub(super) fn decode(bytes: &[u8]) -> Result<Value, Error> {
    let mut decoder = Decoder::new(bytes);
    let value = value(&mut decoder, 0)?;
    if decoder.position() == bytes.len() { Ok(value) } else { Err(Error::message("bytes after the end")) }
}

/// The encoded value. Members named as timestamps are tagged as such.
pub(super) fn encode(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    put(&mut encoder, value, false).expect("memory takes every write");
    encoder.into_writer()
}

fn value(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, Error> {
    if depth == DEEPEST {
        return Err(Error::message("nested too deeply"));
    }
    Ok(match decoder.datatype()? {
        Type::Null => decoder.null().map(|()| Value::Null)?,
        Type::Undefined => decoder.undefined().map(|()| Value::Null)?,
        Type::Bool => json!(decoder.bool()?),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => json!(decoder.u64()?),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => json!(decoder.i64()?),
        Type::F16 | Type::F32 | Type::F64 => float(decoder.f64()?),
        Type::String => json!(decoder.str()?),
        Type::StringIndef => json!(decoder.str_iter()?.collect::<Result<String, _>>()?),
        Type::Array | Type::ArrayIndef => {
            let count = decoder.array()?;
            let mut elements = Vec::new();
            while more(decoder, count, elements.len())? {
                elements.push(value(decoder, depth + 1)?);
            }
            Value::Array(elements)
        }
        Type::Map | Type::MapIndef => {
            let count = decoder.map()?;
            let (mut members, mut read) = (Map::new(), 0);
            while more(decoder, count, read)? {
                let Value::String(name) = value(decoder, depth + 1)? else {
                    return Err(Error::message("a member's name is not a string"));
                };
                members.insert(name, value(decoder, depth + 1)?);
                read += 1;
            }
            Value::Object(members)
        }
        // Seconds since the epoch, as JSON has them without a tag.
        Type::Tag if decoder.tag()? == Tag::from(IanaTag::Timestamp) => value(decoder, depth + 1)?,
        other => return Err(Error::message(format!("there is no {other} in any input"))),
    })
}

/// Whether another element follows; consumes the break at the end of those whose count is not given.
fn more(decoder: &mut Decoder<'_>, count: Option<u64>, read: usize) -> Result<bool, Error> {
    match count {
        Some(count) => Ok((read as u64) < count),
        None if decoder.datatype()? == Type::Break => decoder.skip().map(|()| false),
        None => Ok(true),
    }
}

fn float(number: f64) -> Value {
    let text = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    Number::from_f64(number).map_or(json!(text), Value::Number)
}

type Infallible = minicbor::encode::Error<std::convert::Infallible>;

fn put(encoder: &mut Encoder<Vec<u8>>, value: &Value, is_timestamp: bool) -> Result<(), Infallible> {
    match value {
        Value::Null => encoder.null().map(drop),
        Value::Bool(bool) => encoder.bool(*bool).map(drop),
        Value::Number(number) => {
            if is_timestamp {
                encoder.tag(IanaTag::Timestamp)?;
            }
            match number.as_i64() {
                Some(integer) => encoder.i64(integer).map(drop),
                None => encoder.f64(number.as_f64().unwrap_or_default()).map(drop),
            }
        }
        Value::String(text) => encoder.str(text).map(drop),
        Value::Array(elements) => {
            encoder.array(elements.len() as u64)?;
            elements.iter().try_for_each(|element| put(encoder, element, is_timestamp))
        }
        Value::Object(members) => {
            encoder.map(members.len() as u64)?;
            members.iter().try_for_each(|(name, value)| {
                encoder.str(name)?;
                put(encoder, value, TIMESTAMPS.contains(&name.as_str()))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_sdk_sends_is_read() {
        // {_ "T": 1(1.5), "V": [1.0 as half, NaN, -2], "U": (_ "a", "b"), "N": null}
        let sent = b"\xbf\x61T\xc1\xfb\x3f\xf8\0\0\0\0\0\0\x61V\x83\xf9\x3c\x00\xf9\x7e\x00\x21\x61U\x7f\x61a\x61b\xff\x61N\xf6\xff";
        assert_eq!(decode(sent).ok(), Some(json!({ "T": 1.5, "V": [1.0, "NaN", -2], "U": "ab", "N": null })));
        for broken in
            [&sent[..20], &[0x80, 0x00], &[0xa1, 0x01, 0x01], &[0x41, 0x00], &[0xc2, 0x41, 0x01], &[0x81; 300]]
        {
            assert!(decode(broken).is_err(), "{broken:x?}");
        }
    }

    #[test]
    fn timestamps_are_tagged_and_numbers_keep_their_kind() {
        let answer = json!({ "Timestamps": [1.5], "Values": [1.0, 2], "Timestamp": 3 });
        let sent = encode(&answer);
        assert_eq!(decode(&sent).ok(), Some(answer));
        let tags = sent.windows(2).filter(|pair| matches!(pair, [0xc1, 0xfb] | [0xc1, 0x03])).count();
        assert_eq!(tags, 2, "{sent:x?}");
    }
}
