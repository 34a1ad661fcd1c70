//! The trace context as text (W3C Trace Context, `traceparent`), as it comes with requests and travels in the metadata of
//! events, so that one trace leads from the request to the projector.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The current span's context as `traceparent`; `None` where it is not recorded, since nobody could find anything by it.
pub fn current() -> Option<String> {
    let context = Span::current().context();
    let span = context.span().span_context().clone();
    (span.is_valid() && span.is_sampled()).then(|| {
        format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            span.trace_flags().to_u8()
        )
    })
}

/// The span's trace, as it is called in the receiver of traces; `None` where it is not recorded.
pub(super) fn trace_of(span: &Span) -> Option<TraceId> {
    let context = span.context();
    let context = context.span().span_context().clone();
    (context.is_valid() && context.is_sampled()).then(|| context.trace_id())
}

/// Makes the span a child of the one that a `traceparent` names; a text of another form changes nothing.
pub fn continue_in(span: &Span, traceparent: &str) {
    if let Some(parent) = parse(traceparent) {
        // Fails only where the span is not traced at all, and then there is nothing to continue.
        drop(span.set_parent(Context::new().with_remote_span_context(parent)));
    }
}

/// Makes the span part of the traces of several `traceparent`s: for work that many requests caused together. It becomes a
/// child in the first trace, since a span has one parent, and is linked to the others.
pub fn join(span: &Span, traceparents: &[&str]) {
    let Some((first, others)) = traceparents.split_first() else {
        return;
    };
    continue_in(span, first);
    for cause in others.iter().filter_map(|traceparent| parse(traceparent)) {
        span.add_link(cause);
    }
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.trim().split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let flags = u8::from_str_radix(flags, 16).ok()?;
    if version.len() != 2 || version == "ff" || trace.len() != 32 || span.len() != 16 {
        return None;
    }
    let trace = TraceId::from_hex(trace).ok()?;
    let span = SpanId::from_hex(span).ok()?;
    let context = SpanContext::new(
        trace,
        span,
        TraceFlags::new(flags),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_of_the_standards_form_is_read() {
        let context = parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(
            context.trace_id().to_string(),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(context.span_id().to_string(), "00f067aa0ba902b7");
        assert!(context.is_sampled() && context.is_remote());
    }

    #[test]
    fn a_text_of_another_form_is_no_context() {
        for text in [
            "",
            "00-1-2-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
