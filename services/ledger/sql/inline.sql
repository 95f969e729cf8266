-- Version 4 of a realm's database: facts lie in their rows. Sealed text does not shrink,
-- and to try it, and then to move it beside the table, made facts of 2.5 KB four times
-- as slow to write.
SET LOCAL ROLE beistand_owner;
ALTER TABLE ledger.facts ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE ledger.facts SET (toast_tuple_target = 8160);
RESET ROLE;
