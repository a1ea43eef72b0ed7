/*+++
id = "account-linked"
title = "What an account has in common with others"
nothing = "It shares nothing rare with any other account."
kind = "page"

[params.account]
type = "account"
help = "The account"

[columns.value]
entity = "value"

[columns.accounts]
unit = "accounts"
+++*/
SELECT t.family, t.value, s.accounts, s.rarity, s.hub, t.n, t.first_ts, t.last_ts
FROM traits AS t
JOIN trait_stats AS s ON s.family = t.family AND s.value = t.value
WHERE t.account_id = $account
ORDER BY s.hub, s.accounts = 1, s.rarity DESC NULLS LAST, t.family, t.value
