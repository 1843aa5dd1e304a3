"""The claims domain: pure functions from (command, facts, context) to what follows.

`submit`, `correct`, `readjudicate`, `records`, `cob_review` decide; `validation` holds the checks
of the forms (CL-03); `rules` holds the edits and prices of the adjudication (CL-17) and their data.
"""
