-- Why a follower is paused, as one word of a few: the reason itself is a sentence, too much for a label of a figure.
ALTER TABLE followers ADD COLUMN paused_kind text COLLATE "C"
    CONSTRAINT followers_paused_kind CHECK (paused_kind IN ('unreadable', 'refused', 'database'));
