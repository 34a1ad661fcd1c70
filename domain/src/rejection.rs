//! Why a command is refused: an error with a code that never changes.

/// A reason from the user's side, with a stable code such as `LEAD_ALREADY_CONVERTED`.
pub trait Rejection: std::error::Error + Clone + PartialEq + Send + Sync + 'static {
    /// The code that the API passes on and that `docs/errors.md` lists.
    fn code(&self) -> &'static str;

    /// Name of the command's field that has to be corrected, where one is to blame.
    fn field(&self) -> Option<&'static str> {
        None
    }
}
