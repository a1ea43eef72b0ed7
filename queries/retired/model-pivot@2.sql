/*+++
id = "model-pivot"
title = "Who moved to a new model within a day"
question = "Which clusters turned to a new model at once, while others did not?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.pivot"]
falsepositives = ["Default-model aliases changed by the provider", "Customers with early access"]
needs = { tables = ["model_releases"], columns = [] }

[params.min_accounts]
type = "int"
default = 5
min = 1
help = "Least accounts active that day"

[columns.model]
entity = "model"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 1
contains = { model = "m-2", cluster_id = "C-RING" }
+++*/
WITH used AS (
    SELECT r.model, r.released_at, e.account_id, count(*) AS n,
           count(*) FILTER (WHERE e.model = r.model) AS on_new
    FROM model_releases AS r
    JOIN exchanges AS e ON e.ts >= r.released_at AND e.ts < r.released_at + INTERVAL 24 HOUR
    GROUP BY r.model, r.released_at, e.account_id
)
SELECT u.model, u.released_at, m.cluster_id, count(*) AS accounts,
       round(sum(u.on_new) / sum(u.n), 3) AS share_on_new,
       round((SELECT sum(o.on_new) / sum(o.n) FROM used AS o WHERE o.model = u.model), 3) AS share_of_all
FROM used AS u JOIN cluster_members AS m ON m.account_id = u.account_id
GROUP BY u.model, u.released_at, m.cluster_id HAVING count(*) >= $min_accounts
ORDER BY share_on_new DESC NULLS LAST, u.model, m.cluster_id, u.released_at
