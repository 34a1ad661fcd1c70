-- Whether a generation has all that only readers need: indexes, and sums over all facts. While it takes in the log for the first
-- time it does without, and gets them once it has caught up.
ALTER TABLE generations ADD COLUMN filled boolean NOT NULL DEFAULT true;
