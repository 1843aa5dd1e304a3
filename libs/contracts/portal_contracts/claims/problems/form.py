"""Front-end edits of the CMS-1500, and those that both forms share (CL-03)."""

from portal_contracts.problems import ProblemCode

# -- money ----------------------------------------------------------------------------------------

TOTAL_MISMATCH = ProblemCode(
    "total_mismatch",
    "The total charge is not the sum of the lines' charges.",
    "The total charge is {total}, but the lines add up to {lines}. Correct the total, or the line "
    "that is wrong or missing.",
    field="total_charge",
    box="28 / FL 47",
    status="A8:400",
)
AMOUNT_PAID = ProblemCode(
    "amount_paid",
    "The patient paid more than was charged, or less than nothing.",
    "The amount paid by the patient must lie between 0.00 and the total charge. Leave out what "
    "other payers paid: it belongs to the other payer.",
    field="amount_paid",
    box="29",
    status="A8:178",
)
NOTHING_CHARGED = ProblemCode(
    "nothing_charged",
    "The claim as a whole charges nothing.",
    "Nothing is charged. Give the charge of at least one line.",
    field="total_charge",
    status="A7:178",
)
CHARGE = ProblemCode(
    "charge",
    "The charge of a line is negative.",
    "Line {line}: the charge is negative. Use 0.00 for a service without a charge; to take a claim "
    "back, send frequency 8.",
    box="24F / FL 47",
    status="A7:178",
)
OTHER_PAYER_BALANCE = ProblemCode(
    "other_payer_balance",
    "What another payer paid, with all its adjustments, is not the charge of the claim.",
    "The other payer's figures do not add up: payment plus adjustments, of claim and lines, must "
    "be the charge. Compare with its explanation of benefits.",
    box="FL 54",
    status="A8:672",
)
OTHER_PAYER_LINE_BALANCE = ProblemCode(
    "other_payer_line_balance",
    "What another payer paid for a line, with its adjustments, is not the charge of the line.",
    "Line {line}: the other payer's payment plus its adjustments must be the line's charge. "
    "Compare with its explanation of benefits.",
    box="24 / FL 54",
    status="A8:672",
)

# -- dates ----------------------------------------------------------------------------------------

BEFORE_BIRTH = ProblemCode(
    "before_birth",
    "A service, or the statement, begins before the patient was born.",
    "{what}: this is before the patient's date of birth. Correct one of the two dates.",
    status="A7:158:QC",
)
AFTER_DEATH = ProblemCode(
    "after_death",
    "A service, or the statement, begins after the patient died.",
    "{what}: this is after the patient's date of death. Correct the date.",
)
ACCIDENT_STATE = ProblemCode(
    "accident_state",
    "An auto accident is reported without the state where it happened.",
    "Box 10b says auto accident: give the state where it happened, two letters.",
    field="accident_state",
    box="10b",
    status="A6:187",
)
ACCIDENT_DATE = ProblemCode(
    "accident_date",
    "An accident is reported without its date.",
    "Box 10 says accident: give the date of the accident in box 14.",
    field="onset",
    box="14",
    status="A6:187",
)
HOSPITALIZED_FROM = ProblemCode(
    "hospitalized_from",
    "An inpatient service is billed without the admission date.",
    "A line has place of service 21: give the admission date in box 18.",
    field="hospitalized_from",
    box="18",
    status="A6:189",
)

# -- corrected claims -----------------------------------------------------------------------------

ORIGINAL_MISSING = ProblemCode(
    "original_missing",
    "Frequency 7 or 8 does not name the claim that it corrects or voids.",
    "Frequency {frequency} corrects or voids a claim: give the original claim number (Document "
    "Control), as on the Explanation of Payment (M47).",
    field="original_claim",
    box="22 / FL 64",
    status="A6:464",
)
FREQUENCY = ProblemCode(
    "frequency",
    "An original claim is named, but the frequency is not one of a correction.",
    "An original claim number is given, but frequency {frequency} says this is no correction. Use "
    "7 to replace or 8 to void the original, or leave the number out.",
    box="22 / FL 4",
    status="A7:535",
)

# -- codes ----------------------------------------------------------------------------------------

DIAGNOSIS_SHAPE = ProblemCode(
    "diagnosis_shape",
    "A diagnosis does not have the shape of its code set.",
    "Diagnosis {number} is not shaped like an {code_set} code. Leave out the point, and check "
    "letter O and digit 0.",
)
DIAGNOSIS_TWICE = ProblemCode(
    "diagnosis_twice",
    "The same diagnosis is given twice.",
    "Diagnosis {number} is given twice. Remove one; point the lines at the other.",
    status="A7:255",
)
CODE_SET = ProblemCode(
    "code_set",
    "ICD-9 codes are used for services after their end.",
    "Services from October 1, 2015 on need ICD-10 codes. Give ICD indicator 0 and ICD-10 codes.",
    field="code_set",
    status="A7:255",
)
MODIFIER_TWICE = ProblemCode(
    "modifier_twice",
    "A line has the same modifier twice.",
    "Line {line}: the same modifier is given twice. Remove one.",
    box="24D / FL 44",
    status="A7:453",
)
PLACE_UNKNOWN = ProblemCode(
    "place_unknown",
    "There is no such place of service.",
    "Line {line}: there is no such place of service. 11 is the office, 21 inpatient, 22 outpatient "
    "hospital, 23 emergency room.",
    box="24B",
    status="A7:249",
)
POINTER = ProblemCode(
    "pointer",
    "A diagnosis pointer points at nothing, or twice at the same diagnosis.",
    "Line {line}: a diagnosis pointer names a diagnosis twice, or one that box 21 does not have: "
    "there are {count}. 1 is A, 2 is B.",
    box="24E",
    status="A8:477",
)
UNITS = ProblemCode(
    "units",
    "The units of a line are none, or more than can be.",
    "Line {line}: units must be {range}.",
    status="A7:476",
)
EPSDT = ProblemCode(
    "epsdt",
    "There is no such EPSDT code.",
    "Line {line}: the EPSDT code in box 24H must be one of AV, S2, ST, NU, Y, N.",
    box="24H",
    status="A7:187",
)
