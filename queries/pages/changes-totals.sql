/*+++
id = "changes-totals"
title = "What changed in all"
kind = "page"
+++*/
SELECT what, before, now, now - before AS difference, came, went
FROM (
    SELECT 1 AS place, 'accounts' AS what,
           (SELECT count(*) FROM accounts_before) AS before,
           (SELECT count(*) FROM account_profile) AS now,
           (SELECT count(*) FROM account_profile ANTI JOIN accounts_before USING (account_id)) AS came,
           (SELECT count(*) FROM accounts_before ANTI JOIN account_profile USING (account_id)) AS went
    UNION ALL
    SELECT 2, 'exchanges',
           (SELECT coalesce(sum(exchanges), 0)::BIGINT FROM accounts_before),
           (SELECT coalesce(sum(exchanges), 0)::BIGINT FROM account_profile), NULL, NULL
    UNION ALL
    SELECT 3, 'clusters',
           (SELECT count(DISTINCT cluster_id) FROM accounts_before),
           (SELECT count(*) FROM clusters), NULL, NULL
    UNION ALL
    SELECT 4, 'likely campaigns',
           (SELECT count(DISTINCT cluster_id) FROM accounts_before WHERE campaign_like),
           (SELECT count(*) FROM clusters WHERE campaign_like), NULL, NULL
    UNION ALL
    SELECT 5, 'accounts in likely campaigns',
           (SELECT count(*) FROM accounts_before WHERE campaign_like),
           (SELECT count(*) FROM cluster_members WHERE campaign_like),
           (SELECT count(*) FROM cluster_members AS m WHERE m.campaign_like AND NOT EXISTS (
                SELECT 1 FROM accounts_before AS b
                WHERE b.account_id = m.account_id AND b.campaign_like)),
           (SELECT count(*) FROM accounts_before AS b WHERE b.campaign_like AND NOT EXISTS (
                SELECT 1 FROM cluster_members AS m
                WHERE m.account_id = b.account_id AND m.campaign_like))
)
ORDER BY place
