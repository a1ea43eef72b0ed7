/*+++
id = "campaign-volume"
title = "What each campaign drew, as a range"
question = "How many exchanges and tokens went to each campaign, at least and at most?"
howto = "The low figure counts certain members, the high figure all. Every exchange of a member counts, its cover traffic included; one that is there twice, with one id in one second, counts once. The three last rows add up: campaigns, all other accounts, the extract."
rev = 2
status = "stable"
level = "informational"
tags = ["campaign", "volume"]
falsepositives = ["Members that joined late count from their first exchange", "Other traffic of an account that was taken over"]

[params.campaign]
type = "text"
optional = true
help = "Only this campaign; empty: all"

[columns.campaign_id]
entity = "campaign"

[columns.exchanges_low]
unit = "exchanges"

[columns.exchanges_high]
unit = "exchanges"

[columns.input_tokens_low]
unit = "tokens"

[columns.input_tokens_high]
unit = "tokens"

[columns.output_tokens_low]
unit = "tokens"

[columns.output_tokens_high]
unit = "tokens"

[[test]]
fixture = "campaigns"
contains = { campaign_id = "C-RING", accounts_low = 2, accounts_high = 3, exchanges_low = 2, exchanges_high = 3, output_tokens_low = 200, output_tokens_high = 300, repeated = 1 }

[[test]]
fixture = "campaigns"
contains = { campaign_id = "(extract)", exchanges_high = 4, output_tokens_high = 350 }
+++*/
WITH repeating AS (
    -- Accounts with an exchange that is there twice; the load has warned where an id repeats.
    SELECT DISTINCT account_id FROM (
        SELECT e.account_id
        FROM exchanges AS e
        JOIN (SELECT DISTINCT table_name FROM load_warnings
              WHERE table_name = 'exchanges' AND code = 'duplicate_id') AS w ON TRUE
        GROUP BY e.account_id, hash(e.exchange_id), date_trunc('second', e.ts)
        HAVING count(*) > 1
    )
), once AS (
    -- An exchange that several files hold is one exchange: the same account, id and second, because
    -- one export writes fractions and another does not.
    SELECT e.account_id, e.exchange_id, count(*) AS copies,
           max(e.input_tokens) AS input_tokens, max(e.output_tokens) AS output_tokens,
           max(e.cost_usd) AS cost_usd
    FROM exchanges AS e
    WHERE e.account_id IN (SELECT account_id FROM repeating)
    GROUP BY e.account_id, e.exchange_id, date_trunc('second', e.ts)
), per_account AS (
    SELECT account_id, exchanges, input_tokens, output_tokens, cost_usd, 0 AS repeated
    FROM account_profile WHERE account_id NOT IN (SELECT account_id FROM repeating)
    UNION ALL
    SELECT account_id, count(*),
           CAST(sum(input_tokens) FILTER (WHERE input_tokens BETWEEN -1e12 AND 1e12) AS BIGINT),
           CAST(sum(output_tokens) FILTER (WHERE output_tokens BETWEEN -1e12 AND 1e12) AS BIGINT),
           sum(cost_usd), CAST(sum(copies - 1) AS BIGINT)
    FROM once GROUP BY account_id
), of AS (
    SELECT p.*, m.campaign_id, m.name, coalesce(m.certain, TRUE) AS certain
    FROM per_account AS p LEFT JOIN campaign_members AS m ON m.account_id = p.account_id
), parts AS (
    SELECT 0 AS place, campaign_id, name, certain, account_id, exchanges, input_tokens,
           output_tokens, cost_usd, repeated
    FROM of WHERE campaign_id IS NOT NULL AND ($campaign IS NULL OR campaign_id = $campaign)
    UNION ALL
    SELECT 1, '(campaigns)', NULL, certain, account_id, exchanges, input_tokens, output_tokens,
           cost_usd, repeated
    FROM of WHERE campaign_id IS NOT NULL
    UNION ALL
    SELECT 2, '(other accounts)', NULL, campaign_id IS NULL, account_id, exchanges, input_tokens,
           output_tokens, cost_usd, repeated
    FROM of WHERE campaign_id IS NULL OR NOT certain
    UNION ALL
    SELECT 3, '(extract)', NULL, TRUE, account_id, exchanges, input_tokens, output_tokens,
           cost_usd, repeated
    FROM of
)
SELECT campaign_id, max(name) AS name,
       count(*) FILTER (WHERE certain) AS accounts_low, count(*) AS accounts_high,
       CAST(coalesce(sum(exchanges) FILTER (WHERE certain), 0) AS BIGINT) AS exchanges_low,
       CAST(sum(exchanges) AS BIGINT) AS exchanges_high,
       CAST(coalesce(sum(input_tokens) FILTER (WHERE certain), 0) AS BIGINT) AS input_tokens_low,
       CAST(sum(input_tokens) AS BIGINT) AS input_tokens_high,
       CAST(coalesce(sum(output_tokens) FILTER (WHERE certain), 0) AS BIGINT)
           AS output_tokens_low,
       CAST(sum(output_tokens) AS BIGINT) AS output_tokens_high,
       round(coalesce(sum(cost_usd) FILTER (WHERE certain), 0), 2) AS cost_usd_low,
       round(sum(cost_usd), 2) AS cost_usd_high,
       CAST(sum(repeated) AS BIGINT) AS repeated
FROM parts
GROUP BY place, campaign_id
ORDER BY place, sum(exchanges) DESC, campaign_id
