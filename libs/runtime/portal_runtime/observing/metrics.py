"""Prometheus metrics of a service. Labels hold types and stages, never anything about a person."""

from prometheus_client import Counter, Gauge, Histogram

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)

MESSAGES = Counter("portal_messages", "Messages finished", ["service", "topic", "outcome"])
REFUSED = Counter(
    "portal_refused",
    "Messages refused as they came: by code of the envelope, 'invalid' for what the body says",
    ["service", "topic", "code"],
)
BATCH = Histogram("portal_batch_size", "Messages in a batch", ["service", "topic"], buckets=SIZES)
STAGE = Histogram(
    "portal_stage_seconds", "Time of a stage", ["service", "topic", "stage"], buckets=FAST
)
RETRIES = Counter("portal_retries", "Batches tried again", ["service", "topic", "why"])
PARKED = Gauge("portal_parked", "Messages and effects parked and not yet repaired", ["service"])
OUTBOX_AGE = Gauge("portal_outbox_age_seconds", "Age of the oldest unpublished batch", ["service"])
LAG = Gauge("portal_consumer_lag", "Messages not yet taken", ["service", "topic", "partition"])
TIMERS_FIRED = Counter("portal_timers_fired", "Timers fired", ["service"])
TIMERS_LATE = Histogram(
    "portal_timer_lateness_seconds", "How late timers fired", ["service"], buckets=FAST
)
MISSED = Counter(
    "portal_messages_missed",
    "Messages that Kafka deleted before they were taken",
    ["service", "topic"],
)
LEFT_OUT = Counter(
    "portal_records_left_out", "Records that are too large for Kafka, so not published", ["service"]
)
LONGEST_TRANSACTION = Gauge(
    "portal_database_longest_transaction_seconds",
    "Age of the oldest open transaction in the service's database",
    ["service"],
)
DEAD_ROWS = Gauge(
    "portal_database_dead_rows", "Rows that vacuum has not cleared, in the worst table", ["service"]
)
BEHIND = Gauge(
    "portal_database_behind", "Messages Kafka knows as taken and the database does not", ["service"]
)
TIMERS_OVERDUE = Gauge("portal_timers_overdue", "Timers due and not yet fired", ["service"])
EFFECTS = Counter(
    "portal_effects", "Effects begun and how that ended", ["service", "kind", "outcome"]
)
EFFECT_TIME = Histogram(
    "portal_effect_seconds", "Time of carrying out an effect", ["service", "kind"], buckets=FAST
)
EFFECTS_WAITING = Gauge("portal_effects_waiting", "Effects not yet carried out", ["service"])
EFFECTS_AGE = Gauge(
    "portal_effects_age_seconds", "Age of the oldest effect that waits", ["service"]
)
QUERIES = Counter("portal_queries", "Queries answered", ["service", "type", "outcome"])
QUERY_TIME = Histogram("portal_query_seconds", "Time of a query", ["service", "type"], buckets=FAST)
ACCESS = Counter("portal_member_reads", "Reads of member data recorded", ["service"])
