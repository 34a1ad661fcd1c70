//! The parent's side: starts the child, listens to it, and makes a refusal of whatever befalls it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::protocol::{Message, Request, WorkbookFormat};
use crate::files::cell::Row;
use crate::files::limits::Limits;
use crate::files::options::{StopSign, TableOptions, WorkerProgram};
use crate::files::refusal::{FileRefusal, ReadError};

/// Messages that may lie ready; small, since a row may have 4 MiB.
const AHEAD: usize = 16;
/// How often somebody who waits for the child looks whether to stop.
const LOOKED_EVERY: Duration = Duration::from_millis(200);

/// A sheet of a workbook, read by a child process. Dropping it ends the child.
#[derive(Debug)]
pub struct WorkbookReader {
    format: WorkbookFormat,
    worker: Worker,
    peak_bytes: Option<u64>,
    ended: bool,
}

impl WorkbookReader {
    /// Starts the child and waits until it has opened the workbook and chosen the sheet.
    ///
    /// # Errors
    /// When the workbook cannot be read, breaks a limit, has no such sheet or no cell at all.
    pub fn open(file: File, options: &TableOptions) -> Result<Self, FileRefusal> {
        let mut worker = Worker::start(file, options)?;
        match worker.next_message()? {
            Message::Opened(format) => Ok(Self {
                format,
                worker,
                peak_bytes: None,
                ended: false,
            }),
            Message::Refused(refusal) => Err(refusal),
            Message::Row(_) | Message::RowRefused(_) | Message::End { .. } => {
                Err(failed("the worker did not say what it opened"))
            }
        }
    }

    /// Kind, sheets and chosen sheet of the workbook.
    pub fn format(&self) -> &WorkbookFormat {
        &self.format
    }

    /// Most memory that the child had resident, in bytes; known at the end of the rows.
    pub fn peak_bytes(&self) -> Option<u64> {
        self.peak_bytes
    }

    /// The next row that holds anything.
    pub fn next_row(&mut self) -> Option<Result<Row, ReadError>> {
        if self.ended {
            return None;
        }
        let refusal = match self.worker.next_message() {
            Ok(Message::Row(row)) => return Some(Ok(row)),
            Ok(Message::RowRefused(refusal)) => return Some(Err(refusal.into())),
            Ok(Message::End { peak_bytes }) => {
                self.peak_bytes = Some(peak_bytes);
                self.ended = true;
                return None;
            }
            Ok(Message::Refused(refusal)) | Err(refusal) => refusal,
            Ok(Message::Opened(_)) => failed("the worker opened a workbook twice"),
        };
        self.ended = true;
        Some(Err(refusal.into()))
    }
}

fn failed(detail: &str) -> FileRefusal {
    FileRefusal::FileReadingFailed {
        detail: detail.to_owned(),
    }
}

/// The child process, and what a thread hears of it.
#[derive(Debug)]
struct Worker {
    child: Child,
    messages: Option<Receiver<Result<Message, String>>>,
    limits: Limits,
    stop: StopSign,
}

impl Worker {
    fn start(file: File, options: &TableOptions) -> Result<Self, FileRefusal> {
        let request = Request {
            sheet: options.sheet.clone(),
            limits: options.limits,
        };
        let request =
            serde_json::to_string(&request).map_err(|error| failed(&error.to_string()))?;
        let mut child = command(&options.worker)?
            .arg(request)
            .env_clear()
            .stdin(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&format!("the worker does not start: {error}")))?;
        let (sender, messages) = sync_channel(AHEAD);
        let output = child
            .stdout
            .take()
            .ok_or_else(|| failed("the worker has no output"))?;
        // It ends by itself when the child's output does, or when nobody wants what it has to say.
        thread::spawn(move || listen(output, &sender));
        Ok(Self {
            child,
            messages: Some(messages),
            limits: options.limits,
            stop: options.stop.clone(),
        })
    }

    fn next_message(&mut self) -> Result<Message, FileRefusal> {
        let Some(messages) = &self.messages else {
            return Err(failed("the worker has ended"));
        };
        let asked = Instant::now();
        let refusal = loop {
            match messages.recv_timeout(LOOKED_EVERY) {
                Ok(Ok(message)) => return Ok(message),
                Ok(Err(detail)) => return Err(FileRefusal::FileReadingFailed { detail }),
                Err(RecvTimeoutError::Disconnected) => return Err(self.fate()),
                Err(RecvTimeoutError::Timeout) if self.stop.is_raised() => {
                    break FileRefusal::stopped();
                }
                Err(RecvTimeoutError::Timeout)
                    if asked.elapsed() >= self.limits.worker_patience =>
                {
                    break FileRefusal::FileTakesTooLong;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        self.end();
        Err(refusal)
    }

    /// What befell a child that stopped talking.
    fn fate(&mut self) -> FileRefusal {
        match self.child.wait() {
            Ok(status) => cause(status, &self.limits),
            Err(error) => failed(&error.to_string()),
        }
    }

    /// Ends the child. Killing what has ended already is no error worth telling.
    fn end(&mut self) {
        self.messages = None;
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

fn command(worker: &WorkerProgram) -> Result<Command, FileRefusal> {
    Ok(match worker {
        WorkerProgram::ThisProgram => {
            let program = std::env::current_exe().map_err(|error| failed(&error.to_string()))?;
            let mut command = Command::new(program);
            command.arg("import-worker");
            command
        }
        WorkerProgram::Other { program, arguments } => {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        }
    })
}

/// Rust aborts when memory is refused; the system sends SIGXCPU, then SIGKILL, when processor time is used up.
fn cause(status: ExitStatus, limits: &Limits) -> FileRefusal {
    const ABORTED: i32 = 6;
    const KILLED: i32 = 9;
    const SEGMENT_FAULT: i32 = 11;
    const OUT_OF_TIME: i32 = 24;
    match status.signal() {
        Some(ABORTED | SEGMENT_FAULT) => FileRefusal::FileNeedsTooMuchMemory {
            limit: limits.worker_memory_bytes,
        },
        Some(OUT_OF_TIME | KILLED) => FileRefusal::FileTakesTooLong,
        Some(_) | None => failed(&format!("the worker ended: {status}")),
    }
}

/// Passes on what the child says until it stops or nobody wants it.
fn listen(output: ChildStdout, messages: &SyncSender<Result<Message, String>>) {
    let mut output = BufReader::with_capacity(64 << 10, output);
    let mut line = Vec::new();
    loop {
        line.clear();
        match output.read_until(b'\n', &mut line) {
            // Half a line was being written when a limit struck: the exit status tells which.
            Ok(_) if line.last() != Some(&b'\n') => return,
            Ok(_) => {
                let message = serde_json::from_slice(&line).map_err(|error| error.to_string());
                if messages.send(message).is_err() {
                    return;
                }
            }
            Err(error) => {
                let _nobody_listens = messages.send(Err(error.to_string()));
                return;
            }
        }
    }
}
