/*+++
id = "campaign-account-ids"
title = "Account ids of a campaign"
kind = "page"

[params.campaign]
type = "text"
help = "The campaign"

[columns.account_id]
entity = "account"
+++*/
SELECT account_id FROM campaign_members WHERE campaign_id = $campaign ORDER BY account_id
