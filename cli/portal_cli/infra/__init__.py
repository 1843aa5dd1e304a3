"""The servers the services need, started and stopped by ourselves: Kafka, PostgreSQL, S3."""
