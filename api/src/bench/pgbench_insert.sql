-- pgbench takes a colon before a letter or digit for a variable, even inside a string: hence the spaces and the \u003a.
INSERT INTO bench_events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, metadata, hash)
VALUES (nextval('bench_position'), 1, clock_timestamp(), 'opportunity', gen_random_uuid()::text, 'opportunity_opened', '1.0',
  '{"lead": null,"team": null,"owner": null,"stage":"0193a3c1-7b1e-7d44-9d3e-5f1f0a6b2c01","amount":"12500","client": null,"channel": null,"details":{"title":"Reforma de locales"},"currency":"EUR","pipeline":"0193a3c1-7b1e-7d44-9d3e-5f1f0a6b2c00","expected_close":"2026-12-31"}',
  '{"actor":"user\u003a0193a3c1-7b1e-7d44-9d3e-5f1f0a6b2c02","depth":"0","source":"api","command_id":"0193a3c1-7b1e-7d44-9d3e-5f1f0a6b2c03","business_date":"2026-11-22","correlation_id":"0193a3c1-7b1e-7d44-9d3e-5f1f0a6b2c03"}',
  '\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff');
