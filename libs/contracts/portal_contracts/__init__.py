"""Message contracts of the provider portal: everything that crosses Kafka, and nothing else.

Pydantic and the standard library only, so that a gateway or UI team can install this wheel alone.
"""
