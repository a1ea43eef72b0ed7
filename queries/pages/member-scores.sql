/*+++
id = "member-scores"
title = "How typical accounts are of their cluster: the evidence for each, in nats"
kind = "page"

[params.accounts]
type = "account_list"
help = "The accounts"

[columns.account_id]
entity = "account"
+++*/
WITH chosen AS (SELECT unnest($accounts) AS account_id),
evidence AS (
    SELECT e.account_id, round(sum(e.llr), 6) AS nats
    FROM member_evidence AS e JOIN chosen AS c ON c.account_id = e.account_id
    GROUP BY e.account_id
)
SELECT c.account_id, coalesce(e.nats, m.member_score) AS typicality
FROM chosen AS c
LEFT JOIN cluster_members AS m ON m.account_id = c.account_id
LEFT JOIN evidence AS e ON e.account_id = c.account_id
ORDER BY c.account_id
