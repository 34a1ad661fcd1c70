//! The program itself is the child process that reads workbooks.

use std::process::Command;

use cartera_commands::files::{FileRefusal, TableOptions, TableReader, WorkerProgram};

#[test]
fn the_program_reads_workbooks_as_a_child() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut-off.xlsx");
    std::fs::write(&path, b"PK\x03\x04 and then nothing").expect("the file is written");
    let worker = WorkerProgram::Other {
        program: env!("CARGO_BIN_EXE_cartera").into(),
        arguments: vec!["import-worker".into()],
    };
    let options = TableOptions {
        worker,
        ..TableOptions::default()
    };
    let refusal = TableReader::open(&path, &options).expect_err("the archive is cut off");
    // Only the child looks into archives, so the answer is its own.
    assert_eq!(refusal, FileRefusal::FileTruncated);
}

#[test]
fn a_request_that_nobody_made_is_refused_in_silence() {
    let answer = Command::new(env!("CARGO_BIN_EXE_cartera"))
        .args(["import-worker", "nonsense"])
        .output()
        .expect("it runs");
    assert_eq!((answer.status.code(), answer.stdout.len()), (Some(2), 0));
}
