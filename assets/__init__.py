"""What the almanac makes: one room a stage, in the order that data flows.

`listings` → `papers` → `summaries` → `aggregates` → `digests` → `overviews`, standing on
`calendar` (announcement days), `categories` (arXiv's taxonomy) and `warehouse` (the lake).
A room imports the rooms before it, never after, and nothing here imports `orchestration`.
"""
