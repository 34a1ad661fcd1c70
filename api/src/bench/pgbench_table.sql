-- The same columns, constraints and indexes as `events`, without its trigger.
CREATE TABLE bench_events (LIKE events INCLUDING CONSTRAINTS INCLUDING INDEXES);
CREATE SEQUENCE bench_position;
