/*+++
id = "entity-card"
title = "How rare a value is"
kind = "page"

[params.family]
type = "text"
help = "Entity family: ip, instrument, device, domain …"

[params.value]
type = "entity"
help = "The value"
+++*/
SELECT s.family, s.value, s.accounts, s.rarity, s.hub,
       (SELECT count(*) FROM account_profile) AS accounts_in_case
FROM trait_stats AS s WHERE s.family = $family AND s.value = $value
