//! What a file is, by its first bytes. Its name says nothing: a real find is an XLSX workbook that is called `.csv`.

use super::refusal::FileRefusal;
use super::text;

/// What a file is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// A zip archive: an XLSX, XLSM, XLSB or ODS workbook, or something else that the archive's directory tells.
    Archive,
    /// A compound file: an XLS workbook, an encrypted workbook, or something else.
    CompoundFile,
    /// Text.
    Text,
}

/// Number of first bytes that [`recognise`] wants to see.
pub const HEAD_BYTES: usize = 4096;

/// Beginnings of files that are no tables.
const OTHERS: [(&[u8], &str); 19] = [
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1F\x8B", "a gzip archive: unpack it first"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"BZh", "a bzip2 archive: unpack it first"),
    (b"\xFD7zXZ", "an xz archive: unpack it first"),
    (b"\x28\xB5\x2F\xFD", "a zstd archive: unpack it first"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
    (
        b"\x09\x00\x04\x00",
        "a workbook of Excel 2: save it as XLSX",
    ),
    (
        b"\x09\x02\x06\x00",
        "a workbook of Excel 3: save it as XLSX",
    ),
    (
        b"\x09\x04\x06\x00",
        "a workbook of Excel 4: save it as XLSX",
    ),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"BEGIN:VCARD", "a vCard"),
];

/// Beginnings of mark-up, in lower case.
const MARKUP: [(&str, &str); 5] = [
    (
        "<!doctype html",
        "a web page: open it in a spreadsheet program and save it as XLSX",
    ),
    (
        "<html",
        "a web page: open it in a spreadsheet program and save it as XLSX",
    ),
    (
        "<table",
        "a web page: open it in a spreadsheet program and save it as XLSX",
    ),
    ("<?xml", "an XML document"),
    ("begin:vcalendar", "a calendar"),
];

/// Tells what begins with these bytes.
///
/// # Errors
/// `FILE_EMPTY`, or `FILE_NOT_A_TABLE` for what is recognised as something else.
pub fn recognise(head: &[u8]) -> Result<Signature, FileRefusal> {
    if head.is_empty() {
        return Err(FileRefusal::FileEmpty);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Signature::Archive);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Signature::CompoundFile);
    }
    let bare = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    if let Some((_, kind)) = OTHERS.iter().find(|(begin, _)| bare.starts_with(begin)) {
        return Err(FileRefusal::FileNotATable {
            kind: (*kind).to_owned(),
        });
    }
    let begin = String::from_utf8_lossy(bare.get(..64).unwrap_or(bare));
    let begin = begin.trim_start().to_ascii_lowercase();
    if let Some((_, kind)) = MARKUP.iter().find(|(mark, _)| begin.starts_with(mark)) {
        return Err(FileRefusal::FileNotATable {
            kind: (*kind).to_owned(),
        });
    }
    Ok(Signature::Text)
}

/// Refuses what has too many control characters for a text, unless it is one in UTF-16 or UTF-32. Not asked where
/// somebody says in which encoding the file is written.
///
/// # Errors
/// `FILE_NOT_A_TABLE`.
pub fn refuse_binary(head: &[u8]) -> Result<(), FileRefusal> {
    let control = |byte: &&u8| matches!(**byte, 0x00..=0x08 | 0x0E..=0x1A | 0x1C..=0x1E | 0x7F);
    let many = head.len() >= 32 && head.iter().filter(control).count() * 50 > head.len();
    if many && !text::is_wide(head) {
        return Err(FileRefusal::FileNotATable {
            kind: "a file of a kind that is not known".to_owned(),
        });
    }
    Ok(())
}
