/*+++
id = "cluster-lanes"
title = "Exchanges a day of the members that used most"
nothing = "None of its members has exchanges in the extract."
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[params.lanes]
type = "int"
default = 40
min = 1
max = 500
help = "How many members"
+++*/
WITH lanes AS (
    SELECT m.account_id, p.exchanges
    FROM cluster_members AS m
    JOIN account_profile AS p ON p.account_id = m.account_id
    WHERE m.cluster_id = $cluster
    ORDER BY p.exchanges DESC NULLS LAST, m.account_id LIMIT $lanes
), states AS (
    -- One row each: an account may appear twice in the extract.
    SELECT account_id, max(status) AS status, CAST(max(status_at) AS DATE) AS status_day
    FROM accounts WHERE account_id IN (SELECT account_id FROM lanes) GROUP BY account_id
)
SELECT l.account_id, CAST(date_trunc('day', e.ts) AS DATE) AS day, count(*) AS n,
       any_value(s.status) AS status, any_value(s.status_day) AS status_day
FROM lanes AS l JOIN exchanges AS e ON e.account_id = l.account_id
LEFT JOIN states AS s ON s.account_id = l.account_id
WHERE e.account_id IN (SELECT account_id FROM lanes)
GROUP BY l.account_id, day ORDER BY l.account_id, day
