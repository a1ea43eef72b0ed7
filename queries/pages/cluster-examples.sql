/*+++
id = "cluster-examples"
title = "Exchanges of a cluster, a few from several members"
nothing = "No prompt of its members is in the extract."
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[columns.account_id]
entity = "account"

[columns.exchange_id]
entity = "exchange"
+++*/
WITH members AS (
    SELECT account_id FROM cluster_members WHERE cluster_id = $cluster
    ORDER BY member_score DESC NULLS LAST, account_id LIMIT 8
)
SELECT account_id, ts, exchange_id, left(prompt, 400) AS prompt
FROM exchange_text WHERE account_id IN (SELECT account_id FROM members)
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY ts, exchange_id, prompt) <= 3
ORDER BY account_id, ts, exchange_id, 4
