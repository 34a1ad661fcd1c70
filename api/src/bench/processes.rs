//! What processes cost: CPU time and memory, as Linux tells (`proc(5)`).

use std::time::Duration;

/// Clock ticks a second in `/proc`; 100 on every Linux that Rust runs on.
const TICKS: u64 = 100;

/// CPU time that a process and the children it has reaped used so far; nothing where `/proc` does not tell.
pub(super) fn cpu_of(pid: u32) -> Duration {
    let Some(fields) = stat(pid) else {
        return Duration::ZERO;
    };
    let ticks: u64 = fields.iter().skip(11).take(4).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// CPU time of a process and of all that live below it.
pub(super) fn cpu_below(pid: u32) -> Duration {
    children(pid).into_iter().map(cpu_below).sum::<Duration>() + cpu_of(pid)
}

/// Memory that a process holds resident, in KiB; nothing where `/proc` does not tell.
pub(super) fn resident_kib(pid: u32) -> u64 {
    status(pid, "VmRSS:")
}

/// Most memory that a process has held resident, in KiB.
pub(super) fn peak_kib(pid: u32) -> u64 {
    status(pid, "VmHWM:")
}

fn status(pid: u32, key: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

/// The numbers after the command's name: state is left out, so the first is the parent.
fn stat(pid: u32) -> Option<Vec<u64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(
        fields
            .split(' ')
            .map(|field| field.parse().unwrap_or(0))
            .collect(),
    )
}

fn children(pid: u32) -> Vec<u32> {
    let text =
        std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect()
}
