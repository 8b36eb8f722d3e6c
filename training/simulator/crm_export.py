"""Write what a simulated organisation's CRM would export on a given day: CSV files with Salesforce's own headers."""

from __future__ import annotations

USER = (
    "Id",
    "Name",
    "Title",
    "ManagerId",
    "UserRoleId",
    "IsActive",
    "Department",
    "Region__c",
    "HireDate__c",
    "EndDate__c",
    "TimeZoneSidKey",
    "CurrencyIsoCode",
    "CreatedDate",
)
USER_ROLE = ("Id", "Name", "ParentRoleId", "ManagerUserId__c")
USER_TEAM_HISTORY = ("Id", "UserId", "TeamId", "ManagerId", "Region", "StartDate", "EndDate")
ACCOUNT = ("Id", "Name", "OwnerId", "Segment__c", "Industry", "BillingCountry", "Region__c", "CreatedDate")
OPPORTUNITY = (
    "Id",
    "Name",
    "AccountId",
    "OwnerId",
    "StageName",
    "Amount",
    "CurrencyIsoCode",
    "CloseDate",
    "CreatedDate",
    "IsClosed",
    "IsWon",
    "ClosedDate__c",
    "LeadSource",
    "Type",
)
OPPORTUNITY_HISTORY = (
    "Id",
    "OpportunityId",
    "StageName",
    "Amount",
    "CloseDate",
    "IsClosed",
    "IsWon",
    "CreatedDate",
)
OPPORTUNITY_FIELD_HISTORY = ("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate")
TASK = ("Id", "OwnerId", "WhatId", "AccountId", "ActivityDateTime", "CreatedDate", "Type", "Status")
FORECASTING_QUOTA = (
    "Id",
    "QuotaOwnerId",
    "StartDate",
    "EndDate__c",
    "QuotaAmount",
    "CurrencyIsoCode",
    "PublishedDate__c",
)

HEADERS: dict[str, tuple[str, ...]] = {
    "User": USER,
    "UserRole": USER_ROLE,
    "UserTeamHistory__c": USER_TEAM_HISTORY,
    "Account": ACCOUNT,
    "Opportunity": OPPORTUNITY,
    "OpportunityHistory": OPPORTUNITY_HISTORY,
    "OpportunityFieldHistory": OPPORTUNITY_FIELD_HISTORY,
    "Task": TASK,
    "ForecastingQuota": FORECASTING_QUOTA,
}
"""Columns of every file, in order; the file of table `X` is `X.csv`.

Moments look like `2023-03-31T14:05:00.000+0000`, days like `2023-03-31`, booleans `true` or `false`, an empty field
is no value. A team is a `UserRole` that reps carry in `UserRoleId`; its `ParentRoleId` is the region, whose parent
is the company. Managers (`Title` is `Sales Manager`, `Regional Director` or `Chief Revenue Officer`) carry a role
further up, no quota and no deals. Stages are `OPEN_STAGES`, then `Closed Won` or `Closed Lost`. `OpportunityHistory`
holds the whole row after each change, the first at creation; `OpportunityFieldHistory` has `Field` = `Owner` with
user ids. `UserTeamHistory__c.EndDate` is the last day that belongs to the assignment.
"""

OPEN_STAGES = ("Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
STAGE_WON = "Closed Won"
STAGE_LOST = "Closed Lost"
