"""Rules of the providers service. Pure: no clock, no I/O; time and known facts are arguments."""
