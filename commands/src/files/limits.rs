//! How much is too much.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Bounds on what a file may cost. [`Limits::default`] holds the product's (RELIABILITY 16, DEFINITIONS 25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Size of the file, in bytes. Default 256 MiB.
    pub file_bytes: u64,
    /// Size of one cell as UTF-8, in bytes. Default 1 MiB.
    pub field_bytes: usize,
    /// Size of one record as UTF-8, in bytes. Default 4 MiB.
    pub record_bytes: usize,
    /// Cells in one record. Default 2,000.
    pub columns: usize,
    /// Entries in a workbook's zip directory. Default 1,000.
    pub archive_entries: usize,
    /// Size of a workbook unpacked, in bytes. Default 64 MiB.
    pub unpacked_bytes: u64,
    /// Unpacked ÷ packed size of a workbook. Default 100.
    pub unpacking_ratio: u64,
    /// Address space of the process that reads a workbook, in bytes. Default 448 MiB.
    pub worker_memory_bytes: u64,
    /// Processor time of the process that reads a workbook, in seconds. Default 60.
    pub worker_cpu_seconds: u64,
    /// How long that process may take for the next row while somebody waits for it. Default 30 s.
    pub worker_patience: Duration,
}

const MIB: u64 = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 * MIB,
            field_bytes: 1 << 20,
            record_bytes: 4 << 20,
            columns: 2_000,
            archive_entries: 1_000,
            unpacked_bytes: 64 * MIB,
            unpacking_ratio: 100,
            worker_memory_bytes: 448 * MIB,
            worker_cpu_seconds: 60,
            worker_patience: Duration::from_secs(30),
        }
    }
}
