-- Version 2 of the keys' database: nobody looks contacts up by their case any more, and
-- keeping that index took time of every import.
DROP INDEX IF EXISTS vault.contacts_by_case;
