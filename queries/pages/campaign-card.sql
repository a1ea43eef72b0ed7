/*+++
id = "campaign-card"
title = "One campaign"
rev = 2
kind = "page"

[params.campaign]
type = "text"
help = "The campaign"
+++*/
WITH made AS (
    -- One row each: an account may appear twice in the extract.
    SELECT account_id, min(created_at) AS first_created, max(created_at) AS last_created,
           bool_or(status = 'banned') AS banned
    FROM accounts
    WHERE account_id IN (SELECT account_id FROM campaign_members WHERE campaign_id = $campaign)
    GROUP BY account_id
)
SELECT m.campaign_id, max(m.name) AS name, max(c.score) AS score, count(*) AS accounts,
       count(*) FILTER (WHERE m.certain) AS certain, count(DISTINCT m.cluster_id) AS clusters,
       count(*) FILTER (WHERE m.by_hand) AS by_hand,
       CAST(sum(p.exchanges) AS BIGINT) AS exchanges,
       CAST(sum(p.input_tokens) AS BIGINT) AS input_tokens,
       CAST(sum(p.output_tokens) AS BIGINT) AS output_tokens,
       min(a.first_created) AS first_created, max(a.last_created) AS last_created,
       min(p.first_ts) AS first_ts, max(p.last_ts) AS last_ts,
       count(*) FILTER (WHERE a.banned) AS banned,
       count(d.account_id) AS decided,
       count(*) FILTER (WHERE d.verdict = 'flag') AS flagged,
       arg_max(c.summary, (c.accounts, c.cluster_id)) AS summary
FROM campaign_members AS m
LEFT JOIN clusters AS c ON c.cluster_id = m.cluster_id
LEFT JOIN account_profile AS p ON p.account_id = m.account_id
LEFT JOIN made AS a ON a.account_id = m.account_id
LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
WHERE m.campaign_id = $campaign
GROUP BY m.campaign_id
ORDER BY m.campaign_id
