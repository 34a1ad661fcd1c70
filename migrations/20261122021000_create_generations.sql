-- Which generation of each read model is there, and which one readers see. A generation's tables live in the schema
-- <name>_g<number>; the views of schema live show those of the live one. How far each has come is in followers.
CREATE TABLE generations (
    name    text    COLLATE "C" NOT NULL,
    number  integer NOT NULL,
    version integer NOT NULL,  -- of the projector that builds it
    live    boolean NOT NULL,
    CONSTRAINT generations_number PRIMARY KEY (name, number)
);
CREATE UNIQUE INDEX generations_one_live ON generations (name) WHERE live;

CREATE SCHEMA IF NOT EXISTS live;
