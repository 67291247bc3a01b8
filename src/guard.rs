//! What happens when a run does not come to its own end: a mistake of the program, or Ctrl-C.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use crate::tell::aside;

/// Held while files are moved into place.
static WRITING: Mutex<()> = Mutex::new(());
/// Message and place of the mistake that came last.
static MISTAKE: Mutex<String> = Mutex::new(String::new());

/// Runs the command. A mistake of the program ends with one plain sentence and exit code 1, never
/// with a trace.
pub fn run(command: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let said = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        *MISTAKE.lock().unwrap_or_else(PoisonError::into_inner) = format!("{said}{place}");
    }));
    // Where no handler can be set, Ctrl-C simply ends the program.
    let _ = ctrlc::set_handler(|| {
        let _whole = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        aside!("Interrupted.");
        #[expect(clippy::exit, reason = "a signal handler has nowhere to return to")]
        std::process::exit(130);
    });
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        // Not held while it is printed: a mistake in printing would wait for itself.
        let what = MISTAKE.lock().unwrap_or_else(PoisonError::into_inner).clone();
        aside!(
            "Xinzhi broke off; this is a mistake of the program. Please report it with the study file and the data: {}.",
            what.trim_end_matches('.')
        );
        ExitCode::FAILURE
    })
}

/// Does some writing that Ctrl-C waits for, so that nothing stays half-written.
pub fn whole<T>(write: impl FnOnce() -> T) -> T {
    let _whole = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    write()
}
