-- Of the members' sampled prompts that any other account sends word for word: how many, and how
-- many of them outsiders send too.
WITH mine AS (
    SELECT b.c, t.value, count(*) AS members, sum(t.n) AS n
    FROM members AS b JOIN traits AS t ON t.account_id = b.account_id
    WHERE t.family = 'prompt' GROUP BY b.c, t.value
)
SELECT m.c, count(DISTINCT m.value) AS shared_prompts,
       CAST(coalesce(sum(m.members), 0) AS BIGINT) AS holdings,
       CAST(coalesce(sum(CASE WHEN s.accounts > m.members THEN m.members END), 0) AS BIGINT)
           AS holdings_with_outsiders
FROM mine AS m JOIN trait_stats AS s ON s.family = 'prompt' AND s.value = m.value
GROUP BY m.c ORDER BY m.c
