"""The rules of adjudication (CL-17), numbered and ordered as in the product description.

`edits/` decides whether a claim or line may be paid, `pricing` what it is worth, `cost_share` what
the patient bears, `prior_payments` and `cob` what another payer leaves to us, `lawful` which code
combinations may leave the system. Their numbers and lists are data: `rule_set`, loaded by `load`.
"""
