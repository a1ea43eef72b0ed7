-- Campaigns as they stand: every campaign-like cluster is one until an analyst's edits say
-- otherwise. `given` holds the edits: accounts put somewhere by hand (campaign_id '' means: into
-- none) and names (without an account). A cluster of a later generation follows the edits when
-- more than half of its members were part of a whole campaign that was merged, made or named.
WITH edits AS (
    SELECT account_id, campaign_id, whole, certain, by_hand FROM given WHERE account_id IS NOT NULL
), votes AS (
    SELECT m.cluster_id, e.campaign_id, count(*) AS n
    FROM cluster_members AS m JOIN edits AS e ON e.account_id = m.account_id
    WHERE e.whole GROUP BY m.cluster_id, e.campaign_id
), followed AS (
    SELECT v.cluster_id, v.campaign_id
    FROM votes AS v JOIN clusters AS c ON c.cluster_id = v.cluster_id
    WHERE 2 * v.n > c.accounts
), homes AS (
    SELECT c.cluster_id,
           coalesce(f.campaign_id, CASE WHEN c.campaign_like THEN c.cluster_id END) AS campaign_id
    FROM clusters AS c LEFT JOIN followed AS f ON f.cluster_id = c.cluster_id
), placed AS (
    SELECT coalesce(e.campaign_id, h.campaign_id) AS campaign_id,
           coalesce(m.account_id, e.account_id) AS account_id,
           m.cluster_id, coalesce(e.certain, FALSE) OR coalesce(m.certain, FALSE) AS certain,
           m.member_score, coalesce(e.by_hand, FALSE) AS by_hand
    FROM cluster_members AS m
    LEFT JOIN homes AS h ON h.cluster_id = m.cluster_id
    FULL JOIN edits AS e ON e.account_id = m.account_id
)
SELECT p.campaign_id, n.name, p.account_id, p.cluster_id, p.certain, p.member_score, p.by_hand
FROM placed AS p
LEFT JOIN (SELECT campaign_id, name FROM given WHERE account_id IS NULL) AS n
    ON n.campaign_id = p.campaign_id
WHERE p.campaign_id <> ''
ORDER BY p.campaign_id, p.account_id
