"""What claims say, beside what all services say: of both forms, of the UB-04, and of claims."""
