/*+++
id = "sample-accounts"
title = "Accounts and what speaks for each, the least typical first"
kind = "page"

[params.accounts]
type = "account_list"
help = "The accounts"

[params.most]
type = "int"
default = 1000000
min = 1
help = "At most so many"

[columns.account_id]
entity = "account"
+++*/
WITH chosen AS (SELECT unnest($accounts) AS account_id),
evidence AS (
    SELECT e.account_id, round(sum(e.llr), 6) AS nats,
           string_agg(CASE e.family WHEN 'lacking' THEN 'no ' || e.source ELSE e.family END,
                      ', ' ORDER BY e.llr, e.family, e.source) FILTER (WHERE e.llr < 0) AS against
    FROM member_evidence AS e JOIN chosen AS c ON c.account_id = e.account_id
    GROUP BY e.account_id
)
SELECT c.account_id, e.nats, m.families, e.against, a.plan, a.verified, a.status, p.exchanges,
       p.output_tokens, a.email, a.created_at, m.member_score, d.verdict
FROM chosen AS c
LEFT JOIN cluster_members AS m ON m.account_id = c.account_id
LEFT JOIN evidence AS e ON e.account_id = c.account_id
LEFT JOIN accounts AS a ON a.account_id = c.account_id
LEFT JOIN account_profile AS p ON p.account_id = c.account_id
LEFT JOIN decisions AS d ON d.account_id = c.account_id AND NOT d.pending
ORDER BY e.nats NULLS FIRST, m.member_score NULLS FIRST, c.account_id, a.created_at, a.email,
         a.plan, a.status, a.verified
LIMIT $most
