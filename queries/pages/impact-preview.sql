/*+++
id = "impact-preview"
title = "Whom a decision would hit"
rev = 3
kind = "page"

[params.accounts]
type = "account_list"
help = "The accounts"
+++*/
WITH chosen AS (SELECT DISTINCT unnest($accounts) AS account_id),
told AS (
    -- One row each: an account may appear twice in the extract.
    SELECT account_id, min(created_at) AS created_at, max(plan) AS plan, max(status) AS status,
           max(org_id) AS org_id, bool_or(verified) AS verified
    FROM accounts WHERE account_id IN (SELECT account_id FROM chosen) GROUP BY account_id
),
hit AS (
    SELECT c.account_id, p.account_id AS known, p.exchanges, p.output_tokens, p.cost_usd,
           a.created_at, a.plan, a.status, a.org_id, coalesce(a.verified, FALSE) AS verified,
           d.verdict, m.cluster_id, m.campaign_like,
           date_diff('day', a.created_at, (SELECT max(last_ts) FROM account_profile)) AS age_days
    FROM chosen AS c
    LEFT JOIN account_profile AS p ON p.account_id = c.account_id
    LEFT JOIN told AS a ON a.account_id = c.account_id
    LEFT JOIN decisions AS d ON d.account_id = c.account_id AND NOT d.pending
    LEFT JOIN cluster_members AS m ON m.account_id = c.account_id
),
against AS (
    -- Who pays alone and works on something else; lacking one of both is ordinary in a campaign.
    SELECT e.account_id FROM member_evidence AS e JOIN chosen AS c ON c.account_id = e.account_id
    WHERE e.family = 'lacking' AND e.llr < 0 AND e.source IN ('money', 'content', 'private')
    GROUP BY e.account_id
    HAVING bool_or(e.source = 'money') AND bool_or(e.source <> 'money')
    UNION
    -- Who belongs to another operator than most of these.
    SELECT account_id FROM hit
    WHERE campaign_like AND cluster_id <> (SELECT mode(cluster_id) FROM hit WHERE campaign_like)
    UNION
    SELECT DISTINCT t.account_id FROM traits AS t
    JOIN entity_lists AS l ON l.family = t.family AND l.value = t.value AND l.role = 'allow'
    JOIN chosen AS c ON c.account_id = t.account_id
),
had AS (
    -- None of what no extract tells is not none.
    SELECT coalesce(bool_or(column_name = 'verified'), FALSE) AS verified,
           coalesce(bool_or(column_name = 'status'), FALSE) AS status,
           coalesce(bool_or(column_name = 'org_id'), FALSE) AS org_id
    FROM column_presence WHERE table_name = 'accounts' AND present
),
plans AS (
    SELECT string_agg(coalesce(plan, 'unknown') || ' ' || accounts, ', '
                      ORDER BY accounts DESC, coalesce(plan, 'unknown')) AS plans
    FROM (SELECT plan, count(*) AS accounts FROM hit GROUP BY plan)
)
SELECT count(*) AS accounts, count(h.known) AS known,
       CAST(sum(h.exchanges) AS BIGINT) AS exchanges,
       CAST(sum(h.output_tokens) AS BIGINT) AS output_tokens, round(sum(h.cost_usd), 2) AS cost_usd,
       min(h.created_at) AS oldest, max(h.created_at) AS newest,
       quantile_cont(h.age_days, 0.5) AS median_age_days, any_value(plans.plans) AS plans,
       CASE WHEN any_value(had.verified) THEN count(*) FILTER (WHERE h.verified) END AS verified,
       CASE WHEN any_value(had.status) THEN count(*) FILTER (WHERE h.status <> 'active') END AS closed,
       CASE WHEN any_value(had.org_id) THEN count(DISTINCT h.org_id) END AS organisations,
       count(*) FILTER (WHERE h.verdict = 'clear') AS cleared_before,
       count(*) FILTER (WHERE h.verdict = 'flag') AS flagged_before,
       count(h.cluster_id) AS in_clusters,
       count(*) FILTER (WHERE h.verified OR h.verdict = 'clear' OR a.account_id IS NOT NULL)
           AS contrary
FROM hit AS h LEFT JOIN against AS a ON a.account_id = h.account_id CROSS JOIN plans CROSS JOIN had
