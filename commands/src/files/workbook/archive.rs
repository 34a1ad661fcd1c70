//! A zip archive's directory, looked at before anything is unpacked.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::protocol::WorkbookKind;
use crate::files::limits::Limits;
use crate::files::refusal::FileRefusal;

/// Checks an archive's directory against the limits and tells which kind of workbook it is.
pub(super) fn check(file: impl Read + Seek, limits: &Limits) -> Result<WorkbookKind, FileRefusal> {
    let mut archive = ZipArchive::new(file).map_err(refused)?;
    within(
        "entries",
        u64::try_from(archive.len()).unwrap_or(u64::MAX),
        u64::try_from(limits.archive_entries).unwrap_or(u64::MAX),
    )?;
    let (mut packed, mut unpacked, mut names) = (0_u64, 0_u64, Vec::new());
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(refused)?;
        if entry.encrypted() {
            return Err(FileRefusal::FilePasswordProtected);
        }
        packed = packed.saturating_add(entry.compressed_size());
        unpacked = unpacked.saturating_add(entry.size());
        names.push(entry.name().map_err(refused)?.replace('\\', "/"));
    }
    within("bytes", unpacked, limits.unpacked_bytes)?;
    // Below a megabyte no ratio does harm, and small XML packs very well.
    if unpacked > 1 << 20 {
        within(
            "times its packed size",
            unpacked / packed.max(1),
            limits.unpacking_ratio,
        )?;
    }
    kind(&mut archive, &names)
}

fn within(what: &str, found: u64, limit: u64) -> Result<(), FileRefusal> {
    if found > limit {
        return Err(FileRefusal::FileUnpacksTooLarge {
            what: what.to_owned(),
            found,
            limit,
        });
    }
    Ok(())
}

/// An archive without a directory at its end was cut off.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a library's errors: only two of them say more than damage"
)]
fn refused(error: ZipError) -> FileRefusal {
    match error {
        ZipError::InvalidArchive(_) => FileRefusal::FileTruncated,
        ZipError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            FileRefusal::FileTruncated
        }
        other => FileRefusal::FileDamaged {
            detail: other.to_string(),
        },
    }
}

fn kind<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    names: &[String],
) -> Result<WorkbookKind, FileRefusal> {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let not_a_table = |kind: &str| {
        Err(FileRefusal::FileNotATable {
            kind: kind.to_owned(),
        })
    };
    let types = beginning(archive, names, "[Content_Types].xml");
    let mimetype = beginning(archive, names, "mimetype");
    if mimetype.contains("opendocument.spreadsheet") {
        Ok(WorkbookKind::Ods)
    } else if mimetype.contains("opendocument") {
        not_a_table("an OpenDocument file, but no spreadsheet")
    } else if types.contains("sheet.binary.macroEnabled.main") || has("xl/workbook.bin") {
        Ok(WorkbookKind::Xlsb)
    } else if types.contains("sheet.macroEnabled.main") {
        Ok(WorkbookKind::Xlsm)
    } else if types.contains("spreadsheetml") || has("xl/workbook.xml") {
        Ok(WorkbookKind::Xlsx)
    } else if types.contains("wordprocessingml") {
        not_a_table("a Word document")
    } else if types.contains("presentationml") {
        not_a_table("a presentation")
    } else if has("content.xml") {
        Ok(WorkbookKind::Ods)
    } else {
        not_a_table("a zip archive without a workbook: unpack it first")
    }
}

/// The first 64 KiB of an entry; nothing where there is none.
fn beginning<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    names: &[String],
    wanted: &str,
) -> String {
    let Some(index) = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(wanted))
    else {
        return String::new();
    };
    let mut bytes = Vec::new();
    let read = archive
        .by_index(index)
        .map(|entry| entry.take(64 << 10).read_to_end(&mut bytes));
    if matches!(read, Ok(Ok(_))) {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        String::new()
    }
}
