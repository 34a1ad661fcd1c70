//! Bytes to text, piece by piece.

use std::io::{self, Read};

use super::encoding::Encoding;

/// Whether more text will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Supply {
    /// It may.
    Open,
    /// No more will.
    Complete,
}

/// Decodes what a reader gives. Bytes that are no text become U+FFFD.
pub(super) struct Decoder<R> {
    source: R,
    by: By,
    bytes: Vec<u8>,
    read: u64,
}

enum By {
    Whatwg(Box<encoding_rs::Decoder>),
    Utf32 {
        of_bytes: fn([u8; 4]) -> u32,
        begun: Vec<u8>,
    },
}

/// Does not show what is being decoded.
impl<R> std::fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoder(…)")
    }
}

impl<R: Read> Decoder<R> {
    pub(super) fn new(source: R, encoding: Encoding) -> Self {
        let by = match encoding {
            Encoding::Utf32Le => By::Utf32 {
                of_bytes: u32::from_le_bytes,
                begun: Vec::new(),
            },
            Encoding::Utf32Be => By::Utf32 {
                of_bytes: u32::from_be_bytes,
                begun: Vec::new(),
            },
            Encoding::Whatwg(encoding) => {
                By::Whatwg(Box::new(encoding.new_decoder_without_bom_handling()))
            }
        };
        Self {
            source,
            by,
            bytes: Vec::new(),
            read: 0,
        }
    }

    /// Bytes taken from the source so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Appends what about `want` bytes decode to, and tells whether more may come.
    pub(super) fn fill(&mut self, text: &mut String, want: usize) -> io::Result<Supply> {
        self.bytes.resize(want, 0);
        let read = loop {
            match self.source.read(&mut self.bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        let bytes = self.bytes.get(..read).unwrap_or_default();
        let ended = read == 0;
        self.read += u64::try_from(read).unwrap_or_default();
        match &mut self.by {
            By::Whatwg(decoder) => {
                let most = decoder
                    .max_utf8_buffer_length(bytes.len())
                    .unwrap_or(bytes.len());
                text.reserve(most);
                // The room reserved is enough for all of it, so one call takes it all.
                let _all_taken = decoder.decode_to_string(bytes, text, ended);
            }
            By::Utf32 { of_bytes, begun } => decode_utf32(bytes, begun, *of_bytes, text),
        }
        if ended
            && let By::Utf32 { begun, .. } = &self.by
            && !begun.is_empty()
        {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        Ok(if ended {
            Supply::Complete
        } else {
            Supply::Open
        })
    }
}

fn decode_utf32(
    bytes: &[u8],
    begun: &mut Vec<u8>,
    of_bytes: fn([u8; 4]) -> u32,
    text: &mut String,
) {
    begun.extend_from_slice(bytes);
    let mut units = begun.chunks_exact(4);
    for unit in units.by_ref() {
        let unit = unit.try_into().unwrap_or_default();
        let scalar = of_bytes(unit);
        text.push(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    *begun = units.remainder().to_vec();
}
