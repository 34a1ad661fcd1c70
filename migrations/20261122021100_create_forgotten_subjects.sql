-- Whose values the read models already do without, because the key is blocked or destroyed.
CREATE TABLE forgotten_subjects (
    subject uuid NOT NULL CONSTRAINT forgotten_subjects_subject PRIMARY KEY
);
