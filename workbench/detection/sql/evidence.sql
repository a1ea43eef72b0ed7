-- The most telling values of each cluster: over-represented by likelihood, ten a family.
INSERT INTO cluster_evidence
WITH held AS (
    SELECT b.cluster_id, t.family, t.value, count(*) AS members
    FROM cluster_members AS b JOIN traits AS t ON t.account_id = b.account_id
    GROUP BY b.cluster_id, t.family, t.value
    HAVING count(*) >= 2
), sized AS (
    SELECT h.*, s.accounts, s.rarity, c.accounts AS size,
           (SELECT count(*) FROM account_profile) AS everyone
    FROM held AS h
    JOIN trait_stats AS s ON s.family = h.family AND s.value = h.value
    JOIN clusters AS c ON c.cluster_id = h.cluster_id
), rated AS (
    SELECT *, accounts - members AS outsiders,
           CAST(members AS DOUBLE) / size AS p,
           (accounts - members + 0.5) / greatest(everyone - size, 1) AS q
    FROM sized
), telling AS (
    SELECT *, ln(p / least(q, 1.0)) AS surprise, members * ln(p / least(q, 1.0)) AS weight
    FROM rated WHERE p > q
)
SELECT cluster_id, family, value, members, outsiders, accounts, round(rarity, 6),
       round(surprise, 6), round(weight, 6), 'evidence-value'
FROM telling
QUALIFY row_number() OVER (PARTITION BY cluster_id, family ORDER BY weight DESC, value) <= 10
ORDER BY cluster_id, weight DESC, family, value
