//! Names of months in Spanish, Catalan and English.

/// Full names in the three languages; the first three letters of each are recognised too (four where three are not enough).
const NAMES: [[&str; 3]; 12] = [
    ["enero", "gener", "january"],
    ["febrero", "febrer", "february"],
    ["marzo", "març", "march"],
    ["abril", "abril", "april"],
    ["mayo", "maig", "may"],
    ["junio", "juny", "june"],
    ["julio", "juliol", "july"],
    ["agosto", "agost", "august"],
    ["septiembre", "setembre", "september"],
    ["octubre", "octubre", "october"],
    ["noviembre", "novembre", "november"],
    ["diciembre", "desembre", "december"],
];

/// The month of this name or abbreviation, 1 to 12: `ene`, `gen.`, `sept`, `Març`.
pub(super) fn month(name: &str) -> Option<u32> {
    let name = name.trim_end_matches('.').to_lowercase();
    if name.chars().count() < 3 {
        return None;
    }
    let spellings = |months: &[&str; 3]| {
        months.iter().any(|full| full.starts_with(&name))
            || (name == "setiembre" && months.contains(&"setembre"))
    };
    let mut found = NAMES
        .iter()
        .enumerate()
        .filter(|(_, months)| spellings(months));
    let (index, _) = found.next()?;
    u32::try_from(index + 1)
        .ok()
        .filter(|_| found.next().is_none())
}
