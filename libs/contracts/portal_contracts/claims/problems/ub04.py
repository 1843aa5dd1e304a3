"""Front-end edits of the UB-04 alone (CL-03)."""

from portal_contracts.problems import ProblemCode

TYPE_OF_BILL = ProblemCode(
    "type_of_bill",
    "There is no such type of bill.",
    "There is no such type of bill. 11x is hospital inpatient, 13x outpatient.",
    field="type_of_bill",
    box="FL 4",
    status="A7:228",
)
BILL_FREQUENCY = ProblemCode(
    "bill_frequency",
    "The last digit of the type of bill is no frequency.",
    "Type of bill: the last digit is no frequency. 1 is an original, 7 a replacement, 8 a void.",
    field="type_of_bill",
    box="FL 4",
    status="A7:228",
)
ADMISSION_DATE = ProblemCode(
    "admission_date",
    "The type of bill needs an admission date.",
    "This type of bill needs the admission date (start of care).",
    field="admission_date",
    box="FL 12",
    status="A6:189",
)
ADMISSION_AFTER_STATEMENT = ProblemCode(
    "admission_after_statement",
    "The admission lies after the end of the statement.",
    "The admission lies after the end of the statement. Correct FL 12 or FL 6.",
    field="admission_date",
    box="FL 12",
    status="A7:189",
)
ADMISSION_TYPE = ProblemCode(
    "admission_type",
    "The priority of the admission is missing, or there is no such code.",
    "Give the priority of the admission: 1 emergency, 2 urgent, 3 elective, 4 newborn, 5 trauma, 9 "
    "not known.",
    field="admission_type",
    box="FL 14",
)
ADMISSION_SOURCE = ProblemCode(
    "admission_source",
    "The point of origin is missing, or there is no such code.",
    "Give the point of origin: 1 from home or work, 2 clinic or office, 4 another hospital, 5 "
    "nursing facility or born here, 6 another facility, 8 court, 9 not known.",
    field="admission_source",
    box="FL 15",
)
PATIENT_STATUS = ProblemCode(
    "patient_status",
    "The discharge status is missing, or there is no such code.",
    "Give the discharge status: 01 home, 02 another hospital, 03 skilled nursing, 06 home health, "
    "07 against advice, 20 died, 30 still patient.",
    field="patient_status",
    box="FL 17",
)
STILL_PATIENT = ProblemCode(
    "still_patient",
    "An interim bill does not say 'still patient', or another bill does.",
    "Discharge status 30 (still patient) and an interim type of bill (frequency 2 or 3) go "
    "together. Correct FL 17 or FL 4.",
    field="patient_status",
    box="FL 17",
    status="A8:234",
)
POA_MISSING = ProblemCode(
    "poa_missing",
    "A diagnosis of a hospital stay does not say whether it was present on admission.",
    "Diagnosis {number}: say whether it was present on admission: Y, N, U (not documented), W "
    "(cannot be told), or 1 (exempt).",
    box="FL 67",
)
ADMITTING_DIAGNOSIS = ProblemCode(
    "admitting_diagnosis",
    "The admitting diagnosis is missing, or has the wrong shape.",
    "Give the admitting diagnosis of the inpatient stay, without the point.",
    field="admitting_diagnosis",
    box="FL 69",
)
PROCEDURE_DATE = ProblemCode(
    "procedure_date",
    "A procedure lies outside of the stay.",
    "Procedure {number} lies outside the statement period. Correct its date.",
    box="FL 74",
    status="A7:188",
)
ATTENDING = ProblemCode(
    "attending",
    "The bill has no attending provider.",
    "Give the attending provider with its NPI; only a bill of mere transport has none.",
    field="attending",
    box="FL 76",
    status="A6:562:71",
)
REVENUE_CODE = ProblemCode(
    "revenue_code",
    "There is no such revenue code.",
    "Line {line}: there is no such revenue code. Leave out the total line 0001.",
    box="FL 42",
    status="A7:455",
)
SERVICE_DATE_MISSING = ProblemCode(
    "service_date_missing",
    "A procedure of an outpatient bill of several days has no date.",
    "Line {line}: the statement has several days. Give the date of this service.",
    box="FL 45",
    status="A6:188",
)
SERVICE_DATE = ProblemCode(
    "service_date",
    "A service lies outside of the statement period.",
    "Line {line}: the date lies outside the statement period. Correct FL 45 or FL 6.",
    box="FL 45",
    status="A7:188",
)
NON_COVERED = ProblemCode(
    "non_covered",
    "The non-covered charge of a line is negative, or more than its charge.",
    "Line {line}: the non-covered charge must lie between 0.00 and the line's charge.",
    box="FL 48",
    status="A8:178",
)
