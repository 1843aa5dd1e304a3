"""The shell of every service: the only place that knows Kafka, offsets, transactions and timers."""
