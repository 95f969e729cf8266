"""What the vault says to its database. Lists come as one text, parted by chr(31)."""

FIND = "SELECT subject, purpose, wrapped FROM vault.keys WHERE key_id = %s"
FETCH = """
SELECT k.key_id, k.subject, k.purpose, k.wrapped
FROM unnest(string_to_array(%b, chr(31)), string_to_array(%b, chr(31)))
    AS w (subject, purpose)
JOIN vault.keys k USING (subject, purpose)
"""
ADD = """
INSERT INTO vault.keys (key_id, wrapped, subject, purpose)
SELECT key_id, decode(wrapped, 'hex'), subject, purpose
FROM unnest(
    string_to_array(%b, chr(31)), string_to_array(%b, chr(31)),
    string_to_array(%b, chr(31)), string_to_array(%b, chr(31))
) AS w (key_id, wrapped, subject, purpose)
ON CONFLICT DO NOTHING
"""
FORGET = "DELETE FROM vault.keys WHERE subject = %s"
FORGET_CONTACTS = "DELETE FROM vault.contacts WHERE subject = %s"
ADD_OWN = "INSERT INTO vault.own (name, wrapped) VALUES (%s, %s) ON CONFLICT DO NOTHING"
FIND_OWN = "SELECT wrapped FROM vault.own WHERE name = %s"
REMEMBER = """
INSERT INTO vault.contacts (case_ref, subject, kind, mark)
SELECT case_ref, subject, kind, decode(mark, 'hex')
FROM unnest(
    string_to_array(%b, chr(31)), string_to_array(%b, chr(31)),
    string_to_array(%b, chr(31)), string_to_array(%b, chr(31))
) AS w (case_ref, subject, kind, mark)
ON CONFLICT DO NOTHING
"""
KNOWN = """
SELECT w.n, array_agg(c.case_ref)
FROM unnest(string_to_array(%b, chr(31)), string_to_array(%b, chr(31)))
    WITH ORDINALITY AS w (kind, mark, n)
JOIN vault.contacts c ON c.kind = w.kind AND c.mark = decode(w.mark, 'hex')
GROUP BY w.n
"""
