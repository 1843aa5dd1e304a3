"""CL-17.9 The procedure fits the patient and the place: CO-6 age, CO-7 sex, CO-5 place."""

from datetime import date

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding, Line
from claims.domain.rules.rule_set import CodeRule

WRONG_AGE = Finding("CO", "6")
WRONG_SEX = Finding("CO", "7")
WRONG_PLACE = Finding("CO", "5")


def age_fits(case: Case, line: Line, rule: CodeRule, _: Facts) -> Finding | None:
    if rule.min_age is None and rule.max_age is None:
        return None
    age = years_between(case.submission.patient.date_of_birth, line.first)
    too_young = rule.min_age is not None and age < rule.min_age
    too_old = rule.max_age is not None and age > rule.max_age
    return WRONG_AGE if too_young or too_old else None


def sex_fits(case: Case, _line: Line, rule: CodeRule, _: Facts) -> Finding | None:
    """An unknown sex fits everything."""
    sex = case.submission.patient.sex
    return WRONG_SEX if rule.sex is not None and sex != "U" and sex != rule.sex else None


def place_fits(_case: Case, line: Line, rule: CodeRule, _: Facts) -> Finding | None:
    """Only professional lines name a place."""
    wrong = rule.places is not None and line.place is not None and line.place not in rule.places
    return WRONG_PLACE if wrong else None


def years_between(birth: date, day: date) -> int:
    """Age in whole years; who is born on 29 February has a birthday on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
