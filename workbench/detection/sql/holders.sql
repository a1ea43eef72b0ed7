-- How many members stand behind one name or one payer, and who else does.
WITH held AS (
    SELECT b.c, t.family, t.value, count(*) AS members
    FROM members AS b JOIN traits AS t ON t.account_id = b.account_id
    WHERE t.family IN ('org', 'domain', 'instrument', 'email_shape', 'net24', 'referral')
    GROUP BY b.c, t.family, t.value
), holding AS (
    SELECT b.c, t.family, count(DISTINCT b.account_id) AS holding
    FROM members AS b JOIN traits AS t ON t.account_id = b.account_id
    WHERE t.family IN ('org', 'domain', 'instrument', 'email_shape', 'net24', 'referral')
    GROUP BY b.c, t.family
), best AS (
    SELECT h.c, h.family, arg_max(h.value, (h.members, h.value)) AS value,
           max(h.members) AS members
    FROM held AS h GROUP BY h.c, h.family
)
SELECT b.c, b.family, b.value, b.members, s.accounts, h.holding
FROM best AS b
JOIN trait_stats AS s ON s.family = b.family AND s.value = b.value
JOIN holding AS h ON h.c = b.c AND h.family = b.family
ORDER BY b.c, b.family
