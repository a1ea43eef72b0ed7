-- Of each cluster's members, the part whose telephone number two others or more have as well.
WITH held AS (
    SELECT b.c, t.value, count(*) AS members
    FROM members AS b JOIN traits AS t ON t.account_id = b.account_id
    WHERE t.family = 'phone' GROUP BY b.c, t.value HAVING count(*) >= 3
), sizes AS (
    SELECT c, count(*) AS size FROM members GROUP BY c
)
SELECT h.c, sum(h.members) / CAST(any_value(z.size) AS DOUBLE) AS telephones
FROM held AS h JOIN sizes AS z ON z.c = h.c
GROUP BY h.c ORDER BY h.c
