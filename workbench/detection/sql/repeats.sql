-- Of the members' sampled prompts: how many any other account sends word for word, how many of
-- those outsiders send too, and which part of all is common to many members.
WITH mine AS (
    SELECT b.c, t.value, count(*) AS members
    FROM members AS b JOIN traits AS t ON t.account_id = b.account_id
    WHERE t.family = 'prompt' GROUP BY b.c, t.value
), sizes AS (
    SELECT b.c, count(*) AS size, sum(h.sampled_prompts) AS prompts
    FROM members AS b JOIN account_habits AS h ON h.account_id = b.account_id GROUP BY b.c
)
SELECT z.c, count(m.value) AS shared_prompts,
       CAST(coalesce(sum(m.members), 0) AS BIGINT) AS holdings,
       CAST(coalesce(sum(CASE WHEN s.accounts > m.members THEN m.members END), 0) AS BIGINT)
           AS holdings_with_outsiders,
       coalesce(sum(CASE WHEN m.members >= greatest(3, 0.12 * z.size) THEN m.members END), 0)
           / nullif(CAST(any_value(z.prompts) AS DOUBLE), 0) AS common_texts
FROM sizes AS z
LEFT JOIN mine AS m ON m.c = z.c
LEFT JOIN trait_stats AS s ON s.family = 'prompt' AND s.value = m.value
GROUP BY z.c ORDER BY z.c
