//! The child's side: reads one sheet of the workbook that is its standard input, and writes messages to standard output.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::archive;
use super::protocol::{Message, Request, Sheet, SheetVisibility, WorkbookFormat, WorkbookKind};
use super::sheet::{Taker, Workbook};
use crate::files::cell::Row;
use crate::files::limits::Limits;
use crate::files::options::SheetChoice;
use crate::files::refusal::{FileRefusal, RowRefusal};

/// Runs as the child: `main` calls it for the argument `import-worker`, with the argument after it, and ends with its code.
///
/// Call it before any thread is started: each thread's stack and heap count against the limit on memory.
pub fn run_worker(request: &str) -> ExitCode {
    let Ok(request) = serde_json::from_str::<Request>(request) else {
        return ExitCode::from(2);
    };
    if restrict(&request.limits).is_err() {
        return ExitCode::from(3);
    }
    // The parent tells people; nobody reads the child's standard error.
    panic::set_hook(Box::new(|_| {}));
    let mut output = Output {
        writer: BufWriter::with_capacity(64 << 10, io::stdout().lock()),
        broken: false,
    };
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| read(&request, &mut output)));
    let last = match outcome {
        Ok(Ok(())) => Message::End {
            peak_bytes: peak_bytes(),
        },
        Ok(Err(refusal)) => Message::Refused(refusal),
        Err(_panic) => Message::Refused(FileRefusal::FileDamaged {
            detail: "the reading library panicked".to_owned(),
        }),
    };
    output.send(&last);
    if output.writer.flush().is_err() || output.broken {
        ExitCode::from(4)
    } else {
        ExitCode::SUCCESS
    }
}

/// Limits that the system holds this process to: memory, processor time, no files written, no memory dumped.
fn restrict(limits: &Limits) -> rustix::io::Result<()> {
    let at_most = |amount: u64| Rlimit {
        current: Some(amount),
        maximum: Some(amount),
    };
    setrlimit(Resource::As, at_most(limits.worker_memory_bytes))?;
    setrlimit(Resource::Cpu, at_most(limits.worker_cpu_seconds))?;
    setrlimit(Resource::Fsize, at_most(0))?;
    setrlimit(Resource::Core, at_most(0))
}

fn read(request: &Request, output: &mut Output<'_>) -> Result<(), FileRefusal> {
    let failed = |error: io::Error| FileRefusal::FileReadingFailed {
        detail: error.to_string(),
    };
    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed)?);
    let mut head = [0; 4];
    file.read_exact(&mut head)
        .map_err(|_shorter| FileRefusal::FileTruncated)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let kind = if head.starts_with(b"PK") {
        archive::check(&file, &request.limits)?
    } else {
        compound_kind(&file)?
    };
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut workbook = Workbook::open(kind, BufReader::new(file))?;
    let sheets = workbook.sheets();
    let sheet = choose(&mut workbook, &sheets, request)?;
    let date_system = workbook.date_system();
    output.send(&Message::Opened(WorkbookFormat {
        kind,
        sheets,
        sheet: sheet.clone(),
        date_system,
    }));
    workbook.rows(&sheet, &request.limits, output)
}

/// A compound file that holds an encrypted package is a workbook with a password; one without a workbook's stream is
/// something else. Stream names are UTF-16 in the directory.
fn compound_kind(mut file: &File) -> Result<WorkbookKind, FileRefusal> {
    let mut bytes = Vec::new();
    let read = Read::by_ref(&mut file)
        .take(64 << 20)
        .read_to_end(&mut bytes);
    read.map_err(|error| FileRefusal::FileReadingFailed {
        detail: error.to_string(),
    })?;
    let has = |name: &str| {
        let name: Vec<u8> = name
            .encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .collect();
        memchr::memmem::find(&bytes, &name).is_some()
    };
    if bytes.len() < 512 {
        Err(FileRefusal::FileTruncated)
    } else if has("EncryptedPackage") {
        Err(FileRefusal::FilePasswordProtected)
    } else if [
        "WordDocument",
        "PowerPoint Document",
        "__properties_version1.0",
    ]
    .iter()
    .any(|name| has(name))
        && !has("Workbook")
    {
        Err(FileRefusal::FileNotATable {
            kind: "an Office document, but no workbook".to_owned(),
        })
    } else {
        Ok(WorkbookKind::Xls)
    }
}

fn choose(
    workbook: &mut Workbook,
    sheets: &[Sheet],
    request: &Request,
) -> Result<String, FileRefusal> {
    let not_found = |name: String| FileRefusal::FileSheetNotFound { name };
    match &request.sheet {
        SheetChoice::Named(name) => {
            let found = sheets.iter().find(|sheet| sheet.name == *name);
            found
                .map(|sheet| sheet.name.clone())
                .ok_or_else(|| not_found(name.clone()))
        }
        SheetChoice::Numbered(number) => {
            let found = number.checked_sub(1).and_then(|index| sheets.get(index));
            found
                .map(|sheet| sheet.name.clone())
                .ok_or_else(|| not_found(number.to_string()))
        }
        SheetChoice::FirstFilled => {
            let (visible, hidden): (Vec<_>, Vec<_>) = sheets
                .iter()
                .partition(|sheet| sheet.visibility == SheetVisibility::Visible);
            for sheet in visible.into_iter().chain(hidden) {
                let mut any = Any { found: false };
                workbook.rows(&sheet.name, &request.limits, &mut any)?;
                if any.found {
                    return Ok(sheet.name.clone());
                }
            }
            Err(FileRefusal::FileEmpty)
        }
    }
}

/// Wants to know only whether there is a row.
struct Any {
    found: bool,
}

impl Taker for Any {
    fn take(&mut self, _row: Result<Row, RowRefusal>) -> bool {
        self.found = true;
        false
    }
}

struct Output<'a> {
    writer: BufWriter<io::StdoutLock<'a>>,
    /// The parent listens no more.
    broken: bool,
}

impl Output<'_> {
    fn send(&mut self, message: &Message) {
        let written = serde_json::to_writer(&mut self.writer, message).map_err(io::Error::from);
        self.broken |= written.and_then(|()| self.writer.write_all(b"\n")).is_err();
    }
}

impl Taker for Output<'_> {
    fn take(&mut self, row: Result<Row, RowRefusal>) -> bool {
        self.send(&row.map_or_else(Message::RowRefused, Message::Row));
        !self.broken
    }
}

/// Most memory resident so far, as Linux tells it.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0).saturating_mul(1024)
}
