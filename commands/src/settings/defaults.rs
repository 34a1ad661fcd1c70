//! What a new company starts with, in its language. All of it may be renamed, retired and added to.

use cartera_domain::settings::{ReasonKind, StageCategory};
use cartera_domain::users::Locale;

/// A name in the interface's languages.
pub(super) struct Names {
    es: &'static str,
    ca: &'static str,
    en: &'static str,
}

impl Names {
    const fn new(es: &'static str, ca: &'static str, en: &'static str) -> Self {
        Self { es, ca, en }
    }

    pub(super) fn in_language(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::Es => self.es,
            Locale::Ca => self.ca,
            Locale::En => self.en,
        }
    }
}

pub(super) const PIPELINE: Names = Names::new("Ventas", "Vendes", "Sales");

/// Name, category, probability in per cent.
pub(super) const STAGES: [(Names, StageCategory, u8); 6] = [
    (
        Names::new("En análisis", "En anàlisi", "In analysis"),
        StageCategory::Open,
        20,
    ),
    (
        Names::new("Oferta presentada", "Oferta presentada", "Offer presented"),
        StageCategory::Open,
        50,
    ),
    (
        Names::new("En negociación", "En negociació", "In negotiation"),
        StageCategory::Open,
        75,
    ),
    (
        Names::new("Ganada", "Guanyada", "Won"),
        StageCategory::Won,
        100,
    ),
    (
        Names::new("Perdida", "Perduda", "Lost"),
        StageCategory::Lost,
        0,
    ),
    (
        Names::new("Cancelada", "Cancel·lada", "Cancelled"),
        StageCategory::Cancelled,
        0,
    ),
];

pub(super) const CHANNELS: [Names; 7] = [
    Names::new("Página web", "Pàgina web", "Website"),
    Names::new("Teléfono", "Telèfon", "Telephone"),
    Names::new("Correo electrónico", "Correu electrònic", "E-mail"),
    Names::new("Recomendación", "Recomanació", "Referral"),
    Names::new("Feria", "Fira", "Trade fair"),
    Names::new("Visita comercial", "Visita comercial", "Sales visit"),
    Names::new("Redes sociales", "Xarxes socials", "Social media"),
];

pub(super) const REASONS: [(ReasonKind, Names); 14] = [
    (ReasonKind::Won, Names::new("Precio", "Preu", "Price")),
    (
        ReasonKind::Won,
        Names::new("Calidad", "Qualitat", "Quality"),
    ),
    (ReasonKind::Won, Names::new("Servicio", "Servei", "Service")),
    (ReasonKind::Lost, Names::new("Precio", "Preu", "Price")),
    (
        ReasonKind::Lost,
        Names::new("Competencia", "Competència", "Competitor"),
    ),
    (
        ReasonKind::Lost,
        Names::new("Plazo de entrega", "Termini de lliurament", "Delivery time"),
    ),
    (
        ReasonKind::Lost,
        Names::new("Sin respuesta", "Sense resposta", "No answer"),
    ),
    (
        ReasonKind::Cancelled,
        Names::new("Sin presupuesto", "Sense pressupost", "No budget"),
    ),
    (
        ReasonKind::Cancelled,
        Names::new("Proyecto aplazado", "Projecte ajornat", "Project postponed"),
    ),
    (
        ReasonKind::Cancelled,
        Names::new("Duplicada", "Duplicada", "Duplicate"),
    ),
    (
        ReasonKind::Discarded,
        Names::new("Sin interés", "Sense interès", "Not interested"),
    ),
    (
        ReasonKind::Discarded,
        Names::new("No localizable", "No localitzable", "Cannot be reached"),
    ),
    (
        ReasonKind::Discarded,
        Names::new("Fuera de mercado", "Fora de mercat", "Outside our market"),
    ),
    (
        ReasonKind::Discarded,
        Names::new("Duplicado", "Duplicat", "Duplicate"),
    ),
];
