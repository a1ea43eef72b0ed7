/*+++
id = "campaigns-list"
title = "Campaigns, most suspicious first"
nothing = "No cluster looks like a campaign, and none was made by hand."
kind = "page"

[columns.campaign_id]
entity = "campaign"

[columns.accounts]
unit = "accounts"

[columns.exchanges]
unit = "exchanges"
+++*/
SELECT m.campaign_id, max(m.name) AS name, max(c.score) AS score, count(*) AS accounts,
       count(*) FILTER (WHERE m.certain) AS certain, count(DISTINCT m.cluster_id) AS clusters,
       CAST(sum(p.exchanges) AS BIGINT) AS exchanges,
       CAST(sum(p.output_tokens) AS BIGINT) AS output_tokens,
       count(d.account_id) AS decided,
       count(*) FILTER (WHERE d.verdict = 'flag') AS flagged,
       min(p.first_ts) AS first_ts, max(p.last_ts) AS last_ts,
       count(*) FILTER (WHERE m.by_hand) AS by_hand,
       arg_max(c.summary, (c.accounts, c.cluster_id)) AS summary
FROM campaign_members AS m
LEFT JOIN clusters AS c ON c.cluster_id = m.cluster_id
LEFT JOIN account_profile AS p ON p.account_id = m.account_id
LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
GROUP BY m.campaign_id
ORDER BY max(c.score) DESC NULLS LAST, count(*) DESC, m.campaign_id
