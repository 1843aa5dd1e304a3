"""Contracts of the documents service: upload, release and download of documents."""
